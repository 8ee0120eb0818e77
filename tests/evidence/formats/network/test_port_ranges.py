"""Port ranges as nmap writes them, also repeated and in any order."""

import time

from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.network.port_ranges import holds, within

PORT = st.integers(0, 40)
RANGES = st.lists(st.tuples(PORT, PORT) | st.tuples(PORT), max_size=8)


def written(ranges):
    return ",".join("-".join(map(str, bounds)) for bounds in ranges)


def ports(ranges):
    return {port for bounds in ranges for port in range(bounds[0], bounds[-1] + 1)}


@given(RANGES, RANGES, PORT)
def test_ranges_contain_exactly_the_written_ports(ranges, wanted, port):
    assert within(port, written(ranges)) == (port in ports(ranges))
    assert holds(written(ranges), written(wanted)) == (ports(wanted) <= ports(ranges))


def test_long_list_is_parsed_once():
    endless = ",".join(["1-65535"] * 25_000)
    began = time.thread_time()
    assert all(within(port, endless) for port in range(1, 2_000))
    assert time.thread_time() - began < 1
