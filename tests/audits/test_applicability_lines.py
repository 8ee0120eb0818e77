"""Lines of the Statement of Applicability, with reasons and implementation."""

from datetime import UTC, date, datetime, timedelta

import pytest

from access.permissions import BUILT_IN, NotAllowed, Person
from audits.applicability import NOT_STATED, Inclusion, decide, history
from audits.applicability_lines import applicability_lines
from controls.errors import NotPossible
from models.transaction import reading, writing
from models.vocabulary import Implementation, InclusionReason

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
TODAY = date(2027, 3, 1)
STATED = Inclusion(
    (InclusionReason.LAW, InclusionReason.RISK), "R-12", Implementation.IMPLEMENTED, date(2026, 1, 5), "Platform"
)


@pytest.fixture
def loaded(definitions, engine):
    definitions.load(engine)
    return engine


def decided(engine, control, applicable, justification="", inclusion=NOT_STATED, at=AT):
    with writing(engine, at) as (session, now):
        decide(session, BUILT_IN, control, applicable, justification, TODAY, now, inclusion)
    return now


def lines(engine, known, day=TODAY):
    with reading(engine) as session:
        return {line.control.key: line for line in applicability_lines(session, BUILT_IN, ["iso", "nen"], day, known)}


def test_every_control_has_a_line_and_no_clause(loaded):
    found = lines(loaded, AT)
    assert "iso:A.8.24" in found
    assert "iso:9.2" not in found
    assert {line.state for line in found.values()} == {"undecided"}


def test_reasons_and_implementation_are_kept_in_their_order(loaded):
    known = decided(loaded, "iso:A.8.24", True, inclusion=STATED)
    line = lines(loaded, known)["iso:A.8.24"]
    assert line.state == "included"
    assert line.decision.inclusion.reasons == (InclusionReason.RISK, InclusionReason.LAW)
    assert (line.decision.inclusion.reference, line.decision.inclusion.by) == ("R-12", "Platform")
    assert line.measures


@pytest.mark.parametrize(
    ("applicable", "justification", "inclusion", "state"),
    [
        (False, "Not used", Inclusion(), "excluded"),
        (True, "", Inclusion(), "unreasoned"),
        (True, "", Inclusion((InclusionReason.LAW,)), "included"),
        (True, "Because", Inclusion(), "included"),
        (True, "", Inclusion((InclusionReason.LAW,), implementation=Implementation.PLANNED, day=TODAY), "planned"),
    ],
)
def test_state_of_a_line(loaded, applicable, justification, inclusion, state):
    known = decided(loaded, "iso:A.8.24", applicable, justification, inclusion)
    assert lines(loaded, known)["iso:A.8.24"].state == state


@pytest.mark.parametrize(
    ("applicable", "inclusion", "words"),
    [
        (False, STATED, "leave these empty"),
        (True, Inclusion(implementation=Implementation.PLANNED), "needs the day"),
        (True, Inclusion(reference="x" * 201), "longer than 200"),
    ],
)
def test_what_contradicts_is_refused(loaded, applicable, inclusion, words):
    with pytest.raises(NotPossible, match=words):
        decided(loaded, "iso:A.8.24", applicable, "Because", inclusion)


def test_history_has_the_latest_decision_first(loaded):
    decided(loaded, "iso:A.8.24", False, "Not used")
    known = decided(loaded, "iso:A.8.24", True, inclusion=STATED, at=AT + timedelta(hours=1))
    with reading(loaded) as session:
        assert [row.applicable for row in history(session, BUILT_IN, "iso:A.8.24", known)] == [True, False]
        with pytest.raises(NotAllowed):
            history(session, Person("nobody", frozenset()), "iso:A.8.24", known)
