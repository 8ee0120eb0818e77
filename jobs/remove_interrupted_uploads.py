"""Removes, once a day, what interrupted uploads left in the evidence store, and what is known of uploads long ended."""

from functools import partial

from evidence.intake.program_uploads import upload_rows
from jobs.values import Job, JobContext
from locales import text
from models.transaction import reading, writing

_FIRST, _DAY = 600.0, 86_400.0  # seconds


def job(context: JobContext) -> Job:
    run = partial(_sweep, context)
    return Job("sweep-staged", text("Removes files of interrupted uploads"), run, every=_DAY, first=_FIRST)


def _sweep(context: JobContext) -> None:
    """Sweep the store. Opening it does so too, but only once and only in a folder; this also sweeps a bucket."""
    context.store.sweep()
    sweep_uploads(context)


def sweep_uploads(context: JobContext) -> None:
    """Remove bytes whose upload no longer waits, a day after they were written, and uploads that ended long ago."""
    old = [name for name, age in context.store.held().items() if age > _DAY]
    with reading(context.engine) as session:
        unneeded = upload_rows.unneeded_held(session, old)
    for name in unneeded:
        context.store.release(name)
    with writing(context.engine, visit=True) as (session, now):
        upload_rows.remove_ended(session, now)
