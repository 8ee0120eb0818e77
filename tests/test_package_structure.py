"""Each package has few modules at its top, and imports between them have no cycles (docs/decisions/0020)."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
#: package → how many modules and folders it may have at its top, and how many import arrows between them
MOST = {"evidence": (12, 30), "access": (10, 20), "controls": (16, 42), "dashboard": (8, 20)}
MOST_IN_A_FOLDER = 25


def modules():
    for package in ("access", "audits", "checks", "controls", "dashboard", "evidence", "jobs", "models", "readiness"):
        for path in (HOUSE / package).rglob("*.py"):
            yield ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"), path


MODULES = dict(modules())


def imported(path):
    """What is imported when it runs: a type alone makes no circle."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    of_types = {
        inside
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inside in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in of_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def arrows(package):
    """Pairs (module, imported module) at the top of a package or of a folder in one (`evidence.intake`)."""
    inside, at = f"{package}.", package.count(".") + 1
    pairs = {
        (name.split(".")[at], other.split(".")[at])
        for name, others in IMPORTS.items()
        for other in others
        if name.startswith(inside) and other.startswith(inside)
    }
    return {(importer, other) for importer, other in pairs if importer != other}


IMPORTS = {name: set(imported(path)) for name, path in MODULES.items()}
FOLDERS = sorted({name.rpartition(".")[0] for name in MODULES if "." in name})


def entries(folder):
    return [
        path
        for path in folder.iterdir()
        if (path.suffix == ".py" and path.name != "__init__.py") or (path.is_dir() and path.name != "__pycache__")
    ]


@pytest.mark.parametrize("package", MOST)
def test_package_has_few_modules_with_few_imports_between_them(package):
    most_rooms, most_arrows = MOST[package]
    assert len(entries(HOUSE / package)) <= most_rooms
    assert len(arrows(package)) <= most_arrows


@pytest.mark.parametrize("package", FOLDERS)
def test_imports_between_modules_have_no_cycles(package):
    pairs = arrows(package)
    while pairs:
        leaves = {room for pair in pairs for room in pair} - {importer for importer, _ in pairs}
        assert leaves, sorted(pairs)
        pairs = {pair for pair in pairs if pair[1] not in leaves}


def test_no_folder_of_pages_has_too_many_entries():
    for folder in [HOUSE / "dashboard", *(path for path in (HOUSE / "dashboard").rglob("*") if path.is_dir())]:
        assert len(entries(folder)) <= MOST_IN_A_FOLDER, folder
