"""Fixed words and time zones have one place: no room compares with a bare word, or makes a zone, of its own."""

import ast
import inspect
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from models import vocabulary

ROOT = Path(__file__).parent.parent
ROOMS = (
    *("access", "api", "audits", "backup", "checks", "controls", "dashboard", "demo"),
    *("evidence", "jobs", "locales", "models", "readiness", "app.py", "commands.py", "settings.py"),
)
ENUMS = [found for _, found in inspect.getmembers(vocabulary, inspect.isclass) if issubclass(found, StrEnum)]
WORDS = {str(word) for found in ENUMS if found is not StrEnum for word in found}


def sources() -> Iterator[Path]:
    for room in ROOMS:
        path = ROOT / room
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def compared_words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each bare fixed word that is compared with (`==`, `!=`, `in`) or matched, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            parts = [node.value]
        else:
            continue
        for part in parts:
            elements = part.elts if isinstance(part, ast.Tuple | ast.List | ast.Set) else [part]
            for one in elements:
                if isinstance(one, ast.Constant) and one.value in WORDS:
                    yield one.lineno, one.value


def zones(tree: ast.AST) -> Iterator[int]:
    """The lines that make a time zone by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ZoneInfo":
            yield node.lineno


#: file and word → whose word it is, where it only looks like one of ours
OTHERS = {
    ("access/web/middleware.py", "none"): "a browser's header Sec-Fetch-Site",
    ("access/web/second_factor_routes.py", "second-factor"): "a step that a session still needs",
    ("commands.py", "failed"): "how a collector's run ended",
    ("demo/exports.py", "failed"): "an outcome in another product's log",
    ("controls/files/yaml_source.py", "missing"): "pydantic's type of an error",
    ("controls/statement/differences.py", "equal"): "difflib's name of an operation",
    ("dashboard/app_pages/evidence_item/sections.py", "unknown"): "a policy's level of a result",
    ("dashboard/app_pages/statement/page.py", "measure"): "the name of a parameter in the address",
    ("evidence/judging/policy_pages.py", "register"): "the kind of a policy's file (`judges:`)",
    ("readiness/status.py", "measure"): "what a row of the rule's answer is about",
    ("readiness/status.py", "control"): "what a row of the rule's answer is about",
}
#: where a zone may be made: by the calendar, and from what the environment says
ZONE_MAKERS = {"models/calendar.py", "settings.py"}


def trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sources():
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def test_nothing_is_compared_with_a_bare_fixed_word():
    found = {
        f"{name}:{line}: {word!r}"
        for name, tree in trees()
        for line, word in compared_words(tree)
        if (name, word) not in OTHERS
    }
    assert not found, f"use the enumeration of models/vocabulary.py: {sorted(found)}"


def test_a_time_zone_is_made_by_the_calendar_alone():
    found = {f"{name}:{line}" for name, tree in trees() if name not in ZONE_MAKERS for line in zones(tree)}
    assert not found, f"ask calendar_of(session): {sorted(found)}"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("if a == 'failing': pass", ["failing"]),
        ("b = 'pass' != a", ["pass"]),
        ("c = a in ('accepted', 'other')", ["accepted"]),
        ("match a:\n    case 'major': pass", ["major"]),
        ("d = {'failing': 1}['failing']", []),
    ],
)
def test_a_bare_word_is_seen(code, words):
    assert [word for _, word in compared_words(ast.parse(code))] == words


def test_a_zone_of_ones_own_is_seen():
    assert list(zones(ast.parse("x = ZoneInfo('Europe/Paris')"))) == [1]
