"""What became of the checks of a run since the run before: counts, and the checks of each change."""

from collections.abc import Mapping, Sequence
from typing import Final

from dashboard.components.evidence.outcomes import check
from dashboard.shell.html import Html, address, caption, html, icon, join, link, section
from evidence.library.run_comparison import Change, ChangedCheck, Comparison
from locales import Language, Text, text

_FEW: Final = 6  # checks of a change, while no change is chosen
#: by change: its look, its symbol, and its number in words
_MOVES: Final[Mapping[str, tuple[str, str, Text]]] = {
    Change.NEW_FAIL: ("failing", "trending_down", text("New problems: {n}")),
    Change.BACK: ("failing", "undo", text("Back again: {n}")),
    Change.STILL: ("failing", "remove", text("Still a problem: {n}")),
    Change.GONE: ("unknown", "help", text("No longer in the file: {n}")),
    Change.SET_ASIDE: ("unknown", "visibility_off", text("Set aside in the file: {n}")),
    Change.FIXED: ("demonstrated", "trending_up", text("Fixed: {n}")),
    Change.WORSE: ("unknown", "trending_down", text("Worse, and not failing: {n}")),
    Change.BETTER: ("demonstrated", "trending_up", text("Better: {n}")),
}


def options(t: Language, compared: Comparison) -> dict[str, str]:
    """The changes that occur, with their number in words, for a choice of one."""
    return {
        change: t(message.message, n=n)
        for change, (_, _, message) in _MOVES.items()
        if (n := compared.counts.get(change))
    }


def head(t: Language, compared: Comparison) -> Html:
    """The title, with a link to the previous run; nothing without a previous run."""
    if compared.previous is None:
        return Html("")
    return section(t("Since the last run"), link(address("evidence-item", id=compared.previous), t("previous run")))


def since_last(t: Language, compared: Comparison) -> Html:
    """How many checks fail newly, again or still, or are fixed, with some of each; nothing without a previous run."""
    if compared.previous is None:
        return Html("")
    lists = []
    for change, words in options(t, compared).items():
        look, symbol, _ = _MOVES[change]
        lists.append(_move(look, symbol, words))
        lists.append(checks(t, [row for row in compared.changed if row.change == change][:_FEW]))
    return join([*lists, caption(t("Unchanged results: {n}", n=compared.counts.get(Change.SAME, 0)))])


def checks(t: Language, rows: Sequence[ChangedCheck]) -> Html:
    """Checks with where they are, since when they fail, and the message."""
    return join(
        html('<p class="moved">{check} <small>{about}</small></p>', check=check(t, row.check), about=_about(t, row))
        for row in rows
    )


def _about(t: Language, row: ChangedCheck) -> str:
    since = t("first seen on {day}", day=row.first_day) if row.first_day else ""
    return " · ".join(part for part in (row.target, row.message[:120], since) if part)


def _move(look: str, symbol: str, words: str) -> Html:
    return html(
        '<p class="move"><span class="mark s-{look}">{icon}<span>{text}</span></span></p>',
        look=look,
        icon=icon(symbol),
        text=words,
    )
