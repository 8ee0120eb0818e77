"""Signs the end of the activity log every ten minutes, if something was written since the last time."""

from functools import partial

from access.activity.checkpoints import sign_new_entries
from jobs.values import Job, JobContext
from locales import text


def job(context: JobContext) -> Job:
    run = partial(_sign, context)
    return Job("sign-log", text("Signs the activity log"), run, every=600)


def _sign(context: JobContext) -> None:
    """Sign the log. A broken log is not signed: the error names its entry."""
    sign_new_entries(context.engine, context.own.log_key)
