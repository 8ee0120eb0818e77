"""Writes down, every minute, the attempts to sign in that only had to wait."""

from functools import partial

from jobs.values import Job, Surroundings
from locales import text


def job(surroundings: Surroundings) -> Job:
    run = partial(surroundings.waiting.write_down, surroundings.engine)
    return Job("record-waiting", text("Records attempts to sign in that had to wait"), run, every=60, first=60)
