"""kube-bench's JSON: checks of a Kubernetes cluster, with those that passed.

Types: `OverallControls`, `Controls`, `Group`, `Check` in `check/controls.go` and `check/check.go` of kube-bench. Early
versions write an array of controls, or a document for each. A result per check. WARN is a check that a person must do,
and INFO one that was told to be skipped; both are informational, and wait for a review. There are no severities.

kube-bench writes controls when all their checks were done, with totals: the scan finished if each has totals that agree
with its list, and the totals of all (`Totals`, of later versions) with all lists. There is no moment, host or version
of the tool in the file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.findings import MISCONFIGURATION, Scan, finding
from evidence.formats.reading.json_stream import begins, string, values
from evidence.formats.severity_words import UNKNOWN
from evidence.formats.values import FAIL, INFORMATIONAL, NOT_EVALUATED, PASS, Result, Run, Unreadable
from locales import Text, text

NAME = "kubebench"
TITLE = "kube-bench JSON"
ABOUT = text(
    "Each check is read, also those that passed. The scan finished if the totals agree with the list of checks. "
    "Checks that kube-bench leaves to a person (WARN) or was told to skip (INFO) wait for someone else's review. "
    "The file has no severities, so they are unknown, and neither a moment nor the name of the cluster: these are "
    "entered at upload. It does not say which checks were left out with --check or --group."
)
RECOGNISED_BY = text(
    "It has the names `Controls` and `Totals`, or `node_type` and `test_number`, as kube-bench writes them."
)
COMMANDS: tuple[str, ...] = ("kube-bench run --json > scan.json",)

_CONTROLS = ("", "[].", "Controls[].")
_STARTS = frozenset(controls.removesuffix(".") for controls in _CONTROLS)
_CHECKS = frozenset(f"{controls}tests[].results[]" for controls in _CONTROLS)
_STATUSES = ("PASS", "FAIL", "WARN", "INFO")
_TOTALS = {f"{controls}total_{name.lower()}": name for controls in _CONTROLS for name in _STATUSES}
_OF_GROUPS = {f"{controls}tests[].{name.lower()}": name for controls in _CONTROLS for name in _STATUSES}
_ALL_TOTALS = {f"Totals.total_{name.lower()}": name for name in _STATUSES}
_NAMES = {f"{controls}{name}": name for controls in _CONTROLS for name in ("node_type", "text", "version")}
_LEFT_OUT = frozenset(("audit", "remediation", "test_info"))
_OUTCOMES = {"PASS": PASS, "FAIL": FAIL, "WARN": INFORMATIONAL, "INFO": INFORMATIONAL}
_MANUAL, _SKIPPED = "WARN", "INFO"


def recognises(head: bytes) -> bool:
    """Whether it has the checks and the type of node of kube-bench, or its totals."""
    content = begins(head)
    if '"Controls"' in content and '"Totals"' in content:
        return True
    return '"node_type"' in content and '"test_number"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, "kube-bench")
    return scan.run, _results(stream, scan)


class _Controls:
    """Controls of a type of node as they are read."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.listed: Counter[str] = Counter()
        self.totals: dict[str, Any] = {}
        self.of_groups: Counter[str] = Counter()  # as the groups of checks state

    @property
    def shown(self) -> str:
        name = self.names.get("text", "") or self.names.get("node_type", "")
        version = self.names.get("version", "")
        return f"{name} ({version})" if name and version else name

    @property
    def agree(self) -> bool:
        stated = {**dict.fromkeys(("PASS", "FAIL")), **self.totals}  # early versions state only these
        agree = all(number == self.listed[status] for status, number in stated.items())
        return agree and self.of_groups <= self.listed


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    all_controls: list[_Controls] = [_Controls()]
    position = 0
    totals: Counter[str] = Counter()  # of all, as stated
    wanted = frozenset((*_CHECKS, *_TOTALS, *_OF_GROUPS, *_ALL_TOTALS, *_NAMES))
    for place, content in values(stream, TITLE, wanted, _LEFT_OUT, starts=_STARTS, several=True):
        if place in _STARTS:
            all_controls.append(_Controls())
        elif place in _CHECKS:
            position += 1
            if not isinstance(content, dict):
                raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position))
            all_controls[-1].listed[string(content, "status")] += 1
            yield _result(position, content, all_controls[-1].names.get("node_type", ""), scan)
        elif place in _ALL_TOTALS:
            totals[_ALL_TOTALS[place]] += content if isinstance(content, int) else 1
        elif place in _OF_GROUPS:
            all_controls[-1].of_groups[_OF_GROUPS[place]] += content if isinstance(content, int) else 1
        elif place in _TOTALS:
            all_controls[-1].totals[_TOTALS[place]] = content
        else:
            all_controls[-1].names[_NAMES[place]] = string(content)
    read_controls = [controls for controls in all_controls if controls.listed or controls.totals]
    scan.add_examined(controls.shown for controls in read_controls)
    scan.finish(_problem(read_controls, totals))


def _result(position: int, content: Mapping[str, Any], node_type: str, scan: Scan) -> Result:
    status = string(content, "status")
    outcome = _OUTCOMES.get(status, NOT_EVALUATED)
    scan.facts.undecided += status == _MANUAL
    scan.facts.left_out += status == _SKIPPED
    parts = (string(content, "test_desc"), string(content, "reason"))
    return scan.count(
        finding(
            position,
            string(content, "test_number"),
            node_type,
            outcome,
            "",
            UNKNOWN if outcome == FAIL else "",
            "; ".join(filter(None, (" ".join(part.split()) for part in parts))),
            MISCONFIGURATION,
        )
    )


def _problem(read_controls: list[_Controls], totals: Counter[str]) -> Text | None:
    """Why the file does not show a finished scan."""
    if not any(controls.listed for controls in read_controls):
        return text("kube-bench names no check in its report, so nothing was checked.")
    listed = sum((controls.listed for controls in read_controls), Counter[str]())
    if not all(controls.agree for controls in read_controls) or not totals <= listed:
        return text(
            "The totals of kube-bench are missing or do not agree with its list of checks; upload the file as "
            "kube-bench wrote it, with --json."
        )
    return None
