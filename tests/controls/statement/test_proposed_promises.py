"""Drafting a statement from a pasted text: sentences, proposed measures with matched keywords, and files."""

import contextlib
import hashlib
import time
from datetime import UTC, date, datetime

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from access.permissions import BUILT_IN, NotAllowed, Person
from controls import mapping
from controls.browse import lookup
from controls.errors import ControlsProblem, NotPossible, Unknown, WrongFile
from controls.load import load
from controls.statement import files_of_draft, publishing
from controls.statement.files_of_draft import AssignedSentence
from controls.statement.known_measures import CONTROLS, read_lexicon
from controls.statement.proposed_promises import language_of, normalised_text, proposals, propose
from controls.statement.sentences import sentences
from models.transaction import reading, writing

VREST = CONTROLS / "statements" / "vrest-2018-05-24.yaml"
FERNHILL = CONTROLS / "statements" / "examples" / "fernhill-2026-03-01.yaml"


def split(text):
    return [text[sentence.start : sentence.end] for sentence in sentences(text)]


# ── Sentences ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "Volgens art. 28 AVG sluiten wij een overeenkomst, d.w.z. Een verwerkersovereenkomst.",
        "Wij gebruiken bijv. TLS en o.a. Een firewall.",
        "Tools, e.g. Scanners, are run weekly.",
        "Vrest B.V. Enschede verwerkt gegevens.",
        "Acme Ltd. Birmingham hosts it.",
        "De heer J. Jansen is functionaris.",
        "Version 1.2 is required.",
        "Bel 053. 123 of mail t.a.v. De directie.",
    ],
)
def test_abbreviation_does_not_end_a_sentence(words):
    expected = 2 if words.startswith("Bel") else 1
    assert len(split(words)) == expected, split(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("We test. We fix!  “We tell.” You read? Yes.", ["We test.", "We fix!", "“We tell.”", "You read?", "Yes."]),
        ("Wij zijn Vrest B.V. Wij testen.", ["Wij zijn Vrest B.V.", "Wij testen."]),
        ("# Kop.\n\n- Een punt;\n- Nog een. En meer;\n1. Eén.\n\nLos\nverder.", ["Een punt;", "Nog een.", "En meer;", "Eén.", "Los\nverder."]),
        ("De FG (“FG”). De FG houdt toezicht.", ["De FG (“FG”).", "De FG houdt toezicht."]),
        ("<!-- Not this. -->\n\nThis.", ["This."]),
    ],
)  # fmt: skip
def test_text_is_split_into_sentences(words, expected):
    assert split(words) == expected


def test_sentence_has_the_heading_of_its_section():
    text = "Intro here.\n\n## Security ##\n\n- We encrypt;\n"
    assert [sentence.section for sentence in sentences(text)] == ["", "Security"]


def test_quotation_is_extended_until_it_occurs_once():
    text = "- We encrypt all traffic with TLS.\n- Other.\n- We encrypt all traffic with TLS. For ever.\n"
    result = proposals(text, "en").proposals
    assert [proposal.quote for proposal in result] == [
        "We encrypt all traffic with TLS.\n- Other.",
        "We encrypt all traffic with TLS. For ever.",
    ]


TEXTS = st.text(alphabet="ab AB.;\n-#TLS wewij()!?&<>'\"*é–", max_size=200)


@given(TEXTS)
@settings(max_examples=200)
def test_quotations_of_any_text_occur_once_and_can_be_written(pasted):
    try:
        result = proposals(pasted + "\n\nWe encrypt our TLS traffic. We encrypt our TLS traffic.", "en")
    except ControlsProblem:
        return
    for proposal in result.proposals:
        assert result.text.count(proposal.quote) == 1
        assert proposal.quote == proposal.quote.strip()
    details = files_of_draft.statement_details("T", "O", "en", date(2026, 1, 1), "https://o.example")
    sentences = [
        AssignedSentence(proposal.quote, (proposal.measure,), confirmed=True)
        for proposal in result.proposals
        if proposal.measure
    ]
    if sentences:
        files = files_of_draft.make_files(BUILT_IN, details, result, sentences)
        quotes = {c["quote"] for m in yaml.safe_load(files.yaml)["measures"] for c in m["clauses"]}
        assert quotes == {sentence.quote for sentence in sentences}


