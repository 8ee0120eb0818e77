"""What a run of SARIF says besides its results: its tool, rules, files, and whether it finished.

What makes it wait for someone else: see `sarif_doubts.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from evidence.formats.findings import LICENCE, MISCONFIGURATION, SECRET, VULNERABILITY, WEAKNESS
from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import inner, objects, string, strings
from evidence.formats.scanners.sarif_doubts import doubts
from evidence.formats.values import storable
from locales import Text, plural, text

#: tools that look for secrets and do not say so of their rules
_SECRET_TOOLS = ("gitleaks", "trufflehog", "detect-secrets", "ggshield", "noseyparker", "kingfisher")
_TAGS = {
    "secret": SECRET,
    "secrets": SECRET,
    "vulnerability": VULNERABILITY,
    "misconfiguration": MISCONFIGURATION,
    "license": LICENCE,
}
_RANK = {"none": 0, "note": 1, "warning": 2, "error": 3}  # of levels
#: roles of files that were not scanned (SARIF 2.1.0, section 3.24.6)
_BESIDE = frozenset(
    (
        "attachment",
        "debugOutputFile",
        "driver",
        "extension",
        "policy",
        "responseFile",
        "resultFile",
        "standardStream",
        "taxonomy",
        "toolSpecifiedConfiguration",
        "translation",
        "userSpecifiedConfiguration",
    )
)
_NO_NAME = ("file:///", "")  # addresses that say nothing of what was scanned


@dataclass(slots=True)
class Rule:
    """A rule: its level and score (`security-severity`), empty without; its messages by id; the kind of finding.

    `enabled`: whether the tool looked for it.
    """

    id: str = ""
    level: str = ""
    score: str = ""
    messages: Mapping[str, str] = field(default_factory=dict)
    kind: str = WEAKNESS
    enabled: bool = True


class SarifRun:
    """A run, made of its object in the file, in which the results are their number only."""

    OUTSIDE: ClassVar[str] = "inlineExternalProperties[]"  # parts of runs that stand beside them (section 3.13.5)
    PLACES: ClassVar[frozenset[str]] = frozenset(("version", "runs[]", OUTSIDE))
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset(
        (
            "results",
            "contents",
            "help",
            "fullDescription",
            "graphs",
            "addresses",
            "threadFlowLocations",
            "webRequests",
            "webResponses",
            "translations",
            "policies",
            "taxonomies",
            "logicalLocations",
            "environmentVariables",
        )
    )

    def __init__(self, content: Mapping[str, Any]) -> None:
        driver = inner(content, "tool", "driver") or inner(content, "tool") or {}
        self.tool = storable(string(driver, "name"), 60)
        self.version = storable(string(driver, "version") or string(driver, "semanticVersion"), 40)
        self.results: int | None = content.get("results")  # their number; None: the file has no list of results
        self._invocations = _invocations(content)
        self._is_external = bool(inner(content, "externalPropertyFileReferences", "results"))
        self.examined = list(_examined(content))
        self.parts = list(_parts(self._invocations))
        self._files = _files(content)
        kind = SECRET if self.tool.lower().startswith(_SECRET_TOOLS) else ""
        parts = [driver, *objects(content, "tool", "extensions")]
        self._rules = [[_rule(rule, kind) for rule in objects(part, "rules")] for part in parts]
        self._rules[0] += [_rule(rule, kind) for rule in _rules_before_2_1(content)]
        self._by_id = {rule.id: rule for rules in reversed(self._rules) for rule in reversed(rules)}
        self._default_kind = kind or WEAKNESS
        self.doubts = list(doubts(self.tool, content, self._invocations, self._override()))

    def problem(self, *, is_one_of_several: bool) -> Text | None:
        """Why this run does not show a finished scan; None if it does."""
        if is_one_of_several and not self.results and not any(self.examined):
            return text("{tool} does not say what it scanned.", tool=self.tool or "-")
        if self._is_external:
            return text("Its results are in another file. Upload a file that holds them.")
        if self.results is None:
            return text("It has no list of results (an empty list says that nothing was found).")
        if not self._invocations:
            return text("It does not say that the tool finished (invocations.executionSuccessful).")
        return self._problem_of_calls()

    def _problem_of_calls(self) -> Text | None:
        for invocation in self._invocations:
            if invocation.get("executionSuccessful") is not True or _was_stopped(invocation):
                return text("{tool} says that it did not finish successfully.", tool=self.tool or "-")
        if self._by_id and not any(rule.enabled for rule in self._by_id.values()):
            return text(
                "{tool} says that all of its rules were switched off, so it looked for nothing.", tool=self.tool
            )
        errors = [message for invocation in self._invocations for message in _errors(invocation)]
        if errors:
            return plural(
                "{tool} met an error, and what it concerns was not scanned: {message}",
                "{tool} met {n} errors, and what they concern was not scanned; the first: {message}",
                len(errors),
                tool=self.tool or "-",
                message=errors[0] or "-",
            )
        return None

    def rule_of(self, result: Mapping[str, Any]) -> Rule:
        """The rule of a result; one without level if the run does not describe it."""
        own = string(result, "ruleId") or string(result, "rule", "id") or string(result, "ruleKey")
        rule = self._indexed(result) or self._named(own)
        if rule is None:
            return Rule(own, kind=self._default_kind)
        if own in ("", rule.id):
            return rule
        return Rule(own, rule.level, rule.score, rule.messages, rule.kind)

    def address(self, place: Any) -> str:
        """The address of the file of a physical location; empty if it has none."""
        if not isinstance(place, dict):
            return ""
        file = place.get("artifactLocation") or place.get("fileLocation") or place.get("resultFile") or place
        if uri := string(file, "uri"):
            return uri
        index = inner(file, "index")
        return self._files.get(index, "") if isinstance(index, int) else ""

    def _indexed(self, result: Mapping[str, Any]) -> Rule | None:
        rule, index = result.get("rule"), result.get("ruleIndex")
        if index is None:
            index = inner(rule, "index")
        return None if index is None else self._at(inner(rule, "toolComponent", "index"), index)

    def _at(self, part: Any, index: Any) -> Rule | None:
        """The rule at an index of an extension, or of the driver if the part is no number."""
        rules = self._rules
        at = part + 1 if _is_index(part, len(rules) - 1) else 0
        return rules[at][index] if _is_index(index, len(rules[at])) else None

    def _named(self, name: str) -> Rule | None:
        """The rule with an id, or the one that the id is a part of (`CA1000/1`)."""
        while name and name not in self._by_id:
            name = name.rpartition("/")[0]
        return self._by_id.get(name)

    def _override(self) -> int:
        """Apply the levels with which the tool was called; return how many rules became less severe."""
        lowered = 0
        for invocation in self._invocations:
            for override in objects(invocation, "ruleConfigurationOverrides"):
                described = inner(override, "descriptor")
                part, index = inner(described, "toolComponent", "index"), inner(described, "index")
                rule = self._at(part, index) or self._named(string(described, "id"))
                level = string(override, "configuration", "level").lower()
                enabled = inner(override, "configuration", "enabled")
                if rule is not None and isinstance(enabled, bool):
                    rule.enabled = enabled
                if rule is not None and level:
                    lowered += _RANK.get(level, 0) < _RANK.get(rule.level, _RANK["warning"])
                    rule.level = level
        return lowered


def _was_stopped(invocation: Mapping[str, Any]) -> bool:
    """Whether the tool did not start, or was stopped by a signal (by convention an exit code above 128)."""
    code = invocation.get("exitCode")
    by_signal = any(string(invocation, name) for name in ("exitSignalName", "exitSignalNumber"))
    return bool(string(invocation, "processStartFailureMessage")) or by_signal or code in range(129, 256)


def _is_index(index: Any, length: int) -> bool:
    return isinstance(index, int) and not isinstance(index, bool) and 0 <= index < length


def _invocations(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    converted = inner(content, "conversion", "invocation")
    singles = [each for each in (content.get("invocation"), converted) if isinstance(each, dict)]
    return [*objects(content, "invocations"), *singles]


def _errors(invocation: Mapping[str, Any]) -> Iterator[str]:
    for name in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notification in objects(invocation, name):
            if string(notification, "level").lower() == "error" or inner(notification, "exception"):
                yield storable(string(notification, "message", "text"), 200)


def _parts(invocations: list[Mapping[str, Any]]) -> Iterator[tuple[datetime | None, datetime | None]]:
    """Begin and end of each call of the tool."""
    for invocation in invocations:
        for names in (("startTimeUtc", "endTimeUtc"), ("startTime", "endTime")):
            began, ended = (iso_moment(string(invocation, name)) for name in names)
            yield began, ended


def _examined(content: Mapping[str, Any]) -> Iterator[str]:
    """What the run says it looked at: repositories, images, folders and files."""
    for version in objects(content, "versionControlProvenance"):
        yield " ".join(filter(None, (string(version, "repositoryUri"), string(version, "revisionId"))))
    yield string(content, "properties", "imageName")
    metrics = inner(content, "properties", "metrics")  # of Bandit, by file
    yield from (name for name in metrics if name != "_totals") if isinstance(metrics, dict) else ()
    bases = inner(content, "originalUriBaseIds")
    names = [string(base, "uri") for base in bases.values()] if isinstance(bases, dict) else []
    yield from (name for name in names if name not in _NO_NAME)
    scanned = [file for file in objects(content, "artifacts") if not _BESIDE.intersection(strings(file, "roles"))]
    yield from (string(file, "location", "uri") for file in scanned)


def _files(content: Mapping[str, Any]) -> dict[int, str]:
    """Addresses of the run's files by their index."""
    return {at: string(file, "location", "uri") for at, file in enumerate(objects(content, "artifacts"))}


def _rules_before_2_1(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rules = inner(content, "resources", "rules") or inner(content, "rules")
    return (
        [rule for rule in rules.values() if isinstance(rule, dict)]
        if isinstance(rules, dict)
        else objects({"rules": rules}, "rules")
    )


def _rule(content: Mapping[str, Any], kind: str) -> Rule:
    tags = inner(content, "properties", "tags")
    tagged = (
        [_TAGS[tag.lower()] for tag in tags if isinstance(tag, str) and tag.lower() in _TAGS]
        if isinstance(tags, list)
        else []
    )
    strings = inner(content, "messageStrings") or inner(content, "messageTemplates")
    messages = (
        {name: string(message) or string(message, "text") for name, message in strings.items()}
        if isinstance(strings, dict)
        else {}
    )
    level = string(content, "defaultConfiguration", "level") or string(content, "configuration", "defaultLevel")
    score = string(content, "properties", "security-severity")
    enabled = inner(content, "defaultConfiguration", "enabled") is not False
    kind = kind or next(iter(tagged), WEAKNESS)
    return Rule(string(content, "id"), level.lower(), score[:10], messages, kind, enabled)
