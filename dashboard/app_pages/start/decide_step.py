"""The second step: for each sentence the measures that it promises, or the reason why it is left out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import streamlit as st
from sqlmodel import Session

from controls.errors import ControlsProblem
from controls.statement import draft_sentences, drafts
from controls.statement.deadlines import other_deadline
from controls.statement.draft_sentences import MOST_MEASURES, REASONS, DraftSentence
from controls.statement.drafts import Draft
from controls.statement.proposed_promises import Candidate, candidates
from controls.statement.sentences import Sentence, context_at, sentences
from dashboard.app_pages.start.draft_version import draw_note, save_draft, seen_version
from dashboard.app_pages.start.own_measures import draw_own_measures
from dashboard.app_pages.start.words import measure_titles, progress, progress_bar, way
from dashboard.shell import html, url_filters
from dashboard.shell.frame import show
from dashboard.shell.html import Html, join
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_message, show_problem
from dashboard.shell.url_filters import option_label
from locales import Language
from models.vocabulary import SentenceDecision

PER_PAGE: Final = 8  # sentences; more make the browser slow
_SHOWN: Final = 140  # characters of a sentence in a list
_UNDECIDED, _ALL = "undecided", "all"

#: what a button does with the sentences after the answers on the page are taken over
Change = Callable[[tuple[DraftSentence, ...]], tuple[DraftSentence, ...]]


def draw(t: Language, context: PageContext, made: Draft) -> None:
    count = len(made.sentences)
    sentence = t.n("{n} sentence seems to make a promise.", "{n} sentences seem to make a promise.", count)
    counts = progress(t, made)
    lead = t("{progress} The score counts the words found: it is a suggestion, not evidence.", progress=counts)
    show(html.answer(sentence, way(t), lead))
    show(progress_bar(t, 2))
    show_message()
    draw_note(t, made)
    undecided = made.decisions[SentenceDecision.UNDECIDED]
    _draw_onward(t, made, undecided)
    options = {_UNDECIDED: t("Undecided ({n})", n=undecided)} if undecided else {}
    shown = url_filters.segments(t("Show"), {**options, _ALL: t("All ({n})", n=count)}, "show")
    numbers = [
        number
        for number, row in enumerate(made.sentences)
        if shown == _ALL or row.decision is SentenceDecision.UNDECIDED
    ]
    _draw_form(t, context, made, _on_page(t, numbers) if shown == _ALL else numbers[:PER_PAGE])
    _draw_others(t, context, made)
    draw_own_measures(t, context, made)
    _draw_discard(t, context, made)


def _draw_onward(t: Language, made: Draft, undecided: int) -> None:
    kind = "button" if undecided else "button first"
    show(html.link(html.address("start", draft=made.key, step="publish"), t("To publishing"), kind))


def _on_page(t: Language, numbers: Sequence[int]) -> Sequence[int]:
    """The numbers on the page that was chosen."""
    pages = max(1, -(-len(numbers) // PER_PAGE))
    if pages == 1:
        return numbers
    options = {str(page): t("Page {n} of {total}", n=page, total=pages) for page in range(1, pages + 1)}
    first = (int(url_filters.choice(t("Page"), options, "page")) - 1) * PER_PAGE
    return numbers[first : first + PER_PAGE]


def _draw_form(t: Language, context: PageContext, made: Draft, numbers: Sequence[int]) -> None:
    titles, every = measure_titles(t, made), sentences(made.text)
    change: Change | None = None
    with st.form("decide", border=False):
        answers: dict[int, DraftSentence] = {}
        for number in numbers:
            left, right = st.columns([7, 5], gap="large")
            with left:
                show(_sentence(t, made, number, titles, context_at(every, made.sentences[number].start)))
                change = _split_or_join(t, made, number) or change
            with right:
                answers[number] = _decide(t, made.sentences[number], number, titles)
        if st.form_submit_button(t("Save these decisions"), type="primary"):
            change = tuple
    if change is not None:
        _save(t, context, made, answers, change)


def _save(t: Language, context: PageContext, made: Draft, answers: Mapping[int, DraftSentence], change: Change) -> None:
    """Save the answers on the page, and what a button does with the sentences."""
    rows = tuple(answers.get(number, row) for number, row in enumerate(made.sentences))
    try:
        changed = change(rows)
    except ControlsProblem as problem:
        show_problem(t, problem)
        return
    save_draft(t, context, made, t("Saved. You can go on later: the draft stays."), sentences=changed)


def _sentence(t: Language, made: Draft, number: int, titles: Mapping[str, str], context: str) -> Html:
    """The quoted sentence, with the words that point to each measure."""
    row = made.sentences[number]
    quote = made.text[row.start : row.end]
    every = candidates(quote, made.language, context)
    why = join(html.html("<li>{why}</li>", why=_why(t, each, titles)) for each in every)
    if not why:
        why = html.html(
            "<li>{why}</li>", why=t("No known measure fits these words. Choose the measure, or make one below.")
        )
    notes = join(_deadline_note(t, quote, titles[key]) for key in row.measures)
    return html.html(
        '<div class="proposal"><small>{number}</small><blockquote>{quote}</blockquote><ul>{why}</ul>{notes}</div>',
        number=number + 1,
        quote=quote,
        why=why,
        notes=notes,
    )


def _deadline_note(t: Language, quote: str, title: str) -> Html:
    """What happens when the measure has another deadline than the sentence."""
    if (other := other_deadline(quote, title)) is None:
        return Html("")
    of_title, of_sentence = other
    if of_sentence is None:
        words = t(
            "The measure says “{measure}”, this sentence does not: it is published without it.", measure=of_title.words
        )
    else:
        words = t(
            "The measure says “{measure}”, this sentence “{sentence}”: it is published with the sentence's, and a "
            "reviewer judges the evidence.",
            measure=of_title.words,
            sentence=of_sentence.words,
        )
    return html.note("in_review", words)


def _why(t: Language, candidate: Candidate, titles: Mapping[str, str]) -> Html:
    words = join(
        (html.html("“{word}” {weight}", word=each.word, weight=t.number(each.weight)) for each in candidate.words),
        " + ",
    )
    return html.html(
        "<b>{score}</b> {title} <small>{words}</small>",
        score=t.number(candidate.score),
        title=titles.get(candidate.measure, candidate.measure),
        words=words,
    )


def _decide(t: Language, row: DraftSentence, number: int, titles: Mapping[str, str]) -> DraftSentence:
    """Draw the choice of measures and the decision for one sentence; nothing is decided beforehand."""
    place = f"{row.start} {row.end}"
    measures = st.multiselect(
        t("Measures promised by sentence {n}", n=number + 1),
        list(titles),
        default=list(row.measures),
        format_func=option_label(titles),
        max_selections=MOST_MEASURES,
        select_all=False,  # a sentence promises a few of them
        placeholder=t("Choose a measure"),
        key=f"start measures {place}",
        label_visibility="collapsed",
    )
    names = {SentenceDecision.CONFIRMED: t("Makes this promise"), SentenceDecision.LEFT_OUT: t("Leave out")}
    decision = st.segmented_control(
        t("Decision on sentence {n}", n=number + 1),
        list(names),
        default=row.decision if row.decision in names else None,
        format_func=option_label(names),
        key=f"start decision {place}",
        label_visibility="collapsed",
    )
    reason = _reason(t, row, number, place)
    return draft_sentences.decided(row, measures, decision or SentenceDecision.UNDECIDED, reason)


def _reason(t: Language, row: DraftSentence, number: int, place: str) -> str:
    known = {key: t.render(words) for key, words in REASONS.items()}
    options = [*known, *([row.reason] if row.reason and row.reason not in known else [])]
    chosen = st.selectbox(
        t("Why sentence {n} is left out", n=number + 1),
        options,
        index=options.index(row.reason) if row.reason else None,
        format_func=option_label(known),
        placeholder=t("If left out: why? Choose or type"),
        accept_new_options=True,
        key=f"start reason {place}",
        label_visibility="collapsed",
    )
    return chosen or ""


def _split_or_join(t: Language, made: Draft, number: int) -> Change | None:
    """Draw the buttons that split a sentence or join it with the next; returns what was pressed."""
    row = made.sentences[number]
    place = f"{row.start} {row.end}"
    with st.popover(t("Split or join"), type="tertiary"):
        second = st.text_input(t("The second part begins with"), key=f"start split {place}")
        if st.form_submit_button(t("Split here"), key=f"start split button {place}"):
            return lambda rows: draft_sentences.split(made.text, made.language, rows, number, second)
        if st.form_submit_button(t("Join with the next sentence"), key=f"start join button {place}"):
            return lambda rows: draft_sentences.merge(made.text, made.language, rows, number)
    return None


def _draw_others(t: Language, context: PageContext, made: Draft) -> None:
    """Draw the choice of a sentence that was not proposed."""
    others = draft_sentences.other_sentences(made.text, made.sentences)
    if not others:
        return
    label = t.n("{n} other sentence was not proposed", "{n} other sentences were not proposed", len(others))
    with st.expander(label):
        chosen = st.selectbox(
            t("Sentence that makes a promise after all"),
            range(len(others)),
            index=None,
            format_func=lambda number: _short(made, others[number]),
            placeholder=t("Choose or search a sentence"),
        )
        if st.button(t("Add it to the list"), disabled=chosen is None) and chosen is not None:
            place = others[chosen]
            rows = draft_sentences.add(made.sentences, place.start, place.end)
            save_draft(t, context, made, t("Added to the list, undecided."), sentences=rows)


def _short(made: Draft, sentence: Sentence) -> str:
    words = " ".join(made.text[sentence.start : sentence.end].split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def _draw_discard(t: Language, context: PageContext, made: Draft) -> None:
    if st.button(t("Throw this draft away"), type="tertiary"):
        version = seen_version(made)
        save(
            t,
            lambda s, now: _discard(s, context, made, now, version),
            t("The draft is gone."),
        )


def _discard(session: Session, context: PageContext, made: Draft, now: datetime, version: int) -> None:
    drafts.discard_draft(session, context.person, made.key, now, version=version)
    st.query_params.clear()
