"""Mapping a register on the upload page: proposed, corrected, saved, remembered, shown to a reviewer."""

import pytest
from sqlalchemy import select

import settings
from locales import Language
from models import Evidence
from models.transaction import reading
from tests.dashboard.conftest import EVIL, words
from tests.dashboard.test_upload import drop, press, saved, today
from tests.evidence.judging.register.proposed_mapping.test_proposal import OWN
from tests.evidence.judging.register.test_policy_registers import access, table

REVIEW = """
requirements:
  - {key: access-review, control: "iso27001-2022:A.5.18", title: {nl: Toegangsbeoordeling, en: Access review}, kind: register,
      formats: [csv, xlsx], renewal: P6M, scope: organisation, team: platform, review: automatic, policy: access-review}
"""


@pytest.fixture
def reviewing(definitions):
    """The organisation of these tests, with a requirement for access reviews."""
    statement = next((definitions / "statements").glob("*.yaml"))
    statement.write_text(statement.read_text() + REVIEW.replace("\nrequirements:\n", ""))


def own(**changes):
    day = str(today())
    row = access(**{"decided_on": day, "last_used_on": day, **changes})
    return table(row, names=list(OWN.values())).encode()


def box(test, label):
    return next(selectbox for selectbox in test.selectbox if selectbox.label == label)


def dropped(pages, content, number=1):
    test = drop(pages, "review.csv", content, requirement="access-review")
    next(field for field in test.number_input).set_value(number)
    next(field for field in test.text_input).set_value("directory")
    return pages.run(test)


def test_proposed_mapping_is_saved_and_used_for_the_next_upload(reviewing, pages, planned):
    t = Language(pages.language)
    test = dropped(pages, own())
    out = words(test)
    assert t("Which column is which?") in out
    label = {"nl": "beslist door (verplicht)", "en": "decided by (required)"}[pages.language]
    assert box(test, label).value == "Beoordelaar"
    heads = (t("Your column"), t("Read as"), t("First values"))
    cells = zip(heads, ("Beoordelaar", label.split(" (")[0], "P-9"), strict=True)
    assert "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in cells) in out
    item = words(pages.open("evidence_item", id=saved(press(pages, test, ":material/check:"))))
    assert "Beoordelaar" in item
    assert t("Entered by the uploader, not in the file") in item
    again = dropped(pages, own(account_ref="A-2"))
    assert t("as used before") in words(again)
    press(pages, again, ":material/check:")
    with reading(settings.engine()) as session:
        first, second = session.execute(select(Evidence.declared).order_by(Evidence.recorded_at)).scalars()
    assert first["mapping"] == second["mapping"]
    assert first["mapping"]["columns"]["decided_by_ref"] == "Beoordelaar"


def test_corrected_mapping_is_saved(reviewing, pages, planned):
    test = dropped(pages, own(decision="paars"))
    t = Language(pages.language)
    column = {"nl": "besluit", "en": "decision"}[pages.language]
    label = t("“{value}” under {column} means", value="paars", column=column)
    assert box(test, label).value is None
    box(test, label).set_value("keep")
    press(pages, pages.run(test), ":material/check:")
    with reading(settings.engine()) as session:
        declared = session.execute(select(Evidence.declared)).scalar_one()
    assert declared["mapping"]["values"] == {"decision": {"paars": "keep"}}


def test_missing_required_column_must_be_chosen_before_saving(reviewing, pages, planned):
    content = own().replace(b"Beoordelaar", b"Opmerking")
    test = dropped(pages, content)
    t = Language(pages.language)
    label = {"nl": "beslist door", "en": "decided by"}[pages.language]
    question = t("Choose which column is {columns} to see what it changes.", columns=label)
    assert question in words(test)
    assert next(button for button in test.button if button.proto.icon == ":material/check:").disabled
    box(test, t("{column} (required)", column=label)).set_value("Opmerking")
    assert question not in words(pages.run(test))
    assert not next(button for button in test.button if button.proto.icon == ":material/check:").disabled


def test_markup_in_cells_is_shown_as_text(reviewing, pages, planned):
    out = words(dropped(pages, own(task_reason=EVIL)))
    assert EVIL not in out
    assert "&lt;img src=x" in out.partition("Waarom nodig")[2]


def test_names_are_replaced_by_references_before_storage(reviewing, pages, planned):
    day = str(today())
    rows = [
        access(decided_on=day, last_used_on=day, account_ref=f"A-{n}", person_ref=name)
        for n, name in enumerate(("Jan Jansen", "Petra de Vries"))
    ]
    content = table(*rows, names=["Naam medewerker" if name == "person_ref" else name for name in rows[0]])
    test = dropped(pages, content.encode(), 2)
    t = Language(pages.language)
    assert t("These columns hold personal data. What you choose is done before anything is stored.") in words(test)
    assert box(test, "Naam medewerker").value == "reference"
    item = words(pages.open("evidence_item", id=saved(press(pages, test, ":material/check:"))))
    assert "Jansen" not in item
    store = settings.settings().data / "evidence"
    stored = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
    assert stored
    assert not any(b"Jansen" in content for content in stored)


def test_a_heading_that_may_be_several_columns_is_asked_before_anything_is_saved(reviewing, pages, planned):
    t = Language(pages.language)
    content = own(decision="intrekken", executed_on=str(today())).replace(b"Uitgevoerd d.d.", b"Laatst gewijzigd")
    test = dropped(pages, content)
    label = t("“{heading}” is", heading="Laatst gewijzigd")
    assert box(test, label).value is None
    assert t("Choose what {headings} is to see what it changes.", headings="Laatst gewijzigd") in words(test)
    box(test, label).set_value("executed_on")
    item = words(pages.open("evidence_item", id=saved(press(pages, pages.run(test), ":material/check:"))))
    assert "Laatst gewijzigd" in item
