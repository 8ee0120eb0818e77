"""The one way in, for a person's upload, a build server's and a collector's.

`admit` asks whether it may be read (`admit.py`), `inspect` stages and reads (`inspection.py`), outside any transaction;
`file` makes it evidence, in the transaction of the caller. When that transaction commits, the bytes are on disk; the
inspection stays open until then.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.scope.system_scope import system_titles
from evidence.errors import Unfitting
from evidence.intake import rows, seen_before
from evidence.intake.admission import admit
from evidence.intake.comparison_data import known, other_register
from evidence.intake.declared import Declared, declared_facts, is_own, reasons_to_wait, told_facts
from evidence.intake.delivery_fit import Delivery, DeliveryFit, Population, fit
from evidence.intake.inside_addresses import from_inside
from evidence.intake.inspection import Incoming, Inspection, inspect
from evidence.intake.judgements import Judging, record_judgement
from evidence.intake.judging import CoveredCell, DeliveryJudgement, longest_span
from evidence.intake.named_systems import other_systems_named
from evidence.intake.parts_left_out import left_out
from evidence.intake.register_reasons import register_reasons
from evidence.intake.represented_days import LONGEST
from evidence.intake.review_reasons import review_reasons
from evidence.intake.token_limits import require_for, require_own_teams
from evidence.intake.vanished_checks import vanished
from evidence.integrity import facts
from evidence.storage.store import EvidenceStore
from locales import Text, text
from locales.kept import keep
from models.calendar import Span, calendar_of
from models.vocabulary import EvidenceKind, ReviewDecision

__all__ = ["Delivery", "Filed", "Incoming", "Inspection", "Population", "admit", "inspect", "submit"]

_LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Filed:
    """The evidence, and what it says of each cell. `is_new` is false when it was handed in before.

    `declared`: what its uploader said that the files do not (`declared.py`), `declared_facts` the same in words;
    `review_reasons`: why it waits for someone
    else's review although its requirements may accept by themselves.
    """

    evidence: str
    is_new: bool
    covered: list[CoveredCell]
    counts: dict[str, int]
    warnings: list[Text]
    declared: dict[str, Any] = field(default_factory=dict)
    review_reasons: list[Text] = field(default_factory=list)
    declared_facts: list[Text] = field(default_factory=list)


def submit(session: Session, store: EvidenceStore, person: Person, delivery: Delivery, now: datetime) -> Filed:
    """Make a delivery evidence: all or nothing. The same files with the same said of them are the same evidence."""
    require(person, "evidence.file")
    fitting = fit(session, delivery, now)
    require_own_teams(person, fitting.requirements)
    require_for(person, fitting.cells)
    tool = _tool(delivery, fitting)
    declared = declared_facts(person, delivery, fitting, tool)
    key = _content_key(delivery, fitting, declared)
    _keep_at_commit(session, store, delivery.inspection)
    if before := rows.known(session, key):
        return _as_filed_before(session, before)
    court = DeliveryJudgement(delivery, fitting, known(session, store, fitting, tool, now))
    reasons = _reasons(session, store, person, delivery, fitting, declared, tool, now)
    reasons += vanished(session, store, fitting, delivery.inspection, tool, now)
    row = _evidence(delivery, fitting, tool, key, person, now)
    kept = {"declared": declared, "review_reasons": [keep(one) for one in reasons]}
    evidence = rows.add_evidence(session, row | kept)
    rows.add_files(session, evidence, delivery.inspection.files)
    judging = Judging(evidence, tool, now, needs_review=bool(reasons))
    covered = record_judgement(session, person, judging, delivery, fitting, court, now)
    _has_end(delivery, fitting, covered)
    warnings = [*fitting.warnings, *court.warnings]
    _log(session, person, evidence, delivery, covered, [*warnings, *reasons], now)
    return Filed(
        evidence,
        is_new=True,
        covered=covered,
        counts=_counts(delivery.inspection),
        warnings=warnings,
        declared=declared,
        review_reasons=reasons,
        declared_facts=told_facts(declared, system_titles(session)),
    )


def _reasons(
    session: Session,
    store: EvidenceStore,
    person: Person,
    delivery: Delivery,
    fitting: DeliveryFit,
    declared: Declared,
    tool: str,
    now: datetime,
) -> list[Text]:
    """Why someone else must look at it, whatever its requirements say."""
    reasons = reasons_to_wait(person, declared, fitting, calendar_of(session).day_of(now), system_titles(session))
    if span := longest_span(delivery.inspection, fitting):
        reasons.append(_took_long(span))
    reasons += review_reasons(session, person, fitting, tool)
    if not is_own(person):
        others = partial(other_register, session, store)
        reasons += register_reasons(session, delivery.inspection, fitting, declared, others)
    reasons += left_out(fitting, delivery.inspection, calendar_of(session))
    reasons += from_inside(session, fitting, delivery.inspection)
    reasons += other_systems_named(session, person, fitting, delivery.inspection)
    if seen := seen_before.reason(session, person, delivery.inspection.digests):
        reasons.append(seen)
    return reasons


def _keep_at_commit(session: Session, store: EvidenceStore, inspection: Inspection) -> None:
    """Keep the bytes just before the transaction commits, and only then: one that is undone leaves none behind."""

    def keep_files(_session: Session) -> None:
        for one in inspection.files:
            store.keep(one.staged)

    event.listen(session, "before_commit", keep_files, once=True)


def _content_key(delivery: Delivery, fitting: DeliveryFit, declared: Declared) -> str:
    """Files, cells, days, and what is declared of them, whoever says it: a corrected population is other evidence."""
    digests = sorted(one.staged.sha256 for one in delivery.inspection.files)
    cells = sorted("\0".join(cell) for cell in fitting.cells)
    days = [str(fitting.first_day), str(fitting.last_day), str(delivery.explicit_end)]
    said = [json.dumps(_said(delivery, declared), sort_keys=True)] if declared else []
    return hashlib.sha256("\n".join([*digests, *cells, *days, *said]).encode()).hexdigest()


def _said(delivery: Delivery, declared: Declared) -> dict[str, Any]:
    """What is declared, without who says it and without what files are called."""
    digests = {one.name: one.staged.sha256 for one in delivery.inspection.files}
    zones = {digests[name]: zone for name, zone in delivery.zones.items()}
    return {**declared, "by": "", "zones": zones}


def _as_filed_before(session: Session, evidence: str) -> Filed:
    warnings = [text("These files were handed in before, with the same said of them.")]
    word = rows.latest_word(session, evidence)
    if word in (ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN):
        warnings.append(
            text("That evidence was {word}; it counts for nothing until a reviewer accepts it.", word=_WORDS[word])
        )
    return Filed(
        evidence,
        is_new=False,
        covered=rows.covered_cells(session, evidence),
        counts=rows.counts(session, evidence),
        warnings=warnings,
        **rows.declaration(session, evidence),
    )


_WORDS = {"rejected": text("rejected"), "withdrawn": text("withdrawn")}


def _tool(delivery: Delivery, fitting: DeliveryFit) -> str:
    """The one tool of a test's series; records and registers have none."""
    if not any(one.kind == EvidenceKind.TEST for one in fitting.requirements):
        return ""
    if delivery.tool:
        return names.plain(delivery.tool, text("The tool"), 80)
    tools = delivery.inspection.tools
    if len(tools) > 1:
        raise Unfitting(
            text("The files come from several tools ({tools}); hand them in apart.", tools=", ".join(tools))
        )
    return tools[0] if tools else ""


