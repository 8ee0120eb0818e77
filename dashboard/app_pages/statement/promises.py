"""The clauses of a statement as promises; the worst status of its measures is the status of a promise."""

from collections.abc import Mapping, Sequence
from datetime import date

from controls.statement.version_rows import ClauseRow
from dashboard.app_pages.statement.highlighted_text import Promise, PromisedMeasure
from dashboard.components.cells import worst_status
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status

#: With one of these a promise can be kept up today.
HELD = ("demonstrated", "lapsing")


def promises(
    t: Language, titles: TitleLookup, clauses: Sequence[ClauseRow], measures: Mapping[str, str]
) -> list[Promise]:
    return [_promise(t, titles, clause, measures) for clause in clauses if clause.measures]


def _promise(t: Language, titles: TitleLookup, clause: ClauseRow, measures: Mapping[str, str]) -> Promise:
    promised = [PromisedMeasure(key, titles.measure(t, key), measures.get(key, "unknown")) for key in clause.measures]
    return Promise(clause.start, clause.end, worst_status(measure.status for measure in promised), promised)


def sentence(t: Language, promises_found: Sequence[Promise], day: date | None = None) -> str:
    """One sentence: how many promises can be demonstrated today or on `day`, and what prevents the others."""
    applicable = [promise for promise in promises_found if promise.status != Status.EXCLUDED]
    demonstrated = sum(promise.status in HELD for promise in applicable)
    waits = sum(promise.status == Status.IN_REVIEW for promise in applicable)
    lacking = len(applicable) - demonstrated - waits
    if not applicable:
        return t("The statement contains no promises that are tracked yet.")
    return _with_gaps(t, demonstrated, lacking, waits, day)


def _with_gaps(t: Language, demonstrated: int, lacking: int, waits: int, day: date | None) -> str:
    total = demonstrated + lacking + waits
    first = t.n(
        "{held} of {n} promise can be demonstrated today",
        "{held} of the {n} promises can be demonstrated today",
        total,
        held=demonstrated,
    )
    if day:
        first = t.n(
            "On {day}: {held} of {n} promise demonstrable",
            "On {day}: {held} of the {n} promises demonstrable",
            total,
            day=day,
            held=demonstrated,
        )
    if lacking and waits:
        return t(
            "{first}; {lacking} without valid evidence and {waits} awaiting review.",
            first=first,
            lacking=lacking,
            waits=waits,
        )
    if lacking:
        return t.n("{first}; {n} has no valid evidence.", "{first}; {n} have no valid evidence.", lacking, first=first)
    if waits:
        return t.n("{first}; {n} awaits review.", "{first}; {n} await review.", waits, first=first)
    return f"{first}."
