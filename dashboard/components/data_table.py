"""A table that people search, sort, choose the columns of, and save as a file; all of it is in the page's address.

A page with a list of its own, such as a calendar, shows the same rows as a table once the reader chooses that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar

import streamlit as st

from dashboard.components.file_buttons import file_buttons
from dashboard.shell import url_filters
from dashboard.shell.frame import show
from dashboard.shell.html import NONE, Html, empty, html, icon, join, link, query
from locales import Language
from reports.table_file import Cell

Item = TypeVar("Item")
_FIND: Final = "find"
_COLUMNS: Final = "columns"
_SORT: Final = "sort"
_VIEW: Final = "view"
LIST, TABLE = "list", "table"
_NOTHING: Final = html('<span class="nothing">{none}</span>', none=NONE)


@dataclass(frozen=True, slots=True)
class Column(Generic[Item]):
    """A column. `key`: in the address. `value`: by which it is sorted and searched, and what a file holds.

    `shown`: how the page shows it; None: the value itself. `is_extra`: only shown once it is chosen.
    """

    key: str
    head: str
    value: Callable[[Item], Cell]
    shown: Callable[[Item], object] | None = None
    is_extra: bool = False

    def cell(self, t: Language, item: Item) -> object:
        """The cell on the page; a day stays on one line."""
        if self.shown:
            return self.shown(item)
        value = self.value(item)
        words = in_words(t, value)
        return html('<span class="day">{words}</span>', words=words) if isinstance(value, date) else words


@dataclass(frozen=True, slots=True)
class TableTools:
    """What a table offers. `name`: of the file; `hint`: in the search field; `kind`: its CSS class.

    A page that searches itself has `finds` False. One that shows a part of what the database holds also sorts itself:
    `sortable` names the columns that it can sort by; None: all, sorted here. `own_view`: icon and name of what the
    page shows when it is not a list, such as a month.
    """

    name: str
    title: str
    hint: str = ""
    kind: str = ""
    finds: bool = True
    sortable: frozenset[str] | None = None
    own_view: str = ""


def data_table(
    t: Language,
    tools: TableTools,
    columns: Sequence[Column[Item]],
    items: Sequence[Item],
    every: Callable[[], Sequence[Item]] | None = None,
) -> None:
    """Draw the table with its tools above it. `every`: reads all rows that match, where `items` are a part of them."""
    left, right = st.columns([5, 7], vertical_alignment="bottom")
    found = list(items)
    if tools.finds:
        with left:
            found = find(t, columns, found, url_filters.search_field(t("Search in this table"), _FIND, tools.hint))
    with right, st.container(key=f"export-{tools.name}", horizontal=True, horizontal_alignment="right"):
        open_key = f"choosing columns of {tools.name}"
        if st.button(t("Columns"), key=f"{open_key} button", type="tertiary", icon=":material/view_column:"):
            st.session_state[open_key] = not st.session_state.get(open_key)
        buttons = st.container(horizontal=True, width="content")
    if st.session_state.get(open_key):
        url_filters.several(t("Columns"), _names(columns), _COLUMNS, _usual(columns))
    seen = _seen(columns)
    rows = ordered(columns, found) if tools.sortable is None else found
    if not rows:
        show(empty(t("Nothing found"), t("Search for another word.")))
        return
    with buttons:
        _files(t, tools, seen, every or (lambda: rows))
    show(table(t, tools, seen, rows))


def list_or_table(
    t: Language,
    tools: TableTools,
    columns: Sequence[Column[Item]],
    items: Sequence[Item],
    draw_list: Callable[[], None],
    every: Callable[[], Sequence[Item]] | None = None,
) -> None:
    """Draw the page's own list of the items, or a table of them once the reader chooses that; both can be saved."""
    with st.container(key=f"export-view-{tools.name}", horizontal=True, vertical_alignment="center"):
        own = tools.own_view or f":material/view_agenda: {t('List')}"
        views = {LIST: own, TABLE: f":material/table_rows: {t('Table')}"}
        view = url_filters.segments(t("View"), views, _VIEW)
        if view == LIST and items:
            _files(t, tools, [column for column in columns if not column.is_extra], every or (lambda: items))
    if view == TABLE:
        data_table(t, tools, columns, items, every)
    else:
        draw_list()


