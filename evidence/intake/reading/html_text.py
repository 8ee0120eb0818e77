"""The text of an HTML page as Markdown: headings, paragraphs, list items and rows of tables.

Without menus, cookie banners, dialogs, scripts and styles.
"""

import re
from collections.abc import Mapping
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
_LEFT_OUT_ROLES: Final = frozenset(
    ["alertdialog", "banner", "complementary", "contentinfo", "dialog", "menu", "menubar", "navigation", "search"]
)
#: classes and ids by which pages mark their menus and cookie banners, also those of common consent tools
_LEFT_OUT_NAMES: Final = re.compile(
    r"(?:cookie|consent|gdpr)s?[-_]?(?:bar|banner|box|consent|dialog|message|modal|notice|overlay|popup|wall)\b"
    r"|\b(?:onetrust|cybotcookiebot|cookiebot|didomi|usercentrics|klaro)|\b(?:cmplz|cky|cc)[-_]"
    r"|(?<![\w-])(?:(?:main|site|top|primary|mobile)[-_]?)?(?:nav|navbar|navigation|menu|breadcrumbs?|skip[-_]?link)(?![\w-])",
    re.IGNORECASE,
)
_NEVER_LEFT_OUT: Final = frozenset({"html", "body", "main", "article"})
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
    parser.end_row()
    blocks = [block for block, is_main in parser.blocks if is_main] or [block for block, _ in parser.blocks]
    ends = [
        "\n" if row and _is_row(after) else "\n\n" for row, after in zip(map(_is_row, blocks), blocks[1:], strict=False)
    ]
    return "".join(part for pair in zip(blocks, [*ends, "\n"], strict=False) for part in pair)


def _is_row(block: str) -> bool:
    return block.startswith("| ")


class _Parser(HTMLParser):
    """Collects the blocks of a page in the order of its text, and whether each is in `main` or `article`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, bool]] = []
        self._open: list[tuple[str, bool]] = []  # elements, and whether each is left out
        self._words: list[str] = []
        self._prefix = ""
        self._cells: list[int] = []  # of the row of a table that is read: how many blocks there were before each cell

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _STARTS_BLOCK or tag in _HEADINGS or tag == "li":
            self.end_block()
        if tag in ("table", "tr"):
            self.end_row()
        if tag in ("td", "th"):
            self._cells.append(len(self.blocks))
        if tag not in _HAS_NO_END and len(self._open) < _DEEPEST:
            self._open.append((tag, _is_left_out(tag, dict(attrs))))
        if tag in _HEADINGS or tag == "li":
            self._prefix = _HEADINGS.get(tag, "- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _STARTS_BLOCK or tag in _HEADINGS or tag == "li":
            self.end_block()
            self._prefix = ""
        if tag in ("table", "tr"):
            self.end_row()
        tags = [name for name, _ in self._open]
        if tag in tags:  # elements that were not closed end here as well
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not any(is_left_out for _, is_left_out in self._open):
            self._words.append(data)

    def end_block(self) -> None:
        """Add the words since the last block as a block."""
        words = _SPACE.sub(" ", "".join(self._words)).strip()
        self._words.clear()
        if not words:
            return
        block = self._prefix + (words if self._prefix else _MARKUP.sub(r"\\\1", words))
        self._prefix = ""
        self.blocks.append((block, any(tag in _MAIN for tag, _ in self._open)))

    def end_row(self) -> None:
        """Join the cells of a row if each is one block; a table that only lays out a page has longer ones."""
        self.end_block()
        cells, self._cells = self._cells, []
        ends = [*cells[1:], len(self.blocks)]
        if len(cells) > 1 and all(end - start <= 1 for start, end in zip(cells, ends, strict=True)):
            row = self.blocks[cells[0] :]
            if len(row) > 1:
                self.blocks[cells[0] :] = [(f"| {' | '.join(block for block, _ in row)} |", row[0][1])]


def _is_left_out(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element is no part of a page's text."""
    if tag in _NEVER_LEFT_OUT:
        return False
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return (
        tag in _IS_LEFT_OUT
        or attributes.get("role") in _LEFT_OUT_ROLES
        or "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or _LEFT_OUT_NAMES.search(names) is not None
    )
