"""What accepting evidence would change: as a reviewer's decision would do it, and nothing remains of it."""

import pytest
from small import KNOWN, TODAY, accepted, filled, policy, scan

from access.permissions import BUILT_IN, NotAllowed, Person
from models.transaction import trying
from readiness import acceptance_effect, readiness, review_queue, waiting_number


def test_accepting_demonstrates_the_controls_that_wait(engine):
    with filled(engine, evidence=[scan("2026-11-10"), policy("2026-11-01")]) as session:
        before = readiness(session, BUILT_IN, TODAY, KNOWN)
        (item,) = review_queue(session, BUILT_IN, KNOWN).items
    with trying(engine) as (session, _):
        changed = acceptance_effect(session, BUILT_IN, "policy", before, KNOWN)
        assert changed.controls == item.controls
        assert changed.others == ()
        assert {cell.status for cell in changed.cells} == {"demonstrated"}
        only = acceptance_effect(session, BUILT_IN, "policy", before, KNOWN, catalogues=["nen"])
        assert only.controls == tuple(key for key in item.controls if key.startswith("nen:"))
        assert acceptance_effect(session, BUILT_IN, "policy", before, KNOWN) == changed, "nothing remains of it"


def test_older_evidence_changes_nothing(engine):
    evidence = [policy("2026-11-01", "old"), policy("2026-11-10", "new")]
    with filled(engine, evidence=evidence, reviews=[accepted("new", "2026-11-11")]) as session:
        before = readiness(session, BUILT_IN, TODAY, KNOWN)
    with trying(engine) as (session, _):
        changed = acceptance_effect(session, BUILT_IN, "old", before, KNOWN)
    assert (changed.cells, changed.controls, changed.others) == ((), (), ())


def test_effect_is_tried_only_where_it_is_undone_and_by_who_may_review(engine):
    with filled(engine, evidence=[policy("2026-11-01")]) as session:
        before = readiness(session, BUILT_IN, TODAY, KNOWN)
        with pytest.raises(ValueError, match="undone"):
            acceptance_effect(session, BUILT_IN, "policy", before, KNOWN)
        with pytest.raises(NotAllowed):
            acceptance_effect(session, Person("A", frozenset({"auditor"})), "policy", before, KNOWN)


def test_number_in_the_navigation_leaves_out_ones_own(engine):
    """The uploader of this history has an empty name."""
    with filled(engine, evidence=[policy("2026-11-01")]) as session:
        assert waiting_number(session, BUILT_IN, KNOWN) == 1
        assert waiting_number(session, Person("", frozenset({"reviewer"})), KNOWN) == 0
        with pytest.raises(NotAllowed):
            waiting_number(session, Person("A", frozenset({"auditor"})), KNOWN)
