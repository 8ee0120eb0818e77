"""Who of the fictional organisation provides what, and the days that its officer planned for what was never provided.

Days count back from today, as in `history`. What is left out here gets a day from the product itself.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session

from audits.planned_days import plan_days
from controls.assignments import assign
from demo.scenario import Scenario
from evidence.intake.delivery.cells import CellKey

#: days ago → requirement, team, and the person of it (a key of `people`) or None for the team as a whole
_ASSIGNED: dict[int, Sequence[tuple[str, str, str | None]]] = {
    95: [
        ("access-review", "security", "officer"),
        ("data-inventory-review", "privacy", "second"),
        ("management-port-scan", "platform", "platform"),
        ("role-tests", "applications", "applications"),
        ("web-filter-test", "support", None),
    ],
    47: [("access-matrix", "applications", "applications"), ("segmentation-test", "platform", "platform")],
    16: [("web-filter-test", "platform", "platform")],
}
#: days ago on which it was planned, days ago for which it was planned, and the evidence
_PLANNED: Sequence[tuple[int, int, Sequence[CellKey]]] = (
    (45, 12, [("acceptable-use", "", "")]),
    (45, 5, [("approved-access-matrix", "planner", ""), ("approved-access-matrix", "portal", "")]),
    (15, -5, [("labelling-sample", "", "")]),
    (15, -10, [("access-matrix", "planner", ""), ("access-matrix", "portal", "")]),
    (15, -24, [("data-inventory-review", "", "")]),
    (15, -45, [("segmentation-test", system, "") for system in ("portal", "planner", "website", "help-desk")]),
    (8, -3, [("management-port-scan", "help-desk", "support.duinroos.example")]),
)


def assign_and_plan(scenario: Scenario) -> None:
    """Plan the assignments and the days."""
    for ago, rows in _ASSIGNED.items():
        scenario.then(ago, partial(_assigned, scenario, rows), "13:00")
    for number, (ago, due, cells) in enumerate(_PLANNED):
        day = _workday(scenario.day(due))
        scenario.then(ago, partial(_planned, scenario, cells, day), f"13:{number + 10}")


def _assigned(scenario: Scenario, rows: Sequence[tuple[str, str, str | None]], session: Session, now: datetime) -> None:
    officer = scenario.person(session, "officer", now)
    for requirement, team, person in rows:
        assign(session, officer, requirement, team, person and scenario.people[person], now)


def _planned(scenario: Scenario, cells: Sequence[CellKey], day: date, session: Session, now: datetime) -> None:
    plan_days(session, scenario.person(session, "officer", now), cells, day, now)


def _workday(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.isoweekday() > 5 else day  # noqa: PLR2004
