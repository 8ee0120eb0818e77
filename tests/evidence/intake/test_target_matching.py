"""Matching tested targets to targets in scope, by recorded or declared addresses."""

import io
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.permissions import BUILT_IN
from controls.scope.address import read
from controls.scope.system_scope import SystemInScope, TargetInScope, bring_into_scope
from controls.scope.target_addresses import end_address, record_address
from evidence.errors import Unfitting
from evidence.intake import submission
from evidence.intake.delivery.declarations import declaration_texts
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit, fit_delivery
from evidence.intake.delivery.target_matching import (
    DeclaredTarget,
    TargetMatch,
    match_targets,
    places_in,
    recorded_places,
    same_host,
)
from evidence.intake.submission import Incoming
from locales import Language, Title
from locales.stored_text import from_stored, to_stored
from models.transaction import writing
from tests.evidence.office import DAY, JUNIT, NOW, Office, tls_file

TLS, HOST = 443, None  # what a name without a port means: to a TLS scan, to a port scan


def addresses(*names: str) -> frozenset:
    return frozenset(read(name) for name in names)


#: The portal with two targets, of which one has other addresses; the website is its own target, with one address.
PLACES = {
    "portal": {
        "": frozenset(),
        "portal.example.nl": addresses("portal.example.nl", "192.0.2.7", "login.example.nl:8443"),
        "api.example.nl:8443": addresses("api.example.nl:8443"),
    },
    "website": {"": addresses("www.example.nl")},
}
ONE = {"portal": PLACES["portal"]}


def matched(
    named: dict[str, int | None], places=ONE, by_target: bool = True, **declared: tuple[str, str]
) -> TargetMatch:
    places_by_name = {"" if name == "_" else name.replace("_", "."): place for name, place in declared.items()}
    return match_targets(named, places_by_name, places, by_target=by_target, kind="test")


# ── Recorded ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tested", "port", "target"),
    [
        ("portal.example.nl", TLS, "portal.example.nl"),
        ("PORTAL.example.nl.", TLS, "portal.example.nl"),
        ("portal.example.nl:443", TLS, "portal.example.nl"),
        ("192.0.2.7", TLS, "portal.example.nl"),
        ("192.0.2.7", HOST, "portal.example.nl"),
        ("login.example.nl:8443", TLS, "portal.example.nl"),
        ("login.example.nl", HOST, "portal.example.nl"),  # a host as a whole speaks of its ports
        ("api.example.nl:8443", TLS, "api.example.nl:8443"),
        ("api.example.nl", HOST, "api.example.nl:8443"),
    ],
)
def test_recorded_address_matches_its_target(tested: str, port: int | None, target: str) -> None:
    match = matched({tested: port})
    assert match.tested == {("portal", target): frozenset({tested})}
    assert match.declared == ()


@pytest.mark.parametrize(
    ("tested", "port"),
    [
        ("portal.example.nl:8443", TLS),  # another port of a target
        ("api.example.nl", TLS),  # 443, where 8443 is in scope
        ("login.example.nl", TLS),
        ("192.0.2.7:8443", TLS),
        ("192.0.2.70", HOST),
        ("192.0.2.0", HOST),
        ("example.nl", HOST),
        ("x.portal.example.nl", TLS),
        ("portal.example.nl.evil.example", TLS),
        ("*.example.nl", TLS),
        ("portal", HOST),  # the key of the system is no address
        ("www.example.nl", TLS),  # of a system that was not given
    ],
)
def test_unrecorded_address_does_not_match(tested: str, port: int | None) -> None:
    with pytest.raises(Unfitting, match="in the API: target="):
        matched({tested: port})


def test_pattern_in_scope_matches_no_host() -> None:
    places = {"portal": {"": frozenset(), "*.example.nl": frozenset()}}
    with pytest.raises(Unfitting):
        matched({"portal.example.nl": TLS}, places)


def test_other_port_of_a_host_is_suggested() -> None:
    with pytest.raises(Unfitting, match=r"portal\.example\.nl:8443 .* is it a new address of portal\.example\.nl\?"):
        matched({"portal.example.nl:8443": TLS})
    assert same_host("portal.example.nl:8443", PLACES) == [("portal", "portal.example.nl")]
    assert same_host("api.example.nl", PLACES) == [("portal", "api.example.nl:8443")]
    assert same_host("nobody.example.nl", PLACES) == []


