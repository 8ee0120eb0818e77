"""Response times during uploads of costly files, and during connections that send nothing."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.report import Report
from bench.server import Server, running
from tests.evidence.hostile import HOSTILE, wide_rows, workbook
from tests.load import Product, at_once, p95

FILES, SILENT, SECONDS = 40, 1_100, 15
COSTLY = {
    "with a row number beyond every sheet": HOSTILE["xlsx, a row with a number beyond every sheet"],
    "with a row of ten million empty cells": HOSTILE["xlsx, ten million empty cells in a row"],
    "of 1.2 million cells": lambda: workbook(wide_rows(6_000, 200)),
}


def run(folder: Path, report: Report) -> None:
    report.title("Costly files and silent connections")
    with running(folder / "data") as server:
        product = Product(server.address, server.cookies)
        alone = p95(_request_seconds(product, 5))
        report.line("/api/v1/me, p95 while nothing else happens", alone, "s")
        for what, make in COSTLY.items():
            before = server.memory()
            server.forget_highest()
            with _posting(product, make()):
                taken = p95(_request_seconds(product, SECONDS))
            name = f"the same while {FILES} spreadsheets {what} are handed in at once"
            report.line(name, taken, "s", limit=0.5, peer=("alone", alone))
            report.line("memory of the server meanwhile", server.memory("VmHWM") - before, "MB", limit=150)
        with _silent(server):
            report.line(
                f"the same while {SILENT:,} requests stay half sent",
                p95(_request_seconds(product, 5)),
                "s",
                limit=0.5,
                peer=("alone", alone),
            )


def _request_seconds(product: Product, seconds: float) -> list[float]:
    ends = time.monotonic() + seconds
    return product.seconds_of_me(lambda: time.monotonic() > ends)


@contextmanager
def _posting(product: Product, content: bytes) -> Iterator[None]:
    def post(_: int) -> None:
        try:
            product.hand_in(content)
        except httpx.TransportError:
            """The measurement is over, and with it the server."""

    with at_once(FILES, post):
        yield


@contextmanager
def _silent(server: Server) -> Iterator[None]:
    port = int(server.address.rpartition(":")[2])
    opened = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(SILENT)]
    for connection in opened:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n")
    yield
    for connection in opened:
        connection.close()
