"""An auditor sees one audit: its catalogues, its systems, its days."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select

import readiness
from access.permissions import ADMINISTRATOR, AUDITOR, BUILT_IN, SYSTEM, TEAM_MEMBER, NotAllowed, Person
from audits.nonconformities import close_nonconformity, record_nonconformity
from audits.planning import plan_audit
from controls import mapping
from controls.audit.audit_bounds import Bounds, audit_bounds, audit_of, audits
from controls.audit.audit_plan import AuditPlan
from controls.browse import lookup
from controls.errors import Unknown
from evidence.library import evidence_items, run_comparison
from models.bulk_changes import table
from models.transaction import reading, writing
from readiness import (
    audit_readiness,
    continuity,
    controls_needing,
    explain_cell,
    explain_control,
    needed_requirements,
    to_do,
    trend,
)
from tests.access.limited import MEMBER, closed, opened, redefine, seen, two_teams
from tests.evidence.office import DAY, FAILING, JUNIT, NOW, TEXT

PERIOD = (date(2027, 3, 1), date(2027, 3, 10))
AUDIT_DAY = date(2027, 3, 16)
EARLY = date(2026, 6, 1)
INSPECTOR = Person("inspector", frozenset({AUDITOR}), audits=frozenset({"iso-audit"}))


@pytest.fixture
def audited(engine, tmp_path):
    """Two catalogues, two systems; the audit is of one of each."""
    office = two_teams(engine, tmp_path)
    with writing(office.engine, datetime(2027, 1, 6, tzinfo=UTC)) as (session, now):
        catalogue = dict(session.execute(select(table("catalogue"))).mappings().one())
        session.execute(insert(table("catalogue")), [{**catalogue, "key": "nen", "position": 2}])
        control = dict(session.execute(select(table("control"))).mappings().one())
        session.execute(insert(table("control")), [{**control, "key": "nen:8.1", "ref": "8.1", "catalogue": "nen"}])
        its = {"measure": "m", "relation": "primary", "proposed_at": now, "reviewed_at": now, "reviewed_by": "x"}
        texts = {"rationale_nl": "", "rationale_en": "", "proposed_by": "x", "ended_by": ""}
        columns = table("mapping").c
        rows = [{**its, **texts, "control": key} for key in ("iso:A.1", "nen:8.1")]
        session.execute(insert(table("mapping")), [{k: v for k, v in row.items() if k in columns} for row in rows])
        relation = {"from_control": "nen:8.1", "to_control": "iso:A.1", "relation": "equal", "recorded_at": now}
        session.execute(insert(table("crosswalk")), [relation])
        plan_audit(session, BUILT_IN, "iso-audit", "ISO", AUDIT_DAY, *PERIOD, ["iso"], ["portal"], now)
    with writing(office.engine, datetime(2027, 1, 7, tzinfo=UTC)) as (session, now):
        plan_audit(session, BUILT_IN, "nen-audit", "NEN", AUDIT_DAY, *PERIOD, ["nen"], [], now)
    return office


def test_an_auditor_sees_the_audits_catalogues(audited):
    with reading(audited.engine) as session:
        assert [row.key for row in lookup.catalogues(session, INSPECTOR)] == ["iso"]
        assert [row.key for row in lookup.controls(session, INSPECTOR, "iso")] == ["iso:A.1"]
        assert lookup.controls(session, INSPECTOR, "nen") == []
        assert lookup.control(session, BUILT_IN, "iso:A.1").control.partners
        assert not lookup.control(session, INSPECTOR, "iso:A.1").control.partners
        with pytest.raises(Unknown):
            lookup.control(session, INSPECTOR, "nen:8.1")
        assert {row.control for row in mapping.list_mappings(session, INSPECTOR)} == {"iso:A.1"}
        assert {row.control for row in lookup.measure(session, INSPECTOR, "m").mappings} == {"iso:A.1"}
        assert {row.control for row in mapping.list_mappings(session, BUILT_IN)} == {"iso:A.1", "nen:8.1"}


def test_an_auditor_sees_the_audits_systems(audited):
    with reading(audited.engine) as session:
        assert [row.key for row in lookup.systems(session, INSPECTOR)] == ["portal"]
        assert {row.system for row in lookup.periods(session, INSPECTOR)} == {"portal"}
        assert [row.key for row in lookup.in_scope(session, INSPECTOR, DAY, NOW)] == ["portal"]
        assert [row.key for row in lookup.in_scope(session, BUILT_IN, DAY, NOW)] == ["portal", "website"]
        assert lookup.requirements(session, INSPECTOR, NOW) == lookup.requirements_on(session, NOW)


def test_requirements_of_other_controls_are_left_out(audited):
    with writing(audited.engine, NOW) as (session, now):
        for key, control in (("of-nen", "nen:8.1"), ("of-iso", "iso:A.1")):
            redefine(session, now, "policy", key=key, measure=None, control=control)
    with reading(audited.engine) as session:
        mine = {row.key for row in lookup.requirements(session, INSPECTOR, NOW)}
        everyone = {row.key for row in lookup.requirements(session, BUILT_IN, NOW)}
    assert everyone - mine == {"of-nen"}


def test_readiness_narrows_to_the_audit(audited):
    audited.deliver(JUNIT)
    with reading(audited.engine) as session:
        mine = readiness.readiness(session, INSPECTOR, DAY, NOW)
        assert set(mine.controls) == {"iso:A.1"}
        assert {cell.system for cell in mine.cells} == {"", "portal"}
        assert mine.cells == readiness.readiness(session, BUILT_IN, DAY, NOW, ["portal"]).cells
        assert set(readiness.readiness(session, BUILT_IN, DAY, NOW).controls) == {"iso:A.1", "nen:8.1"}
        for on, systems in (
            (DAY, ["website"]),
            (PERIOD[0] - timedelta(days=1), ()),
            (AUDIT_DAY + timedelta(days=1), ()),
        ):
            with pytest.raises(NotAllowed, match="outside the audit"):
                readiness.readiness(session, INSPECTOR, on, NOW, systems)
        for on in (PERIOD[0], AUDIT_DAY):
            assert readiness.readiness(session, INSPECTOR, on, NOW, ["portal"]).controls


def test_explanations_stay_within_the_audit(audited):
    with reading(audited.engine) as session:
        known = (DAY, NOW)
        assert explain_cell(session, INSPECTOR, ("role-tests", "portal", ""), *known).status == "missing"
        assert explain_control(session, INSPECTOR, "iso:A.1", *known).lines
        assert controls_needing(session, INSPECTOR, ["role-tests"], *known) == ["iso:A.1"]
        assert controls_needing(session, BUILT_IN, ["role-tests"], *known) == ["iso:A.1", "nen:8.1"]
        assert set(needed_requirements(session, INSPECTOR, *known)) == {"iso:A.1"}
        for ask in (
            lambda: explain_cell(session, INSPECTOR, ("role-tests", "website", ""), *known),
            lambda: explain_cell(session, INSPECTOR, ("role-tests", "portal", ""), date(2027, 2, 1), NOW),
            lambda: explain_control(session, INSPECTOR, "nen:8.1", *known),
            lambda: explain_control(session, INSPECTOR, "iso:A.1", *known, ["website"]),
            lambda: controls_needing(session, INSPECTOR, ["role-tests"], date(2027, 2, 1), NOW),
        ):
            with pytest.raises(NotAllowed, match="outside the audit"):
                ask()


def test_continuity_is_limited_to_the_audit(audited):
    with reading(audited.engine) as session:
        own = audit_of(session, INSPECTOR, NOW)
        assert (own.key, audit_of(session, BUILT_IN, NOW).key) == ("iso-audit", "nen-audit")
        points = [point.day for point in trend(session, INSPECTOR, own, DAY, NOW)]
        assert points == [DAY, DAY + timedelta(days=7), AUDIT_DAY]
        periods = continuity(session, INSPECTOR, ["reviewed-tests"], date(2026, 6, 1), date(2027, 6, 1), NOW)
        assert {cell.system for cell in periods} == {"portal"}
        assert [(periods[0].spans[0].first, periods[0].spans[-1].last)] == [(PERIOD[0], AUDIT_DAY)]
        assert to_do(session, INSPECTOR, own, DAY, NOW)
        other = next(plan for plan in audits(session, BUILT_IN) if plan.key == "nen-audit")
        for ask in (
            lambda: audit_readiness(session, INSPECTOR, other, DAY, NOW),
            lambda: trend(session, INSPECTOR, other, DAY, NOW),
            lambda: to_do(session, INSPECTOR, other, DAY, NOW),
        ):
            with pytest.raises(NotAllowed, match="nen is outside the audit"):
                ask()


def test_an_auditor_reads_the_audits_evidence(audited):
    early = JUNIT.replace(b"2027-03-03", b"2027-01-20")
    inside = audited.deliver(JUNIT).evidence
    before = audited.deliver(early).evidence
    older = audited.deliver(JUNIT.replace(b"2027-03-03", b"2027-01-10")).evidence
    over = audited.deliver(
        TEXT + b" ", requirements=("policy",), systems=(), first_day=DAY - timedelta(days=20), last_day=DAY
    )
    elsewhere = audited.deliver(FAILING, requirements=("reviewed-tests",), systems=("website",)).evidence
    office_wide = audited.deliver(
        TEXT, requirements=("policy",), systems=(), first_day=PERIOD[0], last_day=PERIOD[0]
    ).evidence
    with reading(audited.engine) as session:
        assert seen(session, INSPECTOR) == {inside, before, over.evidence, office_wide}
        assert evidence_items.evidence(session, BUILT_IN, before).previous == older
        assert evidence_items.evidence(session, INSPECTOR, before).previous is None
        assert run_comparison.compare(session, INSPECTOR, before).previous is None
        assert evidence_items.readable(session, INSPECTOR, {inside, older, elsewhere}) == {inside}
        assert evidence_items.readable(session, Person("nobody", frozenset()), {inside, older}) == frozenset()
        both = Person("both", frozenset({AUDITOR, TEAM_MEMBER}), teams=MEMBER.teams, audits=INSPECTOR.audits)
        assert seen(session, both) == {inside, before, older, over.evidence, office_wide}
        whole = Person("whole", frozenset({AUDITOR}), audits=frozenset({"nen-audit"}))
        assert seen(session, whole) == {inside, before, over.evidence, office_wide, elsewhere}
    opened(audited, INSPECTOR, inside)
    for key in (older, elsewhere):
        closed(audited, INSPECTOR, key)


def at(day):
    return datetime.combine(day, time(10), UTC)


def of(day, content):
    return content.replace(b"2027-03-03", day.isoformat().encode())


@pytest.mark.parametrize(
    ("day", "content", "decision"),
    [
        (date(2027, 2, 1), JUNIT, "accepted"),  # valid on the first days of the period
        (date(2026, 12, 1), JUNIT, "accepted"),  # expired before it, and so the reason why it is expired
        (date(2026, 12, 1), FAILING, None),  # a failure that nobody lifted
        (date(2027, 3, 12), JUNIT, "accepted"),  # after the period, on a day that the auditor may ask about
    ],
)
def test_evidence_that_decides_a_status_that_an_auditor_sees_is_readable(audited, day, content, decision):
    """Of a system of the audit, on each day about which the auditor may ask."""
    older = audited.deliver(of(EARLY, JUNIT), requirements=("reviewed-tests",)).evidence
    audited.review(older, "accepted", at=NOW + timedelta(minutes=1))
    filed = audited.deliver(of(day, content), requirements=("reviewed-tests",), at=at(max(day, NOW.date()))).evidence
    if decision:
        audited.review(filed, decision, at=at(max(day, NOW.date()) + timedelta(days=1)))
    cell, now = ("reviewed-tests", "portal", ""), at(AUDIT_DAY)
    with reading(audited.engine) as session:
        for on in (PERIOD[0] + timedelta(days=n) for n in range((AUDIT_DAY - PERIOD[0]).days + 1)):
            deciding = {
                fact.evidence
                for fact in explain_cell(session, INSPECTOR, cell, on, now).facts
                if fact.deciding and fact.evidence
            }
            assert deciding, on
            assert evidence_items.readable(session, INSPECTOR, deciding) == deciding, on
            for key in deciding:
                assert evidence_items.evidence(session, INSPECTOR, key).row.id == key


def test_audit_period_ends_on_the_audit_s_day_by_default(audited):
    with writing(audited.engine, NOW) as (session, now):
        plan_audit(session, BUILT_IN, "open-audit", "ISO", AUDIT_DAY, PERIOD[0], None, ["iso"], [], now)
    with reading(audited.engine) as session:
        assert audit_of(session, BUILT_IN, NOW).period_last == AUDIT_DAY


def test_an_auditor_of_no_planned_audit_sees_nothing(audited):
    audited.deliver(JUNIT)
    for keys in ((), ("cancelled",)):
        nobody = Person("nobody", frozenset({AUDITOR}), audits=frozenset(keys))
        with reading(audited.engine) as session:
            assert seen(session, nobody) == set()
            for ask in (
                partial(lookup.catalogues, session, nobody),
                partial(lookup.systems, session, nobody),
                partial(readiness.readiness, session, nobody, DAY, NOW),
                partial(audits, session, nobody),
            ):
                with pytest.raises(NotAllowed, match="none is planned"):
                    ask()


def test_auditor_records_findings_on_the_audit_s_controls_only(audited):
    with writing(audited.engine, NOW) as (session, now):
        number = record_nonconformity(session, INSPECTOR, "iso:A.1", "minor", "Found", DAY, now)
        other = record_nonconformity(session, BUILT_IN, "nen:8.1", "minor", "Found", DAY, now)
        close_nonconformity(session, INSPECTOR, number, DAY, now)
        with pytest.raises(NotAllowed, match="nen is outside the audit"):
            record_nonconformity(session, INSPECTOR, "nen:8.1", "major", "Found", DAY, now)
        with pytest.raises(NotAllowed, match="nen is outside the audit"):
            close_nonconformity(session, INSPECTOR, other, DAY, now)


def test_the_latest_plan_bounds_whatever_moment_is_asked(audited):
    with writing(audited.engine, NOW) as (session, now):
        plan_audit(session, BUILT_IN, "iso-audit", "ISO", AUDIT_DAY, *PERIOD, ["iso"], ["website"], now)
    with reading(audited.engine) as session:
        with pytest.raises(NotAllowed, match="portal is outside the audit"):
            readiness.readiness(session, INSPECTOR, DAY, datetime(2027, 1, 6, 12, tzinfo=UTC), ["portal"])
        assert audit_of(session, INSPECTOR, datetime(2027, 1, 6, 12, tzinfo=UTC)).systems == ("website",)


def test_person_who_manages_people_lists_teams_and_audits(audited):
    administrator = Person("a", frozenset({ADMINISTRATOR}))
    with reading(audited.engine) as session:
        assert [plan.key for plan in audits(session, administrator)] == ["nen-audit", "iso-audit"]
        assert [plan.key for plan in audits(session, INSPECTOR)] == ["iso-audit"]
        assert {team.key for team in lookup.teams(session, administrator)} == {"platform", "apps"}
        assert audit_bounds(session, BUILT_IN, "readiness.read") is None
        assert audit_bounds(session, SYSTEM, "readiness.read") is None


def test_days_between_two_audits_belong_to_neither():
    def of(key, first, day, systems):
        return AuditPlan(key, key, day, first, day, ("iso",), systems, NOW, "")

    bounds = Bounds(
        (
            of("a", date(2027, 1, 1), date(2027, 1, 31), ("portal",)),
            of("b", date(2027, 3, 1), date(2027, 3, 31), ("website",)),
        )
    )
    assert bounds.systems == ("portal", "website")
    assert bounds.systems_on(date(2027, 1, 5), ()) == ("portal",)
    with pytest.raises(NotAllowed, match="website is outside"):
        bounds.systems_on(date(2027, 1, 5), ("website",))
    with pytest.raises(NotAllowed, match="is outside the audit: its days are"):
        bounds.systems_on(date(2027, 2, 10), ())
    nearest = {
        day: bounds.nearest(day) for day in (date(2026, 1, 1), date(2027, 2, 3), date(2027, 2, 27), date(2028, 1, 1))
    }
    assert list(nearest.values()) == [date(2027, 1, 1), date(2027, 1, 31), date(2027, 3, 1), date(2027, 3, 31)]
