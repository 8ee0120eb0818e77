"""Shared definitions are never older than the session's state, and limited to what a person may see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from access.permissions import AUDITOR, BUILT_IN, NotAllowed, Person
from audits.planning import plan_audit
from controls import mapping
from controls.browse import lookup, shared_definitions
from controls.browse.shared_definitions import definitions as known_definitions
from controls.browse.shared_definitions import scope
from controls.scope import system_scope
from models.transaction import reading, writing

TODAY = date(2027, 1, 4)
ISO_AUDITOR = Person("Ruth", frozenset({AUDITOR}), audits=frozenset({"iso-audit"}))


@pytest.fixture
def loaded(definitions, engine):
    definitions.load(engine)
    return engine


@pytest.fixture
def count_reads(monkeypatch):
    """A list that grows each time all controls are read."""
    reads, standing = [], lookup.standing_controls
    monkeypatch.setattr(lookup, "standing_controls", lambda *arguments: reads.append(1) or standing(*arguments))
    return reads


def definitions_for(engine, person=BUILT_IN):
    with reading(engine) as session:
        return known_definitions(session, person)


def read_without_sharing(engine, person):
    """The same definitions by lookups, which apply an auditor's limits in SQL."""
    with reading(engine) as session:
        catalogues = lookup.catalogues(session, person)
        return (
            [control for catalogue in catalogues for control in lookup.controls(session, person, catalogue.key)],
            lookup.measures(session, person),
            lookup.requirements(session, person, shared_definitions.last_fact(session)),
            catalogues,
            lookup.teams(session, person),
            lookup.in_scope(session, person, TODAY, shared_definitions.last_fact(session)),
        )


def read_shared(engine, person):
    with reading(engine) as session:
        known, systems = known_definitions(session, person), scope(session, person, TODAY)
    parts = (known.controls, known.measures, known.requirements, known.catalogues, known.teams, systems)
    return tuple(list(part.values()) for part in parts)


def test_sessions_share_one_reading(loaded, count_reads):
    assert definitions_for(loaded) is definitions_for(loaded)
    assert len(count_reads) == 1


def test_shared_values_cannot_be_changed(loaded):
    known = definitions_for(loaded)
    with pytest.raises(TypeError):
        known.controls["iso:A.5.1"] = None
    with pytest.raises(AttributeError):
        known.measures = {}


def test_shared_definitions_equal_those_of_lookups(loaded):
    assert read_shared(loaded, BUILT_IN) == read_without_sharing(loaded, BUILT_IN)


def test_next_session_sees_changed_scope(loaded):
    with reading(loaded) as session:
        assert list(scope(session, BUILT_IN, TODAY)) == ["portal", "website"]
    with writing(loaded) as (session, now):
        system_scope.rename_system(session, BUILT_IN, "portal", "Zorgportaal", "Care portal", now)
        system_scope.add_system(session, BUILT_IN, "files", "Bestanden", "Files", now)
        system_scope.bring_into_scope(session, BUILT_IN, "files", date(2020, 1, 1), now)
    with reading(loaded) as session:
        systems = scope(session, BUILT_IN, TODAY)
    assert [(system.key, system.title_en) for system in systems.values()] == [
        ("portal", "Care portal"), ("website", "Website"), ("files", "Files"),
    ]  # fmt: skip


def test_next_session_sees_changed_teams_and_mapping(loaded):
    assert [row.control for row in definitions_for(loaded).measures["tls"].mappings] == ["iso:A.8.24", "nen:8.24"]
    with writing(loaded) as (session, now):
        mapping.end(session, BUILT_IN, 1, now)
        system_scope.add_team(session, BUILT_IN, "support", "Ondersteuning", "Support", now)
    known = definitions_for(loaded)
    assert [row.control for row in known.measures["tls"].mappings] == ["nen:8.24"]
    assert "support" in known.teams


def test_next_session_sees_loaded_definitions(definitions, engine):
    definitions.load(engine)
    assert definitions_for(engine).controls["iso:A.5.1"].title_en == "Policies"
    definitions.edit("iso", "en: Policies", "en: Policies and rules")
    definitions.load(engine)
    assert definitions_for(engine).controls["iso:A.5.1"].title_en == "Policies and rules"


def test_older_session_reads_its_own_state_and_does_not_replace_newer_answers(loaded, count_reads):
    if loaded.dialect.name != "sqlite":
        pytest.skip("a session of PostgreSQL sees what was committed before each statement")
    with reading(loaded) as older:
        before = shared_definitions.last_fact(older)
        with writing(loaded) as (session, now):
            system_scope.add_team(session, BUILT_IN, "support", "Ondersteuning", "Support", now)
        newer = definitions_for(loaded)
        assert before < now
        assert "support" in newer.teams
        assert "support" not in known_definitions(older, BUILT_IN).teams
    assert definitions_for(loaded) is newer


def test_transaction_that_writes_reads_its_own(loaded):
    with writing(loaded) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Ondersteuning", "Support", now)
        assert "support" in known_definitions(session, BUILT_IN).teams
        session.rollback()
    assert "support" not in definitions_for(loaded).teams


def test_auditor_sees_only_definitions_within_the_audit(loaded):
    whole = definitions_for(loaded)
    with writing(loaded) as (session, now):
        days = (date(2027, 3, 1), date(2026, 1, 1), date(2027, 3, 1))
        plan_audit(session, BUILT_IN, "iso-audit", "ISO", *days, ["iso"], ["portal"], now)
    assert read_shared(loaded, ISO_AUDITOR) == read_without_sharing(loaded, ISO_AUDITOR)
    known = definitions_for(loaded, ISO_AUDITOR)
    assert list(known.catalogues) == ["iso"]
    assert set(known.controls) < set(whole.controls)
    assert all(control.partners == () for control in known.controls.values())
    assert [row.control for row in known.measures["tls"].mappings] == ["iso:A.8.24"]
    with reading(loaded) as session:
        assert list(scope(session, ISO_AUDITOR, TODAY)) == ["portal"]
    assert definitions_for(loaded).controls == whole.controls


def test_auditor_without_a_planned_audit_is_refused(loaded):
    definitions_for(loaded)
    with reading(loaded) as session, pytest.raises(NotAllowed):
        known_definitions(session, ISO_AUDITOR)


def test_somebody_without_a_role_is_refused(loaded):
    definitions_for(loaded)
    with reading(loaded) as session, pytest.raises(NotAllowed):
        known_definitions(session, Person("somebody", frozenset()))


def test_simultaneous_threads_read_once(loaded, count_reads):
    together = Barrier(8)

    def ask(_):
        together.wait(10)
        return definitions_for(loaded)

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(ask, range(8)))
    assert len(count_reads) == 1
    assert all(result is results[0] for result in results)


def test_threads_see_each_change_while_others_write(loaded):
    # each reader sees at least the teams added before it reads

    def add(number):
        with writing(loaded) as (session, now):
            system_scope.add_team(session, BUILT_IN, f"team-{number}", "Ploeg", "Team", now)
        return f"team-{number}" in definitions_for(loaded).teams

    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(add, range(12)))


def test_visit_does_not_invalidate_shared_definitions(loaded):
    known = definitions_for(loaded)
    with writing(loaded, visit=True):
        pass  # a visit: somebody signs in, or opens evidence
    assert definitions_for(loaded) is known
