"""The part of the upload form that maps the headings and values of a table to columns and values of its policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from pydantic import ValidationError

from controls.scope.system_scope import system_titles
from dashboard.app_pages.upload.entered import field_key
from dashboard.shell.frame import show
from dashboard.shell.html import Html, caption, join, section, table
from dashboard.shell.page_context import PageContext
from evidence.formats.tables.added_columns import is_group
from evidence.intake.column_mapping.remembered_mappings import remembered_mapping
from evidence.intake.column_mapping.settlement import ORDERS, TREATED, FileProposal, proposed, systems_of
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.declarations import mapping_texts
from evidence.intake.reading.inspection import Inspection
from evidence.judging.heading_names import shown_heading
from evidence.judging.personal_data.headings_and_values import is_personal
from evidence.judging.policies import titles_of_columns
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import (
    DATE_ORDERS,
    NOTHING,
    TREATMENTS,
    Matrix,
    ProposedColumn,
    Systems,
    TableMapping,
    Treatment,
    merged,
)
from locales import Language, Problem
from models.calendar import calendar_of

_LONGEST = 60  # characters of a value that is shown
_NONE = ""  # of a heading that is none of the columns that it may be
_SHOWN = 3  # rows of the preview


@dataclass(frozen=True, slots=True)
class MappingAnswer:
    """The mapping that a person chose; None if everything was recognised. `unanswered`: what is still to be chosen."""

    mapping: TableMapping | None = None
    unanswered: str = ""


def mapping_form(
    t: Language,
    context: PageContext,
    inspection: Inspection,
    judging: Mapping[str, Sequence[Policy[Any]]],
    cells: Sequence[CellKey],
) -> MappingAnswer:
    """Draw the proposed column of each heading and meaning of each value, to correct; nothing if all are recognised.

    `judging`: the policies of each file; `cells`: what the files are evidence for.
    """
    remembered = remembered_mapping(context.session, cells) if judging else NOTHING
    systems = systems_of(system_titles(context.session), sorted({system for _, system, _ in cells if system}))
    propose = partial(_proposals, context, inspection, judging, systems)
    proposals = propose(remembered)
    whole = merged(each.proposal.mapping for each in proposals)
    if whole == NOTHING and not any(each.proposal.doubts for each in proposals):
        return MappingAnswer()
    is_asked = any(each.proposal.asks for each in proposals)
    show(section(t("Which column is which?"), "" if is_asked else t("as used before")))
    with st.expander(t("Columns and words"), expanded=is_asked):
        show(caption(t("Your headings are matched with what is needed. Correct what is wrong; it is remembered.")))
        wide = _wide_form(t, whole)
        refused = _groups_form(t, whole)
        columns = _columns_form(t, proposals, wide)
        meant = _doubts_form(t, proposals, columns)
        columns |= {key: heading for heading, key in meant.items() if key}
        try:
            chosen = TableMapping(columns=columns, fixed=whole.fixed, matrix=wide)
        except ValidationError:
            return MappingAnswer(NOTHING, t("Two columns have the same heading: choose another for one of them."))
        known = chosen.model_copy(update={"values": remembered.values, "dates": remembered.dates})
        values, dates = _words_form(t, propose(known), chosen)
        personal = _personal_form(t, whole)
    used = {*columns.values(), *personal}
    seen = [*whole.columns.values(), *whole.left_out, *(heading for heading, key in meant.items() if key == _NONE)]
    left_out = [name for name in seen if name and name not in used and name not in refused]
    answers = {"values": values, "dates": dates, "personal": personal, "left_out": list(dict.fromkeys(left_out))}
    mapping = chosen.model_copy(update=answers)
    show(preview(t, proposals, mapping))
    doubtful = [heading for heading, key in meant.items() if key is None]
    return MappingAnswer(mapping.without_gaps(), _unanswered(t, proposals, mapping, doubtful))


def _proposals(
    context: PageContext,
    inspection: Inspection,
    judging: Mapping[str, Sequence[Policy[Any]]],
    systems: Systems,
    mapping: TableMapping,
) -> list[FileProposal]:
    """The proposed mappings of the tables; none where a file is refused, which its effect explains."""
    tables = [(file, policy) for file in inspection.files for policy in judging.get(file.name, ())]
    try:
        return proposed(tables, calendar_of(context.session), mapping, systems, is_final=False)
    except Problem:
        return []


def _wide_form(t: Language, whole: TableMapping) -> Matrix | None:
    """Draw the values that hold for all rows, and how a wide table is read, which the person may refuse."""
    titles = {key: t.render(title) for key, title in titles_of_columns().items()}
    for line in mapping_texts(TableMapping(fixed=whole.fixed)):
        show(caption(t.render(line)))
    if whole.matrix is None:
        return None
    names = ", ".join(dict.fromkeys(cell.of for cell in whole.matrix.headings.values()))
    label = t("These columns are each a {column}: {names}", column=titles[whole.matrix.names], names=names)
    return whole.matrix if st.checkbox(label, value=True, key=field_key("wide")) else None


def _groups_form(t: Language, whole: TableMapping) -> list[str]:
    """Draw whether rows with one cell head the rows below them; the added columns of which a person refuses that."""
    groups = [name for name in whole.left_out if is_group(name)]
    label = t("Rows with one cell head the rows below them, and are no rows of the register")
    return [] if not groups or st.checkbox(label, value=True, key=field_key("groups")) else groups


def _columns(proposals: Sequence[FileProposal], wide: Matrix | None) -> list[ProposedColumn]:
    """The columns that a mapping can fill: the required and the proposed ones first."""
    mapped = {wide.names, *(cell.column for cell in wide.headings.values())} if wide else set()
    mapped |= {key for each in proposals for key in each.proposal.mapping.fixed}
    columns = {column.key: column for each in proposals for column in each.proposal.columns if not column.by_itself}
    to_choose = [column for key, column in columns.items() if key not in mapped]
    return sorted(to_choose, key=lambda column: (not column.is_required, column.heading is None))


def _columns_form(t: Language, proposals: Sequence[FileProposal], wide: Matrix | None) -> dict[str, str | None]:
    headings = list(dict.fromkeys(str(name) for each in proposals for name in each.proposal.rows))
    taken = {column.heading for each in proposals for column in each.proposal.columns if column.by_itself}
    taken |= set(wide.headings) if wide else set()
    free = [name for name in headings if name not in taken]
    chosen: dict[str, str | None] = {}
    for number, column in enumerate(_columns(proposals, wide)):
        if number % 2 == 0:  # a row of two, so that a phone keeps the order
            sides = st.columns(2)
        with sides[number % 2]:
            heading = st.selectbox(
                _label(t, column),
                free,
                index=free.index(column.heading) if column.heading in free else None,
                format_func=partial(_shown, t),
                placeholder=t("Choose a column") if column.is_required else t("not in this file"),
                key=field_key(f"column of {column.key} {column.heading}"),
            )
        if heading is not None or column.is_required:
            chosen[column.key] = heading
    return chosen


def _shown(t: Language, heading: str) -> str:
    name = shown_heading(heading)
    return name if isinstance(name, str) else t.render(name)


def _label(t: Language, column: ProposedColumn) -> str:
    name = t.render(column.title)
    if column.is_guess:
        return t("{column} (required; less certain, so look)", column=name)
    return t("{column} (required)", column=name) if column.is_required else name


def _doubts_form(
    t: Language, proposals: Sequence[FileProposal], columns: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Draw each heading that may be several columns and was not chosen: its key, `_NONE`, or None while unanswered."""
    titles = {column.key: t.render(column.title) for each in proposals for column in each.proposal.columns}
    return {
        doubt.heading: st.selectbox(
            t("“{heading}” is", heading=doubt.heading[:_LONGEST]),
            [*doubt.columns, _NONE],
            index=None,
            format_func=lambda key: titles.get(key, t("none of these")),
            placeholder=t("Choose a column"),
            key=field_key(f"doubt {doubt.heading}"),
        )
        for each in proposals
        for doubt in each.proposal.doubts
        if doubt.heading not in columns.values()
    }


