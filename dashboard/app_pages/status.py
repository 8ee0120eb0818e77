"""Says whether the product itself is well: its parts, and when each piece of background work last succeeded."""

from datetime import UTC, datetime

from access.clock_notice import ahead
from dashboard.parts import markup, status_parts
from dashboard.parts.frame import language, show
from dashboard.parts.opening import Opening, opening
from dashboard.parts.people_tabs import people_tabs
from jobs import status
from locales import Language
from models.transaction import ran_ahead
from settings import engine, store

t = language()


def draw(o: Opening) -> None:
    work = status.background(o.person)
    wall = datetime.now(UTC)
    found = status.health(engine(), store(), wall)
    show(markup.answer(sentence(t, found, work), t("Status"), since(t, work)), people_tabs(t, o.person, "status"))
    if last := ran_ahead(o.session, wall):
        show(markup.note("failing", t.render(ahead(last, wall)), "error"))
    show(markup.section(t("Parts")), status_parts.part_table(t, found))
    compared = t("database, files and activity log compared; a part of it every day")
    show(markup.section(t("Daily verification"), compared))
    show(status_parts.verification(t, status.last_verification(o.session, o.person)))
    show(markup.section(t("Background work"), t("what fails is tried again, after a pause that grows")))
    if work.jobs:
        show(status_parts.job_table(t, work.jobs, work.late))
    else:
        why = t("It runs in the process that make run starts.")
        show(markup.empty(t("No background work runs in this process"), why))


def sentence(t: Language, found: status.Health, work: status.Background) -> str:
    failing = sum(one.failures > 0 or one.key in work.late for one in work.jobs)
    if failing:
        return t.n("{n} piece of background work fails.", "{n} pieces of background work fail.", failing)
    if found.status != status.OK:
        return t("A part of Aantoonbaar needs attention.")
    return t("Everything works.")


def since(t: Language, work: status.Background) -> str:
    return t("The process has been running since {moment}.", moment=work.started_at) if work.started_at else ""


with opening() as o:
    draw(o)
