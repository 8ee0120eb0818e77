"""Runs the live checks that are due: of recorded addresses, when an officer switched them on."""

from evidence.collect.live.due_checks import run_due_checks
from jobs.values import Job, JobContext
from locales import text

_EVERY, _FIRST, _AT_ONCE = 60.0, 240.0, 1.0  # seconds


def job(context: JobContext) -> Job:
    return Job("check-live", text("Carries out live checks"), lambda: _check(context), every=_EVERY, first=_FIRST)


def _check(context: JobContext) -> float | None:
    """Run one check a round, so that the job is never late; the next one follows at once."""
    return _AT_ONCE if run_due_checks(context.engine, context.store, context.own, most=1) else None
