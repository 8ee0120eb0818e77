"""Passwords: stored as Argon2id, checked by how easy they are to guess (zxcvbn), never by the kinds of characters.

Hashing and comparing are slow on purpose: call them outside the event loop, and outside a transaction where possible.
"""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from threading import BoundedSemaphore, Lock
from typing import Any

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn import zxcvbn  # type: ignore[import-untyped]
from zxcvbn.matching import spatial_match  # type: ignore[import-untyped]

from access.errors import WeakPassword
from locales import Text, text

__all__ = ["MAX_LENGTH", "MIN_LENGTH", "WeakPassword", "check_strength", "hash_password", "matches"]

MIN_LENGTH, MAX_LENGTH = 12, 256  # characters
_MIN_SCORE = 3  # zxcvbn: 10^8 guesses or more
_SCORED_LENGTH = 32  # characters that zxcvbn scores: a strong beginning stays strong, and more takes seconds
_MIN_REST = 8  # characters that must be left when each well-known word counts as one
_MIN_WORD = 3
_WORD = re.compile(r"\w{3,}")
_YEAR = r"19[4-9]\d|20[0-4]\d"

#: Words that people here use in passwords and that zxcvbn's English lists lack, most used first.
_COMMON = (
    *("welkom", "wachtwoord", "geheim", "password", "welcome", "secret", "zomer", "winter", "herfst", "lente"),
    *("voorjaar", "najaar", "summer", "autumn", "spring", "januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december", "maandag", "dinsdag", "woensdag"),
    *("donderdag", "vrijdag", "zaterdag", "zondag", "amsterdam", "rotterdam", "utrecht", "denhaag", "eindhoven"),
    *("groningen", "nederland", "holland", "ajax", "feyenoord", "aantoonbaar", "beveiliging", "security", "officer"),
    *("inloggen", "login", "beheer", "beheerder", "admin", "administrator", "auditor", "audit", "bewijs", "evidence"),
    *("gebruiker", "account", "toegang", "access", "computer", "internet", "kantoor", "ziekenhuis", "zorg", "patient"),
    *("liefde", "schatje", "lieverd", "vakantie", "voetbal", "hallo", "goedemorgen", "koffie", "fiets", "oranje"),
    *("change", "changeme", "verander", "tijdelijk", "temporary", "test", "demo", "qwerty", "azerty", "iloveyou"),
    *("qwertyuiop", "asdfghjkl", "zxcvbnm"),
)

#: OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. A quarter of a core does ten sign-ins a second.
hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))

_hashing_slots = BoundedSemaphore(max(1, (os.cpu_count() or 1) - 1))  # one core stays free for the pages
_zxcvbn_lock = Lock()  # zxcvbn stores the person's own words in a list that all calls share


def hash_password(password: str) -> str:
    """The Argon2id hash, with its parameters and salt."""
    with _hashing_slots:
        return hasher.hash(_bytes(password))


def matches(password: str, hash: str) -> bool:  # noqa: A002 - it is one
    """Whether the hash is of this password. Without a hash: false, after the same work."""
    with _hashing_slots:
        try:
            return hasher.verify(_bytes(password), hash or _dummy_hash(hasher)) and bool(hash)
        except UnknownHashError:
            hasher.verify(_bytes(password), _dummy_hash(hasher))
            return False


def check_strength(password: str, about: Sequence[str] = ()) -> None:
    """Raises `WeakPassword` if it is too short, too long or easy to guess. `about`: the person's name and e-mail."""
    if len(password) < MIN_LENGTH:
        raise WeakPassword(
            text("A password needs at least {least} characters; this one has {n}.", least=MIN_LENGTH, n=len(password))
        )
    if len(password) > MAX_LENGTH:
        raise WeakPassword(
            text("A password has at most {most} characters; this one has {n}.", most=MAX_LENGTH, n=len(password))
        )
    words = [*_personal_words(about), *_COMMON]
    with _zxcvbn_lock:
        result = zxcvbn(password[:_SCORED_LENGTH], words)
    if result["score"] < _MIN_SCORE:
        raise WeakPassword(_weakness(result["sequence"]))
    if len(_without_words(words, password)) < _MIN_REST:
        raise WeakPassword(_weakness([{"pattern": "dictionary", "token": password}]))


def _personal_words(about: Sequence[str]) -> Iterator[str]:
    """A person's data, whole and in words: "olga.officier@example.org" gives four more."""
    for value in about:
        yield from (value, *_WORD.findall(value.casefold().replace("_", " ")))


def _without_words(words: Sequence[str], password: str) -> str:
    """The password with one character for each well-known word and each year: Zomer2027!!! has five."""
    longest_first = sorted({word.casefold() for word in words if len(word) >= _MIN_WORD}, key=len, reverse=True)
    return re.sub("|".join([*map(re.escape, longest_first), _YEAR]), "·", password.casefold())


def _weakness(sequence: list[dict[str, Any]]) -> Text:
    """The message for a weak password: what its longest recognised part is."""
    recognised = [match for match in sequence if match["pattern"] != "bruteforce"]
    pattern = _pattern(max(recognised, key=lambda match: len(match["token"]))) if recognised else ""
    reasons = {
        "dictionary": text("it is made of words or names that many people use, or that are about you"),
        "spatial": text("its keys are next to each other on the keyboard"),
        "repeat": text("it repeats itself"),
        "sequence": text("it contains a sequence such as abc or 6543"),
        "regex": text("it contains a year"),
        "date": text("it contains a date"),
    }
    return text(
        "This password is easy to guess: {why}. Use four or more unrelated words, or let a password manager make one.",
        why=reasons.get(pattern, text("it has too few different characters")),
    )


def _pattern(match: dict[str, Any]) -> str:
    """The pattern's name; a row of keys (asdfghjkl) stays one, also where a list of words holds it."""
    token = match["token"].lower()
    is_row = len(token) >= _MIN_REST - 1 and any(len(row["token"]) == len(token) for row in spatial_match(token))
    return "spatial" if match["pattern"] == "dictionary" and is_row else str(match["pattern"])


def _bytes(password: str) -> bytes:
    """The bytes of any text, also of invalid Unicode; at most one character more than could ever match."""
    return password[: MAX_LENGTH + 1].encode("utf-8", "surrogatepass")


@cache
def _dummy_hash(of: PasswordHash) -> str:
    """A hash of random bytes, as costly to compare as a real one."""
    return of.hash(os.urandom(16))
