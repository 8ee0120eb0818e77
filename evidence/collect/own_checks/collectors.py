"""All collectors, with the requirements that each has evidence for. Evidence represents the day of the check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from evidence.collect.collector_cases import Case
from evidence.collect.collector_context import CollectorContext
from evidence.collect.own_checks import access_matrix, agreements, login_log, own_tls, second_factor, verification
from evidence.library.own_titles import COLLECTOR_TITLES, OWN_TOOLS
from locales import Text


@dataclass(frozen=True, slots=True)
class Collector:
    """One collector. `cases` yields test cases, and raises when it cannot check: what was not checked never passes."""

    key: str
    requirements: tuple[str, ...]
    cases: Callable[[Session, CollectorContext, datetime], Iterator[Case]]

    @property
    def title(self) -> Text:
        """The title of its evidence."""
        return COLLECTOR_TITLES[self.key]

    @property
    def tool(self) -> str:
        """Name of the tool, by which its results form a series."""
        return OWN_TOOLS + self.key


COLLECTORS: Final = (
    Collector("login-log", ("login-log-complete",), login_log.cases),
    Collector("agreements", ("own-agreements-accepted",), agreements.cases),
    Collector("second-factor", ("second-factor-coverage",), second_factor.cases),
    Collector("access-matrix", ("own-access-matrix",), access_matrix.cases),
    Collector("tls", ("own-address-tls",), own_tls.cases),
    Collector("activity-log", ("activity-log-unaltered",), verification.cases),
)
