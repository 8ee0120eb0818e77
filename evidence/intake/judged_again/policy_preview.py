"""Previews an edition of a policy: which past runs it would have judged otherwise. Nothing is recorded.

Every file is read again, which costs what it weighs: of each series only the newest runs are read, together up to a
number of bytes; how many more there are is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Engine, Subquery, func, select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.intake.judged_again.recorded_delivery import (
    evidence_row,
    fit_again,
    read_again,
    recorded_delivery,
    stored_files,
)
from evidence.intake.reading.inspection import Inspection
from evidence.intake.records import evidence_rows
from evidence.intake.verdicts.comparison_data import read_comparison_data
from evidence.intake.verdicts.delivery_judgement import CoveredCell, DeliveryJudgement
from evidence.intake.verdicts.latest_judgement import latest_coverage
from evidence.judging.own_policies.editions import EditionDraft, check_edition, check_requirements
from evidence.judging.own_policies.in_force import OwnPolicy
from evidence.storage.store import EvidenceStore
from locales import Problem, Text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.queries import latest_review_decision, with_cells
from models.transaction import reading
from models.vocabulary import ReviewDecision

MOST_OF_SERIES: Final = 3  # runs of a series that are read
MOST_BYTES: Final = 20_000_000  # of all files together
_MOST_RUNS: Final = 100


@dataclass(frozen=True, slots=True)
class PastRun:
    """Recorded evidence for a requirement of the edition, other than rejected. `size`: of its files, in bytes."""

    evidence: str
    title: str
    tool: str
    day: date
    size: int


@dataclass(frozen=True, slots=True)
class OtherVerdict:
    """A run with another verdict for a cell. `failing`: the checks that would fail, in the order of the policy."""

    run: PastRun
    requirement: str
    system: str
    target: str
    before: str
    after: str
    failing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an edition would have judged otherwise, newest first. `judged`: how many runs were read and judged again.

    `left_out`: how many older or larger runs were not; `not_judged`: those that can't be judged now, and why.
    """

    changed: tuple[OtherVerdict, ...]
    judged: int
    left_out: int
    not_judged: tuple[tuple[PastRun, Text], ...]


def preview_edition(
    engine: Engine, store: EvidenceStore, person: Person, draft: EditionDraft, now: datetime
) -> Preview:
    """Judge the newest runs of the edition's requirements by it, without recording anything.

    Files are read outside any transaction. Raises as `publish_edition`, except for the day and the reason.
    """
    require(person, "policy.publish")
    with reading(engine) as session:
        made = check_edition(session, person, draft)
        today = calendar_of(session).day_of(now)
        wanted = check_requirements(session, person, draft, today)
        runs, total = _newest_runs(session, wanted)
    own = {key: OwnPolicy(made, date.min) for key in wanted}
    changed: list[OtherVerdict] = []
    not_judged: list[tuple[PastRun, Text]] = []
    for run in runs:
        try:
            changed += _judged_otherwise(engine, store, person, run, own, now)
        except Problem as problem:
            not_judged.append((run, problem.message))
    return Preview(tuple(changed), len(runs) - len(not_judged), total - len(runs), tuple(not_judged))


def _newest_runs(session: Session, requirements: Sequence[str]) -> tuple[list[PastRun], int]:
    """The newest runs of each series that are read, newest first, and how many runs there are."""
    ranked, evidence, file = _ranked(requirements), table("evidence"), table("evidence_file")
    total = session.execute(select(func.count(ranked.c.evidence.distinct()))).scalar_one()
    newest = select(ranked.c.evidence).where(ranked.c.number <= MOST_OF_SERIES)
    size = select(func.sum(file.c.size)).where(file.c.evidence == evidence.c.id).scalar_subquery()
    columns = (evidence.c.id, evidence.c.title, evidence.c.tool, evidence.c.last_day, size.label("size"))
    order = (evidence.c.last_day.desc(), evidence.c.recorded_at.desc(), evidence.c.id)
    rows = session.execute(select(*columns).where(evidence.c.id.in_(newest)).order_by(*order).limit(_MOST_RUNS))
    runs: list[PastRun] = []
    for row in rows:
        if sum(run.size for run in runs) + row.size <= MOST_BYTES:
            runs.append(PastRun(*row))
    return runs, total


def _ranked(requirements: Sequence[str]) -> Subquery:
    """The evidence for these requirements that was not rejected, with its number in its series from the newest."""
    coverage, cell = table("coverage"), table("cell")
    newest = [coverage.c.last_day.desc(), coverage.c.recorded_at.desc(), coverage.c.id.desc()]
    number = func.row_number().over(partition_by=coverage.c.series, order_by=newest).label("number")
    decision = func.coalesce(latest_review_decision(coverage.c.evidence), "")
    counted = decision.not_in((ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN))
    query = select(coverage.c.evidence, number).select_from(with_cells(coverage))
    return query.where(cell.c.requirement.in_(requirements), latest_coverage(), counted).subquery()


def _judged_otherwise(
    engine: Engine, store: EvidenceStore, person: Person, run: PastRun, own: Mapping[str, OwnPolicy], now: datetime
) -> list[OtherVerdict]:
    """The cells of a run that the edition would have judged otherwise. Raises `Problem` if it can't be judged now."""
    with reading(engine) as session:
        files = stored_files(session, run.evidence)
    with read_again(store, files, person.account or person.name) as inspection, reading(engine) as session:
        before = evidence_rows.covered_cells(session, run.evidence)
        after = _judged(session, store, run.evidence, inspection, before, own, now)
    verdicts = {cell.key: cell for cell in before}
    return [
        OtherVerdict(run, *cell.key, verdicts[cell.key].verdict, cell.verdict, tuple(name for name, _ in cell.failing))
        for cell in after
        if cell.key in verdicts and cell.requirement in own and cell.verdict != verdicts[cell.key].verdict
    ]


def _judged(
    session: Session,
    store: EvidenceStore,
    evidence: str,
    inspection: Inspection,
    before: Sequence[CoveredCell],
    own: Mapping[str, OwnPolicy],
    now: datetime,
) -> list[CoveredCell]:
    """The verdicts of recorded evidence by other policies."""
    row = evidence_row(session, evidence)
    delivery = recorded_delivery(session, row, inspection, before, now)
    delivery_fit = fit_again(session, delivery, before, now).judged_by(own)
    comparison = read_comparison_data(session, store, delivery_fit, row.recorded_at)
    judgement = DeliveryJudgement(delivery, delivery_fit, comparison, row.tool)
    for position, file in enumerate(inspection.files):
        if file.run is not None:
            for _ in judgement.judge_results(position, file):
                pass
    return judgement.covered()
