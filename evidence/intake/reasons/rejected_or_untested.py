"""Reasons for a review that follow from earlier evidence and from who recorded an address."""

from collections.abc import Collection, Iterator
from functools import cache

from sqlalchemy import Row, TextualSelect, bindparam, select
from sqlalchemy import text as sql
from sqlmodel import Session

from access.people.tokens import list_makers
from access.permissions import Person
from controls.scope.address import Address, find
from controls.scope.target_addresses import Addresses, ever_recorded
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.declarations import Declarations, declared_places, is_machine
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.target_matching import Titles
from locales import Text, text
from models.bulk_changes import table
from models.vocabulary import EvidenceKind, ReviewDecision

# The last counting evidence of each series, and rejected evidence. `decision`: the latest review.
_SERIES = sql("""
SELECT e.requirement, e.system, e.target, c.evidence, v.title, v.declared, c.fails, c.first_day, c.last_day,
  c.needs_review,
  (SELECT w.decision FROM review w WHERE w.evidence = c.evidence ORDER BY w.recorded_at DESC LIMIT 1) AS decision
FROM coverage c JOIN series s ON s.id = c.series JOIN cell e ON e.id = s.cell JOIN evidence v ON v.id = c.evidence
WHERE s.tool = :tool AND e.requirement IN :requirements AND c.verdict <> 'none'
  AND NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = c.evidence AND j.series = c.series
                  AND j.judged_at > c.judged_at)
  AND (c.id = (SELECT n.id FROM coverage n WHERE n.series = c.series AND n.verdict <> 'none'
               AND (n.fails = 1 OR n.needs_review = 0 OR EXISTS (
                 SELECT 1 FROM review a WHERE a.evidence = n.evidence AND a.decision = 'accepted'))
               AND NOT EXISTS (SELECT 1 FROM review x WHERE x.evidence = n.evidence AND x.decision <> 'accepted')
               ORDER BY n.last_day DESC, n.recorded_at DESC, n.fails DESC LIMIT 1)
    OR EXISTS (SELECT 1 FROM review r WHERE r.evidence = c.evidence AND r.decision = 'rejected'))
ORDER BY c.last_day DESC, c.recorded_at DESC
""").bindparams(bindparam("requirements", expanding=True))


def reasons_of_earlier_evidence(session: Session, person: Person, delivery_fit: DeliveryFit, tool: str) -> list[Text]:
    """Reasons, each once: an address recorded by the uploader, an earlier rejection, a fail that is not tested again.

    The uploader's own recording of an address does not prove it; rejected evidence cannot be replaced without a review;
    a pass of an address does not cover another that failed.
    """
    tests = {requirement.key for requirement in delivery_fit.requirements if requirement.kind == EvidenceKind.TEST}
    tested = {cell: names for cell, names in delivery_fit.cells.items() if cell[0] in tests}
    recorded = delivery_fit.scope.addresses
    uploaders = {person.name, *(list_makers(session, person.name) if is_machine(person) else ())}
    reasons = list(_self_recorded_addresses(uploaders, tested, recorded, delivery_fit.scope.titles))
    for row in _series(session, delivery_fit, tool if tested else ""):
        reasons += _rejected(row, delivery_fit)
        reasons += _not_tested_again(session, row, tested)
    return list({str(reason): reason for reason in reasons}.values())


def _series(session: Session, delivery_fit: DeliveryFit, tool: str) -> list[Row[tuple[object, ...]]]:
    values = {"tool": tool, "requirements": sorted({requirement.key for requirement in delivery_fit.requirements})}
    rows = session.execute(_typed_series(), values).all()
    return [row for row in rows if (row.requirement, row.system, row.target) in delivery_fit.cells]


@cache
def _typed_series() -> TextualSelect:
    coverage = table("coverage")
    days = {name: coverage.c[name].type for name in ("first_day", "last_day")}
    return _SERIES.columns(declared=table("evidence").c.declared.type, **days)


def _self_recorded_addresses(
    uploaders: Collection[str], tested: dict[CellKey, frozenset[str] | None], recorded: Addresses, titles: Titles
) -> Iterator[Text]:
    """Reasons for addresses recorded by the uploader, or by who made the token that uploads."""
    for (_, system, target), names in tested.items():
        own = [address for address in recorded.get((system, target), ()) if address.recorded_by in uploaders]
        by_host = {_host(address.address): address.recorded_by for address in own}
        for name in sorted(names or ()):
            if _host(name) in by_host and _host(name) != _host(target):
                yield text(
                    "{person} recorded {tested} as an address of {place} themselves.",
                    person=by_host[_host(name)],
                    tested=name,
                    place=target or titles.get(system, system),
                )


def _rejected(row: Row[tuple[object, ...]], delivery_fit: DeliveryFit) -> Iterator[Text]:
    if (
        row.decision == ReviewDecision.REJECTED
        and row.first_day <= delivery_fit.last_day
        and row.last_day >= delivery_fit.first_day
    ):
        yield text("Evidence of the same days was rejected by a reviewer ({title}).", title=row.title)


def _not_tested_again(
    session: Session, row: Row[tuple[object, ...]], tested: dict[CellKey, frozenset[str] | None]
) -> Iterator[Text]:
    names = tested.get((row.requirement, row.system, row.target))
    if not row.fails or row.decision in (ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN) or names is None:
        return
    hosts, again = _hosts_of(session, row.system, row.target, row.declared), {_host(name) for name in names}
    before = [name for name in _tested_by(session, row.evidence) if _host(name) in hosts]
    if missing := sorted({name for name in before if _host(name) not in again}):
        yield text(
            "What fails since {day} was found at {missing}, which this does not test.",
            day=row.last_day,
            missing=", ".join(missing[:5]),
        )


def _hosts_of(session: Session, system: str, target: str, declared: Declarations) -> set[str]:
    """Hosts by which evidence can be about a place: also of an address that has ended, or was only declared."""
    declared_for = [tested for tested, *place in declared_places(declared) if place == [system, target]]
    return {_host(name) for name in (target, *ever_recorded(session, system, target), *declared_for)}


def _tested_by(session: Session, evidence: str) -> list[str]:
    result, run = table("test_result"), table("test_run")
    query = select(result.c.target).join(run, run.c.id == result.c.run).where(run.c.evidence == evidence).distinct()
    return [name for name in session.execute(query).scalars() if name]


def _host(name: str) -> str:
    """The host of an address, or the name of a component."""
    return (find(name) or Address(name.strip().casefold())).host
