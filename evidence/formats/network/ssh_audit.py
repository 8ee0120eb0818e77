"""ssh-audit's JSON (`-j`, `-jj`), of versions 2 and 3: a single server, or an array of servers (`-T`).

A result per algorithm that the server offers, with the notes of ssh-audit; the worst kind of note is its severity. What
it concluded from the version in the banner (`cves`, only written by old versions) says nothing of the server. Of a
server that could not be reached ssh-audit writes no JSON, which makes a whole array unreadable. The file has no moment
and no version. A server with all kinds of algorithms was audited to the end.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from evidence.formats.addresses import normal_address
from evidence.formats.facts import SshScan
from evidence.formats.reading.json_stream import begins, inner, string, values
from evidence.formats.values import (
    FAIL,
    INFORMATIONAL,
    LONGEST_CHECK,
    LONGEST_MESSAGE,
    PASS,
    Result,
    Run,
    Unreadable,
    storable,
)
from locales import Text, text

NAME = "ssh_audit"
TITLE = "ssh-audit JSON"
DEFAULT_PORT = 22  # of a host named without a port
ABOUT = text(
    "Each algorithm that a server offers is read, with ssh-audit's notes and the length of its key. The file has no "
    "moment. A check of a policy of ssh-audit itself (-P) is not read, and an audit of a client (-c) shows no server."
)
RECOGNISED_BY = text("It has the names `banner`, `kex` and `enc`, as ssh-audit writes them.")
COMMANDS: tuple[str, ...] = ("ssh-audit -jj bastion.example.nl > scan.json",)

#: lists of algorithms in the file, in the order of the protocol
KINDS: Final = ("kex", "key", "enc", "mac")
PROTOCOL, COMPRESSION = "protocol", "compression"  # checks that are no algorithm
BITS: Final = "bits"  # property of a result: the length of a key or group
_WANTED: Final = {b"[": frozenset(("[]",)), b"{": frozenset(("",))}
_LEFT_OUT: Final = frozenset(("recommendations", "fingerprints", "additional_notes", "cves"))
_HTTPS: Final = ":443"  # a target on this port is written without it (`addresses.target`)
_WORST: Final = ("fail", "warn", "info")
_OUTCOMES: Final = {"fail": FAIL, "warn": INFORMATIONAL, "info": PASS}


def recognises(head: bytes) -> bool:
    """Whether it has the banner and the lists of algorithms of ssh-audit."""
    content = begins(head)
    return bool(content) and all(f'"{name}"' in content for name in ("banner", "kex", "enc"))


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    begin = stream.read(16).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    stream.seek(0)
    scan = SshScan()
    run = Run(NAME, "ssh-audit", default_port=DEFAULT_PORT, facts=scan)
    return run, _results(stream, run, scan, _WANTED.get(begin, _WANTED[b"{"]))


def _results(stream: BinaryIO, run: Run, scan: SshScan, wanted: frozenset[str]) -> Iterator[Result]:
    position = 0
    for _, server in values(stream, TITLE, wanted, _LEFT_OUT):
        scan.servers += 1
        if not isinstance(inner(server, "banner"), dict):
            problem = text("{format}, record {n}: there is no banner of a server.", format=TITLE, n=scan.servers)
            raise Unreadable(problem)
        where = _target(server, run)
        if lacking := _of_client(server) or _lacking(server, where):
            run.complete, run.remark = False, run.remark or lacking
        for check, notes, bits in _seen(server):
            position += 1
            yield _result(position, check, where, notes, bits)


def _target(server: Mapping[str, Any], run: Run) -> str:
    """The server's address; of a client, or in files of before 2.4, there is none."""
    written = string(server, "target")
    if not written:
        run.doubt(text("The file does not name the server that was audited; see which it was."))
        return ""
    if written.endswith(_HTTPS):
        run.default_port = 443
    where = normal_address(written, str(DEFAULT_PORT))
    run.targets.add(where)
    return where


def _of_client(server: Mapping[str, Any]) -> Text | None:
    """Why an audit of a client shows nothing: only one of a server has a target."""
    if not string(server, "client_ip"):
        return None
    return text("This is an audit of a client (ssh-audit -c), and shows no server.")


def _lacking(server: Mapping[str, Any], where: str) -> Text | None:
    lacking = next((kind for kind in KINDS if not isinstance(server.get(kind), list)), None)
    return text("{target}: the list {name} is missing.", target=where or "-", name=lacking) if lacking else None


def _seen(server: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Checks of a server, with their notes and the length of a key or group."""
    banner = server["banner"]
    yield f"{PROTOCOL}.{_version(banner.get('protocol')) or '-'}", {"info": [string(banner, "raw")]}, ""
    for kind in KINDS:
        listed = server.get(kind)
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict):
                notes = inner(entry, "notes") or {}
                yield f"{kind}.{string(entry, 'algorithm') or '-'}", notes, _bits(entry)
            else:  # before 3.0 ciphers and codes had no notes
                yield f"{kind}.{entry}", {}, ""
    compression = server.get(COMPRESSION)
    yield from ((f"{COMPRESSION}.{name}", {}, "") for name in (compression if isinstance(compression, list) else []))


def _bits(entry: Mapping[str, Any]) -> str:
    """The length of a key or group; of a key that an authority signed, that of the shorter of both keys."""
    bits, of_authority = string(entry, "keysize"), string(entry, "casize")
    lengths = [length for length in (bits, of_authority) if length.isdecimal() and int(length)]
    return min(lengths, key=int) if len(lengths) > 1 else bits


def _version(protocol: Any) -> str:
    """The version of the protocol, which old versions of ssh-audit wrote as two numbers."""
    return ".".join(map(str, protocol[:2])) if isinstance(protocol, list) else string({"version": protocol}, "version")


def _result(position: int, check: str, where: str, notes: Mapping[str, Any], bits: str) -> Result:
    worst = next((kind for kind in _WORST if _listed(notes, kind)), "")
    return Result(
        position,
        storable(check, LONGEST_CHECK),
        where,
        _OUTCOMES.get(worst, INFORMATIONAL),
        worst,
        storable(_message(notes, bits), LONGEST_MESSAGE),
        ((BITS, bits[:9]),) if bits else (),
    )


def _message(notes: Mapping[str, Any], bits: str) -> str:
    """The notes, the worst first, and the length of the key."""
    lines = [f"{kind}: {note}" for kind in _WORST for note in _listed(notes, kind)]
    return "; ".join([f"{bits} bits", *lines] if bits else lines)


def _listed(notes: Mapping[str, Any], kind: str) -> list[Any]:
    listed = inner(notes, kind)
    return listed if isinstance(listed, list) else []
