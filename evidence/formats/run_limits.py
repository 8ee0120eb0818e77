"""Words by which reports say that a part was run, or that nothing was really done: in calls, properties and titles.

The options are those of pytest, jest, vitest, Mocha, Playwright, Cypress, Maven, Gradle, NUnit, vstest and xUnit.net.
A name of a test is never read as such, as tests of a dry run or of a mock are ordinary; a mark in brackets is.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from evidence.formats.values import storable
from locales import Text, text

_LONGEST = 20_000  # characters that are looked at
_LONGEST_NAMED, _MOST_NAMED = 60, 5
#: long options, and their continuation by a word: --shard, --shard=1/4, --only-changed
_OPTIONS = re.compile(
    r"(?<!\S)[\"']?(?:"
    r"--(?:collect-?only|co|dry-?run|list-?tests|explore|deselect|last-?failed|lf|stepwise|max-?fail|exit-?first|bail|"
    r"fail-?fast|stop-?on-?(?:error|fail(?:ure)?)|shard|grep|fgrep|invert|filter|test-?name-?pattern|"
    r"test-?path-?(?:ignore-?)?patterns?|only|changed|find-?related-?tests|related|where|testlist|tags|exclude|skip|"
    r"mock(?:ed)?|simulate|sample|partial|tests?(?==))(?:-[a-z-]+)?"
    r"|-D(?:test|it\.test|groups|excluded-?groups|cucumber\.filter\.tags|skip-?tests|maven\.test\.skip)(?==)"
    r"|[/-]testcasefilter(?=[:=]))(?=[\"']?(?:[\s=:,]|$))",
    re.IGNORECASE,
)
_OF_PYTEST = re.compile(r"(?<!\S)-(?:[kmx])(?=[\s=]|$)")
_PYTEST = re.compile(r"\bpy\.?test\b")
#: names (in lower case without separators) that say it when their value is no plain no
_LIMITS = frozenset(
    (
        "aborted",
        "bail",
        "bailed",
        "canceled",
        "cancelled",
        "collectonly",
        "deselected",
        "dryrun",
        "exitfirst",
        "failfast",
        "fake",
        "filter",
        "filtered",
        "filteredout",
        "grep",
        "incomplete",
        "interrupted",
        "isdryrun",
        "ispartial",
        "killed",
        "lastfailed",
        "listonly",
        "maxfail",
        "maxtests",
        "mock",
        "mocked",
        "noop",
        "only",
        "onlychanged",
        "onlyfailures",
        "partial",
        "rerunfailed",
        "sample",
        "sampled",
        "shard",
        "simulate",
        "simulated",
        "simulation",
        "stoppedearly",
        "stubbed",
        "subset",
        "testfilter",
        "testnamepattern",
        "skiptests",
        "maventestskip",
        "truncated",
        "validateonly",
        "whatif",
    )
)
_OF_CASES = _LIMITS & {"collectonly", "deselected", "dryrun", "interrupted", "isdryrun", "mock", "mocked", "stubbed"}
_OF_CASES |= {"simulated", "simulation"}
_TITLES = frozenset(
    ("comment", "description", "info", "label", "message", "note", "notes", "remark", "summary", "title", "warning")
)  # names of properties in words
_PARTS = frozenset(("cinodetotal", "numshards", "shardcount", "shards", "shardtotal", "totalshards"))
_NO = frozenset(("", "0", "0.0", "-", "*", "all", "false", "n", "n/a", "na", "nil", "no", "none", "null", "off", "1/1"))
_UNREAL = r"dry[-_ ]?run|mock(?:ed)?|simulat(?:ed|ion)|stub(?:bed)?|fake"
_STATE = r"aborted|bail(?:ed)?(?:[-_ ]out)?|deselected|incomplete|interrupted|not executed|partial"
_STOPPED = (
    r"collect(?:ed)?[-_ ]?only|stopped (?:early|after (?:the )?(?:first|\d+)\b.*)|partial[-_ ]run|"
    r"(?:aborted|cancell?ed|interrupted|killed|stopped) by "
    r"(?:a signal|sig\w+|(?:the )?user|ctrl.*|keyboard.*|time-?out)|"
    r"(?:smoke|sanity|quick|changed|failed|selected)(?: tests)? only"
)
_SHARD = r"(?:shard|part(?:ition)?|chunk|batch)[-_ #:]*\d+ ?(?:/|of) ?\d+"
_ANY = rf"{_UNREAL}|{_STATE}|{_STOPPED}|{_SHARD}"
_VALUE = re.compile(rf"(?:{_ANY})(?: (?:run|mode))?", re.IGNORECASE)
#: in brackets after a space; without one it may be a parameter of a test, such as `test_login[mock]`
_MARK = re.compile(
    rf"(?<!\S)[\[({{<](?:{_ANY})(?: (?:run|mode))?[\])}}>]"
    rf"|[\[({{<](?:dry[-_ ]?run|collect[-_ ]?only|{_SHARD})[\])}}>]",
    re.IGNORECASE,
)
#: a state only at the end, after a sign: "interrupted uploads" is what is tested
_TITLE = re.compile(
    rf"(?<!\S)(?:dry[-_ ]?run|(?:{_UNREAL})[- _](?:run|mode|backend|data)|{_STOPPED}|{_SHARD})(?=[\s:,.;!]|$)"
    rf"|(?<=[:,;-] )(?:{_STATE})$",
    re.IGNORECASE,
)
#: how many of all tests were run: as the value of a property with such a name, or in a title
_OF_TESTS, _FRACTION = (
    re.compile("test|case|spec|select|execut"),
    re.compile(r"(\d{1,9}) ?(?:/|(?:out )?of) ?(\d{1,9})(?: \w+)?"),
)
_TESTS_OF_ALL = re.compile(
    r"(?<!\S)[(\[]?(\d{1,9}) (?:out )?of (\d{1,9}) (?:tests?|(?:test )?cases|specs)\b", re.IGNORECASE
)
_WHOLE = re.compile(r"1 ?(?:/|of) ?1(?!\d)")
_SEPARATORS = re.compile(r"[-_. ]")
_BRACKETS = frozenset("[]{}()<>")


def options(command: str) -> list[str]:
    """Options in a call of a tool by which it runs a part of its tests, or nothing; each once."""
    command = command[:_LONGEST]
    if "-" not in command and "/" not in command:
        return []
    found = [option.strip("\"'") for option in _OPTIONS.findall(command)]
    found += _OF_PYTEST.findall(command) if _PYTEST.search(command) else []
    return list(dict.fromkeys(found))


def limit(name: str, value: str) -> str:
    """What a property or attribute of a run says of it (`dry-run: true`, `shard: 1/4`); empty if nothing."""
    key, stated = _plain(name.lower().removeprefix("env.")), value.strip()[:_LONGEST]
    lowered = stated.lower()
    if lowered in _NO or (key in _PARTS and lowered == "1"):
        return ""
    if _OF_TESTS.search(key) and _is_part(_FRACTION.fullmatch(lowered)):
        return _named(f"{name}: {stated}")
    if key in _LIMITS or key in _PARTS or (_VALUE.fullmatch(lowered) and not _WHOLE.search(lowered)):
        return _named(f"{name}: {stated}")
    return _named(", ".join(options(stated))) or (limit_in_title(stated) if key in _TITLES else "")


def limit_of_case(name: str, value: str) -> str:
    """What a property of a case says of it (`dry-run: true`, `mode: mock`); most are the team's own."""
    key, lowered = _plain(name), value.strip().lower()
    says = key in _OF_CASES or (key.endswith(("mode", "run")) and _VALUE.fullmatch(lowered))
    return _named(f"{name}: {value}") if says and lowered not in _NO else ""


