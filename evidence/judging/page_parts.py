"""Parts of the pages of policies, in Markdown."""

from collections.abc import Sequence
from typing import Any

from locales import LANGUAGES, Language


def code(*words: Any) -> str:
    """Names as they stand in a file."""
    return ", ".join(f"`{word}`" for word in words)


def row(cells: Sequence[str]) -> str:
    """A row of a table; `|` inside a cell is escaped."""
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table, after an empty line."""
    return ["", row(heads), row(["---"] * len(heads)), *map(row, rows)]


def value(t: Language, given: Any) -> str:
    """A value of a policy's file in one line."""
    if isinstance(given, dict):
        if set(given) == set(LANGUAGES):
            return in_language(t, given)
        return "; ".join(f"{code(key)}: {value(t, part)}" for key, part in given.items())
    if isinstance(given, list):
        return ", ".join(value(t, part) for part in given)
    return {"true": t("yes"), "yes": t("yes"), "false": t("no"), "no": t("no")}.get(str(given), str(given))


def in_language(t: Language, both: Any) -> str:
    """A text that may be given in both languages."""
    return value(t, both.get(t.code, "")) if isinstance(both, dict) else str(both)


def page_link(t: Language, policy: str) -> str:
    """The file with the page of a policy, by its id."""
    return f"{policy.replace('@', '-')}{file_end(t)}.md"


def file_end(t: Language) -> str:
    """What the names of files in a language end with, before `.md`."""
    return "" if t.code == "en" else f".{t.code}"
