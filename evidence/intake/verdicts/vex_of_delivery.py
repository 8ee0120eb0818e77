"""Statements of the VEX documents among the files of a delivery."""

from collections.abc import Iterator, Sequence

from evidence.errors import Unfitting
from evidence.formats.facts import Findings
from evidence.formats.findings import only_states
from evidence.formats.vex_statements import Statement, statement_of
from evidence.intake.reading.inspection import InspectedFile
from evidence.judging.vex_matching import NO_STATEMENTS, Statements
from locales import text

_MOST = 50_000  # statements, which are compared in memory


def statements_in(files: Sequence[InspectedFile]) -> Statements:
    """Statements of all files. Raises `Unfitting` when there are too many."""
    stating = [
        file for file in files if file.run and isinstance(file.run.facts, Findings) and file.run.facts.statements
    ]
    if not stating:
        return NO_STATEMENTS
    number = sum(file.run.facts.statements for file in stating if file.run and isinstance(file.run.facts, Findings))
    if number > _MOST:
        raise Unfitting(
            text(
                "The VEX documents hold {n} statements, more than {most}. Upload those on what was scanned.",
                n=number,
                most=_MOST,
            )
        )
    scans = [file for file in files if file.run is not None and not only_states(file.run)]
    return Statements(_read(stating), beside_scan=bool(scans))


def _read(files: Sequence[InspectedFile]) -> Iterator[Statement]:
    results = (result for file in files for batch in file.spool.batches() for result in batch)
    return (statement for result in results if (statement := statement_of(result)))
