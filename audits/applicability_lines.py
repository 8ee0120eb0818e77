"""The Statement of Applicability as lines: each control with its decision and the measures that implement it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from access.permissions import Person, require
from audits.applicability import Decision, decisions_on
from controls.audit.audit_bounds import audit_bounds
from controls.browse.shared_definitions import definitions
from controls.browse.values import ControlRow
from models.vocabulary import ApplicabilityState, ControlKind, Implementation


@dataclass(frozen=True, slots=True)
class ApplicabilityLine:
    """One control; `decision`: in force on the day, None if none; `measures`: keys of the measures mapped to it."""

    control: ControlRow
    decision: Decision | None
    measures: tuple[str, ...]

    @property
    def state(self) -> ApplicabilityState:
        if self.decision is None:
            return ApplicabilityState.UNDECIDED
        if not self.decision.applicable:
            return ApplicabilityState.EXCLUDED
        if not (self.decision.inclusion.reasons or self.decision.justification):
            return ApplicabilityState.UNREASONED
        is_planned = self.decision.inclusion.implementation == Implementation.PLANNED
        return ApplicabilityState.PLANNED if is_planned else ApplicabilityState.INCLUDED


def applicability_lines(
    session: Session, person: Person, catalogues: Collection[str], day: date, known: datetime
) -> list[ApplicabilityLine]:
    """Return every control of these catalogues in their order, without requirement clauses, which always apply.

    Raises `NotAllowed`, also for a catalogue outside an auditor's audits.
    """
    require(person, "controls.read")
    if bounds := audit_bounds(session, person, "controls.read"):
        bounds.require_catalogues(catalogues)
    defined, decided = definitions(session, person), decisions_on(session, day, known)
    measures: dict[str, list[str]] = {}
    for measure in defined.measures.values():
        for mapping in measure.mappings:
            measures.setdefault(mapping.control, []).append(measure.key)
    return [
        ApplicabilityLine(control, decided.get(control.key), tuple(dict.fromkeys(measures.get(control.key, ()))))
        for control in defined.controls.values()
        if control.catalogue in catalogues and control.kind != ControlKind.CLAUSE
    ]
