"""Limits of a process that reads untrusted files, enforced by the operating system: time, memory, size of results."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PAGE = resource.getpagesize()


@contextmanager
def limited(at_first: int, seconds: float, memory: int) -> Iterator[None]:
    """Limit processor time (seconds), memory and results (bytes each).

    `at_first`: bytes of this process before it read any file; growth by earlier files counts.
    """
    if at_first:
        _limit(resource.RLIMIT_AS, at_first + memory)
    _limit(resource.RLIMIT_FSIZE, memory)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        for what in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
            _limit(what, resource.RLIM_INFINITY)


def without_core_dumps() -> None:
    """Write nothing of a stranger's file to disk when this process crashes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit(what: int, most: int) -> None:
    """Set the soft limit only, so that the next file gets its own."""
    hard = resource.getrlimit(what)[1]
    within = hard if most == resource.RLIM_INFINITY else most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (within, hard))


def address_space() -> int:
    """Size of the address space in bytes; 0 if the system does not report it."""
    with suppress(OSError), open("/proc/self/statm", "rb") as statistics:  # noqa: PTH123 - read for each file
        return int(statistics.read().split()[0]) * _PAGE
    return 0
