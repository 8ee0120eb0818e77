"""How much slower the readiness page is while twenty people a second sign in: their passwords cost processor time."""

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx
from websockets.sync.client import ClientConnection, connect

from bench.big_history import fill
from bench.report import Report
from bench.server import Server, running
from dashboard.shell import streamlit_adapter
from migrations import bring_up_to_date
from models.calendar import calendar_of
from models.transaction import make_engine
from readiness.over_time.trend import save_past_weeks
from tests.days import CALENDAR
from tests.people import PASSWORD

A_SECOND = 20
_RUNS, _TURNS = 20, 3


def run(folder: Path, report: Report) -> None:
    report.title("Sign-in")
    _history(folder)
    with running(folder) as server:
        report.ratio(
            "that is", _report_slowdown(report, server, "readiness page, the whole script", _pages(server)), limit=2
        )
        _report_slowdown(report, server, "readiness through the API, asked before", _routes(server))


def _report_slowdown(report: Report, server: Server, name: str, measure: Callable[[], float]) -> float:
    idle, under, done = _in_turns(server, measure)
    report.line(f"{name}, p95", idle, "s")
    report.line(f"the same under {A_SECOND} sign-ins a second ({done:.1f} were answered)", under, "s")
    return under / idle


def _history(folder: Path) -> None:
    made = make_engine(f"sqlite:///{folder / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(made)
    audit = fill(made, evidence=100_000, results=1_000_000)
    save_past_weeks(made, audit.systems, calendar_of(made).day_of(datetime.now(UTC)))
    made.dispose()


def _in_turns(server: Server, measure: Callable[[], float]) -> tuple[float, float, float]:
    """The p95 idle and under load, measured in turns since the machine has other load, and the sign-ins a second."""
    idle, under, rates = [], [], []
    for _ in range(3):
        measure()
    for _ in range(_TURNS):
        idle += [measure() for _ in range(_RUNS)]
        with _signing_in(server.address) as answered:
            start, before = time.perf_counter(), len(answered)
            under += [measure() for _ in range(_RUNS)]
            rates.append((len(answered) - before) / (time.perf_counter() - start))
    return _p95(idle), _p95(under), statistics.mean(rates)


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


@contextmanager
def _signing_in(address: str):
    """Posts to the sign-in page at a steady pace, whether or not the ones before were answered."""
    stop, answered = threading.Event(), []

    def sign_in(client: httpx.Client) -> None:
        answer = client.post("/sign-in", data={"email": "anna@example.org", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        answered.append(answer)

    def pace() -> None:
        with (
            httpx.Client(base_url=address, timeout=60, cookies=_no_cookies()) as client,
            ThreadPoolExecutor(A_SECOND) as pool,
        ):
            due, submitted = time.perf_counter(), []
            while not stop.is_set():
                submitted.append(pool.submit(sign_in, client))
                due += 1 / A_SECOND
                time.sleep(max(0, due - time.perf_counter()))
            for each in submitted:
                each.result()

    thread = threading.Thread(target=pace)
    thread.start()
    try:
        time.sleep(1)
        yield answered
    finally:
        stop.set()
        thread.join()


def _no_cookies() -> CookieJar:
    """Each of the twenty is someone else's browser."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def _routes(server: Server) -> Callable[[], float]:
    client = httpx.Client(base_url=server.address, cookies=server.cookies, timeout=60)

    def measure() -> float:
        start = time.perf_counter()
        client.get("/api/v1/readiness").raise_for_status()
        return time.perf_counter() - start

    return measure


def _pages(server: Server) -> Callable[[], float]:
    cookie = "; ".join(f"{name}={value}" for name, value in server.cookies.items())
    where = server.address.replace("http", "ws") + streamlit_adapter.STREAM
    page = connect(where, origin=server.address, additional_headers={"Cookie": cookie}, max_size=None, proxy=None)  # type: ignore[arg-type]

    def measure() -> float:
        start = time.perf_counter()
        page.send(streamlit_adapter.open_page())
        _finished(page)
        return time.perf_counter() - start

    return measure


def _finished(page: ClientConnection) -> None:
    while not streamlit_adapter.is_finished(bytes(page.recv(60))):  # type: ignore[arg-type]
        pass
