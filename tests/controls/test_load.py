"""Loading definitions: the tables follow the files; decisions and history are kept."""

import time
from datetime import date

import pytest
from sqlalchemy import Engine, select

from access.permissions import BUILT_IN, NotAllowed, Person
from controls import mapping
from controls.browse import lookup
from controls.errors import WrongFile
from controls.load import is_current, load
from controls.scope import system_scope
from controls.scope.system_scope import scope_on
from models.bulk_changes import Change, table
from models.transaction import reading, writing

REVIEWED = "mapping_review: {by: De redactie, on: 2026-11-22}\nsystems:"


def rows(engine: Engine, name: str, *columns: str, **where: object) -> list[tuple]:
    source = table(name)
    chosen = [source.c[column] for column in columns] or list(source.c)
    conditions = [source.c[column] == value for column, value in where.items()]
    order = source.c.id if "id" in source.c else source.c.key
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(select(*chosen).where(*conditions).order_by(order))]


def mapping_id(engine: Engine, control: str) -> int:
    return rows(engine, "mapping", "id", control=control)[-1][0]


def test_all_definitions_are_loaded(definitions, engine):
    changes = definitions.load(engine)
    assert {name: change.added for name, change in changes.tables.items()} == {
        "control": 6, "crosswalk": 2, "explanation": 2, "measure": 2, "clause": 2, "system": 2, "mapping": 2, "evidence_requirement": 4,
    }  # fmt: skip
    assert rows(engine, "catalogue", "key", "edition") == [("iso", "2022"), ("nen", "2024")]
    assert rows(engine, "control", "kind", "theme", "attributes", key="iso:A.5.1") == [
        ("control", "organizational", {"type": ["preventive"], "domains": ["resilience"]})
    ]
    assert rows(engine, "control", "healthcare", "disputed", key="nen:5.10") == [("requirement", True)]
    assert rows(engine, "crosswalk", "from_control", "to_control", "relation") == [
        ("nen:5.10", "iso:A.5.1", "superset"), ("nen:8.24", "iso:A.8.24", "equal"),
    ]  # fmt: skip


def test_clauses_have_their_place_in_the_text(definitions, engine):
    definitions.load(engine)
    text = definitions.path("text").read_text()
    [(start, end, section, quote)] = rows(engine, "clause", "start", "end", "section", "quote", section="Beveiliging")[
        1:
    ]
    assert text[start:end] == quote == "Wij testen regelmatig én melden dat."
    assert section == "Beveiliging"


def test_second_load_changes_nothing_and_is_fast(definitions, engine):
    definitions.load(engine)
    with reading(engine) as session:
        assert is_current(session, definitions.folder)
    before = rows(engine, "activity", "verb")
    began = time.perf_counter()
    assert not definitions.load(engine)
    assert time.perf_counter() - began < 0.3
    assert rows(engine, "activity", "verb") == before == [("controls.load",)]


def test_included_definitions_load_and_reload_fast(engine):
    for expected in (True, False):
        with writing(engine) as (session, now):
            began = time.perf_counter()
            assert bool(load(session, BUILT_IN, now)) is expected
    assert time.perf_counter() - began < 0.3


def test_load_requires_permission(definitions, sqlite):
    with writing(sqlite) as (session, now), pytest.raises(NotAllowed):
        load(session, Person("somebody", frozenset()), now, definitions.folder)


def test_changed_comment_changes_no_row(definitions, engine):
    definitions.load(engine)
    definitions.edit("iso", "controls:", "# a remark\ncontrols:")
    changes = definitions.load(engine)
    assert changes
    assert not any(changes.tables.values())


def test_changed_title_is_updated(definitions, engine):
    definitions.load(engine)
    definitions.edit("iso", "{nl: Cryptografie, en: Cryptography}", "{nl: Cryptografie, en: Use of cryptography}")
    assert definitions.load(engine).tables["control"] == Change(changed=1)
    assert rows(engine, "control", "title_en", key="iso:A.8.24") == [("Use of cryptography",)]
    assert rows(engine, "mapping", "control", "ended_at")[0] == ("iso:A.8.24", None)


def test_removed_control_is_retired_and_can_return(definitions, engine):
    definitions.load(engine)
    line = '  - {ref: "8.35", kind: control, theme: technological, title: {nl: Zorg, en: Care}, healthcare: hlt}\n'
    definitions.edit("nen", line, "")
    assert definitions.load(engine).tables["control"] == Change(retired=1)
    assert rows(engine, "control", "retired_at", key="nen:8.35")[0][0] is not None
    assert not definitions.load(engine)
    definitions.edit("nen", "controls:\n", "controls:\n" + line)
    definitions.load(engine)
    assert rows(engine, "control", "retired_at", key="nen:8.35") == [(None,)]