def _names(columns: Sequence[Column[Item]]) -> dict[str, str]:
    return {column.key: column.head for column in columns}


def _usual(columns: Sequence[Column[Item]]) -> list[str]:
    return [column.key for column in columns if not column.is_extra]


def _seen(columns: Sequence[Column[Item]]) -> list[Column[Item]]:
    """The columns that the address names; else the usual ones."""
    chosen = url_filters.values_in_address(_COLUMNS, _names(columns)) or _usual(columns)
    return [column for column in columns if column.key in chosen]


def _files(t: Language, tools: TableTools, columns: Sequence[Column[Item]], rows: Callable[[], Sequence[Item]]) -> None:
    """Draw the buttons that save the rows with these columns."""
    head = [column.head for column in columns]
    file_buttons(
        t,
        tools.name,
        tools.title,
        head,
        lambda: [[plain(column.value(item)) for column in columns] for item in rows()],
    )


def find(t: Language, columns: Sequence[Column[Item]], items: Sequence[Item], words: str) -> list[Item]:
    """The items that have every word in one of their values, as they are written on the page."""
    parts = words.casefold().split()
    if not parts:
        return list(items)
    texts = ((item, " ".join(in_words(t, column.value(item)) for column in columns).casefold()) for item in items)
    return [item for item, text in texts if all(part in text for part in parts)]


def ordered(columns: Sequence[Column[Item]], items: Sequence[Item]) -> list[Item]:
    """The items by the column in the address, descending after a `-`; as they are without one; empty values last."""
    wanted = st.query_params.get(_SORT, "")
    column = next((column for column in columns if column.key == wanted.removeprefix("-")), None)
    if column is None:
        return list(items)
    filled = [item for item in items if column.value(item) not in (None, "")]
    rest = [item for item in items if column.value(item) in (None, "")]
    return [*sorted(filled, key=lambda item: _sort_key(column.value(item)), reverse=wanted.startswith("-")), *rest]


def _sort_key(value: Cell) -> Any:
    return value.casefold() if isinstance(value, str) else value


def in_words(t: Language, value: Cell | datetime) -> str:
    """A value as the page writes it."""
    if isinstance(value, datetime):
        return t.moment(value)
    if isinstance(value, date):
        return t.date(value)
    if isinstance(value, (int, float)):
        return t.number(value)
    return value or ""


def plain(value: Cell) -> Cell:
    """A value for a file; of a moment the text, since a file has no time zones."""
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value


def table(t: Language, tools: TableTools, columns: Sequence[Column[Item]], rows: Sequence[Item]) -> Html:
    """The table; the heads of a table that sorts are links."""
    heads = join(_head(t, tools, column) for column in columns)
    lines = join(html("<tr>{cells}</tr>", cells=_cells(t, columns, item)) for item in rows)
    template = '<table class="rows data {kind}"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
    return html(template, kind=tools.kind, heads=heads, lines=lines)


def _cells(t: Language, columns: Sequence[Column[Item]], item: Item) -> Html:
    return join(
        html('<td data-head="{head}">{cell}</td>', head=column.head, cell=column.cell(t, item) or _NOTHING)
        for column in columns
    )


def _head(t: Language, tools: TableTools, column: Column[Item]) -> Html:
    if tools.sortable is not None and column.key not in tools.sortable:
        return html('<th scope="col">{name}</th>', name=column.head)
    wanted = st.query_params.get(_SORT, "")
    is_up, is_down = wanted == column.key, wanted == f"-{column.key}"
    arrow = icon("arrow_upward" if is_up else "arrow_downward" if is_down else "unfold_more")
    to = query(sort=f"-{column.key}" if is_up else column.key)  # the address keeps its other values
    state = "ascending" if is_up else "descending" if is_down else "none"
    return html(
        '<th scope="col" aria-sort="{state}">{to}</th>',
        state=state,
        to=link(to, join([column.head, arrow]), "sorts", t("Sort by {column}", column=column.head)),
    )
