"""Checks that the published statement is the version that is tracked here."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.dates import format_date

from evidence.collect.collector_cases import Case
from evidence.collect.connections.endpoint import Endpoint, trusting
from evidence.collect.connections.page_fetch import fetch_published
from evidence.collect.live.page_text import text_of_markdown, text_of_page, whole_text

_FORMS = ("long", "d MMMM y", "dd-MM-y", "d-M-y", "dd/MM/y", "d/M/y", "y-MM-dd", "MMMM d, y")


@dataclass(frozen=True, slots=True)
class TrackedStatement:
    """The version of the statement in effect: its Markdown, language, and effective day."""

    key: str
    text: str
    language: str
    effective: date


def cases(
    endpoint: Endpoint, path: str, element: str, statement: TrackedStatement, authorities: Path | None
) -> Iterator[Case]:
    """Yield whether the page answers, has exactly the tracked text, and states its date. Raises `CouldNotLook`.

    `element`: the id of the element with the text; empty: the main text.
    """
    page, problem = fetch_published(endpoint, path, trusting(authorities))
    yield _case("reachable", problem, ("page", f"{endpoint.name}{path}"))
    if page is None:
        return
    published, tracked = text_of_page(page, element), text_of_markdown(statement.text)
    facts = (("version", statement.key), ("sha256", hashlib.sha256((published or "").encode()).hexdigest()))
    yield _case("same-text", _difference(published, tracked), *facts)
    dates = {format_date(statement.effective, form, statement.language) for form in _FORMS}
    shown = whole_text(page)
    has_date = any(written in shown for written in dates)
    yield _case("same-date", "" if has_date else f"The page does not state {statement.effective.isoformat()}.")


def _case(check: str, failure: str, *facts: tuple[str, str]) -> Case:
    return Case(check, failure=failure, facts=(("check", check), *facts))


def _difference(published: str | None, tracked: str) -> str:
    """Where the published text differs first, by the number of the word; a page's text is not quoted."""
    if published is None:
        return "The page has no such text, or cannot be read."
    if published == tracked:
        return ""
    words, expected = published.split(), tracked.split()
    same = next(
        (at for at, (word, other) in enumerate(zip(words, expected, strict=False)) if word != other),
        min(len(words), len(expected)),
    )
    return (
        f"The texts differ from word {same + 1} on: the page has {len(words)} words, "
        f"the version tracked {len(expected)}."
    )
