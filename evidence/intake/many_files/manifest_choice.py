"""The choice for a file of which a manifest says something; the rest is proposed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from access.permissions import Person, require
from controls.browse.lookup import requirements_on
from controls.scope.system_scope import scope_on
from evidence.errors import Unfitting
from evidence.intake.many_files.manifest import Entry
from evidence.intake.proposed_requirements.proposal import Proposal, propose
from evidence.intake.proposed_requirements.questions import Choice, choice_of
from evidence.intake.reading.inspection import Inspection
from locales import Text, text
from models.calendar import calendar_of


@dataclass(frozen=True, slots=True)
class ProposedChoice:
    """What is proposed for files, and the choice to begin with. `doubt`: what a manifest says that can't be."""

    proposal: Proposal
    choice: Choice
    doubt: Text | None = None


def proposed_choice(
    session: Session,
    person: Person,
    inspection: Inspection,
    now: datetime,
    entry: Entry | None = None,
    wanted: str = "",
) -> ProposedChoice:
    """Propose for files, following a manifest's entry. `wanted`: the requirement that was chosen otherwise.

    Permission: `evidence.file`.
    """
    require(person, "evidence.file")
    if entry is None:
        proposal = propose(session, person, inspection, now, wanted)
        return ProposedChoice(proposal, choice_of(proposal))
    try:
        requirement = _key(entry.requirement, requirements_on(session, now), text("evidence requirement"))
        scope = scope_on(session, calendar_of(session).day_of(now), now)
        systems = tuple(_key(name, scope, text("system in scope")) for name in entry.systems)
    except Unfitting as problem:
        proposal = propose(session, person, inspection, now)
        return ProposedChoice(proposal, choice_of(proposal), problem.message)
    proposal = propose(session, person, inspection, now, requirement or wanted)
    return _followed(proposal, entry, requirement, systems)


def _followed(proposal: Proposal, entry: Entry, requirement: str, systems: Sequence[str]) -> ProposedChoice:
    if requirement and requirement not in proposal.candidates:
        doubt = text(
            "The manifest says {requirement}, which does not accept this file, or not from you.",
            requirement=requirement,
        )
        return ProposedChoice(proposal, choice_of(proposal), doubt)
    choice = choice_of(proposal)
    if systems:
        choice = replace(choice, systems=tuple(systems))
    if entry.day or entry.last_day:
        first = entry.day or entry.last_day
        choice = replace(choice, first_day=first, last_day=entry.last_day or first)
    return ProposedChoice(proposal, replace(choice, title=entry.title))


def _key(name: str, rows: Iterable[Any], what: Text) -> str:
    """The key of what a manifest names by key or title; empty for an empty name. Raises `Unfitting`."""
    if not name:
        return ""
    plain = name.casefold()
    for row in rows:
        if plain in (row.key.casefold(), row.title_nl.casefold(), row.title_en.casefold()):
            return str(row.key)
    raise Unfitting(
        text(
            "The manifest says {name}, which is no {what}; correct it, or leave it out to be asked.",
            name=name[:80],
            what=what,
        )
    )
