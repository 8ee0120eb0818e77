"""Lines of totals at the end of a table: no rows of it, and never a way to leave a row out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.totals import is_total
from evidence.formats.values import Result
from tests.evidence.judging.policy_judging import judged
from tests.evidence.judging.register.test_policy_registers import access, table


def row(*cells):
    return Result(1, "row 1", "", "informational", "", "", tuple((f"c{n}", cell) for n, cell in enumerate(cells)))


@pytest.mark.parametrize(
    "cells", [("Totaal", "", "3"), ("", "Total:", "12", "80 %"), ("Eindtotaal",), ("Subtotaal", "1.204,50")]
)
def test_a_line_of_totals_is_recognised(cells):
    assert is_total(row(*cells))


@pytest.mark.parametrize(
    "cells",
    [
        (),
        ("",),
        ("3", "Totaal"),
        ("Totaal", "persoonlijk"),
        ("Totaal", "2026-11-02"),
        ("Totaal BV", "3"),
        ("Total", "x"),
    ],
)
def test_any_other_row_is_judged(cells):
    assert not is_total(row(*cells))


@given(st.lists(st.text(max_size=8), max_size=5))
def test_line_with_text_beside_its_label_is_not_a_total(cells):
    if any(sign.isalpha() for cell in cells for sign in cell):
        assert not is_total(row("Totaal", *cells))


def test_a_register_passes_with_a_line_of_totals_and_says_so():
    content = table(access()) + "Totaal;1"
    _, verdicts, judge = judged("access-review", content, population=1)
    assert verdicts["portal"].verdict == "pass"
    assert [str(warning) for warning in judge.warnings if "totals" in str(warning)]
