"""`python app.py` and the commands as separate processes, with the environment of a test."""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from tests.forked_starts import ROOT, Fork


def _environment(data: Path, variables: dict[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("AANTOONBAAR_")}
    return {**own, "AANTOONBAAR_DATA": str(data), **{f"AANTOONBAAR_{name}": value for name, value in variables.items()}}


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def refused(data: Path, start: "Start" = Fork, **variables: str) -> str:
    """The output of the product when it refuses to start."""
    code, output = _output(["app.py"], _environment(data, {"PORT": str(free_port()), **variables}), start)
    assert code == 1, output
    return output


def command(data: Path, *words: str, start: "Start" = Fork) -> tuple[int, str]:
    """Run a command; returns its exit code and output."""
    return _output(["-m", "commands", *words], _environment(data, {}), start)


def _output(words: list[str], environment: dict[str, str], start: "Start" = Fork) -> tuple[int, str]:
    with TemporaryFile() as output:
        code = start(words, environment, output).wait(120)
        output.seek(0)
        return code, output.read().decode()


@contextmanager
def running(data: Path, scheme: str = "http", start: "Start" = Fork, **variables: str) -> Iterator[str]:
    """Run the product; yields its address once it answers."""
    with running_process(data, scheme, start, **variables) as (address, _):
        yield address


@contextmanager
def running_process(
    data: Path, scheme: str = "http", start: "Start" = Fork, **variables: str
) -> Iterator[tuple[str, Fork]]:
    """Run the product; yields its address and process, which a test may end."""
    port = free_port()
    environment = _environment(data, {"PORT": str(port), **variables})
    with (data.parent / "process.log").open("w") as log:
        process = start(["app.py"], environment, log)
        try:
            address = f"{scheme}://127.0.0.1:{port}"
            _wait(f"{address}/health", process)
            yield address, process
        finally:
            process.terminate()
            process.wait(20)


def python(words: list[str], environment: dict[str, str], output: IO[Any]) -> Any:
    """Start as users do, which takes 2 s more than a fork."""
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment, stdout=output, stderr=output)


Start = Callable[[list[str], dict[str, str], IO[Any]], Any]


def _wait(address: str, process: Fork) -> None:
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
