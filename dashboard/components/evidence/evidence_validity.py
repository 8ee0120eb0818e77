"""Until when evidence counts or counted, in the table of evidence."""

from typing import Final

from dashboard.components import days
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html
from locales import Language, Text, text
from models.vocabulary import Status
from readiness.evidence_ends import EndReason, EvidenceEnd
from reports.table_file import Cell

#: In a few words; a day that is still to come needs none.
_WORDS: Final[dict[EndReason, Text]] = {
    EndReason.LAPSED: text("expired"),
    EndReason.EXPIRED: text("expired"),
    EndReason.REPLACED: text("replaced"),
    EndReason.UNREVIEWED: text("awaits review"),
    EndReason.FAILS: text("until a newer one passes"),
    EndReason.ENDLESS: text("no end date"),
    EndReason.REJECTED: text("does not count: rejected"),
    EndReason.WITHDRAWN: text("does not count: withdrawn"),
    EndReason.NO_VERDICT: text("does not count: no verdict"),
    EndReason.CLOSED: text("does not count: series closed"),
    EndReason.LATER: text("does not count yet"),
    EndReason.NOT_REQUIRED: text("no longer required"),
}


def until_words(t: Language, end: EvidenceEnd) -> str:
    """What ended it, or why it has no end; nothing for a day that is still to come."""
    return t.render(_WORDS[end.why]) if end.why in _WORDS else ""


def until_cell(t: Language, end: EvidenceEnd) -> Cell:
    """The day for a file; without one, the reason."""
    return end.last_day or until_words(t, end)


def until_shown(t: Language, end: EvidenceEnd) -> Html:
    """The day with what ended it, or the reason why there is none."""
    words = until_words(t, end)
    if end.last_day is None:
        return html("<small>{words}</small>", words=words)
    day = html('<span class="day">{day}</span>', day=days.short(t, end.last_day))
    if end.why == EndReason.LAPSED:
        return html('<span class="two">{day}<small>{sign}</small></span>', day=day, sign=mark(t, Status.LAPSED, words))
    return html('<span class="two">{day}<small>{words}</small></span>', day=day, words=words) if words else day
