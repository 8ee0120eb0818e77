"""Files as a small company has them beside its registers: documents, test reports, and scans of its own addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.dashboard.proof import dated_scan

TESTED = "2026-11-18"
_MOMENT = "1795082400"  # 2026-11-19, ten in the morning


@dataclass(frozen=True)
class Proof:
    """The files for one evidence requirement, with what a person enters beside them.

    `counts`: what the source counts, by system (or under an empty name); `days`: what the files don't say themselves;
    `targets`: of a test that names none; `correction`: what a person changes in the mapping that is proposed.
    """

    requirement: str
    files: Mapping[str, bytes]
    systems: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    days: tuple[str, ...] = ()
    ends: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)
    correction: Mapping[str, Any] = field(default_factory=dict)


def document(requirement: str, day: str, *systems: str, name: str = "", ends: str = "") -> Proof:
    """A report, certificate or minutes in PDF, which a person reads and reviews."""
    return Proof(requirement, {name or f"{requirement}.pdf": pdf(requirement)}, systems, days=(day,), ends=ends)


def pdf(words: str) -> bytes:
    """One page with a line of text."""
    drawn = f"BT /F1 12 Tf 60 780 Td ({words}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    written = "%PDF-1.7\n" + "".join(f"{n} 0 obj{body}endobj\n" for n, body in enumerate(objects, 1))
    return f"{written}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF\n".encode()


def report(requirement: str, *cases: str, systems: tuple[str, ...] = (), targets: tuple[str, ...] = ()) -> Proof:
    """A run of tests as a build server writes it; each case has its properties (`page=/home level=anonymous`)."""
    files = {f"{requirement}.xml": junit(requirement, cases, "".join(targets or systems))}
    return Proof(requirement, files, systems, targets)


def junit(suite: str, cases: Iterable[str], where: str = "") -> bytes:
    cases = list(cases)
    written = "".join(
        f'<testcase classname="{suite}" name="{where} {case}" time="0.2"><properties>'
        + "".join(f'<property name="{n}" value="{v}"/>' for n, v in (pair.split("=", 1) for pair in case.split()))
        + "</properties></testcase>"
        for case in cases
    )
    head = (
        f'<testsuite name="{suite}" tests="{len(cases)}" failures="0" errors="0" timestamp="{TESTED}T06:40:00+00:00">'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>{head}{written}</testsuite></testsuites>'.encode()


def tls_scan(system: str, *hosts: str) -> Proof:
    """A whole run of testssl.sh on each address of a system."""
    return Proof("tls-scan", {f"{host}.json": dated_scan(host, TESTED) for host in hosts}, (system,))


def nmap(hosts: Mapping[str, Iterable[int]]) -> bytes:
    """A scan of all TCP ports of these hosts with the ports that are open; what else there is refuses."""
    scanned = "".join(_host(name, list(ports), at) for at, (name, ports) in enumerate(hosts.items(), 1))
    return (
        f'<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap" args="nmap -sS -sV -p- -oX scan.xml" '
        f'start="{_MOMENT}" version="7.95"><scaninfo type="syn" protocol="tcp" numservices="65535" services="1-65535"/>'
        f'{scanned}<runstats><finished time="{_MOMENT}" exit="success"/><hosts up="{len(hosts)}" down="0" '
        f'total="{len(hosts)}"/></runstats></nmaprun>'
    ).encode()


def _host(name: str, ports: list[int], at: int) -> str:
    opened = "".join(
        f'<port protocol="tcp" portid="{port}"><state state="open" reason="syn-ack"/><service name="http" '
        f'product="nginx"/></port>'
        for port in ports
    )
    return (
        f'<host><status state="up" reason="echo-reply"/><address addr="192.0.2.{at}" addrtype="ipv4"/><hostnames>'
        f'<hostname name="{name}" type="user"/></hostnames><ports><extraports state="filtered" '
        f'count="{65535 - len(ports)}"><extrareasons reason="no-response" count="{65535 - len(ports)}"/></extraports>'
        f"{opened}</ports></host>"
    )
