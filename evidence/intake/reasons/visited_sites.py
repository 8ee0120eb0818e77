"""Reasons for reports that name every site which a scanner came by, and not the one that it was told to test.

ZAP's report names each site that it requested anything of, also one to which a page only links: that is no test of it.
"""

from collections.abc import Iterator

from evidence.formats.values import Run
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reasons.listed_names import listed
from locales import Text, text

_FORMATS = frozenset(("zap_xml", "zap_json"))
_LABELS = 2  # of a domain, such as example.nl


def reasons_of_visited_sites(delivery_fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """A reason if a report names other hosts in the domain of a host that it is evidence for."""
    tested = {_host(name) for names in delivery_fit.cells.values() for name in names or ()}
    return [
        reason
        for file in inspection.files
        if file.run is not None and file.format in _FORMATS
        for reason in _of_run(file.run, tested)
    ]


def _of_run(run: Run, tested: set[str]) -> Iterator[Text]:
    hosts = {_host(name) for name in run.targets}
    domains = {_domain(host) for host in hosts & tested}
    own = sorted(host for host in hosts if _domain(host) in domains)
    if len(own) > 1:
        yield text(
            "The report names {names}, and not which of them ZAP was told to test; it may only have passed by some.",
            names=listed(own),
        )


def _host(name: str) -> str:
    """The host of an address, which may end with a port."""
    before, colon, port = name.rpartition(":")
    return before.strip("[]") if colon and port.isdecimal() and (":" not in before or name.startswith("[")) else name


def _domain(host: str) -> str:
    """The last two labels of a name; an IP address is its own."""
    labels = host.split(".")
    return host if ":" in host or labels[-1].isdecimal() else ".".join(labels[-_LABELS:])
