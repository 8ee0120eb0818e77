"""Spreadsheets as people and programs write them: every row, and of each cell what it shows."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from evidence.formats import formats, recognise
from evidence.formats.media import describe
from evidence.formats.tables.added_columns import is_added
from evidence.formats.tables.row_marks import MARKS
from evidence.formats.values import Unreadable
from tests.evidence.formats.workbooks import HEADER, MAIN, packed, parts, row, sheet, table, workbook

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="4"><numFmt numFmtId="164" formatCode="[$-413]d\\ mmmm\\ yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="dd\\-mm\\-yyyy\\ h:mm"/><numFmt numFmtId="166" formatCode="&quot;dag &quot;0"/>'
    '<numFmt numFmtId="167" formatCode="[Red]0.00"/></numFmts><fills><fill/></fills>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    + "".join(f'<xf numFmtId="{form}"/>' for form in (0, 14, 164, 165, 166, 167, 20))
    + "</cellXfs></styleSheet>"
)


def known(*wanted):
    """A `Match` that knows one register with these columns."""
    return lambda names: (set(wanted) <= set(names), len(set(wanted) & set(names)))


def read(content, match=None):
    assert recognise(content[:65_536]).NAME == "xlsx"
    run, results = formats()["xlsx"].read(io.BytesIO(content), *([match] if match else []))
    return run, [[value for name, value in result.properties if is_in_sheet(name)] for result in results]


def is_in_sheet(name):
    return name != MARKS and not is_added(name)


def rows(content, match=None):
    return read(content, match)[1]


def values(*cells, **options):
    """What the cells of one row say, from column B on."""
    written = row(1, "a", *(f"c{number}" for number in range(len(cells))))
    return rows(workbook(sheet(written, f'<row r="2"><c r="A2"><v>1</v></c>{"".join(cells)}</row>'), **options))[0][1:]


def refused(content, match=None):
    with pytest.raises(Unreadable) as refusal:
        read(content, match)
    return str(refusal.value)


# ── Rows and cells ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_is_read_whatever_the_file_says_its_dimension_is():
    written = table(HEADER, ("portal", "A-1"), ("portal", "A-2"))
    for dimension in ("A1", "A1:B1", "XFD1048576", "?"):
        content = written.replace("<sheetData>", f'<dimension ref="{dimension}"/><sheetData>')
        assert rows(workbook(content)) == [["portal", "A-1"], ["portal", "A-2"]]


def test_rows_and_cells_are_placed_by_their_reference_or_in_order():
    loose = '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>'
    assert rows(workbook(sheet(loose, loose))) == [["a", "b"]]
    turned = '<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>'
    assert rows(workbook(sheet(row(1, "a", "b", "c"), turned))) == [["1", "", "3"]]


def test_rows_that_are_missing_cost_nothing_and_are_no_records():
    far = '<row r="1048576000"><c r="A1048576000"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    assert rows(workbook(sheet(row(1, *HEADER), far, "<row/>" * 1_000))) == [["1", "2"]]


def test_a_formula_gives_what_was_calculated_last():
    assert values("<c><f>A1</f><v>4</v></c>", '<c t="str"><f>B1</f><v>x</v></c>') == ["4", "x"]
    assert values('<c t="str"><f>IF(1,"")</f><v></v></c>', "<c><v>2</v></c>") == ["", "2"]


def test_a_formula_without_a_result_is_refused_with_its_row():
    for written in ("<f>TODAY()</f>", "<f>TODAY()</f><v></v>", '<f t="shared" si="0"/>'):
        message = refused(
            workbook(sheet(row(1, *HEADER), row(2, "a", "b"), f'<row r="3"><c r="A3">{written}</c></row>'))
        )
        assert 'Sheet "Blad 1", row 3 holds formulas without a result' in message


def test_a_formula_without_a_result_on_another_sheet_does_not_matter():
    notes = sheet(row(1, "datum", "auteur"), '<row r="2"><c r="A2"><f>TODAY()</f></c></row>')
    assert rows(workbook(notes, table(HEADER, ("a", "b"))), known(*HEADER)) == [["a", "b"]]


@pytest.mark.parametrize(
    ("written", "displayed"),
    [
        ('<c s="1"><v>46329</v></c>', "2026-11-03"),
        ('<c s="2"><v>46329</v></c>', "2026-11-03"),
        ('<c s="3"><v>46329</v></c>', "2026-11-03T00:00:00"),
        ('<c s="3"><v>46329.604166666664</v></c>', "2026-11-03T14:30:00"),
        ('<c s="1"><v>46329.5</v></c>', "2026-11-03T12:00:00"),
        ('<c s="6"><v>0.5</v></c>', "12:00:00"),
        ('<c s="1"><v>59</v></c>', "1900-02-28"),
        ('<c s="1"><v>61</v></c>', "1900-03-01"),
        ('<c s="1"><v>99999999</v></c>', "99999999"),
        ('<c s="4"><v>3</v></c>', "3"),
        ('<c s="5"><v>3.50</v></c>', "3.5"),
        ('<c s="77"><v>46329</v></c>', "46329"),
        ("<c><v>1E3</v></c>", "1000"),
        ("<c><v>100001</v></c>", "100001"),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="b"><v>0</v></c>', "false"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="e"><v>odd</v></c>', "#odd!"),
        ('<c t="d"><v>2026-11-03T00:00:00</v></c>', "2026-11-03"),
        ('<c t="d"><v>2026-11-03T14:30:00</v></c>', "2026-11-03T14:30:00"),
        ('<c t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r><rPh><t>x</t></rPh></is></c>', "rich"),
        ('<c t="str"><v> blanks </v></c>', "blanks"),
    ],
)
def test_cell_is_read_as_it_is_displayed(written, displayed):
    assert values(written, styles=STYLES) == [displayed]


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    assert values('<c s="1"><v>44867</v></c>', styles=STYLES, about='<workbookPr date1904="1"/>') == ["2026-11-03"]


def test_strings_are_shared():
    shared = f'<sst xmlns="{MAIN}"><si><t>één</t></si><si><r><t>t</t></r><r><t>wee</t></r><rPh><t>x</t></rPh></si><si/></sst>'
    cells = [f'<c t="s"><v>{number}</v></c>' for number in (0, 1, 2, 0)]
    assert values(*cells, shared=shared) == ["één", "twee", "", "één"]
    assert "is damaged" in refused(workbook(sheet(row(1, *HEADER), '<row><c t="s"><v>9</v></c></row>'), shared=shared))


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
CELLS = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), TEXTS.filter(lambda text: text[0] != "="))


@given(written=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
@settings(max_examples=30)
def test_any_table_of_another_program_gives_its_cells(written):
    book, content = Workbook(), io.BytesIO()
    book.active.append(["een", "twee", "drie"])
    for values_of_row in written:
        book.active.append(values_of_row)
    book.save(content)
    theirs = load_workbook(content).active.iter_rows(min_row=2, values_only=True)
    wanted = [[shown(value) for value in their] for their in theirs]
    rows_read = [values_of_row + [""] * (3 - len(values_of_row)) for values_of_row in rows(content.getvalue())]
    assert rows_read == [values_of_row for values_of_row in wanted if any(values_of_row)]


def shown(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).strip()


# ── Workbooks ────────────────────────────────────────────────────────────────────────────────────────────────────────

GOOD = table(HEADER, ("portal", "A-1"))


@pytest.mark.parametrize(
    "options",
    [
        {"folder": ""},
        {"folder": "XL/"},
        {"folder": "somewhere/else/"},
        {"office": STRICT_OFFICE, "namespace": STRICT},
    ],
)
def test_parts_in_other_folders_and_strict_workbooks_are_read(options):
    content = workbook(GOOD.replace(MAIN, options.get("namespace", MAIN)), **options)
    assert rows(content) == [["portal", "A-1"]]
    assert describe(io.BytesIO(content)).extension == "xlsx"


def test_elements_may_have_a_prefix_and_names_backslashes():
    made = parts(GOOD)
    prefixed = GOOD.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x=")
    made["xl/sheet1.xml"] = prefixed
    made = {name.replace("xl/", "xl\\") if "rels" not in name else name: part for name, part in made.items()}
    assert rows(packed(made)) == [["portal", "A-1"]]


LISTS = table(("besluit", "soort"), ("behouden", "persoonlijk"))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_not_read(state):
    run, results = read(workbook(LISTS, GOOD, states=(state,)))
    assert results == [["portal", "A-1"]]
    assert run.facts.others == []
    assert "No visible sheet" in refused(workbook(LISTS, states=(state,)))


def test_chart_sheet_is_ignored():
    assert rows(workbook("<chartsheet/>", GOOD, kinds=("chartsheet",))) == [["portal", "A-1"]]


def test_the_sheet_with_the_columns_is_found_and_the_others_are_named():
    version = table(("versie", "datum", "auteur"), ("1.0", "vandaag", "P-9"))
    run, results = read(workbook(version, LISTS, GOOD, table()), known(*HEADER))
    assert results == [["portal", "A-1"]]
    assert run.facts.heads[0].sheet == "Blad 3"
    assert run.facts.others == ["Blad 1", "Blad 2", "Blad 4"]


def test_without_any_that_is_known_the_first_with_a_header_is_read():
    run, results = read(workbook(table(), LISTS, GOOD))
    assert results == [["behouden", "persoonlijk"]]
    assert run.facts.heads[0].sheet == "Blad 2"


def test_two_registers_in_one_workbook_are_both_read_apart():
    run, results = formats()["xlsx"].read(io.BytesIO(workbook(GOOD, LISTS)), lambda _: (True, 2))
    assert [dict(result.properties)["@"] for result in results] == ["Blad 1", "Blad 2"]
    assert [head.columns for head in run.facts.heads] == [list(HEADER), ["besluit", "soort"]]


def test_titles_may_stand_above_the_header():
    titled = sheet(
        row(1, "Beoordeling toegang"), row(3, "versie", "1.2"), row(5, *HEADER, "rol"), row(6, "p", "A", "r")
    )
    run, results = read(workbook(titled), known(*HEADER, "rol"))
    assert results == [["p", "A", "r"]]
    assert (run.facts.heads[0].row, run.facts.heads[0].above) == (5, 2)


def test_row_as_wide_as_the_header_is_not_skipped_as_a_title():
    twice = sheet(row(1, "portal", "A-0"), row(2, *HEADER), row(3, "portal", "A-1"))
    assert read(workbook(twice), known(*HEADER))[0].facts.heads[0].columns == ["portal", "A-0"]


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_damaged_sheet_is_named():
    assert refused(workbook(GOOD[:-30])).startswith('Sheet "Blad 1" is damaged or cut off')


LONG = "x" * 32_768
SHARED = '<c r="A2" t="s"><v>0</v></c>'


def shared_string(content):
    return f'<sst xmlns="{MAIN}"><si><t>{content}</t></si></sst>'


@pytest.mark.parametrize(
    ("cell", "shared", "where"),
    [
        (f'<c t="inlineStr"><is><t>{LONG}</t></is></c>', "", 'Sheet "Blad 1", row 7'),
        (f'<c t="str"><v>{LONG}</v></c>', "", 'Sheet "Blad 1", row 7'),
        (SHARED, shared_string(LONG), "This workbook"),
    ],
    ids=["inline", "result of a formula", "shared string"],
)
def test_a_cell_longer_than_a_spreadsheet_keeps_is_named_as_the_cause(cell, shared, where):
    made = workbook(sheet(row(1, *HEADER), f'<row r="7">{cell}</row>'), shared=shared)
    assert refused(made).startswith(f"{where}: a cell holds more than 32,767 characters")


def test_a_shared_string_as_long_as_a_spreadsheet_keeps_is_read():
    made = workbook(sheet(row(1, *HEADER), f'<row r="2">{SHARED}</row>'), shared=shared_string(LONG[1:]))
    _, results = formats()["xlsx"].read(io.BytesIO(made))
    assert set(dict(next(iter(results)).properties)[HEADER[0]]) == {"x"}


@pytest.mark.parametrize("missing", ["xl/sheet1.xml", "xl/workbook.xml"])
def test_missing_part_is_refused_as_damaged(missing):
    made = parts(GOOD)
    del made[missing]
    assert "damaged or cut off" in refused(packed(made))


def test_a_binary_workbook_is_named():
    made = parts(GOOD)
    made["_rels/.rels"] = made["_rels/.rels"].replace("workbook.xml", "workbook.bin")
    assert "XLSB" in refused(packed(made))


def test_a_dtd_is_refused_by_the_parser():
    for name in ("xl/sheet1.xml", "xl/workbook.xml", "_rels/.rels"):
        made = parts(GOOD)
        made[name] = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'portal'>]>" + made[name]
        assert "a DTD" in refused(packed(made))
