"""Sentences without a measure: each has a reason, none is left out, and the reasons can be read."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.permissions import BUILT_IN
from controls.browse import lookup
from controls.errors import WrongFile
from controls.load import HERE, read_all
from controls.statement import publishing
from controls.statement.no_measure import unaccounted_sentences
from controls.statement.sentences import sentences
from demo.statement import STATEMENTS
from models.transaction import reading

SHIPPED = [
    *(HERE / "statements").glob("*.yaml"),
    *(HERE / "statements" / "examples").glob("*.yaml"),
    *STATEMENTS.glob("*.yaml"),
]
REASON = "reason: {nl: Belooft niets., en: Promises nothing.}"
LISTED = f"no_measure:\n  - quotes: [Intro., Bel ons.]\n    {REASON}\nrequirements:"


def test_reasons_are_loaded_with_their_places(definitions, engine):
    definitions.edit("statement", "requirements:", LISTED)
    definitions.load(engine)
    with reading(engine) as session:
        shown = lookup.statement(session, BUILT_IN)
    assert [(row.quote, row.reason_nl, row.reason_en) for row in shown.no_measure] == [
        ("Intro.", "Belooft niets.", "Promises nothing."),
        ("Bel ons.", "Belooft niets.", "Promises nothing."),
    ]
    assert all(shown.text[row.start : row.end] == row.quote for row in shown.no_measure)
    assert not definitions.load(engine)


def test_removed_reasons_disappear(definitions, engine):
    definitions.edit("statement", "requirements:", LISTED)
    definitions.load(engine)
    definitions.edit("statement", LISTED, "requirements:")
    definitions.load(engine)
    with reading(engine) as session:
        assert lookup.statement(session, BUILT_IN).no_measure == ()


def test_quotes_may_span_paragraphs(definitions):
    text = definitions.path("text").read_text(encoding="utf-8")
    longer = text.replace("## Contact", "Nog iets.\n\n## Contact")
    definitions.edit("statement", _digest(text), _digest(longer))
    definitions.write("text", longer)
    quote = '"Nog iets.\\n\\n## Contact\\n\\nBel ons."'
    definitions.edit("statement", "requirements:", LISTED.replace("Bel ons.", quote))
    (entry,) = read_all(definitions.folder).statements[0].content.no_measure
    assert entry.quotes == ("Intro.", "Nog iets.\n\n## Contact\n\nBel ons.")


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("[Intro.]", "the sentence 'Bel ons.' has neither a measure nor a reason"),
        ("[Intro., Bel mij.]", "the quote 'Bel mij.' occurs 0 times in promise.md"),
        ("[Intro., Intro., Bel ons.]", "the sentence 'Intro.' has a measure or a reason already"),
        ("[Intro., Bel ons., testen regelmatig]", "the sentence 'testen regelmatig' has a measure or a reason already"),
        ("[Intro., Bel ons., '']", "expected a text, not an empty value"),
        ("Intro.", "quotes: expected a list"),
    ],
)
def test_quotes_that_do_not_fit_the_text_are_refused_with_their_line(definitions, listed, expected):
    line = definitions.edit("statement", "requirements:", LISTED.replace("[Intro., Bel ons.]", listed))
    with pytest.raises(WrongFile) as caught:
        read_all(definitions.folder)
    assert any(str(caught.value).startswith(f"promise.yaml, line {line + n}: ") for n in (0, 1)), caught.value
    assert expected in str(caught.value)


@pytest.mark.parametrize("reason", ["reason: Omdat", "reason: {nl: Omdat.}", "because: {nl: A, en: B}"])
def test_reasons_need_both_languages(definitions, reason):
    definitions.edit("statement", "requirements:", LISTED.replace(REASON, reason))
    with pytest.raises(WrongFile):
        read_all(definitions.folder)


def test_files_without_reasons_load(definitions):
    assert read_all(definitions.folder).statements[0].content.no_measure == ()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_sentence_of_an_included_statement_has_a_measure_or_a_reason(path):
    published = publishing.read(path)
    content = published.content
    assert content.no_measure
    quotes = [clause.quote for measure in content.measures for clause in measure.clauses]
    quotes += [quote for entry in content.no_measure for quote in entry.quotes]
    for sentence in sentences(published.text):
        words = published.text[sentence.start : sentence.end]
        assert any(words in quote or quote in words for quote in quotes), words
    reasons = [entry.reason for entry in content.no_measure]
    assert len({reason.nl for reason in reasons}) == len({reason.en for reason in reasons}) == len(reasons)


WORDS = st.lists(st.sampled_from(["Alpha", "beta", "gamma"]), min_size=1, max_size=4).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_sentences_are_accounted_for_if_a_quote_overlaps_them(lines, data):
    text = "\n\n".join(f"{number} says {line}." for number, line in enumerate(lines)) + "\n"
    every = [(sentence.start, sentence.end) for sentence in sentences(text)]
    chosen = data.draw(st.sets(st.sampled_from(every)))
    assert unaccounted_sentences(text, sorted(chosen)) == [
        text[start:end] for start, end in every if (start, end) not in chosen
    ]
