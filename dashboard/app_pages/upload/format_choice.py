"""The part of the upload page where a person overrules the format of a file."""

from collections.abc import Mapping

import streamlit as st

from dashboard.app_pages.upload.dropped_files import DroppedFiles
from dashboard.app_pages.upload.reading import propose_for
from dashboard.app_pages.upload.staged_work import StagedRow, Work
from dashboard.shell.frame import show
from dashboard.shell.html import caption
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import show_problem
from evidence.formats import formats, title_of
from evidence.intake.reading.inspection import Incoming, InspectedFile, Inspection, inspect
from locales import Language, Problem
from settings import store

_BY_CONTENT = ""


def format_choice(t: Language, context: PageContext, work: Work, row: StagedRow, files: DroppedFiles) -> None:
    """Draw the format of each file, to choose another; the files are then read anew."""
    inspection = files.inspection
    with st.expander(t("Read as another format")):
        words = t("What you choose is recorded as chosen by you, and waits for someone else's review.")
        show(caption(words))
        chosen = {file.name: _chosen(t, row, file) for file in inspection.files}
    if chosen == {file.name: _current(file) for file in inspection.files}:
        return
    try:
        row.files = _read_anew(context, inspection, chosen)
    except Problem as problem:
        show_problem(t, problem)
        return
    files.discard()
    propose_for(context, row)
    work.version += 1
    st.rerun()


def _current(file: InspectedFile) -> str:
    return file.format if file.overruled is not None else _BY_CONTENT


def _chosen(t: Language, row: StagedRow, file: InspectedFile) -> str:
    """Draw the choice for one file: a format, or empty for the one that its content shows."""
    names = [_BY_CONTENT, *sorted(formats(), key=lambda name: title_of(name).casefold())]
    return st.selectbox(
        t("Read {file} as", file=file.name),
        names,
        index=names.index(_current(file)),
        format_func=lambda name: title_of(name) if name else t("what its content shows"),
        key=f"{row.id} format of {file.name}",
    )


def _read_anew(context: PageContext, inspection: Inspection, chosen: Mapping[str, str]) -> DroppedFiles:
    """The staged files, read as chosen. Raises what reading raises."""
    incoming = [Incoming(file.staged.open(), file.name, chosen[file.name]) for file in inspection.files]
    try:
        return DroppedFiles(inspect(store(), incoming, whose=context.person.account or context.person.name))
    finally:
        for each in incoming:
            each.stream.close()
