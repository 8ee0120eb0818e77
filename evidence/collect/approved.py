"""The matrix of roles and permissions as people approved it: the page that they read (`docs/permissions.md`)."""

from dataclasses import dataclass
from pathlib import Path

from evidence.collect.cases import CouldNotLook
from locales import text

_BEFORE = 2  # columns: the permission, what it lets one do


@dataclass(frozen=True, slots=True)
class Matrix:
    """Each role's permissions, limited ones too."""

    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    given: frozenset[tuple[str, str]]  # role, permission


def approved(page: Path) -> Matrix:
    """The one table of the page; raises `CouldNotLook` if it is not there or not whole."""
    try:
        lines = page.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CouldNotLook(text("{page} can't be read; it holds the approved permissions.", page=page.name)) from error
    rows = [_cells(line) for line in lines if line.startswith("| ")]
    if len(rows) < _BEFORE or any(len(row) != len(rows[0]) for row in rows) or rows[0][0] != "permission":
        raise CouldNotLook(text("{page} holds no table of permissions.", page=page.name))
    roles = tuple(rows[0][_BEFORE:])
    named = [(row[0].strip("`"), row[_BEFORE:]) for row in rows[1:]]
    given = frozenset((role, name) for name, cells in named for role, cell in zip(roles, cells, strict=True) if cell)
    return Matrix(roles, tuple(name for name, _ in named), given)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