# ── Proposed measures ────────────────────────────────────────────────────────────────────────────────────────────────


def figures(path):
    """Counts of clauses with a correct first candidate, any correct candidate, or none; and of extra proposals."""
    published = publishing.read(path)
    proposed = proposals(published.text, published.content.statement.language).proposals
    clauses: dict[str, set[str]] = {}
    for measure in published.content.measures:
        for clause in measure.clauses:
            clauses.setdefault(clause.quote, set()).add(measure.key)
    places = {
        proposal.quote: (at := published.text.index(proposal.quote), at + len(proposal.quote)) for proposal in proposed
    }
    first = three = missed = 0
    used = set()
    for quote, measures in clauses.items():
        begin = published.text.index(quote)
        near = [
            proposal
            for proposal in proposed
            if places[proposal.quote][0] < begin + len(quote) and places[proposal.quote][1] > begin
        ]
        used |= {proposal.quote for proposal in near}
        first += any(proposal.measure in measures for proposal in near)
        three += any(measures & {candidate.measure for candidate in proposal.candidates} for proposal in near)
        missed += not near
    return {
        "clauses": len(clauses),
        "first": first,
        "three": three,
        "missed": missed,
        "extra": len(proposed) - len(used),
    }


def test_keywords_find_the_measures_of_the_dutch_statement():
    """A floor; the words were chosen with this text at hand, so a text of strangers does worse."""
    counts = figures(VREST)
    assert counts["clauses"] == 50
    assert counts["first"] >= 48
    assert counts["three"] == 50
    assert counts["missed"] == 0
    assert counts["extra"] <= 20


def test_keywords_find_the_measures_of_the_english_example():
    assert figures(FERNHILL) == {"clauses": 15, "first": 14, "three": 15, "missed": 0, "extra": 0}


def test_score_is_the_sum_of_the_weights_of_matches():
    [proposal] = proposals("Al het verkeer wordt versleuteld met TLS.", "nl").proposals
    words = {match.word: match.weight for match in proposal.candidates[0].words}
    assert proposal.measure == "tls"
    assert set(words) == {"verkeer … versleuteld", "TLS"}
    assert proposal.candidates[0].score == pytest.approx(sum(words.values()))
    assert words["verkeer … versleuteld"] > words["TLS"]
    assert proposal.promise == ("wordt",)


@pytest.mark.parametrize(
    "words",
    [
        "We started in a barn with four people and a kettle.",
        "Wij kunnen niet garanderen dat TLS versleuteling altijd werkt.",
        "Do you encrypt all traffic with TLS?",
        "# We encrypt all traffic with TLS",
    ],
)
def test_sentence_without_promise_is_not_proposed(words):
    assert proposals(words, language_of(words)).proposals == ()


@pytest.mark.parametrize(("path", "code"), [(VREST, "nl"), (FERNHILL, "en")])
def test_language_is_detected_and_proposals_are_deterministic(path, code):
    text = path.with_suffix(".md").read_text(encoding="utf-8")
    assert language_of(text) == code
    assert proposals(text, code) == proposals(text, code)


def test_every_measure_of_included_statements_has_keywords():
    for path in (VREST, FERNHILL):
        keys = {measure.key for measure in publishing.read(path).content.measures}
        assert keys <= {measure.key for measure in read_lexicon("nl").measures}


# ── Hostile texts ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("a\nb\x00", r"Line 2 contains a control character \(U\+0000\)"),
        ("a\x1b[31m", r"U\+001B"),
        ("a\u202eb", r"U\+202E"),
        ("a\ud800", r"U\+D800"),
        ("x" * 100_001, "longer than"),
        ("Yes. " * 5_000, "more than 3,000 sentences"),
    ],
)
def test_invalid_text_is_refused(pasted, message):
    with pytest.raises(NotPossible, match=message):
        proposals(pasted, "en")


def test_line_ends_are_normalised():
    assert normalised_text("\ufeffa\r\nb\rc\x0cd\n\n") == "a\nb\nc\nd\n"


def test_repeated_sentence_is_not_proposed():
    assert proposals("We encrypt all traffic with TLS. " * 2_900, "en").proposals == ()


