"""Docker Bench for Security's JSON: checks of a Docker host, with those that passed.

Layout: `functions/output_lib.sh` of docker-bench-security. A result per check. WARN is its word for a check that
failed; NOTE is a check that a person must do, and waits for a review; INFO says something. There are no severities.

The script writes as it goes, and at last how many checks it counted (`checks`) and `end`: with it, the scan finished.
A scan of everything has the sections of the benchmark. The host is not named.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.findings import MISCONFIGURATION, Scan, finding
from evidence.formats.reading.json_stream import begins, string, values
from evidence.formats.severity_words import UNKNOWN
from evidence.formats.values import (
    FAIL,
    INFORMATIONAL,
    NOT_EVALUATED,
    PASS,
    SKIPPED,
    Result,
    Run,
    Unreadable,
    storable,
    unix_moment,
)
from locales import plural, text

NAME = "docker_bench"
TITLE = "Docker Bench JSON"
ABOUT = text(
    "Each check is read, also those that passed; WARN is a check that failed. The scan finished if the file has its "
    "end. Checks that are left to a person (NOTE), a file that lists fewer checks than it counted, and a scan "
    "without one of the sections 1 to 5 wait for someone else's review. The file has no severities, so they are "
    "unknown. It names neither the host nor the checks and containers that were left out with -c, -e, -i or -x."
)
RECOGNISED_BY = text("It has the name `dockerbenchsecurity`, as Docker Bench writes it.")
COMMANDS: tuple[str, ...] = ("sh docker-bench-security.sh -b -l scan.log",)

_SECTION, _NUMBER, _COUNTED = "tests[].desc", "tests[].id", "checks"
_CHECK = "tests[].results[]"
_WANTED = frozenset(("dockerbenchsecurity", "start", "end", _SECTION, _NUMBER, _COUNTED, _CHECK))
_LEFT_OUT = frozenset(("remediation", "remediation-impact", "items"))
_SECTIONS = ("1", "2", "3", "4", "5")  # host, daemon, its files, images and containers
_OUTCOMES = {"PASS": PASS, "WARN": FAIL, "NOTE": SKIPPED, "INFO": INFORMATIONAL}


def recognises(head: bytes) -> bool:
    """Whether it is an object with the version of Docker Bench."""
    content = begins(head)
    return content.startswith("{") and '"dockerbenchsecurity"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, "docker-bench-security")
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    section, position, has_end, counted = "", 0, False, 0
    numbers: set[str] = set()
    for place, content in values(stream, TITLE, _WANTED, _LEFT_OUT):
        if place == _CHECK:
            position += 1
            scan.add_examined([section])
            yield _result(position, content, section, scan)
        elif place == _SECTION:
            section = string(content)
        elif place == _NUMBER:
            numbers.add(string(content))
        elif place == _COUNTED:
            counted = content if isinstance(content, int) else 0
        elif place == "dockerbenchsecurity":
            scan.run.tool_version = storable(string(content), 40)
        elif moment := unix_moment(string(content)):
            scan.moments.add(moment)
            has_end = has_end or place == "end"
    if missing := [number for number in _SECTIONS if numbers and number not in numbers]:
        scan.doubt(
            text("The scan of Docker Bench left out sections {names} of the benchmark.", names=", ".join(missing))
        )
    if position < counted:
        scan.doubt(
            plural(
                "Docker Bench counted {n} check, and the file lists {listed}; see whether it was removed.",
                "Docker Bench counted {n} checks, and the file lists {listed}; see whether some were removed.",
                counted,
                listed=position,
            )
        )
    scan.finish(
        None
        if has_end and position
        else text("The file of Docker Bench has no check or no end, so it does not show that the scan finished.")
    )


def _result(position: int, content: Any, section: str, scan: Scan) -> Result:
    if not isinstance(content, Mapping):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position))
    outcome = _OUTCOMES.get(string(content, "result"), NOT_EVALUATED)
    scan.facts.undecided += outcome == SKIPPED
    return scan.count(
        finding(
            position,
            string(content, "id"),
            section,
            outcome,
            "",
            UNKNOWN if outcome == FAIL else "",
            "; ".join(filter(None, (string(content, "desc"), string(content, "details")))),
            MISCONFIGURATION,
        )
    )
