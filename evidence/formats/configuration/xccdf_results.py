"""The elements of XCCDF results: rules of a benchmark, test results and the rule results in them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import NamedTuple

from evidence.formats.configuration.xccdf_score import Score, contradicting
from evidence.formats.findings import MISCONFIGURATION, SUPPRESSED, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.reading.xml_stream import ElementText, local
from evidence.formats.severity_words import by_word
from evidence.formats.values import (
    ERROR,
    FAIL,
    INFORMATIONAL,
    NOT_APPLICABLE,
    NOT_EVALUATED,
    PASS,
    SKIPPED,
    Result,
    storable,
)
from locales import Text, text

_OUTCOMES = {
    "pass": PASS,
    "fixed": PASS,
    "fail": FAIL,
    "error": ERROR,
    "unknown": ERROR,
    "informational": INFORMATIONAL,
    "notapplicable": NOT_APPLICABLE,
    "notselected": NOT_APPLICABLE,
    "notchecked": SKIPPED,
}
_UNCOUNTED = frozenset(("unscored", "unchecked"))  # roles of a rule whose result says nothing
_NOT_CARRIED_OUT = frozenset((NOT_APPLICABLE, SKIPPED, NOT_EVALUATED))
_ADDRESS, _SCORE = "target-address", "score"
#: elements whose text is read, by the element around them
_TEXTS = {
    "Benchmark": frozenset(("version",)),
    "Rule": frozenset(("title",)),
    "TestResult": frozenset(("target", _ADDRESS, _SCORE)),
    "rule-result": frozenset(("result", "message", "instance")),
    "override": frozenset(("old-result", "remark")),
}
_NO_TEXTS: frozenset[str] = frozenset()
_LONGEST = 2_000  # characters of a text
_MOST_TEXTS = 20  # of a kind in a result
_MOST_RULES = 50_000
_MOST_SCORES = 10
_EARLIER = timedelta(days=1)  # before the test began, as moments may lack their zone
_MOST_NAMED = 5


class _Rule(NamedTuple):
    """A rule of a benchmark, as far as its results refer to it."""

    severity: str
    title: str
    role: str = ""


@dataclass(slots=True)
class _Tested:
    """A TestResult as it is read. `ended`: it has an end; `carried_out`: a rule in it was; `outcomes`: numbers."""

    ended: bool
    benchmark: str
    version: str
    profile: str = ""
    tailored: bool = False
    target: str = ""
    address: str = ""
    carried_out: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    scores: list[Score] = field(default_factory=list)
    started: datetime | None = None
    checked: datetime | None = None  # the earliest time of a rule result

    @property
    def place(self) -> str:
        return self.target or self.address

    @property
    def selection(self) -> str:
        """The profile, else the benchmark as a whole; a tailored one is not the same."""
        return (self.profile or self.benchmark or "-") + self._tailored

    @property
    def whole_selection(self) -> str:
        """The benchmark with its version, and the profile if there is one."""
        parts = (f"{self.benchmark}@{self.version}" if self.version else self.benchmark, self.profile)
        return ("/".join(filter(None, parts)) or "-") + self._tailored

    @property
    def _tailored(self) -> str:
        return " tailored" if self.tailored else ""


class Report(ElementText):
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, scan: Scan) -> None:
        self.results: list[Result] = []
        self._scan = scan
        self._path: list[str] = []
        self._position = 0
        self._rules: dict[str, _Rule] = {}
        self._benchmark = self._version = ""
        self._tested = _Tested(ended=False, benchmark="", version="")
        self._number = 0  # of TestResults
        self._unended: list[str] = []  # targets of the first TestResults without an end
        self._idle: list[str] = []  # and of those in which nothing was carried out
        self._attributes: dict[str, str] = {}  # of the open Rule or rule-result
        self._score: dict[str, str] = {}  # attributes of the open score
        self._values: dict[str, list[str]] = {}  # the texts in it
        self._text: list[str] | None = None
        self._room = self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if self._text is not None:
            return
        if name in ("Rule", "rule-result"):
            self._attributes, self._values = attributes, {}
        elif name == "Benchmark":
            self._benchmark, self._version = attributes.get("id", ""), ""
        elif name == "TestResult":
            self._open_test_result(attributes)
        elif around == "TestResult":
            self._note_reference(name, attributes)
        if name == _SCORE:
            self._score = attributes
        if name in _TEXTS.get(around, _NO_TEXTS):
            self._text, self._room, self._depth = [], _LONGEST, len(self._path)

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if self._text is not None:
            if len(self._path) < self._depth:
                self._close_text(name, " ".join("".join(self._text).split()))
                self._text = None
        elif name == "Rule" and len(self._rules) < _MOST_RULES:
            severity, titles = self._attributes.get("severity", ""), self._values.get("title", [""])
            rule = _Rule(severity, titles[0], self._attributes.get("role", ""))
            self._rules[self._attributes.get("id", "")] = rule
        elif name == "rule-result" and self._path[-1:] == ["TestResult"]:
            self.results.append(self._result(self._tested))
        elif name == "TestResult":
            self._close_test_result(self._tested)

    def _open_test_result(self, attributes: dict[str, str]) -> None:
        moments = [iso_moment(attributes.get(name, "")) for name in ("start-time", "end-time")]
        for moment in filter(None, moments):
            self._scan.moments.add(moment)
        version = attributes.get("version", "") or self._version
        self._tested = _Tested(moments[-1] is not None, self._benchmark, version, started=moments[0])
        tool, tool_version = _tool(attributes.get("test-system", ""))
        if tool:
            self._scan.run.tool, self._scan.run.tool_version = tool, tool_version

    def _close_test_result(self, tested: _Tested) -> None:
        self._number += 1
        self._scan.add_profiles([tested.whole_selection])
        if tested.place:
            self._scan.add_examined([f"{tested.place} ({tested.selection})"])
        self._compare_scores(tested)
        if tested.checked and tested.started and tested.checked < tested.started.replace(tzinfo=None) - _EARLIER:
            self._scan.doubt(
                text(
                    "A rule was checked on {day}, before the test began; see whether it still holds.",
                    day=tested.checked.date(),
                )
            )
        for names, is_wrong in ((self._unended, not tested.ended), (self._idle, not tested.carried_out)):
            if is_wrong and len(names) < _MOST_NAMED:
                names.append(storable(tested.place, 60) or "-")

    def _compare_scores(self, tested: _Tested) -> None:
        """Doubt a TestResult whose score is lower than its rule results explain: some may have been left out."""
        passed, failed = tested.outcomes[PASS], tested.outcomes[FAIL] + tested.outcomes[ERROR]
        for score in contradicting(tested.scores, passed, failed):
            self._scan.doubt(
                text(
                    "The file's own score ({score}) is lower than its rule results explain; see whether results were "
                    "left out or changed.",
                    score=score.shown,
                )
            )

    def _note_reference(self, name: str, attributes: dict[str, str]) -> None:
        """Note which benchmark, profile or tailoring a TestResult names."""
        tested = self._tested
        if name == "benchmark":
            tested.benchmark = attributes.get("id") or tested.benchmark or attributes.get("href", "")
        elif name == "profile":
            tested.profile = attributes.get("idref", "")
        elif name == "tailoring-file":
            tested.tailored = True

    def _close_text(self, name: str, value: str) -> None:
        around = self._path[-1]
        if around == "Benchmark":
            self._version = value
        elif around == "TestResult":
            if name == _SCORE:
                self._add_score(value)
            elif name == _ADDRESS:
                self._tested.address = self._tested.address or ("" if _is_loopback(value) else value)
            else:
                self._tested.target = self._tested.target or value
        elif len(values := self._values.setdefault(name, [])) < _MOST_TEXTS:
            values.append(value)

    def _add_score(self, written: str) -> None:
        if len(self._tested.scores) < _MOST_SCORES:
            known = {name: value for name, value in self._score.items() if name in Score._fields}
            self._tested.scores.append(Score(written, **known))

    def _result(self, tested: _Tested) -> Result:
        self._position += 1
        check = self._attributes.get("idref", "")
        rule = self._rules.get(check, _Rule("", ""))
        written = "".join(self._values.get("result", [])).lower()
        role = self._attributes.get("role") or rule.role
        outcome = _outcome(written, role)
        severity = self._attributes.get("severity") or rule.severity
        overridden = any(old.lower() != written for old in self._values.get("old-result", []))
        tested.outcomes[outcome] += role not in _UNCOUNTED  # as its score
        if outcome in (PASS, FAIL) and (moment := iso_moment(self._attributes.get("time", ""))):
            moment = moment.replace(tzinfo=None)
            tested.checked = min(moment, tested.checked or moment)
        is_aside = overridden and outcome not in (FAIL, ERROR)
        tested.carried_out = tested.carried_out or outcome not in _NOT_CARRIED_OUT
        self._scan.facts.undecided += outcome == SKIPPED and not is_aside
        return self._scan.count(
            finding(
                self._position,
                check,
                tested.place,
                outcome,
                severity,
                by_word(severity) if outcome != PASS else "",
                _message(rule.title, written, role, self._values),
                MISCONFIGURATION,
                SUPPRESSED if is_aside else "",
                tested.address,
            )
        )

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._scan.finish(self._problem())

    def _problem(self) -> Text | None:
        if not self._number:
            return text(
                "The file holds no TestResult: these are rules, not results. Upload what oscap writes with "
                "--results-arf or --results."
            )
        if self._unended:
            return text("The test of {names} has no end-time; it may be broken off.", names=", ".join(self._unended))
        if self._idle:
            return text(
                "No rule was carried out on {names}: the content does not fit that system, or the profile selects no "
                "rules.",
                names=", ".join(self._idle),
            )
        return None


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a MAC address, say
        return False


def _outcome(written: str, role: str) -> str:
    """The outcome of a word; of a rule that was not to count, a pass shows nothing."""
    outcome = _OUTCOMES.get(written, NOT_EVALUATED)
    return NOT_EVALUATED if role in _UNCOUNTED and outcome == PASS else outcome


def _message(title: str, written: str, role: str, values: dict[str, list[str]]) -> str:
    """The title of the rule, the instance, the messages of the checking engine, and what an override says."""
    not_counted = f"role: {role}" if role in _UNCOUNTED else ""
    fixed = "fixed during the scan" if written == "fixed" else ""
    remarks = [f"overridden: {remark}" for remark in values.get("remark", [])]
    parts = (title, not_counted, *values.get("instance", []), fixed, *values.get("message", []), *remarks)
    return "; ".join(filter(None, parts))


def _tool(test_system: str) -> tuple[str, str]:
    """The tool and its version, of a CPE (`cpe:/a:redhat:openscap:1.3.7`, `cpe:2.3:a:...`) or any other text."""
    parts = test_system.split(":")
    if parts[0] != "cpe":
        return storable(test_system, 80), ""
    names = [*parts[4 if parts[1:2] == ["2.3"] else 3 :], "", ""]
    return storable(names[0], 80), storable(names[1], 40)