def test_component_name_matches_only_itself() -> None:
    targets = tuple(TargetInScope(name, name, DAY, None) for name in ("Backup", "Dossier (oud)"))
    places = places_in([[SystemInScope("portal", "p", "p", 1, (), "p", DAY, None, targets)]], {})
    assert recorded_places("dossier (oud)", HOST, places) == [("portal", "Dossier (oud)")]
    assert recorded_places("dossier", HOST, places) == []


# ── Declared ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unrecorded_address_can_be_declared() -> None:
    match = matched({"login.example.net": TLS}, login_example_net=("portal", "portal.example.nl"))
    assert match.tested == {("portal", "portal.example.nl"): frozenset({"login.example.net"})}
    [declared] = match.declared
    assert declared == DeclaredTarget("login.example.net", "portal", "portal.example.nl")
    assert "login.example.net" in str(declared.reason({}))
    assert "portal.example.nl" in str(declared.reason({}))


def test_address_of_another_target_can_be_declared() -> None:
    match = matched({"portal.example.nl": TLS}, portal_example_nl=("portal", "api.example.nl:8443"))
    assert list(match.tested) == [("portal", "api.example.nl:8443")]
    assert [declared_target.target for declared_target in match.declared] == ["api.example.nl:8443"]


def test_declaring_a_recorded_address_is_no_declaration() -> None:
    declared = {"192.0.2.7": ("portal", "portal.example.nl")}
    assert match_targets({"192.0.2.7": TLS}, declared, ONE, by_target=True, kind="test").declared == ()


def test_only_unrecorded_addresses_are_declared() -> None:
    match = matched({"portal.example.nl": TLS, "x.example.net": TLS}, x_example_net=("portal", "portal.example.nl"))
    assert match.tested == {("portal", "portal.example.nl"): frozenset({"portal.example.nl", "x.example.net"})}
    assert [declared_target.tested for declared_target in match.declared] == ["x.example.net"]


def test_unmatched_address_is_declared_for_a_system_without_targets() -> None:
    website = {"website": PLACES["website"]}
    assert matched({"www.example.nl": TLS}, website).declared == ()
    match = matched({"other.example.nl": TLS}, website)
    assert match.tested == {("website", ""): frozenset({"other.example.nl"})}
    assert match.declared == (DeclaredTarget("other.example.nl", "website", ""),)


def test_address_of_no_system_is_declared_for_a_requirement_per_system() -> None:
    match = matched({"portal.example.nl": HOST, "192.0.2.99": HOST}, PLACES, by_target=False)
    assert match.tested == {
        ("portal", ""): frozenset({"portal.example.nl", "192.0.2.99"}),
        ("website", ""): frozenset({"192.0.2.99"}),
    }
    assert match.declared == (DeclaredTarget("192.0.2.99", "portal", ""), DeclaredTarget("192.0.2.99", "website", ""))
    assert matched({"www.example.nl": TLS}, PLACES, by_target=False).declared == ()


def test_test_without_names_is_declared_for_a_target_but_not_for_a_system() -> None:
    match = matched({}, _=("portal", "portal.example.nl"))
    assert match.declared == (DeclaredTarget("", "portal", "portal.example.nl"),)
    assert "does not name" in str(match.declared[0].reason({}))
    assert matched({}, {"website": PLACES["website"]}).declared == (DeclaredTarget("", "website", ""),)
    assert matched({}, PLACES, by_target=False).declared == ()


def test_target_for_a_file_of_a_system_is_declared() -> None:
    match = matched({}, by_target=False, _=("portal", "portal.example.nl"))
    assert list(match.tested) == [("portal", "")]
    assert match.declared == (DeclaredTarget("", "portal", "portal.example.nl"),)


@pytest.mark.parametrize("kind", ["record", "register"])
def test_records_and_registers_declare_no_target(kind: str) -> None:
    match = match_targets({}, {}, PLACES, by_target=True, kind=kind)
    assert len(match.tested) == 3
    assert match.declared == ()


# ── Left out ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_address_outside_the_scope_is_left_out_beside_a_match() -> None:
    match = matched({"portal.example.nl": TLS, "other.example.org": TLS})
    assert match.tested == {("portal", "portal.example.nl"): frozenset({"portal.example.nl"})}
    assert (match.declared, match.left_out) == ((), ("other.example.org",))
    [warning] = match.warnings
    assert "also names other.example.org, which is not in scope" in str(warning)
    assert matched({"portal.example.nl": TLS}).warnings == []


