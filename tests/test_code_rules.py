"""Rules of the code base, checked on the syntax trees."""

import ast
from pathlib import Path

HOUSE = Path(__file__).parents[1]
ROOMS = (
    "access",
    "api",
    "audits",
    "reports",
    "backup",
    "checks",
    "controls",
    "dashboard",
    "demo",
    "evidence",
    "jobs",
    "models",
    "readiness",
)
MOST_LINES_OF_A_FILE, MOST_LINES_OF_A_FUNCTION = 400, 60


def trees():
    for room in ROOMS:
        for path in sorted((HOUSE / room).rglob("*.py")):
            yield path.relative_to(HOUSE), ast.parse(path.read_text(encoding="utf-8"))


def test_verbs_never_commit():
    # a request is one transaction: only `models/transaction.py` and the commands commit
    commits = [
        str(path)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert set(commits) <= {"models/transaction.py", "checks/readiness_cases.py"}


def test_pages_and_routes_have_no_queries():
    for path, tree in trees():
        if path.parts[0] in ("dashboard", "api"):
            names = {
                alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "sqlmodel"))
                for alias in node.names
            }
            assert {name for name in names if not name.endswith("Error")} <= {"Session", "Engine", "text"}, path


def test_only_app_imports_pages_and_routes():
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and path.parts[0] not in ("dashboard", "api"):
                assert node.module.split(".")[0] not in ("app", "dashboard", "api"), path


def test_no_module_has_a_meaningless_name():
    for path, _ in trees():
        assert path.stem not in ("utils", "helpers", "common", "manager", "handler"), path


def test_files_and_functions_are_short():
    for path, tree in trees():
        assert len((HOUSE / path).read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_A_FILE, path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno - node.lineno < MOST_LINES_OF_A_FUNCTION, (path, node.name)


def test_every_module_has_a_docstring():
    for path, tree in trees():
        if path.name != "__init__.py" or tree.body:
            assert ast.get_docstring(tree), path


def test_no_code_swallows_all_errors():
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "BaseException"
                cleans_up = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
                edge = str(path) in (
                    "dashboard/main.py",
                    "dashboard/shell/page_context.py",  # a section drawn separately, without the router
                    "evidence/collect/own_checks/daily_collection.py",
                    "evidence/collect/live/due_checks.py",
                    "evidence/preview/draw.py",  # of a stranger's bytes a library may raise anything; so here:
                    "evidence/intake/reading/document_text.py",
                    "checks/corpus.py",
                    "jobs/judge_uploads.py",  # raised when the uploads behind it are judged
                    "jobs/judge_uploads.py",  # raised once the others are judged
                    "jobs/supervisor.py",
                    "access/sign_in/passkey_responses.py",
                )  # they report any error
                assert caught not in ("BaseException", "Exception") or cleans_up or edge, path
