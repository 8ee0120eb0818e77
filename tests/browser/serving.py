"""The product in a process of its own, and browsers in which someone is signed in."""

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

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import Engine

from access.permissions import SECURITY_OFFICER
from models.transaction import make_engine
from tests.people import colleague, officer

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
_DATA: dict[str, Path] = {}
_TOKENS: dict[str, dict[str, str]] = {}
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
    """A browser of its own, in which a security officer is signed in who reads the browser's language."""
    language = str(options.get("locale", "nl"))[:2]
    if address not in _TOKENS:
        engine = database(address)
        first, token = officer(engine)
        second = colleague(engine, first, "Ben Clark", SECURITY_OFFICER, language="en")[1]
        _TOKENS[address] = {"nl": token, "en": second}
        engine.dispose()
    context = browser.new_context(**options)
    context.add_cookies([{"name": "aantoonbaar", "value": _TOKENS[address][language], "url": address}])
    return context


def database(address: str) -> Engine:
    """What a process that is served here keeps."""
    return make_engine(f"sqlite:///{_DATA[address] / 'aantoonbaar.db'}")


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
