"""Reading registers: headings, spreadsheet errors and placeholders, notations of dates and moments."""

from datetime import UTC, date, datetime

import pytest

from evidence.formats import recognise
from evidence.formats.tables.heading_comparison import plain
from evidence.judging.personal_data.headings_and_values import is_personal
from evidence.judging.register.cells import Misread, read, words
from evidence.judging.register.rules import Column
from evidence.judging.values import DoesNotFit
from locales import Language
from tests.days import CALENDAR
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.formats.workbooks import workbook
from tests.evidence.judging.policy_judging import failing, judged
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import ACCESS, PROCESSOR, access, judge, table

DUTCH = Language("nl")


def column(kind, **more):
    return Column.model_validate({"key": "x", "nl": ["iks"], "en": ["ex"], "type": kind, "required": "no", **more})


def value(kind, cell, **more):
    declared_column = column(kind, **more)
    return read(declared_column, words(declared_column), cell, CALENDAR)


def misread(kind, cell, **more):
    with pytest.raises(Misread) as problem:
        value(kind, cell, **more)
    return problem.value.message


# ── Cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────

ERRORS = """#N/A #N/B #REF! #VERW! #DIV/0! #DEEL/0! #VALUE! #WAARDE! #NAME? #NAAM? #NUM! #GETAL! #NULL! #LEEG! #SPILL!
#OVERLOOP! #CALC! #GETTING_DATA ##### Err:502 #NV""".split()  # noqa: SIM905


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("kind", ["text", "ref", "date", "bool", "list"])
def test_spreadsheet_error_is_not_read_as_a_value(error, kind):
    assert error in str(misread(kind, error))


@pytest.mark.parametrize("cell", ["#1", "# 3", "nr. #5", "#kanaal", "N/A: zie besluit"])
def test_text_that_resembles_a_spreadsheet_error_is_read_as_text(cell):
    assert value("text", cell) == cell


@pytest.mark.parametrize("cell", ["n.v.t.", "nvt", "N.v.t", "n/a", "N.A.", "Niet van toepassing", "not applicable"])
def test_that_something_does_not_apply_is_the_word_of_a_list_that_has_one(cell):
    assert value("enum", cell, values={"yes": ["ja"], "n/a": ["n.v.t."]}) == "n/a"
    assert value("enum", cell, values={"yes": ["ja"]}) == ""


@pytest.mark.parametrize("cell", ["-", "–", "n.v.t.", "N.V.T.", "nvt", "n/a", "N/A", "Niet van toepassing", "(leeg)"])
@pytest.mark.parametrize("kind", ["text", "ref", "date", "datetime", "bool", "int"])
def test_placeholder_for_nothing_is_read_as_empty(cell, kind):
    assert value(kind, cell) == ""


@pytest.mark.parametrize("cell", ["?", "onbekend", "Onbekend", "n.n.b.", "nader te bepalen", "TBD", "..."])
def test_placeholder_for_unknown_is_empty_in_text_and_refused_in_a_date(cell):
    assert value("text", cell) == ""
    assert value("ref", cell.replace(" ", "")) in ("", cell.replace(" ", ""))
    misread("date", cell)


def test_placeholder_is_a_value_where_its_column_lists_it():
    assert value("ref", "unknown", means=["unknown"]) == "unknown"
    assert value("enum", "n.v.t.", values={"n/a": ["n.v.t."]}) == "n/a"


def test_placeholders_fail_in_required_columns():
    judgement = judge("access-review", access(decided_by_ref="n.v.t.", task_reason="-"))[1]["portal"]
    assert failing(judgement) == ["portal/A-1/support: decided_by_ref", "portal/A-1/support: no-task"]


@pytest.mark.parametrize(
    "cell",
    ["2026-11-03", "3-11-2026", "03-11-2026 0:00", "3-11-2026 14:30:05", "2026-11-03 23:59:59", "2026-11-03 8:05",
     "2026-11-03T00:30:00+01:00", "2026-11-02T23:00:00Z", "2026-11-03T08:00:00.123", "\u200b03-11-2026\u00a0",
     "3 november 2026", "3 nov. 2026", "November 3, 2026", "3-nov-2026", "03.11.2026"],
)  # fmt: skip
def test_date_is_read_in_every_accepted_notation(cell):
    assert value("date", cell) == date(2026, 11, 3)


