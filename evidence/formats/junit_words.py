"""What the attributes of JUnit XML say in words: moments, a case's status, the tool that wrote it."""

import hashlib
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from evidence.formats.moments import FIRST_YEAR
from evidence.formats.values import ERROR, FAIL, LONGEST_CHECK, NOT_EVALUATED, PASS, SKIPPED

RANK = {PASS: 0, SKIPPED: 1, NOT_EVALUATED: 2, ERROR: 3, FAIL: 4}
#: the attributes of a case, or of a suite, by which tools say how it went
SAYING = frozenset(("status", "result", "outcome", "state", "success", "executed"))
_WORDS = {
    **dict.fromkeys(("passed", "pass", "success", "successful", "succeeded", "ok", "run", "completed", "true"), PASS),
    **dict.fromkeys(("failed", "fail", "failure", "failing"), FAIL),
    **dict.fromkeys(("error", "errored", "broken", "aborted", "crashed", "interrupted"), ERROR),
    **dict.fromkeys(("timeout", "timedout", "timed out", "timed_out"), ERROR),
    **dict.fromkeys(("notrun", "disabled", "skipped", "skip", "ignored", "suppressed"), SKIPPED),
}
_TOOLS = {
    "pytest": "pytest",
    "jest tests": "jest",
    "vitest tests": "vitest",
    "mocha tests": "mocha",
    "cypress run": "cypress",
}
_MOMENT = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)(?:[T ]\s*(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[A-Z]{3,4})?)?\s*$"
)
_WRITTEN_OUT = re.compile(r"\s*(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [A-Z]{3,4}\s*$")
_LONGEST_RUN = timedelta(days=31)


def shortened(check: str) -> str:
    """A check's name of at most the longest length that still differs from its neighbours."""
    mark = hashlib.sha256(check.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{check[: LONGEST_CHECK - 16]}... {mark}"


def by_status(attributes: dict[str, str]) -> tuple[str, str]:
    """The outcome that these attributes say, and by which word: the worst; a word that is not known is no pass."""
    words = [attributes[name].strip() for name in SAYING & attributes.keys()]
    said = [(_WORDS.get(word.lower(), NOT_EVALUATED), word[:40]) for word in words if word]
    return max(said, key=lambda one: RANK[one[0]], default=(PASS, ""))


def tool_of(attributes: dict[str, str]) -> str:
    if any(name.endswith("noNamespaceSchemaLocation") and "surefire" in value for name, value in attributes.items()):
        return "surefire"
    return _TOOLS.get(attributes.get("name", "").strip().lower(), "junit")


def moment_of(value: str) -> datetime | None:
    """The moment as it is written: with its zone if one is named in numbers or as UTC. None for what can't be right."""
    try:
        moment = _moment(value[:64])
    except (ValueError, OverflowError):
        return None
    return moment if moment and moment.year >= FIRST_YEAR else None


def _moment(value: str) -> datetime | None:
    if _WRITTEN_OUT.match(value):
        return parsedate_to_datetime(value)
    found = _MOMENT.match(value)
    if not found:
        return None
    day, time, zone = found.groups()
    shift = "+00:00" if zone in ("Z", "UTC", "GMT") else zone if zone and zone[0] in "+-" else ""
    return datetime.fromisoformat(f"{day}T{time or '00:00'}{shift}")


def duration_of(value: str) -> timedelta:
    """How long a suite took, in seconds with or without commas between thousands; nothing for what can't be right."""
    try:
        taken = timedelta(seconds=float(value.replace(",", "")))
    except (ValueError, OverflowError):
        return timedelta()
    return taken if timedelta() <= taken <= _LONGEST_RUN else timedelta()
