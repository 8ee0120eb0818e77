"""What the attributes of JUnit XML say in words: moments, a case's status, the tool that wrote it."""

import hashlib
import re
from datetime import UTC, datetime

from evidence.formats.values import ERROR, FAIL, LONGEST_CHECK, PASS, SKIPPED

RANK = {PASS: 0, SKIPPED: 1, ERROR: 2, FAIL: 3}
_BY_STATUS = {
    "notrun": SKIPPED,
    "disabled": SKIPPED,
    "skipped": SKIPPED,
    "ignored": SKIPPED,
    "suppressed": SKIPPED,
    "failed": FAIL,
    "failure": FAIL,
    "error": ERROR,
}
_TOOLS = {
    "pytest": "pytest",
    "jest tests": "jest",
    "vitest tests": "vitest",
    "mocha tests": "mocha",
    "cypress run": "cypress",
}
_MOMENT = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)(?:[T ]\s*(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?\s*$"
)
_FIRST_YEAR = 1971  # tools that don't know the time write the first moment of 1970


def shortened(check: str) -> str:
    """A check's name of at most the longest length that still differs from its neighbours."""
    mark = hashlib.sha256(check.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{check[: LONGEST_CHECK - 16]}... {mark}"


def by_status(case: dict[str, str]) -> str:
    """Some tools say in an attribute that a case did not run or failed; a case is then no pass."""
    words = (case.get("status", ""), case.get("result", ""))
    return max((_BY_STATUS.get(word.strip().lower(), PASS) for word in words), key=RANK.__getitem__)


def tool_of(attributes: dict[str, str]) -> str:
    if any(name.endswith("noNamespaceSchemaLocation") and "surefire" in value for name, value in attributes.items()):
        return "surefire"
    return _TOOLS.get(attributes.get("name", "").strip().lower(), "junit")


def moment_of(value: str) -> tuple[datetime, bool] | None:
    """The moment, in UTC where no zone is given, and whether it is only a day; None for what can't be right."""
    found = _MOMENT.match(value[:64])
    if not found:
        return None
    day, time, zone = found.groups()
    shift = "+00:00" if zone in (None, "Z", "UTC", "GMT") else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{time or '00:00'}{shift}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment, time is None) if moment.year >= _FIRST_YEAR else None
