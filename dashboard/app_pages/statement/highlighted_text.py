"""The text of the statement with each promise underlined by status, and its measures in the margin."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import escape_silent

from controls.statement.passages import Passage, passages
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, join, link, query
from dashboard.shell.status_styles import css_class
from locales import Language

_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_FOLDS = 2  # a single passage without promise stays; a run of this many folds


@dataclass(frozen=True, slots=True)
class PromisedMeasure:
    """A measure that a clause promises, with its status."""

    key: str
    title: str
    status: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A clause with a promise: first and last offset in the text, status and measures."""

    start: int
    end: int
    status: str
    measures: Sequence[PromisedMeasure]


@dataclass(frozen=True, slots=True)
class _Row:
    passage: Passage
    promises: list[Promise]


def statement_text(
    t: Language, text: str, promises: Sequence[Promise], opened: str = "", *, whole: bool = False
) -> Html:
    """The text in order; runs and sections without a promise are folded, unless `whole`."""
    sections = (_section(t, text, rows, opened, whole=whole) for rows in _sections(text, promises))
    return html('<div class="text">{sections}</div>', sections=join(sections))


def _sections(text: str, promises: Sequence[Promise]) -> list[list[_Row]]:
    sections: list[list[_Row]] = [[]]
    for passage in passages(text):
        if passage.kind == "heading":
            sections.append([])
        inside = [promise for promise in promises if promise.start < passage.end and promise.end > passage.start]
        sections[-1].append(_Row(passage, sorted(inside, key=lambda promise: promise.start)))
    return [rows for rows in sections if len(rows) > 1 or (rows and rows[0].passage.kind != "heading")]


def _section(t: Language, text: str, rows: list[_Row], opened: str, *, whole: bool) -> Html:
    title = _words(text, rows[0].passage) if rows[0].passage.kind == "heading" else ""
    body = rows[1:] if title else rows
    if not whole and title and not any(row.promises for row in body):
        remark = t("no promises that are tracked")
        head = html("<b>{title}</b> {remark}", title=title, remark=remark)
        return _folded(head, text, body)
    runs = groupby(body, key=lambda row: bool(row.promises))
    parts = (_run(t, text, list(run), opened, shown=whole or promised) for promised, run in runs)
    return join([html("<h2>{title}</h2>", title=title) if title else "", *parts])


def _run(t: Language, text: str, rows: list[_Row], opened: str, *, shown: bool) -> Html:
    if shown or len(rows) < _FOLDS:
        return join(_row(t, text, row, opened) for row in rows)
    return _folded(t.n("{n} passage without promise", "{n} passages without promise", len(rows)), text, rows)


def _folded(head: object, text: str, rows: Iterable[_Row]) -> Html:
    inside = join(_passage(text, row, "") for row in rows)
    return html("<details><summary>{head}</summary>{inside}</details>", head=head, inside=inside)


def _row(t: Language, text: str, row: _Row, opened: str) -> Html:
    measures = {measure.key: measure for promise in row.promises for measure in promise.measures}
    notes = join(_note(t, measure, opened) for measure in measures.values())
    return join([_passage(text, row, opened), html('<div class="notes">{notes}</div>', notes=notes)])


def _passage(text: str, row: _Row, opened: str) -> Html:
    is_open = next((p for p in row.promises if any(measure.key == opened for measure in p.measures)), None)
    kind = f"passage {row.passage.kind}" + (f" opened {css_class(is_open.status)}" if is_open else "")
    number = html('<span class="n">{n}.</span>', n=row.passage.number) if row.passage.number else ""
    return html('<div class="{kind}">{number}{words}</div>', kind=kind, number=number, words=_marked(text, row))


def _marked(text: str, row: _Row) -> Html:
    """The text of a passage with each promise as a link; of overlapping promises the first takes the overlap."""
    parts: list[object] = []
    at = row.passage.start
    for promise in row.promises:
        start, end = max(promise.start, at), min(promise.end, row.passage.end)
        if start < end:
            parts += [_prose(text[at:start]), _promise(text[start:end], promise)]
            at = end
    return join([*parts, _prose(text[at : row.passage.end])])


def _promise(words: str, promise: Promise) -> Html:
    to = query(measure=promise.measures[0].key) if promise.measures else address("statement")
    return link(to, _prose(words), f"promise {css_class(promise.status)}")


def _prose(words: str) -> Html:
    """Escaped text in which only Markdown's bold is kept."""
    return Html(_EMPHASIS.sub(r"<b>\2</b>", escape_silent(words)))


def _words(text: str, passage: Passage) -> str:
    return text[passage.start : passage.end]


def _note(t: Language, measure: PromisedMeasure, opened: str) -> Html:
    kind = css_class(measure.status) + (" opened" if measure.key == opened else "")
    label = join([mark(t, measure.status), measure.title])
    return link(query(measure=measure.key), label, kind)
