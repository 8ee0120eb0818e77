"""Recorded evidence as the delivery that it was: its files, read again, and its fit, for another judgement of it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from evidence.errors import NotPossible, Unknown
from evidence.intake.column_mapping.result_tables import with_results
from evidence.intake.delivery.declarations import Declarations, chosen_format, declared_places
from evidence.intake.delivery.delivery import Delivery, Population
from evidence.intake.delivery.delivery_fit import DeliveryFit, fit_delivery
from evidence.intake.delivery.represented_days import RepresentedDays, days_of_runs
from evidence.intake.judged_again.withdrawn_addresses import is_withdrawn
from evidence.intake.reading.inspection import Incoming, Inspection, inspect
from evidence.intake.verdicts.delivery_judgement import CoveredCell
from evidence.judging.table_mapping import kept_mapping
from evidence.storage.store import EvidenceStore
from locales import text
from models.bulk_changes import table
from models.calendar import Calendar, calendar_of

_MOST_BYTES = 1 << 40  # it was accepted before


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file: its SHA-256, its name at upload, and the format that was chosen for it (empty: none)."""

    sha256: str
    name: str
    format: str = ""


@contextmanager
def read_again(store: EvidenceStore, files: Sequence[StoredFile], whose: str = "") -> Iterator[Inspection]:
    """Read stored files, outside any transaction, after recomputing their digests. `whose`: see `inspect`."""
    with ExitStack() as opened:
        incoming = [
            Incoming(opened.enter_context(store.open_verified(stored.sha256)), stored.name, stored.format)
            for stored in files
        ]
        with inspect(store, incoming, _MOST_BYTES, whose) as inspection:
            yield inspection


def evidence_row(session: Session, evidence: str) -> Row[Any]:
    """The row of evidence. Raises `Unknown`."""
    row = table("evidence")
    stored_row = session.execute(select(row).where(row.c.id == evidence)).one_or_none()
    if stored_row is None:
        raise Unknown(text("There is no such evidence, or none that you may open."))
    return stored_row


def stored_files(session: Session, evidence: str) -> list[StoredFile]:
    """The files of evidence, in their order."""
    file = table("evidence_file")
    query = select(file.c.sha256, file.c.name).where(file.c.evidence == evidence).order_by(file.c.position)
    declared = evidence_row(session, evidence).declared
    return [StoredFile(row.sha256, row.name, chosen_format(declared, row.name)) for row in session.execute(query)]


def recorded_delivery(
    session: Session, row: Row[Any], inspection: Inspection, covered: Sequence[CoveredCell], now: datetime
) -> Delivery:
    """The delivery, rebuilt from what was stored."""
    declared = row.declared
    whole = declared.get("population")
    delivery = Delivery(
        inspection,
        list(dict.fromkeys(cell.requirement for cell in covered)),
        list(dict.fromkeys(cell.system for cell in covered if cell.system)),
        targets=_targets(declared),
        first_day=row.first_day,
        last_day=row.last_day,
        explicit_end=row.explicit_end,
        population=Population(whole["number"], whole["source"], date.fromisoformat(whole["on"])) if whole else None,
        populations=declared.get("populations", {}),
        zones=declared.get("zones", {}),
        tool=row.tool,
        mapping=kept_mapping(declared),
    )
    return with_results(session, delivery, now)


def _targets(declared: Declarations) -> dict[str, tuple[str, str]]:
    """Declared places by tested address; addresses declared for several places are left out."""
    places: dict[str, set[tuple[str, str]]] = {}
    for tested, system, target in declared_places(declared):
        places.setdefault(tested, set()).add((system, target))
    return {tested: declared_for.pop() for tested, declared_for in places.items() if len(declared_for) == 1}


def fit_again(session: Session, delivery: Delivery, covered: Sequence[CoveredCell], now: datetime) -> DeliveryFit:
    """Fit the rebuilt delivery. Raises `NotPossible` when it no longer covers one of its cells."""
    delivery_fit = fit_delivery(session, delivery, now, _days(delivery, calendar_of(session)))
    for cell in covered:
        if cell.key not in delivery_fit.cells or is_withdrawn(session, cell, delivery_fit.last_day):
            raise NotPossible(
                text(
                    "What this file tested is no longer recorded for {cell}; it can't be judged again. Record the "
                    "address first, or upload the file again for what is still recorded.",
                    cell=" ".join(part for part in cell.key if part),
                )
            )
    return delivery_fit


def _days(delivery: Delivery, calendar: Calendar) -> RepresentedDays:
    """The recorded days; each file is judged on its own last day, if it has one."""
    runs = [file.run for file in delivery.inspection.files]
    run_days = days_of_runs(runs, calendar)
    first, last = delivery.first_day or date.min, delivery.last_day or date.max
    own = {at: run_days.get(at, (first, last)) for at in range(len(runs))}
    return RepresentedDays(
        first, last, {at: (first_own, min(other, last)) for at, (first_own, other) in own.items()}, run_days
    )
