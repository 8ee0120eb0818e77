"""Services of a firewall rule, however they are written: `tcp/22`, `22-23`, `SSH`, `SVC-RDP`; and conditions on them.

Ports by name: https://www.iana.org/assignments/service-names-port-numbers. A port counts for every protocol.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, Field

from controls.files.yaml_source import Given, Shape, Unexpected
from evidence.formats.tables.heading_comparison import plain
from evidence.judging.page_parts import code
from evidence.judging.register.conditions.condition import RegisterContext, RowCondition
from evidence.judging.register.network_sources import is_clear
from evidence.judging.values import Row
from locales import Language, text

#: Port → names of the service in firewall programs and in people's sheets.
_NAMES = """
21 ftp ftps; 22 ssh sftp scp; 23 telnet; 25 smtp; 53 dns domain; 67 dhcp bootp; 69 tftp; 80 http www
88 kerberos; 110 pop3; 123 ntp
135 msrpc dcerpc rpc wmi; 139 netbios; 143 imap; 161 snmp; 389 ldap; 443 https ssl tls quic
445 smb cifs samba; 465 smtps; 500 ike ipsec isakmp; 514 syslog; 587 submission; 636 ldaps; 993 imaps; 995 pop3s
1194 openvpn; 1433 mssql sqlserver; 1521 oracle sqlnet; 1812 radius
2375 docker; 2376 docker; 3306 mysql mariadb; 3389 rdp mstsc
5060 sip; 5061 sips; 5432 postgres postgresql pgsql; 5900 vnc; 5901 vnc; 5985 winrm; 5986 winrm; 6379 redis
6443 kubernetes kubeapi; 8006 proxmox pve; 902 esxi vmware; 10000 webmin; 10250 kubelet
2083 cpanel; 2087 whm; 8443 plesk
9200 elasticsearch elastic opensearch; 27017 mongo mongodb; 51820 wireguard
"""
_PORTLESS = frozenset(("icmp", "icmpv6", "ping", "esp", "gre", "ah"))  # protocols without ports
_PHRASES = {
    "remote desktop": "rdp",
    "extern bureaublad": "rdp",
    "sql server": "mssql",
    "ms sql": "mssql",
    "ms rdp": "rdp",
}
_ANY = frozenset(("any", "all", "alle", "alles", "ip", "ipv4", "*"))
_PROTOCOLS = frozenset(("tcp", "udp"))  # each alone is every port
_BETWEEN = re.compile(r"[,;|\n&]| en | and ")
_PORTS = re.compile(r"(?<![a-z\d.])(?:(?:tcp|udp)[_ -]?)?(\d{1,5})(?:\s?[-:\N{EN DASH}]\s?(\d{1,5}))?(?![a-z\d.])")
_WORD = re.compile(r"[a-z]+\d*[a-z]*\d*|\*")
_LAST = 65_535


@cache
def _by_name() -> dict[str, list[int]]:
    """The ports of each name."""
    ports: dict[str, list[int]] = {}
    for entry in re.split(r"[;\n]", _NAMES.strip()):
        port, *names = entry.split()
        for name in names:
            ports.setdefault(name, []).append(int(port))
    return ports


def reached_ports(written: str) -> tuple[list[range], bool]:
    """The ports that a service opens, and whether every part of it is known: a name of one's own may be any port."""
    ports, is_known = [], True
    for part in filter(None, map(str.strip, _BETWEEN.split(written.casefold()))):
        own = _of_part(part)
        ports += own or []
        is_known = is_known and own is not None
    return ports, is_known


def _of_part(part: str) -> list[range] | None:
    """The ports of one service; None if it is not known."""
    for phrase, name in _PHRASES.items():
        part = part.replace(phrase, name)
    numbers = [range(int(low), int(high or low) + 1) for low, high in _PORTS.findall(part)]
    words = set(_WORD.findall(plain(part)))
    named = [range(port, port + 1) for word in sorted(words) for port in _by_name().get(word, ())]
    is_any = bool(words & _ANY) or (bool(words) and words <= _PROTOCOLS and not numbers)
    if is_any and not named and not numbers:
        return [range(_LAST + 1)]
    return numbers + named if numbers or named or words & _PORTLESS else None


def _port_of(written: str) -> int:
    number = written.rpartition("/")[2]
    if not number.isdigit() or int(number) > _LAST:
        raise Unexpected(text("expected a port, such as {example}.", example="tcp/22"))
    return int(number)


class NotOpen(Shape, RowCondition):
    """A service opens none of these ports."""

    column: Given
    ports: Annotated[list[Given], Field(min_length=1)]

    def columns(self) -> list[str]:
        return [self.column]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        del around
        opened, _ = reached_ports(str(row.get(self.column, "")))
        return not any(port in some for port in self._numbers() for some in opened)

    def _numbers(self) -> Iterator[int]:
        yield from map(_port_of, self.ports)

    def describe(self, t: Language) -> str:
        return t("{column} opens none of {ports}", column=code(self.column), ports=", ".join(_sorted(self.ports)))


class KnownService(RowCondition):
    """A service is written as a port or by a known name."""

    def __init__(self, column: str) -> None:
        self.column = column

    def columns(self) -> list[str]:
        return [self.column]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        del around
        return reached_ports(str(row.get(self.column, "")))[1]

    def describe(self, t: Language) -> str:
        return t("{column} is a port or a known service", column=code(self.column))


class KnownSource(RowCondition):
    """A source says clearly from where a rule lets in."""

    def __init__(self, column: str) -> None:
        self.column = column

    def columns(self) -> list[str]:
        return [self.column]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        del around
        return is_clear(str(row.get(self.column, "")))

    def describe(self, t: Language) -> str:
        return t("{column} does not name the internet beside other words", column=code(self.column))


def _sorted(ports: Iterable[str]) -> list[str]:
    return sorted(ports, key=_port_of)


AsKnownService = Annotated[KnownService, BeforeValidator(lambda value: KnownService(str(value)))]
AsKnownSource = Annotated[KnownSource, BeforeValidator(lambda value: KnownSource(str(value)))]
