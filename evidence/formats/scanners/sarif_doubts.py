"""What a run of SARIF says of itself by which it may have missed something, so that someone else must look at it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from evidence.formats.branches import doubt_of_branches, unreleased
from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import inner, objects, string
from evidence.formats.run_limits import doubt_of, limit, limit_in_title
from evidence.formats.values import storable
from locales import Text, plural, text

#: options by which tools leave out findings, rules or files, or do nothing
_LEAVES_OUT = re.compile(
    r"(?:^|(?<=\s))--(?:dry-run|baseline|changed|diff|disable|exclude|fail-fast|ignore|include|limit|min-severity|"
    r"only|partial|sample|severity|shard|since|skip)(?:-[a-z-]+)?(?=[\s=]|$)"
)
_MOST_OPTIONS = 5
_ENDED_EARLY = re.compile("abort|cancel|incomplete|interrupt|kill|partial|stop|terminat|time[d ]*-?out", re.IGNORECASE)
_FRESH = timedelta(days=7)
_CHANGED = frozenset(("added", "modified", "renamed"))  # roles of files since an earlier scan
_FAULT = 1  # exit codes above it are no count of findings if there are none
_WARNS = frozenset(("", "warning"))  # without a level a notification is a warning


def doubts(
    tool: str, content: Mapping[str, Any], invocations: Sequence[Mapping[str, Any]], lowered: int
) -> Iterator[Text]:
    """What a run says. `lowered`: how many rules its calls made less severe."""
    yield from _of_calls(tool or "-", invocations, lowered)
    yield from _of_notifications(tool or "-", invocations)
    branches = (string(version, "branch") for version in objects(content, "versionControlProvenance"))
    if doubt := doubt_of_branches(map(unreleased, branches)):
        yield doubt
    yield from _of_code(content, invocations)
    codes = [inner(each, "exitCode") for each in invocations]
    if not content.get("results") and (code := next((code for code in codes if _is_fault(code)), None)):
        yield text("{tool} ended with exit code {code}, and reports no finding.", tool=tool or "-", code=str(code))
    if doubt := doubt_of(_limits(content, invocations)):
        yield doubt
    if string(content, "baselineGuid"):
        yield text("{tool} compared with an earlier run, so what was known then may be left out.", tool=tool or "-")
    if said := next(filter(_ENDED_EARLY.search, (string(each, "exitCodeDescription") for each in invocations)), ""):
        yield text("{tool} says how it ended: {said}", tool=tool or "-", said=storable(said, 200))


def _of_code(content: Mapping[str, Any], invocations: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    """Whether the code was of another day, and whether only changed files were looked at."""
    ended = [moment for each in invocations if (moment := iso_moment(string(each, "endTimeUtc")))]
    states = (iso_moment(string(each, "asOfTimeUtc")) for each in objects(content, "versionControlProvenance"))
    days = [state.date() for state in states if state]
    if ended and days and min(days) + _FRESH < max(ended).date():
        yield text("The scan of {day} is of the code as it was on {state}.", day=max(ended).date(), state=min(days))
    listed = [inner(artifact, "roles") for artifact in objects(content, "artifacts")]
    roles = {role for each in listed if isinstance(each, list) for role in each if isinstance(role, str)}
    if roles & _CHANGED and "unmodified" not in roles:
        yield text("The report names changed files only, so the others may not have been scanned.")


def _of_calls(tool: str, invocations: Sequence[Mapping[str, Any]], lowered: int) -> Iterator[Text]:
    """What the calls of the tool left out."""
    if disabled := sum(map(_disabled, invocations)):
        yield plural(
            "{tool} was called with one rule switched off; see whether it may.",
            "{tool} was called with {n} rules switched off; see whether they may.",
            disabled,
            tool=tool,
        )
    if lowered:
        yield plural(
            "{tool} was called with one rule made less severe; see whether it may.",
            "{tool} was called with {n} rules made less severe; see whether they may.",
            lowered,
            tool=tool,
        )
    if options := list(dict.fromkeys(option for each in invocations for option in _options(each))):
        yield text(
            "{tool} was called with options that leave something out ({options}); see whether they may.",
            tool=tool,
            options=", ".join(options[:_MOST_OPTIONS]),
        )


def _of_notifications(tool: str, invocations: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    if warnings := [storable(message, 200) for each in invocations for message in _warnings(each)]:
        yield plural(
            "{tool} warns: {message}",
            "{tool} gives {n} warnings, the first: {message}",
            len(warnings),
            tool=tool,
            message=warnings[0] or "-",
        )


def _warnings(invocation: Mapping[str, Any]) -> Iterator[str]:
    for name in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notification in objects(invocation, name):
            if string(notification, "level").lower() in _WARNS and not inner(notification, "exception"):
                yield string(notification, "message", "text")


def _limits(content: Mapping[str, Any], invocations: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What properties and the description of a run say of how much was scanned."""
    for holder in (content, *invocations):
        properties = inner(holder, "properties")
        for name, value in properties.items() if isinstance(properties, dict) else ():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, str | int | float):
                    yield limit(name, str(each))
    details = inner(content, "automationDetails")
    yield limit_in_title(string(details, "description", "text"))


def _options(invocation: Mapping[str, Any]) -> Iterator[str]:
    """Options by which the tool was called to leave something out."""
    arguments = inner(invocation, "arguments")
    called = [string(invocation, "commandLine"), *(arguments if isinstance(arguments, list) else [])]
    yield from (option for part in called if isinstance(part, str) for option in _LEAVES_OUT.findall(part[:20_000]))


def _disabled(invocation: Mapping[str, Any]) -> int:
    """How many rules the call switched off."""
    overrides = objects(invocation, "ruleConfigurationOverrides")
    return sum(inner(each, "configuration", "enabled") is False for each in overrides)


def _is_fault(code: Any) -> bool:
    return isinstance(code, int) and not isinstance(code, bool) and not 0 <= code <= _FAULT
