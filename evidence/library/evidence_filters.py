"""Filters of the library, and SQL expressions for the review state and verdict of evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_

from evidence.intake.verdicts.latest_judgement import latest_coverage
from evidence.library.evidence_titles import own_titles_with
from evidence.library.own_titles import OWN_TOOLS
from models.bulk_changes import table
from models.queries import latest, latest_review_decision, with_cells, with_requirements

VERDICTS = ("pass", "fail", "none")


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of a search; empty ones do not filter. Days: evidence that represents any day from first to last.

    `known`: only what had been recorded by that moment: evidence, its reviews and its judgements.
    """

    requirement: str = ""
    measure: str = ""
    system: str = ""
    target: str = ""
    team: str = ""
    review: str = ""
    verdict: str = ""
    kind: str = ""
    format: str = ""
    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    known: datetime | None = None


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions on the table of evidence."""
    return list(_conditions(filters))


def review_state(known: datetime | None = None) -> ColumnElement[str]:
    """SQL for the latest review's decision. Without one, `waiting` if a review is needed, else `automatic`."""
    evidence, coverage = table("evidence"), table("coverage")
    waits = exists().where(coverage.c.evidence == evidence.c.id, coverage.c.needs_review == 1)
    if known is not None:
        waits = waits.where(coverage.c.judged_at <= known)
    needs_review = or_(waits, _covers_requirement("review", known, "required"))
    decision = latest_review_decision(evidence.c.id, known)
    return func.coalesce(decision, case((needs_review, "waiting"), else_="automatic"))


def verdict(known: datetime | None = None) -> ColumnElement[str]:
    """SQL for the verdict of the latest judgement: fail if any cell fails, else pass if any cell passes, else none."""
    evidence, coverage = table("evidence"), table("coverage")

    def has(value: str) -> ColumnElement[bool]:
        covered = exists().where(coverage.c.evidence == evidence.c.id, coverage.c.verdict == value)
        return covered.where(latest_coverage(known))

    return case((has("fail"), "fail"), (has("pass"), "pass"), else_="none")


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    evidence = table("evidence")
    values = {name: getattr(filters, name) for name in Filters.__dataclass_fields__ if getattr(filters, name)}
    makers: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        **{name: partial(_covers_cell, name) for name in ("requirement", "system", "target")},
        **{name: partial(_covers_requirement, name, filters.known) for name in ("measure", "team")},
        **{name: evidence.c[name].__eq__ for name in ("kind", "format")},
        "review": review_state(filters.known).__eq__,
        "verdict": verdict(filters.known).__eq__,
        "first_day": evidence.c.last_day.__ge__,
        "last_day": evidence.c.first_day.__le__,
        "text": _contains_text,
        "known": evidence.c.recorded_at.__le__,
    }
    for name, value in values.items():
        yield makers[name](value)


def _covers_cell(column: str, value: str) -> ColumnElement[bool]:
    evidence, coverage, cell = table("evidence"), table("coverage"), table("cell")
    joined = with_cells(coverage)
    return exists().select_from(joined).where(coverage.c.evidence == evidence.c.id, cell.c[column] == value)


def _covers_requirement(column: str, known: datetime | None, value: str) -> ColumnElement[bool]:
    """The condition that evidence covers a cell of a requirement whose latest definition known has this value."""
    evidence, coverage, requirement = table("evidence"), table("coverage"), table("evidence_requirement")
    joined = with_requirements(with_cells(coverage))
    defined = [latest(requirement, "key", known=known), requirement.c[column] == value]
    return exists().select_from(joined).where(coverage.c.evidence == evidence.c.id, *defined)


def _contains_text(searched: str) -> ColumnElement[bool]:
    """The condition that title, note, tool or a file's name contains the text, in any case.

    Titles of the product's own checks are searched in every language.
    """
    evidence, file = table("evidence"), table("evidence_file")
    pattern = f"%{searched.strip().lower().replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
    named = exists().where(file.c.evidence == evidence.c.id, func.lower(file.c.name).like(pattern, escape="/"))
    columns = (evidence.c.title, evidence.c.note, evidence.c.tool)
    own = and_(
        evidence.c.tool.startswith(OWN_TOOLS),
        or_(*(evidence.c.title.startswith(title, autoescape=True) for title in own_titles_with(searched)), false()),
    )
    return or_(named, own, *(func.lower(column).like(pattern, escape="/") for column in columns))
