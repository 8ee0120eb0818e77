"""The statement's text with its promises marked."""

from hypothesis import given
from hypothesis import strategies as st

from controls.statement.passages import passages
from dashboard.app_pages.statement.highlighted_text import Promise, PromisedMeasure, statement_text
from locales import Language

EN = Language("en")
TEXT = """<!-- where it comes from -->
# Privacy

We protect <b>data</b>.
It goes on here.

## Security

- Traffic is encrypted;
- Log-ins are logged;

1. First
2. Second

Nothing.

Nothing more.

## Other

A story.
"""


def promise(words, status="failing", *keys):
    start = TEXT.index(words)
    measures = [PromisedMeasure(key, f"Measure {key}", status) for key in keys or ("tls",)]
    return Promise(start, start + len(words), status, measures)


def test_passages_keep_their_place():
    kinds = [(passage.kind, TEXT[passage.start : passage.end]) for passage in passages(TEXT)]
    assert kinds == [
        ("heading", "Privacy"),
        ("paragraph", "We protect <b>data</b>.\nIt goes on here."),
        ("heading", "Security"),
        ("item", "Traffic is encrypted;"),
        ("item", "Log-ins are logged;"),
        ("number", "First"),
        ("number", "Second"),
        ("paragraph", "Nothing."),
        ("paragraph", "Nothing more."),
        ("heading", "Other"),
        ("paragraph", "A story."),
    ]


@given(st.text(alphabet="ab #-*1.\n<!->\r\t\u2028"))
def test_passages_never_overlap_and_lose_no_words(text):
    found_passages = passages(text)
    assert all(passage.end <= other.start for passage, other in zip(found_passages, found_passages[1:], strict=False))
    assert all(0 <= passage.start <= passage.end <= len(text) for passage in found_passages)


def test_promise_is_underlined_by_status_with_a_note():
    out = statement_text(
        EN, TEXT, [promise("Traffic is encrypted;"), promise("Log-ins are logged;", "demonstrated", "log", "access")]
    )
    assert '<a href="?measure=tls" data-go class="promise s-failing">Traffic is encrypted;</a>' in out
    assert out.count('class="s-demonstrated"') == 2
    assert "&lt;b&gt;data&lt;/b&gt;" in out


def test_text_without_promises_is_folded_in_place():
    out = statement_text(EN, TEXT, [promise("Traffic is encrypted;")])
    assert "5 passages without promise" in out
    assert out.index("<summary><b>Privacy</b>") < out.index("Traffic") < out.index("<summary><b>Other</b>")
    assert "<details>" not in statement_text(EN, TEXT, [], whole=True)
    assert "A story." in statement_text(EN, TEXT, [], whole=True)


def test_the_opened_promise_is_tinted():
    out = statement_text(EN, TEXT, [promise("Traffic is encrypted;")], opened="tls")
    assert 'class="passage item opened s-failing"' in out


def test_overlapping_promises_show_every_word_once():
    out = statement_text(EN, TEXT, [promise("Traffic is"), promise("is encrypted;", "demonstrated", "log")])
    assert out.count("encrypted") == 1
    assert out.count("Traffic") == 1


def test_a_clause_may_span_sentences():
    out = statement_text(EN, TEXT, [promise("<b>data</b>.\nIt goes", "missing")])
    assert "&lt;b&gt;data&lt;/b&gt;.\nIt goes</a> on here." in out
