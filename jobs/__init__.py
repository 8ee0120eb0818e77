"""Background work: each module here with a function `job` is one job; there is no other list.

One supervisor runs them. After an error a job is tried again, with growing pauses; `/health` and the status page show
when each last succeeded and its last error.
"""

import pkgutil
from importlib import import_module

from jobs.values import Job, JobContext


def jobs(context: JobContext) -> list[Job]:
    """Every job of this folder, by name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return [module.job(context) for module in modules if hasattr(module, "job")]
