"""A process that has imported the product and forks for each start, which saves the 2 s in which a start imports it.

`python -m tests.forked_starts N`: socket N receives requests (see `Fork`). For each, a child watches a grandchild, which
runs `app.py` or a module as `python` would do: with its own environment, arguments and output, as `__main__`.
"""

import ast
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

ROOT = Path(__file__).parents[1]
_LONGEST = 1 << 18  # bytes of a request


class Fork:
    """A started process, with those methods of `subprocess.Popen` that the tests use."""

    def __init__(self, words: list[str], environment: dict[str, str], output: IO[Any]) -> None:
        """`words`: as after `python`: `app.py`, or `-m`, a module and its arguments."""
        self.returncode: int | None = None
        self._watcher, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            request = json.dumps({"words": words, "environment": environment}).encode()
            socket.send_fds(_forking(), [request], [theirs.fileno(), output.fileno()])
        self.pid = int(self._watcher.recv(32))

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("app.py", timeout)
        return code

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, what: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, what)

    def _ended(self, timeout: float) -> int | None:
        if self.returncode is None:
            self._watcher.settimeout(timeout)
            try:
                self.returncode = int(self._watcher.recv(32))
            except (BlockingIOError, TimeoutError):
                return None
            self._watcher.close()
        return self.returncode


@cache
def _forking() -> socket.socket:
    """The socket of the process that forks, which ends with the process that tests."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AANTOONBAAR_")}
        command = [sys.executable, "-m", "tests.forked_starts", str(theirs.fileno())]
        _PROCESSES.append(subprocess.Popen(command, cwd=ROOT, env=own, pass_fds=(theirs.fileno(),)))
    return ours


_PROCESSES: list[subprocess.Popen[bytes]] = []  # else a warning says that it still runs


class _Request(NamedTuple):
    """What a grandchild runs."""

    words: list[str]
    environment: dict[str, str]
    output: int


def _next(requests: socket.socket) -> _Request:
    """Wait for requests; returns in each grandchild with what it is to run."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for watchers
    while True:
        request, files, _, _ = socket.recv_fds(requests, _LONGEST, 2)
        if not request:
            os._exit(0)
        if os.fork() == 0:
            break
        for file in files:
            os.close(file)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    requests.close()
    watcher = socket.socket(fileno=files[0])
    if process := os.fork():
        os.close(files[1])
        watcher.send(str(process).encode())
        watcher.send(str(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])).encode())
        os._exit(0)
    watcher.close()
    return _Request(**json.loads(request), output=files[1])


def _become(request: _Request) -> None:
    """Have the output, environment and arguments of a start."""
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(request.output, 1)
    os.dup2(request.output, 2)
    os.close(request.output)
    os.environ.clear()
    os.environ.update(request.environment)
    sys.argv[:] = request.words if request.words[0] != "-m" else request.words[1:]


def _run(words: list[str]) -> None:
    if words[0] == "-m":
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(words[0], run_name="__main__")


def _import_what_is_imported_by(*scripts: str) -> None:
    """Import without running the scripts, which read settings."""
    for script in scripts:
        tree = ast.parse((ROOT / script).read_text(encoding="utf-8"))
        tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        exec(compile(tree, script, "exec"), {})  # noqa: S102 - our own


if __name__ == "__main__":
    _import_what_is_imported_by("app.py", "commands.py")
    gc.freeze()
    asked = _next(socket.socket(fileno=int(sys.argv[1])))
    _become(asked)
    _run(asked.words)