@pytest.mark.parametrize("cell", ["03-11-26", "03/11/2026", "46329", "31-02-2026", "2026-11-03 25:00"])
def test_ambiguous_or_impossible_date_is_refused(cell):
    misread("date", cell)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-11-03T08:01:22+01:00", datetime(2026, 11, 3, 7, 1, 22, tzinfo=UTC)),
        ("2026-11-03T07:01:22Z", datetime(2026, 11, 3, 7, 1, 22, tzinfo=UTC)),
        ("2026-11-03T08:01:22", datetime(2026, 11, 3, 7, 1, 22, tzinfo=UTC)),
        ("2026-07-03 08:01", datetime(2026, 7, 3, 6, 1, tzinfo=UTC)),
        ("3-11-2026 8:01", datetime(2026, 11, 3, 7, 1, tzinfo=UTC)),
    ],
)
def test_moment_without_a_zone_is_in_the_zone_of_the_organisation(cell, moment):
    assert value("datetime", cell) == moment


@pytest.mark.parametrize("cell", ["2026-11-03", "3-11-2026", "08:01", "gisteren 8:01"])
def test_date_without_a_time_is_refused_as_a_moment(cell):
    misread("datetime", cell)


@pytest.mark.parametrize(
    ("cell", "expected"), [("WAAR", "yes"), ("Onwaar", "no"), ("TRUE", "yes"), ("ja", "yes"), ("n", "no")]
)
def test_yes_and_no_in_the_language_of_the_spreadsheet(cell, expected):
    assert value("bool", cell) == expected
    assert value("enum", cell, values={"yes": ["ja", "j"], "no": ["nee", "n"]}) == expected


def test_message_lists_allowed_values_in_the_language_of_the_reader():
    message = misread("enum", "iets", values={"own": ["eigen"], "supplier": ["leverancier"]})
    assert "eigen, leverancier" in DUTCH.render(message)
    assert "own, supplier" in str(message)


@pytest.mark.parametrize("kind", ["date", "datetime", "bool", "int", "month", "country", "sha256", "enum", "ref"])
def test_message_does_not_quote_an_unreadable_value(kind):
    message = misread(kind, "jan de vries " * 10, **({"values": {"a": []}} if kind == "enum" else {}))
    assert "vries" not in str(message)


# ── Headings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "heading",
    ["naam", "Naam medewerker", "volledige naam", "E-mail", "e-mailadres", "Telefoon (werk)", "BSN", "BSN cliënt",
     "geboortedatum", "name", "First name", "e_mail", "adres", "naam van de gebruiker", "IBAN", "Employee name"],
)  # fmt: skip
def test_heading_of_personal_data_is_recognised(heading):
    assert is_personal(heading)


@pytest.mark.parametrize(
    "heading",
    ["naam applicatie", "Naam verwerker", "e-mail verstuurd", "Naam leverancier", "file name", "IP-adres server",
     "BSN gecontroleerd", "e-mail sent", "naam van het systeem", "telefooncentrale", "domain name"],
)  # fmt: skip
def test_heading_that_only_sounds_personal_is_not_recognised_as_personal(heading):
    assert not is_personal(heading)


def test_a_column_that_only_sounds_personal_is_left_out_as_any_other():
    rows = [{**ACCESS, "naam applicatie": "Portaal", "e-mail verstuurd": "jan@example.org"}]
    _, verdicts, register_judge = judge("access-review", *rows)
    assert verdicts["portal"].verdict == "pass"
    warnings = [str(warning) for warning in register_judge.warnings]
    assert not [warning for warning in warnings if "sounds like personal data" in warning]
    assert sum("is not known and is left out." in warning for warning in warnings) == 2
    assert any(warning.startswith("e-mail verstuurd: one value looks like e-mail") for warning in warnings)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Naam verwerker:", "recipient"),
        ("rol *", "role"),
        ("land (code)", "country"),
        ("ondertekend op (datum)", "signed_on"),
    ],
)
def test_punctuation_and_hints_around_a_heading_are_ignored(heading, key):
    names = [heading if name == key else name for name in PROCESSOR]
    _, verdicts, register_judge = judge("processor-register", PROCESSOR, names=names)
    assert verdicts[""].verdict == "pass"
    assert register_judge.warnings == []


def test_exact_heading_is_preferred_to_one_with_other_words():
    rows = [{**ACCESS, "naam systeem": "Het portaal"}]
    _, verdicts, register_judge = judge("access-review", *rows)
    assert verdicts["portal"].verdict == "pass"
    assert "naam systeem" in str(register_judge.warnings[0])


def test_invisible_characters_in_a_heading_are_ignored():
    assert plain("beslist\u00a0\u200bdoor\ufeff") == "beslist door"


# ── Where the register stands ────────────────────────────────────────────────────────────────────────────────────────

NAMES, ROW = tuple(ACCESS), tuple(ACCESS.values())


def review(content, **context):
    _, verdicts, register_judge = judged("access-review", content, population=1, **context)
    return verdicts["portal"].verdict, [str(warning) for warning in register_judge.warnings]


