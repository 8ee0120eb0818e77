"""What the attributes of JUnit XML say in words: a case's or a suite's status, the tool that wrote it.

Names are compared without regard to case and marks. An attribute that is not known is read by its value: a word of not
passing is never overlooked; anything else, as an owner or an address, says nothing of how it went.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from evidence.formats.values import ERROR, FAIL, LONGEST_CHECK, NOT_EVALUATED, PASS, SKIPPED
from evidence.formats.xml_stream import local

_LONGEST_WORD = 100  # characters of an attribute's value
RANK = {PASS: 0, SKIPPED: 1, NOT_EVALUATED: 2, ERROR: 3, FAIL: 4}
_WORDS = {
    **dict.fromkeys(("passed", "pass", "success", "successful", "succeeded", "ok", "run", "completed", "true"), PASS),
    **dict.fromkeys(("failed", "fail", "failure", "failing"), FAIL),
    **dict.fromkeys(("error", "errored", "broken", "aborted", "crashed", "interrupted"), ERROR),
    **dict.fromkeys(("timeout", "timedout", "timed out", "timed_out"), ERROR),
    **dict.fromkeys(("notrun", "disabled", "skipped", "skip", "ignored", "suppressed"), SKIPPED),
}
_BAD = dict.fromkeys(
    (
        "inconclusive",
        "untested",
        "undefined",
        "unstable",
        "blocked",
        "pending",
        "cancelled",
        "canceled",
        "not run",
        "not_run",
        "notexecuted",
        "not executed",
        "xfail",
    ),
    NOT_EVALUATED,
)
#: attributes that name or measure: what they hold is never an outcome
_DESCRIBING = frozenset(
    (
        "name",
        "classname",
        "class",
        "file",
        "filepath",
        "filename",
        "line",
        "lineno",
        "column",
        "id",
        "uuid",
        "key",
        "hostname",
        "host",
        "package",
        "url",
        "href",
        "time",
        "duration",
        "timestamp",
        "assertions",
        "asserts",
        "owner",
        "author",
        "description",
        "title",
        "feature",
        "typeparam",
        "valueparam",
        "type",
        "group",
        "groups",
        "version",
        "language",
        "environment",
        "timeout",
    )
)
_SAYING = re.compile(r"status$|result$|outcome$|verdict$|conclusion$|(?:^|test|run|final|suite)state$|^resolution$")
#: names of attributes under which a yes is a pass
GOOD = frozenset(("passed", "pass", "success", "successful", "succeeded", "ok", "executed", "ispassed", "issuccess"))
_FLAGS = {
    **dict.fromkeys(("failed", "fail", "failure", "isfailed", "hasfailed", "testfailed"), FAIL),
    **dict.fromkeys(("error", "errored", "broken", "aborted", "crashed", "interrupted", "timedout"), ERROR),
    **dict.fromkeys(("skipped", "skip", "ignored", "ignore", "disabled", "isskipped", "suppressed"), SKIPPED),
    **dict.fromkeys(("notrun", "notexecuted", "excluded", "pending"), SKIPPED),
    **dict.fromkeys(("inconclusive", "untested", "undefined", "unstable", "blocked", "incomplete"), NOT_EVALUATED),
}
_NO = frozenset(("false", "no", "none", "null", "0", "0.0", "n", "n/a", "na", "-", "nil"))
_YES = frozenset(("true", "yes", "1", "y"))
_TOOLS = {
    "pytest": "pytest",
    "jest tests": "jest",
    "vitest tests": "vitest",
    "mocha tests": "mocha",
    "cypress run": "cypress",
}


def shortened(check: str) -> str:
    """A check's name of at most the longest length that still differs from its neighbours."""
    mark = hashlib.sha256(check.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{check[: LONGEST_CHECK - 16]}... {mark}"


def by_status(attributes: Mapping[str, str]) -> tuple[str, str]:
    """The outcome that these attributes say, and by which word: the worst; a word that is not known is no pass."""
    worst = (PASS, "")
    for name, value in attributes.items():
        if not describes(name) and (one := _said(name, value[:_LONGEST_WORD])) and RANK[one[0]] > RANK[worst[0]]:
            worst = one
    return worst


def by_properties(properties: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The worst outcome that properties say under a name such as `result`, and by which word.

    Properties are the team's own, so only words that are known say anything: `outcome=refused` is no outcome of a test.
    """
    worst = (PASS, "")
    for name, value in properties:
        if not name:
            continue
        key, word = plain(name), value[:_LONGEST_WORD].strip().lower()
        if _SAYING.search(key):
            one = _WORDS.get(word) or _BAD.get(word, PASS)
        else:
            one = _FLAGS.get(key, PASS) if word in _YES else PASS
        if RANK[one] > RANK[worst[0]]:
            worst = (one, f"{name[:40]}: {value[:40]}")
    return worst


@lru_cache(1024)
def plain(name: str) -> str:
    """An attribute's name in small letters without prefix and marks: `not-run`, `NotRun` and `x:not_run` are one."""
    return re.sub(r"[-_. ]", "", local(name).lower())


@lru_cache(1024)
def describes(name: str) -> bool:
    return plain(name) in _DESCRIBING


@lru_cache(4096)
def _said(name: str, value: str) -> tuple[str, str] | None:
    """What one attribute says, if it says anything: by its name, else by a value that is a word of not passing."""
    key, value = plain(name), value.strip()
    word = value.lower()
    if not value:
        return None
    if key in GOOD:
        return _good(word), f"{local(name)[:40]}: {value[:40]}"
    if _SAYING.search(key):
        return _WORDS.get(word, NOT_EVALUATED), value[:40]
    if flag := _FLAGS.get(key) or _FLAGS.get(key.removesuffix("s")):
        return None if word in _NO else (flag, f"{local(name)[:40]}: {value[:40]}")
    outcome = _WORDS.get(word) or _BAD.get(word, PASS)
    return None if outcome is PASS else (NOT_EVALUATED, value[:40])


def _good(word: str) -> str:
    """What a word says under a name as `passed`: whether it did not run or failed, a plain no does not tell."""
    return PASS if word in _YES else _WORDS.get(word, NOT_EVALUATED)


def tool_of(attributes: dict[str, str]) -> str:
    if any(name.endswith("noNamespaceSchemaLocation") and "surefire" in value for name, value in attributes.items()):
        return "surefire"
    return _TOOLS.get(attributes.get("name", "").strip().lower(), "junit")
