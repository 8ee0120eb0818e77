"""Elements and attributes of JUnit XML: those with an outcome, and those that only describe."""

from evidence.formats.values import ERROR, FAIL, SKIPPED

ROOTS = frozenset(("testsuites", "testsuite"))
OUTCOMES = {"failure": FAIL, "error": ERROR, "skipped": SKIPPED}
FLAKY = frozenset(("flakyFailure", "flakyError"))
RERUN = frozenset(("rerunFailure", "rerunError"))
_DESCRIBES = frozenset(
    ("properties", "property", "system-out", "system-err", "attachments", "description", "metadata", "tags", "traits")
)
OUTPUTS = frozenset(("system-out", "system-err"))
_TRACES = OUTPUTS | {"stackTrace"}
#: elements within others that have no outcome
_WITHIN = {
    **dict.fromkeys(ROOTS | {"testcase"}, _DESCRIBES),
    **dict.fromkeys(FLAKY | RERUN | {"skipped"}, _TRACES),
    "properties": frozenset(("property",)),
    "attachments": frozenset(("attachment",)),
    "tags": frozenset(("tag",)),
    "traits": frozenset(("trait",)),
    "metadata": frozenset(("meta", "property")),
}
PLAIN = frozenset(("name", "classname", "class", "time", "file", "line", "assertions"))  # without outcome or moment


def is_known(name: str, around: str) -> bool:
    """Whether an element within another is known to have no outcome."""
    return name in _WITHIN.get(around, ())
