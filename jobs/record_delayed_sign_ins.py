"""Records, every minute, the sign-in attempts that were delayed and nothing else."""

from functools import partial

from jobs.values import Job, JobContext
from locales import text


def job(context: JobContext) -> Job:
    run = partial(context.waiting.write_down, context.engine)
    return Job("record-waiting", text("Records delayed sign-in attempts"), run, every=60, first=60)
