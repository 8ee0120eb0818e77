"""The text of a published page and of a Markdown file, in one form in which both can be compared."""

import re
import unicodedata
from collections.abc import Iterable

import lxml.html
from lxml import etree

from evidence.collect.live.web import Page

_UNSEEN = ("script", "style", "noscript", "template", "nav", "header", "footer")
_BLOCKS = re.compile(r"^(?:address|article|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|t[dhr]|table|ul)$")
_LINE = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,3}[.)]\s+)+", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)|<(https?://[^>\s]+|[^>\s@]+@[^>\s]+)>")
_MARKS = re.compile(r"[*_`\\]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPACES = re.compile(r"\s+")


def comparable(content: str) -> str:
    """Text in NFC, with single spaces and without marks that Markdown uses."""
    without_marks = _MARKS.sub("", unicodedata.normalize("NFC", content)).replace("|", " ")
    return _SPACES.sub(" ", without_marks).strip()


def text_of_markdown(content: str) -> str:
    """The words of a Markdown text, without its marks."""
    bare = _RULE.sub("", _COMMENT.sub("", content))
    plain = _LINK.sub(lambda match: match[1] if match[1] is not None else match[2], bare)
    return comparable(_LINE.sub("", plain))


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
    for inner in element.xpath("|".join(f".//{name}" for name in unseen) + "|.//comment()"):
        inner.drop_tree()
    for inner in element.iter():
        if isinstance(inner.tag, str) and _BLOCKS.match(inner.tag):
            inner.text = f" {inner.text or ''}"
            inner.tail = f" {inner.tail or ''}"
    return comparable(element.text_content())
