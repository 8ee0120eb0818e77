"""What a table has no heading for: facts above it, rows that head a group, and headings over two rows."""

import io

import pytest

from evidence.formats.tables import csv_register
from evidence.formats.tables.facts_above import facts_above
from evidence.formats.tables.row_marks import heads_group
from evidence.formats.tables.table_head import names_of_columns

RECORDS = [["a-1", "rol", "2026-01-02"], ["a-2", "rol", "2026-01-03"]]


def read(*lines):
    content = "\r\n".join(lines).encode()
    run, results = csv_register.read(io.BytesIO(content))
    return run.facts.heads[0], list(results)


def by_name(result):
    return dict(result.properties)


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        (["Systeem:", "Planbord"], {"Systeem": "Planbord"}),
        (["Systeem: Planbord"], {"Systeem": "Planbord"}),
        (["System", "Planner"], {"System": "Planner"}),
        (["", "System", "", "Planner"], {"System": "Planner"}),
        (["Period: 2026", "Owner: IT"], {"Period": "2026", "Owner": "IT"}),
        (["Door:", "M41", "Op:", "2026-11-02"], {"Door": "M41", "Op": "2026-11-02"}),
        (["Beoordeeld door M41 op 12-11-2026"], {"Beoordeeld door": "M41", "Beoordeeld op": "12-11-2026"}),
        (["Reviewed on 12 November 2026 by M41"], {"Reviewed by": "M41", "Reviewed on": "12 November 2026"}),
        (["Bekeken: 14-09-2026 door S-1"], {"Bekeken door": "S-1", "Bekeken op": "14-09-2026"}),
        (["Reviewed by", "S-1 on 14 September 2026"], {"Reviewed by": "S-1", "Reviewed on": "14 September 2026"}),
        (["Vastgesteld op 2 maart 2026"], {"Vastgesteld op": "2 maart 2026"}),
        (["Toegangsrechten Q4 2026"], {}),
        (["https://portal.example.org"], {}),
        (["2026", "Planbord"], {}),
        (["a", "b", "c"], {}),
        (["This sheet is kept by the team of the servicedesk", "x"], {}),
    ],
)
def test_facts_above_a_table(row, facts):
    assert facts_above([row]) == {f"↑ {label}": value for label, value in facts.items()}


def test_facts_above_are_few_and_short():
    many = [[f"Fact {letter}", "x"] for letter in "abcdefghijklm"]
    assert len(facts_above(many)) == 8
    assert facts_above([["Owner", "x" * 121]]) == {}


def test_fact_above_stands_in_each_row_of_the_table():
    head, results = read("Systeem:;Planbord;", "", "account;rol;op", "a-1;r;x", ";;", "Totaal;1;")
    assert head.columns == ["account", "rol", "op", "↑ Systeem"]
    assert [by_name(result).get("↑ Systeem") for result in results] == ["Planbord", None, None]


def test_rows_that_head_a_group_are_marked_and_named_in_the_rows_below():
    head, results = read("nr;naam;op", "Zorg;;", "1;x;y", "2;x;y", "Kantoor;;", "3;x;y")
    assert head.columns[-1] == "↳"
    assert [heads_group(result) for result in results] == [True, False, False, True, False]
    assert [by_name(result).get("↳") for result in results] == [None, "Zorg", "Zorg", None, "Kantoor"]


