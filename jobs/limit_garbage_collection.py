"""Excludes long-lived objects from garbage collection: modules, shared definitions, cached answers.

Streamlit would search all objects after every script run (`runner.postScriptGC`, which is off): about 300,000 objects,
0.2 s each time. Python's own collections take a fraction of that once long-lived objects are frozen. A full collection
precedes each freeze, so that pages closed since the last one are collected.
"""

import gc

from jobs.values import Job, JobContext
from locales import text

_FIRST, _EVERY = 60.0, 1_800.0  # seconds: after the first pages, and then because shared definitions are read again


def job(_context: JobContext) -> Job:
    return Job("settle-memory", text("Keeps memory in order"), settle, every=_EVERY, first=_FIRST)


def settle() -> None:
    """Collect all garbage, then exclude the remaining objects from later collections."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.enable()  # `app.py` starts without it
