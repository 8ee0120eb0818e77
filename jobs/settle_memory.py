"""Takes what lives long out of the way of collecting garbage: modules, shared definitions, answers that are kept.

Streamlit would search all of it after every script (`runner.postScriptGC`, which is off): some 300,000 objects, a fifth
of a second each time. Python collects what comes and goes by itself, in a fraction of that once the rest is frozen.
Before each freezing everything is searched once, so that pages that were closed since are not kept for good.
"""

import gc

from jobs.values import Job, JobContext
from locales import text

_FIRST, _EVERY = 60.0, 1_800.0  # seconds: once the first pages were drawn, and then as what is shared was read anew


def job(_context: JobContext) -> Job:
    return Job("settle-memory", text("Keeps memory in order"), settle, every=_EVERY, first=_FIRST)


def settle() -> None:
    """Collect all garbage there is, and leave out what remains from now on."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
