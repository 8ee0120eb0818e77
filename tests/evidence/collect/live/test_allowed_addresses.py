"""Where a live check may connect to: recorded or public addresses, looked up once."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls.scope.address import Address
from evidence.collect.collector_cases import CouldNotLook
from evidence.collect.live.allowed_addresses import Reach, endpoints, is_public, names_in

PRIVATE = [
    *("10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254"),
    *("ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:a00:1::1"),
    *("fec0::1", "2001:db8::1", "64:ff9b:1::1", "::127.0.0.1", "3fff::1", "192.88.99.1"),
]


@pytest.mark.parametrize("number", PRIVATE)
def test_addresses_that_are_not_of_the_internet(number):
    assert not is_public(ip_address(number))


@pytest.mark.parametrize("number", ["9.9.9.9", "185.3.211.53", "2a00:d78::1", "::ffff:9.9.9.9"])
def test_addresses_of_the_internet(number):
    assert is_public(ip_address(number))


@given(st.ip_addresses())
def test_no_address_without_a_global_meaning_is_public(number):
    assert not is_public(number) or (number.is_global and not number.is_multicast)


def reached(dns, reach, host="shop.example.nl"):
    return [endpoint.address for endpoint in endpoints(dns.resolver, Address(host), reach)]


def test_a_name_is_looked_up_once_and_all_its_addresses_are_used(serve_dns):
    dns = serve_dns({("shop.example.nl", "A"): ["9.9.9.9"], ("shop.example.nl", "AAAA"): ["2620:fe::fe"]})
    assert reached(dns, Reach()) == ["9.9.9.9", "2620:fe::fe"]
    assert dns.queries == [("shop.example.nl", "A"), ("shop.example.nl", "AAAA")]


@pytest.mark.parametrize("other", ["10.0.0.1", "169.254.169.254", "127.0.0.1"])
def test_one_private_address_among_public_ones_stops_it(serve_dns, other):
    dns = serve_dns({("shop.example.nl", "A"): ["9.9.9.9", other]})
    with pytest.raises(CouldNotLook, match="not a public address"):
        reached(dns, Reach())


def test_an_address_that_is_not_recorded_stops_it(serve_dns):
    dns = serve_dns({("shop.example.nl", "A"): ["9.9.9.9"]})
    with pytest.raises(CouldNotLook, match="not recorded"):
        reached(dns, Reach(frozenset([ip_address("9.9.9.10")])))


@pytest.mark.parametrize("number", ["169.254.169.254", "224.0.0.1", "::", "fe80::1"])
def test_an_address_of_the_link_is_never_followed_though_recorded(number):
    with pytest.raises(CouldNotLook, match="not a public address"):
        endpoints(None, Address(number), Reach(frozenset([ip_address(number)]), allows_inside=True))


def test_a_private_address_is_followed_if_recorded_and_allowed(serve_dns):
    dns = serve_dns({("shop.example.nl", "A"): ["10.1.2.3"]})
    recorded = frozenset([ip_address("10.1.2.3")])
    assert reached(dns, Reach(recorded, allows_inside=True)) == ["10.1.2.3"]
    for reach in (Reach(recorded), Reach(allows_inside=True)):
        with pytest.raises(CouldNotLook):
            reached(dns, reach)


@pytest.mark.parametrize("broken", [True, False])
def test_a_name_that_cannot_be_looked_up_or_does_not_exist_is_told(serve_dns, broken):
    dns = serve_dns({}, broken=["shop.example.nl"] if broken else [])
    with pytest.raises(CouldNotLook, match=r"shop.example.nl could not be looked up"):
        reached(dns, Reach())


def test_a_target_is_checked_at_its_names_and_without_names_at_its_numbers():
    name, number = Address("shop.example.nl"), Address("9.9.9.9", 8443)
    assert names_in([name, number]) == [name]
    assert names_in([number]) == [number]
