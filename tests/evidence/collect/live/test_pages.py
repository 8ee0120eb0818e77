"""Published pages: the statement's text and date, and certificates with their files."""

import hashlib
from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.collect.collector_cases import CouldNotLook, NothingToShow
from evidence.collect.connections.endpoint import Endpoint
from evidence.collect.connections.page_fetch import Page
from evidence.collect.live import published_certificates, published_statement
from evidence.collect.live.page_text import comparable, text_of_markdown, text_of_page, whole_text
from evidence.collect.live.published_certificates import Certificate
from evidence.collect.live.published_statement import TrackedStatement
from tests.evidence.collect.tls_servers import certificate, http_answer, server_context

MARKDOWN = """<!-- ours -->
# Privacy

We encrypt **all** traffic, see [our page](https://example.nl/tls). **Always**, in `all` places.

- people may ask us
- we answer within _five_ days

1. first
"""
HTML = """<!doctype html><html><head><title>x</title><style>p {}</style></head><body><nav>Menu</nav><main id="text">
<h1>Privacy</h1><p>We encrypt <b>all</b> traffic, see <a href="/tls">our page</a>. <b>Always</b>, in <code>all</code> places.</p>
<ul><li>people may ask us<li>we answer within <i>five</i> days</ul><ol><li>first</ol>
</main><footer>Last changed on 5 March 2026</footer></body></html>"""
MOST_SECONDS = 5
STATEMENT = TrackedStatement("s-2026", MARKDOWN, "en", date(2026, 3, 5))


@pytest.fixture
def publish(serve, tmp_path):
    """Serve pages over TLS; gives the endpoint and the authorities."""
    path = certificate(tmp_path, "localhost")

    def published(**answers):
        server = serve(server_context(path), {f"/{name}": answer for name, answer in answers.items()})
        return Endpoint("localhost", "127.0.0.1", server.port), path

    return published


def checks(cases):
    """Each check with its outcome."""
    return {case.facts[0][1]: "fail" if case.failure else "skipped" if case.skipped else "pass" for case in cases}


def of_statement(endpoint, authorities, element=""):
    return checks(published_statement.cases(endpoint, "/page", element, STATEMENT, authorities))


# ── The statement ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_with_exactly_the_tracked_text_passes(publish):
    served = publish(page=http_answer(200, HTML.encode()))
    assert of_statement(*served) == of_statement(*served, "text")
    assert of_statement(*served) == {"reachable": "pass", "same-text": "pass", "same-date": "pass"}


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        (("five", "ten"), {"same-text"}),
        (("</main>", "<p>We may sell it.</p></main>"), {"same-text"}),
        (("<li>first", ""), {"same-text"}),
        (("5 March 2026", "6 March 2026"), {"same-date"}),
        (('id="text"', 'id="other"'), {"same-text"}),
    ],
)
def test_another_text_or_date_fails(publish, change, failing):
    served = publish(page=http_answer(200, HTML.replace(*change).encode()))
    seen = of_statement(*served, "text")
    assert {check for check, outcome in seen.items() if outcome == "fail"} == failing


def test_the_difference_is_told_by_place_and_not_quoted(publish):
    endpoint, authorities = publish(page=http_answer(200, HTML.replace("five", "ten").encode()))
    cases = list(published_statement.cases(endpoint, "/page", "", STATEMENT, authorities))
    assert "from word 20 on" in cases[1].failure
    assert "ten" not in cases[1].failure.split()


@pytest.mark.parametrize(
    "answer", [http_answer(301, b"", "Location: https://10.0.0.1/"), http_answer(404), http_answer(401)]
)
def test_a_redirect_is_not_followed_and_any_status_but_200_fails(publish, answer):
    assert of_statement(*publish(page=answer)) == {"reachable": "fail"}


def test_an_error_of_the_server_is_no_evidence(publish):
    with pytest.raises(CouldNotLook, match="error of its own"):
        of_statement(*publish(page=http_answer(503)))


def test_a_page_without_a_trusted_certificate_fails(publish, tmp_path):
    endpoint, _ = publish(page=http_answer(200, HTML.encode()))
    assert of_statement(endpoint, certificate(tmp_path, "other.example.nl")) == {"reachable": "fail"}


WORDS = st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_paragraphs_have_the_same_text_in_both_forms(paragraphs):
    lines = [" ".join(words) for words in paragraphs]
    body = "".join(f"<p>{line}</p>" for line in lines).encode()
    page = Page(200, (("content-type", "text/html; charset=utf-8"),), b"<html><body>" + body + b"</body></html>")
    assert text_of_page(page) == text_of_markdown("\n\n".join(lines)) == comparable(" ".join(lines))


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        *(
            ("text/plain", piece)
            for piece in (b"\n", b" ", b"<!--", b"[", b"<", b"[](", b'[]( "', b"-", b"-|", b"1. ", b"<a@")
        ),
        *(("text/html", piece) for piece in (b"<!---->x", b"<script></script>x", b"<nav>x</nav>x", b"<div>")),
        ("text/plain; charset=punycode", b"b"),
    ],
)
def test_no_page_costs_more_than_its_length(kind, piece):
    """A server that watches us look could stop the product otherwise; before, 4,000 empty lines took minutes."""
    page = Page(200, (("content-type", kind),), (piece * 400_000)[:400_000] + b"x")
    began = process_time()
    text_of_page(page)
    whole_text(page)
    assert process_time() - began < MOST_SECONDS


