"""The steps of a page that works in steps, with the present one marked."""

from collections.abc import Sequence

from dashboard.shell.html import Html, html, icon, join


def steps(names: Sequence[str], current: int) -> Html:
    """The steps in order; those before `current` (from 1) are ticked. One more than the last: all are done."""
    return html('<div class="steps">{steps}</div>', steps=join(_steps(names, current), "<i></i>"))


def _steps(names: Sequence[str], current: int) -> list[Html]:
    return [
        html(
            '<span class="{kind}"><span class="n">{sign}</span>{name}</span>',
            kind="done" if number < current else "now" if number == current else "",
            sign=icon("check") if number < current else number,
            name=name,
        )
        for number, name in enumerate(names, 1)
    ]
