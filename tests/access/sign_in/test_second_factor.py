"""The second factor: a code works once, at its time, for its person; stored values reveal nothing."""

import hashlib
import threading
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlmodel import SQLModel

from access.errors import NotDecrypted, NotPossible, WrongCode
from access.keys.encryption import decrypt, encrypt
from access.permissions import ADMINISTRATOR, READER, SECURITY_OFFICER, NotAllowed, Person
from access.sign_in import second_factor
from models.transaction import reading, writing

NOON = datetime(2027, 3, 1, 12, 0, 5, tzinfo=UTC)
STEP = timedelta(seconds=30)
KEY = bytes(range(32))
OFFICER = Person("Olga Officier", frozenset({SECURITY_OFFICER}), "olga")
LEZER = Person("Lena Lezer", frozenset({READER}), "lena")
TABLES = SQLModel.metadata.tables


@pytest.fixture
def people(engine):
    with writing(engine, NOON - timedelta(days=1)) as (session, now):
        for person in (OFFICER, LEZER):
            row = {
                "id": person.account,
                "name": person.name,
                "name_key": person.name.casefold(),
                "email": f"{person.account}@example.org",
                "language": "nl",
                "starts_on": date(2027, 1, 1),
                "password": "",
                "created_at": now,
                "created_by": "test",
            }
            session.execute(insert(TABLES["account"]), [row])
    return engine


def do(engine, verb, *args, at=NOON):
    with writing(engine, at) as (session, now):
        return verb(session, *args, now)


def code(secret, at):
    return pyotp.TOTP(secret).at(at)


def enrol(engine, account="lena", at=NOON):
    """A confirmed second factor: its secret and recovery codes. The step of `at` has been taken."""
    enrolment = do(engine, second_factor.begin_enrolment, account, KEY, at=at)
    codes = do(engine, second_factor.confirm_enrolment, account, code(enrolment.secret, at), KEY, at=at)
    return enrolment.secret, codes


def check(engine, code, at, account="lena", key=KEY):
    do(engine, second_factor.check_app_code, account, code, key, at=at)


def rows(engine, table):
    with reading(engine) as session:
        return [dict(row) for row in session.execute(select(TABLES[table])).mappings()]


def has(engine, account="lena"):
    with reading(engine) as session:
        return second_factor.has_second_factor(session, account)


# ── Setting it up ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_second_factor_counts_only_after_a_code_confirms_it(people):
    enrolment = do(people, second_factor.begin_enrolment, "lena", KEY)
    assert not has(people)
    with pytest.raises(WrongCode):
        check(people, code(enrolment.secret, NOON), NOON)
    with pytest.raises(WrongCode):
        do(
            people,
            second_factor.confirm_enrolment,
            "lena",
            "000000" if code(enrolment.secret, NOON) != "000000" else "1",
            KEY,
        )
    assert not has(people)
    do(people, second_factor.confirm_enrolment, "lena", code(enrolment.secret, NOON), KEY)
    assert has(people)
    assert not has(people, "olga")


def test_another_secret_replaces_an_unconfirmed_one_but_never_one_that_counts(people):
    first = do(people, second_factor.begin_enrolment, "lena", KEY)
    second = do(people, second_factor.begin_enrolment, "lena", KEY)
    with pytest.raises(WrongCode):
        do(people, second_factor.confirm_enrolment, "lena", code(first.secret, NOON), KEY)
    do(people, second_factor.confirm_enrolment, "lena", code(second.secret, NOON), KEY)
    with pytest.raises(NotPossible, match="remove it before"):
        do(people, second_factor.begin_enrolment, "lena", KEY)
    with pytest.raises(NotPossible, match="begin setting it up again"):
        do(
            people,
            second_factor.confirm_enrolment,
            "lena",
            code(second.secret, NOON + 2 * STEP),
            KEY,
            at=NOON + 2 * STEP,
        )


def test_unknown_person_gets_no_second_factor(people):
    with pytest.raises(NotPossible, match="no such account"):
        do(people, second_factor.begin_enrolment, "nobody", KEY)
    with pytest.raises(NotPossible):
        do(people, second_factor.confirm_enrolment, "nobody", "123456", KEY)
    with pytest.raises(WrongCode):
        check(people, "123456", NOON, "nobody")


def test_authenticator_app_reads_the_uri(people):
    enrolment = do(people, second_factor.begin_enrolment, "lena", KEY)
    read = pyotp.parse_uri(enrolment.uri)
    assert (read.issuer, read.name, read.secret) == ("Aantoonbaar", "lena@example.org", enrolment.secret)
    assert (read.digits, read.interval) == (6, 30)
    assert len(enrolment.secret) == 32
    assert enrolment.in_groups.split() == [enrolment.secret[at : at + 4] for at in range(0, 32, 4)]
    assert enrolment.secret not in repr(enrolment)


# ── Codes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_code_of_one_step_earlier_or_later_is_accepted(people, steps):
    secret, _ = enrol(people, at=NOON - 10 * STEP)
    for too_far in (-3, -2, 2, 3):
        with pytest.raises(WrongCode):
            check(people, code(secret, NOON + too_far * STEP), NOON)
    check(people, code(secret, NOON + steps * STEP), NOON)


