"""`python app.py` and the commands as separate processes, with the environment of a test."""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _environment(data: Path, variables: dict[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("AANTOONBAAR_")}
    return {**own, "AANTOONBAAR_DATA": str(data), **{f"AANTOONBAAR_{name}": value for name, value in variables.items()}}


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def refused(data: Path, **variables: str) -> str:
    """The output of the product when it refuses to start."""
    environment = _environment(data, {"PORT": str(free_port()), **variables})
    ended = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def command(data: Path, *words: str) -> tuple[int, str]:
    """Run a command; returns its exit code and output."""
    ended = subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=ROOT,
        env=_environment(data, {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


@contextmanager
def running(data: Path, scheme: str = "http", **variables: str) -> Iterator[str]:
    """Run the product; yields its address once it answers."""
    with running_process(data, scheme, **variables) as (address, _):
        yield address


@contextmanager
def running_process(
    data: Path, scheme: str = "http", **variables: str
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Run the product; yields its address and process, which a test may end."""
    port = free_port()
    environment = _environment(data, {"PORT": str(port), **variables})
    with (data.parent / "process.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            address = f"{scheme}://127.0.0.1:{port}"
            _wait(f"{address}/health", process)
            yield address, process
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2, context=anyone):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the process did not start: see {address}")
