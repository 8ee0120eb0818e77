"""The page on which a statement is started from a pasted text."""

from datetime import date

import pytest
import yaml

import settings
from access.people import accounts
from access.permissions import BUILT_IN, REVIEWER, Person
from controls.errors import Unknown
from controls.statement import draft
from locales import Language
from models.transaction import writing
from tests.dashboard.conftest import EVIL, Pages, words
from tests.days import CALENDAR

PASTED = f"""\
## Security

- We encrypt all traffic with TLS {EVIL};
- Our backups are restored every month.
- We like tea.
"""


def fill(test, text, *, organisation="Acme", source="https://acme.example", effective=date(2026, 9, 1)):
    test.text_area[0].set_value(text)
    for at, value in enumerate((organisation, "Security statement", "Beveiligingsverklaring", source)):
        test.text_input[at].set_value(value)
    test.selectbox[0].set_value("en")
    test.date_input[0].set_value(effective)
    return press(test)


def press(test, at=0):
    test.button[at].click()
    return test


@pytest.fixture
def page(loaded, pages):
    return pages.open("start")


def decisions(test):
    return [group for group in test.get("button_group") if "decision" in str(group.key)]


def made(test):
    return yaml.safe_load(test.get("code")[0].value)


def test_no_sentence_is_confirmed_automatically(page, pages):
    t = Language(pages.language)
    test = pages.run(fill(page, PASTED))
    out = words(test)
    assert t.n("{n} sentence seems to make a promise.", "{n} sentences seem to make a promise.", 2) in out
    assert EVIL not in out
    assert f"“TLS” {t.number(3.6)}" in out
    assert [field.value for field in test.multiselect] == [["tls"], ["backups"]]
    assert [group.value for group in decisions(test)] == [None, None]
    assert "/statement/draft/" not in words(test)
    test = pages.run(press(test))
    assert all(clause["confirmed"] is False for measure in made(test)["measures"] for clause in measure["clauses"])
    assert "confirmed: false" in words(test)


def test_each_sentence_is_confirmed_changed_or_dropped(page, pages):
    t = Language(pages.language)
    test = pages.run(fill(page, PASTED))
    test.multiselect[0].set_value(["stored-data-encryption", "tls"])
    decisions(test)[0].set_value("confirm")
    decisions(test)[1].set_value("drop")
    test = pages.run(press(test))
    content = made(test)
    assert [measure["key"] for measure in content["measures"]] == ["tls", "stored-data-encryption"]
    assert content["measures"][0]["clauses"] == [{"quote": f"We encrypt all traffic with TLS {EVIL};"}]
    assert "mapping_review" not in content
    assert 'href="/api/v1/statement/draft/yaml"' in words(test)
    assert draft.draft(Person("A", BUILT_IN.roles, Pages.account)).yaml.strip() == test.get("code")[0].value
    with pytest.raises(Unknown):
        draft.draft(Person("B", BUILT_IN.roles, "another"))
    assert t("{confirmed} confirmed, {dropped} left out, {open} undecided.", confirmed=1, dropped=1, open=0) in words(
        test
    )
    test = pages.run(press(test, 1))
    assert len(test.text_area) == 1


def test_confirmed_sentence_without_a_measure_is_reported(page, pages):
    test = pages.run(fill(page, PASTED))
    test.multiselect[1].set_value([])
    decisions(test)[1].set_value("confirm")
    out = words(pages.run(press(test)))
    assert Language(pages.language)("Sentence {n} has no measure. Choose one, or leave the sentence out.", n=2) in out


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"text": ""}, "The text is empty; paste the statement as it is published."),
        ({"text": "We like tea."}, "No known promises were found in this text. Is the language correct?"),
        ({"effective": None}, "The effective date is missing."),
    ],
)
def test_unusable_text_is_reported(page, pages, answers, message):
    test = pages.run(fill(page, **{"text": PASTED, **answers}))
    assert Language(pages.language)(message) in words(test)
    assert len(test.text_area) == 1


def test_only_people_who_load_statements_get_the_link(loaded):
    english = Pages("en")
    assert 'href="/start"' in words(english.open("setup"))
    assert 'href="/start"' in words(english.open("statement", view="versions"))
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "R", "r@example.org", "en", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, REVIEWER, now)
    Pages.account = account
    for name, query in (("setup", {}), ("statement", {"view": "versions"})):
        assert 'href="/start"' not in words(english.open(name, **query))
