"""Shows what waits for a review: the queue, the chosen evidence with its criteria, and the decision."""

import streamlit as st

from dashboard.app_pages.review import criteria, document, queue_list
from dashboard.components.evidence.opening_log import log_opening
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import save, show_message
from evidence.decisions import review
from evidence.library import evidence_items
from evidence.library.evidence_filters import Filters
from evidence.library.evidence_titles import evidence_title
from locales import Problem
from models.cannot_write import CannotWrite
from models.transaction import trying
from models.vocabulary import ReviewState
from readiness import AcceptanceEffect, QueueItem, ReviewQueue, acceptance_effect, review_queue
from settings import engine

t = language()
_DECIDED = "decided and next"  # the evidence that was decided on, and the one after it
_EFFECT = "effect of accepting"


def draw(context: PageContext) -> None:
    queue = review_queue(context.session, context.person, context.now)
    not_waiting = why_not_waiting(context, queue)
    if not queue.items:
        draw_empty(context, queue)
        return
    chosen = choose(queue)
    following = after(queue, chosen)
    detail = evidence_items.evidence(context.session, context.person, chosen.row.id)
    log_opening(context, detail.row.id)
    show(html.answer(queue_list.sentence(t, queue, chosen), queue_list.place(t, queue)))
    show_message()
    show(not_waiting)
    with st.container(key="review"):
        left, middle, right = st.columns([2.7, 5.4, 3.9], gap="medium")
    with left:
        show(queue_list.queue_list(t, queue.items, chosen, context.now))
    with middle:
        document.draw(t, context, detail)
    with right, st.container(key="review-facts"):
        # first what nobody may miss: the buttons stay in view, and cover what a small screen has no room for
        show(criteria.to_look_at(t, context.titles, detail))
        show(criteria.effect(t, context.titles, chosen, effect_of(context, chosen)))
        criteria.draw_criteria(t, context, detail)
        show(criteria.facts(t, context.titles, detail))
        draw_decision(context, chosen, following)


def draw_empty(context: PageContext, queue: ReviewQueue) -> None:
    """Say that nothing waits, and what would."""
    show(html.answer(t("Nothing waits for your review."), queue_list.place(t, queue)))
    show_message()
    why = t(
        "Documents, registers and tests that someone else uploaded and that a person must look at before they count. "
        "An auditor asks who looked, and at what."
    )
    reviewed = evidence_items.search(context.session, context.person, Filters(review="accepted"), 1, 1).total
    to = html.link(html.address("evidence", review="accepted"), t("Accepted earlier ({n})", n=reviewed), "button")
    show(html.empty(t("What comes here"), why, to if reviewed else ""))


def choose(queue: ReviewQueue) -> QueueItem:
    """The evidence in the address; after a decision the one that followed it, else the first."""
    items = {item.row.id: item for item in queue.items}
    wanted = st.query_params.get("id", "")
    if not wanted:
        wanted = st.query_params["id"] = next(iter(items))
    elif wanted not in items:
        decided, following = st.session_state.get(_DECIDED, ("", ""))
        wanted = following if wanted == decided and following in items else next(iter(items))
        st.query_params.from_dict({"id": wanted})  # without the page and view of the one before
    return items[wanted]


def after(queue: ReviewQueue, chosen: QueueItem) -> str:
    """The id of the evidence after the chosen one; after the last the first; empty if it is the only one."""
    ids = [item.row.id for item in queue.items]
    following = ids[(ids.index(chosen.row.id) + 1) % len(ids)]
    return following if following != chosen.row.id else ""


def why_not_waiting(context: PageContext, queue: ReviewQueue) -> html.Html:
    """Why the evidence in the address is not in the queue, unless it was decided on just now."""
    key = st.query_params.get("id", "")
    if not key or key in {item.row.id for item in queue.items} or key == st.session_state.get(_DECIDED, ("", ""))[0]:
        return html.Html("")
    try:
        row = evidence_items.evidence(context.session, context.person, key).row
    except Problem as problem:
        return html.note("unknown", t.render(problem.message))
    title = evidence_title(t, row)
    words = (
        t("{title} was uploaded by you or by a token that you made; someone else must review it.", title=title)
        if row.review == ReviewState.WAITING
        else t("{title} does not wait for a review any more.", title=title)
    )
    to = html.link(html.address("evidence-item", id=key), t("Open it"))
    return html.note("unknown", html.join([words, to], " "))


def effect_of(context: PageContext, item: QueueItem) -> AcceptanceEffect | None:
    """What accepting would change, tried once for each state of the facts; None while nothing can be written."""
    before = context.current()
    key = (item.row.id, before.on, before.known, context.systems)
    if (known := st.session_state.get(_EFFECT)) and known[0] == key:
        return known[1]  # type: ignore[no-any-return]
    try:
        with trying(engine()) as (session, now):
            changed = acceptance_effect(
                session, context.person, item.row.id, before, now, context.systems, context.criteria
            )
    except CannotWrite:
        return None
    st.session_state[_EFFECT] = (key, changed)
    return changed


def draw_decision(context: PageContext, item: QueueItem, following: str) -> None:
    """Draw the reason and the three buttons; A, X and N press them while no text field has the focus."""
    key = item.row.id
    with st.container(key="review-decision"):
        reason = st.text_area(
            t("Reason (needed to reject)"),
            key=f"reason {key}",
            placeholder=t("Reason (needed to reject)"),
            height=80,
            max_chars=4000,
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, key="review-buttons"):
            accept = st.button(t("Accept"), type="primary", shortcut="A", key=f"accept {key}")
            reject = st.button(t("Reject"), shortcut="X", key=f"reject {key}")
            skip = bool(following) and st.button(t("Next"), type="tertiary", shortcut="N", key=f"next {key}")
        if accept:
            decide(context, item, review.ACCEPTED, reason, following)
        if reject:
            decide(context, item, review.REJECTED, reason, following)
    if skip:
        st.query_params.from_dict({"id": following})
        st.rerun()


def decide(context: PageContext, item: QueueItem, decision: str, reason: str, following: str) -> None:
    """Record the decision and go to the next one."""
    key, title = item.row.id, evidence_title(t, item.row)
    st.session_state[_DECIDED] = (key, following)
    done = t("Accepted: {title}.", title=title) if decision == review.ACCEPTED else t("Rejected: {title}.", title=title)
    save(t, lambda session, now: review.review(session, context.person, key, decision, reason, now), done)


with page_context() as context:
    draw(context)
