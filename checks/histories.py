"""Loads a history in the form of the readiness cases into the tables of an empty database.

The keys are described in the README.md of the readiness cases. Days in force follow from the moments of recording, as
the product's own verbs compute them.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, SQLModel

import models
from models.calendar import Calendar, calendar_of
from models.vocabulary import ControlKind, EvidenceKind, Verdict

History = dict[str, Any]
Row = dict[str, Any]
#: The id of the series of a row with a cell, for a tool.
SeriesLookup = Callable[[Row, str | None], int]

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def load_history(session: Session, history: History) -> None:
    """Insert all facts of a history; the database must be empty."""
    _load_definitions(session, history)
    _load_scope(session, history)
    series = _load_series(session, history)
    _load_evidence(session, history, series)
    _load_decisions(session, history, series)
    _load_findings(session, history)
    _set_clock(session, history)


def parse_moment(value: str) -> datetime:
    """A moment as the cases write it (ISO 8601 with an offset)."""
    return datetime.fromisoformat(value)


def _moment_or_none(value: str | None) -> datetime | None:
    return parse_moment(value) if value else None


def _day_or_none(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _day_in_force(calendar: Calendar, first_day: str, recorded_at: str) -> date:
    """The first day in force of a decision: facts may be recorded later, decisions do not work back."""
    return max(date.fromisoformat(first_day), calendar.day_of(parse_moment(recorded_at)))


def _insert(session: Session, table: type[SQLModel], rows: Iterable[Row]) -> None:
    if rows := list(rows):
        session.execute(insert(table), rows)


def _set_clock(session: Session, history: History) -> None:
    """Set the database's clock to the moment of the last fact, as the product's own writers leave it."""
    names = ("recorded_at", "reviewed_at", "ended_at", "revoked_at", "closed_recorded_at")
    rows = [row for kind in history.values() for row in kind if isinstance(row, dict)]
    last = max((parse_moment(row[name]) for row in rows for name in names if row.get(name)), default=_EPOCH)
    session.execute(update(models.Clock).values(last=last))


# ── Definitions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _titles(key: str) -> Row:
    return {"title_nl": key, "title_en": key}


def _load_definitions(session: Session, history: History) -> None:
    controls = {*history["controls"], *history["clauses"]}  # facts about other controls have no effect
    catalogues = sorted({key.split(":")[0] for key in history["controls"]})
    _insert(session, models.Catalogue, map(_catalogue, catalogues))
    _insert(session, models.Control, (_control(key, history) for key in sorted(controls)))
    _insert(session, models.Measure, ({"key": key, "position": 0, **_titles(key)} for key in history["measures"]))
    mappings = (row for row in history["mappings"] if row["control"] in controls)
    _insert(session, models.Mapping, map(_mapping, mappings))
    crosswalk = (row for row in history["crosswalk"] if {row["from"], row["to"]} <= controls)
    _insert(session, models.Crosswalk, map(_crosswalk, crosswalk))
    _insert(session, models.EvidenceRequirement, map(_requirement, history["requirements"]))


def _catalogue(key: str) -> Row:
    short = {"short_nl": key, "short_en": key}
    return {"key": key, **_titles(key), **short, "edition": "", "position": 0, "sha256": "", "followed_at": _EPOCH}


def _control(key: str, history: History) -> Row:
    catalogue, ref = key.split(":")[:2]
    kind = ControlKind.CLAUSE if key in history["clauses"] else ControlKind.CONTROL
    return {"key": key, "catalogue": catalogue, "ref": ref, "position": 0, "kind": kind, "theme": "", **_titles(key)}


def _mapping(row: Row) -> Row:
    return {
        **{name: row[name] for name in ("measure", "control", "relation")},
        "proposed_at": _EPOCH,
        "reviewed_at": _moment_or_none(row["reviewed_at"]),
        "ended_at": _moment_or_none(row["ended_at"]),
    }


def _crosswalk(row: Row) -> Row:
    controls = {"from_control": row["from"], "to_control": row["to"]}
    return {**controls, "relation": row["relation"], "recorded_at": parse_moment(row["recorded_at"])}


def _requirement(row: Row) -> Row:
    return {
        **{name: row[name] for name in ("key", "measure", "control", "kind", "scope", "applies_to", "review")},
        "renewal": row["renewal"] or "",
        "recorded_at": parse_moment(row["recorded_at"]),
        **_titles(row["key"]),
    }


# ── Scope ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _load_scope(session: Session, history: History) -> None:
    systems = sorted({row["system"] for row in history["scope"]})
    _insert(session, models.System, ({"key": key, **_titles(key)} for key in systems))
    periods = list(enumerate(history["scope"], 1))
    _insert(session, models.ScopePeriod, (_scope_period(number, row) for number, row in periods))
    _insert(
        session,
        models.ScopeAttribute,
        ({"period": number, "attribute": attribute} for number, row in periods for attribute in row["attributes"]),
    )


def _scope_period(number: int, row: Row) -> Row:
    return {
        "id": number,
        "key": row["id"],
        "system": row["system"],
        "target": row["target"] or "",
        "first_day": _day_or_none(row["first_day"]),
        "last_day": _day_or_none(row["last_day"]),
        "recorded_at": parse_moment(row["recorded_at"]),
    }


# ── Cells and series ─────────────────────────────────────────────────────────────────────────────────────────────────


def _cell_key(row: Row) -> tuple[str, str, str]:
    return row["requirement"], row["system"] or "", row["target"] or ""


def _load_series(session: Session, history: History) -> SeriesLookup:
    """Insert every cell and series that the history names; gives the lookup of a series."""
    kinds = {row["key"]: row["kind"] for row in history["requirements"]}

    def series_key(row: Row, tool: str | None) -> tuple[tuple[str, str, str], str]:
        return _cell_key(row), (tool or "") if kinds[row["requirement"]] == EvidenceKind.TEST else ""

    keys = {series_key(cover, row["tool"]) for row in history["evidence"] for cover in row["covers"]}
    keys |= {series_key(row, row["tool"]) for kind in ("exceptions", "closings") for row in history[kind]}
    cells = {cell: number for number, cell in enumerate(sorted({cell for cell, _ in keys}), 1)}
    series = {key: number for number, key in enumerate(sorted(keys), 1)}
    names = ("requirement", "system", "target")
    _insert(
        session, models.Cell, ({"id": number, **dict(zip(names, cell, strict=True))} for cell, number in cells.items())
    )
    rows = ({"id": number, "cell": cells[cell], "tool": tool} for (cell, tool), number in series.items())
    _insert(session, models.Series, rows)
    return lambda row, tool: series[series_key(row, tool)]


# ── Evidence ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _load_evidence(session: Session, history: History, series: SeriesLookup) -> None:
    _insert(session, models.Evidence, map(_evidence, history["evidence"]))
    judgements = list(enumerate(_judgements(history), 1))
    _insert(
        session,
        models.Coverage,
        (_coverage(number, row, cover, series(cover, row["tool"])) for number, (row, cover) in judgements),
    )
    _insert(
        session,
        models.CoverageCheck,
        (
            {"coverage": number, "check": check}
            for number, (_, cover) in judgements
            for check in sorted(set(cover.get("failing") or []))
        ),
    )
    _insert(session, models.Review, map(_review, history["reviews"]))


def _judgements(history: History) -> Iterator[tuple[Row, Row]]:
    """Each evidence with what was judged about a cell: at first, and when it was judged again."""
    for row in history["evidence"]:
        for cover in row["covers"]:
            yield row, cover
    evidence = {row["id"]: row for row in history["evidence"]}
    for again in history.get("judgements", []):
        yield evidence[again["evidence"]], again


def _days(row: Row) -> Row:
    days = {name: _day_or_none(row[name]) for name in ("first_day", "last_day", "explicit_end")}
    return {"recorded_at": parse_moment(row["recorded_at"]), **days}


def _evidence(row: Row) -> Row:
    texts = {"kind": "", "title": row["id"], "tool": row["tool"] or "", "uploaded_by": "", "content_key": row["id"]}
    return {"id": row["id"], **_days(row), **texts}


def _coverage(number: int, row: Row, cover: Row, series: int) -> Row:
    return {
        "id": number,
        "evidence": row["id"],
        "series": series,
        "verdict": cover["verdict"],
        "fails": int(cover["verdict"] == Verdict.FAIL),
        "needs_review": int(row.get("needs_review", False)),
        "judged_at": parse_moment(cover.get("recorded_at") or row["recorded_at"]),
        **_days(row),
    }


def _review(row: Row) -> Row:
    recorded_at = parse_moment(row["recorded_at"])
    return {"evidence": row["evidence"], "decision": row["decision"], "recorded_at": recorded_at, "reviewed_by": ""}


# ── Decisions and findings ───────────────────────────────────────────────────────────────────────────────────────────


def _load_decisions(session: Session, history: History, series: SeriesLookup) -> None:
    calendar = calendar_of(session)
    exceptions = (_exception(calendar, row, series(row, row["tool"])) for row in history["exceptions"])
    _insert(session, models.CheckException, exceptions)
    closings = (_closing(calendar, row, series(row, row["tool"])) for row in history["closings"])
    _insert(session, models.SeriesClosing, closings)
    _insert(session, models.Applicability, (_applicability(calendar, row) for row in history["applicability"]))


def _exception(calendar: Calendar, row: Row, series: int) -> Row:
    return {
        "series": series,
        "check": row["check"],
        "reason": "",
        "first_day": _day_or_none(row["first_day"]),
        "last_day": _day_or_none(row["last_day"]),
        "in_force": _day_in_force(calendar, row["first_day"], row["recorded_at"]),
        "recorded_at": parse_moment(row["recorded_at"]),
        "granted_by": "",
        "revoked_at": _moment_or_none(row["revoked_at"]),
        "revoked_day": calendar.day_of(parse_moment(row["revoked_at"])) if row["revoked_at"] else None,
    }


def _closing(calendar: Calendar, row: Row, series: int) -> Row:
    recorded_at = parse_moment(row["recorded_at"])
    moments = {"closed_day": calendar.day_of(recorded_at), "recorded_at": recorded_at}
    return {"series": series, "reason": "", "closed_by": "", **moments}


def _applicability(calendar: Calendar, row: Row) -> Row:
    return {
        "control": row["control"],
        "applicable": row["applicable"],
        "justification": "",
        "first_day": _day_or_none(row["first_day"]),
        "in_force": _day_in_force(calendar, row["first_day"], row["recorded_at"]),
        "recorded_at": parse_moment(row["recorded_at"]),
        "decided_by": "",
    }


def _load_findings(session: Session, history: History) -> None:
    calendar = calendar_of(session)
    _insert(session, models.Nonconformity, (_nonconformity(calendar, row) for row in history["nonconformities"]))


def _nonconformity(calendar: Calendar, row: Row) -> Row:
    closed_day = row["closed_day"]
    return {
        "control": row["control"],
        "grade": row["grade"],
        "title": "",
        "first_day": _day_or_none(row["first_day"]),
        "recorded_at": parse_moment(row["recorded_at"]),
        "found_by": "",
        "closed_day": _day_in_force(calendar, closed_day, row["closed_recorded_at"]) if closed_day else None,
        "closed_recorded_at": _moment_or_none(row["closed_recorded_at"]),
    }
