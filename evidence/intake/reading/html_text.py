"""The text of an HTML page as Markdown: headings, paragraphs and list items, without menus, scripts and styles."""

import re
from html.parser import HTMLParser
from typing import Final

_HEADINGS: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS: Final = """
address article blockquote body br dd details div dl dt fieldset figcaption figure hr main ol p pre section summary
table tbody td th thead tr ul
"""
#: parts of a page that are not its text
_LEFT_OUT: Final = """
aside button footer form head header nav noscript object script select style svg template textarea title
"""
_EMPTY: Final = "area base br col embed hr img input link meta source track wbr"
_STARTS_BLOCK, _IS_LEFT_OUT, _HAS_NO_END = (frozenset(names.split()) for names in (_BLOCKS, _LEFT_OUT, _EMPTY))
_MAIN: Final = frozenset({"main", "article"})
_DEEPEST: Final = 2_000  # nested elements
_SPACE: Final = re.compile(r"\s+")
_MARKUP: Final = re.compile(r"^(#{1,6} |[-*+] |\d+[.)] )")


def html_text(page: str) -> str:
    """The text of `main` or `article` if the page has one, else of the whole page; empty if it has none."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    parser.end_block()
    blocks = parser.main_blocks or parser.blocks
    return "\n\n".join(blocks) + "\n" if blocks else ""


class _Parser(HTMLParser):
    """Collects the blocks of a page in the order of its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.main_blocks: list[str] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self._prefix = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag in _STARTS_BLOCK or tag in _HEADINGS or tag == "li":
            self.end_block()
        if tag not in _HAS_NO_END and len(self._open) < _DEEPEST:
            self._open.append(tag)
        if tag in _HEADINGS or tag == "li":
            self._prefix = _HEADINGS.get(tag, "- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _STARTS_BLOCK or tag in _HEADINGS or tag == "li":
            self.end_block()
            self._prefix = ""
        if tag in self._open:  # elements that were not closed end here as well
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not _IS_LEFT_OUT.intersection(self._open):
            self._words.append(data)

    def end_block(self) -> None:
        """Add the words since the last block as a block."""
        words = _SPACE.sub(" ", "".join(self._words)).strip()
        self._words.clear()
        if not words:
            return
        block = self._prefix + (words if self._prefix else _MARKUP.sub(r"\\\1", words))
        self._prefix = ""
        self.blocks.append(block)
        if _MAIN.intersection(self._open):
            self.main_blocks.append(block)
