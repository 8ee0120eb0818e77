"""The included definitions are complete, in both languages, and agree with their sources."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from controls.files.words import ATTRIBUTES
from controls.load import Definitions, read_all


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


def test_nen_7510_is_complete_and_marks_healthcare_additions(shipped):
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


def crosswalk(shipped: Definitions, name: str):
    return next(source.content for source in shipped.crosswalks if source.path.stem == name)


def relations(shipped: Definitions, name: str):
    return {(row.from_ref, row.to_ref): row.relation for row in crosswalk(shipped, name).relations}


def test_crosswalk_relations_follow_from_healthcare_additions(shipped):
    additions = {control.ref: control.healthcare for control in catalogue(shipped, "nen7510-2024").controls}
    expected = {"none": "equal", "guidance": "equal", "requirement": "superset"}
    assert relations(shipped, "nen7510-2024--iso27001-2022") == {
        (ref, f"A.{ref}"): expected[addition] for ref, addition in additions.items() if addition != "hlt"
    }


def test_previous_editions_are_complete(shipped):
    iso, nen = catalogue(shipped, "iso27001-2013").controls, catalogue(shipped, "nen7510-2017").controls
    assert [f"A.{control.ref}" for control in nen] == [control.ref for control in iso]
    assert len({control.ref for control in iso}) == 114
    assert [control.title for control in nen] == [control.title for control in iso]
    assert len({control.theme for control in iso}) == 14
    assert Counter(control.healthcare for control in nen) == {"unknown": 105, "requirement": 7, "guidance": 2}


NEW_IN_2022 = {"5.7", "5.23", "5.30", "7.4", "8.9", "8.10", "8.11", "8.12", "8.16", "8.23", "8.28"}


COUNTS = {"superset": 61, "equal": 42, "intersects": 12}


@pytest.mark.parametrize(
    ("name", "old", "mark"),
    [("iso27001-2022--iso27001-2013", "iso27001-2013", "A."), ("nen7510-2024--nen7510-2017", "nen7510-2017", "")],
)
def test_every_previous_control_is_related_and_eleven_are_new(shipped, name, old, mark):
    related = relations(shipped, name)
    assert {was for _, was in related} == {control.ref for control in catalogue(shipped, old).controls}
    now = {control.ref for control in catalogue(shipped, "iso27001-2022").controls if control.kind == "control"}
    assert {ref.removeprefix("A.") for ref in now} - {ref.removeprefix(mark) for ref, _ in related} == NEW_IN_2022


def test_relations_between_editions_follow_from_merges_and_splits(shipped):
    rows = crosswalk(shipped, "iso27001-2022--iso27001-2013").relations
    into, out = Counter(row.to_ref for row in rows), Counter(row.from_ref for row in rows)
    claims = ("equal", "superset", "intersects")  # from most to least
    for row in rows:
        rule = "intersects" if into[row.to_ref] > 1 else "superset" if out[row.from_ref] > 1 else "equal"
        less = claims.index(row.relation) - claims.index(rule)
        noted = row.note is not None
        assert (less > 0) if noted and rule != "intersects" else row.relation == rule, (row.from_ref, row.to_ref)
    assert Counter(row.relation for row in rows) == COUNTS


#: crosswalks of catalogues that are there to be read
TO_READ = (
    "cbw--iso27001-2022",
    "cbw--nen7510-2024",
    "cbw--nis2-art21",
    "nen7512-2022--nen7510-2024",
    "nen7513-2018--nen7510-2024",
    "nta7516-2019--nen7510-2024",
)


@pytest.mark.parametrize(("key", "count"), [("nen7512-2022", 9), ("nen7513-2018", 17), ("nta7516-2019", 19)], ids=str)
def test_standards_to_read_are_not_followed_and_say_which_edition_they_are(shipped, key, count):
    content = catalogue(shipped, key)
    assert len(content.controls) == count
    assert not content.catalogue.followed
    assert content.catalogue.edition == key.rpartition("-")[2]
    assert all(control.title.nl != control.title.en for control in content.controls)
    source = next(source for source in shipped.catalogues if source.content.catalogue.key == key)
    assert "# Certainty: " in source.path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TO_READ)
def test_every_row_of_a_catalogue_to_read_says_why_in_both_languages(shipped, name):
    notes = [row.note for row in crosswalk(shipped, name).relations]
    assert all(notes)
    assert len({note.nl for note in notes}) == len({note.en for note in notes}) == len(notes)


def test_unknown_additions_and_laws_only_intersect(shipped):
    for name in ("nen7510-2024--nen7510-2017", "gdpr--iso27001-2022", "nis2-art21--iso27001-2022", *TO_READ):
        assert set(relations(shipped, name).values()) == {"intersects"}, name


def test_laws_consist_of_clauses_that_cannot_be_excluded(shipped):
    for key, count in (("gdpr", 51), ("nis2-art21", 10), ("cbw", 18)):
        controls = catalogue(shipped, key).controls
        assert (len(controls), {control.kind for control in controls}) == (count, {"clause"})
        assert all(control.title.nl and control.title.en for control in controls)
    related = {article for article, _ in relations(shipped, "nis2-art21--iso27001-2022")}
    assert related == {control.ref for control in catalogue(shipped, "nis2-art21").controls}
    judged = {article.split("(")[0] for article, _ in relations(shipped, "gdpr--iso27001-2022")}
    assert judged == {"5", "25", "28", "32", "33", "34", "35"}


def test_every_crosswalk_source_is_used(shipped):
    for source in shipped.crosswalks:
        titles = {entry.key for entry in source.content.sources}
        used = {key for row in source.content.relations for key in row.source}
        assert used == titles, source.path.name
    assert any("CC BY 4.0" in entry.title.en for entry in crosswalk(shipped, "nis2-art21--iso27001-2022").sources)


def test_every_relation_of_the_gdpr_has_its_own_note(shipped):
    notes = [row.note for row in crosswalk(shipped, "gdpr--iso27001-2022").relations]
    assert all(notes)
    assert len({note.en for note in notes}) == len({note.nl for note in notes}) == len(notes)


def test_two_catalogues_are_followed_by_default(shipped):
    assert list(shipped.followed) == ["iso27001-2022", "nen7510-2024"]


@pytest.mark.corpus
def test_titles_of_previous_editions_match_the_reference(shipped, shared):
    for key in ("iso27001-2013", "nen7510-2017"):
        expected = {row["ref"]: (row["title_nl"], row["title_en"]) for row in rows(shared / f"reference/{key}.tsv")}
        controls = catalogue(shipped, key).controls
        assert {control.ref: (control.title.nl, control.title.en) for control in controls} == expected


@pytest.mark.corpus
def test_related_pairs_match_the_reference(shipped, shared):
    pairs = {(row["ref_2022"], row["ref_2013"]) for row in rows(shared / "reference/map-iso27001-2013-2022.tsv")}
    assert set(relations(shipped, "iso27001-2022--iso27001-2013")) == pairs
    nis2 = {(row["nis2_ref"], row["iso_ref"]) for row in rows(shared / "reference/map-nis2-art21.tsv")}
    assert set(relations(shipped, "nis2-art21--iso27001-2022")) == nis2


@pytest.mark.corpus
def test_titles_and_attributes_match_the_reference(shipped, shared):
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
def test_nen_titles_match_the_reference(shipped, shared):
    ours = {control.ref: control for control in catalogue(shipped, "nen7510-2024").controls}
    for row in rows(shared / "reference/nen7510-2024.tsv"):
        control = ours[row["ref"]]
        assert (control.title.nl, control.title.en, control.theme) == (row["title_nl"], row["title_en"], row["theme"])
        assert control.healthcare == ("hlt" if row["kind"] == "hlt" else row["healthcare_addition"])
        assert control.disputed == (row["addition_status"] == "disputed")


@pytest.mark.corpus
def test_included_statement_promises_the_measures_of_the_reference(shipped, shared):
    measures = {measure.key: measure for published in shipped.statements for measure in published.content.measures}
    reference = rows(shared / "reference/measures.tsv")
    added = {"legal-compliance", "cookies", "account-deactivation"}  # sentences that had none, docs/decisions/0027
    assert set(measures) - {row["key"] for row in reference} == added
    for row in reference:
        assert row["quote_nl"] in [clause.quote for clause in measures[row["key"]].clauses]


@pytest.mark.parametrize(
    ("words", "key", "requirement"),
    [
        ("houdt zich in alle gevallen aan de toepasselijke wet-", "legal-compliance", "legal-register"),
        ("kunt u zelf wijzigen binnen de browser-instellingen", "cookies", "cookie-check"),
        ("uw account laten déactiveren", "account-deactivation", "deactivation-sample"),
        ("Vernietiging blijft achterwege", "retention", "retention-holds"),
        ("aan andere belanghebbenden inzicht verstrekken", "role-based-access", "shared-insight-tests"),
        ("materiële wijzigingen", "statement-changes", "change-announcement"),
        ("klachten of vragen", "dpo", "dpo-complaints"),
    ],
)
def test_claims_of_the_included_statement_have_their_own_evidence(shipped, words, key, requirement):
    """What a lead auditor found promised without a measure, or claimed beyond its proof."""
    (published,) = shipped.statements
    promising = [
        measure.key
        for measure in published.content.measures
        if any(words in clause.quote for clause in measure.clauses)
    ]
    assert key in promising
    assert shipped.requirements[requirement].measure == key
    assert shipped.requirements[requirement].entry.judged is not None


@pytest.mark.parametrize(
    ("key", "ref", "relation"),
    [
        ("login-logging", "A.8.15", "primary"),
        ("login-logging", "8.15", "supporting"),
        ("login-logging", "A.8.17", None),
        ("firewall", "A.8.20", "primary"),
        ("eura-acceptance", "A.5.10", None),
        ("eura-acceptance", "5.10", None),
        ("role-based-access", "A.5.14", "supporting"),
        ("need-to-know", "A.6.5", "supporting"),
        ("test-evaluate", "9.3.2", "supporting"),
        ("legal-compliance", "A.5.31", "primary"),
    ],
)
def test_measures_are_mapped_as_an_auditor_accepts(shipped, key, ref, relation):
    (published,) = shipped.statements
    measure = next(measure for measure in published.content.measures if measure.key == key)
    rows = {row.control.partition(":")[2]: row.relation for row in measure.mapping}
    assert rows.get(ref) == relation


def test_requirements_belong_to_the_measures_that_need_them(shipped):
    assert shipped.requirements["firewall-rule-review"].measure == "firewall"
    assert shipped.requirements["joiner-leaver-sample"].measure == "need-to-know"
    assert shipped.requirements["own-agreements-accepted"].control == "iso27001-2022:A.5.10"


def test_every_measure_with_a_primary_mapping_requires_evidence(shipped):
    for published in shipped.statements:
        for measure in published.content.measures:
            has_evidence = measure.evidence or measure.requires
            assert has_evidence or all(row.relation != "primary" for row in measure.mapping), measure.key
