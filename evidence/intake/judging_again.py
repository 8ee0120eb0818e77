"""Judges recorded evidence again, when its policy or the registers that it is compared with have changed.

`files_to_judge` checks whether it may be judged again, `read_again` reads its files outside any transaction, and
`judge_again` judges them in the caller's transaction. The new judgement counts from its moment on, and the earlier ones
are kept. People start it; the activity log has both verdicts.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, may, require
from evidence.errors import NotPossible, Unknown
from evidence.intake.delivery.delivery import Delivery, Population
from evidence.intake.delivery.delivery_fit import DeliveryFit, fit_delivery
from evidence.intake.delivery.represented_days import RepresentedDays, days_of_runs
from evidence.intake.delivery.token_limits import require_token_limits_of
from evidence.intake.judgement.comparison_data import read_comparison_data
from evidence.intake.judgement.delivery_judgement import CoveredCell, DeliveryJudgement
from evidence.intake.mapping.result_tables import with_results
from evidence.intake.reading.inspection import Incoming, Inspection, inspect
from evidence.intake.reasons.declarations import Declarations, chosen_format, declared_places
from evidence.intake.records import evidence_rows
from evidence.intake.records.judgements import Judging, compared, digests, judgements, record_judgement
from evidence.intake.withdrawn_addresses import doubts, is_withdrawn, recorded_again
from evidence.integrity import facts
from evidence.judging.policies import policies
from evidence.judging.table_mapping import kept_mapping
from evidence.storage.store import EvidenceStore
from evidence.visible_evidence import require_visible
from locales import Text, text
from models.calendar import Calendar, calendar_of
from models.queries import latest, with_cells, with_requirements
from models.rows import table
from models.vocabulary import EvidenceKind, ReviewDecision

_MOST_BYTES = 1 << 40  # it was accepted before


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


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file: its SHA-256, its name at upload, and the format that was chosen for it (empty: none)."""

    sha256: str
    name: str
    format: str = ""


def files_to_judge(session: Session, person: Person, evidence: str) -> list[StoredFile]:
    """Files to read before evidence is judged again.

    Raises `NotAllowed`, `Unknown`, and `NotPossible` when nothing has changed or it was rejected.
    """
    _require(session, person, evidence)
    declared = _evidence(session, evidence).declared
    _require_change(session, evidence)
    return _files(session, evidence, declared)


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


def judge_again(
    session: Session, store: EvidenceStore, person: Person, evidence: str, inspection: Inspection, now: datetime
) -> JudgedAgain:
    """Judge what `read_again` read, by the current policies and registers. Days, cells and reviews stay.

    Raises `NotAllowed`, `Unknown`, and `NotPossible` when nothing has changed.
    """
    _require(session, person, evidence)
    row = _evidence(session, evidence)
    because = _require_change(session, evidence)
    if inspection.digests != [stored.sha256 for stored in _files(session, evidence, row.declared)]:
        raise NotPossible(text("The files that were read are not those of this evidence; judge it again."))
    before = evidence_rows.covered_cells(session, evidence)
    delivery = with_results(session, _delivery(row, inspection, before), now)
    delivery_fit = _fit(session, delivery, before, now)
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
    return JudgedAgain(evidence, before, covered, because, reasons)


def changed(session: Session, evidence: str) -> list[Text]:
    """What has changed since the latest judgement; empty if judging again would give the same."""
    return [*recorded_again(session, evidence), *_changed_policies(session, evidence)]


def _changed_policies(session: Session, evidence: str) -> list[Text]:
    requirements = _current_policies(session, evidence)
    judging = [policies()[key] for key in requirements if key in policies()]
    if not judging:
        return []
    rows = judgements(session, evidence)
    if not rows:
        return [text("It was judged before editions of policies were recorded.")]
    last = rows[0]
    reasons = [
        text("The policy {policy} has changed since.", policy=policies()[key].title)
        for key, sha256 in digests(judging).items()
        if last.policies.get(key) != sha256
    ]
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


def _current_policies(session: Session, evidence: str) -> list[str]:
    """Current policies of its requirements other than records."""
    requirement, coverage = table("evidence_requirement"), table("coverage")
    joined = with_requirements(with_cells(coverage))
    named = select(requirement.c.policy).select_from(joined).distinct()
    named = named.where(coverage.c.evidence == evidence, latest(requirement, "key"), ~requirement.c.retired)
    wanted = named.where(requirement.c.kind != EvidenceKind.RECORD, requirement.c.policy.is_not(None))
    return list(session.execute(wanted.order_by(requirement.c.policy)).scalars())


def _evidence(session: Session, evidence: str) -> Row[Any]:
    row = table("evidence")
    stored_row = session.execute(select(row).where(row.c.id == evidence)).one_or_none()
    if stored_row is None:
        raise Unknown(text("There is no such evidence, or none that you may open."))
    return stored_row


def _files(session: Session, evidence: str, declared: Declarations) -> list[StoredFile]:
    file = table("evidence_file")
    query = select(file.c.sha256, file.c.name).where(file.c.evidence == evidence).order_by(file.c.position)
    return [StoredFile(row.sha256, row.name, chosen_format(declared, row.name)) for row in session.execute(query)]


def _delivery(row: Row[Any], inspection: Inspection, covered: Sequence[CoveredCell]) -> Delivery:
    """The delivery, rebuilt from what was stored."""
    declared = row.declared
    whole = declared.get("population")
    return Delivery(
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


def _targets(declared: Declarations) -> dict[str, tuple[str, str]]:
    """Declared places by tested address; addresses declared for several places are left out."""
    places: dict[str, set[tuple[str, str]]] = {}
    for tested, system, target in declared_places(declared):
        places.setdefault(tested, set()).add((system, target))
    return {tested: declared_for.pop() for tested, declared_for in places.items() if len(declared_for) == 1}


def _fit(session: Session, delivery: Delivery, covered: Sequence[CoveredCell], now: datetime) -> DeliveryFit:
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


def _verdicts(covered: Sequence[CoveredCell]) -> list[list[str]]:
    return [[*cell.key, cell.verdict] for cell in covered]
