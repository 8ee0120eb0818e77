"""Proposes what uploaded files are evidence for: from their content, earlier uploads, addresses and names.

A proposal is only a beginning: a person or a pipeline confirms it, and what no file says is recorded as declared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import partial

from sqlmodel import Session

from access.permissions import Person, require
from controls.browse.lookup import requirements_on
from controls.browse.values import RequirementRow
from controls.scope.system_scope import SystemInScope, scope_on
from controls.scope.target_addresses import addresses_on
from evidence.formats.facts import TableFacts, TestCases
from evidence.intake.delivery.target_matching import places_in, recorded_places
from evidence.intake.proposed_requirements.candidates import candidates_for, stating
from evidence.intake.proposed_requirements.earlier_uploads import EarlierUpload, earlier_of_name, earlier_of_places
from evidence.intake.proposed_requirements.name_words import base_name, day_in, share_of, stems
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reading.log_days import log_days
from evidence.judging.policies import policies, register_headings
from evidence.judging.recognised_headings import recognised
from locales import Text, text
from models.calendar import Calendar, calendar_of
from models.vocabulary import EvidenceKind, Scope


class DaysFrom(StrEnum):
    """Where the proposed days come from."""

    FILE = "file"  # its own moments, which nobody declares
    ROWS = "rows"  # the rows of a log
    NAME = "name"  # a day in the name of the file
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What files may be evidence for. `candidates`: keys of requirements that accept them, the likeliest first.

    `requirement`: empty where none stands out; `because`: why these requirement and systems.
    """

    candidates: tuple[str, ...] = ()
    requirement: str = ""
    systems: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    days_from: DaysFrom = DaysFrom.NOTHING
    because: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sign:
    """A sign that files are evidence for a requirement, its weight, and how it is told."""

    weight: float
    because: Text


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What files are compared with: the scope, the places of their addresses, and earlier uploads."""

    scope: Sequence[SystemInScope]
    places: frozenset[tuple[str, str]]
    same_name: EarlierUpload | None
    same_place: EarlierUpload | None
    stems: frozenset[str] = field(default_factory=frozenset)  # of the names of the files


_SAME_NAME, _SAME_PLACE, _HEADINGS, _TITLE, _ONLY, _CASES = 100, 50, 40, 30, 20, 12
_LEAST, _AHEAD = 12, 4  # weight of a proposal, and how far it must be ahead of the next
_MOST_CASES = 40  # test cases whose names are looked at


def propose(session: Session, person: Person, inspection: Inspection, now: datetime, requirement: str = "") -> Proposal:
    """Propose requirement, systems and days of files that are one piece of evidence.

    `requirement`: the one that was chosen already; systems and days are proposed for it. Permission: `evidence.file`.
    """
    require(person, "evidence.file")
    calendar = calendar_of(session)
    today = calendar.day_of(now)
    candidates = candidates_for(person, requirements_on(session, now), inspection)
    around = _surroundings(session, person, inspection, today, now)
    signs = {row.key: _signs(row, candidates, inspection, around) for row in candidates}
    ranked = sorted(candidates, key=lambda row: -_weight(signs[row.key]))
    chosen = next((row for row in ranked if row.key == requirement), None)
    if chosen is None and not any(file.problem for file in inspection.files):  # a broken report is no document
        chosen = _outstanding(ranked, signs)
    keys = tuple(row.key for row in ranked)
    if chosen is None:
        return Proposal(keys)
    systems, why = _systems(chosen, around, person)
    first, last, days_from = _days(inspection, chosen, calendar, today)
    strongest = max(signs[chosen.key], key=lambda sign: sign.weight, default=None)
    because = ([strongest.because] if strongest and not requirement else []) + ([why] if why else [])
    return Proposal(keys, chosen.key, systems, first, last, days_from, tuple(because))


# ── Requirement ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _surroundings(
    session: Session, person: Person, inspection: Inspection, today: date, now: datetime
) -> _Surroundings:
    scope = scope_on(session, today, now)
    recorded = places_in([scope], addresses_on(session, today, now))
    places = frozenset(
        place for tested, port in inspection.named.items() for place in recorded_places(tested, port, recorded)
    )
    first = inspection.files[0]
    return _Surroundings(
        scope,
        places,
        earlier_of_name(session, person, first.name),
        earlier_of_places(session, person, first.kind, places),
        frozenset(stems(*(base_name(file.name) for file in inspection.files))),
    )


def _weight(signs: Sequence[_Sign]) -> float:
    return sum(sign.weight for sign in signs)


def _outstanding(ranked: Sequence[RequirementRow], signs: Mapping[str, Sequence[_Sign]]) -> RequirementRow | None:
    """The likeliest requirement, if it is likely enough and no other is about as likely."""
    if not ranked:
        return None
    best, *others = [_weight(signs[row.key]) for row in ranked]
    return ranked[0] if best >= _LEAST and best - max(others, default=0) >= _AHEAD else None


def _signs(
    row: RequirementRow, candidates: Sequence[RequirementRow], inspection: Inspection, around: _Surroundings
) -> list[_Sign]:
    signs = []
    if around.same_name and row.key in around.same_name.systems:
        earlier = text("A file of this name was evidence for it before: {title}.", title=around.same_name.title)
        signs.append(_Sign(_SAME_NAME, earlier))
    if around.same_place and row.key in around.same_place.systems:
        told = text("Earlier files of this tool for the same address were evidence for it.")
        signs.append(_Sign(_SAME_PLACE, told))
    if row not in stating(candidates, inspection) and not _names_results(row, inspection):
        return signs
    if headings := _share_of_headings(row, inspection):
        signs.append(_Sign(_HEADINGS * headings, text("The headings of its columns are those of this evidence.")))
    if title := _share_of_title(row, around.stems):
        signs.append(_Sign(_TITLE * title, text("The name of the file is like its title.")))
    if cases := _share_of_title(row, _stems_of_cases(inspection)):
        signs.append(_Sign(_CASES * cases, text("The names of the test cases are like its title.")))
    if _is_only_judged(row, stating(candidates, inspection)):
        signs.append(_Sign(_ONLY, text("It is the only evidence that this kind of file is judged for.")))
    return signs


def _is_only_judged(row: RequirementRow, candidates: Sequence[RequirementRow]) -> bool:
    judged = [each.key for each in candidates if each.kind != EvidenceKind.RECORD and each.policy]
    return judged == [row.key]


def _share_of_title(row: RequirementRow, name: frozenset[str]) -> float:
    """How much of its title in one language, or of its key, is in a name."""
    return max(share_of(stems(title), name) for title in (row.title_nl, row.title_en, row.key))


def _stems_of_cases(inspection: Inspection) -> frozenset[str]:
    """Stems in the first names of test cases; none for tables, whose rows are no names."""
    results = (result for file in inspection.files for result in file.spool.first[:_MOST_CASES])
    is_cases = any(isinstance(run.facts, TestCases) for run in inspection.runs)
    return frozenset(stems(*(result.check for result in results))) if is_cases else frozenset()


def _share_of_headings(row: RequirementRow, inspection: Inspection) -> float:
    """Which part of the needed columns the headings of the files name by themselves."""
    policy = policies().get(row.policy or "")
    if policy is None or row.kind == EvidenceKind.RECORD:
        return 0.0
    names = [name for file in inspection.files for name in _headings_of(file.run.facts if file.run else None)]
    judging = [known for each in policy.judging_policies() if (known := register_headings().get(each.id))]
    shares = []
    for headings in judging if names else ():
        keys = {key for name in names if (key := recognised(headings, name))}
        shares.append(share_of(headings.needed or headings.keys.values(), keys))
    return max(shares, default=0.0)


def _names_results(row: RequirementRow, inspection: Inspection) -> bool:
    """Whether every file is a table with the usual headings of test results, where the requirement takes these."""
    policy = policies().get(row.policy or "")
    return policy is not None and all(
        policy.judging(file.format).names_results(_headings_of(file.run.facts if file.run else None))
        for file in inspection.files
        if file.format in policy.formats
    )


def _headings_of(facts: object) -> list[str]:
    if not isinstance(facts, TableFacts):
        return []
    return [str(name) for head in facts.heads for name in head.columns if name]


# ── Systems ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _systems(row: RequirementRow, around: _Surroundings, person: Person) -> tuple[tuple[str, ...], Text | None]:
    """The systems that files for a requirement are about, and why; none for the organisation."""
    if row.scope == Scope.ORGANISATION:
        return (), None
    applicable = [system for system in around.scope if row.applies_to is None or row.applies_to in system.attributes]
    keys = [system.key for system in applicable if not person.systems or system.key in person.systems]
    among = partial(_among, keys)
    if tested := among({system for system, _ in around.places}):
        return tested, text("The address in the file is recorded for this system.")
    earlier = around.same_name.systems.get(row.key, ()) if around.same_name else ()
    if before := among(earlier):
        return before, text("A file of this name was about this system before.")
    if named := among(_named(applicable, around.stems)):
        return named, text("The name of the file names this system.")
    return (tuple(keys), None) if len(keys) == 1 else ((), None)


def _among(keys: Sequence[str], wanted: object) -> tuple[str, ...]:
    return tuple(key for key in keys if isinstance(wanted, set | tuple) and key in wanted)


def _named(systems: Sequence[SystemInScope], name: frozenset[str]) -> set[str]:
    """The systems whose key or whole title is in a name."""
    return {
        system.key
        for system in systems
        if any(share_of(stems(title), name) == 1 for title in (system.key, system.title_nl, system.title_en))
    }


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _days(
    inspection: Inspection, row: RequirementRow, calendar: Calendar, today: date
) -> tuple[date | None, date | None, DaysFrom]:
    """The days of the files: their own, those of the rows of a log, or a day in a name; never after today."""
    own = inspection.days(calendar)
    if own is not None:
        return *own, DaysFrom.FILE
    policy = policies().get(row.policy or "")
    days = log_days(inspection, [policy], calendar) if policy and row.kind != EvidenceKind.RECORD else None
    if days is not None and days[1] <= today:
        ran_once = row.kind == EvidenceKind.TEST and not (policy and policy.reads_tables_as_results)
        first = days[1] if ran_once else days[0]
        return first, days[1], DaysFrom.ROWS
    named = day_in(base_name(inspection.files[0].name))
    if named is not None and named <= today:
        return named, named, DaysFrom.NAME
    return None, None, DaysFrom.NOTHING
