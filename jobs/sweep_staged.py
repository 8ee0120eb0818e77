"""Removes, once a day, the files that interrupted uploads left in the evidence store."""

from functools import partial

from jobs.values import Job, JobContext
from locales import text

_FIRST, _DAY = 600.0, 86_400.0  # seconds


def job(context: JobContext) -> Job:
    run = partial(_sweep, context)
    return Job("sweep-staged", text("Removes files of interrupted uploads"), run, every=_DAY, first=_FIRST)


def _sweep(context: JobContext) -> None:
    """Sweep the store. Opening it does so too, but only once and only in a folder; this also sweeps a bucket."""
    context.store.sweep()