def test_register_is_found_in_a_workbook_with_another_register():
    first = ROWS["confidentiality-register"]
    content = workbook(
        sheet(("versie", "datum"), ("1", "2")), sheet(tuple(first), tuple(first.values())), sheet(NAMES, ROW)
    )
    assert review(content) == ("pass", ['Sheet "Blad 3" is read; not read: Blad 2, Blad 1.'])
    other = judged(
        "confidentiality-register", content, population=1, others={"access-review": [], "datacentre-access-list": []}
    )
    assert other[1][""].verdict == "pass"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_of_the_same_register_is_refused_by_its_name(state):
    second = sheet(("Accounts van vroeger",), NAMES, ("portal", "A-2", *ROW[2:]))
    for sheets, states in (((sheet(NAMES, ROW), second), ("", state)), ((second, sheet(NAMES, ROW)), (state,))):
        with pytest.raises(DoesNotFit, match=r'hidden sheet "Blad \d" has the columns of this register as well'):
            review(workbook(*sheets, states=states))


def test_sheets_of_the_same_register_are_read_together():
    bad = tuple(access(account_ref="A-3", decision="").values())
    content = workbook(sheet(NAMES, ROW), sheet(("Overig",), NAMES, ("portal", "A-2", *ROW[2:])), sheet(("noot",)))
    _, verdicts, register_judge = judged("access-review", content, population=2)
    assert verdicts["portal"].verdict == "pass"
    assert str(register_judge.warnings[0]) == "These sheets are read together: Blad 1, Blad 2."
    content = workbook(sheet(NAMES, ROW), sheet(NAMES, bad))
    _, verdicts, _ = judged("access-review", content, population=2)
    assert failing(verdicts["portal"]) == ["portal/A-3/support: decision"]


def test_other_sheets_with_content_are_named_also_when_hidden():
    notes = sheet(("Aantekening",), ("niet af",))
    content = workbook(notes, sheet(NAMES, ROW), notes, sheet(), states=("", "", "hidden", "veryHidden"))
    warnings = ['Sheet "Blad 2" is read; not read: Blad 1.', 'Sheet "Blad 2" is read; not read: Blad 3 (hidden).']
    assert review(content) == ("pass", warnings)


def test_message_about_missing_columns_names_the_sheet_and_row_that_was_read():
    with pytest.raises(DoesNotFit, match=r'Sheet "Blad 2", row 2 was read as the names of the columns; .* account_ref'):
        review(
            workbook(sheet(("versie", "datum")), sheet(("Titel",), ("systeem", "persoon", "besluit"), ("a", "b", "c")))
        )
    with pytest.raises(DoesNotFit, match="Line 2 was read as the names of the columns"):
        review("Titel;;\nsysteem;persoon;besluit\na;b;c\n")


def test_title_lines_above_a_csv_are_skipped_with_a_warning():
    for title in ("Beoordeling;;;;;;;;;;;;\nversie 1.2;;;;;;;;;;;;\n", "Beoordeling\n\n"):
        verdict, warnings = review(title + table(ACCESS))
        assert verdict == "pass"
        assert warnings == ["The names of the columns are in row 3; what stands above them is left out."]


@pytest.mark.parametrize(
    "content",
    ["nr.;systeem;score [1-5]\n1;portal;4\n", 'opm.,systeem\nx,"y, z"\n', "a (b, c, d);systeem\n1;2\n3;4\n",
     "sep=;\nnr.;systeem\n1;2\n", "Titel;;\nnr.;systeem;rol\n1;2;3\n", "Titel\n\nnr;systeem;rol\n1;2;3\n4;5;6\n"],
)  # fmt: skip
def test_tables_of_a_dutch_spreadsheet_are_tables(content):
    assert recognise(content.encode()).NAME == "csv"


@pytest.mark.parametrize(
    "content",
    ["Beste allen, dit is een brief.\nMet een tweede regel, en meer.\n",
     "# Beleid\n\nWij versleutelen, altijd.\nEn wij controleren, elk jaar, alles.\n",
     "# Titel\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "Notulen.\nAanwezig: Jan, Piet\nAfwezig: niemand\n"],
)  # fmt: skip
def test_letters_and_minutes_are_not_read_as_tables(content):
    assert recognise(content.encode()) is None


# ── Not applicable ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cell", ["n.v.t. (eigen medewerker)", "N/A - internal", "niet van toepassing: intern"])
@pytest.mark.parametrize("kind", ["date", "ref", "bool", "month", "int"])
def test_reason_why_something_does_not_apply_is_no_value(kind, cell):
    assert value(kind, cell) == ""


def test_number_beside_not_applicable_may_be_a_value_and_is_not_left_out():
    assert str(misread("date", "n.v.t., gestopt per 1-2-2026"))
    assert value("ref", "n.v.t. (zie V-12)") == "n.v.t. (zie V-12)"
    assert value("text", "n.v.t. (versleuteld)") == "n.v.t. (versleuteld)"  # a reason is a text
