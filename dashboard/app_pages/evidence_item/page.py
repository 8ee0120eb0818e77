"""Shows one piece of evidence: what it covers, its verdict, results, files and reviews, and until when it counts."""

from datetime import datetime
from functools import partial

import streamlit as st

from access.permissions import may
from dashboard.app_pages.evidence_item import accepted_failures, exception_table, sections, since_last
from dashboard.components.evidence import declared_facts
from dashboard.components.evidence.deciding_evidence import criteria
from dashboard.components.evidence.opening_log import log_opening
from dashboard.components.evidence.outcomes import verdicts
from dashboard.components.page_links import page_links, page_number
from dashboard.shell import html, url_filters
from dashboard.shell.frame import key_from_address, language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import save, show_message, show_problem
from evidence.decisions import exceptions, review
from evidence.intake.judged_again import judging_again
from evidence.judging.levels import IN_TERM
from evidence.library import evidence_items
from evidence.library.evidence_titles import evidence_title
from evidence.library.results import ResultFilters, results
from evidence.library.run_comparison import compare
from locales import Problem
from models.vocabulary import ReviewState, Status, Verdict
from readiness import readiness
from readiness.evidence_ends import evidence_ends
from settings import store

t = language()
SIZE = 50
MOST_CHECKS = 200  # that fail, each with its reason
DECISIONS = {"accepted": t("Accept"), "rejected": t("Reject"), "withdrawn": t("Withdraw")}


