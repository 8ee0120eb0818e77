"""Versions of a statement: which one is in effect, what is reviewed again, and which files are refused."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from access.permissions import BUILT_IN
from controls import mapping
from controls.browse import lookup
from controls.errors import Unknown, WrongFile
from controls.load import load
from controls.statement import statement_versions
from controls.statement.differences import differences
from controls.statement.version_rows import ClauseRow
from models.bulk_changes import table
from models.transaction import reading, writing
from tests.controls.conftest import START, STATEMENT, TEXT

NEW_TEXT = TEXT.replace("versleuteld met TLS;", "versleuteld met TLS 1.2 of nieuwer;")
SECOND = {
    "key: promise": "key: second",
    "text: promise.md": "text: second.md",
    "effective: 2020-02-29": "effective: 2026-06-01\n  replaces: promise",
    "versleuteld met TLS;": "versleuteld met TLS 1.2 of nieuwer;",
}
LATER = START + timedelta(days=30)


def version(definitions, key: str, text: str, changes: dict[str, str]) -> None:
    content = STATEMENT.replace("{sha256}", hashlib.sha256(text.encode()).hexdigest())
    for old, new in changes.items():
        assert old in content, old
        content = content.replace(old, new)
    folder = definitions.folder / "statements"
    (folder / f"{key}.md").write_text(text, encoding="utf-8")
    (folder / f"{key}.yaml").write_text(content, encoding="utf-8")


def second(definitions, **more: str) -> None:
    version(definitions, "second", NEW_TEXT, {**SECOND, **{old.replace("_", " "): new for old, new in more.items()}})


def load_later(definitions, engine, at=LATER):
    with writing(engine, at) as (session, now):
        return load(session, BUILT_IN, now, definitions.folder)


def mappings(engine, measure="tls"):
    source = table("mapping")
    with reading(engine) as session:
        query = select(source).where(source.c.measure == measure).order_by(source.c.id)
        return [dict(row) for row in session.execute(query).mappings()]


def review_all(engine, at):
    with writing(engine, at) as (session, now):
        waiting = [row.id for row in mapping.list_mappings(session, BUILT_IN, waiting=True)]
        mapping.review(session, BUILT_IN, waiting, now)


@pytest.fixture
def reviewed(definitions, engine):
    """A database with the first version, whose mapping was reviewed."""
    definitions.edit(
        "statement",
        '      - {quote: "Wij testen regelmatig én melden dat."}\n      - {quote: "Al het verkeer is versleuteld met TLS;"}\n',
        '      - {quote: "Wij testen regelmatig én melden dat."}\n    mapping:\n'
        '      - {control: "iso:A.5.1", relation: primary, rationale: {nl: Omdat., en: Because.}}\n',
    )
    definitions.load(engine)
    review_all(engine, START + timedelta(days=1))
    return engine


def new_version(definitions, **more: str) -> None:
    """Write a version in which the sentence of `tls` changed and that of `testing` did not."""
    content = definitions.path("statement").read_text(encoding="utf-8")
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in (TEXT, NEW_TEXT)]
    for old, new in {**SECOND, digests[0]: digests[1], **more}.items():
        assert old in content, old
        content = content.replace(old, new)
    (definitions.folder / "statements" / "second.md").write_text(NEW_TEXT, encoding="utf-8")
    (definitions.folder / "statements" / "second.yaml").write_text(content, encoding="utf-8")


def test_last_version_is_in_effect_and_the_old_one_stays_readable(definitions, reviewed):
    new_version(definitions)
    load_later(definitions, reviewed)
    with reading(reviewed) as session:
        now, old = lookup.statement(session, BUILT_IN), lookup.statement(session, BUILT_IN, "promise")
        rows = statement_versions.versions(session, BUILT_IN)
        measures = {row.key: row for row in lookup.measures(session, BUILT_IN)}
    assert (now.key, now.replaces, now.loaded_at) == ("second", "promise", LATER)
    assert (old.text, [clause.quote for clause in old.clauses][0]) == (TEXT, "Al het verkeer is versleuteld met TLS;")
    assert [(row.key, row.in_effect, str(row.effective), row.clauses) for row in rows] == [
        ("second", True, "2026-06-01", 2), ("promise", False, "2020-02-29", 2),
    ]  # fmt: skip
    assert [clause.quote for clause in measures["tls"].clauses] == [
        "Al het verkeer is versleuteld met TLS 1.2 of nieuwer;"
    ]
    assert {key: row.sentence for key, row in measures.items()} == {"tls": "changed", "testing": "stayed"}


def test_comparison_lists_changed_and_unchanged_clauses(definitions, reviewed):
    new_version(definitions)
    load_later(definitions, reviewed)
    with reading(reviewed) as session:
        changed, unchanged = statement_versions.compare(session, BUILT_IN, "promise", "second")
        with pytest.raises(Unknown):
            statement_versions.compare(session, BUILT_IN, "promise", "third")
    assert (changed.kind, changed.measures, unchanged.kind) == ("changed", ("tls",), "stayed")
    assert [(part.kind, part.old, part.new) for part in changed.words] == [
        ("stayed", "Al het verkeer is versleuteld met TLS", "Al het verkeer is versleuteld met TLS "),
        ("came", "", "1.2 of nieuwer"), ("stayed", ";", ";"),
    ]  # fmt: skip


def test_only_measures_with_changed_sentences_need_a_new_review(definitions, reviewed):
    before = mappings(reviewed, "testing")
    new_version(definitions)
    assert load_later(definitions, reviewed).tables["mapping"].added == 2
    assert mappings(reviewed, "testing") == before
    rows = mappings(reviewed)
    assert [(row["control"], row["reviewed_by"], row["ended_at"], row["ended_by"]) for row in rows] == [
        ("iso:A.8.24", BUILT_IN.name, LATER, ""), ("nen:8.24", BUILT_IN.name, LATER, ""),
        ("iso:A.8.24", "", None, ""), ("nen:8.24", "", None, ""),
    ]  # fmt: skip
    with reading(reviewed) as session:
        reworded = statement_versions.reworded_measures(session, BUILT_IN)
    assert list(reworded) == ["tls"]
    assert (reworded["tls"].version, reworded["tls"].since, reworded["tls"].differences[0].kind) == (
        "second",
        LATER,
        "changed",
    )


def test_second_load_of_a_version_changes_nothing(definitions, reviewed):
    new_version(definitions)
    load_later(definitions, reviewed)
    review_all(reviewed, LATER + timedelta(days=1))
    rows = mappings(reviewed)
    assert not load_later(definitions, reviewed, LATER + timedelta(days=2))
    definitions.edit("iso", "controls:", "# a remark\ncontrols:")
    changes = load_later(definitions, reviewed, LATER + timedelta(days=3))
    assert changes
    assert not any(changes.tables.values())
    assert mappings(reviewed) == rows


@pytest.mark.parametrize(("day", "waits"), [("2026-05-31", True), ("2026-06-01", False), ("2026-07-01", False)])
def test_review_in_the_file_counts_if_not_before_the_version(definitions, reviewed, day, waits):
    new_version(definitions, **{"systems:": f"mapping_review: {{by: De redactie, on: {day}}}\nsystems:"})
    load_later(definitions, reviewed)
    assert any(row["ended_at"] is None and row["reviewed_at"] is None for row in mappings(reviewed)) is waits
    assert len(mappings(reviewed, "testing")) == 1


def test_mapping_ended_by_a_person_is_not_proposed_again(definitions, reviewed):
    with writing(reviewed, START + timedelta(days=2)) as (session, now):
        mapping.end(session, BUILT_IN, mappings(reviewed)[0]["id"], now)
    new_version(definitions)
    load_later(definitions, reviewed)
    assert [row["ended_by"] for row in mappings(reviewed) if row["control"] == "iso:A.8.24"] == [BUILT_IN.name]


def test_removed_sentence_leaves_the_measure_and_its_mapping_waits_for_review(definitions, reviewed):
    new_version(
        definitions,
        **{'    clauses:\n      - {quote: "Wij testen regelmatig én melden dat."}\n': "    clauses: []\n"},
    )
    load_later(definitions, reviewed)
    with reading(reviewed) as session:
        testing = lookup.measure(session, BUILT_IN, "testing")
    assert (testing.sentence, testing.clauses, testing.retired_at) == ("went", (), None)
    assert [row["reviewed_at"] is None for row in mappings(reviewed, "testing") if row["ended_at"] is None] == [True]


def test_dropped_measure_is_retired_and_keeps_its_title(definitions, engine):
    # both versions are loaded at once
    dropped = STATEMENT[STATEMENT.index("  - key: testing") : STATEMENT.index("requirements:")]
    version(definitions, "second", NEW_TEXT, {dropped: "", **SECOND})
    definitions.load(engine)
    with reading(engine) as session:
        assert [row.key for row in lookup.measures(session, BUILT_IN)] == ["tls"]
        gone = lookup.measure(session, BUILT_IN, "testing")
        kinds = {
            difference.kind: difference.measures
            for difference in statement_versions.compare(session, BUILT_IN, "promise", "second")
        }
    assert (gone.sentence, gone.title_en, gone.retired_at is None) == ("went", "Testing", False)
    assert kinds == {"changed": ("tls", "testing"), "went": ("testing",)}


def test_removing_the_new_files_restores_the_old_version(definitions, engine):
    definitions.load(engine)
    second(definitions)
    load_later(definitions, engine)
    for suffix in ("md", "yaml"):
        (definitions.folder / "statements" / f"second.{suffix}").unlink()
    load_later(definitions, engine, LATER + timedelta(days=1))
    with reading(engine) as session:
        assert lookup.statement(session, BUILT_IN).key == "promise"
        assert [row.key for row in statement_versions.versions(session, BUILT_IN)] == ["promise"]
        assert {row.sentence for row in lookup.measures(session, BUILT_IN)} == {""}


def remove_the_second(definitions):
    for suffix in ("md", "yaml"):
        (definitions.folder / "statements" / f"second.{suffix}").unlink()


def waiting(engine):
    with reading(engine) as session:
        return {row.measure for row in mapping.list_mappings(session, BUILT_IN, waiting=True)}


def test_review_of_the_new_sentence_does_not_cover_the_old_one(definitions, reviewed):
    # in both directions: going back to the old version needs a new review too
    new_version(definitions)
    load_later(definitions, reviewed)
    for day in (1, 3):
        review_all(reviewed, LATER + timedelta(days=day))
        assert waiting(reviewed) == set()
        if day == 1:
            remove_the_second(definitions)
        else:
            new_version(definitions)
        load_later(definitions, reviewed, LATER + timedelta(days=day + 1))
        assert waiting(reviewed) == {"tls"}
    with reading(reviewed) as session:
        assert lookup.statement(session, BUILT_IN).loaded_at == LATER + timedelta(days=4)


def test_unrelated_statement_does_not_inherit_reviews(definitions, reviewed):
    # the same measures with other sentences, in a file that replaces none
    new_version(definitions, **{"  replaces: promise\n": ""})
    for suffix in ("md", "yaml"):
        (definitions.folder / "statements" / f"promise.{suffix}").unlink()
    load_later(definitions, reviewed)
    assert waiting(reviewed) == {"tls"}


def test_another_quotation_needs_a_new_review(definitions, reviewed):
    definitions.edit("statement", '"Wij testen regelmatig én melden dat."', '"Wij testen regelmatig"')
    load_later(definitions, reviewed)
    assert waiting(reviewed) == {"testing"}


# ── Refused ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def refused(definitions, engine):
    with pytest.raises(WrongFile) as caught:
        definitions.load(engine)
    return str(caught.value)


def test_replacing_an_unknown_statement_is_refused(definitions, sqlite):
    second(definitions, **{"effective:_2020-02-29": "effective: 2026-06-01\n  replaces: other"})
    message = refused(definitions, sqlite)
    assert message.startswith("second.yaml, line 6: replaces: there is no statement other")


def test_replacing_a_replaced_statement_is_refused(definitions, sqlite):
    second(definitions)
    version(
        definitions, "third", NEW_TEXT, {**SECOND, "key: promise": "key: third", "text: promise.md": "text: third.md"}
    )
    assert "promise is already replaced by second.yaml; name the last version, second" in refused(definitions, sqlite)


def test_versions_in_a_cycle_are_refused(definitions, sqlite):
    second(definitions)
    definitions.edit("statement", "effective: 2020-02-29", "effective: 2026-06-01\n  replaces: second")
    assert "in a cycle" in refused(definitions, sqlite)


def test_version_with_an_earlier_effective_day_is_refused(definitions, sqlite):
    second(definitions, **{"effective:_2020-02-29": "effective: 2019-06-01\n  replaces: promise"})
    assert "is before the effective date of promise" in refused(definitions, sqlite)


def test_same_measure_in_another_statement_is_refused(definitions, sqlite):
    second(definitions, **{"effective:_2020-02-29": "effective: 2026-06-01"})
    assert "tls is already in promise.yaml" in refused(definitions, sqlite)


def test_unconfirmed_sentence_is_refused(definitions, sqlite):
    line = definitions.edit(
        "statement", '- {quote: "Wij testen regelmatig én melden dat."}',
        '- quote: "Wij testen regelmatig én melden dat."\n        confirmed: false',
    ) + 1  # fmt: skip
    message = refused(definitions, sqlite)
    assert message.startswith(f"promise.yaml, line {line}: the sentence 'Wij testen")
    assert "is an unconfirmed proposal" in message


# ── The comparison itself ────────────────────────────────────────────────────────────────────────────────────────────

QUOTES = st.lists(st.text("ab c", min_size=1, max_size=9).map(str.strip).filter(bool), unique=True, max_size=6)


def clauses(quotes, measures=("m",)):
    return [ClauseRow(quote, "", quote, n * 10, n * 10 + 9, measures) for n, quote in enumerate(quotes)]


@given(QUOTES, QUOTES)
def test_comparison_has_every_clause_of_both_versions_once(old, new):
    result = differences(clauses(old), clauses(new))
    assert sorted(difference.old.quote for difference in result if difference.old) == sorted(old)
    assert [difference.new.quote for difference in result if difference.new] == new
    for difference in result:
        assert (difference.kind == "stayed") == bool(
            difference.old and difference.new and difference.old.quote == difference.new.quote
        )
        assert "".join(part.old for part in difference.words) == (difference.old.quote if difference.old else "")
        assert "".join(part.new for part in difference.words) == (difference.new.quote if difference.new else "")


def test_similar_sentence_of_another_measure_is_not_a_change():
    old, new = clauses(["a b c d"], ("m",)), clauses(["a b c e"], ("n",))
    assert [difference.kind for difference in differences(old, new)] == ["went", "came"]
