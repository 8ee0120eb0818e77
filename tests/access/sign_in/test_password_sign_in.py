"""Signing in: nobody learns whether an account exists, failures make the next attempt wait, the second factor counts."""

import threading
from datetime import date, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.errors import WeakPassword, WrongCode
from access.people import accounts, links, sessions
from access.people.preview_as_role import as_team
from access.permissions import ADMINISTRATOR, BUILT_IN, READER, SECURITY_OFFICER, NotAllowed, Person
from access.sign_in import (
    link_redemption,
    password_sign_in,
    passwords,
    second_factor,
    second_step,
    throttling,
)
from access.sign_in.outcomes import NeedsSecondFactor, Refused, SignedIn
from access.sign_in.throttling import FREE_PER_ADDRESS, FREE_PER_NAME, LONGEST_WAIT, delay
from models.transaction import reading, writing
from tests.access.households import (
    CHEAP,
    DAY,
    GOOD,
    HOUR,
    KEY,
    MINUTE,
    NOON,
    OTHER,
    SECOND,
    do,
    enrol,
    log,
    person,
    rows,
    within,
)

READS = (READER, None, None)
HOME, ELSEWHERE = "203.0.113.9", "198.51.100.7"
LENA, RAVI = "lena@example.org", "ravi@example.org"
REFUSED = Refused("refused")


class Counting:
    """A hasher that counts what it compares."""

    def __init__(self):
        self.compared = 0

    def hash(self, password, *, salt=None):
        return CHEAP.hash(password, salt=salt)

    def verify(self, password, stored):
        self.compared += 1
        return CHEAP.verify(password, stored)


@pytest.fixture
def office(engine, monkeypatch):
    engine.hasher = Counting()
    monkeypatch.setattr(passwords, "hasher", engine.hasher)
    engine.lena = person(engine, "Lena Lezer", LENA, [READS])
    engine.ravi = person(engine, "Ravi", RAVI, [READS])
    return engine


def attempt(engine, email=LENA, password=GOOD, at=NOON, address=HOME, agent="Firefox"):
    return within(engine, lambda s, now: password_sign_in.sign_in(s, email, password, address, agent, now), at)


def fails(engine, times, at=NOON, email=LENA, **named):
    """Fail as soon as allowed each time; returns the moment of the last failure in the log."""
    for _ in range(times):
        at += timedelta(seconds=waits(engine, at, email))
        assert attempt(engine, email, OTHER, at, **named) == REFUSED
        at = max(row.at for row in rows(engine, "login_attempt"))
    return at


def waits(engine, at, tried=LENA, address=""):
    with reading(engine) as session:
        return throttling.wait_seconds(session, tried, address, at)


def attempts(engine):
    return [(row.tried, row.method, row.reason) for row in rows(engine, "login_attempt")]


def second(engine, ticket, check=lambda session, account: None, at=NOON + SECOND, address=HOME):
    return within(engine, lambda s, now: second_step.complete_sign_in(s, ticket, check, address, "Firefox", now), at)


def wrong(session, account):
    raise WrongCode("no")


def live(engine, token, at):
    with reading(engine) as session:
        return sessions.find(session, token, at)


# ── The password ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("email", [LENA, "  LENA@Example.ORG ", "Lena@example.org\x00"])
def test_correct_password_begins_a_session(office, email):
    outcome = attempt(office, email)
    assert isinstance(outcome, SignedIn)
    assert (outcome.account, outcome.last_attempt) == (office.lena, None)
    session = live(office, outcome.token, NOON + SECOND)
    assert (session.account, session.second_factor) == (office.lena, False)
    (row,) = rows(office, "sign_in_session")
    assert (row.address, row.agent) == (HOME, "Firefox")
    assert attempts(office) == [(LENA, "password", "")]


def unknown(office):
    return "nobody@example.org", GOOD


def without_a_password(office):
    person(office, "Nina", "nina@example.org", [READS], password="")
    return "nina@example.org", GOOD


