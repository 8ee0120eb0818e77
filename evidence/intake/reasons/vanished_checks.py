"""Reasons for runs of test cases that no longer test what the previous run tested, or that have none before them."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from evidence.errors import Corrupted, NotKept
from evidence.formats import is_table
from evidence.formats.values import Result
from evidence.intake.delivery.declarations import chosen_format
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.reading.file import FileContent
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reading.readers_and_budgets import readers_again
from evidence.intake.reading.spool import Spool
from evidence.intake.reasons.listed_names import listed
from evidence.intake.verdicts.delivery_judgement import (
    RAN,
    cells_compared_with_earlier_runs,
    judging_policies_of,
)
from evidence.intake.verdicts.earlier_runs import RanBefore
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import TableMapping, kept_mapping
from evidence.judging.values import DoesNotFit
from evidence.storage.store import EvidenceStore
from locales import Text, plural, text
from models.bulk_changes import table
from models.calendar import Calendar

_MOST_NAMED = 12


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
    if without and (known := _listed(inspection, policies)):
        return [
            text(
                "No earlier run counts; see whether these are all that there are: {names}.",
                names=listed(known, _MOST_NAMED),
            )
        ]
    same = sorted({run.evidence for run in before if run.tool == tool})
    if before and not same:
        others = ", ".join(sorted({run.tool for run in before}))
        return [
            text("What counted before was run by {others}; this is the first run by {tool}.", others=others, tool=tool)
        ]
    try:
        ran = {
            name
            for evidence in same
            for name in _tested_before(session, store, evidence, policies, delivery_fit.calendar)
        }
    except (Corrupted, NotKept, DoesNotFit):
        return [text("The run that counted last can't be read, so nothing shows that the same was tested.")]
    for file in inspection.files:
        for batch in file.spool.batches():
            ran -= _tested(batch, policies)
    return [_no_longer(sorted(ran))] if ran else []


def _listed(inspection: Inspection, policies: Sequence[Policy[Any]]) -> list[str]:
    """What only the run itself tells that there is to test."""
    batches = (batch for file in inspection.files for batch in file.spool.batches())
    return sorted({item for batch in batches for policy in policies for item in policy.listed_by_the_run(batch)})


def _no_longer(names: Sequence[str]) -> Text:
    return plural(
        "The run that counted last tested {names}; this one does not.",
        "The run that counted last tested {n} things that this one does not: {names}.",
        len(names),
        names=listed(names, _MOST_NAMED),
    )


def _tested_before(
    session: Session, store: EvidenceStore, evidence: str, policies: Sequence[Policy[Any]], calendar: Calendar
) -> set[str]:
    """What the cases of evidence tested, from its files: the database does not store their properties."""
    file, row, tested = table("evidence_file"), table("evidence"), set[str]()
    query = select(file.c.sha256, file.c.name, row.c.declared).join(row, row.c.id == file.c.evidence)
    for stored in session.execute(query.where(file.c.evidence == evidence)):
        with store.open_verified(stored.sha256) as stream:
            size, chosen = stream.seek(0, os.SEEK_END), chosen_format(stored.declared, stored.name)
            content, spool = readers_again().read(stream, size, name=chosen)
        try:
            tested |= _tested(_cases(content, spool, policies, calendar, kept_mapping(stored.declared)), policies)
        finally:
            spool.close()
    return tested


def _cases(
    content: FileContent, spool: Spool, policies: Sequence[Policy[Any]], calendar: Calendar, mapping: TableMapping
) -> Iterable[Result]:
    """The test cases of a file that was read; those of a table by its mapping. Raises `DoesNotFit`."""
    reading = next((policy for policy in policies if policy.reads_tables_as_results), None)
    if content.run is None or reading is None or not is_table(content.format):
        return spool.results()
    return reading.results_of_table(content.run, spool.results, calendar, mapping).results(spool.results())


def _tested(results: Iterable[Result], policies: Sequence[Policy[Any]]) -> set[str]:
    """What executed cases tested."""
    ran = (result for result in results if result.outcome in RAN)
    return {name for result in ran for policy in policies for name in policy.tested(result)}
