"""Parts of pages, from plain values."""

import re
from datetime import date
from types import SimpleNamespace

import pytest

from dashboard.app_pages.readiness import status_counts, task_list
from dashboard.app_pages.readiness.measure_matrix import columns, groups
from dashboard.app_pages.readiness.tasks import tasks
from dashboard.charts import gantt, heatmap, scores, trend
from dashboard.components import days
from dashboard.components.cells import CellView, cell_views, short_fact
from dashboard.components.evidence import outcomes
from dashboard.shell import badge, html
from dashboard.shell.status_styles import STATUSES, status_to_show, style_sheet
from dashboard.shell.title_lookup import TitleLookup
from evidence.formats import values
from locales import Language
from models.vocabulary import Urgency
from readiness import CellStatus, Readiness, Task, ToDo

EN, NL = Language("en"), Language("nl")
TODAY, AUDIT = date(2026, 11, 23), date(2027, 3, 16)
EVIL = "<img src=x onerror=alert(1)>"


def titled(key, title=None, **more):
    return SimpleNamespace(key=key, title_nl=title or key, title_en=title or key, **more)


BOOK = TitleLookup(
    TODAY,
    systems={"portal": titled("portal", "Portal"), "api": titled("api", "API"), "mail": titled("mail", "Mail")},
    teams={"platform": titled("platform", "Platform")},
    measures={"tls": titled("tls", EVIL, sentence=""), "log": titled("log", "Login log", sentence="changed")},
    requirements={
        "tls-scan": titled("tls-scan", "TLS scan", measure="tls", control=None, team="platform"),
        "log-export": titled("log-export", "Log export", measure="log", control=None, team=None),
        "policy": titled("policy", "Policy", measure=None, control="iso27001-2022:A.5.1", team=None),
    },
    controls={},
    catalogues={"iso27001-2022": SimpleNamespace(short_nl="ISO 27001", short_en="ISO 27001")},
)


