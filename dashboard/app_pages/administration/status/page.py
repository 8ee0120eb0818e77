"""Shows whether the product itself works: its components, and the last success of each background job."""

from datetime import UTC, datetime

from access.activity.clock_notice import clock_ahead_message
from dashboard.app_pages.administration.status import sections
from dashboard.components.evidence.live_check_table import live_check_table
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from evidence.collect.live.last_runs import live_check_states
from jobs import status
from locales import Language
from models.transaction import ran_ahead
from reports.mail.deliveries import mail_state
from settings import engine, mail_server, store

t = language()


def draw(context: PageContext) -> None:
    work = status.background(context.person)
    wall = datetime.now(UTC)
    health = status.health(engine(), store(), wall)
    show(html.answer(sentence(t, health, work), t("Status"), since(t, work)), page_tabs(t, context.person, "status"))
    if last := ran_ahead(context.session, wall):
        show(html.note("failing", t.render(clock_ahead_message(last, wall)), "error"))
    show(html.section(t("Components")), sections.part_table(t, health))
    compared = t("database, files and activity log compared; a part every day")
    show(html.section(t("Daily verification"), compared))
    show(sections.verification(t, status.last_verification(context.session, context.person)))
    server, state = mail_server(), mail_state(context.session, context.person, context.now)
    show(html.section(t("Mail"), t("sent by {host}", host=server.host) if server else ""))
    show(sections.mail(t, state, is_set=server is not None))
    show(html.section(t("Live checks"), t("what could not be reached is no evidence")))
    show(live_check_table(t, context.titles, live_check_states(context.session, context.person)))
    show(html.section(t("Background work"), t("failed work is tried again, after increasing pauses")))
    draw_jobs(work)


def draw_jobs(work: status.Background) -> None:
    if work.jobs:
        show(sections.job_table(t, work.jobs, work.late))
    else:
        why = t("It runs in the server that make run starts.")
        show(html.empty(t("No background work runs in this server"), why))


def sentence(t: Language, health: status.Health, work: status.Background) -> str:
    failing = sum(job.failures > 0 or job.key in work.late for job in work.jobs)
    if failing:
        return t.n("{n} background job is failing.", "{n} background jobs are failing.", failing)
    if health.status != status.OK:
        return t("A component of Aantoonbaar needs attention.")
    return t("Everything works.")


def since(t: Language, work: status.Background) -> str:
    return t("The server has been running since {moment}.", moment=work.started_at) if work.started_at else ""


with page_context() as context:
    draw(context)
