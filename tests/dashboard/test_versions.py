"""Two versions of a statement on its pages, and the statement of another organisation alone."""

import hashlib
import shutil
from datetime import UTC, date, datetime

import pytest

import settings
from access.permissions import BUILT_IN
from controls import load, mapping
from evidence.collect.collector_context import CollectorContext
from evidence.collect.own_checks.daily_collection import collect
from evidence.storage.store import EvidenceStore
from locales import Language
from models.transaction import reading, writing
from readiness import readiness
from tests.dashboard.conftest import EVIL, ROOT, TEXT, YAML, words

NEW = TEXT.replace("Traffic is encrypted;", "Traffic was <b> encrypted;")
EXAMPLES = ROOT / "controls" / "statements" / "examples"


@pytest.fixture
def two_versions(loaded, definitions):
    """The second says more of traffic, and the same of logging in."""
    content = YAML.format(sha256=hashlib.sha256(NEW.encode()).hexdigest(), evil=EVIL)
    for old, new in {
        "key: example\n": "key: example-2\n  replaces: example\n",
        "text: example.md": "text: example-2.md",
        "effective: 2020-05-24": "effective: 2026-09-01",
        'quote: "Traffic is encrypted;"': 'quote: "Traffic was <b> encrypted;"',
        "mapping_review: {by: Reviewer, on: 2026-01-01}\n": "",
    }.items():
        assert old in content, old
        content = content.replace(old, new)
    (definitions / "statements" / "example-2.md").write_text(NEW, encoding="utf-8")
    (definitions / "statements" / "example-2.yaml").write_text(content, encoding="utf-8")
    with writing(settings.engine()) as (session, now):
        load.load(session, BUILT_IN, now, definitions)


def test_single_version_explains_how_to_add_another(loaded, pages):
    out = words(pages.open("statement", view="versions"))
    assert 'href="/start"' in out
    assert 'class="empty"' in out


def test_old_and_new_version_are_side_by_side(two_versions, pages):
    t = Language(pages.language)
    out = words(pages.open("statement", view="versions"))
    assert t.n("{n} sentence changed", "{n} sentences changed", 1) in out
    assert t("Version of {day}", day=date(2026, 9, 1)) in out
    assert "<del>is</del>" in out
    assert "<ins>was &lt;b&gt;</ins>" in out
    assert EVIL not in out
    assert out.count("<blockquote") == 2  # what stayed is asked for
    assert words(pages.open("statement", view="versions", show="all")).count("<blockquote") == 4


def test_a_changed_sentence_is_flagged_and_its_mapping_waits_with_the_reason(two_versions, pages):
    t = Language(pages.language)
    assert t("sentence changed") in words(pages.open("measures"))
    assert t("The sentence with this promise changed in the latest version of the statement.") in words(
        pages.open("measure", key="tls")
    )
    assert "view=versions" not in words(pages.open("measure", key="log"))
    out = words(pages.open("setup", part="mapping"))
    assert out.count(t("The sentence has changed:")) == 1  # at the first of its two rows
    assert "<del>is</del>" in out
    with reading(settings.engine()) as session:
        assert {row.measure for row in mapping.list_mappings(session, BUILT_IN, waiting=True)} == {"tls"}


def test_versions_with_a_future_effective_day_say_that_they_count(loaded, definitions, pages):
    t = Language(pages.language)
    day = date(2999, 1, 2)
    note = t("This version takes effect on {day}, but has counted since it was loaded.", day=day)
    assert note not in words(pages.open("statement"))
    path = definitions / "statements" / "example.yaml"
    content = path.read_text(encoding="utf-8").replace("effective: 2020-05-24", f"effective: {day.isoformat()}")
    path.write_text(content, encoding="utf-8")
    with writing(settings.engine()) as (session, now):
        load.load(session, BUILT_IN, now, definitions)
    assert note in words(pages.open("statement"))


def test_retired_measures_have_a_page_with_their_mapping(loaded, definitions, pages):
    t = Language(pages.language)
    path = definitions / "statements" / "example.yaml"
    content = path.read_text(encoding="utf-8")
    begin, end = content.index("  - key: log\n"), content.index("requirements:\n")
    path.write_text(content[:begin] + content[end:], encoding="utf-8")
    with writing(settings.engine()) as (session, now):
        load.load(session, BUILT_IN, now, definitions)
    out = words(pages.open("measure", key="log"))
    title = {"nl": "Inloglog", "en": "Login log"}[pages.language]
    assert t("{title} is no longer promised.", title=title) in out
    assert {"nl": "Het is loggen.", "en": "It is logging."}[pages.language] in out
    assert t("{title} is no longer promised.", title=title) not in words(pages.open("measure", key="tls"))
    assert t("This measure does not exist.") in words(pages.open("measure", key="logs"))


# ── Another organisation's statement ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fernhill(empty, tmp_path):
    """The example alone, with the product's catalogues, loaded as the setting says."""
    folder = shutil.copytree(EXAMPLES, tmp_path / "statements")
    with writing(settings.engine()) as (session, now):
        load.load(session, BUILT_IN, now, statements=folder)
    with reading(settings.engine()) as session:
        assert load.is_current(session, statements=folder)
        assert not load.is_current(session)


def test_another_statement_is_judged_and_shown_alone(fernhill, pages):
    with reading(settings.engine()) as session:
        now = datetime.now(UTC)
        answer = readiness(session, BUILT_IN, now.date(), now)
    assert len(answer.measures) == 14
    assert {measure.status for measure in answer.measures.values()} == {"missing"}
    for page in ("", "statement", "measures", "controls", "setup", "upload", "evidence"):
        out = words(pages.open(page))
        assert "Vrest" not in out, page
    assert "TLS 1.2 or newer" in words(pages.open("statement"))
    assert "Fernhill Planner" in words(pages.open("setup"))
    assert "twelve characters" in words(pages.open("measure", key="second-factor"))


def test_the_collectors_work_with_another_statement(fernhill, tmp_path):
    store = EvidenceStore(str(tmp_path / "store"))
    own = CollectorContext("http://localhost:8600", tmp_path / "log-key.pem", store=store)
    results_of = {outcome.collector.key: outcome.result for outcome in collect(settings.engine(), store, own)}
    assert results_of["login-log"] in ("filed", "nothing")
    assert results_of["access-matrix"] == "filed"
    assert "failed" not in results_of.values()
