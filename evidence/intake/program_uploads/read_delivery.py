"""From staged files to a delivery: read, without personal data, with what the fields declare."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from evidence.intake.admission import admit
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.program_uploads.redacted_files import redacted_files
from evidence.intake.program_uploads.upload_context import UploadContext, whose
from evidence.intake.program_uploads.upload_fields import UploadFields, delivery_of, mapping_field
from evidence.intake.reading.inspection import Inspection, StagedFile, read_staged


def require_admitted(context: UploadContext, fields: UploadFields, files: int) -> None:
    """Refuse what may not be uploaded, or has a field of another form, before any file is read. `files`: how many."""
    delivery_of(fields, Inspection())
    days = (fields.first_day, fields.last_day)
    with context.reading() as (session, now):
        admit(session, context.person, fields.requirement, fields.system, files, days, now)


@contextmanager
def read_delivery(context: UploadContext, fields: UploadFields, files: Sequence[StagedFile]) -> Iterator[Delivery]:
    """Read staged files outside any transaction; they are discarded at the end of the block.

    Raises as `evidence.intake.reading.inspection.inspect`.
    """
    mapping = mapping_field(fields)
    with (
        read_staged(files, whose(context.person)) as raw,
        redacted_files(context, raw, mapping, fields.requirement, fields.system) as inspection,
    ):
        yield delivery_of(fields, inspection)
