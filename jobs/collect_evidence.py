"""Collects evidence about the product itself, once a day."""

from functools import partial

from evidence.collect.own_checks.daily_collection import collect_if_due
from jobs.values import Job, JobContext
from locales import text

_AFTER_A_ROUND = 3_600.0  # seconds


def job(context: JobContext) -> Job:
    run = partial(_collect, context, set())
    return Job("collect-evidence", text("Collects evidence about Aantoonbaar itself"), run, every=600, first=180)


def _collect(context: JobContext, reported: set[tuple[str, str]]) -> float | None:
    collected = collect_if_due(context.engine, context.store, context.own, reported)
    return _AFTER_A_ROUND if collected else None
