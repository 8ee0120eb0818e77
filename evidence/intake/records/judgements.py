"""Judgements as they are kept: runs with their levels, verdicts, by which policies, compared with which registers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from access.permissions import Person
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.judgement.accepted_files import accepted_files
from evidence.intake.judgement.delivery_judgement import (
    CoveredCell,
    DeliveryJudgement,
    policies_of,
    registers_compared_with,
)
from evidence.intake.records import judgement_rows
from evidence.judging.policy import Policy
from models.calendar import Span
from models.rows import table
from models.vocabulary import EvidenceKind


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """One judgement: when, asked by whom, by which policies (id → SHA-256 of its file), compared with which registers.

    `compared`: by policy the SHA-256 of the files that were accepted last then.
    """

    judged_at: datetime
    judged_by: str
    policies: dict[str, str]
    compared: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Judging:
    """What a judgement is recorded with, beside the delivery: of which evidence, and when that was recorded."""

    evidence: str
    tool: str
    recorded_at: datetime
    needs_review: bool
    days: Mapping[CellKey, Span] | None = None  # of each cell as filed; none: as judged now


def record_judgement(
    session: Session,
    person: Person,
    judging: Judging,
    delivery: Delivery,
    delivery_fit: DeliveryFit,
    judgement: DeliveryJudgement,
    now: datetime,
) -> list[CoveredCell]:
    """Judge every result, and keep it all as a judgement of this moment; what is said of each cell."""
    for position, one in enumerate(delivery.inspection.files):
        if one.run is not None:
            run = judgement_rows.add_run(session, judging.evidence, position, one, judgement.policy_of(one), now)
            for judged in judgement.judge_results(position, one):
                judgement_rows.add_results(session, run, judged)
    covered = judgement.covered()
    if judging.days is not None:
        covered = [cell for cell in covered if cell.key in judging.days]
    recorded = judgement_rows.Recorded(judging.recorded_at, now, judging.needs_review, delivery.explicit_end)
    days = judging.days or {cell.key: cell.days or (delivery_fit.first_day, delivery_fit.last_day) for cell in covered}
    judgement_rows.add_coverage(session, judging.evidence, covered, _tools(delivery_fit, judging.tool), days, recorded)
    row = {"evidence": judging.evidence, "judged_at": now, "judged_by": person.name}
    used = {
        "policies": digests(policies_of(delivery_fit)),
        "compared": compared(session, registers_compared_with(delivery_fit)),
    }
    session.execute(insert(table("judgement")), [row | used])
    return covered


def judgements(session: Session, evidence: str) -> list[JudgementRow]:
    """The judgements of an evidence, newest first; none of evidence that was filed before they were kept."""
    row = table("judgement")
    columns = [row.c[name] for name in JudgementRow.__dataclass_fields__]
    found = session.execute(select(*columns).where(row.c.evidence == evidence).order_by(row.c.judged_at.desc()))
    return [JudgementRow(**one) for one in found.mappings()]


def digests(judging: Iterable[Policy[Any]]) -> dict[str, str]:
    """The digest of each policy's file, and of those that it leaves the judging to."""
    return {one.id: one.sha256 for policy in judging for one in (policy, *policy.judging_policies())}


def compared(session: Session, others: Iterable[str]) -> dict[str, list[str]]:
    """By policy the files of other registers that are accepted now."""
    files = {other: accepted_files(session, other) for other in sorted(others)}
    return {other: list(dict.fromkeys(one.sha256 for one in found)) for other, found in files.items()}


def _tools(delivery_fit: DeliveryFit, tool: str) -> dict[CellKey, str]:
    kinds = {one.key: one.kind for one in delivery_fit.requirements}
    return {key: tool if kinds[key[0]] == EvidenceKind.TEST else "" for key in delivery_fit.cells}