def test_declared_address_is_not_left_out() -> None:
    named = {"portal.example.nl": TLS, "x.example.net": TLS, "y.example.net": TLS}
    match = matched(named, x_example_net=("portal", "portal.example.nl"))
    assert match.left_out == ("y.example.net",)
    assert [declared_target.tested for declared_target in match.declared] == ["x.example.net"]


def test_matched_system_without_targets_takes_no_other_address() -> None:
    match = matched({"www.example.nl": TLS, "other.example.org": TLS}, {"website": PLACES["website"]})
    assert match.tested == {("website", ""): frozenset({"www.example.nl"})}
    assert (match.declared, match.left_out) == ((), ("other.example.org",))


def test_file_without_any_match_is_refused() -> None:
    with pytest.raises(Unfitting, match="No target in scope matches"):
        matched({"a.example.org": TLS, "b.example.org": TLS})


# ── What is said wrongly ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("named", "tested", "place", "words"),
    [
        ({}, "", None, r"do not name what was tested.*target=SYSTEM/TARGET"),
        ({}, "x.example.nl", ("portal", "portal.example.nl"), r"the files name no target.*target=SYSTEM/TARGET"),
        ({"a.example.nl": TLS}, "x.example.nl", ("portal", "portal.example.nl"), r"was not tested; the files name a\."),
        ({"a.example.nl": TLS}, "", ("portal", "portal.example.nl"), r"name what was tested: a\..*target=ADDRESS="),
        ({"a.example.nl": TLS}, "a.example.nl", ("portal", ""), "is not a target in scope"),
        ({"a.example.nl": TLS}, "a.example.nl", ("website", ""), "is not a target in scope"),
        ({"a.example.nl": TLS}, "a.example.nl", ("portal", "192.0.2.7"), "is not a target in scope"),
    ],
)
def test_wrong_declaration_is_refused_with_the_expected_form(named, tested, place, words: str) -> None:
    with pytest.raises(Unfitting, match=words):
        match_targets(named, {} if place is None else {tested: place}, ONE, by_target=True, kind="test")


HOSTS = st.sampled_from(["a.example.nl", "b.example.nl", "192.0.2.1", "2001:db8::1"])
NAMES = st.builds(
    lambda host, port: host if port is None else f"[{host}]:{port}" if "::" in host else f"{host}:{port}",
    HOSTS,
    st.sampled_from([None, 443, 8443]),
)


@given(
    st.dictionaries(NAMES, st.sampled_from([TLS, HOST]), min_size=1, max_size=4),
    st.dictionaries(NAMES, st.frozensets(NAMES.map(read), max_size=3), min_size=1, max_size=3),
    st.booleans(),
)
def test_only_recorded_or_declared_addresses_count(named, targets, by_target: bool) -> None:
    places = {"portal": {"": frozenset(), **{target: {read(target), *more} for target, more in targets.items()}}}
    try:
        match = match_targets(named, {}, places, by_target=by_target, kind="test")
    except Unfitting:
        return
    declared = {
        (declared_target.tested, (declared_target.system, declared_target.target)) for declared_target in match.declared
    }
    for place, tested in match.tested.items():
        own = (
            places["portal"][place[1]]
            if by_target
            else {address for held in places["portal"].values() for address in held}
        )
        for name in tested or ():
            hosts = {address.host for address in own}
            exact = read(name) in own
            whole = named[name] is HOST and read(name).port is None and read(name).host in hosts
            assert exact or whole or (name, place) in declared


# ── From the tables ──────────────────────────────────────────────────────────────────────────────────────────────────


def fitted(office: Office, content: bytes, requirement: str = "tls-scan", **more: object) -> DeliveryFit:
    more = {"systems": ["portal"], "first_day": DAY, "last_day": DAY, **more}
    incoming = [Incoming(io.BytesIO(content), "f")]
    with submission.inspect(office.store, incoming) as inspection, writing(office.engine, NOW) as (session, now):
        return fit_delivery(session, Delivery(inspection, [requirement], **more), now)


