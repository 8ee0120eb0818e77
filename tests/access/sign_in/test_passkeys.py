"""Passkeys: only the right device, at the right site, for an unused challenge of ours, signs in."""

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.errors import NotPossible, PasskeyNotVerified
from access.people import accounts, links, sessions
from access.permissions import ADMINISTRATOR, BUILT_IN, READER, NotAllowed, Person
from access.sign_in import link_redemption, passkey_challenges, passkeys, second_factor
from access.sign_in.outcomes import Refused, SignedIn
from access.sign_in.throttling import FREE_PER_ADDRESS
from locales import Problem
from models.transaction import reading
from tests.access.authenticator import PRESENT, VERIFIED, Device, changed
from tests.access.households import DAY, HOUR, MINUTE, NOON, SECOND, do, log, person, rows, within

SITE, ORIGIN = "aantoonbaar.example", "https://aantoonbaar.example"


@pytest.fixture
def office(engine):
    engine.lena = member(engine, "Lena Lezer", "lena@example.org")
    engine.ravi = member(engine, "Ravi", "ravi@example.org", ends=date(2027, 3, 1))
    engine.ada = member(engine, "Ada", "ada@example.org", role=ADMINISTRATOR)
    return engine


def member(engine, name, email, role=READER, ends=None):
    account = person(engine, name, email, [(role, None, None)], password="", ends=ends)
    with reading(engine) as session:
        return accounts.find_person(session, account, NOON)


def begin_adding(engine, who, at=NOON):
    return do(engine, passkeys.begin_adding, who, SITE, at=at)


def add(engine, who, answer, at=NOON, label="Telefoon", site=SITE, origin=ORIGIN):
    return do(engine, passkeys.add, who, answer, label, site, origin, at=at)


def added(engine, who, at=NOON, **named):
    """A device that has a passkey of this person."""
    device = Device()
    add(engine, who, device.create(begin_adding(engine, who, at)), at, **named)
    return device


def begin(engine, at=NOON, address="203.0.113.9"):
    return within(engine, lambda session, now: passkeys.begin_sign_in(session, SITE, now, address), at)


def sign_in(engine, answer, at=NOON, site=SITE, origin=ORIGIN, address="203.0.113.9"):
    return do(engine, passkeys.sign_in, answer, site, origin, address, "Firefox", at=at)


def attempts(engine):
    return [tuple(row) for row in rows(engine, "login_attempt", "tried", "account", "method", "succeeded", "reason")]


def refused(engine, outcome, reason="passkey", reason_shown="refused"):
    """Nobody was signed in, and only the log says why."""
    assert outcome == Refused(reason_shown)
    assert attempts(engine)[-1][2:] == ("passkey", False, reason)
    assert rows(engine, "sign_in_session") == []


# ── There and back ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_added_passkey_signs_in_with_two_factors(office):
    device = added(office, office.lena)
    for at in (NOON + MINUTE, NOON + HOUR):
        outcome = sign_in(office, device.get(begin(office, at)), at)
        assert isinstance(outcome, SignedIn)
        with reading(office) as session:
            session_row = sessions.find(session, outcome.token, at)
        assert (session_row.account, session_row.second_factor) == (office.lena.account, True)
    assert outcome.last_attempt.method == "passkey"
    assert attempts(office) == [("lena@example.org", office.lena.account, "passkey", True, "")] * 2
    (row,) = rows(office, "passkey")
    assert (row.sign_count, row.label) == (2, "Telefoon")
    assert NOON + HOUR <= row.used_at < NOON + HOUR + SECOND


