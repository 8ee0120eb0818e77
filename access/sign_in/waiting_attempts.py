"""Attempts to sign in that only have to wait: counted here, and written down together, a row for those that are alike.

So whoever sends thousands of them makes the login log no longer and keeps no writer busy. What was counted since the
last time is lost if the process is killed: at most a minute's.
"""

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine

from access.sign_in import login_log
from models.transaction import writing

MAX_KINDS = 1_000  # kinds of attempts that are told apart; what comes after is counted without name and address


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to sign in, on what, from where, how."""

    tried: str
    account: str | None
    address: str
    agent: str
    method: str


class ThrottledAttempts:
    """What this process counted."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[Attempt, int] = {}

    def count(self, attempt: Attempt, attempts: int = 1) -> None:
        with self._lock:
            if attempt not in self._counts and len(self._counts) >= MAX_KINDS:
                attempt = Attempt("", None, "", "", attempt.method)
            self._counts[attempt] = self._counts.get(attempt, 0) + attempts

    def write_down(self, engine: Engine) -> None:
        """Into the login log, and begin counting anew; what could not be written stays counted."""
        with self._lock:
            counted, self._counts = self._counts, {}
        if not counted:
            return
        try:
            with writing(engine, visit=True) as (session, now):
                for one, attempts in counted.items():
                    who = (one.tried, one.account, one.address, one.agent)
                    login_log.record_attempt(session, *who, one.method, now, login_log.LOCKED, attempts)
        except BaseException:
            for one, attempts in counted.items():
                self.count(one, attempts)
            raise
