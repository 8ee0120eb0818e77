"""One-time links: each works once, until it expires, for its purpose; the set-up link only without an officer."""

import threading
from datetime import date, timedelta

import pytest

from access.errors import AccessProblem, LinkNotValid, NotPossible, WeakPassword
from access.people import accounts, links, sessions
from access.people.links import INVITATION, LIFETIMES, RESET, SECOND_FACTOR, SET_UP
from access.permissions import ADMINISTRATOR, BUILT_IN, READER, REVIEWER, SECURITY_OFFICER, NotAllowed, Person
from access.sign_in import link_redemption, passwords, second_step
from models.transaction import reading, writing
from tests.access.households import CHEAP, DAY, GOOD, HOUR, MINUTE, NOON, OTHER, SECOND, do, log, person, rows, within

OFFICE = (SECURITY_OFFICER, None, None)
READS = (READER, None, None)


@pytest.fixture
def empty(engine, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    return engine


@pytest.fixture
def office(empty):
    empty.olga = person(empty, "Olga Officier", "olga@example.org", [OFFICE])
    empty.nina = person(empty, "Nina Nieuw", "nina@example.org", [READS], password="")
    return empty


def look(engine, token, at=NOON):
    with reading(engine) as session:
        return link_redemption.describe_link(session, token, at)


def redeem(engine, token, password=OTHER, at=NOON, **about):
    return within(engine, lambda session, now: link_redemption.redeem(session, token, now, password, **about), at)


def stored(engine, account):
    return next(row.password for row in rows(engine, "account") if row.id == account)


def set_up(engine, at=NOON):
    return do(engine, links.first_set_up, at=at)


def invite(engine, at=NOON, by=BUILT_IN):
    return do(engine, links.invite, by, engine.nina, at=at)


def reset(engine, at=NOON, by=BUILT_IN):
    return do(engine, links.reset, by, engine.olga, at=at)


def ticket(engine, at=NOON):
    return do(engine, second_step.issue_ticket, engine.olga, at=at)


def at_the_same_moment(engine, *acts):
    """The results in any order; each runs in a thread and a transaction of its own."""
    ready, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        ready.wait()
        try:
            with writing(engine, NOON) as (session, now):
                made = act(session, now)
        except AccessProblem as problem:
            made = problem
        outcomes.append(made)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == len(acts)
    return outcomes


# ── The first set-up ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_set_up_makes_the_first_officer(empty):
    token = set_up(empty)
    info = look(empty, token)
    assert (info.purpose, info.account, info.name, info.email) == (SET_UP, None, "", "")
    account = redeem(empty, token, name="Olga Officier", email="Olga@Example.org", language="en")
    with reading(empty) as session:
        olga = accounts.find_person(session, account, NOON + SECOND)
        assert accounts.language_of(session, account) == "en"
    assert (olga.name, olga.roles) == ("Olga Officier", {SECURITY_OFFICER})
    assert passwords.matches(OTHER, stored(empty, account))
    assert [verb for verb, *_ in log(empty)] == ["link.make", "people.add", "people.grant", "link.set-up"]
    assert not rows(empty, "sign_in_session")


def test_the_first_set_up_is_only_there_without_an_officer(office):
    assert set_up(office) is None
    assert not rows(office, "one_time_link")


def test_set_up_link_stops_working_once_there_is_an_officer(empty):
    token = set_up(empty)
    person(empty, "Olga Officier", "olga@example.org", [OFFICE])
    assert look(empty, token) is None
    with pytest.raises(LinkNotValid):
        redeem(empty, token, name="Eve", email="eve@example.org")
    assert len(rows(empty, "account")) == 1


def test_new_start_replaces_the_earlier_set_up_link(empty):
    first, second = set_up(empty), set_up(empty, NOON + MINUTE)
    assert look(empty, first, NOON + HOUR) is None
    assert look(empty, second, NOON + HOUR)


def test_officer_with_an_ended_account_does_not_count(empty):
    person(empty, "Oud Officier", "oud@example.org", [OFFICE], ends=date(2027, 2, 1))
    assert set_up(empty)


def test_two_set_ups_at_the_same_moment_create_one_officer(empty):
    token = set_up(empty)
    named = [{"name": f"Nummer {n}", "email": f"n{n}@example.org"} for n in range(4)]
    acts = [
        lambda session, now, about=about: link_redemption.redeem(session, token, now, OTHER, **about) for about in named
    ]
    outcomes = at_the_same_moment(empty, *acts)
    assert sum(isinstance(outcome, LinkNotValid) for outcome in outcomes) == 3
    assert len(rows(empty, "account")) == len(rows(empty, "role_grant")) == 1


@pytest.mark.parametrize(
    ("about", "refusal"),
    [
        ({"name": "", "email": "o@example.org"}, NotPossible),
        ({"name": "Olga", "email": "nothing"}, NotPossible),
        ({"name": "Olga", "email": "o@example.org", "language": "fr"}, NotPossible),
        ({"name": "Olga", "email": "o@example.org", "password": "kort"}, WeakPassword),
        ({"name": "Wendelmoet", "email": "wendelmoet@example.org", "password": "wendelmoet2027"}, WeakPassword),
    ],
)
def test_refused_password_does_not_use_the_link(empty, about, refusal):
    token = set_up(empty)
    with pytest.raises(refusal):
        redeem(empty, token, **about)
    assert not rows(empty, "account")
    assert look(empty, token)


# ── Invitations and resets ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_chooses_the_first_password_once(office):
    token = invite(office)
    info = look(office, token)
    assert (info.purpose, info.account, info.name) == (INVITATION, office.nina, "Nina Nieuw")
    assert (info.email, info.language, info.expires_at) == ("nina@example.org", "nl", NOON + 7 * DAY)
    assert redeem(office, token) == office.nina
    assert passwords.matches(OTHER, stored(office, office.nina))
    details = {"made_by": BUILT_IN.name, "made_at": NOON.isoformat()}
    assert log(office)[-1] == ("link.invitation", "Nina Nieuw", office.nina, details)
    assert look(office, token, NOON + MINUTE) is None
    with pytest.raises(LinkNotValid, match="does not work"):
        redeem(office, token, GOOD, NOON + MINUTE)
    assert passwords.matches(OTHER, stored(office, office.nina))


def test_form_cannot_change_the_invited_person(office):
    redeem(office, invite(office), name="Eve", email="eve@example.org", language="en")
    assert {(row.name, row.email, row.language) for row in rows(office, "account") if row.id == office.nina} == {
        ("Nina Nieuw", "nina@example.org", "nl")
    }


def test_the_password_of_a_link_is_judged_by_the_persons_own_data(office):
    token = invite(office)
    with pytest.raises(WeakPassword):
        redeem(office, token, "nina nieuw nina")
    assert look(office, token)


def test_a_reset_leaves_the_password_until_it_is_used_and_ends_all_sessions(office):
    cookie = do(office, sessions.start, office.olga)
    token = reset(office)
    assert passwords.matches(GOOD, stored(office, office.olga))
    with reading(office) as session:
        assert sessions.find(session, cookie, NOON + SECOND)
    redeem(office, token, at=NOON + MINUTE)
    assert passwords.matches(OTHER, stored(office, office.olga))
    with reading(office) as session:
        assert sessions.find(session, cookie, NOON + 2 * MINUTE) is None


def test_two_uses_of_a_link_at_the_same_moment_set_one_password(office):
    token = invite(office)
    chosen = [f"{GOOD} {n}" for n in range(4)]
    acts = [
        lambda session, now, password=password: (link_redemption.redeem(session, token, now, password), password)
        for password in chosen
    ]
    outcomes = at_the_same_moment(office, *acts)
    won = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
    assert len(won) == 1
    assert sum(isinstance(outcome, LinkNotValid) for outcome in outcomes) == 3
    assert passwords.matches(won[0][1], stored(office, office.nina))


def test_newer_link_replaces_the_older(office):
    first, second = invite(office), invite(office, NOON + MINUTE)
    assert look(office, first, NOON + HOUR) is None
    assert look(office, second, NOON + HOUR)
    assert reset(office)  # of another account: it replaces no other link
    assert look(office, second, NOON + HOUR)


def test_an_invitation_is_for_who_has_no_password_and_a_reset_for_who_has(office):
    with pytest.raises(NotPossible, match="reset link instead"):
        do(office, links.invite, BUILT_IN, office.olga)
    with pytest.raises(NotPossible, match="invitation instead"):
        do(office, links.reset, BUILT_IN, office.nina)
    for verb in (links.invite, links.reset):
        for nobody in ("", "u-0", "\ud800", "x\x00"):
            with pytest.raises(NotPossible, match="no such account"):
                do(office, verb, BUILT_IN, nobody)
    assert not rows(office, "one_time_link")


def test_only_people_who_manage_people_create_links(office):
    assert invite(office, by=Person("o", frozenset({SECURITY_OFFICER})))
    with pytest.raises(NotAllowed, match="more than their own permissions"):
        invite(office, by=Person("b", frozenset({ADMINISTRATOR})))
    for role in (READER, REVIEWER):
        for make in (invite, reset):
            with pytest.raises(NotAllowed):
                make(office, by=Person("x", frozenset({role}), office.olga))


# ── Every link ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("make", "lasts"), [(invite, timedelta(days=7)), (reset, timedelta(hours=1))])
def test_link_works_until_it_expires(office, make, lasts):
    token = make(office)
    assert look(office, token, NOON + lasts - SECOND)
    assert look(office, token, NOON + lasts) is None
    with pytest.raises(LinkNotValid):
        redeem(office, token, at=NOON + lasts)
    assert redeem(office, token, at=NOON + lasts - SECOND)


def test_the_first_set_up_lasts_a_day(empty):
    token = set_up(empty)
    assert look(empty, token, NOON + DAY - SECOND)
    assert look(empty, token, NOON + DAY) is None


@pytest.mark.parametrize("make", [invite, reset])
def test_a_link_of_an_account_that_ended_does_not_work(office, make):
    token = make(office)
    account = office.nina if make is invite else office.olga
    person(office, "Ook Officier", "ook@example.org", [OFFICE])
    do(office, accounts.end, BUILT_IN, account, at=NOON + SECOND)
    with pytest.raises(LinkNotValid):
        redeem(office, token, at=NOON + MINUTE)


def test_a_link_of_an_account_whose_last_day_passed_does_not_work(office):
    account = person(office, "Tijdelijk", "t@example.org", [READS], password="", ends=date(2027, 3, 2))
    token = do(office, links.invite, BUILT_IN, account)
    assert look(office, token, NOON + DAY)
    assert look(office, token, NOON + 2 * DAY) is None


def test_another_email_address_ends_the_links_sent_to_the_old_one(office):
    token = invite(office)
    do(office, accounts.change, BUILT_IN, office.nina, at=NOON + SECOND, email="nieuw@example.org")
    assert look(office, token, NOON + MINUTE) is None


@pytest.mark.parametrize("token", ["", "x", "\ud800", "' OR 1=1 --", "x\x00", "a" * 10_000])
def test_invalid_link_does_not_work(office, token):
    invite(office)
    assert look(office, token) is None
    with pytest.raises(LinkNotValid):
        redeem(office, token)


def test_only_the_digest_of_a_token_is_kept_and_none_is_in_the_log(office):
    for token in (invite(office), reset(office), ticket(office)):
        assert len(token) >= 43
        assert token not in repr(rows(office, "one_time_link"))
        assert sessions.digest(token) in repr(rows(office, "one_time_link"))
        assert token not in repr(log(office))
        assert sessions.digest(token) not in repr(log(office))
        assert look(office, sessions.digest(token)) is None


def test_the_log_says_who_made_a_link_for_whom_until_when(office):
    invite(office)
    until = (NOON + LIFETIMES[INVITATION]).isoformat()
    assert log(office)[-1] == ("link.make", BUILT_IN.name, office.nina, {"purpose": INVITATION, "until": until})


def test_log_contains_no_password_and_no_hash(office):
    redeem(office, invite(office))
    assert OTHER not in repr(log(office))
    assert "argon2" not in repr(log(office))


# ── Tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ticket_sets_no_password_and_link_is_no_ticket(office):
    half, link = ticket(office), reset(office)
    assert look(office, half) is None
    with pytest.raises(LinkNotValid):
        redeem(office, half)
    with reading(office) as session:
        assert second_step.find_ticket(session, link, NOON) is None
        row = second_step.find_ticket(session, half, NOON)
    assert (row["account"], row["email"], row["created_at"]) == (office.olga, "olga@example.org", NOON)


def test_a_ticket_lasts_five_minutes_and_is_used_once(office):
    token = ticket(office)
    with reading(office) as session:
        assert second_step.find_ticket(session, token, NOON + 5 * MINUTE - SECOND)
        assert second_step.find_ticket(session, token, NOON + 5 * MINUTE) is None
    do(office, links.use, token, at=NOON + MINUTE)
    with reading(office) as session:
        assert second_step.find_ticket(session, token, NOON + MINUTE) is None
    with pytest.raises(LinkNotValid, match="a moment ago"):
        do(office, links.use, token, at=NOON + MINUTE)


def test_unused_reset_link_does_not_affect_sign_in(office):
    token, link = ticket(office), reset(office)
    with reading(office) as session:
        assert second_step.find_ticket(session, token, NOON + SECOND)
    redeem(office, link, at=NOON + SECOND)
    with reading(office) as session:
        assert second_step.find_ticket(session, token, NOON + MINUTE) is None


def test_expired_tickets_are_deleted_and_links_stay(office):
    ticket(office)
    reset(office)
    ticket(office, NOON + HOUR + 5 * MINUTE)
    assert sorted(row.purpose for row in rows(office, "one_time_link")) == sorted([RESET, SECOND_FACTOR])
