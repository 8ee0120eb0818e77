"""Asks, soon after each write, what the pages will ask, so that none need wait."""

from functools import partial

from access.permissions import SYSTEM
from jobs.values import Job, Surroundings
from locales import text
from readiness.trend import Preparation


def job(surroundings: Surroundings) -> Job:
    run = partial(Preparation(SYSTEM).prepare_if_quiet, surroundings.engine)
    return Job("prepare-answers", text("Prepares readiness and its trend"), run, every=2, first=2)
