"""Removes, once a day, what uploads that were killed left in the evidence store."""

from functools import partial

from jobs.values import Job, Surroundings
from locales import text

_FIRST, _DAY = 600.0, 86_400.0  # seconds


def job(surroundings: Surroundings) -> Job:
    run = partial(_sweep, surroundings)
    return Job("sweep-staged", text("Removes what interrupted uploads left behind"), run, every=_DAY, first=_FIRST)


def _sweep(surroundings: Surroundings) -> None:
    """Opening the store does so in its own folder only, and once; this goes on, and looks in a bucket too."""
    surroundings.store.sweep()
