"""Limits of mappings: they add no facts, and hide no column of a wide table."""

import pytest
from pydantic import ValidationError

from evidence.judging.table_mapping import Cell, Matrix, TableMapping
from evidence.judging.values import DoesNotFit
from tests.evidence.judging.policy_judging import judged
from tests.evidence.judging.register.proposed_mapping.test_proposal import proposed
from tests.evidence.judging.register.proposed_mapping.test_wide_tables import PORTAL, WIDE
from tests.evidence.judging.register.test_policy_registers import access, table

ARTS, BEHEERDER = Cell(of="Arts", column="expected"), Cell(of="Beheerder", column="expected")
BOTH = Matrix(names="role", headings={"Arts": ARTS, "Beheerder": BEHEERDER})
GOOD = WIDE.format("ja", "nee", "nee", "ja")


def wider(*cells, name="Directie"):
    """The same with one more column."""
    return "".join(f"{line};{cell}\n" for line, cell in zip(GOOD.splitlines(), (name, *cells), strict=True))


@pytest.mark.parametrize("key", ["decided_on", "decision", "decided_by_ref"])
def test_only_the_system_can_be_fixed_for_every_row(key):
    values = {"decided_on": "2026-10-12", "decision": "keep", "decided_by_ref": "P-9"}
    with pytest.raises(ValidationError):
        TableMapping(fixed={key: values[key]})


def test_two_wide_columns_can_not_have_the_same_name():
    with pytest.raises(ValidationError):
        Matrix(names="role", headings={"Arts": ARTS, "Beheerder": Cell(of=" arts", column="expected")})


@pytest.mark.parametrize("empty", ["allow", "deny"])
@pytest.mark.parametrize("is_final", [True, False])
def test_empty_cell_has_a_meaning_only_in_a_table_of_crosses(empty, is_final):
    mapping = TableMapping(matrix=BOTH.model_copy(update={"empty": empty}))
    proposal = proposed("approved-access-matrix", GOOD, mapping, PORTAL, is_final=is_final)
    assert proposal.asks
    assert proposal.mapping.matrix == BOTH
    crosses = proposed("approved-access-matrix", WIDE.format("x", "", "", "x"), mapping, PORTAL, is_final=is_final)
    assert (crosses.asks, crosses.mapping.matrix.empty) == (empty == "allow", "deny")


def test_wide_table_with_a_repeated_heading_is_refused():
    with pytest.raises(DoesNotFit, match="Two columns"):
        judged("approved-access-matrix", wider("ja", "ja", name=" arts "), mapping=TableMapping(matrix=BOTH))


@pytest.mark.parametrize("is_final", [True, False])
def test_new_column_of_a_wide_table_needs_confirmation(is_final):
    proposal = proposed(
        "approved-access-matrix", wider("ja", "nee"), TableMapping(matrix=BOTH), PORTAL, is_final=is_final
    )
    assert proposal.asks
    assert list(proposal.mapping.matrix.headings) == ["Arts", "Beheerder", "Directie"]
    again = proposed("approved-access-matrix", wider("ja", "nee"), proposal.mapping, PORTAL, is_final=True)
    assert not again.asks


def test_new_column_with_remarks_in_a_wide_table_needs_confirmation():
    mapping = TableMapping(matrix=BOTH)
    proposal = proposed("approved-access-matrix", wider("ja", "ja (tijdelijk)"), mapping, PORTAL, is_final=True)
    assert proposal.asks
    assert "Directie" in proposal.mapping.matrix.headings


def test_new_column_that_the_mapping_leaves_out_needs_no_confirmation():
    mapping = TableMapping(matrix=BOTH, left_out=["Directie"])
    assert not proposed("approved-access-matrix", wider("ja", "nee"), mapping, PORTAL, is_final=True).asks


def test_values_with_personal_data_are_left_out_of_a_proposal():
    content = table(access(decision="laten staan"), access(account_ref="A-2", decision="akkoord jan@example.org"))
    assert proposed("access-review", content).mapping.values == {"decision": {"laten staan": "keep"}}


@pytest.mark.parametrize("value", ["akkoord jan@example.org", "akkoord 123456782", "NL91ABNA0417164300", "06-12345678"])
def test_mapping_with_personal_data_is_invalid(value):
    with pytest.raises(ValidationError):
        TableMapping(values={"decision": {value: "keep"}})
