"""Ports that nmap was told to scan: as many times and in whatever order a file names them."""

import time

from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.port_ranges import holds, within

PORT = st.integers(0, 40)
RANGES = st.lists(st.tuples(PORT, PORT) | st.tuples(PORT), max_size=8)


def written(ranges):
    return ",".join("-".join(map(str, one)) for one in ranges)


def ports(ranges):
    return {port for one in ranges for port in range(one[0], one[-1] + 1)}


@given(RANGES, RANGES, PORT)
def test_they_are_the_ports_that_are_written(found, wanted, port):
    assert within(port, written(found)) == (port in ports(found))
    assert holds(written(found), written(wanted)) == (ports(wanted) <= ports(found))


def test_a_list_without_end_costs_no_more_each_time_it_is_asked():
    endless = ",".join(["1-65535"] * 25_000)
    began = time.thread_time()
    assert all(within(port, endless) for port in range(1, 2_000))
    assert time.thread_time() - began < 1
