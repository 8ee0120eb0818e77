"""Withdraws and ends addresses of targets, and judges what rested on them.

From that moment on a pass counts for nothing if its files name no address that is still recorded, on its last day, for
its target. Where nothing stored shows whether it rested on that address, it waits for someone else's review. Both are
judgements beside the earlier one. A fail stays: only someone else's review removes it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, Select, select
from sqlmodel import Session

from access.permissions import Person
from controls.scope import target_addresses
from controls.scope.address import Address, find
from controls.scope.system_scope import system_titles
from controls.scope.target_addresses import AddressPeriod, address_periods
from evidence.formats.network import live_tls, nmap, ssh_audit, sslscan, sslyze, testssl
from evidence.formats.scanners import nessus, nuclei, openvas, zap_json, zap_xml
from evidence.intake.delivery.declarations import declared_places
from evidence.intake.delivery.target_matching import recorded_places
from evidence.intake.reasons.inside_addresses import is_own_network
from evidence.intake.records import evidence_rows
from evidence.intake.records.changed_judgement import CoverageChange, record_changed_judgement
from evidence.intake.records.judgements import judgements
from evidence.intake.verdicts.delivery_judgement import CoveredCell
from evidence.intake.verdicts.latest_judgement import latest_coverage, latest_runs
from evidence.judging.policies import policies
from locales import Text, text
from locales.stored_text import from_stored, to_stored
from models.bulk_changes import table
from models.queries import latest, with_cells
from models.vocabulary import EvidenceKind, Verdict

#: formats that name what they tested, with the port of a name without one (None: the whole host)
DEFAULT_PORTS: Final[Mapping[str, int | None]] = {
    testssl.NAME: testssl.DEFAULT_PORT,
    live_tls.NAME: testssl.DEFAULT_PORT,
    sslyze.NAME: sslyze.DEFAULT_PORT,
    sslscan.NAME: sslscan.DEFAULT_PORT,
    ssh_audit.NAME: ssh_audit.DEFAULT_PORT,
    nmap.NAME: None,
    zap_json.NAME: testssl.DEFAULT_PORT,
    zap_xml.NAME: testssl.DEFAULT_PORT,
    nuclei.NAME: testssl.DEFAULT_PORT,
    nessus.NAME: None,
    openvas.NAME: None,
}
_WITHDRAWN: Final = text(
    "{address} was withdrawn as an address of {place}, so what was tested there counts for nothing. "
    "If it is one, record it again and judge this evidence again."
)
_ENDED: Final = text(
    "{address} was an address of {place} until {day}, before it was tested, so what was tested there counts for "
    "nothing. If it still was one, change its last day and judge this evidence again."
)


_DOUBT: Final = text("{address} is no longer recorded as an address of {place}; this may have been tested there.")
Names = Mapping[str, int | None]  # tested targets, with the port of a name without one


def withdraw_address(session: Session, person: Person, key: str, now: datetime) -> None:
    """Withdraw an address that was recorded by mistake: what was tested there counts for nothing from now on.

    Raises `NotAllowed`, `Unknown`, and `NotPossible` when it was withdrawn already.
    """
    before = target_addresses.withdraw_address(session, person, key, now)
    _judge_passes(session, person, before, Text(_WITHDRAWN.message, _names(session, before)), before.first_day, now)


def end_address(session: Session, person: Person, key: str, last_day: date | None, now: datetime) -> None:
    """Set the last day of an address (None: no end); a pass there of a later day counts for nothing from now on.

    Raises as `withdraw_address`, and `NotPossible` for days in the wrong order or an overlapping period.
    """
    before = target_addresses.end_address(session, person, key, last_day, now)
    if last_day is not None:
        reason = Text(_ENDED.message, {**_names(session, before), "day": last_day})
        _judge_passes(session, person, before, reason, last_day + timedelta(days=1), now)


def recorded_again(session: Session, evidence: str) -> list[Text]:
    """Addresses for which passes of this evidence do not count, and that are recorded again for its last day."""
    row = table("evidence")
    day = session.execute(select(row.c.last_day).where(row.c.id == evidence)).scalar_one()
    again = [
        text("{address} is recorded again as an address of {place}.", **_place_of(cell.reason))
        for cell in evidence_rows.covered_cells(session, evidence)
        if cell.reason and _is_about_address(cell.reason) and not is_withdrawn(session, cell, day)
    ]
    return list({str(reason): reason for reason in again}.values())


def doubts(session: Session, evidence: str) -> list[Text]:
    """What the latest judgement could not tell about withdrawn addresses; another judgement can't tell it either."""
    last = next(iter(judgements(session, evidence)), None)
    reasons = map(from_stored, (last.review_reasons or ()) if last else ())
    return [reason for reason in reasons if reason is not None and reason.message == _DOUBT.message]


def is_withdrawn(session: Session, cell: CoveredCell, day: date) -> bool:
    """Whether a cell has no verdict because of an address that is still not recorded for that day."""
    if cell.reason is None or not _is_about_address(cell.reason):
        return False
    addresses = _addresses(address_periods(session, cell.system), cell.target, day)
    return not _is_recorded(cell.reason.values["address"], None, addresses)


def _is_about_address(reason: Text) -> bool:
    return reason.message in (_WITHDRAWN.message, _ENDED.message)


