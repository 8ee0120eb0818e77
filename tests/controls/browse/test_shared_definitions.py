"""The definitions that sessions share: never older than what the session sees, and never more than a person may see."""

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
    """The number of times that all controls are read."""
    reads, standing = [], lookup.standing_controls
    monkeypatch.setattr(lookup, "standing_controls", lambda *given: reads.append(1) or standing(*given))
    return reads


def seen(engine, person=BUILT_IN):
    with reading(engine) as session:
        return known_definitions(session, person)


def read_by_itself(engine, person):
    """The same out of the statements that apply an auditor's bounds in SQL."""
    with reading(engine) as session:
        catalogues = lookup.catalogues(session, person)
        return (
            [one for each in catalogues for one in lookup.controls(session, person, each.key)],
            lookup.measures(session, person),
            lookup.requirements(session, person, shared_definitions.last_fact(session)),
            catalogues,
            lookup.teams(session, person),
            lookup.in_scope(session, person, TODAY, shared_definitions.last_fact(session)),
        )


def shared_by_all(engine, person):
    with reading(engine) as session:
        known, systems = known_definitions(session, person), scope(session, person, TODAY)
    parts = (known.controls, known.measures, known.requirements, known.catalogues, known.teams, systems)
    return tuple(list(part.values()) for part in parts)


def test_sessions_share_one_reading(loaded, count_reads):
    assert seen(loaded) is seen(loaded)
    assert len(count_reads) == 1


def test_shared_values_cannot_be_changed(loaded):
    known = seen(loaded)
    with pytest.raises(TypeError):
        known.controls["iso:A.5.1"] = None
    with pytest.raises(AttributeError):
        known.measures = {}


def test_shared_values_are_those_that_are_read_alone(loaded):
    assert shared_by_all(loaded, BUILT_IN) == read_by_itself(loaded, BUILT_IN)


def test_next_session_sees_changed_scope(loaded):
    with reading(loaded) as session:
        assert list(scope(session, BUILT_IN, TODAY)) == ["portal", "website"]
    with writing(loaded) as (session, now):
        system_scope.rename_system(session, BUILT_IN, "portal", "Zorgportaal", "Care portal", now)
        system_scope.add_system(session, BUILT_IN, "files", "Bestanden", "Files", now)
        system_scope.bring_into_scope(session, BUILT_IN, "files", date(2020, 1, 1), now)
    with reading(loaded) as session:
        found = scope(session, BUILT_IN, TODAY)
    assert [(one.key, one.title_en) for one in found.values()] == [
        ("portal", "Care portal"), ("website", "Website"), ("files", "Files"),
    ]  # fmt: skip


def test_next_session_sees_changed_teams_and_mapping(loaded):
    assert [row.control for row in seen(loaded).measures["tls"].mappings] == ["iso:A.8.24", "nen:8.24"]
    with writing(loaded) as (session, now):
        mapping.end(session, BUILT_IN, 1, now)
        system_scope.add_team(session, BUILT_IN, "support", "Ondersteuning", "Support", now)
    known = seen(loaded)
    assert [row.control for row in known.measures["tls"].mappings] == ["nen:8.24"]
    assert "support" in known.teams


def test_next_session_sees_loaded_definitions(definitions, engine):
    definitions.load(engine)
    assert seen(engine).controls["iso:A.5.1"].title_en == "Policies"
    definitions.edit("iso", "en: Policies", "en: Policies and rules")
    definitions.load(engine)
    assert seen(engine).controls["iso:A.5.1"].title_en == "Policies and rules"


def test_older_session_keeps_its_own_state_and_leaves_newer_one_kept(loaded, count_reads):
    if loaded.dialect.name != "sqlite":
        pytest.skip("a session of PostgreSQL sees what was committed before each statement")
    with reading(loaded) as older:
        before = shared_definitions.last_fact(older)
        with writing(loaded) as (session, now):
            system_scope.add_team(session, BUILT_IN, "support", "Ondersteuning", "Support", now)
        newer = seen(loaded)
        assert before < now
        assert "support" in newer.teams
        assert "support" not in known_definitions(older, BUILT_IN).teams
    assert seen(loaded) is newer


def test_transaction_that_writes_reads_its_own(loaded):
    with writing(loaded) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Ondersteuning", "Support", now)
        assert "support" in known_definitions(session, BUILT_IN).teams
        session.rollback()
    assert "support" not in seen(loaded).teams


def test_auditor_sees_only_what_lies_within_the_audit(loaded):
    whole = seen(loaded)
    with writing(loaded) as (session, now):
        days = (date(2027, 3, 1), date(2026, 1, 1), date(2027, 3, 1))
        plan_audit(session, BUILT_IN, "iso-audit", "ISO", *days, ["iso"], ["portal"], now)
    assert shared_by_all(loaded, ISO_AUDITOR) == read_by_itself(loaded, ISO_AUDITOR)
    known = seen(loaded, ISO_AUDITOR)
    assert list(known.catalogues) == ["iso"]
    assert set(known.controls) < set(whole.controls)
    assert all(one.partners == () for one in known.controls.values())
    assert [row.control for row in known.measures["tls"].mappings] == ["iso:A.8.24"]
    with reading(loaded) as session:
        assert list(scope(session, ISO_AUDITOR, TODAY)) == ["portal"]
    assert seen(loaded).controls == whole.controls


def test_auditor_without_a_planned_audit_is_refused(loaded):
    seen(loaded)
    with reading(loaded) as session, pytest.raises(NotAllowed):
        known_definitions(session, ISO_AUDITOR)


def test_somebody_without_a_role_is_refused(loaded):
    seen(loaded)
    with reading(loaded) as session, pytest.raises(NotAllowed):
        known_definitions(session, Person("somebody", frozenset()))


def test_threads_that_ask_at_once_read_once(loaded, count_reads):
    together = Barrier(8)

    def ask(_):
        together.wait(10)
        return seen(loaded)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert len(count_reads) == 1
    assert all(one is found[0] for one in found)


def test_threads_see_each_change_while_others_write(loaded):
    """Each reader sees at least the teams that were there before it asked."""

    def add(number):
        with writing(loaded) as (session, now):
            system_scope.add_team(session, BUILT_IN, f"team-{number}", "Ploeg", "Team", now)
        return f"team-{number}" in seen(loaded).teams

    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(add, range(12)))


def test_visit_leaves_what_is_shared(loaded):
    known = seen(loaded)
    with writing(loaded, visit=True):
        """Somebody signs in, or opens evidence."""
    assert seen(loaded) is known
