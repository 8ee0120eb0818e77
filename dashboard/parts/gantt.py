"""Evidence over time: for each cell, thick where it was demonstrated, thin where it was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from dashboard.parts.days import months
from dashboard.parts.palette import LINE, STATUSES
from dashboard.parts.trend import frame
from locales import Language

_ROW, _HEAD = 26, 70


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a cell had one status, both included."""

    label: str
    first: date
    last: date
    status: str


def gantt(t: Language, spans: Sequence[Span], today: date, audit: date | None) -> go.Figure:
    figure = go.Figure()
    for status, look in STATUSES.items():
        of_status = [span for span in spans if span.status == status]
        if of_status:
            figure.add_trace(_bars(t, of_status, t.render(look.word), look.line, thick=status == "demonstrated"))
    labels = list(dict.fromkeys(span.label for span in spans))
    figure.add_vline(today, line={"color": LINE, "width": 1, "dash": "dot"})
    if audit:
        figure.add_vline(audit, line={"color": LINE, "width": 2})
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    frame(figure, _HEAD + _ROW * len(labels), months(t, first, last))
    figure.update_layout(barmode="overlay", bargap=0.3)
    figure.update_yaxes(
        type="category",
        range=None,
        tickvals=labels,
        ticksuffix="",
        categoryorder="array",
        categoryarray=labels[::-1],
        automargin=True,
        showgrid=False,
    )
    return figure


def _bars(t: Language, spans: Sequence[Span], word: str, colour: str, *, thick: bool) -> go.Bar:
    """Plotly wants a bar's length in milliseconds."""
    return go.Bar(
        base=[span.first for span in spans],
        x=[(span.last - span.first + timedelta(days=1)).total_seconds() * 1000 for span in spans],
        y=[span.label for span in spans],
        customdata=[[t.date(span.first), t.date(span.last)] for span in spans],
        orientation="h",
        width=0.55 if thick else 0.2,
        marker={"color": colour, "line": {"width": 0}},
        name=word,
        hovertemplate="<b>" + word + "</b><br>%{customdata[0]} \N{EN DASH} %{customdata[1]}<extra>%{y}</extra>",
    )