def _place_of(reason: Text) -> dict[str, Any]:
    return {name: reason.values[name] for name in ("address", "place")}


def _names(session: Session, period: AddressPeriod) -> dict[str, Any]:
    place = period.target or system_titles(session).get(period.system, period.system)
    return {"address": period.address, "place": place}


# ── What rested on it ────────────────────────────────────────────────────────────────────────────────────────────────


def _judge_passes(
    session: Session, person: Person, period: AddressPeriod, reason: Text, since: date, now: datetime
) -> None:
    """Judge the passes of the period, from the day `since`, that rest or may rest on its address."""
    doubt = Text(_DOUBT.message, _names(session, period))
    changes: dict[str, list[CoverageChange]] = defaultdict(list)
    named, recorded = _named(session, period, since), address_periods(session, period.system)
    for row in session.execute(_passes(period, since)).mappings():
        names = named.get(row["evidence"])
        if names is None:  # no file of it names what was tested
            continue
        if _rests_on(row, names, period, recorded):
            values = {"verdict": Verdict.NONE, "reason": to_stored(reason)}
            changes[row["evidence"]].append(CoverageChange(row, values))
        elif not _rests_elsewhere(row, names, recorded) or _is_seen_from_inside(session, row, period):
            changes[row["evidence"]].append(CoverageChange(row, {"needs_review": 1}))
    for evidence, own in changes.items():
        is_doubted = any("needs_review" in change.values for change in own)
        record_changed_judgement(session, person, evidence, own, [reason], [doubt] if is_doubted else [], now)


def _passes(period: AddressPeriod, since: date) -> Select[Any]:
    """Passes of tests for the address's target or system, of evidence whose last day is in the period."""
    coverage, cell, evidence = table("coverage"), table("cell"), table("evidence")
    joined = with_cells(coverage).join(evidence, evidence.c.id == coverage.c.evidence)
    columns = (cell.c.requirement, cell.c.system, cell.c.target, evidence.c.declared)
    query = select(coverage, *columns, evidence.c.last_day.label("day")).select_from(joined)
    return query.where(
        cell.c.system == period.system,
        cell.c.target.in_([period.target, ""]),
        coverage.c.verdict == Verdict.PASS,
        evidence.c.kind == EvidenceKind.TEST,
        evidence.c.last_day >= since,
        *([] if period.last_day is None else [evidence.c.last_day <= period.last_day]),
        latest_coverage(),
    )


def _named(session: Session, period: AddressPeriod, since: date) -> dict[str, dict[str, int | None]]:
    """Tested targets that have results, with the port of a name without one, by evidence that names targets."""
    run, result, passes = table("test_run"), table("test_result"), _passes(period, since).subquery()
    query = (
        select(run.c.evidence, run.c.format, result.c.target)
        .select_from(run.outerjoin(result, (result.c.run == run.c.id) & (result.c.target != "")))
        .where(
            run.c.evidence.in_(select(passes.c.evidence)), run.c.format.in_(DEFAULT_PORTS), latest_runs(run.c.evidence)
        )
        .distinct()
    )
    named: dict[str, dict[str, int | None]] = defaultdict(dict)
    for evidence, name, target in session.execute(query):
        named[evidence].update({target: DEFAULT_PORTS[name]} if target else {})
    return named


def _rests_on(row: RowMapping, names: Names, period: AddressPeriod, recorded: Sequence[AddressPeriod]) -> bool:
    """Whether a pass names the address, and no other that is recorded or declared for its cell."""
    withdrawn = frozenset({_parse(period.address)})
    own = {name for name, port in names.items() if _is_recorded(name, port, withdrawn)}
    return bool(own) and not _rests_elsewhere(row, names, recorded, own)


def _rests_elsewhere(
    row: RowMapping, names: Names, recorded: Sequence[AddressPeriod], but: Collection[str] = ()
) -> bool:
    place = row["system"], row["target"]
    declared = {tested for tested, *declared_for in declared_places(row["declared"]) if tuple(declared_for) == place}
    addresses = _addresses(recorded, row["target"], row["day"])
    return bool(declared - set(but)) or any(_is_recorded(name, port, addresses) for name, port in names.items())


def _is_seen_from_inside(session: Session, row: RowMapping, period: AddressPeriod) -> bool:
    """Whether it may have been tested at this address inside a network, although it must be tested from outside."""
    requirement = table("evidence_requirement")
    own = (requirement.c.key == row["requirement"], latest(requirement, "key"))
    policy = policies().get(session.execute(select(requirement.c.policy).where(*own)).scalar() or "")
    return is_own_network(period.address) and policy is not None and policy.tests_from_outside


def _addresses(recorded: Sequence[AddressPeriod], target: str, day: date) -> frozenset[Address]:
    """Addresses recorded for a cell on a day: of the target, or of the whole system (empty `target`)."""
    return frozenset(
        _parse(period.address) for period in recorded if period.covers(day) and target in ("", period.target)
    )


def _is_recorded(name: str, port: int | None, addresses: frozenset[Address]) -> bool:
    return bool(recorded_places(name, port, {"": {"": addresses}}))


def _parse(name: str) -> Address:
    """An address; the name of a component counts as one that equals only itself."""
    return find(name) or Address(name.strip().casefold())
