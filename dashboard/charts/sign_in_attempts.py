"""A chart of sign-in attempts per day, stacked by outcome; patterns tell outcomes apart without colour."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import plotly.graph_objects as go

from dashboard.charts.axes_and_font import frame
from dashboard.shell.status_styles import STATUSES
from locales import Language, Text, text
from models.vocabulary import SignInOutcome

#: outcome → the status that lends its look, its label, and the pattern of its bars
OUTCOMES: dict[str, tuple[str, Text, str]] = {
    SignInOutcome.SUCCEEDED: ("demonstrated", text("Signed in"), ""),
    SignInOutcome.AWAITING: ("in_review", text("Password correct, second factor requested"), "."),
    SignInOutcome.FAILED: ("failing", text("Failed"), "/"),
    SignInOutcome.LOCKED: ("lapsed", text("Blocked for a while"), "x"),
}
_TICKS = 6


def attempt_chart(t: Language, counts: Mapping[str, Mapping[date, int]], first: date, last: date) -> go.Figure:
    """A bar a day, also for days without attempts. `counts`: attempts by outcome and day."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    figure = go.Figure()
    for outcome, (status, name, pattern) in OUTCOMES.items():
        if counts.get(outcome):
            figure.add_trace(_bars(t, days, counts[outcome], STATUSES[status].line, t.render(name), pattern))
    step = max(1, -(-len(days) // _TICKS))
    frame(figure, 240, [(day, t.short_date(day)) for day in days[::step]])
    figure.update_layout(barmode="stack", bargap=0.25)
    # A day's bar stands around its middle: without half a day at the ends the first and last are cut off.
    half, midnight = timedelta(hours=14), time()
    ends = (datetime.combine(first, midnight) - half, datetime.combine(last, midnight) + half)
    figure.update_xaxes(range=ends)
    figure.update_yaxes(range=None, rangemode="tozero", tickvals=None, ticktext=None, nticks=5, tickformat=",d")
    return figure


def _bars(
    t: Language, days: Sequence[date], attempts: Mapping[date, int], colour: str, name: str, pattern: str
) -> go.Bar:
    return go.Bar(
        x=list(days),
        y=[attempts.get(day, 0) for day in days],
        customdata=[t.date(day) for day in days],
        name=name,
        marker={"color": colour, "pattern": {"shape": pattern, "size": 5, "solidity": 0.25}},
        hovertemplate="%{customdata}<br><b>%{y}</b> " + name + "<extra></extra>",
    )
