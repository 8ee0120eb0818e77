"""Answers already given, kept in the process.

An answer for a day and a moment's knowledge never changes: facts recorded later do not count. So what is kept here are
truths, not copies that can go stale; only their number is bounded. Nothing is kept of a transaction that writes, since
that may yet be undone.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

from models.transaction import last_fact

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


def knowledge(session: Session, known: datetime) -> datetime:
    """The moment of the last fact recorded by `known`: every later moment up to `known` knows the same.

    In a transaction that is undone that is `known` itself: its facts take no moment from the clock.
    """
    return known if is_undone(session) else min(known, last_fact(session))


def is_undone(session: Session) -> bool:
    """Whether the transaction only tries what writing would do (`models.transaction.trying`)."""
    return bool(_engine(session).get_execution_options().get("undone"))


_all: "list[AnswerCache[Any, Any]]" = []


def forget(engine: Engine) -> None:
    """Every answer about a database, as in a new process; for measurements."""
    for kept in _all:
        kept.forget(engine)


class AnswerCache(Generic[Key, Answer]):
    """The latest `most` answers of each database."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._answers: WeakKeyDictionary[Engine, OrderedDict[Key, Answer]] = WeakKeyDictionary()
        _all.append(self)

    def of(
        self, session: Session, keys: Sequence[Key], ask: Callable[[Sequence[Key]], Sequence[Answer]]
    ) -> list[Answer]:
        """An answer for each key; `ask` is asked for those that were not asked before."""
        engine = _engine(session)
        if engine.get_execution_options().get("writes"):
            return list(ask(keys))
        given = self._answers.setdefault(engine, OrderedDict())
        found = {key: given[key] for key in keys if key in given}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        found |= dict(zip(missing, ask(missing) if missing else [], strict=True))
        with self._lock:
            for key in missing:
                given[key] = found[key]
            while len(given) > self._most:
                given.popitem(last=False)
        return [found[key] for key in keys]

    def keys(self, engine: Engine) -> set[Key]:
        """The questions asked of a database."""
        return set(self._answers.get(engine, ()))

    def forget(self, engine: Engine) -> None:
        """Ask everything of a database anew."""
        self._answers.pop(engine, None)


def _engine(session: Session) -> Engine:
    bind: Any = session.get_bind()
    engine: Engine = bind.engine if hasattr(bind, "engine") else bind
    return engine
