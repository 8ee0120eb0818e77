"""Reviewing and ending rows of the mapping."""

import pytest
from sqlalchemy import select

from access.permissions import BUILT_IN, NotAllowed, Person
from controls import mapping
from controls.errors import NotPossible, Unknown
from models.bulk_changes import table
from models.transaction import reading, writing


@pytest.fixture
def loaded(definitions, engine):
    definitions.load(engine)
    return engine


def listed(engine, **filters):
    with reading(engine) as session:
        return mapping.list_mappings(session, BUILT_IN, **filters)


def test_rows_have_titles_of_their_measure_and_control(loaded):
    first, second = listed(loaded)
    assert (first.measure_en, first.catalogue, first.ref, first.relation) == (
        "Encrypted traffic",
        "iso",
        "A.8.24",
        "primary",
    )
    assert (second.control, second.control_nl, second.rationale_nl) == ("nen:8.24", "Cryptografie", "Omdat.")
    assert listed(loaded, control="nen:8.24") == [second]
    assert listed(loaded, measure="testing") == []


def test_review_is_recorded_once_with_its_moment(loaded):
    first, second = listed(loaded)
    with writing(loaded) as (session, now):
        assert mapping.review(session, BUILT_IN, [first.id], now) == 1
    with writing(loaded) as (session, _):
        assert mapping.review(session, BUILT_IN, [first.id], now) == 0
    assert [(row.reviewed_at, row.reviewed_by) for row in listed(loaded)] == [(now, BUILT_IN.name), (None, "")]
    assert listed(loaded, waiting=True) == [second]


def test_ended_row_stays_on_record(loaded):
    first, second = listed(loaded)
    with writing(loaded) as (session, now):
        mapping.end(session, BUILT_IN, first.id, now)
    assert listed(loaded) == [second]
    assert [row.ended_at for row in listed(loaded, ended=True)] == [now, None]
    with writing(loaded) as (session, now), pytest.raises(NotPossible, match="already ended on"):
        mapping.end(session, BUILT_IN, first.id, now)
    with writing(loaded) as (session, now), pytest.raises(Unknown, match="has ended"):
        mapping.review(session, BUILT_IN, [first.id, second.id], now)
    assert listed(loaded)[0].reviewed_at is None


def test_review_of_the_editors_can_be_confirmed_by_the_organisation(definitions, engine):
    definitions.edit("statement", "measures:", "mapping_review: {by: The editors, on: 2026-01-01}\n\nmeasures:")
    definitions.load(engine)
    assert [(row.reviewed_by, row.confirmed_at) for row in listed(engine)] == [("The editors", None)] * 2
    with writing(engine) as (session, now):
        assert mapping.confirm(session, BUILT_IN, now, ["testing"]) == 0
        assert mapping.confirm(session, BUILT_IN, now, ["tls"]) == 2
        assert mapping.confirm(session, BUILT_IN, now) == 0
    assert [(row.reviewed_by, row.confirmed_by) for row in listed(engine)] == [("The editors", BUILT_IN.name)] * 2
    definitions.load(engine)
    assert [row.confirmed_at for row in listed(engine)] == [now] * 2


def test_review_by_a_person_counts_as_confirmed_and_waiting_rows_do_not(loaded):
    first, second = listed(loaded)
    with writing(loaded) as (session, now):
        mapping.review(session, BUILT_IN, [first.id], now)
        assert mapping.confirm(session, BUILT_IN, now) == 0
    assert [row.confirmed_at for row in listed(loaded)] == [now, None]
    assert listed(loaded, waiting=True) == [second]


def test_access_without_permission_is_refused(loaded):
    somebody = Person("somebody", frozenset())
    with writing(loaded) as (session, now):
        with pytest.raises(NotAllowed):
            mapping.review(session, somebody, [1], now)
        with pytest.raises(NotAllowed):
            mapping.end(session, somebody, 1, now)
        with pytest.raises(NotAllowed):
            mapping.list_mappings(session, somebody)
        with pytest.raises(NotAllowed):
            mapping.confirm(session, somebody, now)


def test_each_decision_is_in_the_activity_log(loaded):
    with writing(loaded) as (session, now):
        mapping.review(session, BUILT_IN, [1, 2], now)
        mapping.end(session, BUILT_IN, 1, now)
        with pytest.raises(Unknown):
            mapping.end(session, BUILT_IN, 99, now)
    with reading(loaded) as session:
        activity = table("activity")
        entries = session.execute(select(activity.c.verb, activity.c.details).order_by(activity.c.id)).all()[1:]
    assert [tuple(entry) for entry in entries] == [
        ("mapping.review", {"ids": [1, 2]}),
        ("mapping.end", {"measure": "tls", "control": "iso:A.8.24"}),
    ]
