"""The product, started as a separate process on a free port, for measurements over HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import select

from access.people import sessions
from models import Account
from models.transaction import make_engine, writing
from tests.days import CALENDAR
from tests.people import officer

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Server:
    """`cookies` are those of the first security officer."""

    address: str
    pid: int
    started_in: float
    cookies: dict[str, str]

    def memory(self, what: str = "VmRSS") -> float:
        """Resident memory in MB; `VmHWM` is its highest."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        raise LookupError(what)

    def forget_highest(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@contextmanager
def running(data: Path) -> Iterator[Server]:
    """Serve an existing or new data folder until the measurement is done."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    environment = os.environ | {"AANTOONBAAR_DATA": str(data), "AANTOONBAAR_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process)
        took = time.perf_counter() - start
        yield Server(address, process.pid, took, _signed_in(data))
    finally:
        process.terminate()
        process.wait(20)


def _signed_in(data: Path) -> dict[str, str]:
    """The first security officer, who is made at the first start."""
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    with writing(engine) as (session, now):
        account = session.execute(select(Account.id).limit(1)).scalar_one_or_none()
        token = sessions.start(session, account, now) if account else ""
    token = token or officer(engine)[1]
    engine.dispose()
    return {"aantoonbaar": token}


def _wait_for(address: str, process: subprocess.Popen) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{address}/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        if process.poll() is not None:
            raise RuntimeError("the server stopped before it answered")
        time.sleep(0.05)
    raise RuntimeError("the server did not answer within 30 seconds")
