"""Coroutines in tests: run in a thread of their own, since Playwright's loop runs in that of a worker with a browser."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def result_of(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run it to its end; gives its result or raises its error."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
