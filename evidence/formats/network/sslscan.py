"""sslscan's XML (`--xml=`), of version 2. Layout: `sslscan.c`; version 1.11 has no versions (`protocol`) in its file.

sslscan does not judge and says no moment: results say what it saw. The XML is written to its end when all targets were
scanned; a target with an `error`, or without anything that was seen, makes the run incomplete. sslscan builds no chain
of trust, so its file can show what is wrong, and never that a certificate is trusted.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final

from evidence.formats.addresses import target
from evidence.formats.facts import TlsScan
from evidence.formats.network.certificate_names import is_for_host
from evidence.formats.network.tls_facts import Fact
from evidence.formats.reading.xml_stream import ElementText, local, prolog, read_head, results
from evidence.formats.values import (
    ERROR,
    INFORMATIONAL,
    LONGEST_CHECK,
    LONGEST_MESSAGE,
    NOT_EVALUATED,
    Result,
    Run,
    storable,
)
from locales import Text, text

NAME = "sslscan"
TITLE = "sslscan XML"
DEFAULT_PORT = 443  # of a host named without a port
ABOUT = text(
    "Versions, accepted cipher suites, groups, options and the certificate are read. sslscan does not check the chain "
    "of trust, and the file has no moment: it can show that something is wrong, and never that everything is right."
)
RECOGNISED_BY = text("Its root element is `document` and has the title of sslscan.")
COMMANDS: tuple[str, ...] = ("sslscan --show-sigs --xml=scan.xml portal.example.nl",)

_ROOTS: Final = frozenset(("document",))
_TITLE: Final = b"sslscan"  # in the head: other tools write a `document` too
_CONNECTION: Final = "connection"  # the check that stands for a target which could not be scanned
#: elements of a certificate whose text is read
_TEXTS: Final = frozenset(("signature-algorithm", "altnames", "self-signed", "not-valid-after", "expired"))
_MOST: Final = 20_000  # characters of a text
_REFUSED: Final = re.compile(r"\bhost (?P<host>\S+) .*\bport (?P<port>\d+)")


def recognises(head: bytes) -> bool:
    """Whether the root is a `document` of sslscan."""
    beginning = prolog(head)
    return (
        beginning is not None and beginning.root in _ROOTS and _TITLE in head.lower() and b"sslyze" not in head.lower()
    )


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    run = Run(NAME, NAME, default_port=DEFAULT_PORT, facts=TlsScan())
    return run, results(stream, head, _Scan(run), TITLE)


class _Scan(ElementText):
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, run: Run) -> None:
        self.results: list[Result] = []
        self._run = run
        self._text: list[str] | None = None
        self._room = 0
        self._host = self._where = ""
        self._position = self._before = 0
        self._number = 0  # of the certificate
        self._problem: Text | None = None
        self._began = {
            "document": self._document,
            "ssltest": self._target,
            "protocol": self._protocol,
            "cipher": self._cipher,
            "group": self._group,
            "connection-signature-algorithm": self._signature,
            "renegotiation": self._renegotiation,
            "compression": self._compression,
            "heartbleed": self._heartbleed,
            "certificate": self._certificate,
            "pk": self._key,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name in self._began:
            self._began[name](attributes)
        self._text = [] if name in _TEXTS or name == "error" else None
        self._room = _MOST

    def end(self, tag: str) -> None:
        name, written = local(tag), "".join(self._text or ()).strip()
        if self._text is not None and name == "error":
            self._unreachable(written)
        elif self._text is not None and name in _TEXTS:
            self._certificate_text(name, written)
        elif name == "ssltest":
            if self._position == self._before:
                self._unreachable("nothing was scanned")
            self._where = ""
        self._text = None

    def finish(self) -> None:
        if not self._run.targets:
            self._problem = self._problem or text("The scan reached no address.")
        self._run.complete, self._run.remark = self._problem is None, self._problem

    # a target

    def _document(self, attributes: dict[str, str]) -> None:
        self._run.tool_version = storable(attributes.get("version", ""), 40)

    def _target(self, attributes: dict[str, str]) -> None:
        self._host = attributes.get("host", "")
        self._where = target(self._host, attributes.get("port", ""))
        self._run.targets.add(self._where)
        self._before, self._number = self._position, 0

    def _unreachable(self, reason: str) -> None:
        """Add that a target could not be scanned; before its `ssltest`, only the reason names it."""
        named = _REFUSED.search(reason)
        if named and not self._where:
            self._target({"host": named["host"], "port": named["port"]})
        self._problem = self._problem or text("{target} could not be scanned.", target=self._where or "-")
        self._add(Fact(_CONNECTION, reason or "-"), ERROR)

    def _add(self, fact: Fact, outcome: str = "") -> None:
        self._position += 1
        self.results.append(
            Result(
                self._position,
                storable(fact.check, LONGEST_CHECK),
                self._where,
                outcome or (INFORMATIONAL if fact.is_certain else NOT_EVALUATED),
                "",
                storable(fact.message, LONGEST_MESSAGE),
                (),
            )
        )

    # what was seen

    def _protocol(self, attributes: dict[str, str]) -> None:
        name = f"{attributes.get('type', '')}{attributes.get('version', '')}"
        self._add(_yes_or_no(f"protocol.{name}", attributes, "enabled"))

    def _cipher(self, attributes: dict[str, str]) -> None:
        version, name = attributes.get("sslversion", "-"), attributes.get("cipher", "-")
        check = f"cipher.{version}.{name}"
        self._add(Fact(check, name))
        if curve := attributes.get("curve"):
            self._add(Fact(f"curve.{version}.{name}", f"X{curve}" if curve.isdecimal() else curve))

    def _group(self, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "").partition(" ")[0]
        self._add(Fact(f"group.{attributes.get('sslversion', '-')}.{name or '-'}", name))

    def _signature(self, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "")
        self._add(Fact(f"signature.{attributes.get('sslversion', '-')}.{name or '-'}", name))

    def _renegotiation(self, attributes: dict[str, str]) -> None:
        """Whether it is secure; with a server that offers TLS 1.3, sslscan tries only that, which has none."""
        supported, secure = attributes.get("supported", ""), attributes.get("secure", "")
        message = {"11": "secure", "10": "insecure", "00": "none was seen"}.get(supported + secure, "")
        check = "renegotiation.none" if supported == "0" else "renegotiation"
        self._add(Fact(check, message or "missing", is_certain=bool(message)))

    def _compression(self, attributes: dict[str, str]) -> None:
        self._add(_yes_or_no("compression", attributes, "supported"))

    def _heartbleed(self, attributes: dict[str, str]) -> None:
        self._add(_yes_or_no(f"heartbleed.{attributes.get('sslversion', '-')}", attributes, "vulnerable"))

    # the certificate

    def _certificate(self, _attributes: dict[str, str]) -> None:
        self._number += 1

    def _key(self, attributes: dict[str, str]) -> None:
        kind, curve = attributes.get("type", ""), attributes.get("curve_name", "")
        bits = attributes.get("bits", "")
        written = " ".join(
            part for part in (kind, f"{bits} bits" if bits else "", f"curve {curve}" if curve else "") if part
        )
        self._certified("key", written or "missing", is_certain=bool(kind) and attributes.get("error") != "true")

    def _certificate_text(self, name: str, written: str) -> None:
        if name == "altnames":
            is_named = is_for_host(self._host, *_names(written))
            self._certified(name, "the host is among its names" if is_named else "the host is not among its names")
        elif name == "not-valid-after":
            day = _day(written)
            self._certified(name, day or written or "missing", is_certain=bool(day))
        else:
            self._certified(name, written or "missing", is_certain=bool(written))

    def _certified(self, name: str, message: str, *, is_certain: bool = True) -> None:
        which = f" #{self._number}" if self._number > 1 else ""
        self._add(Fact(f"certificate.{name}{which}", message, is_certain))


def _yes_or_no(check: str, attributes: dict[str, str], name: str) -> Fact:
    written = {"1": "yes", "0": "no"}.get(attributes.get(name, ""), "")
    return Fact(check, written or "missing", is_certain=bool(written))


def _names(written: str) -> tuple[list[str], list[str]]:
    """DNS names and IP addresses in the text of a certificate's alternative names."""
    parts = [part.strip().partition(":") for part in written.split(",")]
    names = [name for kind, _, name in parts if kind == "DNS"]
    return names, [name for kind, _, name in parts if kind == "IP Address"]


def _day(written: str) -> str:
    """The day of `Oct  4 12:00:00 2027 GMT` as YYYY-MM-DD; empty if it is no such moment."""
    try:
        moment = datetime.strptime(" ".join(written.split()), "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return moment.date().isoformat()
