"""Deadlines: "within 24 hours" is not "within 48 hours"."""

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from access.permissions import BUILT_IN
from controls.statement import files_of_draft
from controls.statement.deadlines import deadline, other_deadline, with_deadline
from controls.statement.files_of_draft import AssignedSentence
from controls.statement.proposed_promises import proposals


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("We tell you within 48 hours.", ("hour", 48)),
        ("Dat hoort u binnen twee dagen.", ("hour", 48)),
        ("Uiterlijk binnen een week.", ("hour", 168)),
        ("within five working days", ("working day", 5)),
        ("binnen één jaar", ("month", 12)),
        ("at most three months", ("month", 3)),
        ("We keep it for 30 days.", None),
        ("within reason", None),
    ],
)
def test_deadline_is_read(words, length):
    found = deadline(words)
    assert (found and found.length) == length


@pytest.mark.parametrize(
    ("sentence", "is_other"),
    [
        ("We tell you within 24 hours.", True),
        ("We tell you within two days.", False),
        ("Wij melden dat binnen 48 uur.", False),
        ("We tell you.", True),
    ],
)
def test_other_deadline_is_noticed(sentence, is_other):
    assert (other_deadline(sentence, "Notice of incidents within 48 hours") is not None) == is_other


def test_title_without_a_deadline_has_no_other():
    assert other_deadline("We tell you within 24 hours.", "Notice of incidents") is None


@given(st.integers(1, 9999), st.sampled_from(["hours", "days", "weeks", "months", "years"]))
def test_words_with_a_deadline_have_that_deadline(amount, unit):
    promised = deadline(f"within {amount} {unit}")
    assert deadline(with_deadline("Notice within 48 hours", "en", promised)).length == promised.length
    assert deadline(with_deadline("Melding binnen 48 uur", "nl", promised)).length == promised.length
    assert with_deadline("Notice within 48 hours", "en", None) == "Notice"


def incident_measure(sentence):
    proposed = proposals(sentence, "en")
    details = files_of_draft.statement_details("T", "O", "en", date(2026, 1, 1), "https://o.example")
    assigned = [AssignedSentence(proposed.proposals[0].quote, ("incident-notice",), confirmed=True)]
    (measure,) = yaml.safe_load(files_of_draft.make_files(BUILT_IN, details, proposed, assigned).yaml)["measures"]
    return measure


def test_published_measure_has_the_deadline_of_its_sentence_and_a_reviewer():
    measure = incident_measure("We tell you about a data breach within 24 hours.")
    assert measure["title"] == {
        "nl": "Melding van incidenten binnen 24 uur",
        "en": "Notice of incidents within 24 hours",
    }
    judged = [row for row in measure["evidence"] if "24 hours" in row.get("judged", {}).get("en", "")]
    assert [row["review"] for row in judged] == ["required"]
    assert "48" not in str(judged)


def test_published_measure_does_not_promise_a_deadline_that_its_sentence_lacks():
    assert incident_measure("We always tell you about a data breach.")["title"]["en"] == "Notice of incidents"
