"""Passwords: stored as hashes, judged by how easy they are to guess, compared in equal time."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.sign_in import passwords
from access.sign_in.passwords import MAX_LENGTH, MIN_LENGTH, WeakPassword, check_strength, hash_password, matches
from locales import Language
from tests.access.households import CHEAP, GOOD

OF_PRODUCT = passwords.hasher  # before the tests begin, which have a cheaper one


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)


class Counting:
    """A hasher that records its calls."""

    def __init__(self):
        self.verified = []

    def hash(self, password, *, salt=None):
        return CHEAP.hash(password, salt=salt)

    def verify(self, password, stored):
        self.verified.append(stored)
        return CHEAP.verify(password, stored)


def test_a_hash_is_argon2id_with_the_parameters_of_owasp_and_a_salt_of_its_own(monkeypatch):
    monkeypatch.setattr(passwords, "hasher", OF_PRODUCT)
    first, other = hash_password(GOOD), hash_password(GOOD)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != other
    assert GOOD not in first
    assert matches(GOOD, first) and matches(GOOD, other)
    assert not matches(GOOD + " ", first)


@pytest.mark.parametrize("stored", ["", "!", "$argon2id$v=19$", "plain text"])
def test_missing_hash_is_compared_with_the_same_work(monkeypatch, stored):
    hasher = Counting()
    monkeypatch.setattr(passwords, "hasher", hasher)
    assert not matches(GOOD, stored)
    assert any(verified.startswith("$argon2id$v=19$m=8,t=1,p=1$") for verified in hasher.verified)
    assert matches(GOOD, hash_password(GOOD))


def test_nobody_knows_the_password_of_an_account_without_one(cheap):
    assert not matches("", "")


@given(password=st.text(st.characters(exclude_categories=()), max_size=MAX_LENGTH))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_password_with_any_characters_matches(cheap, password):
    stored = hash_password(password)
    assert matches(password, stored)
    assert not matches(f"{password}x"[: MAX_LENGTH + 1], stored)


def test_too_long_password_never_matches_and_costs_no_more(cheap):
    assert not matches("x" * 1_000_000, hash_password("x" * MAX_LENGTH))


def refused(password, about):
    """The reason in Dutch; None for a strong password."""
    try:
        check_strength(password, about)
    except WeakPassword as weak:
        return Language("nl").render(weak.message)
    return None


@given(
    password=st.text(st.characters(exclude_categories=()), max_size=MAX_LENGTH + 20),
    about=st.lists(st.text(), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_every_text_is_judged(password, about):
    refusal = refused(password, about)
    if refusal is None:
        assert MIN_LENGTH <= len(password) <= MAX_LENGTH
    else:
        assert refusal
        if len(password) >= MIN_LENGTH:
            assert password not in refusal


@pytest.mark.parametrize("password", [GOOD, "vT4#kQz!9mLp", "🐘🦒 zeven olifanten", "x9" + "Kd7!pQ2@mZ" * 25])
def test_strong_passwords_are_accepted(password):
    check_strength(password, ("Olga Officier", "olga@example.org"))


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kort", "ten minste 12 tekens nodig; dit heeft er 4"),
        ("a1!" * 100, "ten hoogste 256 tekens; dit heeft er 300"),
        ("welkom2027!!", "woorden of namen die veel mensen gebruiken"),
        ("Zomer2027!!!", "woorden of namen die veel mensen gebruiken"),
        ("AmsterdamZomer2027", "woorden of namen die veel mensen gebruiken"),
        ("zomerwinterlente", "woorden of namen die veel mensen gebruiken"),
        ("Wachtwoord123", "woorden of namen die veel mensen gebruiken"),
        ("geheimgeheim", "herhaalt zichzelf"),
        ("W3lk0mAmsterdam", "woorden of namen die veel mensen gebruiken"),
        ("aantoonbaar-geheim", "woorden of namen"),
        ("aaaaaaaaaaaaaaaa", "herhaalt zichzelf"),
        ("abcdefghijklmnop", "reeks"),
        ("zxcvbnmasdfghjkl", "toetsenbord"),
        ("zxcvbnmasdfghjklq", "woorden of namen"),
        ("QWERTYUIOPqwertyuiop", "toetsenbord"),
        ("password1234", "woorden of namen"),
    ],
)
def test_weak_ones_are_refused_with_the_reason_in_dutch(password, why):
    with pytest.raises(WeakPassword) as weak:
        check_strength(password)
    assert why in Language("nl").render(weak.value.message)


@pytest.mark.parametrize("password", ["vandenbroekhuizen", "Broekhuizen2027", "wendelmoet.example"])
def test_the_persons_own_data_makes_it_weak(password):
    check_strength("vandenbroekhuizen kelder")  # of another person it is nothing much, with a word more
    with pytest.raises(WeakPassword):
        check_strength(password, ("Wendelmoet van den Broekhuizen vandenbroekhuizen", "wendelmoet@example.org"))


def test_long_password_with_a_common_beginning_is_refused():
    with pytest.raises(WeakPassword):
        check_strength("a" * 32 + GOOD)
