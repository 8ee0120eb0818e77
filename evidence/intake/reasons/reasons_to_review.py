"""All reasons why an upload waits for a review, in display order."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from access.permissions import Person
from evidence.intake.column_mapping.remembered_mappings import is_reviewed
from evidence.intake.delivery.declarations import Declarations, is_machine, is_own, reasons_of_declarations
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.represented_days import LONGEST
from evidence.intake.reasons.inside_addresses import reasons_of_inside_addresses
from evidence.intake.reasons.later_moments import reasons_of_later_moments
from evidence.intake.reasons.named_systems import reasons_of_named_systems
from evidence.intake.reasons.own_evidence import reasons_of_own_evidence
from evidence.intake.reasons.parts_left_out import reasons_of_parts_left_out
from evidence.intake.reasons.register_reasons import reasons_of_register
from evidence.intake.reasons.rejected_or_untested import reasons_of_earlier_evidence
from evidence.intake.reasons.scanned_things import reasons_of_scanned_things
from evidence.intake.reasons.seen_before import reason_of_same_bytes
from evidence.intake.reasons.vanished_checks import reasons_of_vanished_checks
from evidence.intake.reasons.visited_sites import reasons_of_visited_sites
from evidence.intake.verdicts.comparison_data import other_register
from evidence.intake.verdicts.delivery_judgement import longest_span
from evidence.intake.verdicts.earlier_runs import RanBefore
from evidence.judging.table_mapping import kept_mapping
from evidence.storage.store import EvidenceStore
from locales import Text, text
from models.calendar import Span


def reasons_to_review(
    session: Session,
    store: EvidenceStore,
    person: Person,
    delivery: Delivery,
    delivery_fit: DeliveryFit,
    declared: Declarations,
    tool: str,
    ran_before: Sequence[RanBefore],
    now: datetime,
) -> list[Text]:
    """All reasons why someone else must review a delivery, besides those of its requirements.

    `store`: the evidence store, for reasons that compare with earlier files.
    """
    reasons = reasons_of_declarations(
        person,
        declared,
        delivery_fit,
        delivery_fit.calendar.day_of(now),
        delivery_fit.scope.titles,
        mapping_is_reviewed="mapping" in declared
        and is_machine(person)
        and is_reviewed(session, list(delivery_fit.cells), kept_mapping(declared)),
    )
    if span := longest_span(delivery.inspection, delivery_fit):
        reasons.append(_took_long(span))
    reasons += reasons_of_later_moments(delivery.inspection, delivery_fit.calendar, now)
    reasons += reasons_of_own_evidence(person, delivery_fit)
    reasons += reasons_of_earlier_evidence(session, person, delivery_fit, tool)
    if not is_own(person):
        others = partial(other_register, session, store)
        reasons += reasons_of_register(session, delivery.inspection, delivery_fit, declared, others)
    reasons += reasons_of_parts_left_out(delivery_fit, delivery.inspection)
    reasons += reasons_of_inside_addresses(delivery_fit, delivery.inspection)
    reasons += reasons_of_named_systems(person, delivery_fit, delivery.inspection)
    reasons += reasons_of_scanned_things(session, delivery_fit, delivery.inspection, tool)
    reasons += reasons_of_visited_sites(delivery_fit, delivery.inspection)
    if seen := reason_of_same_bytes(session, person, delivery.inspection.digests):
        reasons.append(seen)
    reasons += reasons_of_vanished_checks(session, store, delivery_fit, delivery.inspection, tool, ran_before)
    return reasons


def _took_long(span: Span) -> Text:
    return text(
        "The tests ran from {first} to {last}, more than {n} days; nothing shows the days between.",
        first=span[0],
        last=span[1],
        n=LONGEST.days,
    )
