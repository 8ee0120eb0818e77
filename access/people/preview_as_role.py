"""Previews of what an auditor or a team sees; whoever previews reads and changes nothing."""

from access.permissions import AUDITOR, TEAM_MEMBER, Person, require


def as_auditor(person: Person, audit: str) -> Person:
    """The person as an auditor of one audit; the activity log keeps their own name. Needs `preview`."""
    require(person, "preview")
    return Person(person.name, frozenset({AUDITOR}), person.account, audits=frozenset({audit}), previewing=True)


def as_team(person: Person, team: str) -> Person:
    """The person as a member of one team. Needs `preview`."""
    require(person, "preview")
    return Person(person.name, frozenset({TEAM_MEMBER}), person.account, teams=frozenset({team}), previewing=True)
