"""The keys in an entry of the activity log as the titles of today; what has none any more keeps its key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.components.evidence_list import VERDICTS
from dashboard.shell.title_lookup import TitleLookup
from locales import Language

_Name = Callable[[Language, str], str]
_CELL = 4  # requirement, system, target, and its verdict


def with_names(t: Language, titles: TitleLookup, details: Mapping[str, Any]) -> dict[str, Any]:
    """The same details with names of systems, teams, measures, requirements and controls."""
    return {field: _named(t, titles, field, value) for field, value in details.items()}


def subject_title(t: Language, titles: TitleLookup, verb: str, subject: str) -> str:
    """What the subject of an act is called, if it is a thing with a title."""
    room = verb.partition(".")[0]
    if verb == "scope.add_team":
        return titles.team(t, subject) if subject in titles.teams else ""
    if room == "scope" and subject in titles.systems:
        return titles.system(t, subject)
    if room in ("exception", "series") and subject in titles.requirements:
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
    }
    name = names.get(field.removesuffix("s"))
    if isinstance(value, Mapping):
        return with_names(t, titles, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_cell(t, titles, one) or _named(t, titles, field, one) for one in value]
    return name(t, value) if name and isinstance(value, str) and value else value


def _cell(t: Language, titles: TitleLookup, value: Any) -> str:
    """A cell with its verdict, as evidence is logged; else nothing."""
    if not isinstance(value, list) or len(value) != _CELL or value[0] not in titles.requirements:
        return ""
    requirement, system, target, verdict = value
    word = t.render(VERDICTS[verdict][1]) if verdict in VERDICTS else verdict
    return f"{titles.requirement(t, requirement)}, {titles.place(t, system, target)}: {word}"
