"""Previews of every kind of file, in a process with limits; hostile files give a reason and nothing else."""

import io
import json
import zipfile

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from demo.files.pdf import document
from evidence.intake.reading.process_pool import Budget
from evidence.preview.draw import draw
from evidence.preview.previewers import Previewers
from evidence.preview.values import WORDS, Node, Preview, Reason, decode, encode
from tests.evidence.hostile import HOSTILE, pdf, png, workbook

PDF, PNG, JSON, XML, CSV, TXT = (
    "application/pdf",
    "image/png",
    "application/json",
    "application/xml",
    "text/csv",
    "text/plain",
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
XLSX, DOCX = f"{_OFFICE}spreadsheetml.sheet", f"{_OFFICE}wordprocessingml.document"
PAGES = document("Rules for keys", "under", ["## Use", "Keys are replaced every year. " * 4] * 30, "foot")


def shown(content: bytes, media_type: str, page: int = 1) -> Preview:
    return draw(io.BytesIO(content), media_type, page)


def docx(paragraph: str) -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{links}"><Relationship Id="a" Type="{main}" Target="word/document.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p></w:body></w:document>',
        )
    return stream.getvalue()


def encrypted() -> bytes:
    """A PDF whose trailer names an encryption that needs a password."""
    return PAGES.replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >>",
    )


# ── Each kind ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("asked", "page"), [(1, 1), (2, 2), (999, 3), (-4, 1)])
def test_page_of_a_pdf_is_a_picture_with_its_words(asked, page):
    preview = shown(PAGES, PDF, asked)
    assert (preview.page, preview.pages, preview.reason) == (page, 3, None)
    assert preview.picture_type == "image/png"
    with Image.open(io.BytesIO(preview.picture)) as picture:
        assert max(picture.size) == 1_600
    assert "Keys are replaced" in preview.text


def test_words_of_a_whole_pdf_come_without_a_picture():
    preview = shown(PAGES, PDF, WORDS)
    assert preview.picture == b""
    assert preview.text.count("Use") == 30


def test_what_is_filled_in_on_a_form_is_drawn():
    """A reviewer who saw an empty field would judge another document than the one that was uploaded."""
    plain = document("Form", "", ["A"], "foot")
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (Signed) /Rect [60 400 400 460] /F 4 /AP << /N 9 0 R >> >>"
    )
    look = b"1 0 0 rg 0 0 340 60 re f"
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 340 60] /Length %d >>\nstream\n%s\nendstream" % (
        len(look),
        look,
    )
    filled = plain.replace(b"/Contents 6 0 R", b"/Contents 6 0 R /Annots [8 0 R]").replace(
        b"<< /Type /Catalog", b"<< /AcroForm << /Fields [8 0 R] >> /Type /Catalog"
    )
    body = filled[: filled.rindex(b"xref\n0")]
    body += b"8 0 obj\n" + field + b"\nendobj\n9 0 obj\n" + form + b"\nendobj\n"
    whole = body + b"trailer\n<< /Size 10 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
    with Image.open(io.BytesIO(shown(whole, PDF).picture)) as picture:
        reddish = [count for count, colour in picture.getcolors(1 << 20) if colour == (255, 0, 0)]
    assert sum(reddish) > 10_000


def test_image_is_drawn_anew_and_no_larger_than_a_screen():
    stream = io.BytesIO()
    Image.new("RGBA", (4_000, 1_000), (200, 0, 0, 0)).save(stream, "PNG")
    preview = shown(stream.getvalue(), PNG)
    with Image.open(io.BytesIO(preview.picture)) as picture:
        assert picture.size == (1_600, 400)
        assert picture.getpixel((5, 5)) == (255, 255, 255), "what is transparent lies on white"


def test_large_photo_becomes_a_jpeg():
    stream = io.BytesIO()
    Image.effect_noise((1_500, 1_500), 90).convert("RGB").save(stream, "JPEG")
    assert shown(stream.getvalue(), "image/jpeg").picture_type == "image/jpeg"


def test_json_and_xml_become_trees():
    content = json.dumps({"scan": [1, True, None, {"id": "TLS1"}], "rate": 1.5}).encode()
    (root,) = shown(content, JSON).tree
    assert root.inside == (
        Node("scan", "", (Node("1", "1"), Node("2", "true"), Node("3", "null"), Node("4", "", (Node("id", "TLS1"),)))),
        Node("rate", "1.5"),
    )
    preview = shown(b'<a:suite xmlns:a="urn:a" name="x"><case n="1">text</case></a:suite>', XML)
    assert preview.tree[0].inside == (Node("case", 'n="1" text'),)
    assert not preview.is_part


@pytest.mark.parametrize("media_type", [JSON, XML])
def test_long_tree_stops_and_says_so(media_type):
    content = b"[" + b"1," * 5_000 + b"1]" if media_type == JSON else b"<a>" + b"<b/>" * 5_000 + b"</a>"
    preview = shown(content, media_type)
    assert preview.is_part
    assert len(preview.tree[0].inside) < 1_000