def test_words_in_front_of_the_name_of_a_group_name_its_column():
    head, results = read("nr;naam;op", "Firewall: FW-1;;", "1;x;y")
    assert head.columns[-1] == "↳ Firewall"
    assert by_name(results[1])["↳ Firewall"] == "FW-1"


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        (
            ["Noord;;", "Zorg;;", "1;x;y", "Kantoor;;", "2;x;y", "Zuid;;", "Zorg;;", "3;x;y"],
            [None, None, ("Noord", "Zorg"), None, ("Noord", "Kantoor"), None, None, ("Zuid", "Zorg")],
        ),
        (  # the outer ones stand in another column, so that one without others in it is known
            ["Noord;;", ";Zorg;", "1;x;y", "Zuid;;", "2;x;y", ";Zorg;", "3;x;y"],
            [None, None, ("Noord", "Zorg"), None, ("Zuid", ""), None, ("Zuid", "Zorg")],
        ),
        (
            ["Noord;;", "2025;;", "1;x;y", "2026;;", "2;x;y"],
            [None, None, ("Noord", "2025"), None, ("Noord", "2026")],
        ),
    ],
)
def test_groups_within_groups(rows, groups):
    head, results = read("nr;naam;op", *rows)
    assert head.columns[-2:] == ["↳↳", "↳"]
    named = [
        None if heads_group(result) else tuple(by_name(result)[name] for name in ("↳↳", "↳")) for result in results
    ]
    assert named == groups


@pytest.mark.parametrize(
    "rows",
    [
        ["a-1;x;y", "a-2;;", "a-3;x;y"],  # the first row heads no group, so none does
        ["a-1;;", "a-2;x;y"],  # it is written as those below are
        ["kbakker;;", "svisser;x;y"],
        ["Zorg;;", "Kantoor;;", "1;x;y"],  # nothing stands between them
        ["Zorg;;"],
        ["12;;", "a-1;x;y"],
        ["2025;;", "2026;x;y"],
        ["Noord;;", "Zuid;;", "Oost;;", "1;x;y", "Kantoor;;", "2;x;y"],
    ],
)
def test_record_that_is_not_complete_heads_no_group(rows):
    head, results = read("account;naam;op", *rows)
    assert head.columns == ["account", "naam", "op"]
    assert not any(map(heads_group, results))


def test_record_that_is_not_complete_stays_one_among_groups():
    _, results = read("nr;naam;op", "Zorg;;", "1;x;y", "2;;", "3;x;y")
    assert [heads_group(result) for result in results] == [True, False, False, False]


@pytest.mark.parametrize(
    ("rows", "names", "groups"),
    [
        (
            [["Account", "", "Besluit", ""], ["Naam", "Type", "Door", "Op"], *RECORDS],
            ["Naam", "Type", "Door", "Op"],
            {"Naam": "Account", "Type": "Account", "Door": "Besluit", "Op": "Besluit"},
        ),
        (
            [["Deel", "Actie", "Zorg", "", "Plan", ""], ["", "", "Mag", "Kan", "Mag", "Kan"], ["d", "lezen", "ja", "ja", "nee", "nee"]],
            ["Deel", "Actie", "Zorg Mag", "Zorg Kan", "Plan Mag", "Plan Kan"],
            {"Zorg Mag": "Zorg", "Zorg Kan": "Zorg", "Plan Mag": "Plan", "Plan Kan": "Plan"},
        ),
        (  # in three rows, some names over two of these
            [
                ["Toegang najaar"],
                ["Wie", "", "Besluit", "", ""],
                ["Account", "", "Wat", "Uitvoering", ""],
                ["Naam", "Type", "", "Door", "Op"],
                ["a-1", "rol", "houden", "P-1", "2026-01-02"],
            ],
            ["Naam", "Type", "Wat", "Door", "Op"],
            {
                "Naam": "Wie / Account",
                "Type": "Wie / Account",
                "Wat": "Besluit",
                "Door": "Besluit / Uitvoering",
                "Op": "Besluit / Uitvoering",
            },
        ),
        (
            [["Versie: 4", "", "Door: P-1"], ["account", "rol", "op", "wie"], *RECORDS],
            ["account", "rol", "op", "wie"],
            {},
        ),
        ([["Review", "Q4"], ["account", "rol", "op", "wie"], *RECORDS], ["account", "rol", "op", "wie"], {}),
        ([["Op:", "2026-11-02"], ["account", "rol", "op"], *RECORDS], ["account", "rol", "op"], {}),
        ([["account", "", "op"], ["", "rol", "x"], *RECORDS], ["account", "", "op"], {}),
    ],
)  # fmt: skip
def test_headings_over_two_rows(rows, names, groups):
    found = names_of_columns(rows)
    assert (found.names, found.groups) == (names, groups)
