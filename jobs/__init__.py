"""What runs in the background, under one supervisor. A module here with a `job` is one; there is no other list.

A job's errors end nothing: it is tried again after a growing pause, and `/health` and the status page say so.
"""

import pkgutil
from importlib import import_module

from jobs.values import Job, Surroundings


def jobs(surroundings: Surroundings) -> list[Job]:
    """Every job of this folder, by name."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return [module.job(surroundings) for module in modules if hasattr(module, "job")]
