"""The text of a published page and of a Markdown file, in one form in which both can be compared."""

import re
import unicodedata
from collections.abc import Iterable

import lxml.html
from lxml import etree

from evidence.collect.connections.page_fetch import Page

_UNSEEN = ("script", "style", "noscript", "template", "nav", "header", "footer")
_BLOCKS = re.compile(r"^(?:address|article|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|t[dhr]|table|ul)$")
# Each is applied to one line, and none reads the same signs twice: what a page's server sends costs its length.
_LINE = re.compile(r"^(?:#{1,6}(?:\s+|$)|>\s?|[-*+](?:\s+|$)|\d{1,3}[.)](?:\s+|$))+")
_RULE = re.compile(r"(?:[-*_=]\s*){3,}|\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?")
_LINK = re.compile(
    r"!?\[([^\[\]]{0,1000})\]\([^()\s]{0,2000}(?:\s{1,9}\"[^\"]{0,500}\")?\)"
    r"|<(https?://[^<>\s]{1,2000}|[^<>\s@]{1,300}@[^<>\s]{1,300})>"
)
_MARKS = re.compile(r"[*_`\\]")
_COMMENT = ("<!--", "-->")
_SPACES = re.compile(r"\s+")


def comparable(content: str) -> str:
    """Text in NFC, with single spaces and without marks that Markdown uses."""
    without_marks = _MARKS.sub("", unicodedata.normalize("NFC", content)).replace("|", " ")
    return _SPACES.sub(" ", without_marks).strip()


def text_of_markdown(content: str) -> str:
    """The words of a Markdown text, without its marks."""
    lines = map(str.strip, _without_comments(content).splitlines())
    bare = "\n".join(_LINE.sub("", line, count=1) for line in lines if not _RULE.fullmatch(line))
    return comparable(_LINK.sub(lambda match: match[1] if match[1] is not None else match[2], bare))


def _without_comments(content: str) -> str:
    begin, end = _COMMENT
    shown, at = [], 0
    while (start := content.find(begin, at)) >= 0 and (close := content.find(end, start + len(begin))) >= 0:
        shown.append(content[at:start])
        at = close + len(end)
    return "".join([*shown, content[at:]])


def text_of_page(page: Page, element: str = "") -> str | None:
    """The words of the main text of a page: of the element with this id, else of `main`, `article` or the body.

    None if there is no such element or the page cannot be read. Plain text is read as Markdown.
    """
    if not _is_html(page):
        return text_of_markdown(page.content)
    tree = _tree(page)
    if tree is None:
        return None
    parts = tree.xpath("//*[@id=$id]", id=element) if element else _main(tree)
    return _words(parts[0], _UNSEEN) if parts else None


def whole_text(page: Page) -> str:
    """All words that a page shows, also above and below its main text."""
    tree = _tree(page) if _is_html(page) else None
    return comparable(page.content) if tree is None else _words(tree, _UNSEEN[:4])


def links(page: Page) -> list[str]:
    """The addresses that a page links to."""
    tree = _tree(page) if _is_html(page) else None
    return [] if tree is None else [str(link) for link in tree.xpath("//a/@href")]


def _is_html(page: Page) -> bool:
    return "html" in page.header("content-type").lower()


def _tree(page: Page) -> lxml.html.HtmlElement | None:
    try:
        return lxml.html.document_fromstring(page.content.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return None


def _main(tree: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    return next((list(parts) for name in ("main", "article", "body") if (parts := tree.xpath(f"//{name}"))), [])


def _words(element: lxml.html.HtmlElement, unseen: Iterable[str]) -> str:
    etree.strip_elements(element, etree.Comment, *unseen, with_tail=False)
    for inner in element.iter():
        if isinstance(inner.tag, str) and _BLOCKS.match(inner.tag):
            inner.text = f" {inner.text or ''}"
            inner.tail = f" {inner.tail or ''}"
    return comparable(element.text_content())
