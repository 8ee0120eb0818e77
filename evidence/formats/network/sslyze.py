"""SSLyze's JSON (`--json_out`), of versions 3 to 6. Layout: `sslyze/json/json_output.py` and that of each scan command.

SSLyze does not judge: a result says what a scan command saw, with the command's status (`COMPLETED`, `ERROR`) as its
severity. A command that was not scheduled gives no result, so that what it looks at counts as not looked at. Only the
accepted cipher suites are read. The report is written when all scans ended; a target that could not be reached, a
command that failed, and a target without a completed command make the run incomplete. Version 3 has no moments.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.addresses import normal_address, target
from evidence.formats.facts import TlsScan
from evidence.formats.findings import ADDRESS
from evidence.formats.moments import Moments, iso_moment
from evidence.formats.network.sslyze_commands import STATUS, facts
from evidence.formats.network.tls_facts import Fact
from evidence.formats.reading.json_stream import begins, inner, string, values
from evidence.formats.values import (
    ERROR,
    INFORMATIONAL,
    LONGEST_CHECK,
    LONGEST_MESSAGE,
    NOT_EVALUATED,
    Result,
    Run,
    Unreadable,
    storable,
)
from locales import Text, text

NAME = "sslyze"
TITLE = "SSLyze JSON"
DEFAULT_PORT = 443  # of a host named without a port
ABOUT = text(
    "What each scan command saw is read: versions, accepted cipher suites, curves, groups, the certificate and its "
    "trust, options and known faults. A scan command that was not run, or failed, leaves open what it looks at. A "
    "certificate authority of your own (--certinfo_ca_file) does not count as trusted."
)
RECOGNISED_BY = text("It has the name `server_scan_results`, as SSLyze writes it.")
_EVERYTHING = (  # as soon as one is given, SSLyze leaves out the others
    "--certinfo --sslv2 --sslv3 --tlsv1 --tlsv1_1 --tlsv1_2 --tlsv1_3 --elliptic_curves --ems --early_data "
    "--compression --reneg --heartbleed --openssl_ccs --robot --http_headers"
)
COMMANDS: tuple[str, ...] = (f"sslyze {_EVERYTHING} --json_out=scan.json portal.example.nl",)

_WANTED = frozenset(
    (
        *("server_scan_results[]", "invalid_server_strings[]", "server_connectivity_errors[]"),
        *("date_scans_started", "date_scans_completed", "sslyze_version"),
    )
)
_LEFT_OUT = frozenset(
    ("as_pem", "error_trace", "rejected_cipher_suites", "rejected_curves", "verified_certificate_chain")
)
_COMPLETED, _NOT_SCHEDULED = "COMPLETED", "NOT_SCHEDULED"  # statuses of a scan and of a command
_CONNECTION = "connection"  # the check that stands for a target which could not be reached


def recognises(head: bytes) -> bool:
    """Whether it is an object with the results of SSLyze for each server."""
    content = begins(head)
    return content.startswith("{") and '"server_scan_results"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    run = Run(NAME, NAME, default_port=DEFAULT_PORT, facts=TlsScan())
    return run, _Scan(run).results(stream)


class _Scan:
    """A report as it is read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._moments = Moments()
        self._position = 0
        self._problem: Text | None = None

    def results(self, stream: BinaryIO) -> Iterator[Result]:
        for place, content in values(stream, TITLE, _WANTED, _LEFT_OUT):
            if place == "server_scan_results[]":
                yield from self._server(content)
            elif place == "sslyze_version":
                self._run.tool_version = storable(string(content), 40)
            elif place.startswith("date_"):
                self._add_moment(string(content))
            else:
                yield self._not_reached(content)
        if not self._run.targets:
            self._fails(text("The scan reached no address."))
        self._run.add_moments(self._moments)
        self._run.complete, self._run.remark = self._problem is None, self._problem

    def _add_moment(self, written: str) -> None:
        if moment := iso_moment(written):
            self._moments.add(moment)

    def _server(self, server: Any) -> Iterator[Result]:
        """Results of a target."""
        location = inner(server, "server_location") or inner(server, "server_info", "server_location")
        host = string(location, "hostname")
        if not host:
            raise Unreadable(text("{format}, record {n}: there is no hostname.", format=TITLE, n=self._position + 1))
        where = target(host, string(location, "port")), string(location, "ip_address")
        self._run.targets.add(where[0])
        if string(server, "scan_status") not in (_COMPLETED, ""):  # version 3 has no status
            yield self._unreachable(*where, string(server, "connectivity_status") or string(server, "scan_status"))
            return
        is_examined = False
        for fact, status in self._facts(server, host):
            is_examined = is_examined or fact.is_certain
            yield self._result(fact, status, *where)
        if not is_examined:
            self._fails(text("No scan command was completed for {target}.", target=where[0]))

    def _facts(self, server: Any, host: str) -> Iterator[tuple[Fact, str]]:
        """What the scan commands of a target saw, with their statuses."""
        for command, (status, reason, seen) in _commands(server).items():
            if status == _COMPLETED:
                offered = _highest_version(server)
                yield from ((fact, status) for fact in facts(command, seen, host, offered))
            elif status != _NOT_SCHEDULED:
                self._fails(text("The scan command {command} failed.", command=storable(command, 80)))
                yield Fact(f"{command}.{STATUS}", f"{status}: {reason}", is_certain=False), status

    def _not_reached(self, content: Any) -> Result:
        """The result of a target that could not be looked up, or (in version 3) reached."""
        where = normal_address(string(content, "server_string")) or "-"
        self._run.targets.add(where)
        return self._unreachable(where, "", string(content, "error_message"))

    def _unreachable(self, where: str, address: str, reason: str) -> Result:
        self._fails(text("{target} could not be reached.", target=where))
        self._position += 1
        message = storable(reason, LONGEST_MESSAGE)
        return Result(self._position, _CONNECTION, where, ERROR, "", message, ((ADDRESS, address),))

    def _result(self, fact: Fact, status: str, where: str, address: str) -> Result:
        self._position += 1
        return Result(
            self._position,
            storable(fact.check, LONGEST_CHECK),
            where,
            INFORMATIONAL if fact.is_certain else NOT_EVALUATED,
            storable(status, 20),
            storable(fact.message, LONGEST_MESSAGE),
            ((ADDRESS, address),),
        )

    def _fails(self, problem: Text) -> None:
        self._problem = self._problem or problem


def _commands(server: Any) -> dict[str, tuple[str, str, Mapping[str, Any]]]:
    """Status, reason of an error and result of each scan command, by name."""
    if isinstance(inner(server, "scan_result"), dict):
        return {
            command: (string(attempt, "status"), string(attempt, "error_reason"), _object(attempt, "result"))
            for command, attempt in _object(server, "scan_result").items()
        }
    done = _object(server, "scan_commands_results")  # of version 3
    failed = _object(server, "scan_commands_errors")
    return {
        **{name: (_COMPLETED, "", _object(done, name)) for name in done},
        **{name: ("ERROR", string(error, "reason"), {}) for name, error in failed.items()},
    }


def _object(value: Any, name: str) -> Mapping[str, Any]:
    """The object under a name; empty if there is none."""
    under = inner(value, name)
    return under if isinstance(under, dict) else {}


def _highest_version(server: Any) -> str:
    """The highest version of TLS that the server offers, as SSLyze names it; empty if it is not told."""
    written = inner(server, "connectivity_result") or inner(server, "server_info", "tls_probing_result")
    return string(written, "highest_tls_version_supported")
