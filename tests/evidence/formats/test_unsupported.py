"""Known but unsupported formats are named; other files are not."""

import io

import pytest

from evidence.formats import formats, recognise
from evidence.formats.values import Unreadable

KNOWN = [
    ("<testrun name='x'><testsuite name='s'/></testrun>", "root element testrun"),
    ('<document title="SSLyze Scan Results" SSLyzeVersion="2.0.6"/>', "SSLyze XML"),
]


@pytest.mark.parametrize(("content", "name"), KNOWN)
def test_unsupported_format_is_named_when_it_is_read(content, name):
    recognised = recognise(content.encode())
    assert recognised.NAME not in formats()
    assert recognised.recognises(content.encode())
    with pytest.raises(Unreadable, match=name) as refusal:
        recognised.read(io.BytesIO(content.encode()))
    assert "not read yet" in str(refusal.value)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "SARIF and Trivy are formats; this is a text.",
        '{"runs": 3, "name": "a marathon"}',
        "<document><title>Minutes</title></document>",
        "<report><name>Annual</name></report>",
        "<analysis/>",
        "<html/>",
    ],
)
def test_similar_files_are_not_named(content):
    assert recognise(content.encode()) is None


def test_supported_formats_are_not_reported_as_unsupported():
    flat = b'{"id": "a", "check_id": "b"}\n{"id": "c", "check_id": "d"}\n'
    assert recognise(flat).NAME == "jsonl"
    assert recognise(b"a,b\n1,2\n").NAME == "csv"
