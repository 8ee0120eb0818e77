"""Shows what a team has to provide: by when, why it matters, how it went before, and where to upload it."""

from urllib.parse import urlsplit

import streamlit as st

from access.permissions import limits
from dashboard.app_pages.my_team import task_row
from dashboard.components import days
from dashboard.components.evidence.sent_uploads import sent_uploads_note
from dashboard.components.no_audit import no_audit
from dashboard.components.tasks.grouping import TeamTask, group
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.url_filters import choice
from evidence.intake.program_uploads.sent_uploads import sent_uploads
from evidence.library.recent_runs import recent_runs
from models.vocabulary import Urgency
from readiness import audit_verdict, due_tasks_between

t = language()


def draw(context: PageContext) -> None:
    teams = teams_of(context)
    if not context.audit_day:
        draw_no_audit(context, teams)
        return
    tasks = tasks_of(context, teams)
    due = [task for task in tasks if task.urgency in (Urgency.OVERDUE, Urgency.SOON)]
    later = [task for task in tasks if task not in due]
    place = " · ".join(
        [
            ", ".join(context.titles.team(t, team) for team in teams),
            t.date(context.today),
            t("audit {when}", when=days.due(t, context.audit_day, context.today)),
        ]
    )
    show(html.answer(sentence(due, later), place), sent_uploads_note(t, sent_uploads(context.session, context.person)))
    runs = recent_runs(context.session, context.person, sorted({task.requirement for task in due}))
    overdue = [task for task in due if task.urgency == Urgency.OVERDUE]
    soon = [task for task in due if task.urgency == Urgency.SOON]
    first = next(iter(due), None)
    for title, some in ((t("Overdue"), overdue), (t("Within 30 days"), soon)):
        show(task_row.section(t, context.titles, title, some, runs, first, site()) if some else "")
    show(task_row.later(t, context.titles, later, context.audit_day) if later else "")
    if not tasks:
        show(html.empty(t("Nothing is due"), t("All evidence of this team is valid until after the audit.")))


def teams_of(context: PageContext) -> list[str]:
    """The person's own teams; who may see all evidence chooses one."""
    limited = limits(context.person, "evidence.file")
    own = sorted(limited.teams if limited else context.person.teams)
    if own or not context.titles.teams:
        return own
    options = {key: context.titles.team(t, key) for key in context.titles.teams}
    return [choice(t("Team"), options, "team")]


def tasks_of(context: PageContext, teams: list[str]) -> list[TeamTask]:
    """What these teams have to do before the audit, the earliest due day first; reviews are not theirs."""
    assert context.audit  # noqa: S101 - the page shows no tasks without an audit
    current, then = context.current(), context.then()
    assert then  # noqa: S101
    criteria = context.criteria
    whole = due_tasks_between(
        context.session,
        context.person,
        context.audit,
        audit_verdict(current, criteria),
        audit_verdict(then, criteria),
    )
    return group(task for task in whole if task.team in teams and task.to_do.action != "review")


def sentence(due: list[TeamTask], later: list[TeamTask]) -> str:
    """What is to be provided soon, and how much of it is late."""
    if not due:
        return t.n(
            "Nothing is due within 30 days; {n} task later.",
            "Nothing is due within 30 days; {n} tasks later.",
            len(later),
        )
    late = sum(task.urgency == Urgency.OVERDUE for task in due)
    first = t.n(
        "{n} piece of evidence is due within 30 days", "{n} pieces of evidence are due within 30 days", len(due)
    )
    if not late:
        return t("{first}; none is late.", first=first)
    return t.n("{first}; {n} is late.", "{first}; {n} are late.", late, first=first)


def draw_no_audit(context: PageContext, teams: list[str]) -> None:
    place = ", ".join(context.titles.team(t, team) for team in teams)
    why = t("Once the audit has been planned, this page shows what your team has to provide, and by when.")
    show(html.answer(t("No audit has been planned."), place), no_audit(t, context, t("What your team owes"), why))


def site() -> str:
    """The address of this product, as the person's browser knows it."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""


with page_context() as context:
    draw(context)
