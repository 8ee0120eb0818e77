"""Records a judgement that changes verdicts without reading the files again: something else became known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person
from evidence.intake.records.judgements import judgements
from evidence.integrity import facts
from locales import Text
from locales.stored_text import to_stored
from models.bulk_changes import insert_into, table
from models.columns import Moment

#: The failing checks of a verdict are those of the verdict that it replaces.
_COPY_CHECKS = sql("""
INSERT INTO coverage_check (coverage, "check", reason)
SELECT n.id, k."check", k.reason FROM coverage n
JOIN coverage o ON o.evidence = n.evidence AND o.series = n.series JOIN coverage_check k ON k.coverage = o.id
WHERE n.evidence = :evidence AND n.judged_at = :now AND n.fails = 1 AND o.judged_at = (
  SELECT MAX(b.judged_at) FROM coverage b WHERE b.evidence = n.evidence AND b.series = n.series AND b.judged_at < :now)
""").bindparams(bindparam("now", type_=Moment()))


@dataclass(frozen=True, slots=True)
class CoverageChange:
    """What a new judgement says otherwise of a coverage: columns with their values.

    `coverage`: its row, with requirement, system and target.
    """

    coverage: RowMapping
    values: Mapping[str, object]


def record_changed_judgement(
    session: Session,
    person: Person,
    evidence: str,
    changes: Sequence[CoverageChange],
    because: Sequence[Text],
    doubts: Sequence[Text],
    now: datetime,
) -> None:
    """Record a judgement that changes some coverages, by the policies of the judgement before it, and log it."""
    coverage = table("coverage")
    columns = [column.name for column in coverage.c if column.name != "id"]
    rows = [
        {name: {**change.coverage, **change.values, "judged_at": now}[name] for name in columns} for change in changes
    ]
    session.execute(insert_into("coverage"), rows)
    session.execute(_COPY_CHECKS, {"evidence": evidence, "now": now})
    last = next(iter(judgements(session, evidence)), None)
    used = {"policies": last.policies if last else {}, "compared": last.compared if last else {}}
    reasons = [to_stored(doubt) for doubt in doubts]
    row = {"evidence": evidence, "judged_at": now, "judged_by": person.name, "review_reasons": reasons}
    session.execute(insert_into("judgement"), [row | used])
    record(
        session,
        person,
        "evidence.judge",
        evidence,
        now,
        before=[[*_key(change.coverage), change.coverage["verdict"]] for change in changes],
        after=[[*_key(change.coverage), _verdict(change)] for change in changes],
        because=list(map(str, because)),
        warnings=list(map(str, doubts)),
        facts=facts.judgement_digest(session, evidence, now),
    )


def _verdict(change: CoverageChange) -> object:
    return change.values.get("verdict", change.coverage["verdict"])


def _key(row: RowMapping) -> tuple[str, str, str]:
    return row["requirement"], row["system"], row["target"]
