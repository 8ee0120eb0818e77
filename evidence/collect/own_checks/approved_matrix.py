"""The approved matrix of roles and permissions, read from `docs/permissions.md`."""

from dataclasses import dataclass
from pathlib import Path

from evidence.collect.collector_cases import CouldNotLook
from locales import text

_BEFORE = 2  # columns before the roles: the permission, its description


@dataclass(frozen=True, slots=True)
class Matrix:
    """Roles, permissions, and the pairs of role and permission that are approved (limited permissions too)."""

    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    granted: frozenset[tuple[str, str]]  # role, permission


def read_approved_matrix(page: Path) -> Matrix:
    """Read the only table of the page. Raises `CouldNotLook` when it is missing or incomplete."""
    try:
        lines = page.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CouldNotLook(text("{page} can't be read; it holds the approved permissions.", page=page.name)) from error
    rows = [_cells(line) for line in lines if line.startswith("| ")]
    if len(rows) < _BEFORE or any(len(row) != len(rows[0]) for row in rows) or rows[0][0] != "permission":
        raise CouldNotLook(text("{page} holds no table of permissions.", page=page.name))
    roles = tuple(rows[0][_BEFORE:])
    named = [(row[0].strip("`"), row[_BEFORE:]) for row in rows[1:]]
    granted = frozenset((role, name) for name, cells in named for role, cell in zip(roles, cells, strict=True) if cell)
    return Matrix(roles, tuple(name for name, _ in named), granted)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
