"""Claims of the identity provider give a session or a refusal; roles follow the groups."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.errors import NotPossible
from access.people import accounts, sessions
from access.people.input_text import name_key
from access.permissions import AUDITOR, BUILT_IN, READER, REVIEWER, SECURITY_OFFICER, TEAM_MEMBER
from access.sign_in import passwords, single_sign_on
from access.sign_in.outcomes import NeedsSecondFactor, Refused, SignedIn
from access.sign_in.provider_roles import PROVIDER, BoundRole, read_groups, roles_of_groups, synchronise_roles
from access.sign_in.single_sign_on import SingleSignOnRules
from access.sign_in.throttling import FREE_PER_ADDRESS
from models.transaction import reading, writing
from tests.access.households import CHEAP, DAY, MINUTE, NOON, audit, do, enrol, log, person, rows, team, within

ISSUER = "https://login.example.org/realms/house"
ENTRA = "https://login.microsoftonline.com/0f0f/v2.0"
GROUPS = read_groups(
    {
        "officers": "security officer",
        "readers": "reader",
        "everyone": "reader",
        "devs": "team member:bouw",
        "auditors": "auditor:extern-2027",
        "gone": "team member:opgeheven",
    }
)
RULES = SingleSignOnRules(GROUPS)
OPEN = SingleSignOnRules(GROUPS, new_accounts=True, second_factor="gold")
LENA = {"sub": "s-lena", "email": "Lena@Example.org", "email_verified": True, "name": "Lena Lezer"}
NINA = {
    "sub": "s-nina",
    "email": "nina@example.org",
    "email_verified": True,
    "name": "Nina Nieuw",
    "groups": ["readers"],
}


@pytest.fixture
def office(engine, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    engine.olga = person(engine, "Olga Officier", "olga@example.org", [(SECURITY_OFFICER, None, None)])
    engine.lena = person(engine, "Lena Lezer", "lena@example.org", [(READER, None, None)], password="")
    return engine


def sign_in(engine, claims, rules=RULES, issuer=ISSUER, at=NOON, address="192.0.2.1"):
    with writing(engine, at) as (session, now):
        return single_sign_on.sign_in(session, claims, issuer, rules, address, "a browser", now)


def attempts(engine):
    return [tuple(row) for row in rows(engine, "login_attempt", "tried", "account", "method", "succeeded", "reason")]


def held(engine, account):
    open_ones = [row for row in rows(engine, "role_grant") if row.account == account and row.ended_at is None]
    return {(row.role, row.team, row.audit, row.granted_by) for row in open_ones}


# ── Who it is ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_first_sign_in_with_a_verified_address_links_the_account(office):
    outcome = sign_in(office, LENA)
    assert isinstance(outcome, SignedIn) and outcome.account == office.lena
    with reading(office) as session:
        signed_in = sessions.find(session, outcome.token, NOON + MINUTE)
    assert signed_in.account == office.lena and not signed_in.second_factor
    assert [(row.account, row.issuer, row.subject) for row in rows(office, "identity")] == [
        (office.lena, ISSUER, "s-lena")
    ]
    assert ("people.link", PROVIDER.name, office.lena, {"issuer": ISSUER, "sub": "s-lena"}) in log(office)
    moved = sign_in(office, {"sub": "s-lena", "email": "l.lezer@elders.example"}, at=NOON + DAY)  # the sub is who it is
    assert moved.account == office.lena and moved.last_attempt.succeeded
    assert attempts(office) == [("lena@example.org", office.lena, "single-sign-on", True, "")] * 2
    assert len(rows(office, "identity")) == 1


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 0, [], {}])
def test_unverified_email_address_matches_no_account(office, verified):
    assert sign_in(office, {**LENA, "email_verified": verified}, OPEN) == Refused("refused")
    assert rows(office, "identity") == []
    assert attempts(office) == [("s-lena", None, "single-sign-on", False, "unverified")]  # and locks nobody's name


def test_entra_reports_a_verified_address_in_another_claim(office):
    assert sign_in(office, LENA, issuer=ENTRA) == Refused("refused")
    assert sign_in(office, {**LENA, "email_verified": False, "xms_edov": "1"}, issuer=ENTRA).account == office.lena
    assert sign_in(office, {**LENA, "sub": "s-2", "email_verified": False, "xms_edov": True}) == Refused("refused")


def test_an_account_is_linked_once(office):
    """Whoever inherits an e-mail address does not inherit the account."""
    sign_in(office, LENA)
    assert sign_in(office, {**LENA, "sub": "s-successor"}) == Refused("refused")
    assert attempts(office)[-1] == ("lena@example.org", office.lena, "single-sign-on", False, "other-identity")
    assert (
        sign_in(office, LENA, issuer="https://other.example").account == office.lena
    )  # at another provider it may be linked again


def test_ended_account_is_neither_linked_nor_admitted(office):
    left = person(office, "Lea Weg", "lea@example.org", [(READER, None, None)], ends=date(2027, 2, 28))
    assert sign_in(office, {**LENA, "email": "lea@example.org"}) == Refused("refused")
    assert rows(office, "identity") == []
    sign_in(office, LENA)
    do(office, accounts.end, BUILT_IN, office.lena)
    assert sign_in(office, {**LENA, "groups": ["readers"]}) == Refused("refused")
    assert [row[4] for row in attempts(office)] == ["not-active", "", "not-active"]
    assert attempts(office)[0][1] == left
    assert held(office, office.lena) == {(READER, None, None, BUILT_IN.name)}  # nothing is given to whoever left


def test_account_without_role_is_not_admitted(office):
    bare = person(office, "Rol Loos", "rol@example.org")
    assert sign_in(office, {"sub": "s-rol", "email": "rol@example.org", "email_verified": True}) == Refused("refused")
    assert attempts(office)[-1][1:] == (bare, "single-sign-on", False, "no-role")
    assert rows(office, "sign_in_session") == []


@pytest.mark.parametrize("sub", [None, "", 5, ["s"], "s" * 256, "s\x00", "s\u202e"])
def test_subject_that_cannot_be_stored_unchanged_is_refused(office, sub):
    assert sign_in(office, {**LENA, "sub": sub}) == Refused("refused")
    assert attempts(office)[-1][4] == "answer" and rows(office, "identity") == []


def test_untrusted_provider_answer_is_logged_without_account(office):
    with writing(office, NOON) as (session, now):
        assert single_sign_on.record_refusal(session, "192.0.2.1\n", "x", now) == Refused("refused")
    assert attempts(office) == [("", None, "single-sign-on", False, "answer")]


def test_refusals_from_an_address_that_has_to_wait_are_counted_and_not_written(office):
    for number in range(FREE_PER_ADDRESS):
        assert sign_in(office, {**NINA, "sub": f"s-{number}"}).throttled is None
    assert len(attempts(office)) == FREE_PER_ADDRESS
    refused = [sign_in(office, {**NINA, "sub": "s-new"})]
    with writing(office, NOON) as (session, now):
        refused.append(single_sign_on.record_refusal(session, "192.0.2.1", "a browser", now))
    assert [outcome.throttled.tried for outcome in refused] == [NINA["email"], ""]
    assert refused == [Refused("refused")] * 2  # and nobody learns of it
    assert len(attempts(office)) == FREE_PER_ADDRESS
    assert isinstance(sign_in(office, LENA), SignedIn)  # whoever has an account gets in all the same


# ── New accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_stranger_gets_an_account_only_where_that_is_allowed(office):
    assert sign_in(office, NINA) == Refused("refused")
    assert attempts(office) == [("nina@example.org", None, "single-sign-on", False, "unknown")]
    outcome = sign_in(office, {**NINA, "locale": "en-GB"}, OPEN)
    made = next(row for row in rows(office, "account") if row.email == "nina@example.org")
    assert outcome.account == made.id
    assert (made.name, made.language, made.password, made.created_by) == ("Nina Nieuw", "en", "", PROVIDER.name)
    assert (made.starts_on, made.ends_on) == (date(2027, 3, 1), None)
    assert held(office, made.id) == {(READER, None, None, PROVIDER.name)}
    assert [verb for verb, who, about, _ in log(office) if (who, about) == (PROVIDER.name, made.id)] == [
        "people.add",
        "people.grant",
        "people.link",
    ]


@pytest.mark.parametrize("groups", [[], None, ["others"], {"readers": 1}, 5])
def test_a_stranger_without_a_role_gets_no_account(office, groups):
    before = len(rows(office, "account"))
    assert sign_in(office, {**NINA, "groups": groups}, OPEN) == Refused("refused")
    assert len(rows(office, "account")) == before and attempts(office)[-1][4] == "no-role"


def test_new_account_with_a_used_name_gets_a_number(office):
    before = {row.name for row in rows(office, "account")}
    for n, name in enumerate(["Lena Lezer", "LENA  LEZER", "Aantoonbaar", "openid connect", "", None]):
        sign_in(office, {**NINA, "sub": f"s-{n}", "email": f"x{n}@example.org", "name": name}, OPEN)
    made = sorted(rows(office, "account"), key=lambda row: row.email)  # a database has no order
    names = [row.name for row in made if row.name not in before]
    assert names[0] == "Lena Lezer (2)" and names[2:4] == ["Aantoonbaar (2)", "openid connect (2)"]
    assert names[4:] == ["x4@example.org", "x5@example.org"]
    assert name_key(names[1]) == "lena lezer (3)"


def test_invalid_email_address_creates_no_account(office):
    assert sign_in(office, {**NINA, "email": "no address"}, OPEN) == Refused("refused")
    assert attempts(office)[-1][4] == "answer" and len(rows(office, "account")) == 2


# ── The second factor ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("claims", "second"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["otp"]}, True),
        ({"amr": ["hwk"]}, True),
        ({"acr": "gold"}, True),
        ({"acrs": ["c1", "gold"]}, True),
        ({"acrs": "gold"}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": "mfa"}, False),
        ({"amr": [["mfa"], None, {}]}, False),
        ({"acr": "silver"}, False),
        ({"acr": ["gold"]}, False),
        ({"acr": ""}, False),
        ({}, False),
    ],
)
def test_claims_prove_whether_a_second_factor_was_used(office, claims, second):
    sign_in(office, {**LENA, **claims}, OPEN)
    assert [row.second_factor for row in rows(office, "sign_in_session")] == [second]


def test_acr_is_ignored_unless_configured():
    assert not single_sign_on.proves_second_factor({"acr": "", "acrs": [""]}, RULES)


def test_second_factor_is_required_unless_the_provider_proved_one(office):
    enrol(office, office.lena)
    outcome = sign_in(office, LENA)
    assert isinstance(outcome, NeedsSecondFactor) and outcome.account == office.lena
    assert rows(office, "sign_in_session") == [] and attempts(office)[-1][3:] == (False, "awaiting")
    assert isinstance(sign_in(office, {**LENA, "amr": ["mfa"]}), SignedIn)


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_roles_follow_the_groups_and_those_given_by_hand_stay(office):
    team(office)
    audit(office)
    by_hand = (READER, None, None, BUILT_IN.name)
    sign_in(office, {**LENA, "groups": ["devs", "auditors", "readers", "everyone", "unknown", 5, None]})
    given_now = {(TEAM_MEMBER, "bouw", None, PROVIDER.name), (AUDITOR, None, "extern-2027", PROVIDER.name)}
    assert held(office, office.lena) == {by_hand, *given_now}  # what a person gave is not given twice
    entries = len(log(office))
    sign_in(office, {**LENA, "groups": ["auditors", "devs"]}, at=NOON + MINUTE)
    assert len(log(office)) == entries  # nothing changed, nothing is logged
    sign_in(office, {**LENA, "groups": ["devs"]}, at=NOON + 2 * MINUTE)
    assert held(office, office.lena) == {by_hand, (TEAM_MEMBER, "bouw", None, PROVIDER.name)}
    sign_in(office, LENA, at=NOON + 3 * MINUTE)  # a claim that is not there is no group
    assert held(office, office.lena) == {by_hand}
    ended = [
        details["role"] for verb, who, _, details in log(office) if (verb, who) == ("people.end_grant", PROVIDER.name)
    ]
    assert ended == [AUDITOR, TEAM_MEMBER]
    assert {row.ended_by for row in rows(office, "role_grant") if row.ended_at} == {PROVIDER.name}


def test_leaving_all_groups_ends_access_and_open_pages(office):
    first = sign_in(office, NINA, OPEN)
    assert sign_in(office, {**NINA, "groups": []}, OPEN) == Refused("refused")
    assert held(office, first.account) == set()
    with reading(office) as session:
        assert accounts.find_person(session, first.account, NOON + MINUTE) is None


def test_the_last_security_officer_stays(office):
    sign_in(office, {**LENA, "groups": ["officers"]})
    assert (SECURITY_OFFICER, None, None, PROVIDER.name) in held(office, office.lena)
    number = next(row.id for row in rows(office, "role_grant") if row.account == office.olga)
    within(office, lambda s, now: s.execute(_given_by_hand_ends(number, now)))
    sign_in(office, LENA, at=NOON + MINUTE)
    assert (SECURITY_OFFICER, None, None, PROVIDER.name) in held(office, office.lena)
    assert log(office)[-1][:3] == ("people.end_grant_skipped", PROVIDER.name, office.lena)
    person(office, "Otto Opvolger", "otto@example.org", [(SECURITY_OFFICER, None, None)])
    sign_in(office, LENA, at=NOON + 2 * MINUTE)
    assert held(office, office.lena) == {(READER, None, None, BUILT_IN.name)}


def _given_by_hand_ends(number, now):
    from tests.access.households import TABLES

    grants = TABLES["role_grant"]
    return grants.update().where(grants.c.id == number).values(ended_at=now, ended_by="test")


def test_unknown_team_in_a_group_keeps_nobody_out(office):
    assert isinstance(sign_in(office, {**LENA, "groups": ["gone"]}), SignedIn)
    who, about, details = next(rest for verb, *rest in log(office) if verb == "people.grant_skipped")
    assert (who, about) == (PROVIDER.name, office.lena)
    assert details["team"] == "opgeheven" and "opgeheven" in details["why"]


@pytest.mark.parametrize(
    "role",
    ["", "king", "Reader", "reader:bouw", "team member", "team member:", "auditor", "security officer:x", ":bouw"],
)
def test_group_mapping_to_an_unknown_role_is_refused_at_the_start(role):
    with pytest.raises(NotPossible, match="the-group"):
        read_groups({"the-group": role})


def test_group_mapping_includes_the_team_or_audit_of_a_role():
    assert read_groups({"a": "team member: bouw", "b": "auditor:x:y", "c": "reviewer"}) == {
        "a": BoundRole(TEAM_MEMBER, team="bouw"),
        "b": BoundRole(AUDITOR, audit="x:y"),
        "c": BoundRole(REVIEWER),
    }


def test_single_group_may_be_a_string():
    assert roles_of_groups("readers", GROUPS) == {BoundRole(READER)}


# ── Whatever a provider says ─────────────────────────────────────────────────────────────────────────────────────────

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = ("sub", "email", "email_verified", "name", "preferred_username", "locale", "groups", "amr", "acr", "acrs")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(others=st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)), good=st.sets(st.sampled_from(list(NINA))))
def test_any_claims_give_an_outcome_and_a_log_row(office, others, good):
    before = len(attempts(office))
    claims = {**others, **{name: NINA[name] for name in good}}
    outcome = sign_in(office, claims, OPEN, address=f"2001:db8::{before:x}")
    assert isinstance(outcome, SignedIn | Refused)
    written = attempts(office)[before:]
    assert [row[3] for row in written] == [isinstance(outcome, SignedIn)]


GIVEN = st.frozensets(st.sampled_from(sorted(GROUPS)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(GIVEN, min_size=1, max_size=4))
def test_after_each_sign_in_the_provider_gave_exactly_what_the_groups_say(office, days):
    """Whatever the groups were before; another security officer is there all along."""
    for groups in days:
        within(
            office,
            lambda s, now, groups=groups: synchronise_roles(
                s, office.lena, roles_of_groups(sorted(groups), GROUPS), now
            ),
        )
        given_now = {BoundRole(*grant[:3]) for grant in held(office, office.lena) if grant[3] == PROVIDER.name}
        by_hand, impossible = {BoundRole(READER)}, {role for role in GROUPS.values() if role.team or role.audit}
        assert given_now == {GROUPS[group] for group in groups} - by_hand - impossible
        assert (READER, None, None, BUILT_IN.name) in held(office, office.lena)


def test_a_refused_attempt_links_nobody_who_could_come_back_once_they_have_a_role(office):
    carol = person(office, "Carol", "evil@example.org", [], password="")
    assert sign_in(office, {**LENA, "sub": "s-evil", "email": "evil@example.org"}) == Refused("refused")
    assert rows(office, "identity") == []
    do(office, accounts.change, BUILT_IN, carol, email="carol@example.org")
    do(office, accounts.grant, BUILT_IN, carol, READER)
    assert sign_in(office, {**LENA, "sub": "s-evil", "email": "evil@example.org"}) == Refused("refused")


def test_changing_the_email_address_unlinks_the_provider_identity(office):
    sign_in(office, LENA)
    do(office, accounts.change, BUILT_IN, office.lena, email="other@example.org")
    assert rows(office, "identity") == []
    assert sign_in(office, LENA) == Refused("refused")
