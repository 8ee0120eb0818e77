"""Versions of a statement side by side, and what changed in a measure's sentences."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from controls.browse.values import MeasureRow
from controls.statement.differences import ADDED, CHANGED, REMOVED, UNCHANGED, Difference, Words
from controls.statement.statement_versions import RewordedMeasure
from controls.statement.version_rows import VersionRow
from dashboard.shell.html import Html, address, html, join, link, note
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, Text, text

VERSIONS: Final = address("statement", view="versions")
#: the kind of difference → its label
KINDS: Final[dict[str, Text]] = {
    CHANGED: text("changed"),
    ADDED: text("new"),
    REMOVED: text("removed"),
    UNCHANGED: text("unchanged"),
}
#: the change of a measure's sentences → its label; unchanged ones have none
_OF_MEASURES: Final[dict[str, Text]] = {
    CHANGED: text("sentence changed"),
    ADDED: text("newly promised"),
    REMOVED: text("no longer promised"),
}


def difference_counts(t: Language, differences: Sequence[Difference]) -> str:
    """How many sentences changed, are new, were removed or are unchanged."""
    n = Counter(difference.kind for difference in differences)
    parts = [
        t.n("{n} sentence changed", "{n} sentences changed", n[CHANGED]) if n[CHANGED] else "",
        t.n("{n} new", "{n} new", n[ADDED]) if n[ADDED] else "",
        t.n("{n} removed", "{n} removed", n[REMOVED]) if n[REMOVED] else "",
        t.n("{n} unchanged", "{n} unchanged", n[UNCHANGED]) if n[UNCHANGED] else "",
    ]
    return f"{', '.join(filter(None, parts))}."


def side_by_side(
    t: Language, titles: TitleLookup, old: VersionRow, new: VersionRow, differences: Sequence[Difference]
) -> Html:
    """Each clause: old left, new right, with the measures it promises; on a phone one below the other."""
    heads = join(html("<div>{head}</div>", head=_head(t, version)) for version in (old, new))
    pairs = join(_pair(t, titles, old, new, difference) for difference in differences)
    return html(
        '<div class="versions"><div class="pair heads">{heads}</div>{pairs}</div>',
        heads=heads,
        pairs=pairs,
    )


def _head(t: Language, version: VersionRow) -> Html:
    counts = t("in effect since {moment}", moment=version.loaded_at) if version.loaded_at else ""
    return html(
        "<b>{title}</b><small>{counts}</small>",
        title=t("Version of {day}", day=version.effective),
        counts=counts if version.in_effect else t("replaced, still readable"),
    )


def _pair(t: Language, titles: TitleLookup, old: VersionRow, new: VersionRow, difference: Difference) -> Html:
    left = _side(t, old, difference, REMOVED, t("Not in this version."))
    right = _side(t, new, difference, ADDED, t("No longer in this version."))
    return html(
        '<section class="was-{kind}"><p class="what">{tag}{measures}</p><div class="pair">{sides}</div></section>',
        kind=difference.kind,
        tag=html('<span class="tag">{label}</span>', label=t.render(KINDS[difference.kind])),
        measures=_measures(t, titles, difference.measures),
        sides=join([left, right]),
    )


def _measures(t: Language, titles: TitleLookup, keys: Sequence[str]) -> Html:
    """The measures as links; one that is gone by its key."""
    return join(
        (link(address("measure", key=key), titles.measure(t, key)) if key in titles.measures else key) for key in keys
    )


def _side(t: Language, version: VersionRow, difference: Difference, own: str, nothing: str) -> Html:
    clause = difference.old if own == REMOVED else difference.new
    if clause is None:
        return html('<p class="nothing">{nothing}</p>', nothing=nothing)
    words = (
        clause.quote
        if difference.kind != CHANGED
        else join(_run(part.kind, _of(part, own)) for part in difference.words)
    )
    label = t("Version of {day}", day=version.effective)
    return html('<blockquote data-head="{label}">{words}</blockquote>', label=label, words=words)


def _of(part: Words, own: str) -> str:
    return part.old if own == REMOVED else part.new


def _run(kind: str, words: str) -> Html:
    """Removed words struck out, new words underlined; the space after them plain."""
    frame = {UNCHANGED: "{words}{space}", REMOVED: "<del>{words}</del>{space}", ADDED: "<ins>{words}</ins>{space}"}[
        kind
    ]
    plain = words.rstrip()
    return html(frame, words=plain, space=" " if words != plain else "") if words else Html("")


def _in_one_line(difference: Difference) -> Html:
    """Both versions of a clause in one line."""
    if difference.kind != CHANGED:
        return html("{quote}", quote=next(clause.quote for clause in (difference.new, difference.old) if clause))
    return join(_run(part.kind, f"{part.old} " if part.kind == REMOVED else part.new) for part in difference.words)


# ── Of measures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def flag(t: Language, measure: MeasureRow | None) -> Html:
    """A tag beside a measure's name, if its sentence changed."""
    label = _OF_MEASURES.get(measure.sentence) if measure else None
    return html(' <span class="tag">{label}</span>', label=t.render(label)) if label else Html("")


def remark(t: Language, measure: MeasureRow) -> Html:
    """A note on the measure's page about its changed sentence, with a link to the comparison."""
    message = {
        CHANGED: t("The sentence with this promise changed in the latest version of the statement."),
        ADDED: t("This promise is new in the latest version of the statement."),
        REMOVED: t("The latest version of the statement no longer makes this promise; its evidence is still required."),
    }.get(measure.sentence)
    if message is None:
        return Html("")
    return note("in-review", join([message, link(VERSIONS, t("Compare versions"))], " "), "history_edu")


def dropped_promises(t: Language, gone: Sequence[MeasureRow]) -> Html:
    """The measures that only an earlier version of the statement promised, each with a link to its page."""
    if not gone:
        return Html("")
    titles = join((link(address("measure", key=measure.key), t.title(measure)) for measure in gone), ", ")
    return html(
        '<p class="caption">{message} {titles}. {to}</p>',
        message=t("No longer promised, and no longer tracked:"),
        titles=titles,
        to=link(VERSIONS, t("Compare versions")),
    )


def reason(t: Language, why: RewordedMeasure | None) -> Html:
    """Why a reviewed mapping needs review again: the changed sentences."""
    if why is None:
        return Html("")
    headings = {
        CHANGED: t("The sentence has changed:"),
        ADDED: t("The sentence is new:"),
        REMOVED: t("The sentence was removed:"),
    }
    each = (
        html("<small>{heading} {words}</small>", heading=headings[difference.kind], words=_in_one_line(difference))
        for difference in why.differences
    )
    return html('<div class="reason">{each}</div>', each=join(each))