def draw(context: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    way = html.crumbs(html.link("/evidence", t("Evidence")), evidence_title(t, detail.row))
    place = html.html("{way}<br>{badge}", way=way, badge=sections.top_badge(t, detail))
    current = readiness(
        context.session, context.person, context.today, context.now
    )  # of all systems, whatever the audit is about
    deciding = [cell for cell in current.cells if cell.evidence == detail.row.id]
    change = "" if context.viewed else sections.what_would_change(t, detail, deciding)
    show(html.answer(sections.sentence(t, detail), place, change))
    if context.viewed and detail.row.first_day > context.today:
        words = t("It represents later days: on {day} it did not count.", day=context.today)
        show(html.note("unknown", words, "history"))
    show_message()
    end = evidence_ends(context.session, context.person, current, [detail.row.id])[detail.row.id]
    show(sections.facts(t, context.titles, detail, deciding, end))
    show(verdicts(t, context.titles, detail.coverage, MOST_CHECKS))
    if not context.viewed:
        accepted_failures.draw(t, context, detail.row.id)
    accepted = exceptions.exceptions(context.session, context.person, evidence=detail.row.id, known=known_at(context))
    show(
        exception_table.exception_table(t, context.titles, accepted, context.today),
        criteria(t, context.titles, detail.row.requirements),
    )
    if not context.viewed:
        draw_changed(context, detail)
    show(declared_facts.reasons(t, detail))
    left, right = st.columns([8, 4], gap="large")
    with left:
        if detail.runs:
            draw_results(context, detail)
        if detail.note:
            show(html.section(t("Remark")), html.html('<p class="prose">{note}</p>', note=detail.note))
        if not context.viewed:
            draw_review(context, detail)
    with right:
        if detail.runs and not context.viewed:
            draw_comparison(context, detail.row.id)
        show(
            declared_facts.declared(t, context.titles, detail),
            declared_facts.same_files(t, context.titles, detail),
            declared_facts.judgements(t, context.titles, detail),
            sections.digests(t, detail),
            sections.reviews(t, detail),
        )


def known_at(context: PageContext) -> datetime | None:
    """The moment whose knowledge counts; None: the present."""
    return context.now if context.viewed else None


def draw_changed(context: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    """Draw what has changed since the evaluation, with a button to evaluate again."""
    counts = detail.row.review not in (ReviewState.REJECTED, ReviewState.WITHDRAWN)
    if (
        not detail.changed
        or not counts
        or not (may(context.person, "evidence.file") or may(context.person, "evidence.review"))
    ):
        return
    show(html.note("unknown", " ".join(t.render(reason) for reason in detail.changed), "update"))
    if st.button(t("Evaluate again"), help=t("The previous evaluation remains available in the activity log.")):
        judge(context, detail.row.id)


def judge(context: PageContext, key: str) -> None:
    """Evaluate again; the files are read before the transaction, so that nobody waits for that."""
    try:
        files = judging_again.files_to_judge(context.session, context.person, key)
        with judging_again.read_again(store(), files, context.person.account or context.person.name) as inspection:
            save(
                t,
                lambda s, now: judging_again.judge_again(s, store(), context.person, key, inspection, now),
                t("Evaluated again. The new evaluation is shown."),
            )
    except Problem as problem:
        show_problem(t, problem)


def draw_results(context: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    find = partial(results, context.session, context.person, detail.row.id, known=known_at(context))
    failing, every = find(ResultFilters(failing=True), 1, 1).total, find(None, 1, 1).total
    show(
        html.section(
            t("Results"), t("problems according to the policy or the tool: {n} of {total}", n=failing, total=every)
        )
    )
    options = {"all": t("All ({n})", n=every), "failing": t("Problems ({n})", n=failing)}
    options = options if not failing else dict(reversed(options.items()))
    if in_term := find(ResultFilters(level=IN_TERM), 1, 1).total:
        options["open"] = t("Within their term ({n})", n=in_term)
    selection = url_filters.segments(t("Results"), options, "shown")
    words = url_filters.search_field(t("Search the results"), "find", t("check, target or message"))
    page = page_number()
    level = IN_TERM if selection == "open" else ""
    page_of_results = find(ResultFilters(level=level, failing=selection == Status.FAILING, text=words), page, SIZE)
    show(
        sections.result_table(t, page_of_results.rows, of_table=sections.is_table_only(detail))
        if page_of_results.rows
        else html.empty(t("No results match"), t("Remove the filter to see more.")),
        page_links(t, page, SIZE, page_of_results.total),
    )


def draw_comparison(context: PageContext, key: str) -> None:
    """Draw what became of the checks since the previous run; of a chosen change all, else some of each."""
    find = partial(compare, context.session, context.person, key)
    compared = find()
    show(since_last.head(t, compared))
    options = since_last.options(t, compared)
    if len(options) < 2:  # noqa: PLR2004 - one is no choice
        show(since_last.since_last(t, compared))
    elif chosen := url_filters.pills(t("Since the last run"), options, "change"):
        show(since_last.checks(t, find(MOST_CHECKS, chosen).changed))
    else:
        show(since_last.since_last(t, compared))


def draw_review(context: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    offered = review.open_decisions(context.session, context.person, detail.row.id)
    if not offered:
        if detail.row.uploaded_by == context.person.name and detail.row.verdict == Verdict.FAIL:
            show(html.caption(t("You uploaded this and it fails. If it is not right, ask a reviewer to reject it.")))
        return
    if detail.row.review == ReviewState.WAITING and detail.row.uploaded_by != context.person.name:
        show(html.link(html.address("review", id=detail.row.id), t("Review it beside its criteria"), "button"))
    show(html.section(t("Your review"), t("the latest review counts; nobody reviews their own evidence")))
    with st.form("review", border=False):
        decision = st.segmented_control(
            t("Decision"), offered, format_func=url_filters.option_label(DECISIONS), default=None
        )
        remark = st.text_area(t("Why"), height=80, help=t("Required to reject or withdraw."))
        if not st.form_submit_button(t("Record the review")):
            return
        if decision is None:
            show(html.note("failing", t("Choose a decision first. Nothing has been recorded."), "error"))
            return
        save(
            t,
            lambda s, now: review.review(s, context.person, detail.row.id, decision, remark, now),
            t("Recorded. Readiness has been updated."),
        )


with page_context() as context:
    try:
        key, known = key_from_address("id"), known_at(context)
        detail = evidence_items.evidence(context.session, context.person, key, known)
        log_opening(context, detail.row.id)
    except Problem as problem:
        show(html.answer(t.render(problem.message), html.link("/evidence", t("Evidence"))))
    else:
        draw(context, detail)
