"""Passwords: kept as Argon2id, judged by how soon they are guessed (zxcvbn), never by which signs they hold.

Every function here takes time on purpose: call them outside the event loop, and outside a transaction where possible.
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
_SCORED_LENGTH = 32  # of a password that begins well the rest cannot spoil it; more takes zxcvbn seconds
_MIN_REST = 8  # signs that must be left when a word that others would try counts for one
_MIN_WORD = 3
_WORD = re.compile(r"\w{3,}")
_YEAR = r"19[4-9]\d|20[0-4]\d"

#: What zxcvbn's English lists lack: words that people here make passwords of, most used first.
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

#: OWASP's first choice: 19 MiB, two passes, one lane. A quarter of a core answers ten sign-ins a second.
hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))

_hashing_slots = BoundedSemaphore(max(1, (os.cpu_count() or 1) - 1))  # a core stays free for the pages
_zxcvbn_lock = Lock()  # zxcvbn keeps the person's own words in a list that all calls share


def hash_password(password: str) -> str:
    """The Argon2id hash, with its parameters and salt."""
    with _hashing_slots:
        return hasher.hash(_bytes(password))


def matches(password: str, hash: str) -> bool:  # noqa: A002 - it is one
    """Whether this is the password. Without a hash the answer is no, after the same work: time tells nothing."""
    with _hashing_slots:
        try:
            return hasher.verify(_bytes(password), hash or _dummy_hash(hasher)) and bool(hash)
        except UnknownHashError:
            hasher.verify(_bytes(password), _dummy_hash(hasher))
            return False


def check_strength(password: str, about: Sequence[str] = ()) -> None:
    """Raises `WeakPassword` if it is too short, too long or easy to guess for who knows `about` (name, e-mail)."""
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
        found = zxcvbn(password[:_SCORED_LENGTH], words)
    if found["score"] < _MIN_SCORE:
        raise WeakPassword(_weakness(found["sequence"]))
    if len(_without_words(words, password)) < _MIN_REST:
        raise WeakPassword(_weakness([{"pattern": "dictionary", "token": password}]))


def _personal_words(about: Sequence[str]) -> Iterator[str]:
    """A person's data, whole and in words: "olga.officier@example.org" is four."""
    for one in about:
        yield from (one, *_WORD.findall(one.casefold().replace("_", " ")))


def _without_words(words: Sequence[str], password: str) -> str:
    """The password with one sign for each word that others would try, and for each year: Zomer2027!!! is five."""
    longest_first = sorted({word.casefold() for word in words if len(word) >= _MIN_WORD}, key=len, reverse=True)
    return re.sub("|".join([*map(re.escape, longest_first), _YEAR]), "·", password.casefold())


def _weakness(sequence: list[dict[str, Any]]) -> Text:
    """What makes it easy to guess: the longest part that is no mere row of signs."""
    known = [match for match in sequence if match["pattern"] != "bruteforce"]
    pattern = _pattern(max(known, key=lambda match: len(match["token"]))) if known else ""
    reasons = {
        "dictionary": text("it is made of words or names that many people use, or that are about you"),
        "spatial": text("its keys lie side by side on the keyboard"),
        "repeat": text("it repeats itself"),
        "sequence": text("it holds a sequence such as abc or 6543"),
        "regex": text("it holds a year"),
        "date": text("it holds a date"),
    }
    return text(
        "This password is easy to guess: {why}. Take four or more words that have nothing to do with each other, or "
        "let a password manager make one.",
        why=reasons.get(pattern, text("it has too few different characters")),
    )


def _pattern(match: dict[str, Any]) -> str:
    """A row of keys that is so common that the lists of words hold it (asdfghjkl) is a row of keys all the same."""
    token = match["token"].lower()
    row = any(len(one["token"]) == len(token) for one in spatial_match(token)) if len(token) >= _MIN_REST - 1 else False
    return "spatial" if match["pattern"] == "dictionary" and row else str(match["pattern"])


def _bytes(password: str) -> bytes:
    """Any text, also what is no proper Unicode; at most one character more than could ever match."""
    return password[: MAX_LENGTH + 1].encode("utf-8", "surrogatepass")


@cache
def _dummy_hash(of: PasswordHash) -> str:
    """The hash of nothing in particular, as costly as the others."""
    return of.hash(os.urandom(16))