def _words_form(
    t: Language, proposals: Sequence[FileProposal], chosen: TableMapping
) -> tuple[dict[str, dict[str, str | None]], dict[str, Any]]:
    """Draw the meaning of unknown values and the order of numeric dates, in columns that are recognised or chosen."""
    columns = {column.key: column for each in proposals for column in each.proposal.columns}
    proposal = merged(each.proposal.mapping for each in proposals)
    counts = {key: column for key, column in columns.items() if column.by_itself or chosen.columns.get(key)}
    values = {
        key: {value: _word(t, counts[key], value, meaning) for value, meaning in words.items()}
        for key, words in proposal.values.items()
        if key in counts
    }
    dates = {key: _order(t, counts[key], order) for key, order in proposal.dates.items() if key in counts}
    return values, dates


def _word(t: Language, column: ProposedColumn, value: str, meaning: str | None) -> str | None:
    names = {each: t.render(title) for each, title in column.words.items() if value or each == "no"}
    return st.selectbox(
        t("“{value}” under {column} means", value=value[:_LONGEST], column=t.render(column.title))
        if value
        else t("an empty cell under {column} means", column=t.render(column.title)),
        list(names),
        index=list(names).index(meaning) if meaning in names else None,
        format_func=lambda each: names.get(each, each),
        placeholder=t("none of these: the row fails"),
        key=field_key(f"word {value} of {column.key}"),
    )