def ended(office):
    person(office, "Oud", "oud@example.org", [READS], ends=date(2027, 2, 27))
    return "oud@example.org", GOOD


def not_begun(office):
    person(office, "Straks", "straks@example.org", [READS], starts=date(2027, 3, 2))
    return "straks@example.org", GOOD


def without_a_role(office):
    person(office, "Niemand", "niemand@example.org")
    return "niemand@example.org", GOOD


def mistaken(office):
    return LENA, OTHER


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (mistaken, "password"),
        (unknown, "unknown"),
        (without_a_password, "password"),
        (ended, "not-active"),
        (not_begun, "not-active"),
        (without_a_role, "not-active"),
    ],
)
def test_nobody_learns_whether_an_account_exists(office, who, reason):
    """The same answer after as many comparisons, also from what is read beforehand; only the log knows."""
    email, password = who(office)
    passwords.matches(password, "")  # the hash of nothing has been made
    office.hasher.compared = 0
    assert attempt(office, email, password) == REFUSED
    assert office.hasher.compared == 1
    assert attempts(office) == [(email, "password", reason)]
    assert not rows(office, "sign_in_session")
    assert not rows(office, "one_time_link")
    compared = password_sign_in.compare(password, stored(office, email))
    assert office.hasher.compared == 2
    again = within(office, lambda s, now: password_sign_in.sign_in(s, email, password, HOME, "", now, compared))
    assert again == REFUSED
    assert office.hasher.compared == 2  # it was compared before the transaction


def stored(engine, email):
    with reading(engine) as session:
        return password_sign_in.prepare(session, email, HOME, "", NOON)


@pytest.mark.parametrize("email", [LENA, "nobody@example.org"])
def test_unknown_name_waits_as_long_as_a_known_one(office, email):
    outcomes = [attempt(office, email, OTHER, NOON + n * SECOND) for n in range(FREE_PER_NAME + 3)]
    assert outcomes == [REFUSED] * FREE_PER_NAME + [REFUSED, Refused("locked", 1), REFUSED]


def test_comparison_with_an_older_hash_is_ignored(office):
    """Changing the password stops a sign-in with the old one that is under way."""
    compared = password_sign_in.compare(GOOD, stored(office, LENA))
    assert compared.matches
    olga = Person("Lena Lezer", frozenset({READER}), office.lena)
    within(office, lambda s, now: password_sign_in.change_password(s, olga, GOOD, OTHER, HOME, "", now))
    outcome = within(
        office, lambda s, now: password_sign_in.sign_in(s, LENA, GOOD, HOME, "", now, compared), NOON + MINUTE
    )
    assert outcome == REFUSED


@pytest.mark.parametrize("email", ["", "\ud800", "x\x00y", "' OR 1=1 --", "a" * 100_000])
def test_any_input_is_refused_and_logged(office, email):
    assert attempt(office, email, email, address=email, agent=email) == REFUSED
    (row,) = rows(office, "login_attempt")
    assert max(map(len, (row.tried, row.address, row.agent))) <= 200
    assert (row.tried + row.address + row.agent).isprintable()


def test_secrets_are_not_in_repr_or_log(office):
    enrol(office, office.ravi)
    secrets = [attempt(office), attempt(office, RAVI), password_sign_in.compare(GOOD, stored(office, LENA))]
    for secret in (secrets[0].token, secrets[1].ticket, GOOD, "argon2"):
        assert secret not in repr(secrets)
        assert secret not in repr(rows(office, "login_attempt"))
        assert secret not in repr(log(office))


def test_person_is_shown_the_previous_attempt(office):
    attempt(office, password=OTHER, address=ELSEWHERE, agent="curl")
    last = attempt(office, at=NOON + MINUTE).last_attempt
    assert (last.at, last.address, last.agent, last.outcome) == (NOON, ELSEWHERE, "curl", "failed")
    attempt(office, RAVI, OTHER, NOON + 2 * MINUTE)
    last = attempt(office, at=NOON + 3 * MINUTE).last_attempt
    assert (last.at, last.address, last.outcome) == (NOON + MINUTE, HOME, "succeeded")


# ── Waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(failures=st.integers(0, 10**6), free=st.integers(1, 50))
def test_delay_starts_after_the_free_failures_grows_and_is_limited(failures, free):
    wait = delay(failures, free)
    assert (wait == timedelta()) == (failures < free)
    assert wait <= delay(failures + 1, free) <= LONGEST_WAIT
    if free <= failures < free + 9:
        assert wait == timedelta(seconds=2 ** (failures - free))


def test_failures_of_a_name_wait_longer_each_time_from_any_address(office):
    at, waited = NOON, []
    for number in range(FREE_PER_NAME + 12):
        at = fails(office, 1, at, address=f"192.0.2.{number}")
        waited.append(waits(office, at))
    assert waited == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_failures_from_an_address_count_for_every_name(office):
    for number in range(FREE_PER_ADDRESS):
        assert attempt(office, f"n{number}@example.org", OTHER) == REFUSED
    at = NOON + SECOND / 2
    assert attempt(office, at=at) == Refused("locked", 1)
    assert isinstance(attempt(office, at=at, address=ELSEWHERE), SignedIn)
    assert isinstance(attempt(office, at=NOON + 2 * SECOND), SignedIn)
    attempt(office, "another@example.org", at=NOON + 3 * SECOND)
    assert waits(office, NOON + 3 * SECOND, RAVI, HOME) == 2  # a success of a name does not clear the address
    assert waits(office, NOON + HOUR + 4 * SECOND, RAVI, HOME) == 0


def test_attempts_without_address_do_not_throttle_each_other(office):
    for number in range(FREE_PER_ADDRESS + 5):
        attempt(office, f"n{number}@example.org", OTHER, address="")
    assert isinstance(attempt(office, address="", at=NOON + SECOND), SignedIn)


def test_waiting_attempt_compares_nothing_and_does_not_lengthen_the_wait(office):
    last = fails(office, FREE_PER_NAME + 4)
    assert waits(office, last) == 16
    office.hasher.compared = 0
    assert [attempt(office, at=last + SECOND / 2) for _ in range(30)] == [Refused("locked", 16)] * 30
    assert attempt(office, at=last + 15 * SECOND) == Refused("locked", 1)
    assert office.hasher.compared == 0
    assert [reason for *_, reason in attempts(office)].count("locked") == 0  # counted by the caller
    assert isinstance(attempt(office, at=last + 17 * SECOND), SignedIn)


def test_waiting_attempts_from_an_address_do_not_lengthen_its_wait(office):
    for number in range(FREE_PER_ADDRESS + 3):
        attempt(office, f"n{number}@example.org", OTHER, NOON + number * 20 * SECOND)
    at = NOON + (FREE_PER_ADDRESS + 2) * 20 * SECOND
    before = waits(office, at, "", HOME)
    for number in range(30):
        assert attempt(office, f"m{number}@example.org", OTHER, at).reason == "locked"
    assert before == 8
    assert waits(office, at + SECOND, "", HOME) <= before


def test_success_or_a_day_resets_the_failures_of_a_name(office):
    fails(office, FREE_PER_NAME - 1)
    assert isinstance(attempt(office, at=NOON + SECOND), SignedIn)
    last = fails(office, FREE_PER_NAME - 1, NOON + MINUTE)
    assert waits(office, last) == 0
    last = fails(office, 1, last)
    assert waits(office, last) == 1
    last = fails(office, 1, NOON + DAY + 2 * MINUTE)
    assert waits(office, last) == 0


def test_another_name_does_not_wait(office):
    last = fails(office, FREE_PER_NAME + 4)
    assert isinstance(attempt(office, RAVI, at=last), SignedIn)


