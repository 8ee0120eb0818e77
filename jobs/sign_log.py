"""Signs the end of the activity log every ten minutes, if something was written since the last time."""

from functools import partial

from access.activity.checkpoints import sign_new_entries
from jobs.values import Job, Surroundings
from locales import text


def job(surroundings: Surroundings) -> Job:
    run = partial(_sign, surroundings)
    return Job("sign-log", text("Signs the activity log"), run, every=600)


def _sign(surroundings: Surroundings) -> None:
    """A log that is broken is not signed: the error names its entry."""
    sign_new_entries(surroundings.engine, surroundings.own.log_key)
