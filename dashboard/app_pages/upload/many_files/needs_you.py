"""The files that wait for a person: what is wrong with each, how to mend it, and the means to do so."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import streamlit as st

from dashboard.app_pages.upload.many_files.ready_table import tool_of
from dashboard.app_pages.upload.many_files.row_state import BESIDE, RowState
from dashboard.app_pages.upload.many_files.saving_rows import save_rows
from dashboard.app_pages.upload.reading import propose_for, read
from dashboard.app_pages.upload.staged_work import StagedRow, Work
from dashboard.components.drop_zone import draw_drop_zone_texts
from dashboard.components.evidence.recognised_file import size
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.requirement_choice import found_requirements, searchable_label
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from evidence.intake.many_files.batch_file import Part
from evidence.intake.proposed_requirements.questions import Question
from locales import Language, Text, text

_MOST = 12  # rows with fields at once; more make the browser slow
_HINTS: Mapping[Question, Text] = {
    Question.REQUIREMENT: text("Nothing in the file or its name says which. The likeliest are listed first."),
    Question.SYSTEM: text("The file names no address that is recorded, and it was not uploaded before."),
    Question.DAY: text("What you enter is recorded as declared by you."),
    Question.END: text("Open the file by itself to enter it."),
    Question.POPULATION: text(
        "Open the file by itself to enter it. Take the number from the source, not from the file."
    ),
    Question.ZONE: text("Open the file by itself to choose it."),
    Question.MAPPING: text("Open the file by itself to say what its columns mean."),
}


def needs_you(t: Language, context: PageContext, work: Work, waiting: Sequence[RowState], ready: int) -> None:
    """Draw the rows that can't be saved yet."""
    remark = t.n("{n} file; no other file waits for it", "{n} files; no other file waits for them", len(waiting))
    show(html.section(t("Needs you"), remark if ready else ""))
    found = _found(t, context, waiting[:_MOST])
    for state in waiting[:_MOST]:
        with st.container(key=f"needs {state.row.id}"):
            _row(t, context, work, state, found)
    if len(waiting) > _MOST:
        more = len(waiting) - _MOST
        words = t.n(
            "{n} more file appears here when these have been dealt with.",
            "{n} more files appear here when these have been dealt with.",
            more,
        )
        show(html.caption(words))


def _found(t: Language, context: PageContext, waiting: Sequence[RowState]) -> list[str]:
    """Draw one search for all rows that wait for a requirement; return the keys that it finds."""
    asking = [state for state in waiting if state.question == Question.REQUIREMENT]
    keys = list(dict.fromkeys(key for state in asking for key in state.row.proposal.candidates))
    if not keys:
        return []
    with st.columns([4, 8])[0]:
        return found_requirements(t, context, keys, "find for waiting files")


def _row(t: Language, context: PageContext, work: Work, state: RowState, found: Sequence[str]) -> None:
    left, middle, right = st.columns([4, 4.4, 3.6], gap="medium", vertical_alignment="center")
    with left:
        show(_name(t, context, state))
    with middle:
        show(html.two_lines(*_trouble(t, state)))
    with right:
        _mend(t, context, work, state, found)


def _name(t: Language, context: PageContext, state: RowState) -> html.Html:
    """The file, what it is, and what it is proposed to be evidence for."""
    row = state.row
    facts = [size(t, row.size)]
    if row.files is not None:
        facts = [tool_of(t, row), *facts]
    if row.choice.requirement:
        facts = [context.titles.requirement(t, row.choice.requirement), *facts]
    if row.origin:
        facts.append(t("from {archive}", archive=row.origin))
    is_wrong = row.files is None or row.failure is not None or _is_broken(row)
    return html.html(
        '<div class="waiting"><span class="mark s-{look}">{icon}</span>{name}</div>',
        look="failing" if is_wrong else "unknown",
        icon=html.icon("error" if is_wrong else "help"),
        name=html.two_lines(row.name, " · ".join(facts)),
    )


