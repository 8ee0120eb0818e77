"""A port scan as `nmap -oX` writes it: each state with the reason for which nmap holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import quoteattr

_ALL = 65_535
_DURATION = 1_104  # seconds


@dataclass(frozen=True, slots=True)
class Host:
    """A scanned host: open ports with their services, and ports that answered as closed."""

    name: str
    ip: str
    open: Mapping[int, str]
    closed: Sequence[int] = (80,)


def scan(at: datetime, *hosts: Host) -> bytes:
    """Write a scan of all TCP ports of the hosts from outside; the other ports are filtered (no answer)."""
    begin, started = int(at.timestamp()), f"{at:%a %b %d %H:%M:%S %Y}"
    command = f"nmap -sS -sV -p- -oX scan.xml {' '.join(host.name for host in hosts)}"
    run = f'scanner="nmap" args={quoteattr(command)} start="{begin}" startstr="{started}"'
    finished = f'<finished time="{begin + _DURATION}" elapsed="{_DURATION}.00" exit="success"/>'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!DOCTYPE nmaprun>",
        f"<!-- Nmap 7.95 scan initiated {started} as: {command.replace('--', '')} -->",
        f'<nmaprun {run} version="7.95" xmloutputversion="1.05">',
        f'<scaninfo type="syn" protocol="tcp" numservices="{_ALL}" services="1-{_ALL}"/>',
        *(_host(host, begin) for host in hosts),
        f'<runstats>{finished}<hosts up="{len(hosts)}" down="0" total="{len(hosts)}"/></runstats>',
        "</nmaprun>",
        "",
    ]
    return "\n".join(lines).encode()


def _host(host: Host, begin: int) -> str:
    rest = _ALL - len(host.open) - len(host.closed)
    ports = [
        *((port, "open", "syn-ack", service) for port, service in host.open.items()),
        *((port, "closed", "reset", "") for port in host.closed),
    ]
    reasons = f'<extrareasons reason="no-response" count="{rest}" proto="tcp"/>'
    lines = [
        f'<host starttime="{begin}" endtime="{begin + _DURATION}">',
        '<status state="up" reason="syn-ack" reason_ttl="54"/>',
        f'<address addr="{host.ip}" addrtype="ipv4"/>',
        f'<hostnames><hostname name={quoteattr(host.name)} type="user"/></hostnames>',
        f'<ports><extraports state="filtered" count="{rest}">{reasons}</extraports>',
        *(_port(*port) for port in sorted(ports)),
        "</ports></host>",
    ]
    return "\n".join(lines)


def _port(number: int, state: str, reason: str, service: str) -> str:
    service_element = f'<service name="{service}" method="probed" conf="10"/>' if service else ""
    state_element = f'<state state="{state}" reason="{reason}" reason_ttl="54"/>'
    return f'<port protocol="tcp" portid="{number}">{state_element}{service_element}</port>'
