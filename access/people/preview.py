"""Seeing what an auditor or a team sees, without being one: whoever previews looks, and changes nothing."""

from access.permissions import AUDITOR, TEAM_MEMBER, Person, require


def as_auditor(person: Person, audit: str) -> Person:
    """The person as an auditor of one audit; the log keeps naming the person themselves."""
    require(person, "preview")
    return Person(person.name, frozenset({AUDITOR}), person.account, audits=frozenset({audit}), previewing=True)


def as_team(person: Person, team: str) -> Person:
    """The person as a member of one team."""
    require(person, "preview")
    return Person(person.name, frozenset({TEAM_MEMBER}), person.account, teams=frozenset({team}), previewing=True)
