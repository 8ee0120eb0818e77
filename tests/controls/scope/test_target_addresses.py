"""Addresses of targets: since and until a day, in versions, by who may change the scope."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from access.permissions import AUDITOR, BUILT_IN, NotAllowed, Person
from audits.planning import plan_audit
from controls.errors import NotPossible, Unknown
from controls.scope import system_scope
from controls.scope.target_addresses import addresses_on, end_address, list_addresses, record_address, withdraw_address
from models.rows import table
from models.transaction import reading, writing

DAY = date(2027, 1, 4)
LONG_AGO = date(2020, 1, 1)
PORTAL = ("portal", "portal.example.org")


@pytest.fixture
def portal(engine):
    """A system with a target, and one without; gives the key of an address of that target."""
    with writing(engine) as (session, now):
        for key in ("portal", "website"):
            system_scope.add_system(session, BUILT_IN, key, key, key, now)
            system_scope.bring_into_scope(session, BUILT_IN, key, LONG_AGO, now)
        system_scope.bring_into_scope(session, BUILT_IN, "portal", LONG_AGO, now, target=PORTAL[1])
        return record_address(session, BUILT_IN, *PORTAL, "https://Portal.example.org:8443/login", DAY, now)


def of(engine, place=PORTAL, day=DAY, known=None):
    with writing(engine) as (session, now):
        return [one.address for one in addresses_on(session, day, known or now).get(place, ())]


def change(engine, verb, *given, **more):
    with writing(engine) as (session, now):
        return verb(session, BUILT_IN, *given, now=now, **more)


def test_an_address_counts_from_its_first_day_to_its_last(engine, portal):
    change(engine, end_address, portal, DAY + timedelta(days=1))
    counts = [of(engine, day=DAY + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert counts == [[], ["portal.example.org:8443"], ["portal.example.org:8443"], []]


def test_what_was_known_before_stays_known(engine, portal):
    with writing(engine) as (_, before):
        pass
    change(engine, withdraw_address, portal)
    assert of(engine) == []
    assert of(engine, known=before) == ["portal.example.org:8443"]


def test_an_ended_address_can_stay_after_all(engine, portal):
    change(engine, end_address, portal, DAY)
    change(engine, end_address, portal, None)
    assert of(engine, day=DAY + timedelta(days=99)) == ["portal.example.org:8443"]


def test_a_target_has_several_and_two_targets_may_share_one(engine, portal):
    change(engine, record_address, *PORTAL, "192.0.2.7", DAY)
    change(engine, record_address, "website", "", "192.0.2.7", DAY)
    assert of(engine) == ["192.0.2.7", "portal.example.org:8443"]
    assert of(engine, ("website", "")) == ["192.0.2.7"]


def test_the_scope_shows_them(engine, portal):
    change(engine, record_address, "website", "", "www.example.org", DAY)
    with writing(engine) as (session, now):
        found = {one.key: one for one in system_scope.scope_on(session, DAY, now)}
        [target] = found["portal"].targets
    assert [(one.address, one.first_day, one.last_day) for one in target.addresses] == [
        ("portal.example.org:8443", DAY, None)
    ]
    assert [one.address for one in found["website"].addresses] == ["www.example.org"]


def test_history_tells_every_version_and_by_whom(engine, portal):
    change(engine, end_address, portal, DAY)
    change(engine, withdraw_address, portal)
    with reading(engine) as session:
        found = list_addresses(session, BUILT_IN)
    assert [(one.last_day, one.is_current, one.is_withdrawn) for one in found] == [
        (DAY - timedelta(days=1), True, True),
        (DAY, False, False),
        (None, False, False),
    ]
    assert {one.recorded_by for one in found} == {BUILT_IN.name}
    with reading(engine) as session:
        verbs = session.execute(select(table("activity").c.verb).order_by(table("activity").c.id.desc())).scalars()
        assert list(verbs)[:3] == ["scope.withdraw_address", "scope.end_address", "scope.record_address"]


def test_an_auditor_reads_those_of_the_audits_systems(engine, portal):
    change(engine, record_address, "website", "", "www.example.org", DAY)
    names = {f"{name}_{code}": "ISO" for name in ("title", "short") for code in ("nl", "en")}
    with writing(engine) as (session, now):
        catalogue = {"key": "iso", **names, "edition": "2022", "position": 1, "sha256": "", "followed_at": now}
        session.execute(insert(table("catalogue")), [catalogue])
        plan_audit(session, BUILT_IN, "a", "Audit", DAY, LONG_AGO, DAY, ["iso"], ["website"], now)
    with reading(engine) as session:
        inspector = Person("inspector", frozenset({AUDITOR}), audits=frozenset({"a"}))
        assert [one.address for one in list_addresses(session, inspector)] == ["www.example.org"]
        assert {one.system for one in list_addresses(session, BUILT_IN, system="portal")} == {"portal"}


@pytest.mark.parametrize(
    ("verb", "given", "problem", "words"),
    [
        (record_address, (*PORTAL, "*.example.org", DAY), NotPossible, "is no address"),
        (record_address, (*PORTAL, "10.0.0.0/24", DAY), NotPossible, "is no address"),
        (record_address, (*PORTAL, "PORTAL.example.org:443", DAY), NotPossible, "own name"),
        (record_address, (*PORTAL, "portal.example.org:8443", DAY), NotPossible, "since 4 January 2027 already"),
        (record_address, ("portal", "other.example.org", "192.0.2.7", DAY), Unknown, "has no target"),
        (record_address, ("gone", "", "192.0.2.7", DAY), Unknown, "no system gone"),
        (end_address, ("gone", DAY), Unknown, "no recorded address gone"),
        (withdraw_address, ("gone",), Unknown, "no recorded address gone"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(engine, portal, verb, given, problem, words):
    with pytest.raises(problem, match=words):
        change(engine, verb, *given)


def test_days_are_in_order(engine, portal):
    with pytest.raises(NotPossible, match="lies before the first day"):
        change(engine, record_address, *PORTAL, "192.0.2.7", DAY, last_day=LONG_AGO)
    with pytest.raises(NotPossible, match="lies before the first day"):
        change(engine, end_address, portal, LONG_AGO)


def test_one_moment_holds_one_version(engine, portal):
    with writing(engine) as (session, now):
        end_address(session, BUILT_IN, portal, DAY, now)
        with pytest.raises(NotPossible, match="changed in the same moment"):
            end_address(session, BUILT_IN, portal, None, now)


def test_another_period_may_follow(engine, portal):
    change(engine, end_address, portal, DAY)
    again = change(engine, record_address, *PORTAL, "portal.example.org:8443", DAY + timedelta(days=1))
    assert again != portal
    with pytest.raises(NotPossible, match="already"):
        change(engine, end_address, portal, None)


@pytest.mark.parametrize("verb", [record_address, end_address, withdraw_address])
def test_only_who_may_change_the_scope_may(engine, verb):
    nobody = Person("nobody", frozenset({"team member", "reviewer", "auditor", "reader", "administrator"}))
    given = {record_address: (*PORTAL, "192.0.2.7", DAY), end_address: ("x", DAY), withdraw_address: ("x",)}
    with writing(engine) as (session, now), pytest.raises(NotAllowed):
        verb(session, nobody, *given[verb], now)
