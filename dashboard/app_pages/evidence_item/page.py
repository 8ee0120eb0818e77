"""Says what one evidence is, what it proves, and until when."""

import logging
from functools import partial

import streamlit as st

from access.permissions import may
from dashboard.app_pages.evidence_item import exception_table, sections
from dashboard.components import declared_facts
from dashboard.components.deciding_evidence import criteria
from dashboard.components.evidence_list import page_number, pager
from dashboard.components.outcomes import verdicts
from dashboard.shell import html, url_filters
from dashboard.shell.frame import chosen, language, show
from dashboard.shell.page_context import PageContext, opening
from dashboard.shell.saving import refuse, save, say
from evidence.decisions import exceptions, review
from evidence.intake import judging_again
from evidence.library import evidence_items
from evidence.library.results import ResultFilters, compare, results
from locales import Problem
from models.cannot_write import CannotWrite
from models.transaction import writing
from models.vocabulary import ReviewState, Status
from readiness import readiness
from settings import engine, store

t = language()
SIZE = 50
MOST_CHECKS = 200  # that fail, each with its reason
DECISIONS = {"accepted": t("Accept"), "rejected": t("Reject"), "withdrawn": t("Withdraw")}


def draw(o: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    way = html.crumbs(html.link("/evidence", t("Evidence")), detail.row.title)
    where = html.html("{way}<br>{badge}", way=way, badge=sections.top_badge(t, detail))
    current = readiness(o.session, o.person, o.today, o.now)  # of all systems, whatever the audit is about
    deciding = [one for one in current.cells if one.evidence == detail.row.id]
    show(html.answer(sections.sentence(t, detail), where, sections.lifts(t, detail, deciding)))
    say()
    show(sections.facts(t, o.book, detail, deciding), verdicts(t, o.book, detail.coverage, MOST_CHECKS))
    accepted = exceptions.exceptions(o.session, o.person, evidence=detail.row.id)
    show(exception_table.of_evidence(t, o.book, accepted, o.today), criteria(t, o.book, detail.row.requirements))
    draw_changed(o, detail)
    show(declared_facts.reasons(t, detail))
    left, right = st.columns([8, 4], gap="large")
    with left:
        if detail.runs:
            draw_results(o, detail)
        if detail.note:
            show(html.section(t("Remark")), html.html('<p class="prose">{note}</p>', note=detail.note))
        draw_review(o, detail)
    with right:
        if detail.runs:
            show(sections.since_last(t, compare(o.session, o.person, detail.row.id)))
        show(
            declared_facts.declared(t, o.book, detail),
            declared_facts.seen(t, detail),
            declared_facts.judgements(t, detail),
            sections.digests(t, detail),
            sections.reviews(t, detail),
        )


def draw_changed(o: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    """What has changed since it was judged, and a button that judges it again."""
    counts = detail.row.review not in (ReviewState.REJECTED, ReviewState.WITHDRAWN)
    if not detail.changed or not counts or not (may(o.person, "evidence.file") or may(o.person, "evidence.review")):
        return
    show(html.note("unknown", " ".join(t.render(one) for one in detail.changed), "update"))
    if st.button(t("Judge it again"), help=t("The judgement until now stays readable in the activity log.")):
        judge(o, detail.row.id)


def judge(o: PageContext, key: str) -> None:
    """Its files are read before anything is written, so that nobody waits for that."""
    try:
        files = judging_again.files_to_judge(o.session, o.person, key)
        with judging_again.read_again(store(), files, o.person.account or o.person.name) as inspection:
            save(
                t,
                lambda s, now: judging_again.judge_again(s, store(), o.person, key, inspection, now),
                t("Judged again. What is shown is the new judgement."),
            )
    except Problem as problem:
        refuse(t, problem)


def draw_results(o: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    find = partial(results, o.session, o.person, detail.row.id)
    failing, every = find(ResultFilters(failing=True), 1, 1).total, find(None, 1, 1).total
    show(
        html.section(
            t("Results"), t("{n} of {total} called a problem, by the policy or the tool", n=failing, total=every)
        )
    )
    options = {"all": t("All {n}", n=every), "failing": t("Problems {n}", n=failing)}
    shown = url_filters.segments(t("Results"), options if not failing else dict(reversed(options.items())), "shown")
    words = url_filters.words(t("Search the results"), "find", t("check, target or message"))
    page = page_number(st.query_params.get("page"))
    found = find(ResultFilters(failing=shown == Status.FAILING, text=words), page, SIZE)
    show(
        sections.result_table(t, found.rows, of_table=sections.of_tables(detail))
        if found.rows
        else html.empty(t("No result fits"), t("Take the filter away to see more.")),
        pager(t, page, SIZE, found.total),
    )


def decisions(o: PageContext, detail: evidence_items.EvidenceDetail) -> list[str]:
    """What this person may say of it: of what they handed in themselves only that it is withdrawn."""
    if detail.row.uploaded_by == o.person.name:
        return [review.WITHDRAWN] if may(o.person, "evidence.file") or may(o.person, "evidence.review") else []
    return list(DECISIONS) if may(o.person, "evidence.review") else []


def draw_review(o: PageContext, detail: evidence_items.EvidenceDetail) -> None:
    offered = decisions(o, detail)
    if not offered:
        return
    show(html.section(t("Review it"), t("the latest word counts; nobody reviews their own")))
    with st.form("review", border=False):
        decision = st.segmented_control(
            t("Decision"), offered, format_func=url_filters.shown_as(DECISIONS), default=None
        )
        remark = st.text_area(t("Why"), height=80, help=t("Needed to reject or withdraw."))
        if not st.form_submit_button(t("Record the review")):
            return
        if decision is None:
            show(html.note("failing", t("Choose a decision first: nothing was recorded."), "error"))
            return
        save(
            t,
            lambda s, now: review.review(s, o.person, detail.row.id, decision, remark, now),
            t("Recorded. Readiness follows at once."),
        )


def log_opening(o: PageContext, key: str) -> None:
    """Once a day; most reruns of the page find it logged. Reading goes on while nothing can be written."""
    if not evidence_items.opened_today(o.session, o.person, key, o.now):
        try:
            with writing(engine(), visit=True) as (session, now):  # it changes no answer about readiness
                evidence_items.log_opening(session, o.person, key, now)
        except CannotWrite:
            logging.getLogger(__name__).warning("%s opened evidence %s, which could not be logged", o.person.name, key)


with opening() as o:
    try:
        found = evidence_items.evidence(o.session, o.person, chosen("id"))
        log_opening(o, found.row.id)
    except Problem as problem:
        show(html.answer(t.render(problem.message), html.link("/evidence", t("Evidence"))))
    else:
        draw(o, found)
