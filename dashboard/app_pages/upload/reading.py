"""Takes dropped files into the work: each is staged, read and proposed for by itself, so that one holds up no other."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

import streamlit as st

from dashboard.app_pages.upload.dropped_files import DroppedFiles
from dashboard.app_pages.upload.staged_work import MOST_ROWS, StagedRow, Work, begin_work
from dashboard.shell.page_context import PageContext
from dashboard.shell.streamlit_adapter import UploadedFile
from evidence.intake.many_files.batch_file import Part
from evidence.intake.many_files.batch_rows import close, parts_of
from evidence.intake.many_files.manifest import Entry
from evidence.intake.many_files.manifest_choice import proposed_choice
from evidence.intake.reading.inspection import Incoming, InspectedFile, Inspection, inspect, shown_name
from locales import Language, Problem, text
from settings import store

_TOO_MANY = text("At most {n} files wait here at once; save or leave out some first.", n=MOST_ROWS)


def take(t: Language, context: PageContext, work: Work | None, dropped: Sequence[UploadedFile]) -> Work:
    """Read the files that were not read yet, with their progress, into this work or a new one.

    Raises `TooLarge` for too many files.
    """
    new = [file for file in dropped if work is None or file.file_id not in work.read]
    parts = parts_of([Incoming(BytesIO(file.getvalue()), file.name) for file in new])
    work = work or begin_work(context.person.account, datetime.now(UTC))
    work.read |= {file.file_id for file in new}
    bar = st.progress(0.0) if len(parts) > 1 else None
    try:
        for number, part in enumerate(parts):
            if bar is not None:
                words = t("Reading {name}: {n} of {total}", name=_as_label(part.path), n=number + 1, total=len(parts))
                bar.progress(number / len(parts), words)
            add(work, read(context, part))
    finally:
        close(parts)
    return work


def add(work: Work, row: StagedRow) -> None:
    """Add a row; one too many is refused, and a file that is there already is named."""
    if len(work.open_rows) >= MOST_ROWS:
        row.discard()
        row.problem = _TOO_MANY
    work.rows.append(row)
    if other := work.same_file(row):
        row.discard()
        row.problem = text("{name} and {other} are the same file; leave one out.", name=row.name, other=other.name)
    work.version += 1


def read(context: PageContext, part: Part) -> StagedRow:
    """A row with what was read and proposed, or with why the file was refused."""
    person = context.person
    row = StagedRow(shown_name(part.path), size=part.size, origin=part.origin, problem=part.problem)
    if part.stream is None:
        return row
    try:
        incoming = Incoming(part.stream, part.path)
        row.files = DroppedFiles(inspect(store(), [incoming], whose=person.account or person.name))
        propose_for(context, row, entry=part.entry)
    except Problem as problem:
        row.discard()
        row.problem = problem.message
    return row


def propose_for(context: PageContext, row: StagedRow, requirement: str = "", entry: Entry | None = None) -> None:
    """Propose for a row; `requirement`: the one that was chosen, by default the one in the address."""
    if row.files is None:
        return
    wanted = requirement or st.query_params.get("requirement", "")
    proposed = proposed_choice(
        context.session, context.person, row.files.inspection, context.now, None if requirement else entry, wanted
    )
    row.proposal, row.choice, row.doubt = proposed.proposal, proposed.choice, proposed.doubt


def join(context: PageContext, work: Work, rows: Sequence[StagedRow]) -> StagedRow | None:
    """Make one piece of evidence of the files of several rows; None for fewer than two."""
    inspections = [row.files.inspection for row in rows if row.files is not None]
    if len(inspections) < 2:  # noqa: PLR2004 - what can be joined
        return None
    files = [file for inspection in inspections for file in inspection.files]
    return _replace(context, work, rows, [files])[0]


def take_apart(context: PageContext, work: Work, row: StagedRow) -> list[StagedRow]:
    """Make a row of each file of a row."""
    inspection = row.files.inspection if row.files else Inspection()
    return _replace(context, work, [row], [[file] for file in inspection.files])


def _replace(
    context: PageContext, work: Work, rows: Sequence[StagedRow], groups: Sequence[Sequence[InspectedFile]]
) -> list[StagedRow]:
    """Replace rows by rows of other groups of the same staged files, which stay staged."""
    for row in rows:
        if row.files is not None:
            row.files.discard.detach()
    made = []
    for group in groups:
        inspection = Inspection(list(group))
        name = " + ".join(file.name for file in inspection.files[:2]) + (" …" if len(inspection.files) > 2 else "")  # noqa: PLR2004
        row = StagedRow(name, DroppedFiles(inspection), size=sum(file.staged.size for file in inspection.files))
        propose_for(context, row)
        made.append(row)
    at = min((work.rows.index(row) for row in rows), default=0)
    rest = [row for row in work.rows if row not in rows]
    work.rows = [*rest[:at], *made, *rest[at:]]
    work.version += 1
    return made


def _as_label(name: str) -> str:
    """A name in a text that is Markdown: as code."""
    return f"`{name.replace('`', ' ')}`"
