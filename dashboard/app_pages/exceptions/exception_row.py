"""The rows of exceptions: the check, the reason and who, until when and what happens then, and what one can do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dashboard.components import days
from dashboard.components.data_table import Column
from dashboard.components.exception_words import KINDS, state
from dashboard.shell import html
from dashboard.shell.html import Html
from dashboard.shell.title_lookup import TitleLookup
from evidence.decisions.exception_overview import ExceptionOverview, StandingException
from evidence.decisions.exceptions import ExceptionRow
from evidence.judging.words import check_name
from locales import Language
from models.vocabulary import ExceptionKind, Status
from readiness import CellStatus


@dataclass(frozen=True, slots=True)
class Consequences:
    """What ends with an exception: the status of each cell today, and how many controls need each requirement."""

    cells: Mapping[tuple[str, str, str], CellStatus]
    controls: Mapping[str, int]

    def words(self, t: Language, row: ExceptionRow) -> str:
        """What happens when the exception ends, if nobody acts."""
        cell = self.cells.get((row.requirement, row.system, row.target))
        if cell is None:
            return t("not in scope any more")
        if cell.status == Status.FAILING:
            return t("other checks keep it failing")
        if cell.status == Status.DEMONSTRATED and not cell.with_exception:
            return t("not needed any more: the check passes")
        n = self.controls.get(row.requirement, 0)
        return t.n("then {n} control fails", "then {n} controls fail", n) if n else ""


def standing_table(
    t: Language, titles: TitleLookup, items: Iterable[StandingException], then: Consequences, *, may_decide: bool
) -> Html:
    """Exceptions in force, or to come. `may_decide`: with links to extend and to end."""
    heads = [t("Check"), t("Reason"), t("Until"), *([t("Change")] if may_decide else [])]
    rows = [_standing(t, titles, item, then, may_decide=may_decide) for item in items]
    return html.table(heads, rows, "excepted")


def _standing(
    t: Language, titles: TitleLookup, item: StandingException, then: Consequences, *, may_decide: bool
) -> list[object]:
    away = t("{when}; {then}", when=days.due(t, item.ends_on, titles.today), then=then.words(t, item.row))
    cells: list[object] = [
        _check(t, titles, item.row),
        reason(t, item.row, item.extensions),
        html.two_lines(t.date(item.ends_on), away.removesuffix("; ")),
    ]
    return [*cells, _actions(t, item.row)] if may_decide else cells


def _check(t: Language, titles: TitleLookup, row: ExceptionRow) -> Html:
    place = f"{titles.requirement(t, row.requirement)}, {titles.place(t, row.system, row.target)}"
    to = html.address("evidence", requirement=row.requirement, system=row.system)
    return html.two_lines(check_name(t, row.check), html.link(to, place, "soft-link"))


def reason(t: Language, row: ExceptionRow, extensions: Iterable[ExceptionRow] = ()) -> Html:
    """The reason, who decided it, and its extensions."""
    kind = [t.render(KINDS[row.kind]).lower()] if row.kind == ExceptionKind.FALSE_POSITIVE else []
    since = t("since {day}", day=row.in_force)
    lines = [", ".join([row.granted_by, since, *kind])]
    lines += [
        t(
            "extended to {day} by {name}{why}",
            day=later.last_day,
            name=later.granted_by,
            why=f": {later.reason}" if later.reason != row.reason else "",
        )
        for later in extensions
    ]
    small = html.join(html.html('<small class="block">{line}</small>', line=line) for line in lines)
    return html.html('<span class="any">{reason}</span>{small}', reason=row.reason, small=small)


def _actions(t: Language, row: ExceptionRow) -> Html:
    extend = html.link(html.query(exception=row.id, act="extend"), t("Extend"), "button")
    end = html.link(html.query(exception=row.id, act="end"), t("End"), "button")
    return html.html('<span class="row-actions">{extend}{end}</span>', extend=extend, end=end)


def ended_table(t: Language, titles: TitleLookup, rows: Iterable[ExceptionRow]) -> Html:
    """Ended exceptions, folded."""
    lines = [
        [
            _check(t, titles, row),
            reason(t, row),
            html.two_lines(days.between(t, row.in_force, row.last_day), state(t, row, titles.today)),
        ]
        for row in rows
    ]
    return html.html(
        '<details class="more"><summary>{title}</summary>{table}</details>',
        title=t("Ended, {n}", n=len(lines)),
        table=html.table([t("Check"), t("Reason"), t("Days")], lines, "excepted"),
    )


class Line(NamedTuple):
    """An exception of the overview. `last_day`: with its extensions, if it is in force."""

    row: ExceptionRow
    last_day: date
    stands: bool


def every(overview: ExceptionOverview) -> list[Line]:
    """All exceptions of the page, those that end first before the others, ended ones last."""
    standing = [Line(item.row, item.ends_on, stands=True) for item in (*overview.soon, *overview.later)]
    return [*standing, *(Line(row, row.last_day, stands=False) for row in overview.ended)]


def columns(t: Language, titles: TitleLookup, then: Consequences) -> list[Column[Line]]:
    """The columns of the table of exceptions."""
    return [
        Column("check", t("Check"), lambda line: check_name(t, line.row.check)),
        Column("requirement", t("Evidence requirement"), lambda line: titles.requirement(t, line.row.requirement)),
        Column("system", t("System"), lambda line: titles.place(t, line.row.system, line.row.target)),
        Column("reason", t("Reason"), lambda line: line.row.reason),
        Column("by", t("Decided by"), lambda line: line.row.granted_by),
        Column("first", t("First day"), lambda line: line.row.in_force),
        Column("until", t("Until"), lambda line: line.last_day),
        Column("state", t("State"), lambda line: state(t, line.row, titles.today)),
        Column("then", t("What happens then"), lambda line: then.words(t, line.row) if line.stands else ""),
    ]
