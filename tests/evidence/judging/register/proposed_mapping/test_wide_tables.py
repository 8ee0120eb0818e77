"""Tables of another shape: a column a role or system, no column for the system, a sheet a system, titles for keys."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, read_file
from evidence.formats.tables.heading_comparison import best_match
from evidence.judging.policies import policies, register_headings
from evidence.judging.register.proposed_mapping.proposal import propose
from evidence.judging.table_mapping import NOTHING, Cell, Matrix, Systems, TableMapping
from evidence.judging.values import DoesNotFit
from tests.days import CALENDAR
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.formats.workbooks import workbook
from tests.evidence.judging.policy_judging import failing, judged
from tests.evidence.judging.register.proposed_mapping.test_proposal import proposed
from tests.evidence.judging.register.test_policy_registers import ACCESS, access, table

PORTAL = Systems(["portal"], {"portal": "portal", "klantportaal": "portal", "web": "web", "website": "web"})
BOTH = Systems(["portal", "web"], PORTAL.keys)
WIDE = """Onderdeel;Handeling;Relatie;Goedgekeurd door;Goedgekeurd op;Arts;Beheerder
dossier;lezen;eigen;P-1;2026-10-01;{0};{1}
dossier;wijzigen;eigen;P-1;2026-10-01;{2};{3}
"""


def without(*keys, rows=(ACCESS,)):
    return table(*({name: cell for name, cell in row.items() if name not in keys} for row in rows))


def approved(content, **more):
    proposal = proposed("approved-access-matrix", content, systems=PORTAL)
    return proposal, judged("approved-access-matrix", content, mapping=proposal.mapping, **more)


def test_a_register_without_a_system_is_of_the_one_that_it_is_handed_in_for():
    proposal = proposed("access-review", without("system"), systems=PORTAL)
    assert (proposal.asks, proposal.missing, proposal.mapping) == (False, [], TableMapping(fixed={"system": "portal"}))
    _, verdicts, _ = judged(
        "access-review", without("system"), population=1, mapping=proposal.mapping, systems=["portal"]
    )
    assert {name: judgement.verdict for name, judgement in verdicts.items()} == {"portal": "pass"}
    assert [column.key for column in proposed("access-review", without("system"), systems=BOTH).missing] == ["system"]


def test_a_system_of_its_own_can_t_be_replaced_by_a_fixed_one():
    with pytest.raises(DoesNotFit, match="can't leave it out"):
        judged("access-review", table(ACCESS), population=1, mapping=TableMapping(fixed={"system": "web"}))


def test_an_empty_row_is_none_though_its_system_is_fixed():
    content = without("system") + ";" * (len(ACCESS) - 2) + "\n"
    mapping = TableMapping(fixed={"system": "portal"})
    assert judged("access-review", content, population=1, mapping=mapping)[1]["portal"].verdict == "pass"


def test_titles_of_systems_stand_for_their_keys():
    content = table(access(system="Klantportaal"), access(system="Website", account_ref="A-2"))
    proposal = proposed("access-review", content, systems=BOTH)
    assert (proposal.asks, proposal.mapping.values) == (False, {"system": {"Klantportaal": "portal", "Website": "web"}})
    _, verdicts, _ = judged("access-review", content, populations={"portal": 1, "web": 1}, mapping=proposal.mapping)
    assert {name: judgement.verdict for name, judgement in verdicts.items()} == {"portal": "pass", "web": "pass"}


def test_a_sheet_for_each_system_is_read_with_its_name_as_the_system():
    names, row = (tuple(part)[1:] for part in (ACCESS, ACCESS.values()))
    content = workbook(sheet(names, row), sheet(names, row))  # Blad 1, Blad 2
    systems = Systems(["portal", "web"], {"blad 1": "portal", "blad 2": "web"})
    run, results = read_file(formats()["xlsx"], io.BytesIO(content), best_match(register_headings().values()))
    rows = list(results)
    rules = policies()["access-review"].rules
    proposal = propose(rules, run, lambda: rows, CALENDAR, NOTHING, systems, is_final=False)
    assert proposal.asks
    assert proposal.mapping.columns == {"system": "@"}
    _, verdicts, _ = judged("access-review", content, populations={"portal": 1, "web": 1}, mapping=proposal.mapping)
    assert {name: judgement.verdict for name, judgement in verdicts.items()} == {"portal": "pass", "web": "pass"}


def test_a_column_for_each_role_is_a_row_for_each():
    content = WIDE.format("ja", "nee", "nee", "ja")
    proposal, (levels, verdicts, _) = approved(content, population=4)
    assert proposal.asks
    assert proposal.mapping.matrix == Matrix(
        names="role",
        headings={"Arts": Cell(of="Arts", column="expected"), "Beheerder": Cell(of="Beheerder", column="expected")},
    )
    assert [level for _, level in levels] == ["pass", "pass"]
    assert {verdict.verdict for verdict in verdicts.values()} == {"pass"}


def test_in_a_table_of_crosses_an_empty_cell_is_no_and_else_no_row():
    proposal, (_, verdicts, _) = approved(WIDE.format("x", "", "", "x"), population=4)
    assert proposal.mapping.matrix.empty == "deny"
    assert {verdict.verdict for verdict in verdicts.values()} == {"pass"}
    proposal, (_, verdicts, _) = approved(WIDE.format("ja", "", "nee", "ja"), population=4)
    assert proposal.mapping.matrix.empty is None
    assert all("population" in failing(verdict) for verdict in verdicts.values())


def test_a_wide_table_with_expected_and_actual_for_each_role():
    content = """Systeem;Onderdeel;Handeling;Relatie;Getest op;Wijze;Arts verwacht;Arts werkelijk;Baas (verwacht);Baas (werkelijk)
portal;dossier;lezen;ander;2026-11-10;aanroep;ja;ja;nee;ja
"""
    proposal = proposed("access-matrix", content, systems=PORTAL)
    assert {cell.of for cell in proposal.mapping.matrix.headings.values()} == {"arts", "baas"}
    levels, verdicts, _ = judged("access-matrix", content, population=2, mapping=proposal.mapping)
    assert [level for _, level in levels] == ["fail"]
    assert "portal/baas/dossier/read/other: too-much" in failing(verdicts["portal"])


def test_a_column_that_is_known_is_no_part_of_a_wide_table():
    wide = Matrix(names="role", headings={"decision": Cell(of="arts", column="privileged")})
    with pytest.raises(DoesNotFit, match="can't leave it out"):
        judged("access-review", table(ACCESS), population=1, mapping=TableMapping(matrix=wide))


@given(st.lists(st.sampled_from(["ja", "nee"]), min_size=4, max_size=4))
def test_a_wide_table_says_what_the_long_one_says(cells):
    wide = WIDE.format(*cells)
    places = [(action, role) for action in ("lezen", "wijzigen") for role in ("Arts", "Beheerder")]
    names = ("system", "part", "action", "relation", "approved_by_ref", "approved_on", "role", "expected")
    rows = [
        dict(zip(names, ("portal", "dossier", action, "eigen", "P-1", "2026-10-01", role, cell), strict=True))
        for (action, role), cell in zip(places, cells, strict=True)
    ]
    _, (_, ours, _) = approved(wide, population=4)
    _, theirs, _ = judged("approved-access-matrix", table(*rows), population=4)
    assert {name: judgement.failing for name, judgement in ours.items()} == {
        name: judgement.failing for name, judgement in theirs.items()
    }
