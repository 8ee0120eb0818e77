"""Turns cells into the heat map's rows: measures by system, in groups by status."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from dashboard.charts.heatmap import Group, Row, Tile
from dashboard.components.cells import CellView, fact_on_day, long_fact, short_fact, worst_status
from dashboard.components.data_table import Column
from dashboard.components.version_comparison import flag
from dashboard.shell.badge import mark
from dashboard.shell.html import address, link
from dashboard.shell.status_styles import STATUSES
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status

#: The statuses with valid evidence today, in the order of the rows.
_HELD = ("lapsing", "demonstrated")
_OWN = ""  # the row of requirements that belong to a control directly

_Key = tuple[str, str]


def columns(titles: TitleLookup, cells: Iterable[CellView]) -> list[str]:
    """The columns: the organisation if anything is required of it, then the systems in order."""
    used = {view.cell.system for view in cells}
    return [system for system in ("", *titles.systems) if system in used]


def groups(
    t: Language, titles: TitleLookup, cells: Sequence[CellView], measures: Mapping[str, str], audit: str, *, on: date
) -> list[Group]:
    """Measures without valid evidence, those whose evidence expires before the audit, and the others.

    `audit`: its day in words. `on`: the day on which the cells have their status.
    """
    by_row: dict[_Key, list[CellView]] = {}
    for view in cells:
        by_row.setdefault((_owner(titles, view), view.cell.system), []).append(view)
    row = partial(_row, t, titles, across=columns(titles, cells), by_row=by_row, on=on)
    statuses = {key: measures.get(key, "unknown") for key in titles.measures}
    own = [row(_OWN)] if any(owner == _OWN for owner, _ in by_row) else []
    rows = {key: row(key) for key in sorted(statuses, key=lambda key: _order(statuses[key]))}
    calm = (*_HELD, Status.EXCLUDED)
    return [
        Group(t("No valid evidence"), [row for key, row in rows.items() if statuses[key] not in calm]),
        Group(t("Evidence today, but not until {day}", day=audit), _of(rows, statuses, "lapsing")),
        Group(t("Demonstrated"), _of(rows, statuses, "demonstrated"), calm=True),
        Group(t("Not applicable"), _of(rows, statuses, "excluded"), calm=True),
        Group(t("Not covered by a measure"), own, counted=False),
    ]


def _owner(titles: TitleLookup, view: CellView) -> str:
    requirement = titles.requirements.get(view.cell.requirement)
    return (requirement.measure or _OWN) if requirement else _OWN


def _of(rows: Mapping[str, Row], statuses: Mapping[str, str], status: str) -> list[Row]:
    return [row for key, row in rows.items() if statuses[key] == status]


def _order(status: str) -> int:
    return list(STATUSES).index(status)


def _row(
    t: Language,
    titles: TitleLookup,
    key: str,
    *,
    across: Sequence[str],
    by_row: Mapping[_Key, list[CellView]],
    on: date,
) -> Row:
    title = titles.measure(t, key) if key else t("Required directly by controls")
    tiles = [_tile(t, titles, key, system, by_row.get((key, system), []), on) for system in across]
    to = address("measure", key=key) if key else address("controls")
    return Row(title, to, tiles, flag(t, titles.measures.get(key)))


def _tile(t: Language, titles: TitleLookup, key: str, system: str, cells: Sequence[CellView], on: date) -> Tile | None:
    if not cells:
        return None
    status = worst_status(view.status for view in cells)
    deciding = next(view for view in cells if view.status == status)
    fact = long_fact(t, deciding.cell, on) if on == titles.today else fact_on_day(t, deciding.cell)
    title = ": ".join(part for part in (titles.system(t, system), t.render(STATUSES[status].label), fact) if part)
    to = address("measure", key=key, system=system) if key else address("controls")
    return Tile(status, short_fact(t, cells, status), title, to)


def measure_columns(
    t: Language, titles: TitleLookup, cells: Sequence[CellView], measures: Mapping[str, str]
) -> list[Column[str]]:
    """The columns of the table of measures: its status as a whole and in each system."""
    by_row: dict[_Key, list[str]] = {}
    for view in cells:
        by_row.setdefault((_owner(titles, view), view.cell.system), []).append(view.status)
    statuses = {row: worst_status(each) for row, each in by_row.items()}
    return [
        Column(
            "measure",
            t("Measure"),
            partial(titles.measure, t),
            lambda key: link(address("measure", key=key), titles.measure(t, key), "soft-link"),
        ),
        _status_column(t, "status", t("Status"), lambda key: measures.get(key, Status.UNKNOWN)),
        *(
            _status_column(t, system or "-", titles.system(t, system), partial(_of_system, statuses, system))
            for system in columns(titles, cells)
        ),
    ]


def _of_system(statuses: Mapping[_Key, str], system: str, measure: str) -> str:
    return statuses.get((measure, system), "")


def _status_column(t: Language, key: str, head: str, status: Callable[[str], str]) -> Column[str]:
    """A column with a status of each measure; empty where it has none."""
    return Column(
        key,
        head,
        lambda measure: _label(t, status(measure)) if status(measure) else "",
        lambda measure: mark(t, status(measure)) if status(measure) else "",
    )


def _label(t: Language, status: str) -> str:
    return t.render(STATUSES[status].label)
