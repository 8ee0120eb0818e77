"""Reasons for scans of a public name at an address inside a network, which may differ from outside."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from controls.scope.address import Address, find
from evidence.formats.facts import PortScan, TlsScan
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.judgement.delivery_judgement import policies_of
from evidence.intake.reading.inspection import InspectedFile, Inspection
from locales import Text, text

_INSIDE = [
    ip_network(network)
    for network in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("0.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10"),
    )
]
_INTERNAL_DOMAINS = ("local", "localhost", "localdomain", "internal", "intranet", "lan", "home.arpa", "corp")


def reasons_of_inside_addresses(delivery_fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """Reasons for scans of a public name at an inside address that is not recorded for its target."""
    if not any(policy.tests_from_outside for policy in policies_of(delivery_fit)):
        return []
    recorded = delivery_fit.scope.addresses
    scanned = sorted({pair for file in inspection.files for pair in _scanned(file) if is_inside(*pair)})
    reasons: dict[tuple[str, str], Text] = {}
    for (_, system, target), tested in delivery_fit.cells.items():
        own = {_host(own_address.address) for own_address in recorded.get((system, target), ())} | {_host(target)}
        for name, address in scanned:
            if name in (tested or ()) and _host(address) not in own:
                reasons[name, address] = text(
                    "{name} was scanned at {address}, an address inside a network and not recorded for it; what can be "
                    "reached from outside is not shown.",
                    name=name,
                    address=address,
                )
    return list(reasons.values())


def is_inside(name: str, address: str) -> bool:
    """Whether a public name was scanned at an address that cannot be reached from outside."""
    host = _host(name)
    if "." not in host or host.endswith(tuple(f".{domain}" for domain in _INTERNAL_DOMAINS)) or _number(host):
        return False
    number = _number(_host(address))
    return number is not None and any(number in network for network in _INSIDE if network.version == number.version)


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _host(name: str) -> str:
    return (find(name) or Address(name.strip().casefold())).host


def _scanned(file: InspectedFile) -> Iterator[tuple[str, str]]:
    """Targets of a scan with the addresses at which they were scanned."""
    if file.run is None:
        return
    if isinstance(file.run.facts, PortScan):
        yield from ((target, host.address) for target, hosts in file.run.facts.hosts.items() for host in hosts)
    if isinstance(file.run.facts, TlsScan):
        for batch in file.spool.batches():
            yield from (
                (result.target, result.properties[0][1]) for result in batch if result.target and result.properties
            )
