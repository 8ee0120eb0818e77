"""Sections of the page that starts from a pasted text: proposals, decisions and next steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from controls.errors import NotPossible
from controls.statement.draft_files import AssignedSentence, StatementDetails
from controls.statement.known_measures import KnownMeasure, read_lexicon
from controls.statement.proposals import Candidate, Proposal, Proposals
from dashboard.components.steps import steps
from dashboard.shell.frame import show
from dashboard.shell.html import Html, html, join
from dashboard.shell.url_filters import option_label
from locales import Language, text

CONFIRM, DROP = "confirm", "drop"
_MOST_MEASURES: Final = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for one sentence; `decision` None: not decided yet."""

    measures: tuple[str, ...]
    decision: str | None = None


@dataclass(slots=True)
class Draft:
    """A text that someone works on; kept in the page's session only, never stored."""

    about: StatementDetails
    proposals: Proposals
    chosen: dict[int, Choice] = field(default_factory=dict)


def progress_bar(t: Language, current: int) -> Html:
    """The three steps of the page."""
    return steps([t("Paste"), t("Decide"), t("The files")], current)


def measure_titles(t: Language, language: str) -> dict[str, str]:
    """Titles of the known measures by key, in alphabetical order."""
    measures: Sequence[KnownMeasure] = read_lexicon(language).measures
    named = {value.key: str(getattr(value.entry.title, t.code)) for value in measures}
    return dict(sorted(named.items(), key=lambda pair: pair[1].lower()))


def sentence(t: Language, proposal: Proposal, named: Mapping[str, str], number: int) -> Html:
    """The quoted sentence, with the words that point to each measure."""
    section = (
        html("<small>{number} · {section}</small>", number=number, section=proposal.section)
        if proposal.section
        else number
    )
    why = join(html("<li>{why}</li>", why=_why(t, each, named)) for each in proposal.candidates)
    return html(
        '<div class="proposal"><small>{section}</small><blockquote>{quote}</blockquote><ul>{why}</ul></div>',
        section=section,
        quote=proposal.quote,
        why=why,
    )


def _why(t: Language, candidate: Candidate, named: Mapping[str, str]) -> Html:
    words = join(
        (html("“{word}” {weight}", word=each.word, weight=t.number(each.weight)) for each in candidate.words), " + "
    )
    return html(
        "<b>{score}</b> {title} <small>{words}</small>",
        score=t.number(candidate.score),
        title=named.get(candidate.measure, candidate.measure),
        words=words,
    )


def choose(t: Language, number: int, proposal: Proposal, named: Mapping[str, str], before: Choice | None) -> Choice:
    """Draw the choice of measures and the decision for one sentence; nothing is decided beforehand."""
    measures = st.multiselect(
        t("Measures promised by sentence {n}", n=number),
        list(named),
        default=list(before.measures) if before else [proposal.measure],
        format_func=option_label(named),
        max_selections=_MOST_MEASURES,
        placeholder=t("Choose a measure"),
        key=f"start measures {number}",
        label_visibility="collapsed",
    )
    names = {CONFIRM: t("Makes this promise"), DROP: t("Leave out")}
    decision = st.segmented_control(
        t("Decision on sentence {n}", n=number),
        list(names),
        default=before.decision if before else None,
        format_func=option_label(names),
        key=f"start decision {number}",
        label_visibility="collapsed",
    )
    return Choice(tuple(measures), decision)


def decisions(proposals: Sequence[Proposal], chosen: Mapping[int, Choice]) -> list[AssignedSentence]:
    """The confirmed and the undecided sentences, marked so. Raises `NotPossible` for one without a measure."""
    decisions = []
    for number, proposal in enumerate(proposals, start=1):
        choice = chosen[number]
        if choice.decision == CONFIRM and not choice.measures:
            raise NotPossible(text("Sentence {n} has no measure. Choose one, or leave the sentence out.", n=number))
        if choice.decision != DROP and choice.measures:
            decisions.append(AssignedSentence(proposal.quote, choice.measures, confirmed=choice.decision == CONFIRM))
    return decisions


def progress(t: Language, chosen: Mapping[int, Choice]) -> str:
    """How many sentences were confirmed, left out and not decided."""
    chosen_decisions = [choice.decision for choice in chosen.values()]
    return t(
        "{confirmed} confirmed, {dropped} left out, {open} undecided.",
        confirmed=chosen_decisions.count(CONFIRM),
        dropped=chosen_decisions.count(DROP),
        open=chosen_decisions.count(None),
    )


def what_next(t: Language, key: str, undecided: int) -> None:
    """Show what to do with the two files."""
    lines = [
        t("Put {key}.yaml and {key}.md in one folder, without renaming them.", key=key),
        t("Start Aantoonbaar with AANTOONBAAR_STATEMENTS set to that folder. Errors are reported with file and line."),
        t("Add your systems under Set up, and review the mapping there: it does not count until then."),
    ]
    if undecided:
        first = t.n(
            "{n} sentence is undecided: it is marked “confirmed: false”, and the file is refused until you decide.",
            "{n} sentences are undecided: they are marked “confirmed: false”, and the file is refused until you "
            "decide.",
            undecided,
        )
        lines = [first, *lines]
    show(html('<ol class="next">{lines}</ol>', lines=join(html("<li>{line}</li>", line=line) for line in lines)))
