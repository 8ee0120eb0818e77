"""Reasons for runs of test cases that no longer test what the previous run tested, or that have none before them."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from evidence.errors import Corrupted, NotKept
from evidence.formats.values import Result
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.judgement.delivery_judgement import (
    RAN,
    cells_compared_with_earlier_runs,
    judging_policies_of,
)
from evidence.intake.judgement.earlier_runs import RanBefore
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reading.processes import readers_again
from evidence.judging.policy import Policy
from evidence.storage.store import EvidenceStore
from locales import Text, plural, text
from models.rows import table

_MOST_NAMED = 12
_LONGEST_NAME = 80


def reasons_of_vanished_checks(
    session: Session,
    store: EvidenceStore,
    delivery_fit: DeliveryFit,
    inspection: Inspection,
    tool: str,
    before: Sequence[RanBefore],
) -> list[Text]:
    """Reasons when something tested last time is not tested now, or the last run was by another tool.

    Only where the policy compares the number of cases. A first run tells itself what there is to test; once someone
    else has looked whether that is all, later runs are compared with it.
    """
    policies = judging_policies_of(delivery_fit)
    without = set(cells_compared_with_earlier_runs(delivery_fit)) - {run.cell for run in before}
    if without and (listed := _listed(inspection, policies)):
        return [text("No earlier run counts; see whether these are all that there are: {names}.", names=_some(listed))]
    same = sorted({run.evidence for run in before if run.tool == tool})
    if before and not same:
        others = ", ".join(sorted({run.tool for run in before}))
        return [
            text("What counted before was run by {others}; this is the first run by {tool}.", others=others, tool=tool)
        ]
    try:
        ran = {name for evidence in same for name in _tested_before(session, store, evidence, policies)}
    except (Corrupted, NotKept):
        return [text("The run that counted last can't be read, so nothing shows that the same was tested.")]
    for file in inspection.files:
        for batch in file.spool.batches():
            ran -= _tested(batch, policies)
    return [_no_longer(sorted(ran))] if ran else []


def _listed(inspection: Inspection, policies: Sequence[Policy[Any]]) -> list[str]:
    """What only the run itself tells that there is to test."""
    results = (result for file in inspection.files for batch in file.spool.batches() for result in batch)
    return sorted({item for result in results for policy in policies for item in policy.listed_by_the_run(result)})


def _some(names: Sequence[str]) -> str:
    listed = ", ".join(name[:_LONGEST_NAME] for name in names[:_MOST_NAMED])
    return f"{listed}, …" if len(names) > _MOST_NAMED else listed


def _no_longer(names: Sequence[str]) -> Text:
    return plural(
        "The run that counted last tested {names}; this one does not.",
        "The run that counted last tested {n} things that this one does not: {names}.",
        len(names),
        names=_some(names),
    )


def _tested_before(session: Session, store: EvidenceStore, evidence: str, policies: Sequence[Policy[Any]]) -> set[str]:
    """What the cases of evidence tested, from its files: the database does not store their properties."""
    file, tested = table("evidence_file"), set[str]()
    for sha256 in session.execute(select(file.c.sha256).where(file.c.evidence == evidence)).scalars():
        with store.open_verified(sha256) as stream:
            _, spool = readers_again().read(stream, stream.seek(0, os.SEEK_END))
        try:
            for batch in spool.batches():
                tested |= _tested(batch, policies)
        finally:
            spool.close()
    return tested


def _tested(results: Iterable[Result], policies: Sequence[Policy[Any]]) -> set[str]:
    """What executed cases tested."""
    ran = [result for result in results if result.outcome in RAN]
    return {name for result in ran for policy in policies for name in policy.tested(result)}
