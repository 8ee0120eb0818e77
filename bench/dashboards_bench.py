"""How long a click takes while many dashboards are open, beside an empty Streamlit page in the same run.

Each client is a websocket as a browser opens it, signed in by a session of its own. It thinks for about ten seconds,
then asks for another page, and the click lasts until the page's script has finished.
"""

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect

from bench.demo_data import demo_data
from bench.report import Report
from bench.server import ROOT, running
from dashboard.shell import streamlit_adapter

CLIENTS = (1, 10, 50, 100)
_THINKS = 10.0  # seconds, on average
_MEASURED, _PATIENCE = 60.0, 30.0  # seconds
_MOST, _TIMES_EMPTY = 1.2, 2.5  # of 50 dashboards, p95: seconds, and times an empty page's


@dataclass
class Clicks:
    """Seconds from a click to the end of its script; and how many did not end in time."""

    seconds: list[float] = field(default_factory=list)
    timed_out: int = 0

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1]


@dataclass(frozen=True)
class Site:
    """A served dashboard: `tokens` of sessions, one for each client; `pages` with their query."""

    address: str
    pages: Mapping[str, str]
    tokens: Sequence[str] = ()


def run(folder: Path, report: Report) -> None:
    report.title("Open dashboards")
    demo = demo_data(folder / "data")
    with running(demo.folder) as server, _empty_page(folder) as empty:
        sites = Site(empty, {"": ""}), Site(server.address, demo.pages, demo.signed_in(max(CLIENTS)))
        for site in sites:  # what only a first visitor waits for
            asyncio.run(_visited(site))
        for clients in CLIENTS:
            nothing, ours = (asyncio.run(_clicks(site, clients)) for site in sites)
            _tell(report, clients, ours, nothing)
            print(f"    load of the machine {os.getloadavg()[0]:.1f}, memory {server.memory():,.0f} MB", flush=True)


def _tell(report: Report, clients: int, ours: Clicks, nothing: Clicks) -> None:
    limit = _MOST if clients == 50 else None
    name = f"{clients} dashboards, {len(ours.seconds)} clicks"
    report.line(f"{name}, p50", ours.p50, "s", peer=("an empty page", nothing.p50))
    report.line(f"{name}, p95", ours.p95, "s", limit=limit, peer=("an empty page", nothing.p95))
    if clients == 50:
        report.ratio("p95 beside an empty page's", ours.p95 / nothing.p95, limit=_TIMES_EMPTY)
    report.line(f"{name}, timed out (an empty page's: {nothing.timed_out})", ours.timed_out, "clients", limit=0)


async def _visited(site: Site) -> None:
    """Every page once."""
    async with _opened(site, 0) as page:
        for name in site.pages:
            await _click(page, site, name)


async def _clicks(site: Site, clients: int) -> Clicks:
    clicks = Clicks()
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            group.create_task(_client(site, number, clients, clicks))
    return clicks


async def _client(site: Site, number: int, clients: int, clicks: Clicks) -> None:
    """Opens its page at a random moment, and clicks until the time is over or it waited too long."""
    dice = random.Random(number)
    thinks = _THINKS if clients > 1 else _THINKS / 5  # of one alone there would be too few
    await asyncio.sleep(dice.uniform(0, thinks))
    try:
        async with _opened(site, number) as page:
            await asyncio.wait_for(_click(page, site, next(iter(site.pages))), _PATIENCE)
            ends = time.monotonic() + _MEASURED
            while time.monotonic() < ends:
                await asyncio.sleep(dice.uniform(0.5, 1.5) * thinks)
                start = time.perf_counter()
                await asyncio.wait_for(_click(page, site, dice.choice(list(site.pages))), _PATIENCE)
                clicks.seconds.append(time.perf_counter() - start)
    except TimeoutError:
        clicks.timed_out += 1


def _opened(site: Site, number: int) -> connect:
    cookie = {"Cookie": f"aantoonbaar={site.tokens[number]}"} if site.tokens else {}
    where = site.address.replace("http", "ws") + streamlit_adapter.STREAM
    return connect(
        where, origin=site.address, additional_headers=cookie, max_size=None, proxy=None, open_timeout=_PATIENCE
    )  # type: ignore[arg-type]


async def _click(page: ClientConnection, site: Site, name: str) -> None:
    await page.send(streamlit_adapter.open_page(name, site.pages[name]))
    while not streamlit_adapter.is_finished(bytes(await page.recv())):  # type: ignore[arg-type]
        pass


@contextmanager
def _empty_page(folder: Path) -> Iterator[str]:
    """Streamlit's own server with its default configuration and an empty page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ROOT / "bench" / "empty_page.py"),
        f"--server.port={port}",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=folder, **quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{address}/_stcore/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(20)
