"""Reads outcomes from attributes and properties of JUnit XML, and the tool that wrote it.

Names are compared in lower case without separators. An unknown attribute is read by its value: a value that means not
passed is never overlooked; other values, such as an owner or an address, are no outcome.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from evidence.formats.reading.xml_stream import local
from evidence.formats.values import ERROR, FAIL, LONGEST_CHECK, NOT_EVALUATED, PASS, SKIPPED

_LONGEST_VALUE = 100  # characters of an attribute's value
RANK = {PASS: 0, SKIPPED: 1, NOT_EVALUATED: 2, ERROR: 3, FAIL: 4}
_STATUSES = {
    **dict.fromkeys(("passed", "pass", "success", "successful", "succeeded", "ok", "run", "completed", "true"), PASS),
    **dict.fromkeys(("failed", "fail", "failure", "failing"), FAIL),
    **dict.fromkeys(("error", "errored", "broken", "aborted", "crashed", "interrupted"), ERROR),
    **dict.fromkeys(("timeout", "timedout", "timed out", "timed_out"), ERROR),
    **dict.fromkeys(("notrun", "disabled", "skipped", "skip", "ignored", "suppressed"), SKIPPED),
}
_UNDECIDED = dict.fromkeys(
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
#: attributes that name or measure, whose value is never an outcome
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
_OUTCOME_NAMES = re.compile(
    r"status$|result$|outcome$|verdict$|conclusion$|(?:^|test|run|final|suite)state$|^resolution$"
)
#: names of attributes whose yes is a pass
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
    """A check's name cut to the longest length, with a digest so that it stays unique."""
    mark = hashlib.sha256(check.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{check[: LONGEST_CHECK - 16]}... {mark}"


def by_status(attributes: Mapping[str, str]) -> tuple[str, str]:
    """The worst outcome in attributes, and the value that states it; an unknown status is no pass."""
    worst = (PASS, "")
    for name, value in attributes.items():
        if (
            not describes(name)
            and (stated := _stated_outcome(name, value[:_LONGEST_VALUE]))
            and RANK[stated[0]] > RANK[worst[0]]
        ):
            worst = stated
    return worst


def by_properties(properties: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The worst outcome in properties such as `result`, and the value that states it.

    Properties are the team's own, so unknown values mean nothing: `outcome=refused` is no outcome of a test.
    """
    worst = (PASS, "")
    for name, value in properties:
        if not name:
            continue
        key, lowered = plain(name), value[:_LONGEST_VALUE].strip().lower()
        if _OUTCOME_NAMES.search(key):
            outcome = _STATUSES.get(lowered) or _UNDECIDED.get(lowered, PASS)
        else:
            outcome = _FLAGS.get(key, PASS) if lowered in _YES else PASS
        if RANK[outcome] > RANK[worst[0]]:
            worst = (outcome, f"{name[:40]}: {value[:40]}")
    return worst


@lru_cache(1024)
def plain(name: str) -> str:
    """An attribute's name in lower case without prefix and separators: `not-run`, `NotRun`, `x:not_run` are equal."""
    return re.sub(r"[-_. ]", "", local(name).lower())


@lru_cache(1024)
def describes(name: str) -> bool:
    """Whether an attribute only names or measures."""
    return plain(name) in _DESCRIBING


@lru_cache(4096)
def _stated_outcome(name: str, value: str) -> tuple[str, str] | None:
    """The outcome that an attribute states by its name, else by a value that means not passed; None for none."""
    key, value = plain(name), value.strip()
    lowered = value.lower()
    if not value:
        return None
    if key in GOOD:
        return _good(lowered), f"{local(name)[:40]}: {value[:40]}"
    if _OUTCOME_NAMES.search(key):
        return _STATUSES.get(lowered, NOT_EVALUATED), value[:40]
    if flag := _FLAGS.get(key) or _FLAGS.get(key.removesuffix("s")):
        return None if lowered in _NO else (flag, f"{local(name)[:40]}: {value[:40]}")
    outcome = _STATUSES.get(lowered) or _UNDECIDED.get(lowered, PASS)
    return None if outcome is PASS else (NOT_EVALUATED, value[:40])


def _good(lowered: str) -> str:
    """The outcome of a value under a name such as `passed`; a plain no may mean failed or not run."""
    return PASS if lowered in _YES else _STATUSES.get(lowered, NOT_EVALUATED)


def tool_of(attributes: dict[str, str]) -> str:
    """The tool that wrote a report, by the attributes of its first suite."""
    if any(name.endswith("noNamespaceSchemaLocation") and "surefire" in value for name, value in attributes.items()):
        return "surefire"
    return _TOOLS.get(attributes.get("name", "").strip().lower(), "junit")
