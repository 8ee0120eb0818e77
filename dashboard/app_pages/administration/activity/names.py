"""Replaces keys in entries of the activity log by today's titles; a key without a title stays."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.components.evidence.evidence_list import VERDICTS
from dashboard.shell.title_lookup import TitleLookup
from locales import Language

_Name = Callable[[Language, str], str]
#: Verbs (before the dot) of which the subject is an evidence requirement.
_ABOUT_REQUIREMENTS = frozenset(("exception", "series", "requirement", "task"))
_CELL = 4  # requirement, system, target, and its verdict


def with_names(t: Language, titles: TitleLookup, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details with names of systems, teams, measures, requirements and controls instead of keys."""
    return {field: _named(t, titles, field, value) for field, value in details.items()}


def subject_title(t: Language, titles: TitleLookup, verb: str, subject: str) -> str:
    """The title of an entry's subject, if it has one."""
    room = verb.partition(".")[0]
    if verb == "scope.add_team":
        return titles.team(t, subject) if subject in titles.teams else ""
    if room == "scope" and subject in titles.systems:
        return titles.system(t, subject)
    if room == "policy" and subject in titles.policies:
        return titles.policy_name(t, subject)
    if room in _ABOUT_REQUIREMENTS and subject in titles.requirements:
        return titles.requirement(t, subject)
    return titles.reference(t, subject) if subject in titles.controls else ""


def _named(t: Language, titles: TitleLookup, field: str, value: Any) -> Any:
    names: dict[str, _Name] = {
        "system": titles.system,
        "team": titles.team,
        "measure": titles.measure,
        "requirement": titles.requirement,
        "control": titles.reference,
        "catalogue": titles.edition,
        "policy": titles.policy,
        "copy_of": titles.policy,
    }
    name = names.get(field.removesuffix("s"))
    if isinstance(value, Mapping):
        return with_names(t, titles, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_cell(t, titles, item) or _named(t, titles, field, item) for item in value]
    return name(t, value) if name and isinstance(value, str) and value else value


def _cell(t: Language, titles: TitleLookup, value: Any) -> str:
    """A logged cell with its verdict; None for any other value."""
    if not isinstance(value, list) or len(value) != _CELL or value[0] not in titles.requirements:
        return ""
    requirement, system, target, verdict = value
    verdict_name = t.render(VERDICTS[verdict][1]) if verdict in VERDICTS else verdict
    return f"{titles.requirement(t, requirement)}, {titles.place(t, system, target)}: {verdict_name}"