@pytest.mark.parametrize("charset", ["UTF-8", "utf8", "iso-8859-1", "windows-1252", '"utf-8"'])
def test_text_is_read_in_the_encoding_of_pages(charset):
    body = "één".encode(charset.strip('"'))
    assert Page(200, (("content-type", f"text/plain; charset={charset}"),), body).content == "één"


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("a <!-- <!-- b --> c <!-- d", "a c <!-- d"),
        ("a\n\n---\n\n* * *\nb\n===", "a b"),
        ("> - 1. a\n-\n  ## b", "a b"),
        ("|a|b|\n|--|:-:|\n|c|d|", "a b c d"),
        ('![a](b.png "c") <https://d.nl> <e@f.nl>', "a https://d.nl e@f.nl"),
    ],
)
def test_marks_of_markdown_are_no_words(markdown, words):
    assert text_of_markdown(markdown) == words


def test_scripts_and_comments_are_not_seen_and_what_follows_is():
    body = b"<main>a <script>b</script>c<!-- d --> e<nav><p>f</nav>g</main>"
    assert text_of_page(Page(200, (("content-type", "text/html"),), body)) == "a c eg"


@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/plain", "text/html; charset=nonsense", ""]))
def test_any_body_has_a_text_or_none(body, kind):
    page = Page(200, (("content-type", kind),), body)
    assert text_of_page(page) is None or isinstance(text_of_page(page), str)


# ── Certificates ─────────────────────────────────────────────────────────────────────────────────────────────────────

PDF = b"%PDF-1.7 the certificate"
STATES = {"standard": "ISO/IEC 27001:2022", "number": "IS 765", "body": "Certifier BV", "scope": "The portal"}
VALID = Certificate("iso", STATES, date(2027, 5, 1), frozenset([hashlib.sha256(PDF).hexdigest()]))
EXPIRED = Certificate("nen", {**STATES, "number": "NEN 99"}, date(2026, 1, 1))
SHOWN = """<html><body><p>ISO/IEC 27001:2022, IS 765, by Certifier BV, until 1 May 2027: The portal.
<a href="iso.pdf">file</a> <a href="https://elsewhere.example.nl/x">x</a></p></body></html>"""


def of_certificates(endpoint, authorities, *certificates):
    address = f"https://localhost:{endpoint.port}/page"
    return checks(published_certificates.cases(endpoint, address, certificates, date(2026, 11, 30), authorities))


def test_a_page_with_the_certificate_and_its_file_passes(publish):
    served = publish(
        **{"page": http_answer(200, SHOWN.encode()), "iso.pdf": http_answer(200, PDF, kind="application/pdf")}
    )
    passing = dict.fromkeys(("reachable", "shown", "same-file", "none-expired"), "pass")
    assert of_certificates(*served, VALID) == passing
    assert of_certificates(*served, VALID, EXPIRED) == passing


@pytest.mark.parametrize("lacking", ["ISO/IEC 27001:2022", "IS 765", "Certifier BV", "The portal", "1 May 2027"])
def test_a_page_that_lacks_something_fails(publish, lacking):
    pages = {"page": http_answer(200, SHOWN.replace(lacking, "").encode()), "iso.pdf": http_answer(200, PDF)}
    assert of_certificates(*publish(**pages), VALID)["shown"] == "fail"


def test_another_file_fails(publish):
    pages = {"page": http_answer(200, SHOWN.encode()), "iso.pdf": http_answer(200, PDF + b" ")}
    assert of_certificates(*publish(**pages), VALID)["same-file"] == "fail"


def test_a_link_that_is_no_address_leads_nowhere(publish):
    shown = SHOWN.replace("</p>", '<a href="https://[x">x</a></p>')
    pages = {"page": http_answer(200, shown.encode()), "iso.pdf": http_answer(200, PDF)}
    assert of_certificates(*publish(**pages), VALID)["same-file"] == "pass"


def test_an_expired_number_on_the_page_is_left_to_a_person(publish):
    pages = {"page": http_answer(200, SHOWN.replace("</p>", "NEN 99</p>").encode()), "iso.pdf": http_answer(200, PDF)}
    assert of_certificates(*publish(**pages), VALID, EXPIRED)["none-expired"] == "skipped"


def test_without_a_valid_certificate_there_is_nothing_to_compare(publish):
    with pytest.raises(NothingToShow):
        of_certificates(*publish(page=http_answer(200)), EXPIRED)
