"""Answers of the rule, cached in the process.

An answer for a day by the knowledge of a moment never changes, because facts recorded later do not count. So an entry
never becomes stale, and only the number of entries is bounded. Nothing is cached within a transaction that writes,
since it may be rolled back.
"""

from collections.abc import Callable, Hashable, Iterable, MutableMapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from cachetools import LRUCache
from sqlalchemy import Engine
from sqlmodel import Session

from models.transaction import last_fact

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")

_caches: "list[AnswerCache[Any, Any]]" = []


def knowledge_moment(session: Session, known: datetime) -> datetime:
    """The moment of the last fact recorded by `known`; every later moment up to `known` has the same knowledge.

    In a transaction that is undone that is `known` itself: its facts take no moment from the clock.
    """
    return knowledge_moments(session, [known])[0]


def knowledge_moments(session: Session, moments: Iterable[datetime]) -> list[datetime]:
    """`knowledge_moment` of several moments, in their order, with one query."""
    if is_undone(session):
        return list(moments)
    last = last_fact(session)
    return [min(known, last) for known in moments]


def is_undone(session: Session) -> bool:
    """Whether the transaction only tries what writing would do (`models.transaction.trying`)."""
    return bool(_engine(session).get_execution_options().get("undone"))


def clear_caches(engine: Engine) -> None:
    """Clear every answer about a database, as in a new process; for measurements."""
    for cache in _caches:
        cache.clear(engine)


class AnswerCache(Generic[Key, Answer]):
    """The `size` most recently used answers of each database."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, Lock()
        self._answers: WeakKeyDictionary[Engine, MutableMapping[Key, Answer]] = WeakKeyDictionary()
        _caches.append(self)

    def get(
        self, session: Session, keys: Sequence[Key], query: Callable[[Sequence[Key]], Sequence[Answer]]
    ) -> list[Answer]:
        """One answer for each key, in the order of the keys; `query` answers those that are not cached."""
        engine = _engine(session)
        if engine.get_execution_options().get("writes"):
            return list(query(keys))
        with self._lock:
            cached = self._answers.setdefault(engine, LRUCache(self._size))
            answers = {key: cached[key] for key in keys if key in cached}
        missing = [key for key in dict.fromkeys(keys) if key not in answers]
        if missing:
            new = dict(zip(missing, query(missing), strict=True))
            with self._lock:
                cached.update(new)
            answers |= new
        return [answers[key] for key in keys]

    def keys(self, engine: Engine) -> set[Key]:
        """The cached keys of a database."""
        with self._lock:
            return set(self._answers.get(engine, ()))

    def clear(self, engine: Engine) -> None:
        """Clear the answers about a database."""
        with self._lock:
            self._answers.pop(engine, None)


def _engine(session: Session) -> Engine:
    bind: Any = session.get_bind()
    engine: Engine = bind.engine if hasattr(bind, "engine") else bind
    return engine
