"""The rows of a team's tasks: what and when, the promise, the last runs, and one button."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from dashboard.components.tasks.grouping import TeamTask
from dashboard.components.tasks.words import act, what, when
from dashboard.shell.badge import symbol
from dashboard.shell.html import Html, address, html, join, link, table
from dashboard.shell.html import section as heading
from dashboard.shell.status_styles import css_class
from dashboard.shell.title_lookup import TitleLookup
from evidence.intake.delivery.cells import CellKey
from evidence.library.recent_runs import RecentRun
from locales import Language
from models.vocabulary import LAPSING, EvidenceKind, Status, Urgency, Verdict

_CONTROLS: Final = 3  # named before the rest is only counted
_HIGHEST: Final = 24  # pixels of a bar

Runs = Mapping[CellKey, Sequence[RecentRun]]


def section(
    t: Language,
    titles: TitleLookup,
    title: str,
    tasks: Sequence[TeamTask],
    runs: Runs,
    first: TeamTask | None,
    site: str,
) -> Html:
    """A group of tasks. `first`: the one with the primary button and the line for a build server."""
    rows = join(_row(t, titles, task, runs, site, is_first=task is first) for task in tasks)
    return join([heading(title, t.n("{n} task", "{n} tasks", len(tasks))), html("<div>{rows}</div>", rows=rows)])


def _row(t: Language, titles: TitleLookup, task: TeamTask, runs: Runs, site: str, *, is_first: bool) -> Html:
    status = LAPSING if task.status == Status.DEMONSTRATED else task.status
    return html(
        '<article class="team-task">{symbol}'
        '<div class="what"><h3>{what}</h3><p class="{urgency} s-lapsed">{when}</p></div>'
        '<div class="why">{why}</div><div class="runs">{runs}</div><div class="act">{button}</div>{pipeline}</article>',
        symbol=symbol(t, status),
        what=what(t, titles, task),
        urgency=task.urgency,
        when=when(t, titles.today, task),
        why=_why(t, titles, task),
        runs=_runs(t, [run for cell in task.cells for run in runs.get(cell, ())]),
        button=_button(t, task, "button first" if is_first else "button"),
        pipeline=_pipeline(t, titles, task, site, is_open=is_first and task.urgency == Urgency.OVERDUE),
    )


def _why(t: Language, titles: TitleLookup, task: TeamTask) -> Html:
    """The sentence that promises it, and the controls that need it."""
    row = titles.requirements.get(task.requirement)
    measure = titles.measures.get(row.measure) if row and row.measure else None
    quote = measure.clauses[0].quote if measure and measure.clauses else ""
    controls = [mapping.control for mapping in measure.mappings] if measure else [row.control] if row else []
    shown = [titles.reference(t, control) for control in controls[:_CONTROLS] if control]
    rest = len(controls) - len(shown)
    names = ", ".join(shown) + (t(" and {n} more", n=rest) if rest > 0 else "")
    promise = html("<q>{quote}</q>", quote=quote) if quote else Html("")
    return html("{promise}<small>{names}</small>", promise=promise, names=names)


def _runs(t: Language, runs: Sequence[RecentRun]) -> Html:
    """A bar for each of the last runs, as high as its number of failing checks; the last one in words."""
    if not runs:
        return html("<small>{words}</small>", words=t("not provided yet"))
    most = max(1, *(run.failing for run in runs))
    bars = join(_bar(run, most) for run in runs)
    last = runs[-1]
    words = (
        t.n("{day}: {n} check fails", "{day}: {n} checks fail", last.failing, day=t.short_date(last.day))
        if last.verdict == Verdict.FAIL
        else _passed(t, last)
        if last.verdict == Verdict.PASS
        else t("{day}: provided", day=t.short_date(last.day))
    )
    label = t.n("the last run", "the last {n} runs", len(runs))
    return html(
        '<span class="bars" role="img" aria-label="{label}">{bars}</span>{words}',
        label=label,
        bars=bars,
        words=link(address("evidence-item", id=last.evidence), words, "soft-link"),
    )


def _passed(t: Language, run: RecentRun) -> str:
    if run.ends:
        return t("{day}: passed, until {end}", day=t.short_date(run.day), end=t.short_date(run.ends))
    return t("{day}: passed", day=t.short_date(run.day))


def _bar(run: RecentRun, most: int) -> Html:
    height = 6 + round((_HIGHEST - 6) * run.failing / most) if run.verdict == Verdict.FAIL else 6
    status = {Verdict.FAIL: Status.FAILING, Verdict.PASS: Status.DEMONSTRATED}.get(Verdict(run.verdict), Status.UNKNOWN)
    return html('<i class="{kind}" style="height:{height}px"></i>', kind=css_class(status), height=height)


def _button(t: Language, task: TeamTask, kind: str) -> Html:
    to, words = act(t, task)
    return link(to, words, kind)


def _pipeline(t: Language, titles: TitleLookup, task: TeamTask, site: str, *, is_open: bool) -> Html:
    """The line that a build server runs; a file name stands for the tool's own."""
    row = titles.requirements.get(task.requirement)
    if row is None or row.kind != EvidenceKind.TEST:
        return Html("")
    system = f" -F system={task.system}" if task.system else ""
    line = (
        f'curl -H "Authorization: Bearer $AANTOONBAAR_TOKEN" -F files=@report -F requirement={task.requirement}'
        f"{system} {site}/api/v1/evidence"
    )
    return html(
        '<details class="pipeline"{is_open}><summary>{title}</summary><pre tabindex="0"><code>{line}</code></pre>'
        "</details>",
        is_open=Html(" open") if is_open else "",
        title=t("From a build server"),
        line=line,
    )


def later(t: Language, titles: TitleLookup, tasks: Sequence[TeamTask], audit_day: date) -> Html:
    """What is due after this month, as a table."""
    rows = [
        (
            t.date(task.due_day) if task.due_day else t("no day planned yet"),
            link(titles.home(task.requirement, task.cells[0]), what(t, titles, task), "soft-link"),
            t.n("{n} control", "{n} controls", task.first.to_do.controls) if task.first.to_do.controls else "",
        )
        for task in tasks
    ]
    remark = t("{n} until the audit on {day}", n=len(tasks), day=audit_day)
    return join([heading(t("Later"), remark), table((t("Due"), t("What"), t("Counts for")), rows)])
