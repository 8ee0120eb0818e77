"""HTML of ours escapes whatever is not HTML already."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shell.html import Html, address, answer, facts, html, join, link, table, widget_label

EVIL = '<script>alert("1")</script>&\'"'


@given(st.text())
def test_no_text_breaks_the_html(words):
    out = html('<a title="{words}">{words}</a>', words=words)
    inside = out.removeprefix('<a title="').removesuffix("</a>")
    assert "<" not in inside
    assert inside.count('"') == 1


def test_parts_escape_every_value():
    parts = [
        answer(EVIL, EVIL, EVIL),
        facts([(EVIL, EVIL, EVIL)]),
        table([EVIL], [[EVIL]], kind=EVIL),
        link("/x?" + EVIL, EVIL, EVIL, EVIL),
    ]
    for part in parts:
        assert "<script" not in part
        assert isinstance(part, Html)


def test_html_is_not_escaped_twice():
    once = html("<b>{x}</b>", x="a & b")
    assert html("{once}", once=once) == "<b>a &amp; b</b>"
    assert html("{nothing}", nothing=None) == ""
    assert join([once, "<"], " ") == "<b>a &amp; b</b> &lt;"


def test_address_contains_its_query_values():
    assert address("control", key="iso27001-2022:A.8.24") == "/control?key=iso27001-2022:A.8.24"
    assert address("upload", requirement="a&b=c", system="") == "/upload?requirement=a%26b%3Dc"
    assert address("") == "/"


@pytest.mark.parametrize(
    ("label", "escaped"),
    [
        ("It confirms: the digest (SHA-256) is the same.", "It confirms: the digest (SHA-256) is the same."),
        ("Ports 80, 443 + 8443! {a|b}", "Ports 80, 443 + 8443! {a|b}"),
        ("*x* [y](z) :red[w] :material/check: `c` $1$", r"\*x\* \[y\](z) \:red\[w\] \:material/check: \`c\` \$1\$"),
        ("1. one", r"1\. one"),
        ("# no heading", r"\# no heading"),
        ("<b> &amp; https://x www.y a@b", r"\<b> \&amp; https\://x www\.y a\@b"),
    ],
)
def test_label_of_a_widget_is_shown_as_it_is(label, escaped):
    assert widget_label(label) == escaped
