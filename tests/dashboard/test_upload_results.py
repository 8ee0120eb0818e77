"""A team's own sheet of checks on the upload page, the reason for a recognised format, and overruling it."""

import pytest
from sqlalchemy import select

import settings
from locales import Language
from models import Evidence
from models.transaction import reading
from tests.dashboard.conftest import EVIL, words
from tests.dashboard.proof import junit
from tests.dashboard.test_upload import drop, press, saved, today
from tests.dashboard.test_upload_mapping import box

ROLES = """  - {key: role-tests, control: "iso27001-2022:A.5.18", title: {nl: Roltests, en: Role tests}, kind: test,
      formats: [junit], renewal: P30D, scope: organisation, team: platform, review: automatic, policy: junit}
"""


@pytest.fixture
def tested(definitions):
    """The organisation of these tests, with a requirement for tests of roles."""
    statement = next((definitions / "statements").glob("*.yaml"))
    statement.write_text(statement.read_text() + ROLES)


def sheet(second="OK"):
    return f"Controle;Uitslag;Datum\nlezer;Geslaagd;{today()}\nschrijver;{second};{today()}\n".encode()


def dropped(pages, content, name="checks.csv"):
    return drop(pages, name, content, requirement="role-tests")


def declared():
    with reading(settings.engine()) as session:
        return session.execute(select(Evidence.declared).order_by(Evidence.recorded_at.desc())).scalars().first()


def test_sheet_of_checks_is_saved_with_its_own_days_and_waits_for_review(tested, pages, planned):
    t = Language(pages.language)
    test = dropped(pages, sheet())
    assert not test.date_input
    assert t("Reported by the tool") in words(test)
    item = words(pages.open("evidence_item", id=saved(press(pages, test, ":material/check:"))))
    assert "schrijver" in item
    assert t("{title}: passes, {results}.", title="checks.csv", results=t.n("{n} result", "{n} results", 2)) in item
    assert t("Read as {format}", format="CSV") in item
    assert t("Its first lines read as the names of columns and records with as many cells.") in item


def test_unknown_word_is_asked_and_counts_as_chosen(tested, pages, planned):
    t = Language(pages.language)
    test = dropped(pages, sheet("paars"))
    column = {"nl": "uitslag", "en": "result"}[pages.language]
    label = t("“{value}” under {column} means", value="paars", column=column)
    assert box(test, label).value is None
    box(test, label).set_value("fail")
    press(pages, pages.run(test), ":material/check:")
    assert declared()["mapping"]["values"] == {"result": {"paars": "fail"}}


def test_format_is_overruled_kept_as_declared_and_waits_for_review(tested, pages, planned):
    t = Language(pages.language)
    test = dropped(pages, sheet())
    box(test, t("Read {file} as", file="checks.csv")).set_value("tap")
    assert t(
        "There is no line of TAP in this file; expected a plan such as 1..2, and lines with ok or not ok."
    ) in words(pages.run(test))
    test = dropped(pages, b'{"check": "a", "outcome": "ok"}\n{"check": "b", "outcome": "ok"}\n', "checks.jsonl")
    assert t("Each of its first lines is an object of JSON, with nothing nested in the first.") in words(test)
    box(test, t("Read {file} as", file="checks.jsonl")).set_value("json")
    test = pages.run(test)
    item = words(pages.open("evidence_item", id=saved(press(pages, test, ":material/check:"))))
    assert declared()["formats"] == {"checks.jsonl": ["json", "jsonl"]}
    assert t("read as {format}", format="JSON") in item


def test_names_in_a_file_are_shown_as_text(tested, pages, planned):
    out = words(dropped(pages, sheet().replace(b"lezer", EVIL.encode())))
    assert EVIL not in out
    out = words(dropped(pages, junit("a", "b"), f"{EVIL}.xml"))
    assert EVIL not in out
