"""Parts of the pages of policies, in Markdown."""

from collections.abc import Sequence
from typing import Any

from locales import LANGUAGES, Language


def code(*names: Any) -> str:
    """Names from a file, as Markdown code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def row(cells: Sequence[str]) -> str:
    """A row of a table; `|` inside a cell is escaped."""
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table, after an empty line."""
    return ["", row(heads), row(["---"] * len(heads)), *map(row, rows)]


def value(t: Language, content: Any) -> str:
    """A value of a policy's file in one line."""
    if isinstance(content, dict):
        if set(content) == set(LANGUAGES):
            return in_language(t, content)
        return "; ".join(f"{code(key)}: {value(t, part)}" for key, part in content.items())
    if isinstance(content, list):
        return ", ".join(value(t, part) for part in content)
    return {"true": t("yes"), "yes": t("yes"), "false": t("no"), "no": t("no")}.get(str(content), str(content))


def in_language(t: Language, both: Any) -> str:
    """A text of a file in the reader's language; it may have one language or both."""
    return value(t, both.get(t.code, "")) if isinstance(both, dict) else str(both)


def page_link(t: Language, policy: str) -> str:
    """The name of the file with a policy's page."""
    return f"{policy.replace('@', '-')}{file_end(t)}.md"


def file_end(t: Language) -> str:
    """The suffix of file names in a language, before `.md`: empty for English."""
    return "" if t.code == "en" else f".{t.code}"
