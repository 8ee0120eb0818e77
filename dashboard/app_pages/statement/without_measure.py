"""Sentences of a statement without a measure: those without a reason, and the others by their reason."""

from collections.abc import Iterable, Sequence

from controls.browse.values import StatementRow
from controls.statement.no_measure import unaccounted_sentences
from controls.statement.version_rows import NoMeasureRow
from dashboard.shell.html import Html, caption, empty, html, join, section
from locales import Language


def without_measure(t: Language, statement: StatementRow) -> Html:
    """Sentences with neither a measure nor a reason, then each reason with its passages."""
    measured = [(clause.start, clause.end) for clause in statement.clauses]
    explained = [(passage.start, passage.end) for passage in statement.no_measure]
    neither = unaccounted_sentences(statement.text, [*measured, *explained])
    if not neither and not statement.no_measure:
        return empty(t("Every sentence has a measure"), "")
    reasons = join(_group(reason, quotes) for reason, quotes in _by_reason(t, statement.no_measure).items())
    return join([_without_reason(t, neither) if neither else "", reasons])


def _without_reason(t: Language, neither: Sequence[str]) -> Html:
    how = t(
        "Add a measure for each sentence that promises something, or list it under no_measure in the YAML file with "
        "the reason why it has none."
    )
    return join([_group(t("No measure and no reason yet"), neither, len(neither)), caption(how)])


def _by_reason(t: Language, rows: Iterable[NoMeasureRow]) -> dict[str, list[str]]:
    quotes: dict[str, list[str]] = {}
    for row in rows:
        quotes.setdefault(t.pick(row, "reason"), []).append(row.quote)
    return quotes


def _group(title: str, quotes: Sequence[str], count: object = "") -> Html:
    sentences = join(html("<blockquote>{quote}</blockquote>", quote=quote) for quote in quotes)
    return join([section(title, count, level=3), html('<div class="proposal">{quotes}</div>', quotes=sentences)])
