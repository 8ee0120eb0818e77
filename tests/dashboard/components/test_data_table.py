"""The table that people search, sort, choose the columns of, and save."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

import settings
from access.people import accounts
from access.permissions import BUILT_IN
from dashboard.components.data_table import Column, find, in_words, plain
from locales import Language
from models.transaction import writing
from reports.table_file import sheet
from tests.dashboard.conftest import EVIL, words
from tests.days import CALENDAR

T = Language("en")
COLUMNS = [Column("name", "Name", lambda row: row[0]), Column("day", "Day", lambda row: row[1])]
ROWS = [("Zoë", date(2027, 3, 4)), ("anna", None), ("Bram", date(2026, 1, 2)), ("=1+1", None)]


@pytest.mark.parametrize(
    ("searched", "names"),
    [("", ["Zoë", "anna", "Bram", "=1+1"]), ("ANN", ["anna"]), ("march 2027", ["Zoë"]), ("zoë 2026", [])],
)
def test_every_word_must_be_in_a_value_as_it_is_written(searched, names):
    assert [row[0] for row in find(T, COLUMNS, ROWS, searched)] == names


def test_values_in_words_and_in_a_file():
    at = datetime(2027, 3, 4, 5, 6, tzinfo=UTC)
    assert in_words(T, at) == "4 March 2027 05:06 UTC" and plain(at) == "2027-03-04T05:06+00:00"
    assert in_words(T, 1234) == "1,234" and in_words(T, None) == "" and in_words(T, date(2027, 3, 4)) == "4 March 2027"
    made = sheet("xlsx", "T", ["a", "b"], [[plain(at), plain(date(2027, 3, 4))]])
    assert [cell.value for cell in load_workbook(io.BytesIO(made)).active[2]][0] == "2027-03-04T05:06+00:00"


def script():
    from datetime import date  # the script of a page has a namespace of its own

    import streamlit as st

    from dashboard.components.data_table import Column, TableTools, data_table
    from locales import Language

    columns = [
        Column("name", "Name", lambda row: row[0]),
        Column("day", "Day", lambda row: row[1]),
        Column("note", "Note", lambda row: "a note", is_extra=True),
    ]
    rows = [("Zoë", date(2027, 3, 4)), ("anna", None), ("Bram", date(2026, 1, 2)), ("<b>", None)]
    data_table(Language("en"), TableTools("list", "List"), columns, rows)
    st.stop()


def opened(**values):
    test = AppTest.from_function(script)
    for name, value in values.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def first_cells(test):
    return [row.partition("</td>")[0].rpartition(">")[2] for row in words(test).split("<tr>")[2:]]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["Zoë", "anna", "Bram", "&lt;b&gt;"]),
        ("name", ["&lt;b&gt;", "anna", "Bram", "Zoë"]),
        ("-name", ["Zoë", "Bram", "anna", "&lt;b&gt;"]),
        ("day", ["Bram", "Zoë", "anna", "&lt;b&gt;"]),
        ("-day", ["Zoë", "Bram", "anna", "&lt;b&gt;"]),
        ("nonsense", ["Zoë", "anna", "Bram", "&lt;b&gt;"]),
    ],
)
def test_a_table_is_sorted_by_the_column_in_the_address_empty_values_last(sort, names):
    test = opened(sort=sort)
    assert first_cells(test) == names
    if sort in ("name", "-name"):
        state = {"name": "ascending", "-name": "descending"}[sort]
        assert f'aria-sort="{state}"' in words(test)


def test_columns_are_chosen_and_kept_in_the_address():
    assert "a note" not in words(opened())
    assert "a note" in words(opened(columns="name,note"))
    test = opened()
    test.button(key="choosing columns of list button").click().run()
    test.get("button_group")[0].set_value(["name", "note"]).run()
    assert test.query_params["columns"] == ["name,note"] or test.query_params["columns"] == "name,note"
    assert "a note" in words(test) and "4 March 2027" not in words(test)


def test_search_that_finds_nothing_says_so():
    test = opened(find="nobody")
    assert "<table" not in words(test) and T("Nothing found") in words(test)
    assert not test.get("download_button")


def test_people_are_sorted_searched_and_saved(pages, planned):
    t = Language(pages.language)
    with writing(settings.engine()) as (session, now):
        today = CALENDAR.day_of(now)
        accounts.add(session, BUILT_IN, EVIL, "evil@example.org", "nl", today, today + timedelta(days=9), now)
    up, down = (words(pages.open("people", sort=sort, columns="name,email,last")) for sort in ("name", "-name"))
    assert up.index("evil@") < up.index("anna@") and down.index("anna@") < down.index("evil@")
    out = up
    assert EVIL not in out and t("Last day") in out and t("Second factor") not in out.partition("</thead>")[0]
    test = pages.open("people")
    assert {button.proto.label for button in test.get("download_button")} == {t("Excel"), t("CSV")}
