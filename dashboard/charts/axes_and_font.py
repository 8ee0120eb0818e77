"""The layout that all charts over time share: axes, font, lines at today and the audit, and ticks of months."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from dashboard.shell.status_styles import LINE
from locales import Language

FONT = {"family": '"Source Sans", sans-serif', "size": 13}
_CLOSE = 0.15  # of the width: what a name needs on a phone
_GRID = "rgba(128,140,152,0.25)"


def landmarks(
    t: Language, figure: go.Figure, across: tuple[date, date], today: date, audit: date | None, name: str = ""
) -> None:
    """Draw lines at today and the day of the audit; if they are close, only the audit is named.

    `name`: of the first line, if it is not today.
    """
    figure.add_vline(today, line={"color": LINE, "width": 1, "dash": "dot"})
    if audit:
        figure.add_vline(audit, line={"color": LINE, "width": 2})
        figure.add_annotation(landmark(audit, t("Audit")))
    if audit is None or (audit - today).days > _CLOSE * (across[1] - across[0]).days:
        figure.add_annotation(landmark(today, name or t("Today")))


def landmark(day: date, name: str) -> go.layout.Annotation:
    """The name of a line, on its left: the audit is at the right edge."""
    return go.layout.Annotation(
        x=day, y=1, yref="paper", text=name, showarrow=False, xanchor="right", yanchor="bottom", font=FONT
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
        font=FONT,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": FONT},
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