def test_officer_lists_the_names_that_wait(office):
    last = fails(office, FREE_PER_NAME + 6)
    last = fails(office, FREE_PER_NAME + 5, last, "nobody@example.org", address=ELSEWHERE)
    fails(office, 1, last, RAVI)
    with reading(office) as session:
        names = throttling.list_locked_names(session, BUILT_IN, last)
        assert [(name.tried, name.wait_seconds) for name in names] == [("nobody@example.org", 32), (LENA, 33)]
        assert len(throttling.list_locked_names(session, BUILT_IN, last, limit=1)) <= 1
        assert throttling.list_locked_names(session, BUILT_IN, last + HOUR) == []
        assert throttling.list_locked_names(session, Person("b", frozenset({ADMINISTRATOR})), last) == names
        with pytest.raises(NotAllowed):
            throttling.list_locked_names(session, Person("r", frozenset({READER})), NOON)


# ── The second factor ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def enrolled(office):
    office.secret = enrol(office, office.lena)
    return office


def test_password_of_an_account_with_second_factor_gives_a_ticket(enrolled):
    half = attempt(enrolled)
    assert isinstance(half, NeedsSecondFactor)
    assert not rows(enrolled, "sign_in_session")
    assert live(enrolled, half.ticket, NOON + SECOND) is None
    code = pyotp.TOTP(enrolled.secret).at(NOON)

    def check(session, account):
        return second_factor.check_code(session, account, code, KEY, NOON)

    outcome = second(enrolled, half.ticket, check)
    assert (outcome.account, outcome.last_attempt) == (enrolled.lena, None)
    assert live(enrolled, outcome.token, NOON + MINUTE).second_factor
    assert attempts(enrolled) == [(LENA, "password", "awaiting"), (LENA, "second-factor", "")]
    assert second(enrolled, half.ticket, at=NOON + MINUTE) == Refused("expired")


def test_a_wrong_code_leaves_the_ticket_and_counts_as_a_failure(enrolled):
    half = attempt(enrolled)
    assert second(enrolled, half.ticket, wrong) == REFUSED
    outcome = second(enrolled, half.ticket, lambda *_: "recovery-code", NOON + MINUTE)
    assert isinstance(outcome, SignedIn)
    assert [reason for *_, reason in attempts(enrolled)] == ["awaiting", "second-factor", ""]
    assert attempts(enrolled)[-1][1] == "recovery-code"


def test_codes_are_throttled_and_the_right_password_resets_nothing(enrolled):
    half = attempt(enrolled)
    for _ in range(FREE_PER_NAME):
        assert second(enrolled, half.ticket, wrong) == REFUSED
    codes = []
    at = NOON + SECOND + SECOND / 2
    assert second(enrolled, half.ticket, lambda *_: codes.append("it"), at) == Refused("locked", 1)
    assert codes == []
    another = attempt(enrolled, at=NOON + 10 * SECOND)
    assert second(enrolled, another.ticket, wrong, NOON + 11 * SECOND) == REFUSED
    assert waits(enrolled, NOON + 11 * SECOND) == 2


def test_expired_ticket_starts_the_sign_in_again(enrolled):
    half = attempt(enrolled)
    assert second(enrolled, half.ticket, at=NOON + 5 * MINUTE) == Refused("expired")
    assert attempts(enrolled)[-1] == ("", "second-factor", "expired")


@pytest.mark.parametrize("ticket", ["", "x", "\ud800", "x\x00"])
def test_invalid_ticket_is_refused_and_throttled_by_address(enrolled, ticket):
    for _ in range(FREE_PER_ADDRESS):
        assert second(enrolled, ticket) == Refused("expired")
    assert second(enrolled, ticket, at=NOON + 3 * SECOND / 2) == Refused("locked", 1)


def test_one_time_link_is_not_accepted_as_ticket(enrolled):
    link = do(enrolled, links.reset, BUILT_IN, enrolled.lena)
    assert second(enrolled, link) == Refused("expired")