def test_address_counts_on_the_days_of_the_file(office: Office) -> None:
    with writing(office.engine, NOW) as (session, now):
        key = record_address(session, BUILT_IN, "portal", "portal.example.nl", "192.0.2.7", DAY, now)
    assert fitted(office, tls_file("192.0.2.7")).declared_targets == ()
    before = DAY - timedelta(days=1)
    with pytest.raises(Unfitting, match="No target in scope matches"):
        fitted(office, tls_file("192.0.2.7"), first_day=before, last_day=before)
    with writing(office.engine, NOW) as (session, now):
        end_address(session, BUILT_IN, key, before + timedelta(days=1), now)
    assert fitted(office, tls_file("192.0.2.7")).declared_targets == ()


def test_address_recorded_with_the_upload_is_declared(office: Office) -> None:
    """An address recorded together with the upload waits for a review."""
    place = ("portal", "portal.example.nl")
    with submission.inspect(office.store, [Incoming(io.BytesIO(tls_file("192.0.2.7")), "f")]) as inspection:
        delivery = Delivery(inspection, ["tls-scan"], ["portal"], {"192.0.2.7": place}, first_day=DAY, last_day=DAY)
        with writing(office.engine, NOW) as (session, now):
            record_address(session, BUILT_IN, *place, "192.0.2.7", DAY, now)
            first = fit_delivery(session, delivery, now)
        with writing(office.engine, NOW) as (session, now):
            later = fit_delivery(session, delivery, now)
    assert [declared_target.tested for declared_target in first.declared_targets] == ["192.0.2.7"]
    assert later.declared_targets == ()


def test_target_added_with_the_upload_matches_its_own_name(office: Office) -> None:
    with submission.inspect(office.store, [Incoming(io.BytesIO(tls_file("new.example.nl")), "f")]) as inspection:
        delivery = Delivery(inspection, ["tls-scan"], ["portal"], first_day=DAY, last_day=DAY)
        with writing(office.engine, NOW) as (session, now):
            bring_into_scope(session, BUILT_IN, "portal", date(2027, 3, 1), now, target="new.example.nl")
            assert fit_delivery(session, delivery, now).declared_targets == ()


def test_tls_scan_of_443_does_not_cover_another_port(office: Office) -> None:
    with pytest.raises(Unfitting, match="new address of api.example.nl:8443"):
        fitted(office, tls_file("api.example.nl"))


def test_target_of_a_test_without_names_is_declared(office: Office) -> None:
    fit = fitted(office, JUNIT, "port-scan", targets={"": ("portal", "portal.example.nl")})
    assert fit.declared_targets == (DeclaredTarget("", "portal", "portal.example.nl"),)
    assert fitted(office, JUNIT, "role-tests").declared_targets == ()


@pytest.mark.parametrize(("bad", "verdict"), [("other.example.org", "none"), ("portal.example.nl", "fail")])
def test_left_out_host_does_not_count_and_hides_no_fail(office: Office, bad: str, verdict: str) -> None:
    content = [
        *json.loads(tls_file("portal.example.nl", "other.example.org")),
        *json.loads(tls_file(bad, protocol="offered")),
    ]
    days = {"first_day": DAY, "last_day": DAY}
    filed = office.deliver(json.dumps(content).encode(), requirements=("tls-scan",), **days)
    assert [(cell.target, cell.verdict) for cell in filed.covered] == [("portal.example.nl", verdict)]
    assert any("also names other.example.org" in str(warning) for warning in filed.warnings)


def test_reason_has_the_title_of_the_system_at_upload() -> None:
    titles = {"web": Title("Websites van klanten", "Customers' sites")}
    reason = DeclaredTarget("www.example.net", "web", "").reason(titles)
    stored = from_stored(to_stored(reason))
    assert stored == reason, "its title is kept in both languages"
    assert str(stored) == (
        "The file tests www.example.net, which was not recorded as an address of Customers' sites when it was uploaded."
    )
    assert "adres van Websites van klanten." in Language("nl").render(stored)


def test_declared_facts_name_systems_by_their_titles() -> None:
    titles = {"web": Title("Websites", "Sites")}
    declared = {
        "by": "Anna",
        "systems": ["web", "gone"],
        "targets": [["x.example.net", "web", "www.example.net"]],
        "populations": {"web": 3},
    }
    assert [str(fact) for fact in declaration_texts(declared, titles)] == [
        "tested was Sites (declared by Anna)",
        "tested was gone (declared by Anna)",
        "x.example.net is Sites, www.example.net (declared by Anna)",
        "there should be 3 in Sites (declared by Anna)",
    ]
