"""Agreements: which is in force, who must accept it and who did, and that nobody can bypass it."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from access.errors import NotPossible
from access.people import agreements
from access.people.agreement_text import RIGHTS, TITLES, checked_text, digest, read_first_texts, terms
from access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    PERMISSIONS,
    READER,
    REVIEWER,
    SECURITY_OFFICER,
    TEAM_MEMBER,
    NotAllowed,
    Person,
)
from locales import Language, Text
from models.csv_lines import csv_line
from models.transaction import reading, writing

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
TODAY = date(2027, 3, 1)
OFFICER = Person("Olga Officier", frozenset({SECURITY_OFFICER}), "olga")
LEZER = Person("Lena Lezer", frozenset({READER}), "lena")
TABLES = SQLModel.metadata.tables


def account(session, key, name, roles, now=NOON, starts_on=TODAY - timedelta(days=30), ends_on=None):
    row = {
        "id": key,
        "name": name,
        "name_key": name.casefold(),
        "email": f"{key}@example.org",
        "language": "nl",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "password": "",
        "created_at": now,
        "created_by": "test",
    }
    session.execute(insert(TABLES["account"]), [row])
    for role in roles:
        grant = {"account": key, "role": role, "granted_at": now, "granted_by": "test", "ended_by": ""}
        session.execute(insert(TABLES["role_grant"]), [grant])


@pytest.fixture
def people(engine):
    with writing(engine, NOON - timedelta(days=1)) as (session, now):
        account(session, "olga", OFFICER.name, [SECURITY_OFFICER], now)
        account(session, "lena", LEZER.name, [READER], now)
    return engine


def publish(engine, role=READER, in_force=TODAY, at=NOON, nl="Ik lees.", en="I read."):
    with writing(engine, at) as (session, now):
        return agreements.publish(session, OFFICER, role, nl, en, in_force, now)


def accept(engine, agreement, person=LEZER, at=NOON, account=None, address="192.0.2.7"):
    with writing(engine, at) as (session, now):
        agreements.accept(session, person, person.account if account is None else account, agreement, address, now)


def waiting(engine, on=TODAY, account="lena", roles=(READER,)):
    with reading(engine) as session:
        return [
            (agreement.role, agreement.version) for agreement in agreements.list_to_accept(session, account, roles, on)
        ]


def rows(engine, table):
    with reading(engine) as session:
        return [dict(row) for row in session.execute(select(TABLES[table]).order_by(TABLES[table].c.id)).mappings()]


# ── Which version is in force ────────────────────────────────────────────────────────────────────────────────────────


def test_the_latest_in_force_counts_and_of_two_on_a_day_the_one_published_last(people):
    publish(people, in_force=TODAY)
    publish(people, in_force=TODAY + timedelta(days=10))
    publish(people, in_force=TODAY)
    with reading(people) as session:
        version = {
            days: agreements.find_current(session, READER, TODAY + timedelta(days=days)).version
            for days in (0, 9, 10, 99)
        }
        assert agreements.find_current(session, READER, TODAY - timedelta(days=1)) is None
        assert agreements.find_current(session, AUDITOR, TODAY) is None
    assert version == {0: 3, 9: 3, 10: 2, 99: 2}


def test_agreement_in_force_agrees_with_the_rule(people):
    days = [3, 0, 5, 2, 0, 2, 5, 1, 4, 3, 2, 0]
    for day in days:
        publish(people, in_force=TODAY + timedelta(days=day))
    with reading(people) as session:
        for on in range(7):
            due = [(day, version) for version, day in enumerate(days, start=1) if day <= on]
            agreement = agreements.find_current(session, READER, TODAY + timedelta(days=on))
            assert (agreement.version if agreement else None) == (max(due)[1] if due else None)


def test_a_new_version_asks_again_from_its_day(people):
    first = publish(people)
    assert waiting(people) == [(READER, 1)]
    accept(people, first.id)
    assert waiting(people) == []
    publish(people, in_force=TODAY + timedelta(days=5))
    assert waiting(people) == []
    assert waiting(people, TODAY + timedelta(days=5)) == [(READER, 2)]


def test_person_must_accept_the_agreement_of_each_role(people):
    for role in (READER, AUDITOR, REVIEWER):
        publish(people, role)
    assert waiting(people, roles={READER, REVIEWER}) == [(READER, 1), (REVIEWER, 1)]
    assert waiting(people, roles=()) == []


# ── Accepting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_acceptance_says_who_which_bytes_when_and_from_where_and_happens_once(people):
    first = publish(people)
    accept(people, first.id, at=NOON + timedelta(hours=1))
    accept(people, first.id, at=NOON + timedelta(hours=2), address="198.51.100.1")
    (row,) = rows(people, "acceptance")
    assert (row["account"], row["agreement"], row["address"]) == ("lena", first.id, "192.0.2.7")
    assert row["accepted_at"] == NOON + timedelta(hours=1)
    content = {"role": READER, "version": 1, "text_nl": "Ik lees.", "text_en": "I read."}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row["sha256"] == first.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    entries = [(row["verb"], row["person"], row["subject"]) for row in rows(people, "activity")]
    assert entries == [
        ("agreement.publish", OFFICER.name, "reader 1"),
        ("agreement.accept", LEZER.name, "reader 1"),
    ]


def test_invalid_acceptance_is_refused(people):
    old = publish(people)
    publish(people)
    later = publish(people, in_force=TODAY + timedelta(days=1))
    other = publish(people, AUDITOR)
    for agreement in (old.id, later.id, other.id, 999, -1):
        with pytest.raises(NotPossible, match="not in force"):
            accept(people, agreement)
    assert rows(people, "acceptance") == []


def test_nobody_accepts_for_another(people):
    first = publish(people)
    looking = Person(LEZER.name, LEZER.roles, "lena", previewing=True)
    for person, whose in ((LEZER, "olga"), (LEZER, ""), (Person("x", frozenset({READER})), ""), (looking, "lena")):
        with pytest.raises(NotPossible, match="only for yourself"):
            accept(people, first.id, person, account=whose)


def test_a_text_that_was_changed_outside_the_product_is_not_accepted(people):
    first = publish(people)
    with people.begin() as connection:
        if people.dialect.name == "sqlite":
            connection.execute(sql("DROP TRIGGER agreement_refuse_update"))
        else:
            connection.execute(sql("ALTER TABLE agreement DISABLE TRIGGER agreement_append_only"))
        connection.execute(sql("UPDATE agreement SET text_en = 'I may do anything.'"))
    with pytest.raises(NotPossible, match="differs from the published one"):
        accept(people, first.id)


# ── Publishing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_those_who_may_publish_and_see_coverage(people):
    with writing(people, NOON) as (session, now):
        with pytest.raises(NotAllowed):
            agreements.publish(session, LEZER, READER, "a", "b", TODAY, now)
        with pytest.raises(NotAllowed):
            agreements.coverage(session, LEZER, TODAY)
        with pytest.raises(NotAllowed):
            agreements.export(session, LEZER, TODAY)
    assert rows(people, "agreement") == []


WRONG = [
    ({"in_force": TODAY - timedelta(days=1)}, "from today or later"),
    ({"nl": " \n"}, "Dutch text of an agreement has 1 to"),
    ({"en": ""}, "English text of an agreement has 1 to"),
    ({"en": "x" * 20_001}, "has 1 to"),
    ({"nl": "een\ntwee\x00"}, "invisible character in line 2"),
    ({"nl": "een \ud800"}, "invisible character in line 1"),
    ({"en": "pay \u202eevol"}, "invisible character"),
    ({"role": "king"}, "There is no role king"),
]


def test_invalid_agreement_is_not_published(people):
    for change, message in WRONG:
        with pytest.raises(NotPossible, match=message):
            publish(people, **change)
    assert rows(people, "agreement") == rows(people, "activity") == []


def test_today_is_in_the_organisation_s_time_zone(people):
    """23:30 in London is the next day in Amsterdam."""
    late = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
    with pytest.raises(NotPossible):
        publish(people, at=late, in_force=TODAY)
    assert publish(people, at=late, in_force=TODAY + timedelta(days=1)).version == 1


def test_versions_never_change(people):
    publish(people)
    for change in ("UPDATE agreement SET text_nl = ''", "DELETE FROM agreement"):
        with pytest.raises(Exception, match="append-only"), people.begin() as connection:
            connection.execute(sql(change))


@given(st.text())
def test_plain_text_is_the_same_when_read_again(given_text):
    try:
        checked = checked_text(given_text, Text("Dutch"))
    except NotPossible:
        return
    assert checked_text(checked, Text("Dutch")) == checked
    assert checked.encode("utf-8")
    assert "\r" not in checked


@given(
    st.tuples(st.text(), st.integers(1, 9), st.text(), st.text()),
    st.tuples(st.text(), st.integers(1, 9), st.text(), st.text()),
)
def test_other_content_has_another_digest(text, other):
    try:
        assert (digest(*text) == digest(*other)) == (text == other)
    except UnicodeEncodeError:
        assert any("\ud800" <= sign <= "\udfff" for part in text + other for sign in str(part))


# ── The first versions ───────────────────────────────────────────────────────────────────────────────────────────────


def test_first_versions_are_published_once_and_only_if_none_exists(people):
    publish(people, READER)
    for _ in range(2):
        with writing(people, NOON) as (session, now):
            agreements.publish_first_versions(session, now)
    agreements_published = rows(people, "agreement")
    assert {row["role"] for row in agreements_published} == set(TITLES)
    assert {row["version"] for row in agreements_published} == {1}
    assert {row["recorded_by"] for row in agreements_published if row["role"] != READER} == {"Aantoonbaar"}
    assert {row["in_force"] for row in agreements_published} == {TODAY}
    assert all(row["sha256"] == digest(row["role"], 1, row["text_nl"], row["text_en"]) for row in agreements_published)
    assert waiting(people, roles=set(TITLES)) == [(role, 1) for role in sorted(TITLES)]


def test_every_role_has_a_first_text_that_could_be_published():
    assert set(read_first_texts()) == set(TITLES)
    for role, texts in read_first_texts().items():
        assert [checked_text(text, Text("Dutch")) for text in texts] == list(texts), role
        dutch, english = (text.split("\n\n") for text in texts)
        assert len(dutch) == len(english) >= 8, role
        assert all("\n" not in paragraph for paragraph in dutch + english), role


@pytest.mark.parametrize(
    "topic", ["Persoonlijk account", "Doel", "Geheimhouding", "Melden", "Vastlegging", "Misbruik", "Einde"]
)
def test_every_first_text_says_what_a_person_promises(topic):
    assert all(f"\n\n{topic}. " in dutch for dutch, _ in read_first_texts().values())


def test_security_officer_reports_to_someone_else():
    for content, name in zip(read_first_texts()[SECURITY_OFFICER], ("Melden", "Reporting"), strict=True):
        reporting = dict(terms(content))[name]
        assert reporting.count("security officer") == 1
        assert "andere security officer" in reporting or "another security officer" in reporting


# ── Rights ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_permission_is_a_right_that_people_can_read():
    assert set(PERMISSIONS) == set(RIGHTS)
    for language in ("nl", "en"):
        sentences = [Language(language).render(right) for right in RIGHTS.values()]
        assert len(set(sentences)) == len(sentences)
    assert all(Language("nl").render(right) != str(right) for right in [*RIGHTS.values(), *TITLES.values()])


def test_an_agreement_shows_the_rights_of_its_role(people):
    shown = publish(people, ADMINISTRATOR).rights
    assert RIGHTS["people.manage"] in shown
    assert RIGHTS["evidence.read"] not in shown
    everyones = {role for roles in PERMISSIONS.values() for role in roles}
    assert set(TITLES) <= everyones
    member = [str(right) for right in publish(people, TEAM_MEMBER).rights]
    assert f"{RIGHTS['evidence.file']}: only of one's own teams" in member
    auditor = [Language("nl").render(right) for right in publish(people, AUDITOR).rights]
    assert "Bewijs openen en downloaden: alleen binnen de eigen audit" in auditor
    assert "Het activiteitenlog lezen" in auditor


# ── Coverage ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def coverage(engine, on=TODAY):
    with reading(engine) as session:
        return {
            (row.role, row.version): (row.current, row.holders, row.accepted, row.missing)
            for row in agreements.coverage(session, OFFICER, on)
        }


def test_coverage_counts_active_holders_once(people):
    with writing(people, NOON - timedelta(hours=1)) as (session, now):
        account(session, "ann", "ann de Bever", [TEAM_MEMBER, TEAM_MEMBER, READER], now)
        account(session, "bob", "Bob Bos", [TEAM_MEMBER], now)
        account(session, "gone", "Gerard Gone", [TEAM_MEMBER], now, ends_on=TODAY - timedelta(days=1))
        account(session, "soon", "Sofie Straks", [TEAM_MEMBER], now, starts_on=TODAY + timedelta(days=1))
        account(session, "was", "Wim Was", [TEAM_MEMBER], now)
        grants = TABLES["role_grant"]
        session.execute(grants.update().where(grants.c.account == "was").values(ended_at=now, ended_by="test"))
    first = publish(people, TEAM_MEMBER)
    accept(people, first.id, Person("Bob Bos", frozenset({TEAM_MEMBER}), "bob"))
    publish(people, AUDITOR)
    assert coverage(people) == {
        (TEAM_MEMBER, 1): (True, 2, 1, ("ann de Bever",)),
        (AUDITOR, 1): (True, 0, 0, ()),
    }
    assert coverage(people, TODAY + timedelta(days=1))[TEAM_MEMBER, 1] == (True, 3, 1, ("ann de Bever", "Sofie Straks"))
    publish(people, TEAM_MEMBER)
    assert coverage(people)[TEAM_MEMBER, 1] == (False, 2, 1, ())
    assert coverage(people)[TEAM_MEMBER, 2] == (True, 2, 0, ("ann de Bever", "Bob Bos"))


def test_coverage_of_a_day_is_as_at_its_end(people):
    first = publish(people)
    accept(people, first.id, at=NOON + timedelta(days=3))
    assert coverage(people, TODAY - timedelta(days=1)) == {}
    assert coverage(people, TODAY + timedelta(days=2))[READER, 1] == (True, 1, 0, (LEZER.name,))
    assert coverage(people, TODAY + timedelta(days=3))[READER, 1] == (True, 1, 1, ())


def export(engine, on=TODAY):
    with reading(engine) as session:
        lines = list(agreements.export(session, OFFICER, on))
    assert all(line.endswith("\r\n") for line in lines)
    return list(csv.DictReader(lines))


def test_the_export_has_a_line_for_each_holder_and_no_formula(people):
    with writing(people, NOON - timedelta(hours=1)) as (session, now):
        account(session, "evil", '=HYPERLINK("http://example.org")', [READER], now)
    first = publish(people)
    accept(people, first.id)
    second = publish(people)
    lines = [(line["eura_version"], line["user"], line["accepted_at"], line["text_hash"]) for line in export(people)]
    assert lines == [
        ("2", '\'=HYPERLINK("http://example.org")', "", second.sha256),
        ("2", LEZER.name, "", second.sha256),
        ("1", LEZER.name, "2027-03-01T12:00:00+00:00", first.sha256),
    ]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=1))
def test_a_line_is_read_back_and_never_begins_with_a_formula(cells):
    (cells_read,) = csv.reader([csv_line(*cells)]) if not any("\n" in c or "\r" in c for c in cells) else (None,)
    if cells_read is not None:
        assert [cell.replace("'", "") for cell in cells_read] == [cell.replace("'", "") for cell in cells]
        assert not any(cell.lstrip('\t "').startswith(("=", "+", "-", "@")) for cell in cells_read)


def test_terms_are_paragraphs_with_a_short_first_sentence_as_their_name():
    content = "As reviewer I look. Then I decide.\n\nPurpose. Only for work.\n\nEnd.\n\nA long first sentence of more than that. Rest."
    assert terms(content) == [
        ("", "As reviewer I look. Then I decide."),
        ("Purpose", "Only for work."),
        ("", "End."),
        ("", "A long first sentence of more than that. Rest."),
    ]
