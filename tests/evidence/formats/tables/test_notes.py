"""Notes below a table are told and left out; nothing that may be a row of it is."""

import io

import pytest

from evidence.formats import formats, read_file
from evidence.formats.tables.row_marks import is_note
from tests.evidence.formats.workbooks import row, sheet, workbook

ROWS = "a;b;c\n1;2;3\n4;5;6\n"


def notes(content):
    run, results = read_file(formats()["csv"], io.BytesIO(content.encode()), lambda names: (False, 0))
    rows = [result.row for result in results if is_note(result)]
    assert run.facts.has_marks == bool(rows)
    return rows


@pytest.mark.parametrize("note", ["x = mag dit wel.", "all = any;;", "De lijst wordt elk kwartaal bijgewerkt;;"])
@pytest.mark.parametrize("empty", ["\n", ";;\n", '""\n'])
def test_sentence_below_an_empty_row_is_a_note(note, empty):
    assert notes(ROWS + empty + note + "\n") == [5]


def test_several_notes_and_totals_between_are_told_by_row():
    assert notes(ROWS + ";;\nx = mag dit wel.\nTotaal;2;\nDeze lijst is niet af.\n") == [5, 7]


@pytest.mark.parametrize(
    "below",
    [
        "x = mag dit wel.;;\n",  # no empty row above it
        ";;\nJansen;;\n",
        ";;\nvan der Laan;;\n",  # as short as a name
        ";;\nx = mag dit wel.;2;\n",
        ";;\nx = mag dit wel.;;\n7;8;9\n",  # a row follows
        ";;\n" + "x = mag dit wel.;;\n" * 7 + "7;8;9\n",
    ],
)
def test_what_may_be_a_row_is_one(below):
    assert notes(ROWS + below) == []


def test_gap_between_the_rows_of_a_workbook_is_an_empty_row():
    content = workbook(sheet(row(1, "a", "b", "c"), row(2, "1", "2", "3"), row(4, "x = mag dit wel.", "", "")))
    _, results = read_file(formats()["xlsx"], io.BytesIO(content), lambda names: (False, 0))
    assert [(result.row, is_note(result)) for result in results] == [(2, False), (4, True)]
