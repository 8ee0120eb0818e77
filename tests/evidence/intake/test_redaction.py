"""Personal data is left out or replaced by references before anything is stored."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import MappingNeeded, Unfitting
from evidence.formats.tables.placeholders import says_nothing
from evidence.intake import submission
from evidence.intake.column_mapping import redaction
from evidence.intake.delivery.delivery import Delivery, Population
from evidence.intake.submission import Incoming
from evidence.judging.personal_data.headings_and_values import REFERENCE
from evidence.judging.table_mapping import TableMapping
from models.transaction import reading, writing
from tests.evidence.formats.workbooks import row, workbook
from tests.evidence.formats.workbooks import sheet as sheet_of_rows
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.intake.test_mapping import NOW_ON, OFFICER, hand_in, reviewing  # noqa: F401 - a fixture
from tests.evidence.judging.register.test_policy_registers import access
from tests.evidence.office import DAY, NOW, ask_for_access_reviews

KEY = b"k" * 32
NAMES = ["Naam medewerker" if name == "person_ref" else name for name in access()] + ["E-mail"]
CHOSEN = TableMapping(
    columns={"person_ref": "Naam medewerker"}, personal={"Naam medewerker": "reference", "E-mail": "leave out"}
)


def people(*names):
    rows = [
        (*access(person_ref=name, account_ref=f"A-{n}", **NOW_ON).values(), f"{n}@example.org")
        for n, name in enumerate(names)
    ]
    return workbook(sheet(tuple(NAMES), *rows))


@pytest.fixture
def asking(office):
    ask_for_access_reviews(office)
    return office


def inspected(office, content):
    return submission.inspect(office.store, [Incoming(io.BytesIO(content), "mensen.xlsx")])


def test_names_need_a_confirmed_treatment_before_anything_is_stored(asking):
    with pytest.raises(MappingNeeded) as problem:
        hand_in(asking, people("Jan Jansen", "Petra de Vries"), number=2)
    assert problem.value.proposed_mapping["personal"] == CHOSEN.personal
    assert '"E-mail" (leave it out)' in str(problem.value)
    assert list(asking.store.digests()) == []


def test_stored_file_has_one_reference_for_each_person_and_no_names(asking):
    with inspected(asking, people("Jan Jansen", "JAN  jansen", "Petra de Vries")) as raw:
        with writing(asking.engine, NOW) as (session, now):
            key = redaction.reference_key(session, now)
        with reading(asking.engine) as session:
            assert redaction.reference_key(session, NOW) == key
        with redaction.redacted(asking.store, raw, CHOSEN, key) as without:
            (file,) = without.files
            assert (file.name, file.format) == ("mensen.csv", "csv")
            rows = [dict(result.properties) for result in file.spool.results()]
            with file.staged.open() as stream:
                content = stream.read().lower()
    assert b"jansen" not in content
    assert b"example.org" not in content
    references = [row["Naam medewerker"] for row in rows]
    assert all(REFERENCE.fullmatch(reference) for reference in references)
    assert references[0] == references[1] != references[2]


def test_file_that_still_has_names_is_refused(asking):
    with pytest.raises(Unfitting, match="still holds personal data"):
        hand_in(asking, people("Jan Jansen", "Petra de Vries"), number=2, mapping=CHOSEN)
    with pytest.raises(Unfitting, match="can't stay as it is"):
        hand_in(
            asking,
            people("Jan", "Petra"),
            number=2,
            mapping=TableMapping(columns=CHOSEN.columns, personal={"Naam medewerker": "keep", "E-mail": "keep"}),
        )
    assert list(asking.store.digests()) == []


def test_row_with_too_many_cells_stays_so_after_redaction(asking):
    header = ";".join(NAMES)
    row = ";".join([*access(person_ref="Jan Jansen").values(), "jan@example.org", "more"])
    content = f"{header}\n{row}\n{row}\n".encode()
    with inspected(asking, content) as raw, redaction.redacted(asking.store, raw, CHOSEN, KEY) as without:
        first = next(without.files[0].spool.results())
    assert ("+", "+") in first.properties


def test_file_without_personal_columns_is_not_changed(asking):
    with inspected(asking, b"a;b\n1;2\n") as raw, redaction.redacted(asking.store, raw, CHOSEN, KEY) as same:
        assert same is raw


@given(st.text(max_size=30), st.text(max_size=30))
def test_equal_names_have_equal_references_that_do_not_reveal_them(first, second):
    first_reference, second_reference = redaction.reference(KEY, first), redaction.reference(KEY, second)
    assert REFERENCE.fullmatch(first_reference) or says_nothing(first_reference) or first_reference == ""
    assert redaction.reference(KEY, f" {first.upper()} ".lower()) == redaction.reference(KEY, first.upper().lower())
    assert redaction.reference(KEY, first_reference) == first_reference
    if first_reference == second_reference != "":
        assert " ".join(first.split()).casefold() == " ".join(second.split()).casefold() or first != second


def treated(office, content, number):
    """Handed in as the page and the API do: without the columns of personal data."""
    about = {"first_day": DAY, "last_day": DAY, "population": Population(number, "directory", DAY), "mapping": CHOSEN}
    with (
        submission.inspect(office.store, [Incoming(io.BytesIO(content), "mensen.xlsx")]) as raw,
        redaction.redacted(office.store, raw, CHOSEN, KEY) as inspection,
        writing(office.engine, NOW) as (session, now),
    ):
        delivery = Delivery(inspection, ["access-review"], ["portal"], **about)
        return submission.submit(session, office.store, OFFICER, delivery, now)


def reasons(filed):
    return [str(reason) for cell in filed.covered for _, reason in cell.failing]


def row_of(name, number, **changes):
    cells = (
        *access(person_ref=name, account_ref=f"A-{number}", **{**NOW_ON, **changes}).values(),
        f"{number}@x.example",
    )
    return row(number, *cells)


def test_messages_name_the_row_of_the_file_that_was_handed_in(asking):
    rows = [
        row(3, "Toegang"),
        row(5, *NAMES),
        row_of("Jan Jansen", 7),
        row_of("Petra de Vries", 9, decided_on="gisteren"),
    ]
    filed = treated(asking, workbook(sheet_of_rows(*rows, row(12, "", "Totaal", "2"))), number=2)
    (reason,) = reasons(filed)
    assert reason.endswith('(row 9: "decided_on" gisteren)')
    warnings = [str(warning) for warning in filed.warnings]
    assert "Row 12 is a line of totals and is left out." in warnings
    assert any("names of the columns are in row 5" in warning for warning in warnings)


def test_of_several_sheets_they_name_the_sheet_too(asking):
    first = sheet_of_rows(row(1, *NAMES), row_of("Jan Jansen", 2))
    second = sheet_of_rows(row(2, *NAMES), row_of("Petra de Vries", 4, decided_on="gisteren"))
    filed = treated(asking, workbook(first, second), number=2)
    assert reasons(filed)[0].endswith('(sheet "Blad 2", row 4: "decided_on" gisteren)')


def test_judged_again_the_rows_are_still_those_of_the_person(asking):
    content = ";".join(NAMES) + "\n\n" + ";".join([*access(person_ref="Jan Jansen").values(), "j@x.example"])
    with inspected(asking, content.encode()) as raw, redaction.redacted(asking.store, raw, CHOSEN, KEY) as once:
        with once.files[0].staged.open() as stream:
            stored = stream.read()
        assert [result.row for result in once.files[0].spool.results()][-1] == 3
    with inspected(asking, stored) as again:
        file = again.files[0]
        assert [result.row for result in file.spool.results()][-1] == 3
        assert not any(name.startswith("@") for name in file.run.facts.heads[0].columns)


def test_struck_and_hidden_rows_stay_that(asking):
    struck = row_of("Petra de Vries", 3).replace("<row ", '<row hidden="1" ')
    filed = treated(asking, workbook(sheet_of_rows(row(1, *NAMES), row_of("Jan Jansen", 2), struck)), number=2)
    assert {cell.verdict for cell in filed.covered} == {"pass"}
    assert any("Hidden in the spreadsheet" in str(reason) and ": 3." in str(reason) for reason in filed.review_reasons)
