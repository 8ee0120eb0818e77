"""The queue beside the evidence that is being reviewed, and the sentence above it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dashboard.components.evidence.evidence_list import KINDS
from dashboard.shell.html import Html, address, caption, html, join, section
from evidence.library.evidence_titles import evidence_title
from locales import Language
from models.vocabulary import Verdict
from readiness import QueueItem, ReviewQueue

_LISTED: Final = 40


def sentence(t: Language, queue: ReviewQueue, chosen: QueueItem) -> str:
    """How many wait, and what the chosen one holds up."""
    waiting = t.n("{n} piece of evidence waits for you", "{n} pieces of evidence wait for you", len(queue.items))
    held_up = len(chosen.controls)
    if not held_up:
        return t("{waiting}; this one holds up no control.", waiting=waiting)
    return t.n(
        "{waiting}; this one holds up {n} control.",
        "{waiting}; this one holds up {n} controls.",
        held_up,
        waiting=waiting,
    )


def place(t: Language, queue: ReviewQueue) -> Html:
    """What the page is, and how much of the reader's own waits for someone else."""
    rule = t("you can't review what you uploaded yourself")
    own = (
        t.n("{n} of yours waits for someone else", "{n} of yours wait for someone else", queue.own) if queue.own else ""
    )
    return html("<b>{title}</b> · {rule}", title=t("Review"), rule=": ".join(filter(None, [rule, own])))


def queue_list(t: Language, items: Sequence[QueueItem], chosen: QueueItem, now: datetime) -> Html:
    """The queue; on a phone only the chosen one, with the others folded."""
    entries = [_entry(t, item, now, is_chosen=item is chosen) for item in items[:_LISTED]]
    others = [entry for entry, item in zip(entries, items, strict=False) if item is not chosen]
    more = len(items) - len(entries)
    rest = caption(t.n("and one more", "and {n} more", more)) if more > 0 else ""
    return join(
        [
            section(t("Waiting"), t("by impact")),
            html('<ol class="queue wide-only">{entries}</ol>', entries=join(entries)),
            html('<ol class="queue narrow-only">{entry}</ol>', entry=_entry(t, chosen, now, is_chosen=True)),
            _folded(t, others, len(items)),
            rest,
            html(
                '<p class="caption wide-only">{words}</p>',
                words=t("The number counts the controls that wait for it."),
            ),
        ]
    )


def _folded(t: Language, others: Sequence[Html], total: int) -> Html:
    if not others:
        return Html("")
    return html(
        '<details class="more narrow-only"><summary>{words}</summary><ol class="queue">{entries}</ol></details>',
        words=t("1 of {n}, show the others", n=total),
        entries=join(others),
    )


def _entry(t: Language, item: QueueItem, now: datetime, *, is_chosen: bool) -> Html:
    return html(
        '<li><a href="{to}" data-go{here}><span><b>{title}</b><small>{about}</small></span>'
        '<span class="n" title="{label}">{n}</span></a></li>',
        to=address("review", id=item.row.id),
        here=Html(' aria-current="true"') if is_chosen else "",
        title=evidence_title(t, item.row),
        about=_about(t, item, now),
        n=len(item.controls),
        label=t.n("holds up {n} control", "holds up {n} controls", len(item.controls)),
    )


def _about(t: Language, item: QueueItem, now: datetime) -> str:
    """Kind, verdict by the policy, and how long it has waited."""
    row = item.row
    kind = t.render(KINDS[row.kind]) if row.kind in KINDS else row.kind
    verdict = {Verdict.PASS: t("passes"), Verdict.FAIL: t("fails")}.get(Verdict(row.verdict), "")
    return " · ".join(part for part in (kind, verdict, waited(t, row.recorded_at, now)) if part)


def waited(t: Language, since: datetime, now: datetime) -> str:
    """Today, or how many days it has waited."""
    days = (t.day_of(now) - t.day_of(since)).days
    return t.n("{n} day", "{n} days", days) if days > 0 else t("today")
