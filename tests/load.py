"""The product under load: response times of `/api/v1/me` while other requests keep it busy."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from models.transaction import make_engine
from tests.days import CALENDAR
from tests.people import officer
from tests.process import running

WARM_UP = 20


@dataclass(frozen=True)
class Product:
    address: str
    cookies: dict[str, str]

    def seconds_of_me(self, until: Callable[[], bool]) -> list[float]:
        """Seconds of repeated requests of `/api/v1/me`."""
        taken = []
        with httpx.Client(base_url=self.address, cookies=self.cookies, timeout=60) as client:
            while not until():
                began = time.perf_counter()
                assert client.get("/api/v1/me").status_code == 200
                taken.append(time.perf_counter() - began)
                time.sleep(0.02)
        return taken

    def hand_in(self, content: bytes, requirement: str = "tls-policy") -> httpx.Response:
        return httpx.post(
            f"{self.address}/api/v1/evidence",
            files={"files": ("file", content)},
            data={"requirement": requirement, "first_day": "2026-11-20"},
            cookies=self.cookies,
            timeout=600,
        )


@contextmanager
def product(folder: Path) -> Iterator[Product]:
    """Serve the product from a new folder, with its first security officer signed in."""
    data = folder / "data"
    data.mkdir()
    with running(data) as address:
        engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
        _, token = officer(engine)
        engine.dispose()
        made = Product(address, {"aantoonbaar": token})
        warm_up = iter(range(WARM_UP))
        made.seconds_of_me(lambda: next(warm_up, None) is None)
        yield made


@contextmanager
def at_once(number: int, do: Callable[[int], None]) -> Iterator[list[threading.Thread]]:
    """Start threads that each call `do` once; daemons, so that a test need not wait for them."""
    threads = [threading.Thread(target=do, args=(index,), daemon=True) for index in range(number)]
    for thread in threads:
        thread.start()
    yield threads


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
