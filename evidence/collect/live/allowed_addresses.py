"""Decides to which addresses a live check may connect: those recorded, looked up once, and none inside a network.

A name is looked up once; the connection is then made to that very address, so a second answer of the name's owner
changes nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Final

import dns.exception
import dns.resolver

from controls.scope.address import HTTPS, Address
from evidence.collect.collector_cases import CouldNotLook
from evidence.collect.connections.endpoint import TIMEOUT, Endpoint
from locales import text

LONGEST_CHECK: Final = 300.0  # seconds for all connections to an address
IpAddress = IPv4Address | IPv6Address
#: IPv6 addresses that stand for an IPv4 address (RFC 6052, 8215, 3056, 4380): where they lead is not to be seen
_TRANSLATED = [ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


#: of documents (RFC 9637) and of former relays (RFC 7526), which this version of Python takes for public ones
_OF_NOBODY = [ip_network(network) for network in ("3fff::/20", "192.88.99.0/24")]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a check may go. `recorded`: the IP addresses recorded for its target; empty: any public address.

    `allows_inside`: whether a recorded address may be private or of this machine.
    """

    recorded: frozenset[IpAddress] = field(default_factory=frozenset)
    allows_inside: bool = False


def machine_resolver() -> dns.resolver.Resolver:
    """The resolver that this machine is set to use. Raises `CouldNotLook`."""
    try:
        return dns.resolver.Resolver()
    except dns.exception.DNSException as error:
        raise CouldNotLook(text("This machine has no DNS resolver: {why}", why=str(error))) from error


def endpoints(resolver: dns.resolver.Resolver, address: Address, reach: Reach) -> list[Endpoint]:
    """Look an address up, once, and return where to connect. Raises `CouldNotLook` if any of it may not be followed."""
    numbers = _look_up(resolver, address.host)
    for number in numbers:
        _require_allowed(address.host, number, reach)
    until = monotonic() + LONGEST_CHECK
    return [Endpoint(address.host, str(number), address.port or HTTPS, until) for number in numbers]


def _look_up(resolver: dns.resolver.Resolver, host: str) -> list[IpAddress]:
    literal = as_number(host)
    if literal is not None:
        return [literal]
    numbers = [number for kind in ("A", "AAAA") for number in _addresses_of(resolver, host, kind)]
    if not numbers:
        raise CouldNotLook(text("{host} has no address in the DNS.", host=host))
    return numbers


def _addresses_of(resolver: dns.resolver.Resolver, host: str, kind: str) -> Iterable[IpAddress]:
    try:
        answer = resolver.resolve(f"{host}.", kind, lifetime=TIMEOUT, raise_on_no_answer=False)
    except dns.exception.DNSException as error:
        why = type(error).__name__
        raise CouldNotLook(text("{host} could not be looked up in the DNS ({why}).", host=host, why=why)) from error
    return sorted(ip_address(record.address) for record in answer.rrset or ())


def _require_allowed(host: str, number: IpAddress, reach: Reach) -> None:
    is_recorded = number in reach.recorded
    if reach.recorded and not is_recorded:
        raise CouldNotLook(
            text(
                "{host} resolves to {number}, which is not recorded as an address of this target; it was not followed. "
                "Record it if it is one.",
                host=host,
                number=str(number),
            )
        )
    if not (is_public(number) or (is_recorded and reach.allows_inside and _is_of_a_network(number))):
        raise CouldNotLook(
            text(
                "{host} resolves to {number}, which is not a public address; it was not followed.",
                host=host,
                number=str(number),
            )
        )


def is_public(number: IpAddress) -> bool:
    """Whether an address belongs to the internet: not private, of this machine or link, multicast, or reserved."""
    if isinstance(number, IPv6Address):
        if number.ipv4_mapped:
            return is_public(number.ipv4_mapped)
        if number.is_site_local or any(number in network for network in _TRANSLATED):
            return False
    if any(number in network for network in _OF_NOBODY):
        return False
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def _is_of_a_network(number: IpAddress) -> bool:
    """Whether it is an address that a host in a network has; link-local ones (a cloud's metadata) never are."""
    never = number.is_link_local or number.is_multicast or number.is_unspecified
    return number.is_private and not never


def as_number(host: str) -> IpAddress | None:
    """The IP address that a text is; None for a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def numbers_in(addresses: Collection[Address]) -> frozenset[IpAddress]:
    """The IP addresses among recorded addresses."""
    return frozenset(number for address in addresses if (number := as_number(address.host)) is not None)


def names_in(addresses: Sequence[Address]) -> list[Address]:
    """What to check of a target: its names; its IP addresses if it has none."""
    return [address for address in addresses if as_number(address.host) is None] or list(addresses)
