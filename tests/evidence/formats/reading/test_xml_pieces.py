"""Splitting XML into short sections leaves its content unchanged, wherever it is cut."""

import io

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from evidence.formats import formats
from evidence.formats.reading.xml_pieces import in_short_sections

BITS = st.sampled_from(
    ["a", "é", "漢", "😀", "]", "]]", ">", "-", "<![CDATA[", "<!--", "-->", "\n", "<?x ", "?>", "xxxxxxx"]
)
TEXT = st.lists(BITS, max_size=12).map("".join)
SECTIONS = st.one_of(
    TEXT.map(lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>"),
    TEXT.map(lambda text: f"<!--{text.replace('-', '.')}-->"),
    TEXT.map(lambda text: f"<?x {text.replace('?>', '')}?>"),
    st.sampled_from(["t", "<b>é</b>", "<b c='漢'/>"]),
)


class Said:
    """Events of a parser for a document, with texts joined."""

    def __init__(self):
        self.events = []

    def start(self, tag, attributes):
        self.events.append((tag, dict(attributes)))

    def end(self, tag):
        self.events.append(tag)

    def data(self, data):
        if self.events and isinstance(self.events[-1], list):
            self.events[-1][0] += data
        else:
            self.events.append([data])

    def close(self):
        return self.events


def events_of(pieces):
    parser = etree.XMLParser(target=Said())
    for piece in pieces:
        parser.feed(piece)
    return parser.close()


@given(sections=st.lists(SECTIONS, max_size=5), size=st.integers(1, 9))
def test_document_is_unchanged_by_splitting(sections, size):
    content = f"<a>{''.join(sections)}</a>".encode()
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    assert events_of(in_short_sections(pieces)) == events_of([content])


def test_no_section_is_longer_than_a_piece():
    content = b"<a><![CDATA[" + b"x" * 1_000 + b"]]><!--" + b"y" * 1_000 + b"--></a>"
    cut = b"".join(in_short_sections([content[at : at + 100] for at in range(0, len(content), 100)]))
    assert max(len(text) for text in cut.split(b"<![CDATA[")) < 120 + len(b"]]>")
    assert b"y" * 120 not in cut


def test_references_in_attributes_and_texts_are_their_characters():
    inside = "a &amp; b &lt; &gt; &quot; &#38; &#x26; &amp;#38;"
    content = f'<testsuite><testcase name="{inside}"><failure>{inside}</failure></testcase></testsuite>'
    (result,) = formats()["junit"].read(io.BytesIO(content.encode()))[1]
    assert (result.check, result.message) == ('a & b < > " & & &#38;',) * 2