@lru_cache(1024)
def _plain(name: str) -> str:
    """A name in lower case without separators."""
    return _SEPARATORS.sub("", name.lower())


def limit_in_title(title: str) -> str:
    """What the title of a run says of it (`Portal, shard 1/4`); empty if nothing."""
    title = title[:_LONGEST]
    if _is_part(part := _TESTS_OF_ALL.search(title)):
        return _named(part.group() if part else "")
    found = _TITLE.search(title) or _MARK.search(title) or _VALUE.fullmatch(title)
    if found and not _WHOLE.search(found.group()):
        return _named(found.group())
    return _named(", ".join(options(title)))


@lru_cache(4096)  # cases of several classes may alternate
def limit_in_group(name: str) -> str:
    """What the name of an inner suite or class says of it, as a whole or by a mark (`mocked`, `Portal [mock]`)."""
    whole = len(name) <= _LONGEST_NAMED and _VALUE.fullmatch(name) and not _WHOLE.search(name)
    return _named(name) if whole else limit_in_name(name)


def limit_in_name(name: str) -> str:
    """What a mark in brackets in the name of a suite or case says of it (`logs in [dry-run]`); empty if nothing."""
    if name[-1:] not in _BRACKETS and name[:1] not in _BRACKETS:
        return ""
    found = _MARK.search(name[:_LONGEST])
    return _named(found.group()) if found and not _WHOLE.search(found.group()) else ""


def doubt_of(limits: Iterable[str]) -> Text | None:
    """The doubt about a run by what it says of itself; None if it says nothing."""
    named = list(dict.fromkeys(filter(None, limits)))
    if not named:
        return None
    return text(
        "The report says that only a part was run, or that something was not really done ({what}); see whether that "
        "is enough.",
        what=", ".join(named[:_MOST_NAMED]) + (", …" if len(named) > _MOST_NAMED else ""),
    )


def _is_part(numbers: "re.Match[str] | None") -> bool:
    return numbers is not None and int(numbers[1]) < int(numbers[2])


def _named(what: str) -> str:
    return storable(" ".join(what.split()), _LONGEST_NAMED)
