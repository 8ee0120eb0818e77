"""Judges recorded evidence again, when its policy or the registers that it is compared with have changed.

`files_to_judge` checks whether it may be judged again, `read_again` reads its files outside any transaction, and
`judge_again` judges them in the caller's transaction. The new judgement counts from its moment on, and the earlier ones
are kept. People start it; the activity log has both verdicts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, may, require
from evidence.errors import NotPossible, Unfitting
from evidence.intake.delivery.token_limits import require_token_limits_of
from evidence.intake.judged_again.late_runs import end_later_proofs
from evidence.intake.judged_again.recorded_delivery import (
    StoredFile,
    evidence_row,
    fit_again,
    read_again,
    recorded_delivery,
    stored_files,
)
from evidence.intake.judged_again.withdrawn_addresses import doubts, recorded_again
from evidence.intake.reading.inspection import Inspection
from evidence.intake.records import evidence_rows
from evidence.intake.records.judgements import Judging, compared, judgements, record_judgement
from evidence.intake.verdicts.comparison_data import read_comparison_data
from evidence.intake.verdicts.days_before_edition import require_own_days
from evidence.intake.verdicts.delivery_judgement import CoveredCell, DeliveryJudgement
from evidence.integrity import facts
from evidence.judging.own_policies.in_force import own_policies
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.storage.store import EvidenceStore
from evidence.visible_evidence import require_visible
from locales import Text, text
from models.bulk_changes import table
from models.queries import latest, with_cells, with_requirements
from models.vocabulary import EvidenceKind, ReviewDecision

__all__ = ["JudgedAgain", "StoredFile", "changed", "files_to_judge", "judge_again", "read_again"]


@dataclass(frozen=True, slots=True)
class JudgedAgain:
    """A new judgement: the verdicts before and now, and what had changed (`because`).

    `review_reasons`: why someone else must look at it, as far as this judgement sees.
    """

    evidence: str
    before: list[CoveredCell]
    covered: list[CoveredCell]
    because: list[Text]
    review_reasons: list[Text]


def files_to_judge(session: Session, person: Person, evidence: str) -> list[StoredFile]:
    """Files to read before evidence is judged again.

    Raises `NotAllowed`, `Unknown`, and `NotPossible` when nothing has changed or it was rejected.
    """
    _require(session, person, evidence)
    evidence_row(session, evidence)
    _require_change(session, evidence)
    return stored_files(session, evidence)


def judge_again(
    session: Session, store: EvidenceStore, person: Person, evidence: str, inspection: Inspection, now: datetime
) -> JudgedAgain:
    """Judge what `read_again` read, by the current policies and registers. Days, cells and reviews stay.

    Raises `NotAllowed`, `Unknown`, and `NotPossible` when nothing has changed.
    """
    _require(session, person, evidence)
    row = evidence_row(session, evidence)
    because = _require_change(session, evidence)
    if inspection.digests != [stored.sha256 for stored in stored_files(session, evidence)]:
        raise NotPossible(text("The files that were read are not those of this evidence; judge it again."))
    before = evidence_rows.covered_cells(session, evidence)
    delivery = recorded_delivery(session, row, inspection, before, now)
    delivery_fit = fit_again(session, delivery, before, now)
    require_own_days(delivery_fit)
    judgement = DeliveryJudgement(
        delivery, delivery_fit, read_comparison_data(session, store, delivery_fit, row.recorded_at), row.tool
    )
    days = evidence_rows.covered_days(session, evidence)
    reasons = [*judgement.points_to_review(), *recorded_again(session, evidence), *doubts(session, evidence)]
    judging = Judging(evidence, row.tool, row.recorded_at, bool(row.review_reasons or reasons), reasons, days)
    covered = record_judgement(session, person, judging, delivery, delivery_fit, judgement, now)
    record(
        session,
        person,
        "evidence.judge",
        evidence,
        now,
        before=_verdicts(before),
        after=_verdicts(covered),
        because=[str(reason) for reason in because],
        warnings=[str(reason) for reason in reasons],
        facts=facts.judgement_digest(session, evidence, now),
    )
    end_later_proofs(session, person, evidence, now)
    return JudgedAgain(evidence, before, covered, because, reasons)


def changed(session: Session, evidence: str) -> list[Text]:
    """What has changed since the latest judgement; empty if judging again would give the same."""
    return [*recorded_again(session, evidence), *_changed_policies(session, evidence)]


def _changed_policies(session: Session, evidence: str) -> list[Text]:
    judging = _judging_now(session, evidence)
    if not judging:
        return []
    rows = judgements(session, evidence)
    if not rows:
        return [text("It was judged before editions of policies were recorded.")]
    last = rows[0]
    reasons = [
        text("The policy {policy} has changed since.", policy=policy.title)
        for policy in (delegate for policy in judging for delegate in (policy, *policy.judging_policies()))
        if last.policies.get(policy.id) != policy.sha256
    ]
    reasons = list({str(reason): reason for reason in reasons}.values())
    now = compared(session, last.compared)
    return reasons + [
        _register_change(other, last.compared[other]) for other in last.compared if last.compared[other] != now[other]
    ]


def _register_change(policy: str, before: Sequence[str]) -> Text:
    title: Text | str = policies()[policy].title if policy in policies() else policy
    if before:
        return text("The register it is compared with ({register}) has changed since.", register=title)
    return text("The register it is compared with ({register}) has come since.", register=title)


def _require(session: Session, person: Person, evidence: str) -> None:
    require(person, "evidence.review", "evidence.file")
    if not may(person, "evidence.review"):
        require_visible(session, person, evidence, "evidence.file")
        require_token_limits_of(session, person, evidence)


def _require_change(session: Session, evidence: str) -> list[Text]:
    if evidence_rows.latest_decision(session, evidence) in (ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN):
        raise NotPossible(text("This evidence was rejected or withdrawn; it does not count and is not judged again."))
    because = changed(session, evidence)
    if not because:
        raise NotPossible(
            text("Nothing has changed since this was judged: its policy and what it is compared with are the same.")
        )
    return because


def _judging_now(session: Session, evidence: str) -> list[Policy[Any]]:
    """The policies that judge its requirements now, each once: on its last day, also those of the organisation's own.

    A policy that does not exist is left out.
    """
    named = _current_policies(session, evidence)
    day = evidence_row(session, evidence).last_day
    try:
        own = own_policies(session, named, day, datetime.max.replace(tzinfo=UTC))
    except Unfitting:
        return []  # it can't be judged by an edition that can't be read
    judging = [own[key].policy if key in own else policies().get(policy) for key, policy in named.items()]
    return list({policy.id: policy for policy in judging if policy is not None}.values())


def _current_policies(session: Session, evidence: str) -> dict[str, str]:
    """Current policies of its requirements other than records, by requirement."""
    requirement, coverage = table("evidence_requirement"), table("coverage")
    joined = with_requirements(with_cells(coverage))
    named = select(requirement.c.key, requirement.c.policy).select_from(joined).distinct()
    named = named.where(coverage.c.evidence == evidence, latest(requirement, "key"), ~requirement.c.retired)
    wanted = named.where(requirement.c.kind != EvidenceKind.RECORD, requirement.c.policy.is_not(None))
    return {row.key: row.policy for row in session.execute(wanted.order_by(requirement.c.policy))}


def _verdicts(covered: Sequence[CoveredCell]) -> list[list[str]]:
    return [[*cell.key, cell.verdict] for cell in covered]
