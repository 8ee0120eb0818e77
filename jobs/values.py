"""A job, and the context that jobs work with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from access.sign_in.throttling import ThrottledAttempts
from evidence.collect.collector_context import CollectorContext
from evidence.storage.store import EvidenceStore
from locales import Text
from reports.mail.server import MailServer


@dataclass(frozen=True, slots=True)
class JobContext:
    """The database, the evidence store, and the facts of this process that jobs need."""

    engine: Engine
    store: EvidenceStore
    own: CollectorContext
    waiting: ThrottledAttempts = field(default_factory=ThrottledAttempts)  # sign-in attempts counted in this process
    mail: MailServer | None = None  # None: no mail is sent


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of background work.

    `run` does one round. The next follows after the seconds that it returns, or after `every` seconds when it returns
    None. `first`: seconds from the start of the process until the first round.
    """

    key: str
    title: Text
    run: Callable[[], float | None]
    every: float
    first: float = 0