def _order(t: Language, column: ProposedColumn, order: str) -> str:
    return st.segmented_control(
        t("Dates under {column} are written as", column=t.render(column.title)),
        DATE_ORDERS,
        default=order,
        required=True,
        format_func=lambda each: t.render(ORDERS[each]),
        key=field_key(f"order of {column.key}"),
    )


def _personal_form(t: Language, whole: TableMapping) -> dict[str, Treatment]:
    """Draw the treatment of columns with personal data, which is applied before anything is stored."""
    if whole.personal:
        show(caption(t("These columns hold personal data. What you choose is done before anything is stored.")))
    return {
        heading: st.selectbox(
            _shown(t, heading),
            _choices(heading, treatment),
            format_func=lambda each: t.render(TREATED[each]),
            key=field_key(f"personal {heading}"),
        )
        for heading, treatment in whole.personal.items()
    }


def _choices(heading: str, proposed: Treatment) -> list[Treatment]:
    """What may be done with a column, what is proposed first. Only the name of a person above one is replaced there."""
    others = [each for each in TREATMENTS if each not in (proposed, "heading")]
    return [proposed, *(each for each in others if each != "keep" or not is_personal(heading))]


def _unanswered(t: Language, proposals: Sequence[FileProposal], mapping: TableMapping, doubtful: Sequence[str]) -> str:
    missing = [
        t.render(column.title)
        for column in _columns(proposals, mapping.matrix)
        if column.is_required and not mapping.columns.get(column.key)
    ]
    if not missing and not doubtful:
        return ""
    if not missing:
        return t("Choose what {headings} is to see what it changes.", headings=", ".join(doubtful))
    return t("Choose which column is {columns} to see what it changes.", columns=", ".join(missing))


def preview(t: Language, proposals: Sequence[FileProposal], mapping: TableMapping) -> Html:
    """Each heading of the tables with the column that it is, and its first values."""
    return join(_headings(t, each, mapping) for each in proposals)


def _headings(t: Language, file: FileProposal, mapping: TableMapping) -> Html:
    titles = {column.key: t.render(column.title) for column in file.proposal.columns}
    named = {column.heading: titles[column.key] for column in file.proposal.columns if column.by_itself}
    named |= {name: titles[key] for key, name in mapping.columns.items() if name and key in titles}
    wide = mapping.matrix.headings if mapping.matrix else {}
    named |= {name: f"{cell.of}: {titles.get(cell.column, cell.column)}" for name, cell in wide.items()}
    lines = [
        (_shown(t, str(heading)), named.get(str(heading), t("not used")), ", ".join(filter(None, cells))[:_LONGEST])
        for heading, cells in file.proposal.rows.head(_SHOWN).to_dict("list").items()
    ]
    return table([t("Your column"), t("Read as"), t("First values")], lines, "given")
