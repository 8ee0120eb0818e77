"""The text of documents that a statement is made from: Markdown, HTML, DOCX and PDF, read in the reading process."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import TooCostly
from evidence.formats.values import Unreadable
from evidence.intake.reading.document_text import document_text
from evidence.intake.reading.html_text import html_text
from evidence.intake.reading.pdf_text import pages_text
from evidence.intake.reading.readers_and_budgets import Readers

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
PAGE = """<!doctype html><html><head><title>Menu</title><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav>
<main><h2>Security &amp; privacy</h2><p>We encrypt <b>all</b>
traffic.<br>And more.</p><ul><li>One<li>Two <script>alert(1)</script></ul><p># no heading</p></main>
<footer>Copyright</footer></body></html>"""


@pytest.fixture(scope="module")
def readers():
    made = Readers(1)
    yield made
    made.close()


def docx(body, **parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        package.writestr("_rels/.rels", RELATIONS)
        package.writestr("word/document.xml", body)
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def paragraphs(*texts):
    inner = "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in texts)
    return f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>'


def pdf(*lines):
    """A PDF of one page with a line of text each 20 points."""
    shown = " ".join(f"1 0 0 1 50 {700 - 20 * n} Tm ({line}) Tj" for n, line in enumerate(lines))
    content = f"BT /F1 12 Tf {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, made in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, made)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (len(objects) + 1, table, end)


SAVED_PAGE = """<!doctype html><html><body class="has-menu menu">
<div id="CybotCookiebotDialog"><p>We value your privacy. Accept all?</p></div>
<div class="cookie-banner js"><p>We use cookies.</p></div>
<div role="dialog"><p>Subscribe now!</p></div>
<div class="top nav"><ul><li>Home<li>Contact</ul></div><div class="breadcrumb">Home</div><p hidden>Gone</p>
<div id="cookies"><h2>Cookies</h2><p>We set no cookies that follow you.</p></div>
<table><thead><tr><th>Data</th><th>Kept</th></tr></thead><tbody><tr><td><p>Invoices</p></td><td>7 years</td></tr>
<tr><td>Logs<td></td><td>30 days</td></tr></tbody></table>
<table><tr><td><h2>Laid out</h2><p>We encrypt our disks.</p></td><td><p>Aside.</p></td></tr></table>
</body></html>"""


def test_saved_page_is_read_without_menus_and_banners_and_tables_by_row():
    assert html_text(SAVED_PAGE) == (
        "## Cookies\n\nWe set no cookies that follow you.\n\n"
        "| Data | Kept |\n| Invoices | 7 years |\n| Logs | 30 days |\n\n"
        "## Laid out\n\nWe encrypt our disks.\n\nAside.\n"
    )


def test_table_of_a_word_document_is_read_by_row(readers):
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>" for words in ("Invoices", "7 years"))
    body = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body><w:tbl><w:tr>{cells}</w:tr></w:tbl></w:body></w:document>'
    assert readers.text(io.BytesIO(docx(body))) == "| Invoices | 7 years |\n"


def read(content):
    return document_text(io.BytesIO(content)).text


def test_page_is_read_without_menus_and_scripts():
    assert html_text(PAGE) == (
        "## Security & privacy\n\nWe encrypt all traffic.\n\nAnd more.\n\n- One\n\n- Two\n\n\\# no heading\n"
    )
    assert read(PAGE.encode()) == html_text(PAGE)


@given(st.text(alphabet="<>/ab phli1!-&;\"'", max_size=120))
def test_any_page_is_read(page):
    html_text(page)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_is_read_in_its_encoding(encoding):
    assert read("# Één belofte\n\nWij versleutelen alles.\n".encode(encoding)).startswith("# Één belofte")


@pytest.mark.parametrize("encoding", ["undefined", "idna", "unicode_escape", "raw_unicode_escape", "utf-7", "rot13"])
def test_page_with_an_odd_encoding_is_text(encoding):
    page = f"<html><meta charset={encoding}><body>We encrypt \\ud800 +2AA-".encode() + b" \xff all traffic"
    assert "all traffic" in document_text(io.BytesIO(page)).text.encode().decode()


def test_word_document_is_read():
    assert read(docx(paragraphs("We encrypt.", "We log."))) == "We encrypt.\n\nWe log.\n"


def test_pdf_is_read(readers):
    content = pdf("Our promises", "- We encrypt all traffic that leaves our servers with TLS 1.3 or", "newer.")
    expected = "## Our promises\n\n- We encrypt all traffic that leaves our servers with TLS 1.3 or newer.\n"
    assert readers.text(io.BytesIO(content)) == expected


def test_lines_of_a_pdf_are_joined():
    page = ["Acme privacy", "1 Security", "We encrypt all traffic between your browser and our ser-", "vers with TLS."]
    more = ["Acme privacy", "\u2022 We log each attempt and keep the log for thirteen months in", "one place.", "2"]
    last = ["Acme privacy", "Contact us.", "3"]
    assert pages_text([page, more, last]) == (
        "## 1 Security\n\nWe encrypt all traffic between your browser and our servers with TLS.\n\n"
        "- We log each attempt and keep the log for thirteen months in one place.\n\nContact us.\n"
    )


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{10 * f"&{chr(97 + n)};"}">' for n in range(9))
    + f']><w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00program",
        b"PK\x03\x04broken",
        b"%PDF-1.4 broken",
        docx("<w:document"),
        docx(BOMB),
        docx(paragraphs("a"), **{"big.bin": bytes(300_000_000)}),
        pdf(),
        b"<!doctype html><html><body><script>x</script></body></html>",
        bytes(range(256)),
    ],
    ids=["empty", "program", "archive", "pdf", "xml", "entities", "bomb", "no text", "no words", "bytes"],
)
def test_hostile_documents_are_refused(readers, content):
    with pytest.raises((Unreadable, TooCostly)):
        readers.text(io.BytesIO(content))
    assert readers.text(io.BytesIO(b"We encrypt.")) == "We encrypt."  # the next one is read


def test_deep_and_endless_pages_end_in_time(readers):
    assert readers.text(io.BytesIO(b"<html>" + b"<div>" * 200_000 + b"words")).strip() == "words"
