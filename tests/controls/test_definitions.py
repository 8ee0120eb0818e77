"""The definitions that the product ships: complete, in both languages, as their sources say."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from controls.load import Definitions, read_all
from controls.words import ATTRIBUTES


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return read_all()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as source:
        return list(csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE))


def catalogue(shipped: Definitions, key: str):
    return next(source.content for source in shipped.catalogues if source.content.catalogue.key == key)


def test_iso_27001_is_complete(shipped):
    content = catalogue(shipped, "iso27001-2022")
    refs = [control.ref for control in content.controls if control.kind == "control"]
    expected = [f"A.{chapter}.{n}" for chapter, last in ((5, 37), (6, 8), (7, 14), (8, 34)) for n in range(1, last + 1)]
    assert refs == expected
    clauses = [control.ref for control in content.controls if control.kind == "clause"]
    assert len(clauses) == 34
    assert (clauses[0], clauses[-1]) == ("4.1", "10.2")


def test_every_annex_a_control_has_each_attribute(shipped):
    for control in catalogue(shipped, "iso27001-2022").controls:
        if control.kind == "control":
            assert all(getattr(control.attributes, name) for name in ATTRIBUTES), control.ref


def test_nen_7510_is_complete_and_tells_healthcare_apart(shipped):
    controls = catalogue(shipped, "nen7510-2024").controls
    expected = [f"{chapter}.{n}" for chapter, last in ((5, 43), (6, 9), (7, 14), (8, 35)) for n in range(1, last + 1)]
    assert [control.ref for control in controls] == expected
    assert Counter(control.healthcare for control in controls) == {
        "none": 41,
        "guidance": 38,
        "requirement": 14,
        "hlt": 8,
    }
    assert [control.ref for control in controls if control.disputed] == ["5.1", "5.16"]


def test_the_crosswalk_follows_from_the_healthcare_additions(shipped):
    additions = {control.ref: control.healthcare for control in catalogue(shipped, "nen7510-2024").controls}
    crosswalk = shipped.crosswalks[0].content
    expected = {"none": "equal", "guidance": "equal", "requirement": "superset"}
    assert {row.from_ref: row.relation for row in crosswalk.relations} == {
        ref: expected[addition] for ref, addition in additions.items() if addition != "hlt"
    }
    assert all(row.to_ref == f"A.{row.from_ref}" for row in crosswalk.relations)


@pytest.mark.corpus
def test_titles_and_attributes_are_those_of_the_reference(shipped, shared):
    ours = {control.ref: control for control in catalogue(shipped, "iso27001-2022").controls}
    reference = rows(shared / "reference/iso27001-2022.tsv")
    clauses = rows(shared / "reference/iso27001-2022-clauses.tsv")
    assert len(reference) + len(clauses) == len(ours)
    for row in [*reference, *clauses]:
        assert (ours[row["ref"]].title.nl, ours[row["ref"]].title.en) == (row["title_nl"], row["title_en"])
    for row in reference:
        attributes = ours[row["ref"]].attributes
        assert attributes.type == tuple(row["control_type"].split(";"))
        for name in ("properties", "concepts", "capabilities", "domains"):
            assert getattr(attributes, name) == tuple(row[name].split(";"))


@pytest.mark.corpus
def test_nen_titles_are_those_of_the_reference(shipped, shared):
    ours = {control.ref: control for control in catalogue(shipped, "nen7510-2024").controls}
    for row in rows(shared / "reference/nen7510-2024.tsv"):
        control = ours[row["ref"]]
        assert (control.title.nl, control.title.en, control.theme) == (row["title_nl"], row["title_en"], row["theme"])
        assert control.healthcare == ("hlt" if row["kind"] == "hlt" else row["healthcare_addition"])
        assert control.disputed == (row["addition_status"] == "disputed")


@pytest.mark.corpus
def test_the_shipped_statement_promises_the_measures_of_the_reference(shipped, shared):
    measures = {measure.key: measure for published in shipped.statements for measure in published.content.measures}
    reference = rows(shared / "reference/measures.tsv")
    assert set(measures) == {row["key"] for row in reference}
    for row in reference:
        assert row["quote_nl"] in [clause.quote for clause in measures[row["key"]].clauses]


def test_every_primary_mapping_rests_on_evidence(shipped):
    for published in shipped.statements:
        for measure in published.content.measures:
            assert measure.evidence or all(row.relation != "primary" for row in measure.mapping), measure.key
