"""Where a row stands: sheets are named where several are read, and rows that are struck through or hidden are told."""

from tests.evidence.formats.workbooks import row, table, workbook
from tests.evidence.formats.workbooks import sheet as sheet_of_rows
from tests.evidence.judging.policy_judging import judged
from tests.evidence.judging.register.test_policy_registers import access


def sheet(*rows):
    return table(tuple(access()), *(tuple(row.values()) for row in rows))


def test_message_names_the_sheet_when_several_are_read():
    bad = access(account_ref="A-2", decided_on="x")
    content = workbook(sheet(access(), access(account_ref="A-3")), sheet(bad, access()))
    _, verdicts, _ = judged("access-review", content, population=4)
    reasons = [str(reason) for _, reason in verdicts["portal"].failing]
    assert any(reason.endswith('(sheet "Blad 2", row 2: "decided_on" x)') for reason in reasons)
    assert any('stands in row 2 of sheet "Blad 1" already (sheet "Blad 2", row 3)' in reason for reason in reasons)


def test_rows_without_a_key_have_separate_failures():
    bad = access(account_ref="")
    _, verdicts, _ = judged("access-review", workbook(sheet(bad), sheet(bad)), population=2)
    names = {name.partition(":")[0] for name, _ in verdicts["portal"].failing}
    assert {"Blad 1 row 2", "Blad 2 row 2"} <= names


def test_line_break_in_a_cell_does_not_change_row_numbers():
    first = access(task_reason='"care\nat night"')
    lines = [
        ";".join(cells) for cells in (access(), first.values(), access(account_ref="A-2", decided_on="x").values())
    ]
    _, verdicts, _ = judged("access-review", "\n".join(lines), population=2)
    assert str(verdicts["portal"].failing[0][1]).endswith('(row 3: "decided_on" x)')


def hidden(number, *cells):
    return row(number, *cells).replace("<row ", '<row hidden="1" ')


def pointed(judge):
    return [str(point) for point in judge.to_review if "spreadsheet" in str(point)]


def test_hidden_rows_are_judged_and_give_a_point_to_review():
    rows = [row(1, *access()), row(2, *access().values())]
    other = access(account_ref="A-2")
    content = workbook(sheet_of_rows(*rows, hidden(3, *other.values())))
    _, verdicts, judge = judged("access-review", content, population=2)
    assert verdicts["portal"].verdict == "pass"
    assert judge.may_point
    (point,) = pointed(judge)
    assert "judged like the other rows: 3." in point
    failing = {**other, "decided_on": "x"}
    _, verdicts, judge = judged(
        "access-review", workbook(sheet_of_rows(*rows, hidden(3, *failing.values()))), population=2
    )
    assert verdicts["portal"].verdict == "fail"
    assert pointed(judge)


def test_totals_and_visible_rows_give_no_point_to_review():
    rows = [row(1, *access()), row(2, *access().values()), hidden(3, "Totaal", "1")]
    _, verdicts, judge = judged("access-review", workbook(sheet_of_rows(*rows)), population=1)
    assert verdicts["portal"].verdict == "pass"
    assert pointed(judge) == []
