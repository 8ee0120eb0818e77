"""Computes, soon after each write, the answers that pages need, so that nobody waits for them."""

from functools import partial

from access.permissions import SYSTEM
from jobs.values import Job, JobContext
from locales import text
from readiness.over_time.trend import Preparation


def job(context: JobContext) -> Job:
    run = partial(Preparation(SYSTEM).prepare_if_quiet, context.engine)
    return Job("prepare-answers", text("Prepares readiness and its trend"), run, every=2, first=2)
