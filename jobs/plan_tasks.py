"""Plans, every hour, a day for evidence that nobody planned, so that each task has a due day."""

from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Engine

from access.permissions import SYSTEM
from audits.planned_days import plan_by_default, propose_days
from jobs.values import Job, JobContext
from locales import text
from models.transaction import present, reading, writing

_HOUR = 3_600


def job(context: JobContext) -> Job:
    return Job("plan-tasks", text("Plans days for evidence"), partial(plan, context.engine), every=_HOUR, first=5)


def plan(engine: Engine) -> None:
    """Propose days while reading, and write only if there are any: writers do not wait for readiness."""
    with reading(engine) as session:
        proposed = propose_days(session, SYSTEM, present(session, datetime.now(UTC)))
    if proposed:
        with writing(engine) as (session, now):
            plan_by_default(session, SYSTEM, proposed, now)
