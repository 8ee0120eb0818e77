"""What an upload changes: cells, measures, promises and controls, stage by stage, and the score with them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from controls.statement.version_rows import ClauseRow
from dashboard.charts.scores import share
from dashboard.components.badge import mark
from dashboard.components.cells import long_fact
from dashboard.shell.html import Html, address, html, join, link, note, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from readiness import CellStatus, Readiness, audit_verdict

_LISTED = 6
_NOTHING = "missing"


@dataclass(frozen=True, slots=True)
class Stage:
    """Readiness at one stage: its name, today, and on the audit's day."""

    name: str
    today: Readiness
    audit: Readiness | None


def changes(
    t: Language,
    book: TitleLookup,
    stages: Sequence[Stage],
    touched: Iterable[tuple[str, str, str]],
    catalogues: Sequence[str],
    audit: date | None,
    resting: Collection[str] = (),
) -> Html:
    """A line for every cell that is touched, its measure, the controls that rest on it or move; the scores last."""
    cells = list(dict.fromkeys(touched))
    measures = list(
        dict.fromkeys(asked.measure for key, _, _ in cells if (asked := book.requirements.get(key)) and asked.measure)
    )
    rows = [_cell_line(t, book, stages, cell) for cell in cells[:_LISTED]]
    rows += [
        _line(
            t,
            stages,
            two_lines(link(address("measure", key=key), t("Measure {title}", title=book.measure(t, key)), "soft-link")),
            _measure(key),
        )
        for key in measures
    ]
    rows += _control_lines(t, book, stages, resting)
    rows += _score_lines(t, stages, catalogues, audit)
    more = t("and {n} more cells", n=len(cells) - _LISTED) if len(cells) > _LISTED else ""
    return join(
        [
            table(["", *(stage.name for stage in stages)], rows, "changes"),
            html('<p class="caption">{more}</p>', more=more) if more else "",
        ]
    )


def _measure(key: str) -> Callable[[Readiness], str]:
    return lambda one: one.measures[key].status if key in one.measures else "unknown"


def _line(t: Language, stages: Sequence[Stage], name: object, status: Callable[[Readiness], str]) -> list[object]:
    return [name, *_steps(t, [(status(stage.today), "") for stage in stages])]


def _steps(t: Language, found: Sequence[tuple[str, str]]) -> list[Html]:
    """The first in full, the others in full only where they differ from the one before."""
    steps = [_step(t, *found[0])]
    for before, after in pairwise(found):
        same = html('<small class="same">{word}</small>', word=t("unchanged"))
        steps.append(same if before == after else _step(t, *after))
    return steps


def _step(t: Language, status: str, fact: str) -> Html:
    return html("{mark}<small>{fact}</small>", mark=mark(t, status), fact=fact)


def _cell_line(t: Language, book: TitleLookup, stages: Sequence[Stage], cell: tuple[str, str, str]) -> list[object]:
    requirement, system, target = cell
    by_key = [{one.key: one for one in stage.today.cells} for stage in stages]
    found = [cells.get(cell, CellStatus(*cell, status=_NOTHING)) for cells in by_key]
    name = two_lines(book.requirement(t, requirement), book.place(t, system, target))
    return [name, *_steps(t, [(one.status, long_fact(t, one, book.today)) for one in found])]


def _control_lines(
    t: Language, book: TitleLookup, stages: Sequence[Stage], resting: Collection[str]
) -> list[list[object]]:
    """The controls that rest on it or change at some stage, those that go alike on one line per catalogue."""
    paths: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for key in book.controls:
        path = tuple(stage.today.controls[key].status if key in stage.today.controls else "unknown" for stage in stages)
        if key in resting or len(set(path)) > 1:
            paths.setdefault((key.partition(":")[0], path), []).append(key)
    return [
        [
            join((link(address("control", key=key), book.reference(t, key)) for key in keys), ", "),
            *_steps(t, [(status, "") for status in path]),
        ]
        for (_, path), keys in paths.items()
    ]


def _score_lines(
    t: Language, stages: Sequence[Stage], catalogues: Sequence[str], audit: date | None
) -> list[list[object]]:
    lines = [_score_line(t, t("Readiness today"), [stage.today for stage in stages], catalogues)]
    then = [stage.audit for stage in stages if stage.audit is not None]
    if audit and len(then) == len(stages):
        lines.append(_score_line(t, t("Readiness on {day}", day=audit), then, catalogues))
    return lines


def _score_line(t: Language, name: str, found: Sequence[Readiness], catalogues: Sequence[str]) -> list[object]:
    scores = [audit_verdict(one, catalogues) for one in found]
    values = [(one.demonstrated, one.applicable) for one in scores]
    shown = [
        two_lines(f"{share(*value)} %", t("{n} of {total} controls", n=value[0], total=value[1])) for value in values
    ]
    same = html('<small class="same">{word}</small>', word=t("unchanged"))
    return [
        two_lines(name),
        shown[0],
        *(same if a == b else two for a, b, two in zip(values, values[1:], shown[1:], strict=False)),
    ]


def promises(t: Language, clauses: Sequence[ClauseRow], measures: Iterable[str], after: Readiness) -> Html:
    """The quoted sentences that this proof is about, and how they stand now."""
    wanted = set(measures)
    quotes = [(clause, key) for clause in clauses for key in clause.measures if key in wanted]
    return join(
        html(
            '<blockquote class="quote">{quote}<br>{mark} {link}</blockquote>',
            quote=clause.quote,
            mark=mark(t, after.measures[key].status if key in after.measures else "unknown"),
            link=link(address("statement", measure=key), t("Show it in the statement")),
        )
        for clause, key in quotes[:_LISTED]
    )


def control_moves(before: Mapping[str, object], after: Mapping[str, object]) -> int:
    """How many controls have another status."""
    return sum(getattr(before.get(key), "status", None) != getattr(one, "status", None) for key, one in after.items())


def reaches(t: Language, evidence: str, cells: Iterable[CellStatus], audit: date | None) -> Html:
    """What the proof does not reach: the audit's day. Cells that other evidence decides say nothing of it."""
    ends = [one.valid_until for one in cells if one.evidence == evidence and one.valid_until]
    if audit and ends and min(ends) <= audit:
        return note(
            "lapsing",
            t(
                "This proof does not reach the audit on {audit}: it ends on {end}. Hand in a newer "
                "one before that day.",
                audit=audit,
                end=min(ends),
            ),
            "schedule",
        )
    return Html("")
