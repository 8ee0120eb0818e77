"""What an upload changes in cells, measures, promises, controls and scores, at each stage."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from controls.statement.version_rows import ClauseRow
from dashboard.charts.scores import share
from dashboard.components.cells import long_fact
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, caption, html, join, link, note, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from readiness import CellStatus, Readiness
from readiness.status import audit_verdict

_LISTED = 6
_NOTHING = "missing"


@dataclass(frozen=True, slots=True)
class Stage:
    """Readiness at one stage: its name, today and, with an audit planned, on its day."""

    name: str
    today: Readiness
    audit: Readiness | None


def changes(
    t: Language,
    titles: TitleLookup,
    stages: Sequence[Stage],
    touched: Iterable[tuple[str, str, str]],
    catalogues: Sequence[str],
    audit: date | None,
    dependent_controls: Collection[str] = (),
) -> Html:
    """A table with a row for each touched cell, its measure, the controls that depend on it, and the scores."""
    cells = list(dict.fromkeys(touched))
    measures = list(
        dict.fromkeys(
            requirement.measure
            for key, _, _ in cells
            if (requirement := titles.requirements.get(key)) and requirement.measure
        )
    )
    rows = [_cell_line(t, titles, stages, cell) for cell in cells[:_LISTED]]
    rows += [
        _line(
            t,
            stages,
            two_lines(
                link(address("measure", key=key), t("Measure {title}", title=titles.measure(t, key)), "soft-link")
            ),
            _measure(key),
        )
        for key in measures
    ]
    rows += _control_lines(t, titles, stages, dependent_controls)
    rows += _score_lines(t, stages, catalogues, audit)
    more = t("and {n} more", n=len(cells) - _LISTED) if len(cells) > _LISTED else ""
    return join(
        [
            table([t("What"), *(stage.name for stage in stages)], rows, "changes"),
            caption(more) if more else "",
        ]
    )


def _measure(key: str) -> Callable[[Readiness], str]:
    return lambda readiness: readiness.measures[key].status if key in readiness.measures else "unknown"


def _line(t: Language, stages: Sequence[Stage], name: object, status: Callable[[Readiness], str]) -> list[object]:
    return [name, *_steps(t, [(status(stage.today), "") for stage in stages])]


def _steps(t: Language, statuses: Sequence[tuple[str, str]]) -> list[Html]:
    """The first step in full, each later one in full only if it differs from the one before."""
    steps = [_step(t, *statuses[0])]
    for before, after in pairwise(statuses):
        same = html('<small class="same">{label}</small>', label=t("unchanged"))
        steps.append(same if before == after else _step(t, *after))
    return steps


def _step(t: Language, status: str, fact: str) -> Html:
    return html("{mark}<small>{fact}</small>", mark=mark(t, status), fact=fact)


def _cell_line(t: Language, titles: TitleLookup, stages: Sequence[Stage], cell: tuple[str, str, str]) -> list[object]:
    requirement, system, target = cell
    by_key = [{cell_status.key: cell_status for cell_status in stage.today.cells} for stage in stages]
    stage_cells = [cells.get(cell, CellStatus(*cell, status=_NOTHING)) for cells in by_key]
    name = two_lines(titles.requirement(t, requirement), titles.place(t, system, target))
    return [
        name,
        *_steps(t, [(cell_status.status, long_fact(t, cell_status, titles.today)) for cell_status in stage_cells]),
    ]


def _control_lines(
    t: Language, titles: TitleLookup, stages: Sequence[Stage], dependent_controls: Collection[str]
) -> list[list[object]]:
    """Rows of the controls that depend on the evidence or change; controls with equal steps share a row."""
    paths: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for key in titles.controls:
        path = tuple(stage.today.controls[key].status if key in stage.today.controls else "unknown" for stage in stages)
        if key in dependent_controls or len(set(path)) > 1:
            paths.setdefault((key.partition(":")[0], path), []).append(key)
    return [
        [
            join((link(address("control", key=key), titles.reference(t, key)) for key in keys), ", "),
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


def _score_line(
    t: Language, name: str, readiness_by_stage: Sequence[Readiness], catalogues: Sequence[str]
) -> list[object]:
    scores = [audit_verdict(stage_readiness, catalogues) for stage_readiness in readiness_by_stage]
    values = [(stage_readiness.demonstrated, stage_readiness.applicable) for stage_readiness in scores]
    labels = [
        two_lines(f"{share(held, n)} %", t.n("{held} of {n} control", "{held} of {n} controls", n, held=held))
        for held, n in values
    ]
    same = html('<small class="same">{label}</small>', label=t("unchanged"))
    return [
        two_lines(name),
        labels[0],
        *(same if a == b else two for a, b, two in zip(values, values[1:], labels[1:], strict=False)),
    ]


def promises(t: Language, clauses: Sequence[ClauseRow], measures: Iterable[str], after: Readiness) -> Html:
    """The quoted sentences that the evidence is about, with their present status."""
    measure_keys = set(measures)
    quotes = [(clause, key) for clause in clauses for key in clause.measures if key in measure_keys]
    return join(
        html(
            '<blockquote class="quote">{quote}<br>{mark} {link}</blockquote>',
            quote=clause.quote,
            mark=mark(t, after.measures[key].status if key in after.measures else "unknown"),
            link=link(address("statement", measure=key), t("Show in the statement")),
        )
        for clause, key in quotes[:_LISTED]
    )


def control_moves(before: Mapping[str, object], after: Mapping[str, object]) -> int:
    """The number of controls whose status differs."""
    return sum(
        getattr(before.get(key), "status", None) != getattr(status, "status", None) for key, status in after.items()
    )


def expiry_note(t: Language, evidence: str, cells: Iterable[CellStatus], audit: date | None) -> Html:
    """A note if the evidence expires before the audit; only for cells whose status it sets."""
    ends = [cell.valid_until for cell in cells if cell.evidence == evidence and cell.valid_until]
    if audit and ends and min(ends) <= audit:
        return note(
            "lapsing",
            t(
                "This evidence expires on {end}, before the audit on {audit}. Upload newer evidence before that day.",
                audit=audit,
                end=min(ends),
            ),
            "schedule",
        )
    return Html("")
