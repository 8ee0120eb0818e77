"""Redaction before storage changes no verdict: what would fail still fails."""

import io

import pytest

from evidence.errors import Unfitting
from evidence.intake import submission
from evidence.intake.column_mapping import redaction
from evidence.intake.delivery.delivery import Population
from evidence.intake.submission import Delivery, Incoming
from evidence.judging.table_mapping import TableMapping
from evidence.judging.values import DoesNotFit
from models.transaction import writing
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.formats.workbooks import workbook
from tests.evidence.intake.test_mapping import NOW_ON, OFFICER, reviewing  # noqa: F401 - a fixture
from tests.evidence.judging.register.test_policy_registers import access
from tests.evidence.judging.register.test_policy_registers import table as register
from tests.evidence.office import DAY, NOW

REMARK = TableMapping(personal={"Opmerking": "leave out"})
PEOPLE = TableMapping(personal={"person_ref": "reference", "decided_by_ref": "reference"})


def row(**changes):
    return access(**{**NOW_ON, **changes})


def hand_in(office, content, mapping, number=1):
    """As the page and the API do: what is to be left out or replaced is, before anything is stored."""
    with submission.inspect(office.store, [Incoming(io.BytesIO(content), "review.xlsx")]) as raw:
        with writing(office.engine, NOW) as (session, now):
            key = redaction.reference_key(session, now)
        with (
            redaction.redacted(office.store, raw, mapping, key) as files,
            writing(office.engine, NOW) as (session, now),
        ):
            delivery = Delivery(
                files, ("access-review",), ("portal",), first_day=DAY, last_day=DAY, mapping=mapping,
                population=Population(number, "directory", DAY),
            )  # fmt: skip
            return submission.submit(session, office.store, OFFICER, delivery, now)


def checks(filed):
    return [check for cell in filed.covered for check, _ in cell.failing]


def test_redaction_can_not_leave_out_a_column_that_a_rule_needs(reviewing):  # noqa: F811
    content = register(row(engaged_until="2027-01-01")).encode()
    with pytest.raises((Unfitting, DoesNotFit)):
        hand_in(reviewing, content, TableMapping(personal={"engaged_until": "leave out"}))


def test_redaction_does_not_hide_a_hidden_sheet(reviewing):  # noqa: F811
    names = (*row(), "Opmerking")
    shown, hidden = (*row().values(), "x"), (*row(account_ref="A-2", engaged_until="2027-01-01").values(), "x")
    content = workbook(sheet(names, shown), sheet(names, hidden), states=("visible", "hidden"))
    with pytest.raises(DoesNotFit, match="hidden sheet"):
        hand_in(reviewing, content, REMARK)


def test_redaction_does_not_hide_a_repeated_heading(reviewing):  # noqa: F811
    names = (*row(), "engaged_until", "Opmerking")
    content = workbook(sheet(names, (*row(engaged_until="2027-01-01").values(), "", "x")))
    with pytest.raises(DoesNotFit, match="Two columns"):
        hand_in(reviewing, content, REMARK)


@pytest.mark.parametrize("nobody", ["-", "n.v.t.", "onbekend", "#N/A", "?"])
def test_placeholder_is_not_replaced_by_a_reference(reviewing, nobody):  # noqa: F811
    filed = hand_in(reviewing, register(row(decided_by_ref=nobody)).encode(), PEOPLE)
    assert checks(filed) == ["portal/A-1/support: decided_by_ref"]


def test_one_person_has_one_reference_however_the_letters_are_encoded(reviewing):  # noqa: F811
    content = register(row(person_ref="Ren\u00e9e", decided_by_ref="Rene\u0301e")).encode()
    assert checks(hand_in(reviewing, content, PEOPLE)) == ["portal/A-1/support: own-decision"]


def test_person_replaced_in_one_column_is_replaced_in_all(reviewing):  # noqa: F811
    content = register(row(person_ref="jjansen", decided_by_ref="jjansen")).encode()
    filed = hand_in(reviewing, content, TableMapping(personal={"person_ref": "reference"}))
    assert checks(filed) == ["portal/A-1/support: own-decision"]


def test_redaction_does_not_hide_the_example_row(reviewing):  # noqa: F811
    content = register(row(account_ref="EXAMPLE-1")).encode()
    with pytest.raises(DoesNotFit, match="example row"):
        hand_in(reviewing, content, TableMapping(personal={"account_ref": "reference"}))


def test_line_of_totals_is_not_redacted(reviewing):  # noqa: F811
    names = ("Naam medewerker" if name == "person_ref" else name for name in row())
    order = ["Naam medewerker", *(name for name in names if name != "Naam medewerker")]
    cells = {**row(), "Naam medewerker": "Jan Jansen"}
    content = workbook(sheet(tuple(order), tuple(cells[name] for name in order), ("Totaal", "1")))
    mapping = TableMapping(columns={"person_ref": "Naam medewerker"}, personal={"Naam medewerker": "reference"})
    assert checks(hand_in(reviewing, content, mapping)) == []