def test_large_file_that_breaks_off_late_shows_its_beginning():
    preview = shown(b'{"a": "' + b"x" * 3_000_000, JSON)
    assert preview.is_part
    assert preview.tree[0].name == ""


@pytest.mark.parametrize(("content", "media_type"), [(b'{"a": ', JSON), (b"<a><b></a>", XML), (b'"open', CSV)])
def test_what_is_broken_is_shown_as_text(content, media_type):
    assert shown(content, media_type).text == content.decode()


def test_xml_with_entities_of_its_own_is_shown_as_text():
    content = b'<!DOCTYPE a [<!ENTITY e "expanded">]><a>&e;</a>'
    preview = shown(content, XML)
    assert preview.tree == ()
    assert preview.text == content.decode()


def test_table_and_workbook_show_their_first_rows():
    content = "naam;rol\n" + "".join(f"p{n};lezer\n" for n in range(900))
    (table,) = shown(content.encode(), CSV).tables
    assert table.rows[:2] == (("naam", "rol"), ("p0", "lezer"))
    assert table.is_part
    rows = '<row r="2"><c t="inlineStr"><is><t>portal</t></is></c></row>'
    tables = shown(workbook(rows, sheets=2), XLSX).tables
    assert [(table.sheet, table.rows[1]) for table in tables] == [("s1", ("portal",)), ("s2", ("portal",))]


@pytest.mark.parametrize("media_type", [CSV, XLSX])
def test_rows_are_words_to_compare(media_type):
    rows = '<row r="2"><c t="inlineStr"><is><t>portal</t></is></c><c t="inlineStr"><is><t>eva</t></is></c></row>'
    content = b"system,account\nportal,eva\n" if media_type == CSV else workbook(rows)
    assert shown(content, media_type, WORDS).text == "system · account\n\nportal · eva"


def test_text_is_cut_and_says_so():
    preview = shown(b"word " * 50_000, TXT)
    assert len(preview.text) == 20_000
    assert preview.is_part
    assert shown(b"all of it", TXT) == Preview(text="all of it")
    assert shown(docx("We encrypt."), DOCX).text.strip() == "We encrypt."


@pytest.mark.parametrize("media_type", ["application/vnd.oasis.opendocument.text", "text/html", ""])
def test_other_kinds_are_not_shown(media_type):
    assert shown(b"<b>x</b>", media_type).reason == Reason.KIND


# ── Hostile files ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_broken_and_encrypted_documents_say_so():
    assert shown(PAGES[: len(PAGES) // 3], PDF).reason in (Reason.DAMAGED, None)
    assert shown(b"%PDF-1.7\n", PDF).reason == Reason.DAMAGED
    assert shown(pdf(50), PDF).reason == Reason.DAMAGED
    assert shown(encrypted(), PDF).reason == Reason.ENCRYPTED
    assert shown(b"PK\x03\x04", XLSX).reason == Reason.DAMAGED
    assert shown(b"PK\x03\x04", DOCX).reason == Reason.DAMAGED
    assert shown(b"\x89PNG\r\n\x1a\n", PNG).reason == Reason.DAMAGED


def test_page_of_any_size_becomes_a_picture_of_a_few_megapixels():
    huge = PAGES.replace(b"[0 0 595 842]", b"[0 0 9999 99]")
    with Image.open(io.BytesIO(shown(huge, PDF).picture)) as picture:
        assert max(picture.size) <= 1_601


def test_image_that_says_it_is_enormous_is_not_opened():
    assert shown(png(60_000, 60_000), PNG).reason == Reason.COSTLY


@pytest.fixture(scope="module")
def previewers():
    pool = Previewers(1)
    yield pool
    pool.close()


def test_file_that_takes_too_long_ends_its_process_and_the_next_one_is_read(previewers):
    assert previewers.preview(io.BytesIO(PAGES), PDF, 1, budget=Budget(0.001, 400_000_000)).reason == Reason.COSTLY
    assert previewers.preview(io.BytesIO(PAGES), PDF, 1).pages == 3


def test_file_that_takes_too_much_memory_has_no_preview(previewers):
    large = io.BytesIO()
    Image.new("RGB", (5_000, 5_000), "red").save(large, "PNG")
    refused = previewers.preview(large, PNG, 1, budget=Budget(5.0, 30_000_000))
    assert refused.reason in (Reason.COSTLY, Reason.DAMAGED)
    assert previewers.preview(large, PNG, 1).picture


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_give_a_small_preview_or_a_reason(previewers, name):
    content = HOSTILE[name]()
    for media_type in (XLSX, DOCX) if content.startswith(b"PK") else (XML, JSON, CSV, PDF, TXT):
        preview = previewers.preview(io.BytesIO(content), media_type, 1)
        assert len(encode(preview)) < 1_500_000


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from([PDF, PNG, JSON, XML, CSV, TXT, XLSX, DOCX]), st.integers(-1, 9))
def test_any_bytes_give_a_preview(content, media_type, page):
    preview = shown(content, media_type, page)
    assert decode(encode(preview)) == preview


def test_this_pdfium_runs_no_scripts():
    assert "V8" not in pypdfium2.PDFIUM_INFO.flags
