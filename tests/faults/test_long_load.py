"""The long look at what strangers hand in: every hostile kind of file, forty at once."""

import socket
import time

import pytest

from tests.evidence.hostile import HOSTILE
from tests.load import at_once, p95, product

pytestmark = pytest.mark.faults
MOST = 0.5  # seconds


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with product(tmp_path_factory.mktemp("load")) as made:
        yield made


@pytest.mark.parametrize("kind", HOSTILE)
def test_forty_at_once_keep_nobody_waiting(served, kind):
    content, answers = HOSTILE[kind](), []
    with at_once(40, lambda _: answers.append(served.hand_in(content))) as threads:
        taken = served.seconds_of_me(lambda: not any(thread.is_alive() for thread in threads))
    assert {answer.status_code for answer in answers} <= {200, 201, 422}
    assert len(taken) < 20 or p95(taken) < MOST


def test_thousands_of_half_sent_requests_for_a_minute(served):
    """Opened anew as fast as they are closed."""
    port, ends = int(served.address.rpartition(":")[2]), time.monotonic() + 60

    def keep_opening(_):
        while time.monotonic() < ends:
            held = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(1_100)]
            for connection in held:
                connection.sendall(b"POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\n")
            for connection in held:
                connection.close()

    with at_once(1, keep_opening):
        assert p95(served.seconds_of_me(lambda: time.monotonic() > ends)) < MOST