def _trouble(t: Language, state: RowState) -> tuple[str, str]:
    """What is wrong, and how to mend it."""
    message = t.render(state.message) if state.message else ""
    if state.row.failure is not None:
        return t("It was not saved: {reason}", reason=message), t("Try again, or open it by itself.")
    if state.row.doubt is not None:
        return message, t("Use what is proposed here instead, or open it by itself.")
    if state.row.files is None:
        return message, t("Make the file again and replace this one, or leave it out.")
    if _is_broken(state.row):
        return message, t("Export it again and replace it; or choose which document it is.")
    if state.question is not None:
        return message, t.render(_HINTS[state.question])
    this_address = t("Open the file by itself to say what this address is; its other files follow.")
    return message, this_address if state.without_place else t("Open the file by itself to correct it.")


def _is_broken(row: StagedRow) -> bool:
    """Whether a file could not be read as the report that it appears to be."""
    return row.files is not None and any(file.problem for file in row.files.inspection.files)


def _mend(t: Language, context: PageContext, work: Work, state: RowState, found: Sequence[str]) -> None:
    """The means to mend a row, and to leave it out."""
    row = state.row
    if row.files is not None and row.failure is None and row.doubt is None and state.question in BESIDE:
        _answer(t, context, work, state, found)
    with st.container(horizontal=True, gap="small"):
        if row.files is None or _is_broken(row):
            _replace(t, context, work, row)
        elif row.failure is not None and st.button(t("Try again"), key=f"again {row.id}", icon=":material/refresh:"):
            save_rows(t, context, work, [row])
        if row.doubt is not None and st.button(t("Use the proposal"), key=f"instead {row.id}"):
            row.doubt = None
            _redraw(work)
        if row.files is not None and st.button(t("Open"), key=f"open {row.id}", type="tertiary"):
            open_alone(row)
        if st.button(t("Leave out"), key=f"leave {row.id}", type="tertiary"):
            work.remove(row)
            st.rerun()


def open_alone(row: StagedRow) -> None:
    """Open the form of one upload for a row."""
    st.query_params["file"] = row.id
    st.rerun()


def _answer(t: Language, context: PageContext, work: Work, state: RowState, found: Sequence[str]) -> None:
    row = state.row
    if state.question == Question.REQUIREMENT:
        keys = [key for key in row.proposal.candidates if key in found]
        titles = {key: searchable_label(t, context.titles, key) for key in keys}
        chosen = _chosen(t, t("Evidence for"), titles, t("Choose what this is evidence for"), f"requirement {row.id}")
        if chosen:
            propose_for(context, row, chosen)
            _redraw(work)
    elif state.question == Question.SYSTEM:
        names = {system.key: t.title(system) for system in context.scope}
        if chosen := _chosen(t, t("System"), names, t("Choose the system"), f"system {row.id}"):
            row.choice = replace(row.choice, systems=(chosen,))
            _redraw(work)
    else:
        _day(t, context, work, row)


def _chosen(t: Language, label: str, names: Mapping[str, str], hint: str, key: str) -> str | None:
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=option_label(names),
        placeholder=hint if names else t("No evidence requirement accepts this kind of file"),
        label_visibility="collapsed",
        filter_mode="contains",
        key=key,
    )


def _day(t: Language, context: PageContext, work: Work, row: StagedRow) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        day = st.date_input(
            t("Day of {file}", file=row.name),
            value=None,
            format=DAY_FORMAT,
            max_value=context.today,
            label_visibility="collapsed",
            key=f"day {row.id}",
            width=150,
        )
        if st.button(t("Use this date"), key=f"use {row.id}", disabled=not isinstance(day, date)):
            assert isinstance(day, date)  # noqa: S101 - else it can't be pressed
            row.choice = replace(row.choice, first_day=day, last_day=day)
            _redraw(work)


def _replace(t: Language, context: PageContext, work: Work, row: StagedRow) -> None:
    with st.popover(t("Replace"), icon=":material/swap_horiz:"):
        draw_drop_zone_texts(t, t("Choose files"), t("or drop them here, up to 25 MB each"))
        file = st.file_uploader(t("The file that replaces {name}", name=row.name), key=f"replace {row.id}")
        if file is not None and file.file_id not in work.read:
            work.read.add(file.file_id)
            row.discard()
            part = Part(file.name, BytesIO(file.getvalue()), file.size)
            work.rows[work.rows.index(row)] = read(context, part)
            _redraw(work)


def _redraw(work: Work) -> None:
    work.version += 1
    st.rerun()
