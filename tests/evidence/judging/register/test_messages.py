"""Messages about a row name the heading, row and value of the uploaded file."""

import pytest

from evidence.judging.table_mapping import TableMapping
from evidence.judging.values import DoesNotFit
from locales import Language
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.formats.workbooks import workbook
from tests.evidence.judging.policy_judging import judged
from tests.evidence.judging.register.proposed_mapping.test_proposal import OWN, proposed
from tests.evidence.judging.register.test_policy_registers import access, table


def reasons(content, mapping, language="en"):
    _, verdicts, _ = judged("access-review", content, population=1, mapping=mapping)
    return [Language(language).render(reason) for _, reason in verdicts["portal"].failing]


def own(**changes):
    content = table(access(**changes), names=list(OWN.values()))
    return content, proposed("access-review", content).mapping


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", 'Datum beoordeling: this is no date; expected 2026-11-22 or 22-11-2026. (row 2: "Datum beoordeling" 31-02-2026)'),
        ("nl", 'Datum beoordeling: dit is geen datum; verwacht 2026-11-22 of 22-11-2026. (rij 2: "Datum beoordeling" 31-02-2026)'),
    ],
)  # fmt: skip
def test_message_about_an_unreadable_value_names_the_heading_row_and_value(language, message):
    assert reasons(*own(decided_on="31-02-2026"), language) == [message]


def test_message_of_a_rule_quotes_the_cells_of_its_columns():
    messages = reasons(*own(decision="intrekken", executed_on="20-11-2026"))
    cells = '(row 2: "Uitgevoerd d.d." 20-11-2026, "Datum beoordeling" 2026-10-12, "Actie" intrekken)'
    assert messages == [f"the decision was not carried out within seven days {cells}"]


def test_message_about_an_empty_cell_names_the_heading_and_row():
    assert reasons(*own(decided_by_ref="")) == ["Beoordelaar is empty (row 2)"]


def test_a_column_that_was_not_recognised_is_not_called_empty():
    row = access(account_type="persoonlijk")
    del row["person_ref"]
    assert reasons(table(row, names=list(row)), TableMapping()) == [
        "no column was recognised as person, which this row needs (row 2)"
    ]


def test_message_has_the_row_of_the_sheet_and_quotes_no_names():
    row = access(decided_on="x", account_type="Jan de Vries")
    content = workbook(sheet(("Titel",), (), tuple(row), (), tuple(row.values())))
    messages = reasons(content, TableMapping())
    assert messages[0].endswith("(row 5)")
    assert not any("Vries" in message for message in messages)
    assert any(message.endswith('(row 5: "decided_on" x)') for message in messages)


def test_a_heading_that_stands_there_twice_is_named_with_the_mend():
    head, row = table(access()).splitlines()
    with pytest.raises(DoesNotFit, match='Two columns have the heading "decided_on".*another name'):
        judged("access-review", f"{head};decided_on\n{row};2026-11-20", population=1)