def test_a_code_works_once_and_none_before_it_works_after(people):
    secret, _ = enrol(people, at=NOON)
    with pytest.raises(WrongCode):  # the code that confirmed it
        check(people, code(secret, NOON), NOON)
    check(people, code(secret, NOON + STEP), NOON)
    with pytest.raises(WrongCode):
        check(people, code(secret, NOON + STEP), NOON + STEP)
    with pytest.raises(WrongCode):
        check(people, code(secret, NOON), NOON + STEP)
    check(people, code(secret, NOON + 2 * STEP), NOON + STEP)


def test_two_uses_of_a_code_at_the_same_moment_succeed_once(people):
    secret, _ = enrol(people, at=NOON - 10 * STEP)
    given_code, outcomes, together = code(secret, NOON), [], threading.Barrier(4)

    def run():
        together.wait()
        try:
            check(people, given_code, NOON)
            outcomes.append("in")
        except WrongCode:
            outcomes.append("refused")

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "refused", "refused", "refused"]


def test_the_database_decides_whether_a_step_was_taken(people):
    """Someone who read the row before another took the step is refused all the same."""
    secret, _ = enrol(people, at=NOON - 10 * STEP)
    with reading(people) as session:
        stale = second_factor._find_factor(session, "lena")
    check(people, code(secret, NOON), NOON)
    with writing(people, NOON) as (session, now), pytest.raises(WrongCode):
        second_factor._use_step(session, stale, code(secret, NOON), KEY, now)


def test_invalid_code_is_refused_without_an_error(people):
    enrol(people, at=NOON - 10 * STEP)
    for given_code in ("", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "\ud800", "0x1234", "1" * 9999):
        with pytest.raises(WrongCode):
            check(people, given_code, NOON)
        with pytest.raises(WrongCode):
            do(people, second_factor.check_code, "lena", given_code, KEY)


def test_a_code_of_another_person_is_refused(people):
    olga, _ = enrol(people, "olga", NOON - 10 * STEP)
    enrol(people, "lena", NOON - 9 * STEP)
    with pytest.raises(WrongCode):
        check(people, code(olga, NOON), NOON, "lena")
    check(people, f"{code(olga, NOON)[:3]} {code(olga, NOON)[3:]}", NOON, "olga")


