"""Drafts of a statement: decisions, splitting and merging, saving, publishing, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from access.permissions import BUILT_IN, SECURITY_OFFICER, NotAllowed, Person
from audits.planning import plan_audit
from controls import publish_draft as publishing
from controls.browse import lookup
from controls.browse.former_systems import systems_of_replaced_statements
from controls.errors import ChangedByOther, ControlsProblem, NotPossible, Unknown
from controls.load import is_current, load
from controls.statement import draft_sentences, drafts, statement_versions
from controls.statement.draft_sentences import DraftSentence
from controls.statement.drafts import DraftDetails
from controls.statement.known_measures import read_lexicon
from controls.statement.own_measures import OwnEvidence, own_measure
from models.bulk_changes import table
from models.transaction import reading, writing
from models.vocabulary import SentenceDecision

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
READER = Person("reader", frozenset({"reader"}))
TEXT = """\
# Our promises

We were founded by two nurses.

- All traffic to our portal is encrypted with TLS, and backups are restored twice a year.
- We log every sign-in attempt.

Call us if you like.
"""
DETAILS = DraftDetails(
    "Our promises",
    "",
    "Harbour Care",
    date(2026, 11, 1),
    "https://harbour.example/privacy",
    replaces="vrest-2018-05-24",
)
CONFIRMED, LEFT_OUT, UNDECIDED = SentenceDecision.CONFIRMED, SentenceDecision.LEFT_OUT, SentenceDecision.UNDECIDED


def write(engine, verb, *arguments, at=NOW, **options):
    with writing(engine, at) as (session, now):
        return verb(session, BUILT_IN, *arguments, now, **options)


def read(engine, verb, *arguments, **options):
    with reading(engine) as session:
        return verb(session, BUILT_IN, *arguments, **options)


@pytest.fixture
def office(engine):
    """An engine with the included definitions."""
    with writing(engine, NOW - timedelta(days=9)) as (session, now):
        load(session, BUILT_IN, now)
    return engine


def decided_draft(engine, details=DETAILS):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    rows = [draft_sentences.decided(row, row.measures, CONFIRMED) for row in draft.sentences]
    return write(engine, drafts.change_draft, draft.key, version=draft.version, sentences=rows, details=details)


def publish(engine, draft, **options):
    return write(engine, publishing.publish_draft, draft.key, version=draft.version, **options)


def quotes(draft):
    return [draft.text[row.start : row.end] for row in draft.sentences]


# ── Decisions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_decided_beforehand(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    assert draft.decisions == {UNDECIDED: 2}
    assert all(row.measures for row in draft.sentences)


def test_sentence_is_split_where_its_second_part_begins(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    rows = draft_sentences.split(draft.text, "en", draft.sentences, 0, "and backups")
    assert [draft.text[row.start : row.end] for row in rows][:2] == [
        "All traffic to our portal is encrypted with TLS,",
        "and backups are restored twice a year.",
    ]
    for wrong in ("", "All traffic", "never"):
        with pytest.raises(NotPossible, match="not in the middle of sentence 1"):
            draft_sentences.split(draft.text, "en", draft.sentences, 0, wrong)


def test_each_part_has_the_measure_of_its_own_words(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    first, second, _ = draft_sentences.split(draft.text, "en", draft.sentences, 0, "and backups")
    assert first.measures and second.measures
    assert not set(first.measures) & set(second.measures)
    other = draft_sentences.decided(draft.sentences[0], [*draft.sentences[0].measures, "own-measure"], CONFIRMED)
    for part in draft_sentences.split(draft.text, "en", [other], 0, "and backups"):
        assert part.measures[-1] == "own-measure"  # what a person chose stays
        assert part.decision == UNDECIDED


def test_sentence_is_joined_with_the_one_after_it_in_the_text(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    rows = draft_sentences.merge(draft.text, "en", draft.sentences, 0)
    assert [draft.text[row.start : row.end] for row in rows] == [
        TEXT[TEXT.index("All traffic") : TEXT.index("attempt.") + 8]
    ]
    rows = draft_sentences.merge(draft.text, "en", rows, 0)
    with pytest.raises(NotPossible, match="the last one"):
        draft_sentences.merge(draft.text, "en", rows, 0)


def test_joining_the_parts_of_a_split_sentence_restores_it(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    parts = draft_sentences.split(draft.text, "en", draft.sentences, 0, "and backups")
    assert draft_sentences.merge(draft.text, "en", parts, 0) == draft.sentences


def test_sentence_is_joined_with_the_first_part_of_the_next_one(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    parts = draft_sentences.split(draft.text, "en", draft.sentences, 1, "attempt")
    joined = draft_sentences.merge(draft.text, "en", parts, 0)
    assert [(row.start, row.end) for row in joined] == [
        (parts[0].start, parts[1].end),
        (parts[2].start, parts[2].end),
    ]


def test_sentence_that_was_not_proposed_can_be_added(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    other = draft_sentences.other_sentences(draft.text, draft.sentences)
    assert [draft.text[each.start : each.end] for each in other] == [
        "We were founded by two nurses.",
        "Call us if you like.",
    ]
    rows = draft_sentences.add(draft.sentences, other[0].start, other[0].end)
    assert (
        write(engine, drafts.change_draft, draft.key, version=draft.version, sentences=rows).sentences[0].start
        == other[0].start
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (DraftSentence(0, 9_999), "is not a passage"),
        (DraftSentence(5, 5), "is not a passage"),
        (DraftSentence(TEXT.index("We were"), TEXT.index("We were") + 3, ("tls",), CONFIRMED), "is not a passage"),
        (DraftSentence(TEXT.index("We were"), TEXT.index("We were") + 2, ("tls",)), "occurs more than once"),
        (DraftSentence(TEXT.index("Call"), TEXT.index("Call") + 4, (), CONFIRMED), "has no measure"),
        (DraftSentence(TEXT.index("Call"), TEXT.index("Call") + 4, ("tls",), LEFT_OUT), "without a reason"),
        (DraftSentence(TEXT.index("Call"), TEXT.index("Call") + 4, ("tls",), LEFT_OUT, "a\0b"), "control character"),
        (
            DraftSentence(TEXT.index("Call"), TEXT.index("Call") + 4, ("tls", "backups", "patching", "retention")),
            "more than 3 measures",
        ),
    ],
)
def test_wrong_sentences_are_refused(engine, row, message):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    with pytest.raises(NotPossible, match=message):
        write(engine, drafts.change_draft, draft.key, version=draft.version, sentences=[row])


def test_overlapping_sentences_and_unknown_measures_are_refused(engine):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    row = draft.sentences[0]
    with pytest.raises(NotPossible, match="Sentence 2 overlaps"):
        write(engine, drafts.change_draft, draft.key, version=draft.version, sentences=[row, row])
    with pytest.raises(Unknown, match="no measure evil"):
        write(
            engine,
            drafts.change_draft,
            draft.key,
            version=draft.version,
            sentences=[DraftSentence(row.start, row.end, ("evil",))],
        )


@given(st.integers(-5, 200), st.integers(-5, 200), st.sampled_from(list(SentenceDecision)), st.text(max_size=5))
def test_checked_sentences_are_unique_passages_of_the_text(start, end, decision, reason):
    row = draft_sentences.decided(DraftSentence(start, end), ["tls"], decision, reason)
    try:
        draft_sentences.check_sentences(TEXT, "en", [row])
    except ControlsProblem:
        return
    assert TEXT.count(TEXT[start:end]) == 1
    assert bool(row.reason) == (decision is LEFT_OUT)


# ── Keeping ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_draft_is_kept_with_every_version(engine):
    draft = decided_draft(engine)
    assert read(engine, drafts.draft, draft.key) == draft
    assert [each.key for each in read(engine, drafts.drafts)] == [draft.key]
    versions = table("statement_draft_version")
    with reading(engine) as session:
        assert len(session.execute(select(versions.c.id).where(versions.c.draft == draft.key)).all()) == 2
    for change in (versions.delete(), versions.update().values(is_closed=True)):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(change)


def test_saving_the_same_again_writes_nothing(engine):
    draft = decided_draft(engine)
    write(
        engine,
        drafts.change_draft,
        draft.key,
        version=draft.version,
        sentences=draft.sentences,
        at=NOW + timedelta(days=1),
    )
    assert read(engine, drafts.draft, draft.key).recorded_at == draft.recorded_at


def test_draft_that_is_thrown_away_is_gone(engine):
    draft = decided_draft(engine)
    write(engine, drafts.discard_draft, draft.key, version=draft.version)
    assert read(engine, drafts.drafts) == []
    with pytest.raises(Unknown, match="thrown away"):
        read(engine, drafts.draft, draft.key)


def test_drafts_need_permission_to_load_statements(engine):
    with reading(engine) as session:
        for verb in (
            lambda: drafts.create_draft(session, READER, TEXT, "en", NOW),
            lambda: drafts.drafts(session, READER),
            lambda: drafts.draft(session, READER, "x"),
            lambda: drafts.change_draft(session, READER, "x", NOW, version=1),
            lambda: drafts.discard_draft(session, READER, "x", NOW, version=1),
            lambda: drafts.draft_statement(session, READER, "x"),
            lambda: publishing.publish_draft(session, READER, "x", NOW, version=1),
            lambda: systems_of_replaced_statements(session, READER, NOW.date()),
        ):
            with pytest.raises(NotAllowed):
                verb()


@pytest.mark.parametrize(("typed", "message"), [("x" * 501, "longer than 500"), ("a\x00b", "control character")])
def test_details_that_cannot_be_stored_are_refused(engine, typed, message):
    draft = write(engine, drafts.create_draft, TEXT, "en")
    with pytest.raises(NotPossible, match=message):
        write(engine, drafts.change_draft, draft.key, version=draft.version, details=DraftDetails(title=typed))


def test_two_people_do_not_overwrite_each_other(engine):
    seen = write(engine, drafts.create_draft, TEXT, "en")
    ann = Person("Ann", frozenset({SECURITY_OFFICER}))
    with writing(engine, NOW) as (session, now):
        details = DraftDetails(title="By Ann")
        saved = drafts.change_draft(session, ann, seen.key, now, version=seen.version, details=details)
    assert saved.version > seen.version
    for verb, options in (
        (drafts.change_draft, {"details": DraftDetails(title="Mine")}),
        (drafts.discard_draft, {}),
        (publishing.publish_draft, {}),
    ):
        with pytest.raises(ChangedByOther, match="Ann saved this draft on .*; nothing of yours was saved"):
            write(engine, verb, seen.key, version=seen.version, **options)
    assert read(engine, drafts.draft, seen.key) == saved


# ── Measures of one's own ────────────────────────────────────────────────────────────────────────────────────────────


RECORD = OwnEvidence("Minutes of the client council", "P13M", "privacy")


def with_own_measure(engine, own):
    """A draft whose first sentence promises the measure."""
    draft = decided_draft(engine)
    first, second = draft.sentences
    rows = [draft_sentences.decided(first, [own.key], CONFIRMED), second]
    return write(engine, drafts.change_draft, draft.key, version=draft.version, sentences=rows, own_measures=[own])


def test_measure_of_ones_own_is_published_with_its_controls_and_evidence(office):
    own = own_measure(
        "Clients have a say",
        ["iso27001-2022:A.5.34"],
        other_title="Cliënten praten mee",
        requires=["context-analysis"],
        evidence=RECORD,
    )
    draft = with_own_measure(office, own)
    assert read(office, drafts.draft, draft.key).own_measures == (own,)
    publish(office, draft)
    measures = {measure.key: measure for measure in read(office, lookup.measures)}
    made = measures["own-clients-have-a-say"]
    assert (made.title_en, made.title_nl) == ("Clients have a say", "Cliënten praten mee")
    assert {row.control for row in made.mappings} == {"iso27001-2022:A.5.34", "iso27001-2022:4.1"}
    assert {row.reviewed_at for row in made.mappings} == {None}  # it waits for review, as every mapping
    assert {row.key for row in made.requirements} == {"context-analysis", "own-clients-have-a-say-evidence"}


def test_measure_of_ones_own_needs_a_control_that_is_followed(office):
    draft = with_own_measure(office, own_measure("A say", ["nen7510-2024:5.34"], evidence=RECORD))
    details = replace(draft.details, catalogues=("iso27001-2022",))
    draft = write(office, drafts.change_draft, draft.key, version=draft.version, details=details)
    with pytest.raises(NotPossible, match="has no control of a catalogue that you follow"):
        publish(office, draft)


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ([own_measure(" ", ["iso27001-2022:A.5.34"], evidence=RECORD)], "name of the measure is empty"),
        ([own_measure("A\0b", ["iso27001-2022:A.5.34"], evidence=RECORD)], "control character"),
        ([own_measure("A say", [], evidence=RECORD)], "Choose 1 to 20 controls"),
        ([own_measure("A say", ["iso27001-2022:X"], evidence=RECORD)], "no control iso27001-2022:X"),
        ([own_measure("A say", ["iso27001-2022:A.5.34"])], "needs evidence"),
        ([own_measure("A say", ["iso27001-2022:A.5.34"], requires=["evil"])], "no evidence requirement 'evil'"),
        ([own_measure("A say", ["iso27001-2022:A.5.34"], evidence=replace(RECORD, renewal="P1D"))], "how often"),
        ([own_measure("A say", ["iso27001-2022:A.5.34"], evidence=replace(RECORD, team="x"))], "no team 'x'"),
        ([own_measure("A say", ["iso27001-2022:A.5.34"], evidence=replace(RECORD, title=""))], "evidence is empty"),
        ([own_measure("A say", ["iso27001-2022:A.5.34"], evidence=RECORD)] * 2, "already a measure named 'A say'"),
        (
            [own_measure(f"Say {n}", ["iso27001-2022:A.5.34"], evidence=RECORD) for n in range(21)],
            "at most 20 measures",
        ),
    ],
)
def test_incomplete_measure_of_ones_own_is_refused(office, own, message):
    draft = write(office, drafts.create_draft, TEXT, "en")
    with pytest.raises(ControlsProblem, match=message):
        write(office, drafts.change_draft, draft.key, version=draft.version, own_measures=own)


def test_measure_of_ones_own_that_sentences_promise_is_not_removed(office):
    draft = with_own_measure(office, own_measure("A say", ["iso27001-2022:A.5.34"], evidence=RECORD))
    with pytest.raises(Unknown, match="no measure own-a-say"):
        write(office, drafts.change_draft, draft.key, version=draft.version, own_measures=[])


def test_evidence_belongs_to_a_single_measure(office):
    taken = next(
        key for known in read_lexicon("en").measures if known.key == "login-logging" for key in known.entry.requires
    )
    with pytest.raises(NotPossible, match=f"{taken} of the measure 'A say' is already required by the measure"):
        with_own_measure(office, own_measure("A say", [], requires=[taken]))


# ── Publishing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_published_statement_is_in_effect_at_once(office):
    key = publish(office, decided_draft(office))
    assert key == "harbour-care-2026-11-01"
    shown = read(office, lookup.statement)
    assert (shown.key, shown.organisation, shown.text) == (key, "Harbour Care", TEXT)
    measures = read(office, lookup.measures)
    assert {measure.key for measure in measures} == {"tls", "login-logging"}
    assert all(measure.requirements for measure in measures)
    newest, replaced, *_ = read(office, statement_versions.versions)
    assert (newest.key, newest.replaces, newest.in_effect) == (key, "vrest-2018-05-24", True)
    assert (replaced.key, replaced.in_effect) == ("vrest-2018-05-24", False)
    assert read(office, drafts.drafts) == []


def test_every_other_sentence_has_a_reason(office):
    draft = decided_draft(office)
    first, second = draft.sentences
    rows = [first, draft_sentences.decided(second, second.measures, LEFT_OUT, "not-checkable")]
    publish(office, write(office, drafts.change_draft, draft.key, version=draft.version, sentences=rows))
    reasons = {row.quote: (row.reason_nl, row.reason_en) for row in read(office, lookup.statement).no_measure}
    assert list(reasons) == ["We were founded by two nurses.", "We log every sign-in attempt.", "Call us if you like."]
    assert reasons["We log every sign-in attempt."][1] == "Too general to check."
    assert reasons["Call us if you like."][1].startswith("Not recognised as a promise")
    assert reasons["We log every sign-in attempt."][0] == "Te algemeen om te toetsen."


def test_statement_stays_after_a_restart_and_with_other_files(office, tmp_path):
    key = publish(office, decided_draft(office))
    with reading(office) as session:
        assert is_current(session)
        assert not is_current(session, statements=tmp_path)
    with writing(office, NOW + timedelta(days=1)) as (session, now):
        load(session, BUILT_IN, now, statements=tmp_path)  # the statement that it replaced has no file any more
    assert [row.key for row in read(office, statement_versions.versions)] == [key]


def test_next_version_replaces_the_one_before(office):
    key = publish(office, decided_draft(office))
    later = DraftDetails("Promises", "", "Harbour Care", date(2026, 12, 1), "https://harbour.example", replaces=key)
    publish(office, decided_draft(office, later), at=NOW + timedelta(days=1))
    assert [row.key for row in read(office, statement_versions.versions)][:2] == ["harbour-care-2026-12-01", key]


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"effective": None}, "effective date is missing"),
        ({"organisation": " "}, "organisation is empty"),
        ({"source": "ftp://x"}, "is not an address"),
        ({"replaces": "unknown"}, "not in effect"),
        ({"replaces": ""}, "was not published"),
        ({"catalogues": ("gdpr",)}, "the first is required"),
    ],
)
def test_incomplete_or_clashing_statement_is_not_published(office, details, message):
    draft = decided_draft(office, DraftDetails(**{**{n: getattr(DETAILS, n) for n in DETAILS.__slots__}, **details}))
    with pytest.raises(NotPossible, match=message):
        write(office, publishing.publish_draft, draft.key, version=draft.version)
    assert read(office, lookup.statement).key == "vrest-2018-05-24"
    assert read(office, drafts.draft, draft.key) == draft


def test_catalogue_of_a_planned_audit_is_not_left(office):
    day = NOW.date() + timedelta(days=90)
    plan = ("a", "Audit", day, day, day, ["iso27001-2022", "nen7510-2024"], [])
    write(office, plan_audit, *plan, at=NOW - timedelta(days=1))
    draft = decided_draft(office, replace(DETAILS, catalogues=("iso27001-2022",)))
    with pytest.raises(NotPossible, match="has nen7510-2024 as a criterion"):
        write(office, publishing.publish_draft, draft.key, version=draft.version)
    assert read(office, lookup.statement).key == "vrest-2018-05-24"
    write(office, plan_audit, *plan[:5], ["iso27001-2022"], [], at=NOW + timedelta(days=1))
    write(office, publishing.publish_draft, draft.key, version=draft.version, at=NOW + timedelta(days=2))


def test_undecided_sentence_is_not_published(office):
    draft = write(office, drafts.create_draft, TEXT, "en")
    with pytest.raises(NotPossible, match="2 sentences are undecided"):
        write(office, publishing.publish_draft, draft.key, version=draft.version)


def test_same_day_is_published_once(office):
    publish(office, decided_draft(office))
    again = decided_draft(office)
    with pytest.raises(NotPossible, match="another effective date"):
        write(office, publishing.publish_draft, again.key, version=again.version)


def test_systems_of_the_replaced_statement_are_offered_for_ending(office):
    day = NOW.date()
    assert read(office, systems_of_replaced_statements, day) == []
    with reading(office) as session:
        named = {row.key for row in lookup.in_scope(session, BUILT_IN, day, NOW)}
    publish(office, decided_draft(office))
    assert {row.key for row in read(office, systems_of_replaced_statements, day)} == named != set()
