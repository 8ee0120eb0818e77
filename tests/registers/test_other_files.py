"""The same registers in other files: over two sheets, with moments for days, with lines of totals: both ends stay what they are."""

import io
import re
from dataclasses import replace

import pytest
from openpyxl import Workbook

from tests.registers.corpus import REGISTERS
from tests.registers.office import accept_others, hand_in
from tests.registers.sheet import csv_file

SAMPLE = REGISTERS[4::12]
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d)-(\d\d)-(\d{4})")


def two_sheets(rows):
    """The second half of the rows on a sheet of its own."""
    book, (head, *rest) = Workbook(), rows
    book.remove(book.active)
    for title, part in (("2025", rest[: len(rest) // 2]), ("2026", rest[len(rest) // 2 :])):
        page = book.create_sheet(title)
        for row in [head, *part]:
            page.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def moments_for_days(rows):
    """As programs write a day: the moment at which it begins here, in UTC."""
    return csv_file(mark=";")(
        [[_DAY.sub(_moment, cell) if _DAY.fullmatch(cell) else cell for cell in row] for row in rows]
    )


def _moment(match):
    year, month, day = match.group(1, 2, 3) if match.group(1) else match.group(6, 5, 4)
    return f"{year}-{month}-{day}T12:00:00Z"


def with_totals(rows):
    line = ["", "Totaal", str(len(rows) - 1), *[""] * (len(rows[0]) - 3)]
    return csv_file(mark=";")([rows[0], *rows[1:], line])


@pytest.mark.parametrize("form", [two_sheets, moments_for_days, with_totals])
@pytest.mark.parametrize("register", SAMPLE, ids=lambda register: f"{register.policy}: {register.name}")
def test_register_and_violation_have_the_same_verdicts_in_other_files(company, register, form):
    file = "register.xlsx" if form is two_sheets else "register.csv"
    other = replace(register, form=form, file=file)
    accept_others(company, other)
    bad = hand_in(company, other, other.bad())
    assert "fail" in bad.verdicts
    named = "row " if form is two_sheets and other.named.startswith("row ") else other.named  # rows count by sheet
    assert any(named in reason for reason in bad.reasons), bad.reasons
    if form is two_sheets:
        assert any('sheet "202' in reason for reason in bad.reasons)
    good = hand_in(company, other, other.good())
    assert good.verdicts == {"pass"}, good.reasons
    if form is with_totals:
        assert any("line of totals" in str(warning) for warning in good.filed.warnings)
