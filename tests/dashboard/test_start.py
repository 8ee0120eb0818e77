"""The page on which a statement is made from a text: the text, the decisions, publishing."""

from datetime import date

import pytest

import settings
from access.people import accounts
from access.permissions import BUILT_IN, REVIEWER
from controls.browse import lookup
from controls.statement import drafts
from locales import Language
from models.transaction import reading, writing
from models.vocabulary import SentenceDecision
from tests.dashboard.conftest import EVIL, Pages, words
from tests.days import CALENDAR

PASTED = f"""\
## Security

- We encrypt all traffic with TLS {EVIL};
- Our backups are restored every month.
- We like tea.
"""


def button(test, label):
    next(each for each in test.button if each.label == label).click()
    return test


def saved():
    with reading(settings.engine()) as session:
        return drafts.drafts(session, BUILT_IN)


@pytest.fixture
def page(loaded, pages, definitions, monkeypatch):
    monkeypatch.setenv("AANTOONBAAR_STATEMENTS", str(definitions / "statements"))
    settings.settings.cache_clear()
    return pages.open("start")


@pytest.fixture
def t(pages):
    return Language(pages.language)


@pytest.fixture
def decide(page, pages, t):
    """The second step, with two proposals."""
    page.text_area[0].set_value(PASTED)
    page.selectbox[0].set_value("en")
    return pages.run(button(page, t("Find promises")))


def decisions(test):
    return [group for group in test.get("button_group") if "decision" in str(group.key)]


def reasons(test):
    return [field for field in test.selectbox if "reason" in str(field.key)]


def test_no_sentence_is_confirmed_automatically(decide, t):
    out = words(decide)
    assert t.n("{n} sentence seems to make a promise.", "{n} sentences seem to make a promise.", 2) in out
    assert EVIL not in out
    assert f"“traffic … TLS” {t.number(5.1)}" in out
    proposed = [field.value for field in decide.multiselect if "start measures" in str(field.key)]
    assert proposed == [["tls"], ["backups"]]
    assert [group.value for group in decisions(decide)] == [None, None]
    assert [made.decisions[SentenceDecision.UNDECIDED] for made in saved()] == [2]


def test_step_with_undecided_sentences_has_no_tick(decide, pages, t):
    (made,) = saved()
    out = words(pages.open("start", draft=made.key, step="publish"))
    assert out.count('<span class="done">') == 1
    assert f'<span class="n">2</span>{t("Decide")}' in out


def test_draft_is_decided_kept_and_published(decide, pages, t):
    decide.multiselect[0].set_value(["stored-data-encryption", "tls"])
    decisions(decide)[0].set_value(SentenceDecision.CONFIRMED)
    test = pages.run(button(decide, t("Save these decisions")))
    (made,) = saved()
    assert [row.decision for row in made.sentences] == [SentenceDecision.CONFIRMED, SentenceDecision.UNDECIDED]
    assert made.sentences[0].measures == ("stored-data-encryption", "tls")
    decisions(test)[0].set_value(SentenceDecision.LEFT_OUT)
    out = words(pages.run(button(test, t("Save these decisions"))))
    assert t("Sentence {n} is left out without a reason; choose one.", n=2) in out
    reasons(test)[0].set_value("not-checkable")
    pages.run(button(test, t("Save these decisions")))
    test = pages.open("start", draft=made.key, step="publish")
    assert t("Every sentence is decided: publish the statement.") in words(test)
    for field, value in zip(test.text_input, ("Acme", "Security statement", "", "https://acme.example"), strict=False):
        field.set_value(value)
    test.date_input[0].set_value(date(2026, 9, 1))
    assert EVIL not in words(test)
    out = words(pages.run(button(test, t("Publish"))))
    assert t("Your statement is in effect.") in out
    with reading(settings.engine()) as session:
        assert lookup.statement(session, BUILT_IN).key == "acme-2026-09-01"
    assert t("Systems of the statement that was replaced") in words(pages.open("start", published="acme-2026-09-01"))


def test_sentence_is_split(decide, pages, t):
    next(field for field in decide.text_input if "split" in str(field.key)).set_value("with TLS")
    pages.run(button(decide, t("Split here")))
    (made,) = saved()
    assert len(made.sentences) == 3


def test_draft_is_listed_and_thrown_away(decide, pages, t):
    (made,) = saved()
    assert f"draft={made.key}" in words(pages.open("start"))
    assert f"draft={made.key}" in words(pages.open("readiness"))
    pages.run(button(pages.open("start", draft=made.key), t("Throw this draft away")))
    assert saved() == []
    assert "thrown away" in words(pages.open("start", draft=made.key)) or t.code == "nl"


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("", "The text is empty; paste the statement as it is published."),
        ("We like tea.", "No known promises were found in this text. Is the language correct?"),
    ],
)
def test_unusable_text_is_reported(page, pages, t, pasted, message):
    page.text_area[0].set_value(pasted)
    test = pages.run(button(page, t("Find promises")))
    assert t(message) in words(test)
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


def test_page_says_that_someone_else_saved(decide, pages, t):
    (made,) = saved()
    with writing(settings.engine()) as (session, now):
        details = drafts.DraftDetails(title="Theirs")
        drafts.change_draft(session, BUILT_IN, made.key, now, version=made.version, details=details)
    decisions(decide)[0].set_value(SentenceDecision.CONFIRMED)
    test = pages.run(button(decide, t("Save these decisions")))
    assert t("Open what is there now") in [each.label for each in test.button]
    (theirs,) = saved()
    assert (theirs.details.title, theirs.decisions[SentenceDecision.CONFIRMED]) == ("Theirs", 0)
    test = pages.run(button(test, t("Open what is there now")))
    assert t("Open what is there now") not in [each.label for each in test.button]
    decisions(test)[0].set_value(SentenceDecision.CONFIRMED)
    pages.run(button(test, t("Save these decisions")))
    assert saved()[0].decisions[SentenceDecision.CONFIRMED] == 1


def own_fields(test):
    return {str(each.key): each for each in (*test.text_input, *test.multiselect)}


def test_measure_of_ones_own_is_added_and_removed(decide, pages, t):
    own_fields(decide)["start own title"].set_value(f"Tea {EVIL}")
    own_fields(decide)["start own evidence"].set_value("Tea list")
    test = pages.run(button(decide, t("Add this measure")))
    assert EVIL not in words(test)
    assert saved()[0].own_measures == ()  # a control is missing
    controls = own_fields(test)[f"start own {t('Controls that it implements')}"]
    controls.set_value(["iso27001-2022:A.8.24"])
    test = pages.run(button(test, t("Add this measure")))
    (own,) = saved()[0].own_measures
    assert (own.controls, own.evidence.title) == (("iso27001-2022:A.8.24",), "Tea list")
    test.multiselect[0].set_value([own.key])
    test = pages.run(button(test, t("Save these decisions")))
    assert own.key in saved()[0].sentences[0].measures
    pages.run(button(test, t("Remove “{title}”", title=own.title)))
    (made,) = saved()
    assert (made.own_measures, made.sentences[0].measures) == ((), ())
