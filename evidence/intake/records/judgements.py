"""Records and reads judgements: runs with levels, verdicts, policies, and registers compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person
from evidence.formats.facts import Findings
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.records import judgement_rows
from evidence.intake.verdicts.accepted_registers import accepted_files
from evidence.intake.verdicts.delivery_judgement import (
    CoveredCell,
    DeliveryJudgement,
    policies_of,
    registers_compared_with,
)
from evidence.intake.verdicts.finding_history import add_changes
from evidence.judging.policy import Policy
from locales import Text
from locales.stored_text import to_stored
from models.bulk_changes import insert_into, table
from models.calendar import Span
from models.vocabulary import EvidenceKind


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """A judgement. `policies`: SHA-256 of the file by policy id.

    `compared`: SHA-256 of the last accepted files of other registers, by policy. `review_reasons`: stored texts; None
    of judgements from before these were recorded.
    """

    judged_at: datetime
    judged_by: str
    policies: dict[str, str]
    compared: dict[str, list[str]]
    review_reasons: list[str] | None


@dataclass(frozen=True, slots=True)
class Judging:
    """The evidence that a judgement is for, and when that was recorded. `reasons`: why someone else must look at it.

    `needs_review`: whether it waits for them, also because of earlier reasons.
    """

    evidence: str
    tool: str
    recorded_at: datetime
    needs_review: bool
    reasons: Sequence[Text] = ()
    days: Mapping[CellKey, Span] | None = None  # by cell, as recorded before; None: as judged now


def record_judgement(
    session: Session,
    person: Person,
    judging: Judging,
    delivery: Delivery,
    delivery_fit: DeliveryFit,
    judgement: DeliveryJudgement,
    now: datetime,
) -> list[CoveredCell]:
    """Judge all results and record the judgement; return the verdict of each cell."""
    for position, file in enumerate(delivery.inspection.files):
        if file.run is not None:
            run = judgement_rows.add_run(session, judging.evidence, position, file, judgement.policy_of(file), now)
            for judged in judgement.judge_results(position, file):
                judgement_rows.add_results(session, run, judged)
    covered = judgement.covered()
    if judging.days is not None:
        covered = [cell for cell in covered if cell.key in judging.days]
    recorded = judgement_rows.Recorded(judging.recorded_at, now, judging.needs_review, delivery.explicit_end)
    days = judging.days or {cell.key: cell.days or (delivery_fit.first_day, delivery_fit.last_day) for cell in covered}
    judgement_rows.add_coverage(session, judging.evidence, covered, _tools(delivery_fit, judging.tool), days, recorded)
    if any(requirement.kind == EvidenceKind.TEST for requirement in delivery_fit.requirements):
        add_changes(session, judging.evidence, now, lists_all=_lists_all(delivery))
    reasons = [to_stored(reason) for reason in judging.reasons]
    row = {"evidence": judging.evidence, "judged_at": now, "judged_by": person.name, "review_reasons": reasons}
    used = {
        "policies": digests(policies_of(delivery_fit)),
        "compared": compared(session, registers_compared_with(delivery_fit)),
    }
    session.execute(insert_into("judgement"), [row | used])
    return covered


def _lists_all(delivery: Delivery) -> bool:
    """Whether its files are complete scans, which list all that they found."""
    runs = [file.run for file in delivery.inspection.files]
    return all(run is not None and run.complete and isinstance(run.facts, Findings) for run in runs)


def judgements(session: Session, evidence: str) -> list[JudgementRow]:
    """Judgements of evidence, newest first; empty for evidence from before they were recorded."""
    row = table("judgement")
    columns = [row.c[name] for name in JudgementRow.__dataclass_fields__]
    rows = session.execute(select(*columns).where(row.c.evidence == evidence).order_by(row.c.judged_at.desc()))
    return [JudgementRow(**judgement) for judgement in rows.mappings()]


def digests(judging: Iterable[Policy[Any]]) -> dict[str, str]:
    """SHA-256 of the files of policies and of those that they delegate to, by id."""
    return {delegate.id: delegate.sha256 for policy in judging for delegate in (policy, *policy.judging_policies())}


def compared(session: Session, others: Iterable[str]) -> dict[str, list[str]]:
    """SHA-256 of the files of other registers that are accepted now, by policy."""
    files = {other: accepted_files(session, other) for other in sorted(others)}
    return {other: list(dict.fromkeys(file.sha256 for file in accepted)) for other, accepted in files.items()}


def _tools(delivery_fit: DeliveryFit, tool: str) -> dict[CellKey, str]:
    kinds = {requirement.key: requirement.kind for requirement in delivery_fit.requirements}
    return {key: tool if kinds[key[0]] == EvidenceKind.TEST else "" for key in delivery_fit.cells}
