"""Templates of registers: their content, that they pass once filled in, and that their example row never counts."""

import io

import pytest
from openpyxl import load_workbook

from evidence.formats import formats
from evidence.formats.tables.heading_comparison import plain
from evidence.judging.policies import policies
from evidence.judging.register.cells import words
from evidence.judging.register.template import own_reference, template
from evidence.judging.values import DoesNotFit, JudgeContext
from locales import LANGUAGES, Language
from tests.days import CALENDAR
from tests.evidence.judging.register.test_policy_examples import REGISTERS, others, population

EXAMPLES = {"nl": "VOORBEELD-1", "en": "EXAMPLE-1"}
each_register = pytest.mark.parametrize("policy", REGISTERS)
each_language = pytest.mark.parametrize("code", LANGUAGES)


def content(policy, code, form="xlsx"):
    return template(Language(code), REGISTERS[policy].rules, form)


def filled_in(policy, code, form):
    """The template with the policy's own example reference in place of the template's."""
    rules = REGISTERS[policy].rules
    own = rules.examples.row[own_reference(rules)]
    if form == "csv":
        return content(policy, code, form).replace(EXAMPLES[code].encode(), own.encode())
    book = load_workbook(io.BytesIO(content(policy, code)))
    for cell in book.worksheets[0][2]:
        if cell.value == EXAMPLES[code]:
            cell.value = own
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def judged(policy, file, form):
    examples = policies()[policy].rules.examples
    run, results = formats()[form].read(io.BytesIO(file))
    counted = population(policies()[policy].rules, [examples.row])
    context = JudgeContext(
        examples.day, CALENDAR, population=counted, in_scope=examples.in_scope, others=others(examples)
    )
    judge = policies()[policy].judge(run, context)
    return [judge.add_result(result) for result in results], judge


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@each_language
@each_register
def test_template_passes_once_it_is_filled_in(policy, code, form):
    levels, judge = judged(policy, filled_in(policy, code, form), form)
    assert [level for level in levels if level] == ["pass"]
    assert [str(warning) for warning in judge.warnings if "is read; not read" not in str(warning)] == []


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@each_language
@each_register
def test_example_row_is_never_judged(policy, code, form):
    with pytest.raises(DoesNotFit, match="example row of the template"):
        judged(policy, content(policy, code, form), form)


@each_language
@each_register
def test_workbook_explains_each_column(policy, code):
    book = load_workbook(io.BytesIO(content(policy, code)))
    register, explanation = book.worksheets
    headings = [str(cell.value) for cell in register[1]]
    rows = list(explanation.iter_rows(min_row=2, values_only=True))
    assert headings == [getattr(column.label, code) for column in REGISTERS[policy].rules.columns]
    assert [row[0] for row in rows] == headings
    assert all(row[1].endswith(".") and row[1][0].isupper() for row in rows)


@each_language
@each_register
def test_allowed_values_are_a_list_in_the_workbook_and_each_can_be_read(policy, code):
    sheet = load_workbook(io.BytesIO(content(policy, code))).worksheets[0]
    lists = {str(each.sqref).split("2", 1)[0]: each.formula1 for each in sheet.data_validations.dataValidation}
    columns = REGISTERS[policy].rules.columns
    for column, cell in zip(columns, sheet[1], strict=True):
        if column.type == "enum":
            offered = lists[cell.column_letter].strip('"').split(",")
            assert {words(column)[plain(word)] for word in offered} == set(column.values)


def test_template_has_real_dates_and_the_same_bytes_each_time():
    sheet = load_workbook(io.BytesIO(content("patch-register", "nl"))).worksheets[0]
    days = [cell.value for cell in sheet[2] if cell.is_date]
    assert len(days) == 2
    assert content("patch-register", "nl") == content("patch-register", "nl")


def test_policy_that_judges_no_table_has_no_template():
    assert policies()["tls-ncsc-nl@2025-05"].template(Language("en"), "xlsx") == b""


def test_word_of_an_own_policy_is_no_formula():
    rules = REGISTERS["access-review"].rules
    columns = [
        column.model_copy(update={"values": {"=1+1": []}}) if column.key == "decision" else column
        for column in rules.columns
    ]
    made = template(Language("en"), rules.model_copy(update={"columns": columns, "examples": None}), "xlsx")
    cells = [cell for row in load_workbook(io.BytesIO(made)).worksheets[1] for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
