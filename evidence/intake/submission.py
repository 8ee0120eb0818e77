"""Submits deliveries: the steps of intake in order, for uploads by people, build servers and collectors.

`admit` checks what needs no file (`admission.py`); `inspect` stages and reads the files (`reading/`), outside any
transaction. `submit` records them as evidence in the caller's transaction; the bytes are stored when that commits. The
inspection must stay open until then.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.scope import system_scope, target_addresses
from evidence.errors import Unfitting
from evidence.intake.admission import admit
from evidence.intake.column_mapping.result_tables import settled_results
from evidence.intake.column_mapping.settlement import settled_mapping
from evidence.intake.delivery.declarations import Declarations, declaration_texts, declarations_of, is_own
from evidence.intake.delivery.delivery import Delivery, Population, ScopeAddition
from evidence.intake.delivery.delivery_fit import DeliveryFit, fit_delivery
from evidence.intake.delivery.token_limits import require_own_teams, require_token_limits
from evidence.intake.judged_again.judging_again import changed
from evidence.intake.judged_again.late_runs import end_later_proofs
from evidence.intake.reading.inspection import Incoming, Inspection, inspect
from evidence.intake.reading.recognition import Recognition, recognitions
from evidence.intake.reasons.reasons_to_review import reasons_to_review
from evidence.intake.records import evidence_rows
from evidence.intake.records.judgements import Judging, record_judgement
from evidence.intake.verdicts.comparison_data import read_comparison_data
from evidence.intake.verdicts.delivery_judgement import CoveredCell, DeliveryJudgement
from evidence.integrity import facts
from evidence.storage.store import EvidenceStore
from locales import Text, text
from locales.stored_text import to_stored
from models.vocabulary import EvidenceKind, ReviewDecision, ReviewMode, Verdict

__all__ = [
    "Delivery",
    "Filed",
    "Incoming",
    "Inspection",
    "Population",
    "ScopeAddition",
    "admit",
    "inspect",
    "record_evidence",
    "submit",
]

_LONGEST_NOTE = 4_000
_WORST_FIRST = (Verdict.FAIL, Verdict.NONE, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Filed:
    """Recorded evidence with its verdicts. `is_new`: false when it was recorded before.

    `counts`: results by outcome; `needs_review`: a pass counts once someone else accepts it, by a requirement or by
    `review_reasons`; `declared`: facts that no file contains (`reasons/declarations.py`), `declared_facts`: as texts.
    """

    evidence: str
    is_new: bool
    covered: list[CoveredCell]
    counts: dict[str, int]
    warnings: list[Text]
    needs_review: bool = True
    declared: dict[str, Any] = field(default_factory=dict)
    review_reasons: list[Text] = field(default_factory=list)
    declared_facts: list[Text] = field(default_factory=list)
    recognised: list[Recognition] = field(default_factory=list)  # the format of each file, and why

    @property
    def worst_verdict(self) -> str:
        """The worst verdict over all cells; empty if it covers none."""
        verdicts = {cell.verdict for cell in self.covered}
        return next((str(verdict) for verdict in _WORST_FIRST if verdict in verdicts), "")


def submit(session: Session, store: EvidenceStore, person: Person, delivery: Delivery, now: datetime) -> Filed:
    """Record a delivery as evidence, all or nothing: rows, log entry, and the bytes when the transaction commits.

    The same files with the same declarations are the same evidence; returned with `is_new` false.
    Raises `NotAllowed`, `Unknown`, `Unfitting`, `MappingNeeded`, `Unreadable` and `TooCostly`.
    """
    require(person, "evidence.file")
    _mend_damaged(session, store, delivery.inspection)
    filed = record_evidence(session, store, person, delivery, now)
    _store_at_commit(session, store, delivery.inspection)
    if filed.is_new:
        _log(session, person, delivery, filed, now)
        end_later_proofs(session, person, filed.evidence, now)
    return filed


def record_evidence(session: Session, store: EvidenceStore, person: Person, delivery: Delivery, now: datetime) -> Filed:
    """Judge a delivery and write its rows, without storing bytes or logging (`submit` does both).

    Additions to the scope are recorded first. `store`: only read, for registers that it is compared with. Raises as
    `submit`.
    """
    require(person, "evidence.file")
    for addition in delivery.additions:
        _add_to_scope(session, person, addition, now)
    tables = settled_results(session, delivery, now)
    delivery = tables.delivery
    delivery_fit = fit_delivery(session, delivery, now)
    require_own_teams(person, delivery_fit.requirements)
    require_token_limits(person, delivery_fit.cells)
    tool = _tool(delivery, delivery_fit)
    if not is_own(person):
        delivery = replace(delivery, mapping=settled_mapping(session, delivery, delivery_fit, now))
    declared = declarations_of(person, delivery, delivery_fit, tool)
    key = _content_key(delivery, delivery_fit, declared)
    if before := evidence_rows.find_evidence(session, key):
        return replace(_as_filed_before(session, before), recognised=recognitions(delivery.inspection.files))
    comparison = read_comparison_data(session, store, delivery_fit, now)
    judgement = DeliveryJudgement(delivery, delivery_fit, comparison, tool)
    reasons = reasons_to_review(
        session, store, person, delivery, delivery_fit, declared, tool, comparison.ran_before, now
    )
    reasons += [*tables.reasons, *judgement.points_to_review()]
    row = _evidence(delivery, delivery_fit, tool, key, person, now)
    review = {"declared": declared, "review_reasons": [to_stored(reason) for reason in reasons]}
    evidence = evidence_rows.add_evidence(session, row | review)
    evidence_rows.add_files(session, evidence, delivery.inspection.files)
    judging = Judging(evidence, tool, now, needs_review=bool(reasons), reasons=reasons)
    covered = record_judgement(session, person, judging, delivery, delivery_fit, judgement, now)
    _has_end(delivery, delivery_fit, covered)
    return Filed(
        evidence,
        is_new=True,
        covered=covered,
        counts=_counts(delivery.inspection),
        warnings=[*delivery_fit.warnings, *tables.warnings, *judgement.warnings],
        needs_review=bool(reasons)
        or any(requirement.review != ReviewMode.AUTOMATIC for requirement in delivery_fit.requirements),
        declared=declared,
        review_reasons=reasons,
        declared_facts=declaration_texts(declared, delivery_fit.scope.titles),
        recognised=recognitions(delivery.inspection.files),
    )


def _add_to_scope(session: Session, person: Person, addition: ScopeAddition, now: datetime) -> None:
    system, tested, day = addition.system, addition.tested, addition.first_day
    if addition.is_new_target:
        system_scope.bring_into_scope(session, person, system, day, now, target=tested)
    else:
        target_addresses.record_address(session, person, system, addition.target, tested, day, now)


def _mend_damaged(session: Session, store: EvidenceStore, inspection: Inspection) -> None:
    """Replace damaged bytes of recorded evidence, also when the upload is then refused: its scope may have changed."""
    recorded = evidence_rows.recorded_digests(session, inspection.digests)
    for file in inspection.files:
        if file.staged.sha256 in recorded:
            store.mend(file.staged)


def _store_at_commit(session: Session, store: EvidenceStore, inspection: Inspection) -> None:
    """Store the bytes just before the transaction commits, so that a rollback leaves none behind."""

    def store_files(_session: Session) -> None:
        for file in inspection.files:
            store.keep(file.staged)

    event.listen(session, "before_commit", store_files, once=True)


def _content_key(delivery: Delivery, delivery_fit: DeliveryFit, declared: Declarations) -> str:
    """A digest of files, cells, days and declarations, whoever made them: a corrected population is other evidence."""
    digests = sorted(file.staged.sha256 for file in delivery.inspection.files)
    cells = sorted("\0".join(cell) for cell in delivery_fit.cells)
    days = [str(delivery_fit.first_day), str(delivery_fit.last_day), str(delivery.explicit_end)]
    declaration_text = [json.dumps(_declared_content(delivery, declared), sort_keys=True)] if declared else []
    return hashlib.sha256("\n".join([*digests, *cells, *days, *declaration_text]).encode()).hexdigest()


def _declared_content(delivery: Delivery, declared: Declarations) -> dict[str, Any]:
    """Declarations without the uploader and with files by digest."""
    digests = {file.name: file.staged.sha256 for file in delivery.inspection.files}
    by_file = {key: declared[key] for key in ("zones", "formats") if key in declared}
    renamed = {key: {digests[name]: value for name, value in named.items()} for key, named in by_file.items()}
    return {**declared, "by": "", "zones": {}, **renamed}


def _as_filed_before(session: Session, evidence: str) -> Filed:
    warnings = [text("These files were uploaded before, with the same details.")]
    if changes := changed(session, evidence):
        warnings += [*changes, text("That evidence can be evaluated again.")]
    decision = evidence_rows.latest_decision(session, evidence)
    if decision in (ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN):
        warnings.append(
            text(
                "That evidence was {decision}; it does not count until a reviewer accepts it.",
                decision=_DECISIONS[decision],
            )
        )
    return Filed(
        evidence,
        is_new=False,
        covered=evidence_rows.covered_cells(session, evidence),
        counts=evidence_rows.counts(session, evidence),
        warnings=warnings,
        **evidence_rows.read_declarations(session, evidence),
    )


_DECISIONS = {"rejected": text("rejected"), "withdrawn": text("withdrawn")}


def _tool(delivery: Delivery, delivery_fit: DeliveryFit) -> str:
    """The one tool of a test's series; records and registers have none."""
    if not any(requirement.kind == EvidenceKind.TEST for requirement in delivery_fit.requirements):
        return ""
    if delivery.tool:
        return names.plain(delivery.tool, text("The tool"), 80)
    tools = delivery.inspection.tools
    if len(tools) > 1:
        raise Unfitting(
            text("The files come from several tools ({tools}); upload them separately.", tools=", ".join(tools))
        )
    return tools[0] if tools else ""