def test_codes_agree_with_the_rfc_test_vectors():
    """RFC 6238, appendix B (SHA-1), the last six of its eight digits."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()
    for seconds, digits in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert second_factor._matching_step(secret, digits, 0, at) == seconds // 30


@given(st.integers(1_000, 100_000_000), st.integers(-4, 4), st.integers(0, 29))
def test_code_is_accepted_within_one_step_and_after_the_last_used(middle, drift, second):
    secret, now = "JBSWY3DPEHPK3PXP" * 2, datetime.fromtimestamp(middle * 30 + second, UTC)
    given_code = pyotp.TOTP(secret).generate_otp(middle + drift)
    near = [pyotp.TOTP(secret).generate_otp(step) for step in (middle - 1, middle, middle + 1)]
    if given_code in near:
        assert second_factor._matching_step(secret, given_code, 0, now) == middle - 1 + near.index(given_code)
        with pytest.raises(WrongCode):
            second_factor._matching_step(secret, given_code, middle + 1, now)
    else:
        with pytest.raises(WrongCode):
            second_factor._matching_step(secret, given_code, 0, now)


# ── Recovery codes ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_of_ten_recovery_codes_works_once(people):
    _, codes = enrol(people)
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) * 5 >= 64 for code in codes)  # five bits a letter
    do(people, second_factor.use_recovery_code, "lena", codes[0])
    with pytest.raises(WrongCode):
        do(people, second_factor.use_recovery_code, "lena", codes[0])
    assert (
        do(people, second_factor.check_code, "lena", f" {codes[1].upper().replace('-', ' ')} ", KEY) == "recovery-code"
    )
    with pytest.raises(WrongCode):
        do(people, second_factor.use_recovery_code, "olga", codes[2])
    with reading(people) as session:
        assert second_factor.count_recovery_codes(session, "lena") == 8


def test_a_recovery_code_works_when_the_key_is_lost(people):
    secret, codes = enrol(people, at=NOON - 10 * STEP)
    with pytest.raises(NotDecrypted):
        check(people, code(secret, NOON), NOON, key=b"another key, which is long enough")
    do(people, second_factor.check_code, "lena", codes[0], b"another key, which is long enough")


def test_authenticator_code_returns_its_method(people):
    secret, _ = enrol(people, at=NOON - 10 * STEP)
    assert do(people, second_factor.check_code, "lena", code(secret, NOON), KEY) == "second-factor"


# ── Who removes, who demands ─────────────────────────────────────────────────────────────────────────────────────────


def test_removal_by_the_person_or_by_who_manages_people(people):
    _, codes = enrol(people, "olga")
    with pytest.raises(NotAllowed):
        do(people, second_factor.remove, LEZER, "olga")
    with pytest.raises(NotAllowed):
        do(people, second_factor.remove, Person("x", frozenset()), "")
    with pytest.raises(NotAllowed):
        do(people, second_factor.remove, Person(OFFICER.name, frozenset({READER}), "olga", previewing=True), "olga")
    do(people, second_factor.remove, OFFICER, "olga")
    assert not has(people, "olga")
    with pytest.raises(WrongCode):
        do(people, second_factor.use_recovery_code, "olga", codes[0])
    enrol(people, "lena")
    do(people, second_factor.remove, OFFICER, "lena")
    enrol(people, "lena", NOON + STEP)
    do(people, second_factor.remove, LEZER, "lena")
    with pytest.raises(NotPossible, match="has no second factor"):
        do(people, second_factor.remove, LEZER, "lena")
    removed = [
        (row["person"], row["subject"]) for row in rows(people, "activity") if row["verb"] == "second_factor.remove"
    ]
    assert removed == [(OFFICER.name, "olga"), (OFFICER.name, "lena"), (LEZER.name, "lena")]


def test_the_organisation_says_which_roles_need_one(people):
    with pytest.raises(NotAllowed):
        do(people, second_factor.set_demanded_roles, LEZER, [READER])
    with pytest.raises(NotPossible, match="no role king"):
        do(people, second_factor.set_demanded_roles, OFFICER, ["king"])
    for roles in ([SECURITY_OFFICER], [READER, SECURITY_OFFICER], [READER], []):
        do(people, second_factor.set_demanded_roles, OFFICER, roles)
        with reading(people) as session:
            assert second_factor.demanded_roles(session) == set(roles)
            for role in (READER, SECURITY_OFFICER):
                assert second_factor.is_required(session, {role, "other"}) == (role in roles)
            assert not second_factor.is_required(session, ())
    last = rows(people, "activity")[-1]
    assert (last["verb"], last["details"]) == ("second_factor.demand", {"before": [READER], "after": []})
    assert [(row["key"], row["changed_by"]) for row in rows(people, "setting")] == [
        ("second_factor_roles", OFFICER.name)
    ]


def test_administrator_demands_second_factor_and_only_officer_lifts_it(people):
    admin = Person("Admin", frozenset({ADMINISTRATOR}), "admin")
    do(people, second_factor.set_demanded_roles, admin, [READER])
    do(people, second_factor.set_demanded_roles, admin, [READER, SECURITY_OFFICER])
    for fewer in ([], [READER], [SECURITY_OFFICER, ADMINISTRATOR]):
        with pytest.raises(NotAllowed, match="Only a security officer"):
            do(people, second_factor.set_demanded_roles, admin, fewer)
    with reading(people) as session:
        assert second_factor.demanded_roles(session) == {READER, SECURITY_OFFICER}
    do(people, second_factor.set_demanded_roles, OFFICER, [READER])
    with reading(people) as session:
        assert second_factor.demanded_roles(session) == {READER}


# ── What is stored ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_stored_values_reveal_no_secret(people):
    secret, codes = enrol(people, at=NOON - 10 * STEP)
    check(people, code(secret, NOON), NOON)
    do(people, second_factor.use_recovery_code, "lena", codes[0])
    stored = repr([rows(people, table) for table in ("second_factor", "recovery_code", "activity", "setting")])
    for hidden in (secret, code(secret, NOON), *codes, *(code.replace("-", "") for code in codes)):
        assert hidden not in stored
    digests = {row["code_sha256"] for row in rows(people, "recovery_code")}
    assert digests == {hashlib.sha256(code.replace("-", "").encode()).hexdigest() for code in codes}
    (row,) = rows(people, "second_factor")
    assert decrypt(row["secret"], KEY, "second factor of lena") == secret
    with pytest.raises(NotDecrypted):
        decrypt(row["secret"], KEY, "second factor of olga")


@given(
    st.text(st.characters(codec="utf-8")), st.binary(min_size=16, max_size=64), st.text(st.characters(codec="utf-8"))
)
def test_secret_is_decrypted_to_the_original(secret, key, owner):
    stored = encrypt(secret, key, owner)
    assert decrypt(stored, key, owner) == secret
    assert stored != encrypt(secret, key, owner)
    for other in ((stored, key + b"x", owner), (stored, key, owner + "x")):
        with pytest.raises(NotDecrypted):
            decrypt(*other)


@given(st.data())
def test_one_changed_bit_is_noticed(data):
    import base64

    content = bytearray(base64.b64decode(encrypt("secret", KEY, "whose")))
    at = data.draw(st.integers(0, len(content) * 8 - 1))
    content[at // 8] ^= 1 << at % 8
    with pytest.raises(NotDecrypted):
        decrypt(base64.b64encode(bytes(content)).decode(), KEY, "whose")


@pytest.mark.parametrize("stored", ["", "x", "AAAA", "not base64 !", "é", "A" * 64])
def test_unencrypted_value_is_refused(stored):
    with pytest.raises(NotDecrypted):
        decrypt(stored, KEY, "whose")


def test_a_key_that_is_too_short_is_refused():
    with pytest.raises(NotDecrypted, match="at least 16 bytes"):
        encrypt("secret", b"short", "whose")
