"""What narrows a search in the library, and the two words that are worked out for each evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from evidence.intake.rows import latest_coverage
from models.queries import latest, with_cells, with_requirements
from models.rows import table

VERDICTS = ("pass", "fail", "none")


@dataclass(frozen=True, slots=True)
class Filters:
    """Each narrows the search; empty says nothing. Days: evidence that represents any day from first to last."""

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


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions on the table of evidence."""
    return list(_conditions(filters))


def review_state() -> ColumnElement[str]:
    """The reviewer's latest word; without one `automatic`, or `waiting` where it or a requirement asks for a review."""
    evidence, review, coverage = table("evidence"), table("review"), table("coverage")
    word = (
        select(review.c.decision)
        .where(review.c.evidence == evidence.c.id)
        .order_by(review.c.recorded_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    held = exists().where(coverage.c.evidence == evidence.c.id, coverage.c.needs_review == 1)
    asked = or_(held, _covers_asked("review", "required"))
    return func.coalesce(word, case((asked, "waiting"), else_="automatic"))


def verdict() -> ColumnElement[str]:
    """By its latest judgement: fail if any cell's is, else pass if any cell's is, else none."""
    evidence, coverage = table("evidence"), table("coverage")

    def some(word: str) -> ColumnElement[bool]:
        said = exists().where(coverage.c.evidence == evidence.c.id, coverage.c.verdict == word)
        return said.where(latest_coverage())

    return case((some("fail"), "fail"), (some("pass"), "pass"), else_="none")


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    evidence = table("evidence")
    given = {name: getattr(filters, name) for name in Filters.__dataclass_fields__ if getattr(filters, name)}
    makers: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        **{name: partial(_covers_cell, name) for name in ("requirement", "system", "target")},
        **{name: partial(_covers_asked, name) for name in ("measure", "team")},
        **{name: evidence.c[name].__eq__ for name in ("kind", "format")},
        "review": review_state().__eq__,
        "verdict": verdict().__eq__,
        "first_day": evidence.c.last_day.__ge__,
        "last_day": evidence.c.first_day.__le__,
        "text": _says,
    }
    for name, value in given.items():
        yield makers[name](value)


def _covers_cell(column: str, value: str) -> ColumnElement[bool]:
    evidence, coverage, cell = table("evidence"), table("coverage"), table("cell")
    joined = with_cells(coverage)
    return exists().select_from(joined).where(coverage.c.evidence == evidence.c.id, cell.c[column] == value)


def _covers_asked(column: str, value: str) -> ColumnElement[bool]:
    """It covers a cell of a requirement that is now defined so."""
    evidence, coverage, requirement = table("evidence"), table("coverage"), table("evidence_requirement")
    joined = with_requirements(with_cells(coverage))
    defined = [latest(requirement, "key"), requirement.c[column] == value]
    return exists().select_from(joined).where(coverage.c.evidence == evidence.c.id, *defined)


def _says(words: str) -> ColumnElement[bool]:
    """The words stand in its title, note, tool or a file's name, whatever their case."""
    evidence, file = table("evidence"), table("evidence_file")
    pattern = f"%{words.strip().lower().replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
    named = exists().where(file.c.evidence == evidence.c.id, func.lower(file.c.name).like(pattern, escape="/"))
    columns = (evidence.c.title, evidence.c.note, evidence.c.tool)
    return or_(named, *(func.lower(column).like(pattern, escape="/") for column in columns))
