"""A chart of the percentage of controls demonstrated per week: solid until today, dashed until the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from dashboard.charts.axes_and_font import FONT, frame, landmark, landmarks, month_ticks
from dashboard.shell.status_styles import LINE, STATUSES
from locales import Language

_LOW = 12  # per cent: under a point as low as this there is no room above the axis


@dataclass(frozen=True, slots=True)
class Point:
    """The percentage demonstrated on a day."""

    day: date
    share: float
    forecast: bool


def trend(
    t: Language, points: Sequence[Point], today: date, audit: date | None, viewed: date | None = None
) -> go.Figure:
    """`viewed`: another day that is marked."""
    past = [point for point in points if not point.forecast]
    future = ([past[-1]] if past else []) + [point for point in points if point.forecast]
    figure = go.Figure()
    figure.add_trace(line(t, past, LINE, t("Demonstrated")))
    if len(future) > 1:
        figure.add_trace(line(t, future, STATUSES["lapsed"].line, t("If nobody acts"), "dot"))
    for point, colour, place in _ends(past, future):
        figure.add_annotation(end(point, colour, place, future[0].share if place == "over" else point.share))
    if points:
        landmarks(t, figure, (points[0].day, points[-1].day), today, audit)
        if viewed and points[0].day <= viewed <= points[-1].day:
            figure.add_vline(viewed, line={"color": LINE, "width": 2})
            figure.add_annotation(landmark(viewed, t.short_date(viewed)))
    return frame(figure, 300, month_ticks(t, points[0].day, points[-1].day) if points else [])


def line(t: Language, points: Sequence[Point], colour: str, name: str, dash: str = "solid") -> go.Scatter:
    """A line with the date and percentage of each point. `dash`: of Plotly; not solid, it is to come and has steps."""
    return go.Scatter(
        x=[point.day for point in points],
        y=[point.share for point in points],
        customdata=[t.date(point.day) for point in points],
        mode="lines" if len(points) > 1 else "markers",
        name=name,
        line={
            "color": colour,
            "width": 2.5,
            "dash": dash,
            "shape": "linear" if dash == "solid" else "hv",
        },
        hovertemplate="%{customdata}<br><b>%{y:.0f} %</b><extra>" + name + "</extra>",
    )


def _ends(past: Sequence[Point], future: Sequence[Point]) -> list[tuple[Point, str, str]]:
    """The values at the two ends of the line, each on the side with room."""
    ends = [(past[-1], LINE, "above")] if past else []
    if len(future) > 1:
        colour = STATUSES["lapsed"].line
        falls = future[-1].share <= future[0].share
        ends.append(
            (future[-1], colour, "over" if falls and future[-1].share < _LOW else "below" if falls else "above")
        )
    return ends


def end(point: Point, colour: str, place: str, height: float) -> go.layout.Annotation:
    """The annotation of an end value. `height`: the percentage that it must stay clear of."""
    return go.layout.Annotation(
        x=point.day,
        y=height,
        text=f"<b>{int(point.share)} %</b>",
        showarrow=False,
        xanchor="right",
        xshift=-6,
        yshift=-14 if place == "below" else 14,
        font={**FONT, "size": 15, "color": colour},
    )