def relative(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, other):
    light, dark = sorted((relative(first), relative(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_sufficient_contrast(status):
    look = STATUSES[status]
    for (ink, soft, _mark), page in ((look.light, "#FFFFFF"), (look.dark, "#12171C")):
        assert contrast(ink, page) >= 4.5
        assert contrast(ink, soft) >= 4.5
        assert contrast(look.line, page) >= 3
    assert f".s-{status.replace('_', '-')}{{" in style_sheet()


@pytest.mark.parametrize("t", [EN, NL])
def test_status_has_icon_and_label_beside_its_colour(t):
    for status, look in STATUSES.items():
        shown_mark = badge.badge(t, status)
        assert look.icon in shown_mark
        assert t.render(look.label) in shown_mark
        assert t.render(look.label) in badge.symbol(t, status)


def test_statuses_and_their_icons_differ():
    assert len({str(look.label) for look in STATUSES.values()}) == len(STATUSES)
    assert len({look.icon for look in STATUSES.values()}) == len(STATUSES)


def test_evidence_that_expires_before_the_audit_is_a_separate_group():
    assert status_to_show("demonstrated", "lapsed") == "lapsing"
    assert status_to_show("demonstrated", "demonstrated") == "demonstrated"
    assert status_to_show("demonstrated", None) == "demonstrated"
    assert status_to_show("failing", "demonstrated") == "failing"


def test_a_score_is_rounded_down():
    assert scores.share(995, 1000) == 99
    assert scores.share(0, 0) == 0
    assert ">99<" in scores.scores(EN, [scores.Score("Today", 995, 1000, EVIL, {"failing": 5})])
    assert "<img" not in scores.scores(EN, [scores.Score(EVIL, 1, 2, EVIL, {})])


def test_status_table_colours_only_changes_and_links_every_number():
    columns = status_counts.Columns("today", "16 March")
    out = status_counts.status_table(EN, {"failing": 3, "lapsed": 9}, {"failing": 3, "lapsed": 30}, columns, "iso")
    assert out.count("changed") == 1
    assert out.count('href="/controls?catalogue=iso&amp;status=lapsed') == 3
    assert "then" not in status_counts.status_table(
        EN, {"failing": 3}, None, status_counts.Columns("today", "then"), "iso"
    )


def test_tile_shows_its_fact_escaped():
    tile = heatmap.Tile("failing", "3", EVIL, "/measure?key=tls&system=portal")
    out = heatmap.heatmap(EN, ["Portal"], [heatmap.Group("g", [heatmap.Row(EVIL, "/", [tile, None])])])
    assert "<img" not in out
    assert "/measure?key=tls&amp;system=portal" in out
    assert "dangerous" in out


def readiness_of(*cells):
    return Readiness(TODAY, None, list(cells), {}, {})


def test_cells_become_rows_worst_first():
    today = [
        CellStatus("tls-scan", "portal", "a", "demonstrated", valid_until=date(2026, 12, 9)),
        CellStatus("tls-scan", "portal", "b", "failing", fails=3, since=date(2026, 11, 20)),
        CellStatus("tls-scan", "api", "c", "demonstrated", valid_until=date(2026, 12, 9)),
        CellStatus("log-export", "", "", "demonstrated"),
        CellStatus("policy", "", "", "missing"),
    ]
    later = [CellStatus("tls-scan", "api", "c", "lapsed"), CellStatus("log-export", "", "", "demonstrated")]
    cells = cell_views(readiness_of(*today), readiness_of(*later))
    assert columns(BOOK, cells) == ["", "portal", "api"]
    rows = groups(EN, BOOK, cells, {"tls": "failing", "log": "demonstrated"}, "16 March", on=TODAY)
    assert [[row.title for row in group.rows] for group in rows] == [
        [EVIL],
        [],
        ["Login log"],
        [],
        ["Required directly by controls"],
    ]
    out = heatmap.heatmap(EN, ["Portal"], rows)
    assert "No valid evidence · 1<" in out, "what belongs to no measure is counted as none"
    assert "Not covered by a measure<" in out
    assert [str(group.rows[0].flag) for group in (rows[0], rows[2])] == [
        "",
        ' <span class="tag">sentence changed</span>',
    ]
    tiles = rows[0].rows[0].tiles
    assert tiles[0] is None
    assert (tiles[1].status, tiles[1].fact) == ("failing", "3")
    assert (tiles[2].status, tiles[2].fact) == ("lapsing", "9 Dec")
    assert "9 December 2026" in tiles[2].title


@pytest.mark.parametrize("t", [EN, NL])
def test_matrix_of_another_day_shows_no_facts_of_today(t):
    end = date(2026, 12, 9)
    then = readiness_of(
        CellStatus("tls-scan", "portal", "a", "lapsed", since=end),
        CellStatus("log-export", "", "", "demonstrated", valid_until=date(2027, 4, 1)),
    )
    rows = groups(t, BOOK, cell_views(then, None), {"tls": "lapsed", "log": "demonstrated"}, "16 March", on=AUDIT)
    titles = [tile.title for group in rows for row in group.rows for tile in row.tiles if tile]
    words = ("expired on", "expires on") if t is EN else ("verliep op", "verloopt op")
    assert [title.rpartition(": ")[2] for title in titles] == [
        f"{words[0]} {t.date(end)}",
        f"{words[1]} {t.date(date(2027, 4, 1))}",
    ]


def test_tile_shows_the_earliest_day():
    cells = [
        CellView("lapsed", CellStatus("r", "s", "", "lapsed", since=day))
        for day in (date(2026, 11, 3), date(2026, 10, 2))
    ]
    assert short_fact(EN, cells, "lapsed") == "2 Oct"
    assert short_fact(EN, cells, "missing") == ""


def todo_for(system, action="deliver", status="missing", **more):
    values = {"team": "platform", "target": "", "due": None, "since": None, "controls": 4, **more}
    item = ToDo(requirement="tls-scan", system=system, status=status, action=action, **values)
    return Task(item, item.team, date(2026, 12, 5), Urgency.SOON)


def test_same_evidence_for_several_systems_is_one_line_with_its_number_of_tasks():
    teams = tasks(EN, BOOK, [todo_for("portal"), todo_for("api"), todo_for("portal", "review", "in_review")])
    assert [team.team for team in teams] == ["Platform", "Security officer"]
    assert teams[0].items[0].what == "Provide: TLS scan, Portal and API"
    assert teams[0].items[0].when == "not yet provided · due in 12 days · 4 controls · 2 tasks"
    assert teams[1].items[0].to == "/review"
    assert "<ul>" in task_list.todo(EN, teams)


def test_review_task_leads_to_what_waits_or_for_others_to_the_evidence():
    waits = todo_for("portal", "review", "in_review", waiting="e1")
    assert tasks(EN, BOOK, [waits])[0].items[0].to == "/review?id=e1"
    token = html.CLOSED.set(frozenset({"review"}))
    try:
        assert tasks(EN, BOOK, [waits])[0].items[0].to == "/evidence?requirement=tls-scan&review=waiting"
    finally:
        html.CLOSED.reset(token)


def test_many_places_are_shown_as_a_number():
    what = tasks(EN, BOOK, [todo_for(system) for system in ("portal", "api", "mail", "other")])[0].items[0].what
    assert what == "Provide: TLS scan, Portal, API and 2 more"


def test_tasks_by_team_add_up_to_the_tasks_that_the_page_counts():
    due = [todo_for(system, target=target) for system in ("portal", "api", "mail") for target in ("a", "b")]
    (team,) = tasks(EN, BOOK, due)
    assert [item.number for item in team.items] == [3]
    assert "3 tasks" in team.items[0].when
    assert "3 to do" in task_list.todo(EN, [team])
    assert "3 within 30 days" in task_list.numbers(EN, due)


def test_tasks_after_the_second_are_folded():
    item = task_list.Item("missing", "what", "when", "/")
    out = task_list.todo(EN, [task_list.TeamList("Team", [item] * 5)])
    assert "3 more" in out
    assert out.count("<li>") == 5


@pytest.mark.parametrize(
    ("duration", "words"),
    [("P30D", "every 30 days"), ("P1Y", "every year"), ("P12M", "every year"), ("P6M", "every 6 months"), ("P2W", "every 14 days"),
     ("P1M", "every month"), ("P1D", "every day"), ("P1M3D", "every 1 month and 3 days"), ("", "until the end date in its content")],
)  # fmt: skip
def test_a_renewal_in_words(duration, words):
    assert days.renewal(EN, duration) == words
    assert days.renewal(NL, duration)


def test_days_are_shown_in_words():
    assert days.until(EN, date(2026, 12, 5), TODAY) == "expires in 12 days, on 5 December 2026"
    assert days.until(EN, date(2026, 11, 24), TODAY) == "expires tomorrow, on 24 November 2026"
    assert days.until(EN, TODAY, TODAY) == "expires today, on 23 November 2026"
    assert days.ago(EN, date(2026, 10, 2), TODAY) == "expired 52 days ago, on 2 October 2026"
    assert days.due(EN, AUDIT, TODAY) == "in 113 days"
    assert days.due(EN, TODAY, TODAY) == "today"


def test_trend_shows_its_last_values():
    points = [
        trend.Point(date(2026, 11, 16), 70, forecast=False),
        trend.Point(TODAY, 71.9, forecast=False),
        trend.Point(AUDIT, 54, forecast=True),
    ]
    figure = trend.trend(EN, points, TODAY, AUDIT)
    assert [note.text for note in figure.layout.annotations] == ["<b>71 %</b>", "<b>54 %</b>", "Audit", "Today"]
    assert list(figure.data[1].x) == [TODAY, AUDIT]
    assert figure.layout.yaxis.range == (0, 104)
    assert not trend.trend(EN, [], TODAY, None).layout.annotations


def test_periods_of_validity_are_whole_days():
    spans = [
        gantt.Span("TLS", date(2026, 1, 1), date(2026, 1, 10), "demonstrated"),
        gantt.Span("TLS", date(2026, 1, 11), TODAY, "lapsed"),
    ]
    figure = gantt.gantt(EN, spans, TODAY, AUDIT)
    assert {bar.name for bar in figure.data} == {"Demonstrated", "Expired"}
    green = next(bar for bar in figure.data if bar.name == "Demonstrated")
    assert green.x[0] == 10 * 24 * 3600 * 1000
    assert re.match(r"#", green.marker.color)


def test_every_outcome_has_a_label_in_both_languages():
    judged = [values.PASS, values.FAIL, values.ERROR, values.SKIPPED, values.NOT_APPLICABLE, values.INFORMATIONAL]
    for outcome in [*judged, values.NOT_EVALUATED]:
        english, dutch = str(outcomes.outcome(Language("en"), outcome)), str(outcomes.outcome(Language("nl"), outcome))
        assert english != dutch
        assert f">{outcome}<" not in english + dutch


def test_results_without_verdict_are_before_passing_ones():
    results = [values.Result(1, "a", "", values.PASS), values.Result(2, "b", "", values.NOT_EVALUATED)]
    out = outcomes.first_results(EN, results, 2)
    assert out.index("Not evaluated") < out.index("Pass")


def test_low_end_value_is_above_the_line():
    points = [trend.Point(TODAY, 15, forecast=False), trend.Point(AUDIT, 5, forecast=True)]
    end = trend.trend(EN, points, TODAY, AUDIT).layout.annotations[1]
    assert (end.text, end.y, end.yshift) == ("<b>5 %</b>", 15, 14)


def test_gantt_has_a_legend_of_its_colours():
    key = gantt.key(EN, [gantt.Span("TLS", TODAY, AUDIT, "lapsing")])
    assert "Expires before audit" in key
    assert "Demonstrated" not in key
