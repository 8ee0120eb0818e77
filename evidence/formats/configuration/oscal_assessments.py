"""The assessments of a document of OSCAL: what is gathered first, and its findings and observations as results."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from evidence.formats.configuration.oscal_scope import AssessmentScope
from evidence.formats.findings import GONE, MISCONFIGURATION, SUPPRESSED, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import inner, objects, string, strings
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

#: what is gathered and what becomes a result
START, OBSERVATION, FINDING, ITEM, RISK, SELECTION = (
    "result",
    "observation",
    "finding",
    "poam-item",
    "risk",
    "control-selection",
)
_STATES = {"satisfied": PASS, "not-satisfied": FAIL}
_CONTRARY = {PASS: "fail", FAIL: "pass"}  # the reason that contradicts a state
#: of the property `result`
_OUTCOMES = {
    "fail": FAIL,
    "failure": FAIL,
    "error": ERROR,
    "unknown": ERROR,
    "notchecked": SKIPPED,
    "notselected": SKIPPED,
    "notapplicable": NOT_APPLICABLE,
    "informational": INFORMATIONAL,
    "fixed": PASS,
    "pass": PASS,
}
_WORST_FIRST = (FAIL, ERROR, NOT_EVALUATED, SKIPPED, NOT_APPLICABLE, INFORMATIONAL, PASS)
_SATISFYING = frozenset((PASS, INFORMATIONAL, ""))  # outcomes of what a satisfied finding may rest on
_CHECK_NAMES = ("idref", "assessment-rule-id", "rule-id", "check-id")
_HOST_NAMES = ("target", "fqdn", "hostname", "ipv4-address", "asset-id")
_VERSIONS = ("scanner_version", "version")
_ACCEPTED = "deviation-approved"
_NOT_DONE = frozenset(("planned", "partial"))  # implementation statuses
_AUTOMATIC = "TEST-AUTOMATED"  # method of an observation that a tool made; TEST alone may be a person's
_MOST = 50_000  # names, findings and risks that are remembered
_KNOWN = 1  # major version
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


class Assessments:
    """Assessments as they are read. `scan`: the run that is filled; `position`: number of results so far."""

    def __init__(self, name: str, model: str) -> None:
        self.scan = Scan(name, name)
        self.position = 0
        self._model = model
        self._current = -1  # the assessment that is read
        self._said: list[dict[str, str]] = []  # start, end and title of each
        self._names: dict[str, str] = {}  # of components and inventory items, by their uuid
        self._referred: set[str] = set()  # observations to which a finding refers
        self._tested: set[str] = set()  # observations that a tool made
        self._contrary: set[str] = set()  # observations whose own result does not let a finding be satisfied
        self._scope = AssessmentScope()
        self._accepted: dict[str, bool] = {}  # risks
        self._on: dict[str, set[int]] = {}  # by target: the assessments with a finding on it
        self._last: dict[str, int] = {}  # and the last of these
        self._outcomes: Counter[str] = Counter()
        self._version = ""

    # ── what is gathered ─────────────────────────────────────────────────────────────────────────────────────────────

    def gather(self, kind: str, content: Any) -> None:
        """Gather a value of the document by its kind; `START` begins an assessment."""
        if kind == START:
            self._said.append({})
        elif kind == "version":
            self._version = string(content)
        elif kind in ("start", "end", "title"):
            self._gather_text(kind, string(content))
        elif kind == "tool":
            self._gather_tool(content)
        elif kind == FINDING:
            self._gather_finding(content)
        elif kind == OBSERVATION:
            self._gather_observation(content)
        elif kind == RISK:
            self._gather_risk(string(content, "uuid"), string(content, "status"))
        elif kind == SELECTION:
            self._scope.add_selection(content)
        elif kind in ("component", "inventory-item"):
            self._gather_subject(content)

    def _gather_text(self, kind: str, value: str) -> None:
        if self._said:
            self._said[-1][kind] = value
        if kind != "title" and (moment := iso_moment(value)):
            self.scan.moments.add(moment)

    def _gather_tool(self, content: Any) -> None:
        if self.scan.run.tool == self.scan.run.format and (title := string(content, "title")):
            properties = _properties(content)
            self.scan.run.tool = storable(title, 40)
            self.scan.run.tool_version = storable(_first(properties, _VERSIONS), 40)

    def _gather_subject(self, content: Any) -> None:
        name = _first(_properties(content), _HOST_NAMES) or string(content, "title") or string(content, "description")
        if name and len(self._names) < _MOST:
            self._names[string(content, "uuid")] = storable(name, 120)
            self.scan.add_examined([name])

    def _gather_observation(self, content: Any) -> None:
        uuid = string(content, "uuid")
        if _AUTOMATIC in strings(content, "methods"):
            self._remember(self._tested, [uuid])
        if _outcome_of(content) not in _SATISFYING:
            self._remember(self._contrary, [uuid])
        self._scope.add_observation(content)

    def _gather_risk(self, uuid: str, status: str) -> None:
        self._scope.add_risk(status)
        if len(self._accepted) < _MOST:
            self._accepted[uuid] = status == _ACCEPTED

    def _gather_finding(self, content: Any) -> None:
        related = objects(content, "related-observations")
        self._scope.add_target(string(content, "target", "target-id"))
        self._remember(self._referred, (string(each, "observation-uuid") for each in related))
        if (target := _target(content)) and len(self._on) < _MOST:
            self._on.setdefault(target, set()).add(len(self._said) - 1)

    def _order(self, number: int) -> tuple[datetime, int]:
        """By which the last of several assessments is known: its start, and its place in the file."""
        moment = iso_moment(self._said[number].get("start", ""))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) if moment else _NO_MOMENT, number

    @staticmethod
    def _remember(names: set[str], more: Iterable[str]) -> None:
        if len(names) < _MOST:
            names.update(more)

    # ── results ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_results(self) -> None:
        """Begin the second reading of the file."""
        self._last = {target: max(numbers, key=self._order) for target, numbers in self._on.items()}

    def next_assessment(self) -> None:
        """Go to the next assessment."""
        self._current += 1

    def result(self, kind: str, content: Mapping[str, Any]) -> Result | None:
        """The result of a value of the document; None of an observation that a finding refers to."""
        if kind == OBSERVATION and string(content, "uuid") in self._referred:
            return None
        self.position += 1
        made = {OBSERVATION: self._observation, FINDING: self._finding, ITEM: self._item}[kind](content)
        self._outcomes[made.outcome] += 1
        return self.scan.count(made)

    def _finding(self, content: Mapping[str, Any]) -> Result:
        status = inner(content, "target", "status")
        state, reason = string(status, "state") or string(status), string(status, "reason")
        outcome = _STATES.get(state, NOT_EVALUATED)
        if (reason and reason == _CONTRARY.get(outcome)) or (outcome == PASS and self._is_contradicted(content)):
            outcome = NOT_EVALUATED
        aside = self._aside(content, outcome)
        if outcome == PASS and not aside and not self._is_tested(content):
            self.scan.facts.undecided += 1
        parts = (state, reason, string(content, "title"), string(status, "remarks"), string(content, "description"))
        check = string(content, "target", "target-id") or string(content, "title")
        return self._made(check, "", outcome, "", parts, aside)

    def _aside(self, content: Mapping[str, Any], outcome: str) -> str:
        """Why a finding does not count: a later assessment in the file replaces it, or its risks were accepted."""
        if self._last.get(_target(content), self._current) != self._current:
            return GONE
        risks = [string(each, "risk-uuid") for each in objects(content, "related-risks")]
        accepted = risks and all(self._accepted.get(risk) for risk in risks)
        return SUPPRESSED if accepted and outcome == FAIL else ""

    def _is_contradicted(self, content: Mapping[str, Any]) -> bool:
        """Whether something of a satisfied finding is not done yet, or an observation under it says otherwise."""
        related = (string(each, "observation-uuid") for each in objects(content, "related-observations"))
        status = string(content, "target", "implementation-status", "state")
        return status in _NOT_DONE or not self._contrary.isdisjoint(related)

    def _is_tested(self, content: Mapping[str, Any]) -> bool:
        related = [string(each, "observation-uuid") for each in objects(content, "related-observations")]
        return bool(related) and self._tested.issuperset(related)

    def _observation(self, content: Mapping[str, Any]) -> Result:
        properties = _properties(content)
        subjects = objects(content, "subjects")
        outcome = _outcome_of(content) or INFORMATIONAL
        self.scan.facts.undecided += outcome == PASS and string(content, "uuid") not in self._tested
        check = _first(properties, _CHECK_NAMES) or string(content, "title") or string(content, "description")
        parts = (string(content, "title"), string(content, "description"), string(content, "remarks"))
        names = dict.fromkeys(self._subject(each) for each in subjects)
        return self._made(check, ", ".join(filter(None, names)), outcome, properties.get("severity", ""), parts)

    def _subject(self, content: Mapping[str, Any]) -> str:
        uuid = string(content, "subject-uuid") or string(content, "uuid-ref")
        return self._names.get(uuid) or string(content, "title") or uuid

    def _item(self, content: Mapping[str, Any]) -> Result:
        title = string(content, "title")
        return self._made(title, "", INFORMATIONAL, "", (title, string(content, "description")))

    def _made(
        self, check: str, target: str, outcome: str, severity: str, parts: Iterable[str], aside: str = ""
    ) -> Result:
        message = "; ".join(dict.fromkeys(filter(None, (" ".join(part.split()) for part in parts))))
        rating, aside = ("", "") if outcome == PASS else (by_word(severity), aside)
        return finding(self.position, check, target, outcome, severity, rating, message, MISCONFIGURATION, aside)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def finish(self) -> None:
        """Complete the run."""
        if not self.scan.facts.examined:
            self.scan.add_examined(said.get("title", "") for said in self._said)
        if self._version.partition(".")[0].isdecimal() and int(self._version.partition(".")[0][:4]) > _KNOWN:
            self.scan.run.remark = text(
                "This is version {version} of OSCAL, which is later than 1; it was read as 1.",
                version=storable(self._version, 20),
            )
        for doubt in self._scope.doubts(self.scan.moments.first, self.scan.moments.last):
            self.scan.doubt(doubt)
        self.scan.finish(self._problem())

    def _problem(self) -> Text | None:
        """Why the document does not show a finished assessment."""
        if self._model != "assessment-results":
            return text(
                "This is a document of OSCAL (root {model}), but not the results of an assessment; upload the "
                "assessment results.",
                model=self._model,
            )
        if not self._said:
            return text("The document holds no assessment (results).")
        if any(iso_moment(said.get("end", "")) is None for said in self._said):
            return text("An assessment in the document has no end, so it does not show that it was finished.")
        if not self._outcomes[PASS] + self._outcomes[FAIL]:
            return text("No finding or observation in the document says whether something holds.")
        return None


def _outcome_of(observation: Any) -> str:
    """The worst result that the properties of an observation and its subjects have; empty if they have none.

    A word that is not known is worse than anything but a failure or an error.
    """
    holders = [observation, *objects(observation, "subjects")]
    outcomes = {_OUTCOMES.get(word, NOT_EVALUATED) for each in holders for word in _results_of(each)}
    return next((outcome for outcome in _WORST_FIRST if outcome in outcomes), "")


def _results_of(holder: Any) -> Iterator[str]:
    """The words of each property `result` of an object, in small letters."""
    written = (string(each, "value") for each in objects(holder, "props") if string(each, "name") == "result")
    return (word.strip().lower() for word in written if word.strip())


def _properties(content: Any) -> dict[str, str]:
    """Values of the properties (props) of an object, by name; of several with a name the first."""
    values: dict[str, str] = {}
    for each in objects(content, "props"):
        values.setdefault(string(each, "name"), string(each, "value"))
    return values


def _first(properties: Mapping[str, str], names: Iterable[str]) -> str:
    return next(iter(_known(properties, names)), "")


def _known(properties: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    return (properties[name] for name in names if properties.get(name))


def _target(content: Any) -> str:
    """What a finding is about: the kind and id of its target; empty without an id."""
    target = string(content, "target", "target-id")
    return f"{string(content, 'target', 'type')} {target}" if target else ""
