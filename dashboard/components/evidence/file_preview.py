"""A file of evidence on a page: a picture of a page, a table, a tree that folds, or text; all of it escaped."""

from collections.abc import Sequence
from typing import Final

from dashboard.components.evidence.recognised_file import size
from dashboard.shell.html import Html, caption, html, icon, join, link, note, query
from evidence.library.evidence_items import FileRow
from evidence.preview.values import REASONS, Node, Preview, Rows
from locales import Language

_OPEN: Final = 2  # levels of a tree that are unfolded
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_KINDS: Final = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "application/json": "JSON",
    "application/xml": "XML",
    "image/svg+xml": "SVG",
    "text/csv": "CSV",
    "text/markdown": "Markdown",
    f"{_OFFICE}spreadsheetml.sheet": "XLSX",
    f"{_OFFICE}wordprocessingml.document": "DOCX",
    f"{_OFFICE}presentationml.presentation": "PPTX",
}


def file_address(evidence: str, file: FileRow) -> str:
    """Where the bytes of a file are."""
    return f"/api/v1/evidence/{evidence}/files/{file.position}"


def about(t: Language, evidence: str, file: FileRow, shown: Preview) -> Html:
    """The kind, pages and size of a file, as a link that downloads it."""
    kind = _KINDS.get(file.media_type, t("Text") if file.media_type == "text/plain" else "")
    pages = t.n("{n} page", "{n} pages", shown.pages) if file.media_type == "application/pdf" and shown.picture else ""
    words = " · ".join(filter(None, [kind, pages, size(t, file.size)]))
    return html(
        '<a href="{to}" download title="{name}">{words}</a>',
        to=file_address(evidence, file),
        words=words,
        name=file.name,
    )


def page_choice(t: Language, shown: Preview) -> Html:
    """Which page is shown, with links to the one before and after; nothing if there is only one."""
    if shown.pages <= 1:
        return Html("")
    return html(
        '<div class="page-choice"><span>{words}</span>{before}{after}</div>',
        words=t("page {n} of {total}", n=shown.page, total=shown.pages),
        before=_step("chevron_left", t("Previous page"), shown.page - 1 if shown.page > 1 else 0),
        after=_step("chevron_right", t("Next page"), shown.page + 1 if shown.page < shown.pages else 0),
    )


def _step(symbol: str, label: str, page: int) -> Html:
    if not page:
        return html('<span class="step-page">{icon}</span>', icon=icon(symbol))
    words = html('{icon}<span class="unseen">{label}</span>', icon=icon(symbol), label=label)
    return link(query(page=page), words, "step-page")


def file_preview(t: Language, evidence: str, file: FileRow, shown: Preview) -> Html:
    """The file itself, as far as it is shown, and how to get the rest."""
    if shown.reason is not None:
        words = join([t.render(REASONS[shown.reason]), _download(t, evidence, file)], " ")
        return note("unknown", words, "visibility_off")
    if shown.picture:
        return _picture(t, evidence, file, shown)
    if not (shown.tables or shown.tree or shown.text):
        return caption(t("There is nothing to read in this file."))
    parts: list[object] = [_table(t, table) for table in shown.tables]
    if shown.tree:
        parts.append(html('<div class="tree">{parts}</div>', parts=join(_node(t, part) for part in shown.tree)))
    if shown.text:
        parts.append(text_block(shown.text))
    if shown.is_part:
        rest = t("Only the first part is shown; the whole file is {size}.", size=size(t, file.size))
        parts.append(caption(join([rest, _download(t, evidence, file)], " ")))
    return join(parts)


def text_block(words: str) -> Html:
    """Text as it stands in the file, its lines wrapped."""
    return html('<pre class="file-text" tabindex="0">{words}</pre>', words=words)


def _download(t: Language, evidence: str, file: FileRow) -> Html:
    return html(
        '<a href="{to}" download>{words}</a>',
        to=file_address(evidence, file),
        words=t("Download {name}", name=file.name),
    )


def _picture(t: Language, evidence: str, file: FileRow, shown: Preview) -> Html:
    """Drawn by the server from the file's pixels; the route checks who reads it and logs it."""
    return html(
        '<div class="sheet"><img src="{to}/preview?page={page}" alt="{label}"></div>',
        to=file_address(evidence, file),
        page=shown.page,
        label=t("Page {n} of {name}", n=shown.page, name=file.name),
    )


def _table(t: Language, table: Rows) -> Html:
    head, *rows = table.rows or ((),)
    width = max(map(len, table.rows), default=0)
    title = html("<h3>{sheet}</h3>", sheet=table.sheet) if table.sheet else ""
    return html(
        '{title}<div class="file-table" tabindex="0" role="region" aria-label="{label}"><table><thead><tr>{head}</tr>'
        "</thead><tbody>{rows}</tbody></table></div>",
        title=title,
        label=table.sheet or t("Rows"),
        head=_cells(head, width, "th"),
        rows=join(html("<tr>{cells}</tr>", cells=_cells(row, width, "td")) for row in rows),
    )


def _cells(row: Sequence[str], width: int, tag: str) -> Html:
    full = [*row, *[""] * (width - len(row))]
    return join(html(f"<{tag}>{{cell}}</{tag}>", cell=cell) for cell in full)


def _node(t: Language, node: Node, depth: int = 0, *, is_only: bool = False) -> Html:
    name = html("<b>{name}</b> ", name=node.name) if node.name else Html("")
    line = html('{name}<span class="any">{value}</span>', name=name, value=node.value)
    if not node.inside:
        return html("<p>{line}</p>", line=line)
    return html(
        "<details{is_open}><summary>{line} <small>{number}</small></summary>{inside}</details>",
        is_open=Html(" open") if depth < _OPEN or is_only else "",
        line=line,
        number=t.n("{n} part", "{n} parts", len(node.inside)),
        inside=join(_node(t, part, depth + 1, is_only=len(node.inside) == 1) for part in node.inside),
    )
