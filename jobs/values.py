"""What a job is, and what it is handed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from access.sign_in.throttling import ThrottledAttempts
from evidence.collect.own import CollectorContext
from evidence.storage.store import EvidenceStore
from locales import Text


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What jobs work on: the database, the store, and what is known of this process."""

    engine: Engine
    store: EvidenceStore
    own: CollectorContext
    waiting: ThrottledAttempts = field(
        default_factory=ThrottledAttempts
    )  # attempts to sign in that this process counts


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work.

    `run` does one round and may give the seconds until the next; else that is `every`. `first`: seconds from the start
    of the process until the first round.
    """

    key: str
    title: Text
    run: Callable[[], float | None]
    every: float
    first: float = 0
