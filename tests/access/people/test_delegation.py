"""Nobody passes on more than they have: by a role, link, token, e-mail address, later last day or removed factor."""

from datetime import date

import pytest

from access.errors import LinkNotValid, NotPossible
from access.people import accounts, links
from access.people.delegation import grantable_roles
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
    exceeding_permissions,
)
from access.sign_in import link_redemption, passwords, second_factor
from access.sign_in.provider_roles import BoundRole, synchronise_roles
from models.transaction import reading
from tests.access.households import (
    CHEAP,
    DAY,
    GOOD,
    HOUR,
    MINUTE,
    NOON,
    OTHER,
    audit,
    do,
    enrol,
    log,
    person,
    rows,
    team,
    within,
)

ROLES = (SECURITY_OFFICER, REVIEWER, TEAM_MEMBER, AUDITOR, READER, ADMINISTRATOR)
BEYOND = "more than their own permissions"


@pytest.fixture
def office(engine, monkeypatch):
    """An officer, an administrator, and someone of every role."""
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    team(engine)
    audit(engine)
    engine.olga = person(engine, "Olga", "olga@example.org", [(SECURITY_OFFICER, None, None)])
    engine.bea = person(engine, "Bea", "bea@example.org", [(ADMINISTRATOR, None, None)])
    engine.someone = {
        role: person(engine, f"A {n}", f"a{n}@example.org", [bound(role)]) for n, role in enumerate(ROLES)
    }
    return engine


def bound(role):
    return (role, "bouw" if role == TEAM_MEMBER else None, "extern-2027" if role == AUDITOR else None)


def who(engine, account, at=NOON):
    with reading(engine) as session:
        holder = accounts.find_person(session, account, at)
    assert holder is not None
    return holder


def grants(engine, account):
    return [row.id for row in rows(engine, "role_grant") if row.account == account and row.ended_at is None]


def ways(engine, role):
    """Every way to open an account to someone, or to give it more."""
    account, (_, of_team, of_audit) = engine.someone[role], bound(role)
    stranger = person(engine, "Nina", "nina@example.org", password="")
    return {
        "role": lambda s, by, now: accounts.grant(s, by, stranger, role, now, team=of_team, audit=of_audit),
        "reset": lambda s, by, now: links.reset(s, by, account, now),
        "address": lambda s, by, now: accounts.change(s, by, account, now, email="own@example.org"),
        "factor": lambda s, by, now: second_factor.remove(s, by, account, now),
    }


# ── Comparing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_exceeding_permissions_are_missing_or_wider_ones():
    member = Person("m", frozenset({TEAM_MEMBER}), teams=frozenset({"a", "b"}))
    assert exceeding_permissions(member, Person("", frozenset({TEAM_MEMBER}), teams=frozenset({"a"}))) == []
    assert exceeding_permissions(member, Person("", frozenset({TEAM_MEMBER}), teams=frozenset({"c"}))) == [
        "evidence.file",
        "evidence.read",
    ]
    assert exceeding_permissions(member, Person("", frozenset({REVIEWER}))) == [
        "evidence.read",
        "evidence.review",
        "mapping.review",
    ]
    for role in ROLES:
        assert (
            exceeding_permissions(
                BUILT_IN, Person("", frozenset({role}), teams=frozenset({"a"}), audits=frozenset({"x"}))
            )
            == []
        )
    assert exceeding_permissions(member, Person("", frozenset())) == []


def test_which_roles_a_person_may_give():
    assert grantable_roles(BUILT_IN) == list(ROLES)
    assert grantable_roles(Person("b", frozenset({ADMINISTRATOR}))) == [ADMINISTRATOR]
    assert grantable_roles(Person("b", frozenset({ADMINISTRATOR, REVIEWER}))) == [REVIEWER, READER, ADMINISTRATOR]
    both = Person("b", frozenset({ADMINISTRATOR, TEAM_MEMBER}), teams=frozenset({"bouw"}))
    assert grantable_roles(both) == [TEAM_MEMBER, READER, ADMINISTRATOR]
    assert grantable_roles(Person("r", frozenset({REVIEWER}))) == []


# ── Every way ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ROLES)
def test_an_administrator_opens_and_gives_what_an_administrator_has_and_nothing_else(office, role):
    enrol(office, office.someone[role], at=NOON)
    bea, olga = who(office, office.bea), who(office, office.olga)
    for name, way in ways(office, role).items():
        if role != ADMINISTRATOR:
            before = len(log(office))
            with pytest.raises(NotAllowed, match=BEYOND):
                within(office, lambda s, now, way=way: way(s, bea, now))
            assert len(log(office)) == before, name
        within(office, lambda s, now, way=way: way(s, olga if role != ADMINISTRATOR else bea, now))


def test_ended_account_is_not_reopened_by_a_person_with_fewer_permissions(office):
    account = office.someone[REVIEWER]
    bea, olga = who(office, office.bea), who(office, office.olga)
    do(office, accounts.end, bea, account)  # ending needs no permissions of the account
    for last in (None, date(2027, 12, 31)):
        with pytest.raises(NotAllowed, match=BEYOND):
            do(office, accounts.change, bea, account, ends_on=last)
    do(office, accounts.change, olga, account, ends_on=date(2027, 12, 31))
    do(office, accounts.change, bea, account, ends_on=date(2027, 6, 1))  # earlier
    do(office, accounts.change, bea, account, language="en")


