"""Measures of an organisation's own in a draft: promises for which there is no known measure.

The person names the measure, maps it to controls, and chooses its evidence: requirements that controls have already, or
a document or record of its own, which a reviewer judges.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import Session

from controls.errors import NotPossible, Unknown
from controls.files.explanation_file import ExplanationsFile, read_teams
from controls.files.requirement_file import RequirementEntry
from controls.files.yaml_source import read_source
from controls.names import key_of, plain
from controls.statement.known_measures import CONTROLS, Lexicon
from locales import LANGUAGES, Language, Title, text
from models.bulk_changes import table
from models.vocabulary import EvidenceKind, MappingRelation, Scope

PREFIX: Final = "own-"  # no known measure or requirement of a control begins with it
RENEWALS: Final = ("P35D", "P4M", "P7M", "P13M")  # durations of ISO 8601: a year, and the month to renew it in
_FORMATS: Final = ("pdf", "docx", "xlsx", "csv", "md")
_MOST: Final = 20  # of a draft
_MOST_CONTROLS: Final = 20
_LONGEST_TITLE: Final = 120  # characters
_RATIONALE: Final = text("Chosen by the organisation when it made its statement.")


@dataclass(frozen=True, slots=True)
class OwnEvidence:
    """A document or record that demonstrates the measure: its title, how long it is valid, and who provides it."""

    title: str
    renewal: str
    team: str


@dataclass(frozen=True, slots=True)
class OwnMeasure:
    """A measure in the person's words, with the controls that it is mapped to and the evidence that it requires.

    `title` is in the language of the text; `other_title` in the other one, the same if it is empty. `requires`: keys of
    evidence requirements of its controls.
    """

    key: str
    title: str
    other_title: str
    controls: tuple[str, ...]
    requires: tuple[str, ...] = ()
    evidence: OwnEvidence | None = None


def own_measure(
    title: str,
    controls: Iterable[str],
    *,
    other_title: str = "",
    requires: Iterable[str] = (),
    evidence: OwnEvidence | None = None,
) -> OwnMeasure:
    """A measure with the key that its title gives, mapped also to the controls whose evidence it requires.

    Check it with `check_own_measures`.
    """
    key, required = f"{PREFIX}{key_of(title)[:60].strip('-') or 'measure'}", tuple(dict.fromkeys(requires))
    known = requirements_of_controls()
    mapped = tuple(dict.fromkeys((*controls, *(known[each][0] for each in required if each in known))))
    return OwnMeasure(key, title.strip(), other_title.strip(), mapped, required, evidence)


def check_own_measures(session: Session, measures: Sequence[OwnMeasure]) -> None:
    """Refuse measures without a name, control or evidence, or with unknown ones. Raises `NotPossible`, `Unknown`."""
    if len(measures) > _MOST:
        raise NotPossible(text("A statement has at most {n} measures of your own.", n=_MOST))
    keys = [measure.key for measure in measures]
    if repeated := next((measure for measure in measures if keys.count(measure.key) > 1), None):
        raise NotPossible(text("There is already a measure named {title}.", title=repr(repeated.title)))
    control = table("control")
    controls = set(session.execute(select(control.c.key).where(control.c.retired_at.is_(None))).scalars())
    for measure in measures:
        _check(measure, controls)


def _check(measure: OwnMeasure, controls: Collection[str]) -> None:
    title = text("The name of the measure")
    plain(measure.title, title, _LONGEST_TITLE)
    if measure.other_title:
        plain(measure.other_title, title, _LONGEST_TITLE)
    if not 1 <= len(measure.controls) <= _MOST_CONTROLS:
        raise NotPossible(
            text("Choose 1 to {n} controls for the measure {title}.", n=_MOST_CONTROLS, title=repr(measure.title))
        )
    if missing := next((key for key in measure.controls if key not in controls), None):
        raise Unknown(text("There is no control {control} in a catalogue.", control=missing))
    if not measure.requires and measure.evidence is None:
        raise NotPossible(
            text("The measure {title} needs evidence: choose or name at least one.", title=repr(measure.title))
        )
    if unknown := next((key for key in measure.requires if key not in requirements_of_controls()), None):
        raise Unknown(text("There is no evidence requirement {requirement}.", requirement=repr(unknown[:80])))
    if measure.evidence is not None:
        _check_evidence(measure.evidence)


def _check_evidence(evidence: OwnEvidence) -> None:
    plain(evidence.title, text("The name of the evidence"), _LONGEST_TITLE)
    if evidence.renewal not in RENEWALS:
        raise NotPossible(text("Choose how often the evidence is renewed: {known}.", known=", ".join(RENEWALS)))
    if evidence.team not in known_teams():
        raise Unknown(text("There is no team {team}.", team=repr(evidence.team[:80])))


@cache
def known_teams() -> tuple[str, ...]:
    """Keys of the teams that every statement has; read once a process."""
    return tuple(team.key for team in read_teams(CONTROLS / "teams.yaml").content.teams)


@cache
def requirements_of_controls() -> Mapping[str, tuple[str, RequirementEntry]]:
    """The evidence requirements that controls have, by key: the control and the definition; read once a process."""
    sources = [read_source(path, ExplanationsFile) for path in sorted(CONTROLS.glob("explanations/*/*.yaml"))]
    every = (row for source in sources for row in source.content.requirements())
    return {entry.key: (control, entry) for _, control, entry in every}


def check_evidence_is_required_once(
    measures: Sequence[OwnMeasure], lexicon: Lexicon, assigned: Collection[str]
) -> None:
    """Refuse evidence that another measure of the statement requires as well. Raises `NotPossible`."""
    taken: dict[str, Title | str] = {
        key: Title(known.entry.title.nl, known.entry.title.en)
        for known in lexicon.measures
        if known.key in assigned
        for key in (*known.entry.requires, *(row.key for row in known.entry.evidence))
    }
    for measure in (each for each in measures if each.key in assigned):
        for key in measure.requires:
            if key in taken:
                message = text(
                    "The evidence {requirement} of the measure {title} is already required by the measure {other}; "
                    "remove it from one of the two.",
                    requirement=key,
                    title=repr(measure.title),
                    other=taken[key],
                )
                raise NotPossible(message)
            taken[key] = measure.title


def entry_of(
    measure: OwnMeasure, quotes: Sequence[Mapping[str, Any]], catalogues: Collection[str], language: str
) -> dict[str, Any]:
    """The measure as it stands in a statement's file. Raises `NotPossible` without a control that is followed."""
    controls = [key for key in measure.controls if key.partition(":")[0] in catalogues]
    if not controls:
        raise NotPossible(
            text("The measure {title} has no control of a catalogue that you follow.", title=repr(measure.title))
        )
    rationale = {code: Language(code).render(_RATIONALE) for code in LANGUAGES}
    relation = str(MappingRelation.PRIMARY)
    return {
        "key": measure.key,
        "title": _titles(measure.title, measure.other_title, language),
        "clauses": list(quotes),
        "mapping": [{"control": key, "relation": relation, "rationale": dict(rationale)} for key in controls],
        "requires": [key for key in measure.requires if requirements_of_controls()[key][0] in controls],
        "evidence": [_evidence(measure.key, measure.evidence, language)] if measure.evidence else [],
    }


def _evidence(measure: str, evidence: OwnEvidence, language: str) -> dict[str, Any]:
    """A record for the whole organisation, which a reviewer judges."""
    return {
        "key": f"{measure}-evidence",
        "title": _titles(evidence.title, "", language),
        "kind": str(EvidenceKind.RECORD),
        "formats": list(_FORMATS),
        "renewal": evidence.renewal,
        "scope": str(Scope.ORGANISATION),
        "team": evidence.team,
        "review": "required",
    }


def _titles(title: str, other: str, language: str) -> dict[str, str]:
    return {code: title if code == language else other or title for code in LANGUAGES}


def as_values(measure: OwnMeasure) -> dict[str, Any]:
    """The measure as values of JSON."""
    lists = {"controls": list(measure.controls), "requires": list(measure.requires)}
    return asdict(measure) | lists


def from_values(value: Mapping[str, Any]) -> OwnMeasure:
    """The measure that `as_values` wrote."""
    evidence = OwnEvidence(**value["evidence"]) if value["evidence"] else None
    lists = {name: tuple(value[name]) for name in ("controls", "requires")}
    return OwnMeasure(**{**value, **lists, "evidence": evidence})
