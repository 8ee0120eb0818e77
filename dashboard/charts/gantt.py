"""Evidence over time: for each cell, thick where it was demonstrated, thin where it was not.

Plotly reads a little HTML in its texts, so names are escaped here as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

import plotly.graph_objects as go

from dashboard.charts.axes_and_font import frame, landmarks, month_ticks
from dashboard.shell.badge import legend
from dashboard.shell.html import Html
from dashboard.shell.status_styles import STATUSES
from locales import Language
from models.vocabulary import Status

_ROW, _HEAD = 40, 60


@dataclass(frozen=True, slots=True)
class Span:
    """A period in which a cell had one status, first and last day included."""

    label: str
    first: date
    last: date
    status: str


def gantt(t: Language, spans: Sequence[Span], today: date, audit: date | None, name: str = "") -> go.Figure:
    """`name`: of the day in place of today, if it is another."""
    figure = go.Figure()
    for status, look in STATUSES.items():
        of_status = [span for span in spans if span.status == status]
        if of_status:
            figure.add_trace(_bars(t, of_status, t.render(look.label), look.line, thick=status == Status.DEMONSTRATED))
    labels = list(dict.fromkeys(escape(span.label) for span in spans))
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    frame(figure, _HEAD + _ROW * len(labels), month_ticks(t, first, last))
    figure.update_xaxes(range=[first, last + timedelta(days=2)])
    figure.update_layout(barmode="overlay", annotations=[_name(label) for label in labels])
    landmarks(t, figure, (first, last), today, audit, name)
    figure.update_yaxes(
        type="category",
        range=[-0.5, len(labels) - 0.3],
        categoryorder="array",
        categoryarray=labels[::-1],
        visible=False,
    )
    return figure


def key(t: Language, spans: Sequence[Span]) -> Html:
    """A legend of the colours of the bars."""
    used = {span.status for span in spans}
    return legend(t, [status for status in STATUSES if status in used])


def _name(label: str) -> go.layout.Annotation:
    """The name above its bar: beside it, there would be no room for the bar on a phone."""
    return go.layout.Annotation(
        x=0, xref="paper", xanchor="left", y=label, yshift=15, text=label, showarrow=False, font={"size": 13}
    )


def _bars(t: Language, spans: Sequence[Span], name: str, colour: str, *, thick: bool) -> go.Bar:
    """The bars of one status; Plotly takes their length in milliseconds."""
    return go.Bar(
        base=[span.first for span in spans],
        x=[(span.last - span.first + timedelta(days=1)).total_seconds() * 1000 for span in spans],
        y=[escape(span.label) for span in spans],
        customdata=[[t.date(span.first), t.date(span.last)] for span in spans],
        orientation="h",
        width=0.3 if thick else 0.12,
        marker={"color": colour, "line": {"width": 0}},
        name=name,
        hovertemplate="<b>" + name + "</b><br>%{customdata[0]} \N{EN DASH} %{customdata[1]}<extra>%{y}</extra>",
    )
