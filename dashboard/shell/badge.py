"""A status with its icon and label: as a mark, a badge or a legend."""

from collections.abc import Iterable, Mapping

from dashboard.shell.html import Html, html, icon, join, link
from dashboard.shell.status_styles import STATUSES, css_class
from locales import Language, text

WITH_EXCEPTION = text("with exception")


def mark(t: Language, status: str, label: object = None, *, with_exception: bool = False) -> Html:
    """Icon and label in the colour of the status."""
    look = STATUSES[status]
    return html(
        '<span class="mark {kind}">{icon}<span>{label}{more}</span></span>',
        kind=css_class(status),
        icon=icon(look.icon),
        label=t.render(look.label) if label is None else label,
        more=html(" <em>{words}</em>", words=t.render(WITH_EXCEPTION)) if with_exception else "",
    )


def badge(t: Language, status: str, label: object = None, *, with_exception: bool = False) -> Html:
    """Icon and label on the soft colour of the status."""
    return html('<span class="badge">{mark}</span>', mark=mark(t, status, label, with_exception=with_exception))


def symbol(t: Language, status: str) -> Html:
    """The icon alone, with its label as title."""
    look = STATUSES[status]
    return html(
        '<span class="mark {kind}" role="img" aria-label="{label}" title="{label}">{icon}</span>',
        kind=css_class(status),
        label=t.render(look.label),
        icon=icon(look.icon),
    )


def legend(t: Language, statuses: Iterable[str]) -> Html:
    """What the icons and colours of a chart mean."""
    return html('<p class="legend">{marks}</p>', marks=join(mark(t, status) for status in statuses))


def status_badges(t: Language, numbers: Mapping[str, int], to: Mapping[str, str] | None = None) -> Html:
    """The number of each status, worst first; `to`: the address of each list."""
    badges = (
        _counted(mark(t, status, f"{t.render(look.label)} {numbers[status]}"), (to or {}).get(status))
        for status, look in STATUSES.items()
        if numbers.get(status)
    )
    return html('<p class="legend counts">{marks}</p>', marks=join(badges))


def _counted(label: Html, to: str | None) -> Html:
    return link(to, label, "quiet") if to else label
