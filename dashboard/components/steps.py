"""The steps of a page that works in steps, with the present one marked."""

from collections.abc import Container, Sequence

from dashboard.shell.html import Html, html, icon, join


def steps(names: Sequence[str], current: int, unfinished: Container[int] = ()) -> Html:
    """The steps in order; those before `current` (from 1) are ticked. One more than the last: all are done.

    `unfinished`: numbers of earlier steps that still have something to do; they get no tick.
    """
    done = {number for number in range(1, current) if number not in unfinished}
    return html('<div class="steps">{steps}</div>', steps=join(_steps(names, current, done), "<i></i>"))


def _steps(names: Sequence[str], current: int, done: Container[int]) -> list[Html]:
    return [
        html(
            '<span class="{kind}"><span class="n">{sign}</span>{name}</span>',
            kind="done" if number in done else "now" if number == current else "",
            sign=icon("check") if number in done else number,
            name=name,
        )
        for number, name in enumerate(names, 1)
    ]
