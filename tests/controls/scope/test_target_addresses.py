"""Addresses of targets: periods, versions, overlaps and permissions."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from access.permissions import AUDITOR, BUILT_IN, NotAllowed, Person
from audits.planning import plan_audit
from controls.errors import NotPossible, Unknown
from controls.scope import system_scope
from controls.scope.target_addresses import addresses_on, end_address, list_addresses, record_address, withdraw_address
from models.bulk_changes import table
from models.transaction import reading, writing

DAY = date(2027, 1, 4)
LONG_AGO = date(2020, 1, 1)
PORTAL = ("portal", "portal.example.org")


@pytest.fixture
def portal(engine):
    """A system with a target and one without; returns the key of an address of that target."""
    with writing(engine) as (session, now):
        for key in ("portal", "website"):
            system_scope.add_system(session, BUILT_IN, key, key, key, now)
            system_scope.bring_into_scope(session, BUILT_IN, key, LONG_AGO, now)
        system_scope.bring_into_scope(session, BUILT_IN, "portal", LONG_AGO, now, target=PORTAL[1])
        return record_address(session, BUILT_IN, *PORTAL, "https://Portal.example.org:8443/login", DAY, now)


def addresses(engine, target=PORTAL, day=DAY, known=None):
    with writing(engine) as (session, now):
        return [address.address for address in addresses_on(session, day, known or now).get(target, ())]


def change(engine, verb, *arguments, **more):
    with writing(engine) as (session, now):
        return verb(session, BUILT_IN, *arguments, now=now, **more)


def test_address_is_in_force_from_its_first_to_its_last_day(engine, portal):
    change(engine, end_address, portal, DAY + timedelta(days=1))
    counts = [addresses(engine, day=DAY + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert counts == [[], ["portal.example.org:8443"], ["portal.example.org:8443"], []]


def test_withdrawal_does_not_change_what_was_known_before(engine, portal):
    with writing(engine) as (_, before):
        pass
    change(engine, withdraw_address, portal)
    assert addresses(engine) == []
    assert addresses(engine, known=before) == ["portal.example.org:8443"]


def test_last_day_of_an_address_can_be_removed(engine, portal):
    change(engine, end_address, portal, DAY)
    change(engine, end_address, portal, None)
    assert addresses(engine, day=DAY + timedelta(days=99)) == ["portal.example.org:8443"]


def test_target_can_have_several_addresses_and_share_them(engine, portal):
    change(engine, record_address, *PORTAL, "192.0.2.7", DAY)
    change(engine, record_address, "website", "", "192.0.2.7", DAY)
    assert addresses(engine) == ["192.0.2.7", "portal.example.org:8443"]
    assert addresses(engine, ("website", "")) == ["192.0.2.7"]


def test_scope_includes_addresses(engine, portal):
    change(engine, record_address, "website", "", "www.example.org", DAY)
    with writing(engine) as (session, now):
        systems = {system.key: system for system in system_scope.scope_on(session, DAY, now)}
        [target] = systems["portal"].targets
    assert [(address.address, address.first_day, address.last_day) for address in target.addresses] == [
        ("portal.example.org:8443", DAY, None)
    ]
    assert [address.address for address in systems["website"].addresses] == ["www.example.org"]


def test_history_lists_every_version_with_its_author(engine, portal):
    change(engine, end_address, portal, DAY)
    change(engine, withdraw_address, portal)
    with reading(engine) as session:
        versions = list_addresses(session, BUILT_IN)
    assert [(version.last_day, version.is_current, version.is_withdrawn) for version in versions] == [
        (DAY - timedelta(days=1), True, True),
        (DAY, False, False),
        (None, False, False),
    ]
    assert {version.recorded_by for version in versions} == {BUILT_IN.name}
    with reading(engine) as session:
        verbs = session.execute(select(table("activity").c.verb).order_by(table("activity").c.id.desc())).scalars()
        assert list(verbs)[:3] == ["scope.withdraw_address", "scope.end_address", "scope.record_address"]


def test_auditor_reads_addresses_of_systems_of_the_audit(engine, portal):
    change(engine, record_address, "website", "", "www.example.org", DAY)
    names = {f"{name}_{code}": "ISO" for name in ("title", "short") for code in ("nl", "en")}
    with writing(engine) as (session, now):
        catalogue = {"key": "iso", **names, "edition": "2022", "position": 1, "sha256": "", "followed_at": now}
        session.execute(insert(table("catalogue")), [catalogue])
        plan_audit(session, BUILT_IN, "a", "Audit", DAY, LONG_AGO, DAY, ["iso"], ["website"], now)
    with reading(engine) as session:
        inspector = Person("inspector", frozenset({AUDITOR}), audits=frozenset({"a"}))
        assert [row.address for row in list_addresses(session, inspector)] == ["www.example.org"]
        assert {row.system for row in list_addresses(session, BUILT_IN, system="portal")} == {"portal"}


@pytest.mark.parametrize(
    ("verb", "arguments", "problem", "message"),
    [
        (record_address, (*PORTAL, "*.example.org", DAY), NotPossible, "is not an address"),
        (record_address, (*PORTAL, "10.0.0.0/24", DAY), NotPossible, "is not an address"),
        (record_address, (*PORTAL, "PORTAL.example.org:443", DAY), NotPossible, "own name"),
        (record_address, (*PORTAL, "portal.example.org:8443", DAY), NotPossible, "since 4 January 2027;"),
        (record_address, ("portal", "other.example.org", "192.0.2.7", DAY), Unknown, "has no target"),
        (record_address, ("gone", "", "192.0.2.7", DAY), Unknown, "no system gone"),
        (end_address, ("gone", DAY), Unknown, "no recorded address gone"),
        (withdraw_address, ("gone",), Unknown, "no recorded address gone"),
    ],
)  # fmt: skip
def test_invalid_change_is_refused(engine, portal, verb, arguments, problem, message):
    with pytest.raises(problem, match=message):
        change(engine, verb, *arguments)


def test_last_day_before_the_first_is_refused(engine, portal):
    with pytest.raises(NotPossible, match="is before the first day"):
        change(engine, record_address, *PORTAL, "192.0.2.7", DAY, last_day=LONG_AGO)
    with pytest.raises(NotPossible, match="is before the first day"):
        change(engine, end_address, portal, LONG_AGO)


def test_second_change_in_the_same_moment_is_refused(engine, portal):
    with writing(engine) as (session, now):
        end_address(session, BUILT_IN, portal, DAY, now)
        with pytest.raises(NotPossible, match="changed at the same moment"):
            end_address(session, BUILT_IN, portal, None, now)


def test_later_period_does_not_overlap(engine, portal):
    change(engine, end_address, portal, DAY)
    again = change(engine, record_address, *PORTAL, "portal.example.org:8443", DAY + timedelta(days=1))
    assert again != portal
    with pytest.raises(NotPossible, match="end that period first"):
        change(engine, end_address, portal, None)


@pytest.mark.parametrize("verb", [record_address, end_address, withdraw_address])
def test_changes_require_permission_to_change_the_scope(engine, verb):
    nobody = Person("nobody", frozenset({"team member", "reviewer", "auditor", "reader", "administrator"}))
    arguments = {record_address: (*PORTAL, "192.0.2.7", DAY), end_address: ("x", DAY), withdraw_address: ("x",)}
    with writing(engine) as (session, now), pytest.raises(NotAllowed):
        verb(session, nobody, *arguments[verb], now)
