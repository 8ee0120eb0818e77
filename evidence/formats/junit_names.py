"""The elements and attributes of JUnit XML: those that say how a case went, and those that only describe."""

from evidence.formats.values import ERROR, FAIL, SKIPPED

ROOTS = frozenset(("testsuites", "testsuite"))
OUTCOMES = {"failure": FAIL, "error": ERROR, "skipped": SKIPPED}
FLAKY = frozenset(("flakyFailure", "flakyError"))
RERUN = frozenset(("rerunFailure", "rerunError"))
_DESCRIBES = frozenset(
    ("properties", "property", "system-out", "system-err", "attachments", "description", "metadata", "tags", "traits")
)
_TRACES = frozenset(("stackTrace", "system-out", "system-err"))
#: what may stand within an element and says nothing of how it went
_WITHIN = {
    **dict.fromkeys(ROOTS | {"testcase"}, _DESCRIBES),
    **dict.fromkeys(FLAKY | RERUN | {"skipped"}, _TRACES),
    "properties": frozenset(("property",)),
    "attachments": frozenset(("attachment",)),
    "tags": frozenset(("tag",)),
    "traits": frozenset(("trait",)),
    "metadata": frozenset(("meta", "property")),
}
PLAIN = frozenset(
    ("name", "classname", "class", "time", "file", "line", "assertions")
)  # these say no outcome, no moment


def is_known(name: str, around: str) -> bool:
    """Whether an element within another is one that says nothing of how it went."""
    return name in _WITHIN.get(around, ())