def test_removed_measure_removes_its_promises(definitions, engine):
    definitions.load(engine)
    content = definitions.path("statement").read_text()
    begin, end = content.index("  - key: testing"), content.index("requirements:")
    definitions.write("statement", content[:begin] + content[end:])
    changes = definitions.load(engine).tables
    assert (changes["measure"], changes["clause"]) == (Change(retired=1), Change(retired=1))
    with reading(engine) as session:
        shown = lookup.statement(session, BUILT_IN)
    assert [clause.measures for clause in shown.clauses] == [("tls",)]


def test_crosswalk_versions_are_recorded_only_for_changes(definitions, engine):
    definitions.load(engine)
    definitions.edit("crosswalk", "relation: equal", "relation: intersects")
    assert definitions.load(engine).tables["crosswalk"] == Change(changed=1)
    definitions.edit("crosswalk", '  - {from: "8.24", relation: intersects, to: A.8.24, source: [us]}\n', "")
    assert definitions.load(engine).tables["crosswalk"] == Change(retired=1)
    definitions.edit(
        "crosswalk", "relations:", 'relations:\n  - {from: "8.24", relation: equal, to: A.8.24, source: [us]}'
    )
    assert definitions.load(engine).tables["crosswalk"] == Change(added=1)
    assert rows(engine, "crosswalk", "relation", from_control="nen:8.24") == [
        ("equal",),
        ("intersects",),
        ("none",),
        ("equal",),
    ]
    assert len(rows(engine, "crosswalk", from_control="nen:5.10")) == 1


# ── Evidence requirements ────────────────────────────────────────────────────────────────────────────────────────────


def test_changed_requirement_is_a_new_version(definitions, engine):
    definitions.load(engine)
    definitions.edit("statement", "renewal: P30D", "renewal: P2M")
    assert definitions.load(engine).tables["evidence_requirement"] == Change(changed=1)
    assert rows(engine, "evidence_requirement", "renewal", key="tls-scan") == [("P30D",), ("P2M",)]
    assert len(rows(engine, "evidence_requirement", key="crypto-policy")) == 1


def test_removed_requirement_is_retired_and_can_return(definitions, engine):
    definitions.load(engine)
    content = definitions.path("statement").read_text()
    definitions.write("statement", content[: content.index("requirements:")])
    assert definitions.load(engine).tables["evidence_requirement"] == Change(retired=1)
    definitions.write("statement", content)
    definitions.load(engine)
    assert rows(engine, "evidence_requirement", "retired", key="crypto-policy") == [(False,), (True,), (False,)]
    with reading(engine) as session:
        moments = [row[0] for row in rows(engine, "evidence_requirement", "recorded_at", key="crypto-policy")]
        known = [sum(row.key == "crypto-policy" for row in lookup.requirements_on(session, at)) for at in moments]
    assert known == [1, 0, 1]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("kind: test", "kind: register", "kind"), ("scope: target", "scope: system", "scope")],
)
def test_changed_kind_or_scope_is_refused(definitions, engine, old, new, field):
    definitions.load(engine)
    line = definitions.edit("statement", old, new)
    with pytest.raises(WrongFile, match=rf"line {line}: the {field} of tls-scan was .* another key"):
        definitions.load(engine)


def test_changed_kind_of_a_retired_requirement_is_refused(definitions, engine):
    definitions.load(engine)
    content = definitions.path("statement").read_text()
    definitions.write("statement", content[: content.index("requirements:")])
    definitions.load(engine)
    definitions.write("statement", content.replace("kind: record", "kind: register"))
    with pytest.raises(WrongFile, match="the kind of crypto-policy was record"):
        definitions.load(engine)


# ── Mapping ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mapping_waits_for_review_unless_the_file_names_a_reviewer(definitions, engine):
    definitions.load(engine)
    assert rows(engine, "mapping", "reviewed_at", "reviewed_by") == [(None, ""), (None, "")]
    definitions.edit("statement", "systems:", REVIEWED)
    assert definitions.load(engine).tables["mapping"] == Change(changed=2)
    assert [by for _, by in rows(engine, "mapping", "reviewed_at", "reviewed_by")] == ["De redactie"] * 2
    assert all(at is not None for at, _ in rows(engine, "mapping", "reviewed_at", "reviewed_by"))