def test_account_that_ends_between_the_steps_is_refused(enrolled):
    half = attempt(enrolled)
    (grant,) = (row.id for row in rows(enrolled, "role_grant") if row.account == enrolled.lena)
    do(enrolled, accounts.end_grant, BUILT_IN, grant, at=NOON + SECOND / 2)
    assert second(enrolled, half.ticket) == REFUSED
    assert attempts(enrolled)[-1] == (LENA, "second-factor", "not-active")


def test_same_code_twice_at_the_same_moment_signs_in_once(enrolled):
    half, ready, outcomes = attempt(enrolled), threading.Barrier(4), []

    def run():
        ready.wait()
        with writing(enrolled, NOON + SECOND) as (session, now):
            made = second_step.complete_sign_in(session, half.ticket, lambda *_: None, HOME, "", now)
        outcomes.append(made)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len([outcome for outcome in outcomes if isinstance(outcome, SignedIn)]) == 1
    assert outcomes.count(Refused("expired")) == 3
    assert len(rows(enrolled, "sign_in_session")) == 1


def test_last_attempt_is_before_this_sign_in_began(enrolled):
    """Neither the own password of a minute ago, nor a code mistyped since."""
    attempt(enrolled, password=OTHER, address=ELSEWHERE)
    half = attempt(enrolled, at=NOON + MINUTE)
    second(enrolled, half.ticket, wrong, NOON + MINUTE + SECOND)
    last = second(enrolled, half.ticket, at=NOON + MINUTE + 2 * SECOND).last_attempt
    assert (last.at, last.address, last.outcome) == (NOON, ELSEWHERE, "failed")


# ── Another password ─────────────────────────────────────────────────────────────────────────────────────────────────


def change(engine, who, current=GOOD, new=OTHER, at=NOON, but=""):
    return within(engine, lambda s, now: password_sign_in.change_password(s, who, current, new, HOME, "", now, but), at)


@pytest.fixture
def lena(office):
    return Person("Lena Lezer", frozenset({READER}), office.lena)


def test_changing_the_password_ends_all_other_sessions_links_and_tokens(office, lena):
    own, other = attempt(office).token, attempt(office).token
    link = do(office, links.reset, BUILT_IN, office.lena)
    assert change(office, lena, at=NOON + SECOND, but=sessions.digest(own)) is None
    assert live(office, own, NOON + MINUTE)
    assert live(office, other, NOON + MINUTE) is None
    with reading(office) as session:
        assert link_redemption.describe_link(session, link, NOON + MINUTE) is None
    assert attempt(office, at=NOON + MINUTE) == REFUSED
    assert isinstance(attempt(office, password=OTHER, at=NOON + MINUTE), SignedIn)
    assert ("password.change", "Lena Lezer", office.lena, {}) in log(office)


def test_changing_the_password_needs_the_current_one_and_is_throttled(office, lena):
    for _ in range(FREE_PER_NAME):
        assert change(office, lena, OTHER) == REFUSED
    assert change(office, lena, GOOD, at=NOON + SECOND / 2) == Refused("locked", 1)
    assert attempt(office, at=NOON + SECOND / 2) == Refused("locked", 1)
    assert change(office, lena, GOOD, at=NOON + 5 * SECOND) is None


def test_an_easy_password_is_refused_and_the_old_one_stays(office, lena):
    for weak in ("kort", "lena lezer lena"):
        with pytest.raises(WeakPassword):
            change(office, lena, new=weak)
    assert isinstance(attempt(office), SignedIn)


def test_preview_cannot_change_a_password(office):
    with pytest.raises(NotAllowed, match="how an account signs in|in person|themselves"):
        change(office, as_team(Person("Lena Lezer", frozenset({SECURITY_OFFICER}), office.lena), "bouw"))
    assert not rows(office, "login_attempt")


@pytest.mark.parametrize("account", ["", "u-0"])
def test_account_without_password_cannot_change_it(office, account):
    assert change(office, Person("x", frozenset({READER}), account)) == REFUSED
    assert attempts(office) == [("", "password", "password")]
