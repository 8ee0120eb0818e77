"""A history in the form of the readiness cases, put into the tables of an empty database.

The keys are described in the README.md of the readiness cases; days in force follow from recorded moments
as the product's own verbs work them out.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel

import models
from models.calendar import calendar_of
from models.vocabulary import EvidenceKind, Verdict

History = dict[str, Any]
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def load(session: Session, history: History) -> None:
    """Put a history's facts into the tables of an empty database."""
    _load_definitions(session, history)
    series = _load_cells(session, history)
    _load_evidence(session, history, series)
    _load_decisions(session, history, series)
    _set_clock(session, history)


def _set_clock(session: Session, history: History) -> None:
    """As the product's own writers leave it: at the moment of the last fact."""
    names = ("recorded_at", "reviewed_at", "ended_at", "revoked_at", "closed_recorded_at")
    rows = [row for kind in history.values() for row in kind if isinstance(row, dict)]
    last = max((moment(row[name]) for row in rows for name in names if row.get(name)), default=_EPOCH)
    session.execute(update(models.Clock).values(last=last))


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _add(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
    if rows := list(rows):
        session.execute(insert(table), rows)


def _load_definitions(session: Session, history: History) -> None:
    known = {*history["controls"], *history["clauses"]}  # a fact about a control that is not there says nothing
    catalogues = sorted({key.split(":")[0] for key in history["controls"]})
    _add(
        session,
        models.Catalogue,
        (
            {
                "key": key,
                "title_nl": key,
                "title_en": key,
                "short_nl": key,
                "short_en": key,
                "edition": "",
                "position": 0,
                "sha256": "",
                "followed_at": _EPOCH,
            }
            for key in catalogues
        ),
    )
    _add(
        session,
        models.Control,
        (
            {
                "key": key,
                "catalogue": key.split(":")[0],
                "ref": key.split(":")[1],
                "position": 0,
                "kind": "clause" if key in history["clauses"] else "control",
                "theme": "",
                "title_nl": key,
                "title_en": key,
            }
            for key in sorted(known)
        ),
    )
    _add(
        session,
        models.Measure,
        ({"key": key, "position": 0, "title_nl": key, "title_en": key} for key in history["measures"]),
    )
    _add(
        session,
        models.Mapping,
        (
            {
                "measure": row["measure"],
                "control": row["control"],
                "relation": row["relation"],
                "proposed_at": _EPOCH,
                "reviewed_at": row["reviewed_at"] and moment(row["reviewed_at"]),
                "ended_at": row["ended_at"] and moment(row["ended_at"]),
            }
            for row in history["mappings"]
            if row["control"] in known
        ),
    )
    _add(
        session,
        models.Crosswalk,
        (
            {
                "from_control": row["from"],
                "to_control": row["to"],
                "relation": row["relation"],
                "recorded_at": moment(row["recorded_at"]),
            }
            for row in history["crosswalk"]
            if {row["from"], row["to"]} <= known
        ),
    )
    _add(
        session,
        models.EvidenceRequirement,
        (
            {
                **{name: row[name] for name in ("key", "measure", "control", "kind", "scope", "applies_to", "review")},
                "renewal": row["renewal"] or "",
                "recorded_at": moment(row["recorded_at"]),
                "title_nl": row["key"],
                "title_en": row["key"],
            }
            for row in history["requirements"]
        ),
    )
    _load_scope(session, history)


def _load_scope(session: Session, history: History) -> None:
    _add(
        session,
        models.System,
        ({"key": key, "title_nl": key, "title_en": key} for key in sorted({row["system"] for row in history["scope"]})),
    )
    _add(
        session,
        models.ScopePeriod,
        (
            {
                "id": number,
                "key": row["id"],
                "system": row["system"],
                "target": row["target"] or "",
                "first_day": _day(row["first_day"]),
                "last_day": _day(row["last_day"]),
                "recorded_at": moment(row["recorded_at"]),
            }
            for number, row in enumerate(history["scope"], 1)
        ),
    )
    _add(
        session,
        models.ScopeAttribute,
        (
            {"period": number, "attribute": attribute}
            for number, row in enumerate(history["scope"], 1)
            for attribute in row["attributes"]
        ),
    )


def _cell(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["requirement"], row["system"] or "", row["target"] or ""


def _load_cells(session: Session, history: History) -> Callable[[dict[str, Any], str | None], int]:
    """Every cell and series that the history names; gives the lookup of a series."""
    kinds = {row["key"]: row["kind"] for row in history["requirements"]}

    def name(row: dict[str, Any], tool: str | None) -> tuple[tuple[str, str, str], str]:
        return _cell(row), (tool or "") if kinds[row["requirement"]] == EvidenceKind.TEST else ""

    named = {name(cover, row["tool"]) for row in history["evidence"] for cover in row["covers"]}
    named |= {name(row, row["tool"]) for kind in ("exceptions", "closings") for row in history[kind]}
    cells = {cell: number for number, cell in enumerate(sorted({cell for cell, _ in named}), 1)}
    series = {key: number for number, key in enumerate(sorted(named), 1)}
    _add(
        session,
        models.Cell,
        (
            {"id": number, "requirement": cell[0], "system": cell[1], "target": cell[2]}
            for cell, number in cells.items()
        ),
    )
    _add(
        session,
        models.Series,
        ({"id": number, "cell": cells[cell], "tool": tool} for (cell, tool), number in series.items()),
    )
    return lambda row, tool: series[name(row, tool)]


def _judgements(
    history: History, series: Callable[[dict[str, Any], str | None], int]
) -> Iterator[tuple[dict[str, Any], int, dict[str, Any]]]:
    """Each evidence with a series that it covers and what was judged there: at first, and again later."""
    evidence = {row["id"]: row for row in history["evidence"]}
    for row in history["evidence"]:
        for cover in row["covers"]:
            yield row, series(cover, row["tool"]), cover
    for again in history.get("judgements", []):
        row = evidence[again["evidence"]]
        yield row, series(again, row["tool"]), again


def _load_evidence(session: Session, history: History, series: Callable[[dict[str, Any], str | None], int]) -> None:
    days = {
        row["id"]: {
            "recorded_at": moment(row["recorded_at"]),
            "first_day": _day(row["first_day"]),
            "last_day": _day(row["last_day"]),
            "explicit_end": _day(row["explicit_end"]),
        }
        for row in history["evidence"]
    }
    _add(
        session,
        models.Evidence,
        (
            {
                "id": row["id"],
                **days[row["id"]],
                "kind": "",
                "title": row["id"],
                "tool": row["tool"] or "",
                "uploaded_by": "",
                "content_key": row["id"],
            }
            for row in history["evidence"]
        ),
    )
    judgements = list(enumerate(_judgements(history, series), 1))
    _add(
        session,
        models.Coverage,
        (
            {
                "id": number,
                "evidence": row["id"],
                "series": one,
                "verdict": cover["verdict"],
                "fails": int(cover["verdict"] == Verdict.FAIL),
                "needs_review": int(row.get("needs_review", False)),
                "judged_at": moment(cover.get("recorded_at", row["recorded_at"])),
                **days[row["id"]],
            }
            for number, (row, one, cover) in judgements
        ),
    )
    _add(
        session,
        models.CoverageCheck,
        (
            {"coverage": number, "check": check}
            for number, (_, _, cover) in judgements
            for check in sorted(set(cover.get("failing") or []))
        ),
    )
    _add(
        session,
        models.Review,
        (
            {
                "evidence": row["evidence"],
                "decision": row["decision"],
                "recorded_at": moment(row["recorded_at"]),
                "reviewed_by": "",
            }
            for row in history["reviews"]
        ),
    )


def _in_force(session: Session, first_day: str, recorded_at: str) -> date:
    """Late filing is for facts, not for decisions."""
    return max(date.fromisoformat(first_day), calendar_of(session).day_of(moment(recorded_at)))


def _load_decisions(session: Session, history: History, series: Callable[[dict[str, Any], str | None], int]) -> None:
    _add(
        session,
        models.CheckException,
        (
            {
                "series": series(row, row["tool"]),
                "check": row["check"],
                "reason": "",
                "first_day": _day(row["first_day"]),
                "last_day": _day(row["last_day"]),
                "in_force": _in_force(session, row["first_day"], row["recorded_at"]),
                "recorded_at": moment(row["recorded_at"]),
                "granted_by": "",
                "revoked_at": row["revoked_at"] and moment(row["revoked_at"]),
                "revoked_day": row["revoked_at"] and calendar_of(session).day_of(moment(row["revoked_at"])),
            }
            for row in history["exceptions"]
        ),
    )
    _add(
        session,
        models.SeriesClosing,
        (
            {
                "series": series(row, row["tool"]),
                "reason": "",
                "closed_day": calendar_of(session).day_of(moment(row["recorded_at"])),
                "recorded_at": moment(row["recorded_at"]),
                "closed_by": "",
            }
            for row in history["closings"]
        ),
    )
    _add(
        session,
        models.Applicability,
        (
            {
                "control": row["control"],
                "applicable": row["applicable"],
                "justification": "",
                "first_day": _day(row["first_day"]),
                "in_force": _in_force(session, row["first_day"], row["recorded_at"]),
                "recorded_at": moment(row["recorded_at"]),
                "decided_by": "",
            }
            for row in history["applicability"]
        ),
    )
    _add(
        session,
        models.Nonconformity,
        (
            {
                "control": row["control"],
                "grade": row["grade"],
                "title": "",
                "first_day": _day(row["first_day"]),
                "recorded_at": moment(row["recorded_at"]),
                "found_by": "",
                "closed_day": row["closed_day"] and _in_force(session, row["closed_day"], row["closed_recorded_at"]),
                "closed_recorded_at": row["closed_recorded_at"] and moment(row["closed_recorded_at"]),
            }
            for row in history["nonconformities"]
        ),
    )
