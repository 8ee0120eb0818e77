"""The login log: every attempt once, numbered without gaps; the export has the columns of the register only."""

import io
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.people import accounts
from access.permissions import ADMINISTRATOR, AUDITOR, BUILT_IN, READER, NotAllowed, Person
from access.sign_in import login_log, passwords
from access.sign_in.login_log import HEADER, network_of
from evidence.formats.tables import csv_register
from models.transaction import reading
from tests.access.households import CHEAP, DAY, HOUR, MINUTE, NOON, SECOND, do, person, rows, within
from tests.days import in_zone

LENA = "lena@example.org"
ADDRESS, AGENT = "203.0.113.9", "Mozilla/5.0 (X11) Firefox/140"
TYPED = "hunter2-typed-as-a-name"
READS = (READER, None, None)
SINCE, UNTIL = NOON - DAY, NOON + DAY


@pytest.fixture
def office(engine, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    engine.lena = person(engine, "Lena Lezer", LENA, [READS])
    engine.probe = person(engine, "Proef", "probe@example.org", [READS])
    return engine


def add(engine, at=NOON, reason="", tried=LENA, account="", address=ADDRESS, agent=AGENT, method="password"):
    account = engine.lena if account == "" else account
    attempt = login_log.SignInAttempt(tried, account, address, agent, method)
    within(engine, lambda s, now: login_log.record_attempt(s, attempt, now, reason), at)


def attempts(engine, who=BUILT_IN, since=SINCE, until=UNTIL, **named):
    with reading(engine) as session:
        return login_log.list_attempts(session, who, since, until, **named)


def exported(engine, since=SINCE, until=UNTIL, **named):
    with reading(engine) as session:
        return "".join(login_log.export(session, BUILT_IN, since, until, **named))


def records(engine, **named):
    """As the product's own reader of registers has them."""
    run, results = csv_register.read(io.BytesIO(exported(engine, **named).encode()))
    assert run.facts.delimiter == ";"
    return [dict(result.properties) for result in results]


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_numbers_are_without_gaps_also_after_what_was_rolled_back(office):
    def breaking(session, now):
        login_log.record_attempt(session, login_log.SignInAttempt(LENA, None, "", "", "password"), now)
        raise ZeroDivisionError

    add(office)
    with pytest.raises(ZeroDivisionError):
        within(office, breaking)
    add(office)
    assert [row.id for row in rows(office, "login_attempt")] == [1, 2]


def test_numbers_are_without_gaps_also_of_many_at_the_same_moment(office):
    ready = threading.Barrier(4)

    def some():
        ready.wait()
        for _ in range(5):
            add(office)

    threads = [threading.Thread(target=some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    attempts_logged = sorted(rows(office, "login_attempt", "id", "at"))
    assert [row.id for row in attempts_logged] == list(range(1, 21))
    assert [row.at for row in attempts_logged] == sorted(
        {row.at for row in attempts_logged}
    )  # in the order of their moments


@given(text=st.text(st.characters(exclude_categories=()), max_size=300))
def test_text_from_strangers_is_stored_printable_and_short(text):
    logged = {}

    class Caught:
        """A session that only records the row."""

        def execute(self, _statement, rows=None):
            logged.update(rows[0] if rows else {})
            return self

        def scalar_one(self):
            return 7

        def scalar_one_or_none(self):
            return None

    login_log.record_attempt(Caught(), login_log.SignInAttempt(text, None, text, text, "password"), NOON, "unknown")
    assert logged["id"] == 8
    for name in ("tried", "address", "agent"):
        assert len(logged[name]) <= 200
        assert logged[name].isprintable()


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_attempts_are_the_latest_first_with_the_person_and_the_outcome(office):
    for number, reason in enumerate(("", "password", "locked", "awaiting", "expired", "not-active")):
        add(office, NOON + number * MINUTE, reason)
    add(office, NOON + HOUR, "unknown", TYPED, None)
    listed = attempts(office)
    outcomes = ["failed", "failed", "failed", "awaiting", "locked", "failed", "succeeded"]
    assert [attempt.outcome for attempt in listed] == outcomes
    assert [attempt.succeeded for attempt in listed] == [outcome == "succeeded" for outcome in outcomes]
    assert [attempt.id for attempt in listed] == [7, 6, 5, 4, 3, 2, 1]
    assert (listed[0].tried, listed[0].account, listed[0].name) == (TYPED, None, None)
    last = listed[-1]
    assert (last.name, last.account, last.address, last.agent) == ("Lena Lezer", office.lena, ADDRESS, AGENT)
    assert (last.at, last.method, last.reason) == (NOON, "password", "")


def test_attempts_are_filtered_by_moment_name_outcome_and_number(office):
    add(office, NOON - DAY)
    add(office, NOON, "password")
    add(office, NOON + MINUTE, "unknown", "other_one@example.org", None)
    add(office, NOON + DAY)
    assert [attempt.id for attempt in attempts(office)] == [3, 2, 1]
    assert [attempt.id for attempt in attempts(office, since=NOON, until=NOON + MINUTE)] == [2]
    assert [attempt.id for attempt in attempts(office, tried=" LENA@ ")] == [2, 1]
    assert [attempt.id for attempt in attempts(office, tried="lena lezer")] == [2, 1]  # also by the name of the account
    assert [attempt.id for attempt in attempts(office, tried="other_one")] == [3]
    assert attempts(office, tried="other%one") == attempts(office, tried="otherxone") == []
    assert attempts(office, tried="' OR 1=1 --") == []
    assert [attempt.id for attempt in attempts(office, succeeded=True)] == [1]
    assert [attempt.id for attempt in attempts(office, succeeded=False)] == [3, 2]
    assert [attempt.id for attempt in attempts(office, limit=1)] == [3]


def test_last_attempt_is_of_the_account_and_before_the_moment(office):
    add(office, NOON, "password")
    add(office, NOON + MINUTE, account=office.probe, tried="probe@example.org")
    add(office, NOON + HOUR)
    with reading(office) as session:
        last = login_log.find_last(session, office.lena, NOON + HOUR)
        assert (last.id, last.at, last.outcome) == (1, NOON, "failed")
        assert login_log.find_last(session, office.lena, NOON) is None
        assert login_log.find_last(session, office.lena, NOON + DAY).id == 3


def test_days_are_those_of_the_wall_clock_here(office):
    """Midnight in Amsterdam is 23:00 UTC in winter and 22:00 in summer."""
    winter, summer = datetime(2027, 3, 1, 23, tzinfo=UTC), datetime(2027, 3, 28, 22, tzinfo=UTC)
    for at in (winter - SECOND, winter, summer - SECOND, summer):
        add(office, at)
    add(office, summer + SECOND, "locked")
    add(office, summer + 2 * SECOND, "password")
    add(office, summer + 3 * SECOND, "password")
    with reading(office) as session:
        counts = login_log.count_by_day(session, BUILT_IN, NOON, NOON + 60 * DAY)
        assert login_log.count_by_day(session, BUILT_IN, NOON + 60 * DAY, NOON + 61 * DAY) == []
    assert [(f"{count.day:%m-%d}", count.outcome, count.attempts) for count in counts] == [
        ("03-01", "succeeded", 1),
        ("03-02", "succeeded", 1),
        ("03-28", "succeeded", 1),
        ("03-29", "failed", 2),
        ("03-29", "locked", 1),
        ("03-29", "succeeded", 1),
    ]


@pytest.mark.parametrize(("zone", "midnight"), [("Asia/Kolkata", "18:30"), ("Asia/Kathmandu", "18:15")])
def test_days_of_a_zone_that_lies_no_whole_hours_from_utc(office, zone, midnight):
    begins = datetime.fromisoformat(f"2027-03-01 {midnight}:00+00:00")
    for at in (begins - SECOND, begins):
        add(office, at)
    with reading(in_zone(office, zone)) as session:
        counts = login_log.count_by_day(session, BUILT_IN, NOON - DAY, NOON + DAY)
    assert [(f"{count.day:%m-%d}", count.attempts) for count in counts] == [("03-01", 1), ("03-02", 1)]


@pytest.mark.parametrize("verb", [login_log.list_attempts, login_log.count_by_day, login_log.export])
def test_login_log_needs_its_permission(office, verb):
    with reading(office) as session:
        for role in (READER, AUDITOR):
            with pytest.raises(NotAllowed):
                verb(session, Person("x", frozenset({role}), office.lena), SINCE, UNTIL)
        assert verb(session, Person("b", frozenset({ADMINISTRATOR})), SINCE, UNTIL) is not None


# ── The export ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def week(office):
    """Attempts of all kinds, in the order of the log."""
    add(office, NOON - HOUR)
    add(office, NOON, "password")
    add(office, NOON + MINUTE, "unknown", TYPED, None, "2001:db8:1:2::3")
    add(office, NOON + 2 * MINUTE, "awaiting")
    add(office, NOON + 2 * MINUTE + SECOND, "second-factor", method="second-factor")
    add(office, NOON + 3 * MINUTE, "awaiting")
    add(office, NOON + 3 * MINUTE + SECOND, method="second-factor")
    add(office, NOON + 4 * MINUTE, "locked", address="testclient")
    add(office, NOON + 5 * MINUTE, "expired", "", None, "", method="second-factor")
    add(office, NOON + 6 * MINUTE, "not-active")
    add(office, NOON + 7 * MINUTE, method="recovery-code")
    add(office, NOON + 8 * MINUTE, method="passkey")
    add(office, NOON + 9 * MINUTE, method="single-sign-on", account=office.probe, tried="probe@example.org")
    return office


def test_the_export_has_the_words_of_the_register_form(week):
    exported_rows = records(week, probes=[week.probe])
    assert [tuple(row) for row in exported_rows] == [HEADER] * 13
    known, nobody = week.lena, "unknown"
    here, probe = "203.0.113.0/24", week.probe
    columns = ("event_id", "user_ref", "outcome", "source", "reason", "method", "probe")
    assert [tuple(row[name] for name in columns) for row in exported_rows] == [
        ("1", known, "succeeded", here, "", "password", "no"),
        ("2", known, "failed", here, "password", "password", "no"),
        ("3", nobody, "failed", "2001:db8:1::/48", "unknown user", "password", "no"),
        ("4", known, "failed", here, "second factor", "password", "no"),
        ("5", known, "failed", here, "second factor", "totp", "no"),
        ("6", known, "succeeded", here, "", "password", "no"),  # its second factor followed
        ("7", known, "succeeded", here, "", "totp", "no"),
        ("8", known, "failed", "other", "locked", "password", "no"),
        ("9", nobody, "failed", "none", "second factor", "totp", "no"),
        ("10", known, "failed", here, "", "password", "no"),
        ("11", known, "succeeded", here, "", "", "no"),
        ("12", known, "succeeded", here, "", "webauthn", "no"),
        ("13", probe, "succeeded", here, "", "sso", "yes"),
    ]
    assert {row["system"] for row in exported_rows} == {"aantoonbaar"}


def test_each_row_passes_the_rules_of_the_register_form(week):
    exported_rows = records(week)
    moments = [datetime.fromisoformat(row["time"]) for row in exported_rows]
    assert all(at.tzinfo and at.utcoffset() == timedelta(hours=1) for at in moments)
    assert moments == sorted(moments)
    assert moments[1] == NOON
    numbers = [int(row["event_id"]) for row in exported_rows]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    for row in exported_rows:
        assert row["outcome"] in ("succeeded", "failed")
        assert row["reason"] in ("", "password", "second factor", "locked", "unknown user")
        assert row["method"] in ("", "password", "totp", "webauthn", "sso")
        assert row["probe"] in ("yes", "no")
        for ref in ("event_id", "user_ref", "source", "system"):
            assert 1 <= len(row[ref]) <= 64
            assert not any(sign.isspace() for sign in row[ref])


def test_the_export_holds_nothing_that_was_tried_and_no_whole_address(week):
    text = exported(week)
    for secret in (TYPED, LENA, "Lena", ADDRESS, "2001:db8:1:2", "testclient", AGENT, "Firefox", "not-active"):
        assert secret not in text


def test_the_export_is_of_its_period_system_and_zone(week):
    assert [record["event_id"] for record in records(week, since=NOON, until=NOON + 2 * MINUTE)] == ["2", "3"]
    first = records(in_zone(week, "UTC"), system="portal")[0]
    assert (first["system"], first["time"]) == ("portal", "2027-03-01T11:00:00+00:00")
    assert exported(week, since=NOON + DAY, until=NOON + 2 * DAY) == ";".join(HEADER) + "\r\n"


def test_correct_password_without_second_factor_counts_as_failed(office):
    add(office, NOON, "awaiting")
    add(office, NOON + MINUTE, account=office.probe, tried="probe@example.org")
    assert [record["outcome"] for record in records(office)] == ["failed", "succeeded"]


def test_an_account_keeps_its_reference_when_the_person_is_renamed_by_email(week):
    before = {record["user_ref"] for record in records(week)}
    do(week, accounts.change, BUILT_IN, week.lena, at=NOON + HOUR, email="other@example.org")
    assert {record["user_ref"] for record in records(week)} == before


def test_export_contains_no_spreadsheet_formula(office):
    add(office)
    for system in ("=1+1", "+1", "-1", "@x"):
        assert f";'{system};" in exported(office, system=system)


@given(st.ip_addresses())
def test_address_is_shortened_to_its_network(address):
    network = ip_network(network_of(str(address)))
    mapped = getattr(address, "ipv4_mapped", None) or address
    assert mapped in network
    assert network.prefixlen == (24 if mapped.version == 4 else 48)


@given(st.text())
def test_invalid_address_is_not_exported(address):
    network = network_of(address)
    if network not in ("other", "none"):
        assert ip_address(address)


def test_ipv4_address_mapped_to_ipv6_is_shortened_as_ipv4():
    assert network_of("::ffff:203.0.113.9") == "203.0.113.0/24"
    assert network_of("fe80::1%eth0") == "fe80::/48"
