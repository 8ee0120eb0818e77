"""A chart of the percentage of controls demonstrated: until today, if nobody acts, and in a scenario."""

from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from dashboard.charts.axes_and_font import frame, landmarks, month_ticks
from dashboard.charts.trend import Point, end, line
from dashboard.shell.status_styles import LINE, STATUSES
from locales import Language
from models.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Lines:
    """The points of the three lines. `past`: until today; the scenario begins today and has a point at least."""

    past: tuple[Point, ...]
    nobody_acts: tuple[Point, ...]
    scenario: tuple[Point, ...]


def scenario(t: Language, lines: Lines, today: date, audit: date, scenario_day: date) -> go.Figure:
    """`audit`: its planned day; `scenario_day`: the day that it has in the scenario."""
    falls, green = STATUSES[Status.LAPSED].line, STATUSES[Status.DEMONSTRATED].line
    ahead = [*lines.past[-1:], *lines.nobody_acts] or lines.scenario[:1]
    figure = go.Figure()
    figure.add_trace(line(t, lines.past, LINE, t("Demonstrated")))
    figure.add_trace(line(t, ahead, falls, t("If nobody acts"), "dot"))
    figure.add_trace(line(t, lines.scenario, green, t("In this scenario"), "dash"))
    first, last = (lines.past or lines.scenario)[0].day, max(audit, scenario_day)
    landmarks(t, figure, (first, last), today, scenario_day)
    if audit != scenario_day:
        figure.add_vline(audit, line={"color": LINE, "width": 1, "dash": "dot"})
    is_above = lines.scenario[-1].share >= ahead[-1].share
    ends = [(ahead[-1], falls, "below" if is_above else "above")]
    if lines.scenario[-1] != ahead[-1]:
        ends.append((lines.scenario[-1], green, "above" if is_above else "below"))
    for point, colour, place in ends:
        figure.add_annotation(end(point, colour, place, point.share))
    return frame(figure, 300, month_ticks(t, first, last))
