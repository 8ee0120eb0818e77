"""Collects evidence of the product itself, once a day."""

from functools import partial

from evidence.collect.collecting import collect_if_due
from jobs.values import Job, Surroundings
from locales import text

_AFTER_A_ROUND = 3_600.0  # seconds


def job(surroundings: Surroundings) -> Job:
    run = partial(_collect, surroundings, set())
    return Job("collect-evidence", text("Collects evidence of Aantoonbaar itself"), run, every=600, first=180)


def _collect(surroundings: Surroundings, said: set[tuple[str, str]]) -> float | None:
    collected = collect_if_due(surroundings.engine, surroundings.store, surroundings.own, said)
    return _AFTER_A_ROUND if collected else None
