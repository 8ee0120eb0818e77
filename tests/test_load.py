"""Costly and incomplete requests do not delay others; a short version of `make faults`."""

import socket
import time
from contextlib import suppress

import httpx
import pytest

from tests.evidence.hostile import wide_rows, workbook
from tests.load import at_once, p95, product

LIMIT = 2.0  # seconds; `make bench` requires half a second, on an idle machine
REFUSALS = ("takes more than", "rows", "unpacks to far more")  # which limit applies first depends on the machine


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with product(tmp_path_factory.mktemp("load")) as made:
        yield made


def test_forty_simultaneous_costly_spreadsheets_do_not_delay_others(served):
    costly, answers = workbook(wide_rows(6_000, 200)), []

    def post(_):
        with suppress(httpx.TransportError):  # when the test and its server have ended
            answers.append(served.hand_in(costly))

    with at_once(40, post):
        ends = time.monotonic() + 6
        taken = served.seconds_of_me(lambda: time.monotonic() > ends)
    assert p95(taken) < LIMIT
    for answer in answers:
        assert answer.status_code in (201, 422)
        assert answer.status_code == 201 or any(why in answer.json()["detail"] for why in REFUSALS)


def test_hundreds_of_incomplete_requests_do_not_delay_others(served):
    port = int(served.address.rpartition(":")[2])
    silent = []
    for _ in range(700):
        connection = socket.create_connection(("127.0.0.1", port), timeout=5)
        connection.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        silent.append(connection)
    ends = time.monotonic() + 2
    assert p95(served.seconds_of_me(lambda: time.monotonic() > ends)) < LIMIT
    for connection in silent:
        connection.close()
