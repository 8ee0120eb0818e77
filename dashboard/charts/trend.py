"""A chart of the percentage of controls demonstrated per week: solid until today, dashed until the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from dashboard.shell.palette import LINE, STATUSES
from locales import Language

_CLOSE = 0.15  # of the width: what a name needs on a phone
_LOW = 12  # per cent: under a point as low as this there is no room above the axis
_GRID = "rgba(128,140,152,0.25)"
_FONT = {"family": '"Source Sans", sans-serif', "size": 13}


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
            figure.add_annotation(_landmark(viewed, t.short_date(viewed)))
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
        font={**_FONT, "size": 15, "color": colour},
    )


def landmarks(
    t: Language, figure: go.Figure, across: tuple[date, date], today: date, audit: date | None, name: str = ""
) -> None:
    """Draw lines at today and the day of the audit; if they are close, only the audit is named.

    `name`: of the first line, if it is not today.
    """
    figure.add_vline(today, line={"color": LINE, "width": 1, "dash": "dot"})
    if audit:
        figure.add_vline(audit, line={"color": LINE, "width": 2})
        figure.add_annotation(_landmark(audit, t("Audit")))
    if audit is None or (audit - today).days > _CLOSE * (across[1] - across[0]).days:
        figure.add_annotation(_landmark(today, name or t("Today")))


def _landmark(day: date, name: str) -> go.layout.Annotation:
    """The name of a line, on its left: the audit is at the right edge."""
    return go.layout.Annotation(
        x=day, y=1, yref="paper", text=name, showarrow=False, xanchor="right", yanchor="bottom", font=_FONT
    )


def month_ticks(t: Language, first: date, last: date, most: int = 6) -> list[tuple[date, str]]:
    """Axis ticks at the first days of months, evenly spaced, at most `most`, each with its label."""
    starts = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    inside = [day for day in starts if first <= day <= last]
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 1200) if len(inside) <= most * step)
    ticks = [day for day in inside if (day.year * 12 + day.month - 1) % step == 0]
    return [(day, f"{t.short_date(day).partition(' ')[2]}<br>{day.year}") for day in ticks]


def frame(figure: go.Figure, height: int, ticks: Sequence[tuple[date, str]]) -> go.Figure:
    """Apply the layout of all our charts; y from 0 to 100 %."""
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 8, "t": 24, "b": 0},
        showlegend=False,
        font=_FONT,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": _FONT},
    )
    figure.update_xaxes(type="date", fixedrange=True, showgrid=False, automargin=True, tickangle=0)
    figure.update_xaxes(tickvals=[day for day, _ in ticks], ticktext=[name for _, name in ticks])
    figure.update_yaxes(
        range=[0, 104],
        tickvals=[0, 25, 50, 75, 100],
        ticktext=["0", "25", "50", "75", "100 %"],
        fixedrange=True,
        gridcolor=_GRID,
        zeroline=False,
    )
    return figure
