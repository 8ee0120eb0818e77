"""Fixed values and time zones are defined in one place; no code compares with a literal or makes its own zone."""

import ast
import inspect
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from models import vocabulary

ROOT = Path(__file__).parent.parent
ROOMS = (
    *("access", "api", "audits", "reports", "backup", "checks", "controls", "dashboard", "demo"),
    *("evidence", "jobs", "locales", "models", "readiness", "app.py", "commands.py", "settings.py"),
)
ENUMS = [kind for _, kind in inspect.getmembers(vocabulary, inspect.isclass) if issubclass(kind, StrEnum)]
WORDS = {str(member) for kind in ENUMS if kind is not StrEnum for member in kind}


def sources() -> Iterator[Path]:
    for room in ROOMS:
        path = ROOT / room
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def compared_words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each literal fixed value that is compared (`==`, `!=`, `in`) or matched, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            parts = [node.value]
        else:
            continue
        for part in parts:
            elements = part.elts if isinstance(part, ast.Tuple | ast.List | ast.Set) else [part]
            for element in elements:
                if isinstance(element, ast.Constant) and element.value in WORDS:
                    yield element.lineno, element.value


def zones(tree: ast.AST) -> Iterator[int]:
    """The lines that make a time zone by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ZoneInfo":
            yield node.lineno


#: (file, literal) → its meaning, where it only looks like a fixed value of ours
OTHERS = {
    ("access/web/middleware.py", "none"): "a browser's header Sec-Fetch-Site",
    ("access/web/second_factor_routes.py", "second-factor"): "a step that a session still needs",
    ("commands.py", "failed"): "how a collector's run ended",
    ("demo/exports.py", "failed"): "an outcome in another product's log",
    ("controls/files/yaml_source.py", "missing"): "pydantic's type of an error",
    ("controls/statement/differences.py", "equal"): "difflib's name of an operation",
    ("evidence/judging/own_policies/differences.py", "equal"): "difflib's name of an operation",
    ("dashboard/app_pages/administration/activity/sentences.py", "system"): "the name of a detail of an entry",
    ("evidence/preview/document_changes.py", "equal"): "what difflib calls a part that stayed the same",
    ("dashboard/app_pages/statement/page.py", "measure"): "the name of a parameter in the address",
    ("evidence/judging/policy_pages.py", "register"): "the kind of a policy's file (`judges:`)",
    ("evidence/judging/register/proposed_mapping/systems_of_table.py", "system"): "the key of a register's column",
    ("evidence/judging/register/proposed_mapping/wide_tables.py", "system"): "the key of a register's column",
    ("readiness/status.py", "measure"): "what a row of the rule's answer is about",
    ("readiness/status.py", "control"): "what a row of the rule's answer is about",
}
#: where a zone may be made: by the calendar and the settings
ZONE_MAKERS = {"models/calendar.py", "settings.py"}


def trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sources():
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def test_no_code_compares_with_a_literal_fixed_value():
    violations = {
        f"{name}:{line}: {value!r}"
        for name, tree in trees()
        for line, value in compared_words(tree)
        if (name, value) not in OTHERS
    }
    assert not violations, f"use the enumeration of models/vocabulary.py: {sorted(violations)}"


def test_time_zones_are_made_by_the_calendar_only():
    violations = {f"{name}:{line}" for name, tree in trees() if name not in ZONE_MAKERS for line in zones(tree)}
    assert not violations, f"ask calendar_of(session): {sorted(violations)}"


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
def test_literal_fixed_value_is_detected(code, words):
    assert [word for _, word in compared_words(ast.parse(code))] == words


def test_own_time_zone_is_detected():
    assert list(zones(ast.parse("x = ZoneInfo('Europe/Paris')"))) == [1]