def test_review_by_a_person_is_not_overwritten(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, now):
        mapping.review(session, BUILT_IN, [mapping_id(engine, "iso:A.8.24")], now)
    reviewed = rows(engine, "mapping", "reviewed_at", "reviewed_by", control="iso:A.8.24")
    definitions.edit("statement", "systems:", REVIEWED)
    definitions.load(engine)
    assert rows(engine, "mapping", "reviewed_at", "reviewed_by", control="iso:A.8.24") == reviewed


def test_mapping_ended_by_a_person_does_not_return(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, now):
        mapping.end(session, BUILT_IN, mapping_id(engine, "iso:A.8.24"), now)
    definitions.edit("statement", "systems:", REVIEWED)
    definitions.load(engine)
    assert rows(engine, "mapping", "ended_by", "reviewed_by", control="iso:A.8.24") == [(BUILT_IN.name, "")]


def test_changed_relation_ends_the_row_and_proposes_a_new_one(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, now):
        mapping.review(session, BUILT_IN, [mapping_id(engine, "iso:A.8.24")], now)
    definitions.edit("statement", "relation: primary", "relation: supporting")
    assert definitions.load(engine).tables["mapping"] == Change(added=1, retired=1)
    old, new = rows(engine, "mapping", "relation", "reviewed_at", "ended_at", control="iso:A.8.24")
    assert old[0] == "primary"
    assert old[1] < old[2]
    assert new == ("supporting", None, None)


def test_removed_mapping_ends_and_returns_as_a_new_row(definitions, engine):
    definitions.load(engine)
    line = '      - {control: "nen:8.24", relation: supporting, rationale: {nl: Omdat., en: Because.}}\n'
    definitions.edit("statement", line, "")
    assert definitions.load(engine).tables["mapping"] == Change(retired=1)
    definitions.edit("statement", "    evidence:\n", line + "    evidence:\n")
    assert definitions.load(engine).tables["mapping"] == Change(added=1)
    old, new = rows(engine, "mapping", "ended_at", control="nen:8.24")
    assert old[0] is not None
    assert new == (None,)


def test_changed_rationale_keeps_the_review(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, now):
        mapping.review(session, BUILT_IN, [mapping_id(engine, "iso:A.8.24")], now)
    definitions.edit(
        "statement", "primary, rationale: {nl: Omdat., en: Because.}", "primary, rationale: {nl: Want., en: Since.}"
    )
    assert definitions.load(engine).tables["mapping"] == Change(changed=1)
    assert rows(engine, "mapping", "rationale_en", "reviewed_by", control="iso:A.8.24") == [("Since.", BUILT_IN.name)]


# ── Systems ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_named_systems_are_in_scope_from_the_day_in_the_file(definitions, engine):
    definitions.load(engine)
    with reading(engine) as session:
        now = rows(engine, "activity", "recorded_at")[0][0]
        assert scope_on(session, date(2020, 2, 28), now) == []
        in_scope = scope_on(session, date(2020, 2, 29), now)
    assert [(system.key, system.attributes) for system in in_scope] == [("portal", ("has-end-users",)), ("website", ())]


def test_changes_by_the_organisation_are_kept(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, now):
        period = scope_on(session, date(2027, 1, 4), now)[0].period_key
        system_scope.end_scope(session, BUILT_IN, period, date(2026, 12, 31), now)
        system_scope.rename_system(session, BUILT_IN, "portal", "Cliëntportaal", "Client portal", now)
    definitions.edit("statement", "title: {nl: Portaal, en: Portal}", "title: {nl: Poort, en: Gate}")
    definitions.edit("statement", "title: {nl: Website, en: Website}", "title: {nl: Webstek, en: Web site}")
    definitions.load(engine)
    assert rows(engine, "system", "key", "title_en") == [("portal", "Client portal"), ("website", "Web site")]
    with writing(engine) as (session, now):
        assert [system.key for system in scope_on(session, date(2027, 1, 4), now)] == ["website"]


def test_system_that_is_no_longer_named_stays_in_scope(definitions, engine):
    definitions.load(engine)
    definitions.edit("statement", "  - {key: website, title: {nl: Website, en: Website}, since: 2020-02-29}\n", "")
    definitions.load(engine)
    assert rows(engine, "system", "key", "named_in") == [("portal", "promise"), ("website", None)]
    with writing(engine) as (session, now):
        assert len(scope_on(session, date(2027, 1, 4), now)) == 2