def _evidence(
    delivery: Delivery, delivery_fit: DeliveryFit, tool: str, key: str, person: Person, now: datetime
) -> dict[str, object]:
    kinds = {requirement.kind for requirement in delivery_fit.requirements}
    files = delivery.inspection.measuring
    return {
        "id": uuid.uuid4().hex,
        "recorded_at": now,
        "kind": next(kind for kind in ("test", "register", "record") if kind in kinds),
        "title": names.plain(delivery.title, text("The title")) if delivery.title.strip() else files[0].name,
        "first_day": delivery_fit.first_day,
        "last_day": delivery_fit.last_day,
        "explicit_end": delivery.explicit_end,
        "tool": tool,
        "format": files[0].kind,
        "note": names.plain(delivery.note, text("The note"), _LONGEST_NOTE, lines=True)
        if delivery.note.strip()
        else "",
        "uploaded_by": person.name,
        "content_key": key,
    }


def _has_end(delivery: Delivery, delivery_fit: DeliveryFit, covered: list[CoveredCell]) -> None:
    """A requirement without renewal is valid as long as the content says; somebody must say it."""
    endless = {requirement.key for requirement in delivery_fit.requirements if not requirement.renewal}
    for cell in covered:
        if cell.requirement in endless and delivery.explicit_end is None and cell.ends is None:
            raise Unfitting(
                text(
                    "{requirement} is valid until a day that its content states; enter that day.",
                    requirement=cell.requirement,
                )
            )


def _counts(inspection: Inspection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in inspection.files:
        for outcome, number in file.counts.items():
            counts[outcome] = counts.get(outcome, 0) + number
    return counts


def _log(session: Session, person: Person, delivery: Delivery, filed: Filed, now: datetime) -> None:
    record(
        session,
        person,
        "evidence.file",
        filed.evidence,
        now,
        sha256=delivery.inspection.digests,
        cells=[[*cell.key, cell.verdict] for cell in filed.covered],
        warnings=[str(warning) for warning in [*filed.warnings, *filed.review_reasons]],
        facts=facts.judgement_digest(session, filed.evidence, now),
    )
