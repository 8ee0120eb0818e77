"""The whole process on a data folder of its own, and a browser in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from models.transaction import make_engine
from tests.people import officer

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
_DATA: dict[str, Path] = {}
_TOKENS: dict[str, str] = {}
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def served(data: Path) -> Iterator[str]:
    """`python app.py` on a free port; gives its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "AANTOONBAAR_DATA": str(data), "AANTOONBAAR_PORT": str(port)}
    with (data.parent / "process.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/health", process)
            _DATA[address] = data
            yield address
        finally:
            process.terminate()
            process.wait(20)


def signed_in(browser: Browser, address: str, **options: Any) -> BrowserContext:
    """A browser of its own, in which the first security officer is signed in."""
    if address not in _TOKENS:
        engine = make_engine(f"sqlite:///{_DATA[address] / 'aantoonbaar.db'}")
        _TOKENS[address] = officer(engine)[1]
        engine.dispose()
    context = browser.new_context(**options)
    context.add_cookies([{"name": "aantoonbaar", "value": _TOKENS[address], "url": address}])
    return context


def _wait(address: str, process: subprocess.Popen[bytes], seconds: int = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the process did not start: see {address}")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not here: the browser tests are left out")
    with chromium() as found:
        yield found


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A fresh process with an empty data folder, as on a fresh machine."""
    data = tmp_path / "data"
    data.mkdir()
    with served(data) as found:
        yield found
