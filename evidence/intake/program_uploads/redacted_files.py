"""The files of an upload without the personal data that is to be left out or replaced."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from evidence.intake.column_mapping import redaction
from evidence.intake.column_mapping.remembered_mappings import remembered_mapping
from evidence.intake.program_uploads.upload_context import UploadContext, whose
from evidence.intake.reading.inspection import Inspection
from evidence.judging.table_mapping import TableMapping


def redacted_files(
    context: UploadContext,
    inspection: Inspection,
    mapping: TableMapping | None,
    requirements: Sequence[str],
    systems: Sequence[str],
) -> AbstractContextManager[Inspection]:
    """The files as the mapping says that was sent, else as it is remembered for these requirements and systems."""
    key = b""
    if mapping is None and redaction.has_tables(inspection):
        cells = [(requirement, system, "") for requirement in requirements for system in ("", *systems)]
        with context.reading() as (session, _):
            mapping = remembered_mapping(session, cells)
    if redaction.needs_redaction(inspection, mapping):
        with context.writing(visit=True) as (session, now):
            key = redaction.reference_key(session, now)
    return redaction.redacted(context.store, inspection, mapping, key, whose(context.person))
