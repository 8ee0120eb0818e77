"""The effect of an upload before it is saved: what saving does, with nothing left behind."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from access.permissions import BUILT_IN, NotAllowed, Person
from evidence.errors import Unfitting
from evidence.intake import submission
from evidence.intake.submission import Delivery, Incoming, ScopeAddition
from models.transaction import last_moment, reading, trying, writing
from readiness.effects.upload_effect import Outlook, UploadEffect, current_outlook, effect
from tests.evidence.office import (
    BUILD_SERVER,
    COLLEAGUE,
    FAILING,
    JUNIT,
    NOBODY,
    NOW,
    TEXT,
    Office,
    open_office,
    tls_file,
)

TABLES = ("evidence", "evidence_file", "test_run", "test_result", "coverage", "coverage_check", "judgement", "review",
          "series", "cell", "activity", "target", "target_address")  # fmt: skip
CELL = ("role-tests", "portal", "")


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


def expected(office: Office, *contents: bytes, person: Person = COLLEAGUE, shown: int = 0, **delivery) -> UploadEffect:
    delivery = {"requirements": ["role-tests"], "systems": ["portal"], **delivery}
    incoming = [Incoming(io.BytesIO(content), f"file{number}") for number, content in enumerate(contents)]
    with submission.inspect(office.store, incoming) as inspection:
        with reading(office.engine) as session:
            before = current_outlook(session, person, NOW)
        with trying(office.engine, NOW) as (session, now):
            return effect(session, office.store, person, Delivery(inspection, **delivery), before, now, shown)


def status(outlook: Outlook | None, key=CELL) -> str:
    assert outlook is not None
    return next(cell.status for cell in outlook.today.cells if cell.key == key)


def everything(office: Office) -> dict[str, int]:
    from sqlmodel import SQLModel

    return {name: office.count(name) for name in TABLES if name in SQLModel.metadata.tables}


def test_effect_names_the_stages_of_what_waits_for_a_review(office: Office) -> None:
    effect = expected(office, JUNIT)
    assert [status(stage) for stage in (effect.before, effect.saved, effect.accepted)] == [
        "missing",
        "in_review",
        "demonstrated",
    ]
    assert effect.needs_acceptance
    assert [str(reason) for reason in effect.filed.review_reasons]
    assert effect.saved is not None and effect.accepted is not None
    assert effect.accepted.today.measures["m"].counts != effect.saved.today.measures["m"].counts


def test_effect_of_what_is_accepted_automatically_needs_nobody(office: Office) -> None:
    person = replace(BUILD_SERVER, only=frozenset({"evidence.file", "readiness.read", "controls.read"}))
    effect = expected(office, JUNIT, person=person)
    assert (status(effect.before), status(effect.saved), effect.needs_acceptance) == ("missing", "demonstrated", False)
    assert effect.accepted is effect.saved


def test_effect_of_a_failing_run_fails_before_anybody_reviews_it(office: Office) -> None:
    effect = expected(office, FAILING, shown=2)
    assert (status(effect.saved), effect.needs_acceptance) == ("failing", False)
    assert [row.outcome for row in effect.results] == ["fail", "pass"]


def test_effect_leaves_nothing_behind(office: Office) -> None:
    before = everything(office)
    with reading(office.engine) as session:
        moment = last_moment(session)
    for content in (JUNIT, FAILING):
        expected(office, content)
    assert everything(office) == before
    assert list(office.store.digests()) == []
    with reading(office.engine) as session:
        assert last_moment(session) == moment


def test_upload_after_its_effect_is_judged_the_same(office: Office) -> None:
    effect = expected(office, FAILING)
    filed = office.deliver(FAILING, person=COLLEAGUE)
    assert replace(effect.filed, evidence=filed.evidence) == filed
    assert effect.saved is not None
    assert status(effect.saved) == office.status("role-tests", on=NOW.date())


def test_effect_of_what_was_uploaded_before_says_so(office: Office) -> None:
    filed = office.deliver(JUNIT, person=COLLEAGUE)
    effect = expected(office, JUNIT)
    assert (effect.filed.is_new, effect.filed.evidence) == (False, filed.evidence)
    assert office.count("review") == 0


def test_effect_includes_the_targets_that_come_into_scope_with_it(office: Office) -> None:
    new = ScopeAddition("new.example.nl", "portal", "", NOW.date(), is_new_target=True)
    day = {"first_day": NOW.date(), "last_day": NOW.date()}
    effect = expected(office, tls_file("new.example.nl"), requirements=["tls-scan"], additions=[new], **day)
    assert [cell.target for cell in effect.filed.covered] == ["new.example.nl"]
    with reading(office.engine) as session:
        later = current_outlook(session, COLLEAGUE, NOW)
    assert later is not None
    assert "new.example.nl" not in {cell.target for cell in later.today.cells}


def test_effect_asks_readiness_again_after_facts_recorded_since(office: Office) -> None:
    with reading(office.engine) as session:
        stale = current_outlook(session, COLLEAGUE, NOW)
    office.deliver(TEXT, requirements=("policy",), systems=(), first_day=NOW.date(), last_day=NOW.date())
    with submission.inspect(office.store, [Incoming(io.BytesIO(JUNIT), "x")]) as inspection:
        delivery = Delivery(inspection, ["role-tests"], ["portal"])
        with trying(office.engine, NOW) as (session, now):
            result = effect(session, office.store, COLLEAGUE, delivery, stale, now)
    assert status(stale, ("policy", "", "")) == "missing"
    assert status(result.before, ("policy", "", "")) == "in_review"


def test_effect_tells_nothing_of_readiness_to_who_may_not_read_it(office: Office) -> None:
    effect = expected(office, JUNIT, person=BUILD_SERVER)
    assert (effect.before, effect.saved, effect.accepted) == (None, None, None)
    assert [cell.verdict for cell in effect.filed.covered] == ["pass"]


def test_effect_is_refused_as_the_upload_is(office: Office) -> None:
    with pytest.raises(NotAllowed):
        expected(office, JUNIT, person=NOBODY)
    with pytest.raises(NotAllowed):
        expected(office, JUNIT, person=replace(COLLEAGUE, requirements=frozenset({"policy"})))
    with pytest.raises(Unfitting):
        expected(office, JUNIT, systems=["website"])
    assert office.count("evidence") == 0


def test_effect_is_asked_only_in_a_transaction_that_is_undone(office: Office) -> None:
    incoming = [Incoming(io.BytesIO(JUNIT), "x")]
    with submission.inspect(office.store, incoming) as inspection, writing(office.engine, NOW) as (session, now):
        delivery = Delivery(inspection, ["role-tests"], ["portal"])
        with pytest.raises(ValueError, match="undone"):
            effect(session, office.store, BUILT_IN, delivery, None, now)


def test_compact_effect_keeps_the_covered_cells_only(office: Office) -> None:
    effect = expected(office, JUNIT)
    assert effect.saved is not None
    compact = effect.compact().saved
    assert compact is not None
    assert [cell.key for cell in compact.today.cells] == [CELL]
    assert compact.today.controls == effect.saved.today.controls
    assert len(effect.saved.today.cells) > 1
