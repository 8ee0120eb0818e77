"""People in texts and above columns: asked about, replaced before anything is stored, and told."""

import io

import pytest

from evidence.errors import MappingNeeded, Unfitting
from evidence.intake import submission
from evidence.intake.column_mapping import redaction
from evidence.intake.delivery.delivery import Delivery, Population
from evidence.intake.submission import Incoming
from evidence.judging.personal_data.headings_and_values import REFERENCE
from evidence.judging.table_mapping import TableMapping
from locales import Language
from models.transaction import writing
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.formats.workbooks import workbook
from tests.evidence.intake.test_mapping import NOW_ON, OFFICER, reviewing  # noqa: F401 - a fixture
from tests.evidence.judging.register.test_policy_registers import access
from tests.evidence.office import DAY, NOW, Office, ask_for_access_reviews


@pytest.fixture
def asking(office: Office) -> Office:
    ask_for_access_reviews(office)
    return office


def row(**changes):
    return access(**{**NOW_ON, **changes})


def register(*rows):
    return workbook(sheet(tuple(rows[0]), *(tuple(cells.values()) for cells in rows)))


def hand_in(office, content, mapping=None, number=1):
    """As the page and the API do."""
    with submission.inspect(office.store, [Incoming(io.BytesIO(content), "toegang.xlsx")]) as raw:
        with writing(office.engine, NOW) as (session, now):
            key = redaction.reference_key(session, now)
        with redaction.redacted(office.store, raw, mapping, key) as inspection, writing(office.engine, NOW) as (s, now):
            about = {"first_day": DAY, "last_day": DAY, "population": Population(number, "directory", DAY)}
            delivery = Delivery(inspection, ["access-review"], ["portal"], mapping=mapping, **about)
            return submission.submit(s, office.store, OFFICER, delivery, now)


def proposed_mapping(office, content, mapping=None, number=1):
    with pytest.raises(MappingNeeded) as problem:
        hand_in(office, content, mapping, number)
    assert list(office.store.digests()) == []
    return TableMapping.model_validate(problem.value.proposed_mapping)


def stored(office):
    (digest,) = office.store.digests()
    with office.store.open_verified(digest) as stream:
        return stream.read().decode()


@pytest.mark.parametrize(
    "sentence", ["afgestemd met Jan de Vries", "mail jan.jansen@huis.example", "bel 06-12345678", "BSN 111222333"]
)
def test_people_in_the_text_of_one_cell_are_replaced(asking, sentence):
    rows = [row(), row(account_ref="A-2", task_reason=sentence)]
    mapping = proposed_mapping(asking, register(*rows), number=2)
    assert mapping.personal == {"task_reason": "in text"}
    filed = hand_in(asking, register(*rows), mapping, number=2)
    assert {cell.verdict for cell in filed.covered} == {"pass"}
    assert sentence not in stored(asking)
    assert all(word in stored(asking) for word in sentence.split()[:1] if word in ("afgestemd", "mail", "bel", "BSN"))
    assert any("people in the texts" in str(fact) for fact in filed.declared_facts)


def test_column_without_policy_that_names_a_person_is_left_out(asking):
    rows = [row(Opmerking=""), row(account_ref="A-2", Opmerking="Petra de Vries belt terug")]
    mapping = proposed_mapping(asking, register(*rows), number=2)
    assert mapping.personal == {"Opmerking": "leave out"}
    hand_in(asking, register(*rows), mapping, number=2)
    assert "Petra" not in stored(asking)


def test_person_in_a_late_row_is_found(asking):
    rows = [row(account_ref=f"A-{n}", task_reason=f"taak {n}") for n in range(700)]
    rows[650] = row(account_ref="A-650", task_reason="voor Jan de Vries")
    assert proposed_mapping(asking, register(*rows), number=700).personal == {"task_reason": "in text"}


def test_file_with_people_in_texts_is_refused_and_kept_columns_are_declared(asking):
    content = register(row(task_reason="afgestemd met Jan de Vries"))
    days = {"first_day": DAY, "last_day": DAY, "population": Population(1, "directory", DAY)}
    delivered = {"requirements": ("access-review",), "person": OFFICER, "names": ("t.xlsx",), **days}
    with pytest.raises(Unfitting, match="still holds personal data"):
        asking.deliver(content, mapping=TableMapping(personal={"task_reason": "in text"}), **delivered)
    filed = asking.deliver(content, mapping=TableMapping(personal={"task_reason": "keep"}), **delivered)
    assert any("was left as it is" in str(fact) for fact in filed.declared_facts)


@pytest.mark.parametrize("names", [("Jan de Vries", "Petra Bakker"), ("Jan", "Petra")])
def test_names_above_columns_are_in_no_file_and_no_mapping(asking, names):
    content = register({**row(), **dict.fromkeys(names, "x")})
    mapping = proposed_mapping(asking, content)
    assert mapping.personal == dict.fromkeys(names, "leave out")
    filed = hand_in(asking, content, mapping)
    stored_texts = [
        *stored(asking).split(";"),
        str(filed.declared),
        *map(str, filed.warnings),
        *map(str, filed.review_reasons),
    ]
    assert not any(name in stored_text for name in names for stored_text in stored_texts)
    assert all(REFERENCE.fullmatch(name) for name in filed.declared["mapping"]["personal"])


def test_a_name_above_a_wide_column_is_replaced_by_a_reference_and_remembered():
    key = b"k" * 32
    wide = {
        "names": "role",
        "headings": {
            "Jan de Vries": {"of": "jan de vries", "column": "allowed"},
            "Arts": {"of": "Arts", "column": "allowed"},
        },
    }
    mapping = TableMapping.model_validate({"matrix": wide, "personal": {"Jan de Vries": "heading"}})
    assert redaction.names_people(mapping)
    stored_mapping = redaction.without_names(mapping, key)
    name = redaction.reference(key, "Jan de Vries")
    assert stored_mapping.matrix is not None
    assert {heading: cell.of for heading, cell in stored_mapping.matrix.headings.items()} == {
        name: name,
        "Arts": "Arts",
    }
    assert stored_mapping.personal == {name: "heading"}
    assert not redaction.names_people(stored_mapping)
    assert redaction.without_names(stored_mapping, key) == stored_mapping


def test_remembered_reference_is_left_out_of_the_next_file(asking):
    content = register({**row(), "Jan de Vries": "x"})
    with writing(asking.engine, NOW) as (session, now):
        key = redaction.reference_key(session, now)
    stored_mapping = redaction.without_names(TableMapping(personal={"Jan de Vries": "leave out"}), key)
    filed = hand_in(asking, content, stored_mapping)
    assert filed.is_new
    assert "Vries" not in stored(asking)
    assert "x" not in stored(asking).split("\n")[0].split(";")


def test_the_question_is_in_the_readers_language(asking):
    with pytest.raises(MappingNeeded) as problem:
        hand_in(asking, register(row(task_reason="voor Jan de Vries")))
    assert "personen in de teksten vervangen door referenties" in Language("nl").render(problem.value.message)