def _evidence(
    delivery: Delivery, fitting: DeliveryFit, tool: str, key: str, person: Person, now: datetime
) -> dict[str, object]:
    kinds = {one.kind for one in fitting.requirements}
    files = delivery.inspection.files
    return {
        "id": uuid.uuid4().hex,
        "recorded_at": now,
        "kind": next(kind for kind in ("test", "register", "record") if kind in kinds),
        "title": names.plain(delivery.title, text("The title")) if delivery.title.strip() else files[0].name,
        "first_day": fitting.first_day,
        "last_day": fitting.last_day,
        "explicit_end": delivery.explicit_end,
        "tool": tool,
        "format": files[0].kind,
        "note": names.plain(delivery.note, text("The note"), _LONGEST_NOTE, lines=True)
        if delivery.note.strip()
        else "",
        "uploaded_by": person.name,
        "content_key": key,
    }


def _took_long(span: Span) -> Text:
    return text(
        "What was tested took from {first} to {last}, more than {n} days; nothing shows the days between.",
        first=span[0],
        last=span[1],
        n=LONGEST.days,
    )


def _has_end(delivery: Delivery, fitting: DeliveryFit, covered: list[CoveredCell]) -> None:
    """A requirement without renewal is valid as long as the content says; somebody must say it."""
    endless = {one.key for one in fitting.requirements if not one.renewal}
    for cell in covered:
        if cell.requirement in endless and delivery.explicit_end is None and cell.ends is None:
            raise Unfitting(
                text(
                    "{requirement} is valid until the day that its content says; give that day.",
                    requirement=cell.requirement,
                )
            )


def _counts(inspection: Inspection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in inspection.files:
        for outcome, number in one.counts.items():
            counts[outcome] = counts.get(outcome, 0) + number
    return counts


def _log(
    session: Session,
    person: Person,
    evidence: str,
    delivery: Delivery,
    covered: list[CoveredCell],
    warnings: list[Text],
    now: datetime,
) -> None:
    cells = [[*cell.key, cell.verdict] for cell in covered]
    record(
        session,
        person,
        "evidence.file",
        evidence,
        now,
        sha256=[one.staged.sha256 for one in delivery.inspection.files],
        cells=cells,
        warnings=[str(warning) for warning in warnings],
        facts=facts.told(session, evidence, now),
    )
