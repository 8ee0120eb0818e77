"""The table of files that are ready to save, in which requirement, systems and day can be corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.app_pages.upload.many_files.row_state import RowState
from dashboard.app_pages.upload.reading import propose_for
from dashboard.app_pages.upload.staged_work import StagedRow, Work
from dashboard.shell.page_context import PageContext
from dashboard.shell.requirement_choice import searchable_label
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from evidence.intake.submission import Filed
from locales import Language
from models.calendar import calendar_of
from models.vocabulary import Verdict

_ROW_HEIGHT, _MOST_HEIGHT = 36, 760  # pixels
_LONGEST = 32  # characters of a name of a file
_EDITED = ("save", "requirement", "systems", "day")


def ready_table(t: Language, context: PageContext, work: Work, ready: Sequence[RowState]) -> None:
    """Draw the rows; a correction is taken over and the page is drawn again."""
    frame = frame_of(t, context, ready)
    edited = st.data_editor(
        frame,
        key=f"ready {work.id} {work.version}",
        hide_index=True,
        width="stretch",
        height=min(_ROW_HEIGHT * (len(frame) + 1) + 2, _MOST_HEIGHT),
        row_height=_ROW_HEIGHT,
        column_config=_columns(t, context, ready),
    )
    changed = False
    for state, before, after in zip(ready, records(frame), records(edited), strict=True):
        changed = take_over(context, state.row, before, after) or changed
    if changed:
        work.version += 1
        st.rerun()


def frame_of(t: Language, context: PageContext, ready: Sequence[RowState]) -> pd.DataFrame:
    """The table: a row for each piece of evidence."""
    rows = [
        {
            "save": state.row.is_ticked,
            "file": _shortened(state.row.name),
            "tool": tool_of(t, state.row),
            "requirement": state.row.choice.requirement,
            "systems": list(state.row.choice.systems),
            "place": _targets(state.filed),
            "day": _last_day(context, state.row),
            "result": result_of(t, state),
        }
        for state in ready
    ]
    return pd.DataFrame(rows)


def records(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    """The edited cells of each row, as plain values."""
    return [{name: _plain(row[name]) for name in _EDITED} for row in frame.to_dict("records")]


def take_over(context: PageContext, row: StagedRow, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Take over what a person corrected in a row; returns whether anything was."""
    if before == after:
        return False
    row.is_ticked, row.failure = bool(after["save"]), None
    if after["requirement"] != before["requirement"]:
        propose_for(context, row, str(after["requirement"]))
    if after["systems"] != before["systems"]:
        row.choice = replace(row.choice, systems=tuple(after["systems"]))
    if after["day"] != before["day"] and after["day"] is not None:
        row.choice = replace(row.choice, first_day=after["day"], last_day=after["day"])
    return True


def _plain(value: Any) -> Any:
    """A cell as a plain value: days as dates, lists as lists."""
    if isinstance(value, datetime):  # pandas' moments are these too
        return None if pd.isna(value) else value.date()
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _last_day(context: PageContext, row: StagedRow) -> date | None:
    """The last day that a row represents: as chosen, else that of its files."""
    if row.choice.last_day or row.files is None:
        return row.choice.last_day
    days = row.files.inspection.days(calendar_of(context.session))
    return days[1] if days else None


def _shortened(name: str) -> str:
    """A name that fits its column: a long one without its middle, as its begin and end tell most."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[1 - _LONGEST // 2 :]}"


def tool_of(t: Language, row: StagedRow) -> str:
    """The tool that wrote the files, or what kind of file it is."""
    if row.files is None:
        return ""
    inspection = row.files.inspection
    tools = [tool for tool in inspection.tools if tool not in ("csv", "xlsx")]
    if tools:
        return ", ".join(tools)
    return t("Register") if inspection.runs else t("Document")


def _targets(filed: Filed | None) -> str:
    """The targets that a row is about; none for whole systems and the organisation."""
    return ", ".join(dict.fromkeys(cell.target for cell in filed.covered if cell.target)) if filed else ""


def result_of(t: Language, state: RowState) -> str:
    """What saving records, in a sign and few words."""
    filed = state.filed
    if filed is None:
        return ""
    total = sum(filed.counts.values())
    if not filed.is_new:
        return "○ " + t("uploaded before")
    if state.fails:
        return "✕ " + t("{n} of {total} fail", n=state.number_failing or 1, total=max(total, 1))
    if not any(cell.verdict == Verdict.PASS for cell in filed.covered):
        return "○ " + t("for review") if filed.needs_review else "○ " + t("not evaluated")
    passed = t.n("{n} passes", "{n} pass", total) if total else t("passes")
    return f"✓ {passed}" + (t(", for review") if filed.needs_review else "")


def _columns(t: Language, context: PageContext, ready: Sequence[RowState]) -> Mapping[str, Any]:
    """The columns, with the choices of all rows together; what does not fit a row is told on it."""
    config = st.column_config
    keys = dict.fromkeys(key for state in ready for key in state.row.proposal.candidates)
    requirements = {key: searchable_label(t, context.titles, key) for key in keys}
    by_title = sorted(requirements, key=lambda key: requirements[key].casefold())
    systems = {system.key: t.title(system) for system in context.scope}
    return {
        "save": config.CheckboxColumn(t("Save"), width=76),
        "file": config.TextColumn(t("File"), disabled=True, width=214),
        "tool": config.TextColumn(t("Tool"), disabled=True, width=76),
        "requirement": config.SelectboxColumn(
            t("Evidence for"),
            options=by_title,
            format_func=option_label(requirements),
            required=True,
            width=238,
        ),
        "systems": config.MultiselectColumn(
            t("System"), options=list(systems), format_func=option_label(systems), width=146
        ),
        "place": config.TextColumn(t("Address or part"), disabled=True, width=164),
        "day": config.DateColumn(t("Represents"), format=DAY_FORMAT, max_value=context.today, width=98),
        "result": config.TextColumn(t("Result"), disabled=True, width=172),
    }
