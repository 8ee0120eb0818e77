"""Tables whose rows are test results: their mapping is settled, and they are read, before a delivery is fitted.

What the rows say is then as what a tool's file says: results, outcomes, days. The files themselves stay as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlmodel import Session

from controls.browse.values import RequirementRow
from controls.scope.system_scope import system_titles
from evidence.errors import Unfitting
from evidence.formats import is_table
from evidence.formats.values import Result
from evidence.intake.column_mapping.redaction import names_people, reference_key, require_redacted, without_names
from evidence.intake.column_mapping.remembered_mappings import remembered_mapping
from evidence.intake.column_mapping.settlement import settled, systems_of
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import requirements_named
from evidence.intake.reading.inspection import InspectedFile, Inspection
from evidence.intake.reading.spool import Spool
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.judging.results_of_table import TableResults
from evidence.judging.table_mapping import NOTHING, TableMapping
from evidence.judging.values import DoesNotFit
from locales import Text, text
from models.calendar import Calendar, calendar_of
from models.vocabulary import EvidenceKind

_BATCH = 2_000  # results

Tables = list[tuple[InspectedFile, Policy[Any]]]


@dataclass(frozen=True, slots=True)
class ReadTables:
    """A delivery whose tables of results were read. `warnings`: for its reviewer; `reasons`: why it needs one."""

    delivery: Delivery
    warnings: list[Text] = field(default_factory=list)
    reasons: list[Text] = field(default_factory=list)


def settled_results(session: Session, delivery: Delivery, now: datetime) -> ReadTables:
    """Settle the mapping of the tables whose rows are test results, and read them; other deliveries stay as they are.

    Raises `MappingNeeded` with a proposal, `Unfitting`, `Unknown` and `DoesNotFit`.
    """
    tables = _tables(session, delivery, now)
    if not tables:
        return ReadTables(delivery)
    calendar, sent = calendar_of(session), delivery.mapping
    if sent is not None and names_people(sent):
        sent = without_names(sent, reference_key(session, now))
    systems = systems_of(system_titles(session), delivery.systems)
    known = _remembered(session, delivery) if sent is None else sent
    mapping = settled(tables, calendar, sent, known, systems)
    require_redacted(delivery.inspection, mapping)
    return _read(replace(delivery, mapping=mapping), tables, calendar, mapping)


def with_results(session: Session, delivery: Delivery, now: datetime) -> Delivery:
    """A recorded delivery, with its tables of results read by the mapping that is kept with it."""
    tables = _tables(session, delivery, now)
    mapping = delivery.mapping or NOTHING
    return _read(delivery, tables, calendar_of(session), mapping).delivery if tables else delivery


def _tables(session: Session, delivery: Delivery, now: datetime) -> Tables:
    files = [file for file in delivery.inspection.files if file.run is not None and is_table(file.format)]
    if not files:
        return []
    requirements = requirements_named(session, delivery.requirements, now)
    return [(file, policy) for file in files for policy in _reading(file, requirements)]


def _reading(file: InspectedFile, requirements: Sequence[RequirementRow]) -> list[Policy[Any]]:
    """The policy that reads a table as test results, if one does. Raises `Unfitting` if another reads a register."""
    named = [policies()[row.policy] for row in requirements if row.policy in policies() and _is_judged(row)]
    judging = [policy.judging(file.format) for policy in named if file.format in policy.formats]
    reading = [policy for policy in judging if policy.reads_tables_as_results]
    if reading and len(reading) < len(judging):
        raise Unfitting(
            text(
                "{name} would be read as test results for one requirement and as a register for another; upload it for "
                "each by itself.",
                name=file.name,
            )
        )
    return reading[:1]


def _is_judged(requirement: RequirementRow) -> bool:
    return requirement.kind != EvidenceKind.RECORD


def _remembered(session: Session, delivery: Delivery) -> TableMapping:
    systems = delivery.systems or [""]
    cells = [(requirement, system, "") for requirement in delivery.requirements for system in ("", *systems)]
    return remembered_mapping(session, cells)


def _read(delivery: Delivery, tables: Tables, calendar: Calendar, mapping: TableMapping) -> ReadTables:
    read = {file.staged.sha256: _read_table(file, policy, calendar, mapping) for file, policy in tables}
    files = [_as_results(file, read.get(file.staged.sha256)) for file in delivery.inspection.files]
    reasons = [why for file, _ in tables for why in (_of_people(file), *read[file.staged.sha256].points)]
    warnings = [warning for table in read.values() for warning in table.warnings]
    return ReadTables(replace(delivery, inspection=Inspection(files)), warnings, reasons)


def _read_table(file: InspectedFile, policy: Policy[Any], calendar: Calendar, mapping: TableMapping) -> TableResults:
    assert file.run is not None  # noqa: S101 - only tables that were read
    try:
        return policy.results_of_table(file.run, file.spool.results, calendar, mapping)
    except DoesNotFit as problem:
        raise DoesNotFit(text("{name}: {problem}", name=file.name, problem=problem.message)) from None


def _as_results(file: InspectedFile, table: TableResults | None) -> InspectedFile:
    if table is None:
        return file
    return replace(file, run=table.run, spool=_Results(None, table.counts, table.first, file.spool, table.results))


def _of_people(file: InspectedFile) -> Text:
    return text("{file} is a table, which shows no tool that made its results; see whether they hold.", file=file.name)


@dataclass(slots=True)
class _Results(Spool):
    """The results in the packed rows of a table, read anew each time."""

    rows: Spool = field(default_factory=Spool)
    read: Callable[[Iterable[Result]], Iterator[Result]] = iter

    def batches(self) -> Iterator[list[Result]]:
        results = self.read(self.rows.results())
        while batch := list(islice(results, _BATCH)):
            yield batch

    def close(self) -> None:
        self.rows.close()
