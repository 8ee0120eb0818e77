"""Rows that a spreadsheet strikes through or hides are read with that; what says nothing of it costs nothing."""

import io

import pytest

from evidence.formats import formats, read_file
from evidence.formats.tables.heading_comparison import best_match
from evidence.formats.tables.row_marks import marks_of
from evidence.formats.values import Unreadable
from evidence.judging.policies import register_headings
from tests.evidence.formats.workbooks import HEADER, cell, row, sheet, workbook

STYLES = """<styleSheet><fonts><font/><font><strike/></font><font><strike val="0"/></font></fonts>
<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/></cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs>
</styleSheet>"""
RUN = "<r><rPr><strike/></rPr><t>oud</t></r><r><t>nieuw</t></r>"


def read(*rows, **parts):
    content = workbook(sheet(row(1, *HEADER), *rows), **parts)
    run, results = read_file(formats()["xlsx"], io.BytesIO(content), best_match(register_headings().values()))
    marks_by_row = [(result.row, marks_of(result)) for result in results]
    assert run.facts.has_marks == any(marks for _, marks in marks_by_row)
    return marks_by_row


def styled(place, style):
    return cell(place, "portal").replace("<c ", f'<c s="{style}" ')


def test_a_cell_in_a_struck_style_marks_its_row_only():
    rows = [f'<row r="{n}">{styled(f"A{n}", style)}{cell(f"B{n}", "x")}</row>' for n, style in ((2, 1), (3, 0), (4, 2))]
    assert read(*rows, styles=STYLES) == [(2, "struck"), (3, ""), (4, "")]


def test_a_struck_part_of_a_text_marks_its_row():
    shared = f"<sst><si>{RUN}</si><si><t>portal</t></si></sst>"
    rows = [f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 2}</v></c>{cell(f"B{n}", "x")}</row>' for n in (2, 3)]
    inline = f'<row r="4"><c r="A4" t="inlineStr"><is>{RUN}</is></c></row>'
    assert read(*rows, inline, row(5, "portal", "x"), shared=shared) == [
        (2, "struck"), (3, ""), (4, "struck"), (5, "")
    ]  # fmt: skip


@pytest.mark.parametrize("attribute", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_a_hidden_row_is_marked(attribute):
    rows = [row(2, "portal", "x").replace('r="2"', f'r="2" {attribute}', 1), row(3, "portal", "y")]
    assert read(*rows) == [(2, "hidden"), (3, "")]


def test_row_can_have_both_marks_and_empty_rows_have_none():
    hidden = f'<row r="2" hidden="1">{styled("A2", 1)}</row><row r="3" hidden="1"><c r="A3" s="1"/></row>'
    assert read(hidden, row(4, "portal"), styles=STYLES) == [(2, "struck hidden"), (4, "")]


def test_fonts_without_end_are_refused():
    fonts = "<x><fonts>" + "<font><strike/></font>" * 500_000 + "</fonts></x>"
    with pytest.raises(Unreadable):
        read(row(2, "portal"), styles=fonts)
