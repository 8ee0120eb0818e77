"""Lookups of definitions for pages and the API."""

from datetime import date

import pytest

from access.permissions import BUILT_IN, NotAllowed, Person
from controls import mapping
from controls.browse import lookup
from controls.errors import Unknown
from controls.scope import system_scope
from models.transaction import reading, writing


@pytest.fixture
def session(definitions, engine):
    definitions.load(engine)
    with reading(engine) as session:
        yield session


def test_catalogues_have_counts_of_controls_and_clauses(session):
    rows = lookup.catalogues(session, BUILT_IN)
    assert [(row.key, row.controls, row.clauses) for row in rows] == [("iso", 2, 1), ("nen", 3, 0)]


def test_partners_show_the_relation_in_both_directions(session):
    iso = {row.ref: row for row in lookup.controls(session, BUILT_IN, "iso")}
    nen = {row.ref: row for row in lookup.controls(session, BUILT_IN, "nen")}
    assert list(iso) == ["9.2", "A.5.1", "A.8.24"]
    assert [(partner.control, partner.relation) for partner in iso["A.5.1"].partners] == [("nen:5.10", "subset")]
    assert [(partner.control, partner.relation) for partner in nen["5.10"].partners] == [("iso:A.5.1", "superset")]
    assert [partner.relation for partner in nen["8.24"].partners + iso["A.8.24"].partners] == ["equal", "equal"]
    assert nen["8.35"].partners == ()


def test_control_has_its_mapping_and_own_requirements(session):
    detail = lookup.control(session, BUILT_IN, "iso:A.8.24")
    assert [row.measure for row in detail.mappings] == ["tls"]
    assert [(row.key, row.renewal, row.formats) for row in detail.requirements] == [
        ("key-list", "P7M", ["csv"]),
        ("crypto-policy", "", ["pdf", "docx"]),
    ]
    with pytest.raises(Unknown, match="no control iso:A.9.99"):
        lookup.control(session, BUILT_IN, "iso:A.9.99")


def test_measures_have_clauses_mapping_and_requirements(session):
    tls, testing = lookup.measures(session, BUILT_IN)
    assert [clause.quote for clause in tls.clauses] == ["Al het verkeer is versleuteld met TLS;"]
    assert [row.control for row in tls.mappings] == ["iso:A.8.24", "nen:8.24"]
    assert [row.key for row in tls.requirements] == ["tls-scan"]
    assert [len(part) for part in (testing.clauses, testing.mappings, testing.requirements)] == [2, 0, 0]
    assert lookup.measure(session, BUILT_IN, "tls") == tls
    with pytest.raises(Unknown, match="no measure gone"):
        lookup.measure(session, BUILT_IN, "gone")


def test_statement_has_its_text_and_promises(session):
    statement = lookup.statement(session, BUILT_IN)
    assert statement == lookup.statement(session, BUILT_IN, "promise")
    assert [clause.measures for clause in statement.clauses] == [("tls", "testing"), ("testing",)]
    assert all(statement.text[clause.start : clause.end] == clause.quote for clause in statement.clauses)
    with pytest.raises(Unknown):
        lookup.statement(session, BUILT_IN, "other")


def test_teams_systems_and_periods_are_listed(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, now):
        system_scope.add_system(session, BUILT_IN, "files", "Bestanden", "Files", now)
        mistaken = system_scope.bring_into_scope(session, BUILT_IN, "files", date(2027, 1, 1), now)
    with writing(engine) as (session, now):
        system_scope.withdraw(session, BUILT_IN, mistaken, now)
        assert [row.key for row in lookup.teams(session, BUILT_IN)] == ["platform", "security"]
        assert [(row.key, row.named_in) for row in lookup.systems(session, BUILT_IN)] == [
            ("portal", "promise"), ("website", "promise"), ("files", None),
        ]  # fmt: skip
        assert [(row.system, row.attributes) for row in lookup.periods(session, BUILT_IN)] == [
            ("portal", ("has-end-users",)), ("website", ()),
        ]  # fmt: skip


def test_ended_mapping_is_not_listed(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, now):
        mapping.end(session, BUILT_IN, 1, now)
        assert [row.control for row in lookup.measure(session, BUILT_IN, "tls").mappings] == ["nen:8.24"]


@pytest.mark.parametrize("read", ["catalogues", "measures", "teams", "systems", "periods", "statement"])
def test_lookup_without_permission_is_refused(session, read):
    with pytest.raises(NotAllowed):
        getattr(lookup, read)(session, Person("somebody", frozenset()))