def test_only_people_who_may_give_a_role_end_it(office):
    """Else the role could be taken from an account, the account be opened by a link, and the role come back."""
    (number,) = grants(office, office.someone[REVIEWER])
    with pytest.raises(NotAllowed, match=BEYOND):
        do(office, accounts.end_grant, who(office, office.bea), number)
    do(office, accounts.end_grant, who(office, office.olga), number)


def test_person_with_more_roles_may_give_more(office):
    do(office, accounts.grant, BUILT_IN, office.bea, READER)
    do(office, accounts.grant, who(office, office.bea), office.someone[ADMINISTRATOR], READER)
    with pytest.raises(NotAllowed, match=BEYOND):
        do(office, accounts.grant, who(office, office.bea), office.someone[ADMINISTRATOR], REVIEWER)


# ── When it is used ──────────────────────────────────────────────────────────────────────────────────────────────────


def invited(office, by, account):
    return do(office, links.invite, by, account)


def test_link_stops_working_when_its_account_may_more_than_its_maker(office):
    nina = person(office, "Nina", "nina@example.org", [bound(ADMINISTRATOR)], password="")
    token = invited(office, who(office, office.bea), nina)
    do(office, accounts.grant, who(office, office.olga), nina, REVIEWER, at=NOON + MINUTE)
    with pytest.raises(LinkNotValid):
        within(office, lambda s, now: link_redemption.redeem(s, token, now, OTHER), NOON + HOUR)
    again = do(office, links.invite, who(office, office.olga), nina, at=NOON + HOUR)
    assert within(office, lambda s, now: link_redemption.redeem(s, again, now, OTHER), NOON + HOUR) == nina


@pytest.mark.parametrize("how", ["account", "role"])
def test_link_stops_working_when_its_maker_leaves(office, how):
    nina = person(office, "Nina", "nina@example.org", [bound(READER)], password="")
    token, other = invited(office, who(office, office.olga), nina), office.someone[SECURITY_OFFICER]
    with reading(office) as session:
        assert link_redemption.describe_link(session, token, NOON + MINUTE)
    if how == "account":
        do(office, accounts.end, who(office, other), office.olga, at=NOON + MINUTE)
    else:
        do(office, accounts.end_grant, who(office, other), grants(office, office.olga)[0], at=NOON + MINUTE)
    with reading(office) as session:
        assert link_redemption.describe_link(session, token, NOON + HOUR) is None


def test_account_with_a_password_from_a_link_gets_no_more_than_the_link_s_maker_had(office):
    """An administrator who opens a colleague's account waits in vain for an officer to give it a role."""
    nina = person(office, "Nina", "nina@example.org", [bound(ADMINISTRATOR)], password="")
    olga, token = who(office, office.olga), invited(office, who(office, office.bea), nina)
    within(office, lambda s, now: link_redemption.redeem(s, token, now, OTHER), NOON + MINUTE)
    with pytest.raises(NotPossible, match="link of Bea"):
        do(office, accounts.grant, olga, nina, REVIEWER, at=NOON + HOUR)
    within(
        office, lambda s, now: synchronise_roles(s, nina, frozenset({BoundRole(SECURITY_OFFICER)}), now), NOON + HOUR
    )
    assert log(office)[-1][0] == "people.grant_skipped"
    token = do(office, links.reset, olga, nina, at=NOON + HOUR)
    within(office, lambda s, now: link_redemption.redeem(s, token, now, GOOD), NOON + HOUR + MINUTE)
    do(office, accounts.grant, olga, nina, REVIEWER, at=NOON + 2 * HOUR)
    assert who(office, nina, NOON + 3 * HOUR).roles == {ADMINISTRATOR, REVIEWER}


def test_roles_of_a_link_s_maker_count_as_of_its_use(office):
    nina = person(office, "Nina", "nina@example.org", [bound(READER)], password="")
    token = invited(office, who(office, office.olga), nina)
    within(office, lambda s, now: link_redemption.redeem(s, token, now, OTHER), NOON + MINUTE)
    other = who(office, office.someone[SECURITY_OFFICER])
    do(office, accounts.end_grant, other, grants(office, office.olga)[0], at=NOON + HOUR)
    do(office, accounts.grant, other, nina, REVIEWER, at=NOON + 2 * HOUR)


# ── Being told ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_person_is_shown_links_made_for_them_and_the_log_names_the_maker(office):
    nina = office.someone[READER]
    first = do(office, links.reset, who(office, office.olga), nina, at=NOON + MINUTE)
    do(office, links.reset, BUILT_IN, nina, at=NOON + HOUR)
    with reading(office) as session:
        made = links.list_made_for(session, nina, NOON + DAY)
        assert [(link.made_by, link.made_at, link.redeemed_at) for link in made] == [
            (BUILT_IN.name, NOON + HOUR, None),
            ("Olga", NOON + MINUTE, None),  # shown although it was never used
        ]
        assert link_redemption.describe_link(session, first, NOON + DAY) is None
        assert links.list_made_for(session, nina, NOON + 32 * DAY) == []
    second = do(office, links.reset, who(office, office.olga), nina, at=NOON + DAY)
    within(office, lambda s, now: link_redemption.redeem(s, second, now, OTHER), NOON + DAY + MINUTE)
    with reading(office) as session:
        assert links.list_made_for(session, nina, NOON + 2 * DAY)[0].redeemed_at == NOON + DAY + MINUTE
    verb, by, about, details = next(entry for entry in log(office) if entry[0] == "link.reset")
    assert (verb, by, about) == ("link.reset", "A 4", nina)
    assert details == {"made_by": "Olga", "made_at": (NOON + DAY).isoformat()}
