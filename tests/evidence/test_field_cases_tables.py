"""Tables as people upload them: each field case has its expected answer, through intake."""

import io
from datetime import date

import pytest

from evidence.formats import read_file, recognise
from evidence.formats.media import describe
from evidence.formats.tables.heading_comparison import best_match
from evidence.formats.values import Unreadable
from evidence.judging.policies import register_headings
from evidence.judging.values import DoesNotFit
from locales import Language
from tests.evidence.judging.policy_judging import failing, judged

DAY = date(2026, 11, 29)
PASSES = """
c00-good.csv c01-waar-onwaar.csv c02-header-nr-dot.csv c02c-header-opm-dot.csv c03-title-row.csv c04-trailing-empty.csv
c05-cr-only.csv c06-cp1252.csv c07-dutch-date-with-time.csv c07f-iso-with-time.csv c11-header-newline.csv
c13-nbsp-zwsp.csv c14-unicode-text.txt c15-quoted-newline.csv c17-naam-applicatie.csv c20-inch-quote.csv
x00-good.xlsx x01-dimension-a1.xlsx x02-1904.xlsx x03-date-with-time.xlsx x06-hidden-first-sheet.xlsx
x07-version-sheet-first.xlsx x08-header-row-3.xlsx x12-real-booleans.xlsx x13-hyperlink.xlsx x14-trailing-empty.xlsx
x15-margin-column-and-row.xlsx x16-numeric-refs.xlsx x19-dutch-long-format.xlsx x23-chartsheet-first.xlsx
c07g-month-name.csv x24-header-newline.xlsx x25-header-spaces.xlsx c18-total-row.csv x21-total-row.xlsx
""".split()  # noqa: SIM905 - a list of names reads as names
#: the file, and what the first failing check ends with or its reason holds
FAILS = {
    "c07c-two-digit-year.csv": "geen datum",
    "c07d-slashes.csv": "geen datum",
    "c08-na-error.csv": "(#N/B)",
    "c09-placeholders.csv": "beslist door is leeg",
    "x05-error-cells.xlsx": "(#N/A)",
    "x10-hidden-row.xlsx": "het register 4",
    "x18-serial-no-format.xlsx": "geen datum",
}
#: the file, and what its refusal says
REFUSED = {
    "c22-cut-in-quote.csv": "Een veld tussen aanhalingstekens is aan het eind van het bestand nog open",
    "x04-formula-no-value.xlsx": "formules zonder uitkomst",
    "x28-sheet-damaged.xlsx": 'Blad "Blad1" is beschadigd of afgekapt',
    "x29-naam-verwerker.xlsx": "ontbreken",  # it is a register of processors
    "x30-parts-at-root.xlsx": "ontbreken",  # it has two columns
}


@pytest.fixture
def case(shared):
    folder = shared / "field-cases" / "files"
    if not folder.is_dir():
        pytest.skip("../shared/field-cases is not here: the field cases are left out")
    return lambda name: (folder / name).read_bytes()


def dutch(sentence):
    return Language("nl").render(sentence)


def review(content):
    """The verdict of a table as an access review of saas-products with three accounts, and the warnings."""
    assert recognise(content[:65_536]) is not None
    assert describe(io.BytesIO(content)).extension in ("csv", "xlsx")
    _, verdicts, judge = judged("access-review", content, population=3, systems=["saas-products"], as_of=DAY)
    return verdicts["saas-products"], [dutch(warning) for warning in judge.warnings]


@pytest.mark.corpus
@pytest.mark.parametrize("name", PASSES)
def test_good_table_passes(case, name):
    verdict, _ = review(case(name))
    assert (verdict.verdict, failing(verdict)) == ("pass", [])


@pytest.mark.corpus
@pytest.mark.parametrize("name", FAILS)
def test_table_with_invalid_values_fails_with_a_reason(case, name):
    verdict, _ = review(case(name))
    assert verdict.verdict == "fail"
    assert any(FAILS[name] in dutch(reason) for _, reason in verdict.failing)


@pytest.mark.corpus
@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_table_is_refused_with_its_reason(case, name):
    with pytest.raises((Unreadable, DoesNotFit)) as refusal:
        review(case(name))
    assert REFUSED[name] in dutch(refusal.value.message)


@pytest.mark.corpus
def test_every_table_case_has_an_expected_answer(shared):
    names = {path.name for path in (shared / "field-cases" / "files").glob("[clx]*")}
    assert names == {*PASSES, *FAILS, *REFUSED}


@pytest.mark.corpus
def test_choices_and_omissions_are_reported(case):
    assert review(case("x07-version-sheet-first.xlsx"))[1][0].startswith('Blad "')
    assert "rij 3" in review(case("c03-title-row.csv"))[1][0]
    assert "persoonsgegevens" not in " ".join(review(case("c17-naam-applicatie.csv"))[1])


@pytest.mark.corpus
def test_column_is_recognised_by_a_similar_heading(case):
    content = case("x29-naam-verwerker.xlsx")
    _, verdicts, judge = judged("processor-register", content, population=1, as_of=DAY)
    assert not any(check.endswith(": recipient") for check in failing(verdicts[""]))
    _, results = read_file(recognise(content[:65_536]), io.BytesIO(content), best_match(register_headings().values()))
    assert len(list(results)) == 1
