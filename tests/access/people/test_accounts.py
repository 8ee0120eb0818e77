"""Accounts: unique names, roles bound to a team or audit, separation of duties, changes that take effect at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.errors import LastOfficer, NotPossible, OwnRole
from access.people import accounts, sessions
from access.people.input_text import name_key, normalise_email
from access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    BUILT_IN,
    READER,
    REVIEWER,
    SECURITY_OFFICER,
    TEAM_MEMBER,
    NotAllowed,
    Person,
)
from access.sign_in import passwords
from models.transaction import reading
from tests.access.households import CHEAP, DAY, MINUTE, NOON, TODAY, audit, do, enrol, log, person, rows, team, within

OFFICE = (SECURITY_OFFICER, None, None)


@pytest.fixture
def office(engine, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    engine.olga = person(engine, "Olga Officier", "olga@example.org", [OFFICE])
    engine.lena = person(engine, "Lena Lezer", "lena@example.org", [(READER, None, None)])
    return engine


def who(engine, account, at=NOON):
    with reading(engine) as session:
        return accounts.find_person(session, account, at)


def add(engine, name="Nina Nieuw", email="nina@example.org", language="nl", starts=TODAY, ends=None, by=BUILT_IN):
    return do(engine, accounts.add, by, name, email, language, starts, ends)


def grants(engine, account):
    return [row.id for row in rows(engine, "role_grant") if row.account == account and row.ended_at is None]


# ── Who someone is ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_has_the_roles_teams_and_audits_of_this_moment(office):
    team(office)
    team(office, "beheer")
    audit(office)
    held = [(TEAM_MEMBER, "bouw", None), (TEAM_MEMBER, "beheer", None), (AUDITOR, None, "extern-2027")]
    account = person(office, "Tim", "tim@example.org", held, at=NOON)
    assert who(office, account) == Person(
        "Tim", frozenset({TEAM_MEMBER, AUDITOR}), account, frozenset({"bouw", "beheer"}), frozenset({"extern-2027"})
    )


def test_account_without_role_or_outside_its_days_is_nobody(office):
    account = add(office, starts=date(2027, 3, 2), ends=date(2027, 3, 4))
    assert who(office, account, NOON + DAY) is None
    do(office, accounts.grant, BUILT_IN, account, READER)
    assert [bool(who(office, account, NOON + n * DAY)) for n in range(5)] == [False, True, True, True, False]
    assert who(office, "nobody") is None


def test_ended_role_is_gone_at_the_next_request(office):
    do(office, accounts.grant, BUILT_IN, office.lena, REVIEWER)
    assert who(office, office.lena).roles == {READER, REVIEWER}
    for number in grants(office, office.lena):
        do(office, accounts.end_grant, BUILT_IN, number, at=NOON + MINUTE)
    assert who(office, office.lena) is None


# ── Accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_account_is_written_down_with_its_email_in_lower_case(office):
    account = add(office, " Nina   Nieuw ", " Nina@Example.ORG ")
    row = next(row for row in rows(office, "account") if row.id == account)
    assert (row.name, row.name_key, row.email, row.password) == ("Nina Nieuw", "nina nieuw", "nina@example.org", "")
    details = {
        "name": "Nina Nieuw",
        "email": "nina@example.org",
        "language": "nl",
        "starts_on": "2027-03-01",
        "ends_on": None,
    }
    assert log(office)[-1] == ("people.add", "security officer", account, details)


@pytest.mark.parametrize(
    "name",
    [
        "lena  LEZER",
        "\u00a0Lena Lezer",
        "\uff2cena Lezer",
        "Aantoonbaar",
        "Security Officer",
        "",
        "  ",
        "a\x00b",
        "\u202ex",
    ]
    + ["x" * 101, "\ud800"],
)
def test_invalid_or_used_name_is_refused(office, name):
    with pytest.raises(NotPossible):
        add(office, name)


def test_name_stays_reserved_after_its_account_ends(office):
    do(office, accounts.end, BUILT_IN, office.lena)
    with pytest.raises(NotPossible, match="used once"):
        add(office, "Lena Lezer", "lena2@example.org")


@pytest.mark.parametrize(
    "email", ["", "lena", "lena@", "@example.org", "a b@example.org", "a@b", "LENA@example.org", "a@b@c.nl"]
    + ["a@example.org, b@example.org", "x" * 200 + "@example.org", "<a@example.org>"],
)  # fmt: skip
def test_invalid_or_used_email_address_is_refused(office, email):
    with pytest.raises(NotPossible):
        add(office, "Nina", email)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_email_is_normalised_the_same_for_storing_and_searching(email):
    normalised = normalise_email(email)
    assert normalise_email(normalised.upper()).casefold() == normalise_email(normalised.upper().lower()).casefold()
    assert len(normalised) <= 200 and normalised.encode() is not None
    assert normalise_email(normalised) == normalised.strip()


@given(st.text(max_size=100))
def test_a_name_is_compared_the_same_however_it_is_spaced_and_capitalised(name):
    assert name_key(f"  {name.replace(' ', chr(9) + ' ')} ") == name_key(name)
    assert name_key(name_key(name)) == name_key(name)


def test_days_and_language_are_checked(office):
    with pytest.raises(NotPossible, match="before the first"):
        add(office, ends=date(2027, 2, 28))
    with pytest.raises(NotPossible, match="nl or en"):
        add(office, language="fr")


def test_change_is_logged_with_the_former_values(office):
    do(office, accounts.change, BUILT_IN, office.lena, email="Lena@Lezer.nl", language="en", ends_on=date(2027, 12, 31))
    before = {"email": "lena@example.org", "language": "nl", "ends_on": None}
    after = {"email": "lena@lezer.nl", "language": "en", "ends_on": "2027-12-31"}
    assert log(office)[-1] == (
        "people.change",
        "security officer",
        office.lena,
        {"before": before, "after": after},
    )
    do(office, accounts.change, BUILT_IN, office.lena, ends_on=None)
    assert log(office)[-1][3]["after"] == {"ends_on": None}
    count = len(log(office))
    do(office, accounts.change, BUILT_IN, office.lena, email="LENA@lezer.nl", language="en")
    assert len(log(office)) == count


def test_the_language_of_an_account_and_dutch_of_nobody(office):
    lena = Person("Lena Lezer", frozenset({READER}), office.lena)
    with reading(office) as session:
        assert accounts.language_of(session, office.lena) == "nl"
    do(office, accounts.change, lena, office.lena, language="en")
    with reading(office) as session:
        assert accounts.language_of(session, office.lena) == "en"
        assert [accounts.language_of(session, nobody) for nobody in ("", "u-0", "x\x00y", "\ud800")] == ["nl"] * 4


def test_people_change_their_own_language_and_nothing_else(office):
    lena = who(office, office.lena)
    do(office, accounts.change, lena, office.lena, language="en")
    assert log(office)[-1][:3] == ("people.change", "Lena Lezer", office.lena)
    for what in ({"email": "x@example.org"}, {"ends_on": None}, {"language": "nl", "ends_on": date(2028, 1, 1)}):
        with pytest.raises(NotAllowed):
            do(office, accounts.change, lena, office.lena, **what)
    with pytest.raises(NotAllowed):
        do(office, accounts.change, lena, office.olga, language="en")
    with pytest.raises(NotAllowed):
        do(
            office,
            accounts.change,
            Person(lena.name, lena.roles, lena.account, previewing=True),
            lena.account,
            language="nl",
        )


@pytest.mark.parametrize("how", ["end", "last day", "email"])
def test_an_account_that_ends_or_moves_ends_its_sessions(office, how):
    token = do(office, sessions.start, office.lena, at=NOON)
    if how == "end":
        do(office, accounts.end, BUILT_IN, office.lena, at=NOON + MINUTE)
    elif how == "last day":
        do(office, accounts.change, BUILT_IN, office.lena, at=NOON + MINUTE, ends_on=date(2027, 2, 28))
    else:
        do(office, accounts.change, BUILT_IN, office.lena, at=NOON + MINUTE, email="elders@example.org")
    assert rows(office, "sign_in_session", "ended_at")[0].ended_at is not None
    with reading(office) as session:
        assert sessions.find(session, token, NOON + MINUTE) is None


def test_an_account_of_today_ends_today(office):
    account = add(office)
    do(office, accounts.grant, BUILT_IN, account, READER)
    do(office, accounts.end, BUILT_IN, account)
    assert who(office, account) is None
    count = len(log(office))
    do(office, accounts.end, BUILT_IN, account)
    assert len(log(office)) == count


@pytest.mark.parametrize("account", ["nobody", "\x00", "\ud800", ""])
def test_unknown_account_is_reported(office, account):
    for act in (
        lambda s, now: accounts.change(s, BUILT_IN, account, now, language="en"),
        lambda s, now: accounts.end(s, Person("x", BUILT_IN.roles, "x"), account, now),
        lambda s, now: accounts.grant(s, Person("x", BUILT_IN.roles, "x"), account, READER, now),
    ):
        with pytest.raises(NotPossible, match="no such account"):
            within(office, act)


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "team_key", "audit_key"),
    [
        (TEAM_MEMBER, None, None),
        (TEAM_MEMBER, "nergens", None),
        (TEAM_MEMBER, "bouw", "extern-2027"),
        (TEAM_MEMBER, "\x00", None),
        (AUDITOR, None, None),
        (AUDITOR, None, "nergens"),
        (AUDITOR, "bouw", "extern-2027"),
        (READER, "bouw", None),
        (SECURITY_OFFICER, None, "extern-2027"),
        ("Aantoonbaar", None, None),
        ("koning", None, None),
    ],
)
def test_role_needs_its_team_or_audit(office, role, team_key, audit_key):
    team(office)
    audit(office)
    with pytest.raises(NotPossible):
        do(office, accounts.grant, BUILT_IN, office.lena, role, team=team_key, audit=audit_key)
    assert len(grants(office, office.lena)) == 1


def test_role_that_is_held_cannot_be_given_again(office):
    team(office)
    team(office, "beheer")
    for key in ("bouw", "beheer"):
        do(office, accounts.grant, BUILT_IN, office.lena, TEAM_MEMBER, team=key)
    with pytest.raises(NotPossible, match="already"):
        do(office, accounts.grant, BUILT_IN, office.lena, TEAM_MEMBER, team="bouw")
    with pytest.raises(NotPossible, match="already"):
        do(office, accounts.grant, BUILT_IN, office.lena, READER)
    number = grants(office, office.lena)[0]
    do(office, accounts.end_grant, BUILT_IN, number)
    with pytest.raises(NotPossible, match="it has ended"):
        do(office, accounts.end_grant, BUILT_IN, number)
    do(office, accounts.grant, BUILT_IN, office.lena, READER)
    assert [entry[0] for entry in log(office)[-2:]] == ["people.end_grant", "people.grant"]
    assert log(office)[-1][3]["role"] == READER


def test_nobody_changes_their_own_roles_or_days(office):
    person(office, "Ada", "ada@example.org", [OFFICE])
    olga = who(office, office.olga)
    for act in (
        lambda s, now: accounts.grant(s, olga, olga.account, REVIEWER, now),
        lambda s, now: accounts.end_grant(s, olga, grants(office, olga.account)[0], now),
        lambda s, now: accounts.change(s, olga, olga.account, now, ends_on=date(2028, 1, 1)),
        lambda s, now: accounts.end(s, olga, olga.account, now),
    ):
        with pytest.raises(OwnRole):
            within(office, act)
    do(office, accounts.grant, olga, office.lena, REVIEWER)
    assert who(office, office.lena).roles == {READER, REVIEWER}


def lose(engine, account):
    """The three ways to lose an officer."""
    (number,) = grants(engine, account)
    return (
        lambda s, now: accounts.end_grant(s, BUILT_IN, number, now),
        lambda s, now: accounts.end(s, BUILT_IN, account, now),
        lambda s, now: accounts.change(s, BUILT_IN, account, now, ends_on=date(2030, 1, 1)),
    )


def test_the_last_security_officer_stays(office):
    person(office, "Ada", "ada@example.org", [OFFICE], password="")  # invited, has not come yet
    person(office, "Bas", "bas@example.org", [OFFICE], ends=date(2027, 6, 1))  # leaves
    person(office, "Cas", "cas@example.org", [OFFICE], starts=date(2027, 6, 1))  # has not begun
    person(office, "Dirk", "dirk@example.org", [(ADMINISTRATOR, None, None)])
    for act in lose(office, office.olga):
        with pytest.raises(LastOfficer):
            within(office, act)
    assert who(office, office.olga).roles == {SECURITY_OFFICER}


@pytest.mark.parametrize("way", [0, 1, 2])
def test_officer_can_leave_while_another_remains(office, way):
    ada = person(office, "Ada", "ada@example.org", [OFFICE])
    within(office, lose(office, office.olga)[way])
    for act in lose(office, ada):
        with pytest.raises(LastOfficer):
            within(office, act)


def test_only_who_manages_people_does_so(office):
    lena = who(office, office.lena)
    for act in (
        lambda s, now: accounts.add(s, lena, "X", "x@example.org", "nl", TODAY, None, now),
        lambda s, now: accounts.grant(s, lena, office.olga, READER, now),
        lambda s, now: accounts.end_grant(s, lena, grants(office, office.olga)[0], now),
        lambda s, now: accounts.end(s, lena, office.olga, now),
        lambda s, now: accounts.list_accounts(s, lena, now),
    ):
        with pytest.raises(NotAllowed):
            within(office, act)


def test_accounts_are_listed_with_their_present_state(office):
    enrol(office, office.olga)
    do(office, accounts.end, BUILT_IN, office.lena)
    add(office, "Änne", "aenne@example.org")
    listed = within(office, lambda s, now: accounts.list_accounts(s, BUILT_IN, now))
    assert {row.name: (row.active, row.has_password, row.second_factor) for row in listed} == {
        "Lena Lezer": (False, True, False),
        "Olga Officier": (True, True, True),
        "Änne": (True, False, False),
    }
    olga = next(row for row in listed if row.name == "Olga Officier")
    assert [(grant.role, grant.granted_by) for grant in olga.grants] == [(SECURITY_OFFICER, "security officer")]
    assert olga.last_sign_in is None