@pytest.mark.parametrize(
    "words",
    [
        ".",
        "b.v. A ",
        "x",
        "TLS ",
        "\u201c",
        "<!--",
        "<!-- -->",
        "# ",
        "- ",
        "\n1. ",
        ".\u201d ",
        "a.\n",
        "(",
        "**",
        " ",
    ],
)
def test_hostile_text_is_processed_in_time(words):
    began = time.perf_counter()
    with contextlib.suppress(NotPossible):
        proposals(f"A. {words * (99_000 // len(words))} B", "en")
    assert time.perf_counter() - began < 8


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"organisation": " "}, "organisation is empty"),
        ({"organisation": "a\nkey: b"}, "control character"),
        ({"effective": None}, "effective date"),
        ({"source": "javascript:alert(1)"}, "not an address"),
        ({"source": "https://a b"}, "not an address"),
        ({"title": "x" * 121}, "longer than"),
        ({"language": "de"}, "not supported"),
    ],
)
def test_invalid_details_are_refused(changed, message):
    valid = {
        "title": "T",
        "organisation": "O",
        "language": "en",
        "effective": date(2026, 1, 1),
        "source": "https://o.example",
    }
    with pytest.raises(NotPossible, match=message):
        files_of_draft.statement_details(**{**valid, **changed})


def test_typed_names_cannot_inject_paths_or_yaml():
    text = "We encrypt all traffic with TLS: {a: *b} # no - 'quote\" !!python/object &x\n"
    proposed = proposals(text, "en")
    details = files_of_draft.statement_details(
        "\"]}'#: !!x &a *a", "../../etc/passwd: {evil}", "en", date(2026, 1, 1), "https://o.example/#'\""
    )
    assert details.key == "etc-passwd-evil-2026-01-01"
    files = files_of_draft.make_files(
        BUILT_IN, details, proposed, [AssignedSentence(proposed.proposals[0].quote, ("tls",), confirmed=True)]
    )
    head = yaml.safe_load(files.yaml)["statement"]
    assert (head["organisation"], head["title"]["nl"]) == ("../../etc/passwd: {evil}", "\"]}'#: !!x &a *a")
    assert head["sha256"] == hashlib.sha256(files.text.encode()).hexdigest()


def test_drafting_requires_permission_to_load_statements():
    reader = Person("reader", frozenset({"reader"}))
    with pytest.raises(NotAllowed):
        propose(reader, "We encrypt.", "en")
    with pytest.raises(NotAllowed):
        files_of_draft.make_files(
            reader, files_of_draft.StatementDetails("a"), propose(BUILT_IN, "We use TLS.", "en"), []
        )


def test_files_need_a_sentence_and_known_measures():
    proposed = proposals("We encrypt all traffic with TLS.", "en")
    details = files_of_draft.statement_details("T", "O", "en", date(2026, 1, 1), "https://o.example")
    with pytest.raises(NotPossible, match="confirm at least one"):
        files_of_draft.make_files(BUILT_IN, details, proposed, [])
    with pytest.raises(Unknown, match="no measure evil"):
        files_of_draft.make_files(BUILT_IN, details, proposed, [AssignedSentence("x", ("evil",), confirmed=True)])


def test_mapping_has_only_catalogues_that_are_followed():
    proposed = proposals("We encrypt all traffic with TLS.", "en")
    arguments = ("Statement", "O", "en", date(2026, 1, 1), "https://o.example")
    sentences = [AssignedSentence(proposed.proposals[0].quote, ("tls",), confirmed=True)]
    all_files = files_of_draft.make_files(BUILT_IN, files_of_draft.statement_details(*arguments), proposed, sentences)
    iso_only = files_of_draft.statement_details(*arguments, other_title="Verklaring", catalogues=("iso27001-2022",))
    iso_files = files_of_draft.make_files(BUILT_IN, iso_only, proposed, sentences)
    assert "nen7510-2024:" in all_files.yaml
    assert "nen7510-2024" not in iso_files.yaml.partition("statement:")[2]
    read = yaml.safe_load(iso_files.yaml)
    assert read["statement"]["title"] == {"nl": "Verklaring", "en": "Statement"}
    assert read["catalogues"] == ["iso27001-2022"]
    for wrong in ((), ("nen7510-2024",), ("iso27001-2022", "gdpr")):
        with pytest.raises(NotPossible, match="the first is required"):
            files_of_draft.statement_details(*arguments, catalogues=wrong)


# ── Loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [VREST, FERNHILL])
def test_drafted_statement_loads_by_itself(path, engine, tmp_path):
    """When each proposal is assigned correctly, every measure of the original statement is promised again."""
    published = publishing.read(path)
    head = published.content.statement
    proposed = propose(BUILT_IN, published.text, head.language)
    details = files_of_draft.statement_details(
        head.title.nl, head.organisation, head.language, head.effective, head.source
    )
    sentences = [
        AssignedSentence(proposal.quote, measures, confirmed=True)
        for proposal in proposed.proposals
        if (measures := measures_of(published, proposal.quote))
    ]
    files = files_of_draft.make_files(BUILT_IN, details, proposed, sentences)
    (tmp_path / f"{files.key}.yaml").write_text(files.yaml, encoding="utf-8")
    (tmp_path / f"{files.key}.md").write_text(files.text, encoding="utf-8")
    with writing(engine, datetime(2027, 1, 4, tzinfo=UTC)) as (session, now):
        load(session, BUILT_IN, now, statements=tmp_path)
    with reading(engine) as session:
        measures = lookup.measures(session, BUILT_IN)
        rows = mapping.list_mappings(session, BUILT_IN)
        shown = lookup.statement(session, BUILT_IN)
    assert {measure.key for measure in measures} == {measure.key for measure in published.content.measures}
    assert all(measure.clauses and measure.mappings and measure.requirements for measure in measures)
    assert {row.reviewed_at for row in rows} == {None}
    assert (shown.text, shown.organisation) == (published.text, head.organisation)


def measures_of(published, quote):
    begin = published.text.index(quote)
    places = [
        (measure.key, published.text.index(clause.quote), len(clause.quote))
        for measure in published.content.measures
        for clause in measure.clauses
    ]
    return tuple(dict.fromkeys(key for key, at, n in places if at < begin + len(quote) and at + n > begin))


def test_all_known_measures_load_together(engine, tmp_path):
    text = "".join(f"- We promise number {n} and encrypt it with TLS.\n" for n in range(40))
    proposed = proposals(text, "en")
    keys = [measure.key for measure in read_lexicon("en").measures]
    details = files_of_draft.statement_details("T", "O", "en", date(2026, 1, 1), "https://o.example")
    sentences = [
        AssignedSentence(proposal.quote, (key,), confirmed=True)
        for proposal, key in zip(proposed.proposals, keys, strict=False)
    ]
    files = files_of_draft.make_files(BUILT_IN, details, proposed, sentences)
    (tmp_path / f"{files.key}.yaml").write_text(files.yaml, encoding="utf-8")
    (tmp_path / f"{files.key}.md").write_text(files.text, encoding="utf-8")
    with writing(engine) as (session, now):
        load(session, BUILT_IN, now, statements=tmp_path)
    with reading(engine) as session:
        assert len(lookup.measures(session, BUILT_IN)) == len(keys)


def test_file_with_unconfirmed_sentence_does_not_load(sqlite, tmp_path):
    proposed = proposals("We encrypt all traffic with TLS.", "en")
    details = files_of_draft.statement_details("T", "O", "en", date(2026, 1, 1), "https://o.example")
    files = files_of_draft.make_files(
        BUILT_IN, details, proposed, [AssignedSentence(proposed.proposals[0].quote, ("tls",), confirmed=False)]
    )
    (tmp_path / f"{files.key}.yaml").write_text(files.yaml, encoding="utf-8")
    (tmp_path / f"{files.key}.md").write_text(files.text, encoding="utf-8")
    line = files.yaml[: files.yaml.index("confirmed: false\n  ")].count("\n") + 1
    with (
        writing(sqlite) as (session, now),
        pytest.raises(WrongFile, match=f"line {line}: .*is an unconfirmed proposal"),
    ):
        load(session, BUILT_IN, now, statements=tmp_path)