def test_options_require_a_resident_key_user_verification_and_exclude_own_passkeys(office):
    device = added(office, office.lena)
    options = json.loads(begin_adding(office, office.lena, NOON + MINUTE))
    assert options["rp"] == {"id": SITE, "name": "Aantoonbaar"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [credential["id"] for credential in options["excludeCredentials"]] == [json.loads(device._json())["id"]]
    assert "lena" not in passkeys.base64url_to_bytes(options["user"]["id"]).decode()
    options = json.loads(begin(office))
    assert (options["rpId"], options["userVerification"], options["allowCredentials"]) == (SITE, "required", [])


def test_sign_count_may_have_32_bits(office):
    device = Device()
    device.count = 4_000_000_000  # WebAuthn, 6.1.1
    add(office, office.lena, device.create(begin_adding(office, office.lena)))
    assert rows(office, "passkey")[-1].sign_count >= 4_000_000_000


def test_device_without_a_counter_is_accepted(office):
    device = added(office, office.lena)
    device.steps = 0  # as synchronised passkeys: always 0
    for _ in range(2):
        assert isinstance(sign_in(office, device.get(begin(office))), SignedIn)


def test_only_digests_of_challenges_are_kept_and_strangers_leave_nothing_in_the_activity_log(office):
    before = log(office)
    options = [begin_adding(office, office.lena), begin(office)]
    stored = repr(rows(office, "one_time_link"))
    assert [option for option in options if json.loads(option)["challenge"] in stored] == []
    assert log(office) == before


def test_adding_and_removing_are_in_the_activity_log(office):
    added(office, office.lena, label="  Rode \t telefoon ")
    with reading(office) as session:
        (row,) = passkeys.list_passkeys(session, office.lena)
    do(office, passkeys.remove, office.lena, row.id)
    about = {"passkey": row.id, "label": "Rode telefoon"}
    verbs = ("passkey.add", "passkey.remove")
    assert log(office)[-2:] == [(verb, "Lena Lezer", office.lena.account, about) for verb in verbs]


# ── What is not the device, the site, the person ─────────────────────────────────────────────────────────────────────


def set_to(**settings):
    def act(device):
        for name, value in settings.items():
            setattr(device, name, value)

    return act


BAD = {
    "another page": set_to(origin="https://evil.example"),
    "not over TLS": set_to(origin="http://aantoonbaar.example"),
    "another port": set_to(origin="https://aantoonbaar.example:8443"),
    "another site": set_to(rp_id="evil.example"),
    "the person was not verified": set_to(flags=PRESENT),
    "nobody was there": set_to(flags=VERIFIED),
    "in another's frame": set_to(cross_origin=True),
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_invalid_response_adds_no_passkey(office, change):
    device = Device()
    options = begin_adding(office, office.lena)
    change(device)
    with pytest.raises(PasskeyNotVerified, match="was not added"):
        add(office, office.lena, device.create(options))
    assert rows(office, "passkey") == []


@pytest.mark.parametrize(
    "change", [*BAD.values(), set_to(account="dS0w"), set_to(count=-1, steps=1)], ids=[*BAD, "another", "no rise"]
)
def test_invalid_response_signs_nobody_in(office, change):
    device = added(office, office.lena)
    assert isinstance(sign_in(office, device.get(begin(office))), SignedIn)
    with office.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sign_in_session")
    change(device)
    refused(office, sign_in(office, device.get(begin(office))))


def test_lower_sign_count_is_refused_as_a_copied_key(office):
    device = added(office, office.lena)
    device.count = 9
    sign_in(office, device.get(begin(office)))
    for count in (9, 8, -1):  # one is added: 10 again, then less, then none
        device.count = count
        assert sign_in(office, device.get(begin(office))) == Refused("refused"), count
    assert rows(office, "passkey")[0].sign_count == 10


def test_wrong_signature_signs_nobody_in(office):
    device = added(office, office.lena)
    refused(office, sign_in(office, changed(device.get(begin(office)), "signature", lambda _: b"0")))
    other = Device()
    other.credential, other.account = device.credential, device.account
    refused(office, sign_in(office, other.get(begin(office))))
    risen = changed(device.get(begin(office)), "authenticatorData", lambda data: data[:-1] + b"\x63")
    refused(office, sign_in(office, risen))


def test_unknown_passkey_is_refused_and_logged(office):
    device = Device()
    device.account = "dS0w"
    refused(office, sign_in(office, device.get(begin(office))), "unknown")
    assert attempts(office)[-1][:2] == ("", None)


def test_ended_account_or_account_without_role_is_refused(office):
    device, other = added(office, office.ravi), added(office, office.lena)
    later = NOON + DAY
    refused(office, sign_in(office, device.get(begin(office, later)), later), "not-active")
    with reading(office) as session:
        grant = next(
            account for account in accounts.list_accounts(session, BUILT_IN, NOON) if account.id == office.lena.account
        ).grants[0]
    within(office, lambda session, now: accounts.end_grant(session, BUILT_IN, grant.id, now), later)
    refused(office, sign_in(office, other.get(begin(office, later)), later), "not-active")


# ── Challenges ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_challenge_is_answered_once(office):
    device = Device()
    answer = device.create(begin_adding(office, office.lena))
    add(office, office.lena, answer)
    with pytest.raises(PasskeyNotVerified):
        add(office, office.lena, answer)
    answer = device.get(begin(office))
    assert isinstance(sign_in(office, answer), SignedIn)
    assert sign_in(office, answer) == Refused("expired")


def test_wrong_response_uses_up_the_challenge(office):
    device = added(office, office.lena)
    options = begin(office)
    refused(office, sign_in(office, changed(device.get(options), "signature", lambda _: b"0")))
    refused(office, sign_in(office, device.get(options)), "expired", "expired")


def test_challenge_expires_after_five_minutes(office):
    device = Device()
    in_time, late = NOON + 5 * MINUTE - SECOND, NOON + 5 * MINUTE
    with pytest.raises(PasskeyNotVerified):
        add(office, office.lena, device.create(begin_adding(office, office.lena)), late)
    add(office, office.lena, device.create(begin_adding(office, office.lena, late)), late + 4 * MINUTE)
    at = NOON + HOUR
    answer = device.get(begin(office, at))
    refused(office, sign_in(office, answer, at + (late - NOON)), "expired", "expired")
    answer = device.get(begin(office, at + HOUR))
    assert isinstance(sign_in(office, answer, at + HOUR + (in_time - NOON)), SignedIn)


def test_challenge_works_only_for_its_purpose_and_account(office):
    device = Device()
    with pytest.raises(PasskeyNotVerified):
        add(office, office.ravi, device.create(begin_adding(office, office.lena)))
    strange = json.loads(begin(office)) | {"user": {"id": "dS0w"}}
    with pytest.raises(PasskeyNotVerified):
        add(office, office.lena, device.create(json.dumps(strange)))
    device = added(office, office.lena)
    refused(office, sign_in(office, device.get(begin_adding(office, office.lena))), "expired", "expired")
    made_up = json.dumps({"challenge": "A" * 43})
    refused(office, sign_in(office, device.get(made_up)), "expired", "expired")


def test_open_challenges_are_limited_and_expired_ones_deleted(office, monkeypatch):
    monkeypatch.setattr(passkey_challenges, "MAX_PER_NETWORK", 3)
    monkeypatch.setattr(passkey_challenges, "MAX_OPEN", 5)
    device = added(office, office.lena)
    mine = begin(office, address="198.51.100.7")
    flood = [begin(office, NOON + SECOND, f"203.0.113.{last}") for last in range(9)]
    assert len(rows(office, "one_time_link")) == 4
    assert sign_in(office, device.get(flood[5])) == Refused("expired")
    assert isinstance(sign_in(office, device.get(flood[6])), SignedIn)
    assert isinstance(sign_in(office, device.get(mine)), SignedIn)
    for network in range(9):
        begin(office, NOON + MINUTE, f"192.0.{network}.1")
    assert len(rows(office, "one_time_link")) == 5
    begin(office, NOON + HOUR)
    assert len(rows(office, "one_time_link")) == 1


def test_passkey_throttling_is_by_address_and_not_by_name(office):
    device = added(office, office.lena)
    for _ in range(FREE_PER_ADDRESS):
        assert sign_in(office, "{}") == Refused("refused")
    waits = sign_in(office, device.get(begin(office)))
    assert (waits.reason, waits.wait_seconds > 0) == ("locked", True)
    assert attempts(office)[-1][-1] != "locked"  # it is counted, not logged one by one
    throttled = waits.throttled
    assert (throttled.tried, throttled.account, throttled.method) == (
        "lena@example.org",
        office.lena.account,
        "passkey",
    )
    assert isinstance(sign_in(office, device.get(begin(office)), address="198.51.100.7"), SignedIn)


# ── Those there are ──────────────────────────────────────────────────────────────────────────────────────────────────


def only(engine, who):
    with reading(engine) as session:
        (row,) = passkeys.list_passkeys(session, who)
    return row


def test_other_people_s_passkeys_need_people_manage(office):
    device = added(office, office.lena)
    row = only(office, office.lena)
    with reading(office) as session:
        assert passkeys.list_passkeys(session, office.ravi) == []
        with pytest.raises(NotAllowed):
            passkeys.list_passkeys(session, office.ravi, office.lena.account)
        assert passkeys.list_passkeys(session, office.ada, office.lena.account) == [row]
    for number in (row.id, row.id + 1, 0, -1, 2**80):
        with pytest.raises(NotAllowed):
            do(office, passkeys.remove, office.ravi, number)
    with pytest.raises(NotAllowed, match="more than their own permissions"):
        do(office, passkeys.remove, office.ada, row.id)  # an administrator has less than a reader reads
    do(office, passkeys.remove, BUILT_IN, row.id)
    with pytest.raises(NotPossible, match="no longer exists"):
        do(office, passkeys.remove, office.ada, row.id)
    refused(office, sign_in(office, device.get(begin(office))), "unknown")


def test_same_passkey_cannot_be_added_twice(office):
    device = added(office, office.lena)
    with pytest.raises(NotPossible, match="added before"):
        add(office, office.ravi, device.create(begin_adding(office, office.ravi)))


def test_number_and_names_of_passkeys_are_limited(office, monkeypatch):
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 2)
    answer = Device().create(begin_adding(office, office.lena))
    for label in ("", "   ", "x" * 61, "a\x00b", "\u202eevil"):
        with pytest.raises(NotPossible, match="1 to 60 characters"):
            add(office, office.lena, answer, label=label)
    add(office, office.lena, answer, label="x" * 60)
    added(office, office.lena)
    with pytest.raises(NotPossible, match="remove one first"):
        added(office, office.lena)


def test_preview_or_person_without_account_adds_no_passkey(office):
    looking = Person("Lena Lezer", frozenset({READER}), office.lena.account, previewing=True)
    for act in (begin_adding, lambda engine, who: add(engine, who, "{}")):
        with pytest.raises(NotAllowed):
            act(office, looking)
        with pytest.raises(NotPossible, match="no such account"):
            act(office, BUILT_IN)
    added(office, office.lena)
    with pytest.raises(NotAllowed):
        do(office, passkeys.remove, looking, only(office, office.lena).id)


def test_password_alone_cannot_add_a_second_factor_beside_a_passkey(office):
    def start(**named):
        return sessions.digest(do(office, sessions.start, office.lena.account, **named))

    def owed(token):
        with reading(office) as session:
            return passkeys.is_passkey_required(session, office.lena.account, token)

    alone, both = start(), start(second_factor=True)
    assert (owed(alone), owed(both)) == (False, False)
    added(office, office.lena)
    assert (owed(alone), owed(both), owed("")) == (True, False, True)
    with reading(office) as session:
        assert not second_factor.has_second_factor(session, office.lena.account)


# ── Answers of anyone ────────────────────────────────────────────────────────────────────────────────────────────────

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
KNOWN = st.sampled_from(["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
#: Parts that an answer of the other kind has, so that here they mean nothing; and one that is a remark.
ELSEWHERE = {True: ("authenticatorData", "signature", "userHandle"), False: ("attestationObject",)}
REMARK = "authenticatorAttachment"
TOP = st.sampled_from(["id", "rawId", "type", "response", "authenticatorAttachment"])


@pytest.fixture
def quiet(office):
    """An office, with a device and an address that nothing makes wait."""
    office.device = added(office, office.lena)
    return office


def either_refuses(engine, answer, at=NOON):
    outcome = sign_in(engine, answer, at, address="")
    assert isinstance(outcome, Refused)
    with pytest.raises(PasskeyNotVerified):
        add(engine, engine.lena, answer, at)


SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(st.text() | JSON.map(json.dumps))
@example("[" * 16_000)
@example('{"id": ' + "9" * 5_000 + "}")
@example("x" * 20_000)
@example('"\\ud800"')
@example("\x00")
def test_any_text_is_refused(quiet, answer):
    either_refuses(quiet, answer)


@SLOW
@given(TOP | KNOWN, JSON, st.booleans())
def test_an_answer_with_any_part_replaced_is_refused(quiet, name, value, adding):
    answer = Device().create(begin_adding(quiet, quiet.lena)) if adding else quiet.device.get(begin(quiet))
    read = json.loads(answer)
    (read["response"] if name in read["response"] else read)[name] = value
    if json.dumps(read) != answer and name not in (REMARK, *ELSEWHERE[adding]):
        either_refuses(quiet, json.dumps(read))


@SLOW
@given(st.sampled_from(["clientDataJSON", "attestationObject"]), st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_damaged_response_is_refused_without_an_error(quiet, name, at, put):
    device = Device()
    answer = device.create(begin_adding(quiet, quiet.lena))

    def damage(data):
        where = at % len(data)
        return data[:where] + put + data[where + len(put) :]

    with suppress(Problem):  # with no attestation a key of someone's own making is theirs
        add(quiet, quiet.lena, changed(answer, name, damage))


@SLOW
@given(st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), st.integers(0, 400), st.integers(1, 255))
def test_an_answer_with_one_byte_changed_lets_nobody_in(quiet, name, at, by):
    def damage(data):
        where = at % len(data)
        return data[:where] + bytes([data[where] ^ by]) + data[where + 1 :]

    answer = changed(quiet.device.get(begin(quiet, address="")), name, damage)
    assert isinstance(sign_in(quiet, answer, address=""), Refused)


def test_using_a_link_removes_earlier_passkeys(office):
    """The maker of an earlier link, not the person, may have added it."""
    device = added(office, office.lena)
    token = do(office, links.invite, BUILT_IN, office.lena.account)
    do(office, lambda session, now: link_redemption.redeem(session, token, now, "een heel nieuw wachtwoord van Lena 7"))
    assert rows(office, "passkey") == []
    assert isinstance(sign_in(office, device.get(begin(office))), Refused)
