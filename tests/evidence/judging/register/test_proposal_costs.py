"""The work of a proposal, counted: it hardly grows with the rows, nor with columns of which no word is known."""

import csv
import io
import sys

import pytest

from evidence.formats import formats, read_file
from evidence.formats.tables.heading_comparison import best_match
from evidence.judging.policies import policies, register_headings
from evidence.judging.table_mapping import NOTHING, Systems
from tests.days import CALENDAR

COLUMNS = 30


def table(rows, different):
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow([f"Kolom {n} {('datum', 'naam', 'besluit', 'reden', 'nummer')[n % 5]}" for n in range(COLUMNS)])
    writer.writerows([[f"w{(row * 7 + n) % different}" for n in range(COLUMNS)] for row in range(rows)])
    return content.getvalue().encode()


def work(content):
    """The number of calls of Python functions that a proposal takes, which no other process changes."""
    run, results = read_file(formats()["csv"], io.BytesIO(content), best_match(register_headings().values()))
    read, number = list(results), 0

    def count(frame, event, argument):
        nonlocal number
        number += event == "call"

    sys.setprofile(count)
    try:
        policies()["access-review"].propose(run, lambda: read, CALENDAR, NOTHING, Systems(), is_final=False)
    finally:
        sys.setprofile(None)
    return number


@pytest.fixture(scope="module")
def usual():
    work(table(600, 20))  # what is made once
    return work(table(600, 20))


def test_work_on_many_different_values_is_a_few_times_that_on_words_of_a_list(usual):
    assert work(table(600, 500)) < 4 * usual


def test_work_for_each_further_cell_is_small(usual):
    """Of the rows after the first hundreds each cell is only looked at for personal data."""
    further = work(table(2_100, 20)) - usual
    assert further < 5 * 1_500 * COLUMNS
