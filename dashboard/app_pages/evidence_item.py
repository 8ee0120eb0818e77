"""Says what one evidence is, what it proves, and until when."""

import logging
from functools import partial

import streamlit as st

from access.permissions import may
from dashboard.parts import choice, evidence_parts, excepted, markup, said_parts
from dashboard.parts.deciding import criteria
from dashboard.parts.evidence_list import page_number, pager
from dashboard.parts.frame import chosen, language, show
from dashboard.parts.opening import Opening, opening
from dashboard.parts.outcomes import verdicts
from dashboard.parts.saving import refuse, save, say
from evidence import exceptions, judging_again, library, review
from evidence.results import ResultFilters, compare, results
from locales import Problem
from models.cannot_write import CannotWrite
from models.transaction import writing
from readiness import readiness
from settings import engine, store

t = language()
SIZE = 50
MOST_CHECKS = 200  # that fail, each with its reason
DECISIONS = {"accepted": t("Accept"), "rejected": t("Reject"), "withdrawn": t("Withdraw")}


def draw(o: Opening, detail: library.EvidenceDetail) -> None:
    way = markup.crumbs(markup.link("/evidence", t("Evidence")), detail.row.title)
    where = markup.html("{way}<br>{badge}", way=way, badge=evidence_parts.top_badge(t, detail))
    current = readiness(o.session, o.person, o.today, o.now)  # of all systems, whatever the audit is about
    deciding = [one for one in current.cells if one.evidence == detail.row.id]
    show(markup.answer(evidence_parts.sentence(t, detail), where, evidence_parts.lifts(t, detail, deciding)))
    say()
    show(evidence_parts.facts(t, o.book, detail, deciding), verdicts(t, o.book, detail.coverage, MOST_CHECKS))
    accepted = exceptions.exceptions(o.session, o.person, evidence=detail.row.id)
    show(excepted.of_evidence(t, o.book, accepted, o.today), criteria(t, o.book, detail.row.requirements))
    draw_changed(o, detail)
    show(said_parts.reasons(t, detail))
    left, right = st.columns([8, 4], gap="large")
    with left:
        if detail.runs:
            draw_results(o, detail)
        if detail.note:
            show(markup.section(t("Remark")), markup.html('<p class="prose">{note}</p>', note=detail.note))
        draw_review(o, detail)
    with right:
        if detail.runs:
            show(evidence_parts.since_last(t, compare(o.session, o.person, detail.row.id)))
        show(
            said_parts.declared(t, o.book, detail),
            said_parts.seen(t, detail),
            said_parts.judgements(t, detail),
            evidence_parts.digests(t, detail),
            evidence_parts.reviews(t, detail),
        )


def draw_changed(o: Opening, detail: library.EvidenceDetail) -> None:
    """What has changed since it was judged, and a button that judges it again."""
    counts = detail.row.review not in ("rejected", "withdrawn")
    if not detail.changed or not counts or not (may(o.person, "evidence.file") or may(o.person, "evidence.review")):
        return
    show(markup.note("unknown", " ".join(t.render(one) for one in detail.changed), "update"))
    if st.button(t("Judge it again"), help=t("The judgement until now stays readable in the activity log.")):
        judge(o, detail.row.id)


def judge(o: Opening, key: str) -> None:
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


def draw_results(o: Opening, detail: library.EvidenceDetail) -> None:
    find = partial(results, o.session, o.person, detail.row.id)
    failing, every = find(ResultFilters(failing=True), 1, 1).total, find(None, 1, 1).total
    show(
        markup.section(
            t("Results"), t("{n} of {total} called a problem, by the policy or the tool", n=failing, total=every)
        )
    )
    options = {"all": t("All {n}", n=every), "failing": t("Problems {n}", n=failing)}
    shown = choice.segments(t("Results"), options if not failing else dict(reversed(options.items())), "shown")
    words = choice.words(t("Search the results"), "find", t("check, target or message"))
    page = page_number(st.query_params.get("page"))
    found = find(ResultFilters(failing=shown == "failing", text=words), page, SIZE)
    show(
        evidence_parts.result_table(t, found.rows, of_table=evidence_parts.of_tables(detail))
        if found.rows
        else markup.empty(t("No result fits"), t("Take the filter away to see more.")),
        pager(t, page, SIZE, found.total),
    )


def decisions(o: Opening, detail: library.EvidenceDetail) -> list[str]:
    """What this person may say of it: of what they handed in themselves only that it is withdrawn."""
    if detail.row.uploaded_by == o.person.name:
        return [review.WITHDRAWN] if may(o.person, "evidence.file") or may(o.person, "evidence.review") else []
    return list(DECISIONS) if may(o.person, "evidence.review") else []


def draw_review(o: Opening, detail: library.EvidenceDetail) -> None:
    offered = decisions(o, detail)
    if not offered:
        return
    show(markup.section(t("Review it"), t("the latest word counts; nobody reviews their own")))
    with st.form("review", border=False):
        decision = st.segmented_control(t("Decision"), offered, format_func=choice.shown_as(DECISIONS), default=None)
        remark = st.text_area(t("Why"), height=80, help=t("Needed to reject or withdraw."))
        if not st.form_submit_button(t("Record the review")):
            return
        if decision is None:
            show(markup.note("failing", t("Choose a decision first: nothing was recorded."), "error"))
            return
        save(
            t,
            lambda s, now: review.review(s, o.person, detail.row.id, decision, remark, now),
            t("Recorded. Readiness follows at once."),
        )


def log_opening(o: Opening, key: str) -> None:
    """Once a day; most reruns of the page find it logged. Reading goes on while nothing can be written."""
    if not library.opened_today(o.session, o.person, key, o.now):
        try:
            with writing(engine()) as (session, now):
                library.log_opening(session, o.person, key, now)
        except CannotWrite:
            logging.getLogger(__name__).warning("%s opened evidence %s, which could not be logged", o.person.name, key)


with opening() as o:
    try:
        found = library.evidence(o.session, o.person, chosen("id"))
        log_opening(o, found.row.id)
    except Problem as problem:
        show(markup.answer(t.render(problem.message), markup.link("/evidence", t("Evidence"))))
    else:
        draw(o, found)
