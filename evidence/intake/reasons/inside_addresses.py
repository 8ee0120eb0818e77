"""Scans of a public name that were made from inside: at an inside address, or from the host's own network."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from controls.scope.address import Address, find
from controls.scope.target_addresses import Addresses
from evidence.formats.facts import PortScan
from evidence.formats.findings import ADDRESS, value_of
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.reading.inspection import InspectedFile, Inspection
from evidence.intake.verdicts.delivery_judgement import policies_of
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
    """Reasons for a review: scans of a public name at an inside address that is not recorded for its target, or near.

    They may show what nobody outside can see, and the other way round.
    """
    if not any(policy.tests_from_outside for policy in policies_of(delivery_fit)):
        return []
    recorded = delivery_fit.scope.addresses
    scanned = sorted({scan for file in inspection.files for scan in _scanned(file)})
    reasons: dict[tuple[str, str], Text] = {}
    for (_, system, target), tested in delivery_fit.cells.items():
        own = {_host(own_address) for own_address in _recorded(recorded, system, target)} | {_host(target)}
        for name, address, near in scanned:
            if name not in (tested or ()) or (is_own_network(address) and _host(address) in own):
                continue
            if is_inside(name, address):
                reasons[name, address] = _inside(name, address)
            elif near and is_public(name):
                reasons[name, address] = _near(name, address)
    return list(reasons.values())


def _recorded(recorded: Addresses, system: str, target: str) -> list[str]:
    """Addresses recorded for a target; without one, for the system and all of its targets."""
    return [
        address.address
        for (own_system, own_target), addresses in recorded.items()
        if own_system == system and target in ("", own_target)
        for address in addresses
    ]


def _inside(name: str, address: str) -> Text:
    return text(
        "{name} was scanned at {address}, an address inside a network and not recorded for it; what can be reached "
        "from outside is not shown.",
        name=name,
        address=address,
    )


def _near(name: str, address: str) -> Text:
    return text(
        "{name} was scanned at {address} from its own network, or from the machine itself; what can be reached from "
        "outside is not shown.",
        name=name,
        address=address,
    )


def is_inside(name: str, address: str) -> bool:
    """Whether a public name was scanned at an address that cannot be reached from outside."""
    return _number(_host(name)) is None and is_public(name) and is_own_network(address)


def is_public(name: str) -> bool:
    """Whether it is a name that others can look up, or an address that they can reach."""
    host = _host(name)
    if _number(host):
        return not is_own_network(host)
    return "." in host and not host.endswith(tuple(f".{domain}" for domain in _INTERNAL_DOMAINS))


def is_own_network(address: str) -> bool:
    """Whether an address means something inside one network only."""
    number = _number(_host(address))
    return number is not None and any(number in network for network in _INSIDE if network.version == number.version)


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _host(name: str) -> str:
    return (find(name) or Address(name.strip().casefold())).host


def _scanned(file: InspectedFile) -> Iterator[tuple[str, str, bool]]:
    """Each target of a scan with each address that it was scanned at, and whether that was from its own network."""
    if file.run is None:
        return
    if isinstance(file.run.facts, PortScan):
        yield from (
            (target, host.address, host.is_near) for target, hosts in file.run.facts.hosts.items() for host in hosts
        )
    elif file.run.targets:
        for batch in file.spool.batches():
            yield from (
                (result.target, address, False)
                for result in batch
                if result.target and (address := value_of(result, ADDRESS))
            )
