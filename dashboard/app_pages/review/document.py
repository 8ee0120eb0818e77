"""The middle of the page: the file itself, its results, what changed, or its words."""

import streamlit as st

from controls.statement.differences import REMOVED, UNCHANGED, Words
from dashboard.app_pages.evidence_item import sections, since_last
from dashboard.components.evidence.file_preview import about, file_preview, page_choice, text_block
from dashboard.components.evidence.opening_log import log_opening
from dashboard.components.page_links import page_number
from dashboard.shell import html, url_filters
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from evidence.library.evidence_items import EvidenceDetail, FileRow
from evidence.library.evidence_titles import evidence_title
from evidence.library.results import ResultFilters, results
from evidence.library.run_comparison import compare
from evidence.preview.document_changes import TextChanges, text_changes
from evidence.preview.preview import preview
from evidence.preview.values import Preview
from locales import Language, Problem
from models.vocabulary import EvidenceKind
from settings import store

_SHOWN = 25  # results
_AROUND = 12  # unchanged words kept on either side of a change


def draw(t: Language, context: PageContext, detail: EvidenceDetail) -> None:
    """Draw the chosen file in the chosen way."""
    file = _file(t, detail)
    shown = preview(context.session, store(), context.person, detail.row.id, file.position, page_number())
    show(html.section(evidence_title(t, detail.row), about(t, detail.row.id, file, shown)))
    views = _views(t, detail, shown)
    with st.container(horizontal=True, vertical_alignment="center", key="review-views"):
        view = url_filters.segments(t("What is shown"), views, "view") if len(views) > 1 else "file"
        if view in ("file", "text"):
            show(page_choice(t, shown))
    if view == "results":
        _draw_results(t, context, detail)
    elif view == "changes":
        _draw_changes(t, context, detail)
    else:
        if not shown.picture:  # the route of a picture logs it
            log_opening(context, detail.row.id, file)
        show(text_block(shown.text) if view == "text" else file_preview(t, detail.row.id, file, shown))


def _file(t: Language, detail: EvidenceDetail) -> FileRow:
    """The file, chosen where there are several."""
    if len(detail.files) == 1:
        return detail.files[0]
    names = {str(file.position): file.name for file in detail.files}
    chosen = url_filters.choice(t("File"), names, "file")
    return next(file for file in detail.files if str(file.position) == chosen)


def _views(t: Language, detail: EvidenceDetail, shown: Preview) -> dict[str, str]:
    """What can be shown; of a test its results come first."""
    views = {"file": t("Document") if detail.row.kind == EvidenceKind.RECORD else t("File")}
    if detail.runs:
        own = {"results": t("Results")}
        views = views | own if sections.is_table_only(detail) else own | views
    if detail.previous:
        views["changes"] = t("Changes")
    if shown.picture and shown.text:
        views["text"] = t("Text")
    return views


def _draw_results(t: Language, context: PageContext, detail: EvidenceDetail) -> None:
    session, person, key = context.session, context.person, detail.row.id
    failing = results(session, person, key, ResultFilters(failing=True), 1, _SHOWN)
    every = results(session, person, key, None, 1, _SHOWN)
    page = failing if failing.total else every
    counts = t("problems according to the policy or the tool: {n} of {total}", n=failing.total, total=every.total)
    show(
        html.caption(counts),
        html.html(
            '<div class="scrolled" tabindex="0" role="region" aria-label="{label}">{results}</div>',
            label=t("Results"),
            results=sections.result_table(t, page.rows, of_table=sections.is_table_only(detail)),
        ),
        html.link(html.address("evidence-item", id=key), t("All results"), "button"),
    )


def _draw_changes(t: Language, context: PageContext, detail: EvidenceDetail) -> None:
    if detail.runs and not sections.is_table_only(detail):
        compared = compare(context.session, context.person, detail.row.id)
        show(since_last.head(t, compared), since_last.since_last(t, compared))
        return
    before = html.link(html.address("evidence-item", id=detail.previous), t("version before"))
    show(html.section(t("Changed words"), before))
    try:
        show(_changes(t, text_changes(context.session, store(), context.person, detail.row.id)))
    except Problem as problem:  # the bytes of the version before are damaged or out of reach
        show(html.note("failing", t.render(problem.message), "error"))


def _changes(t: Language, changes: TextChanges | None) -> html.Html:
    if changes is None:
        return html.caption(t("The words of both versions can't be compared; open the version before and look."))
    if not changes.passages:
        return html.caption(t("The words are the same in both versions."))
    passages = html.join(
        html.html("<p>{words}</p>", words=html.join(_run(part) for part in passage)) for passage in changes.passages
    )
    rest = html.caption(t("Only the first changes are listed.")) if changes.is_part else ""
    return html.join([html.html('<div class="changed-words">{passages}</div>', passages=passages), rest])


def _run(part: Words) -> html.Html:
    if part.kind == UNCHANGED:
        return html.html("{words}", words=_shortened(part.new))
    words = part.old if part.kind == REMOVED else part.new
    frame = "<del>{words}</del>{space}" if part.kind == REMOVED else "<ins>{words}</ins>{space}"
    plain = words.rstrip()
    return html.html(frame, words=plain, space=" " if words != plain else "")


def _shortened(same: str) -> str:
    """Unchanged words, without those that are far from a change."""
    words = same.split()
    if len(words) <= 2 * _AROUND:
        return same
    return f"{' '.join(words[:_AROUND])} … {' '.join(words[-_AROUND:])}{' ' if same[-1:].isspace() else ''}"
