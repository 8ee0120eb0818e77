"""Who may do what: one literal table, asked by every verb before anything else. `docs/permissions.md` prints it."""

from dataclasses import dataclass
from typing import ClassVar

from locales import Problem, text
from models.vocabulary import Role

SECURITY_OFFICER = Role.SECURITY_OFFICER
REVIEWER = Role.REVIEWER
TEAM_MEMBER = Role.TEAM_MEMBER
AUDITOR = Role.AUDITOR
READER = Role.READER
ADMINISTRATOR = Role.ADMINISTRATOR
SYSTEM_ROLE = Role.SYSTEM

#: permission → the roles that have it
PERMISSIONS: dict[str, frozenset[str]] = {
    "evidence.file": frozenset({SECURITY_OFFICER, TEAM_MEMBER, SYSTEM_ROLE}),
    "evidence.read": frozenset({SECURITY_OFFICER, REVIEWER, TEAM_MEMBER, AUDITOR}),
    "evidence.review": frozenset({SECURITY_OFFICER, REVIEWER}),
    "exception.decide": frozenset({SECURITY_OFFICER}),
    "series.close": frozenset({SECURITY_OFFICER}),
    "applicability.decide": frozenset({SECURITY_OFFICER}),
    "nonconformity.record": frozenset({SECURITY_OFFICER, AUDITOR}),
    "mapping.review": frozenset({SECURITY_OFFICER, REVIEWER}),
    "scope.change": frozenset({SECURITY_OFFICER, SYSTEM_ROLE}),
    "audit.plan": frozenset({SECURITY_OFFICER}),
    "readiness.read": frozenset({SECURITY_OFFICER, REVIEWER, TEAM_MEMBER, AUDITOR, READER, SYSTEM_ROLE}),
    "controls.read": frozenset({SECURITY_OFFICER, REVIEWER, TEAM_MEMBER, AUDITOR, READER, SYSTEM_ROLE}),
    "controls.load": frozenset({SECURITY_OFFICER, SYSTEM_ROLE}),
    "people.manage": frozenset({SECURITY_OFFICER, ADMINISTRATOR}),
    "login_log.read": frozenset({SECURITY_OFFICER, ADMINISTRATOR, SYSTEM_ROLE}),
    "activity.read": frozenset({SECURITY_OFFICER, AUDITOR}),
    "agreement.publish": frozenset({SECURITY_OFFICER, ADMINISTRATOR, SYSTEM_ROLE}),
    "agreement.read": frozenset({SECURITY_OFFICER, ADMINISTRATOR, SYSTEM_ROLE}),
    "token.manage": frozenset({SECURITY_OFFICER, ADMINISTRATOR}),
    "second_factor.demand": frozenset({SECURITY_OFFICER, ADMINISTRATOR}),
    "second_factor.lift": frozenset({SECURITY_OFFICER}),
    "settings.change": frozenset({SECURITY_OFFICER, ADMINISTRATOR}),
    "status.read": frozenset({SECURITY_OFFICER, ADMINISTRATOR}),
    "preview": frozenset({SECURITY_OFFICER}),
}

#: permission → what a team member may do of it for the requirements of the own teams only
OF_OWN_TEAMS = frozenset({"evidence.file", "evidence.read"})
#: … and an auditor only within the audit: its catalogues, its systems, its days
WITHIN_AUDIT = frozenset({"evidence.read", "nonconformity.record", "readiness.read", "controls.read"})
#: What someone who previews another's view may do: look.
READING = frozenset({"evidence.read", "readiness.read", "controls.read", "activity.read"})


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `teams`: whose requirements a team member answers; `audits`: the keys of an auditor's audits."""

    name: str
    roles: frozenset[str]
    account: str = ""
    teams: frozenset[str] = frozenset()
    audits: frozenset[str] = frozenset()
    previewing: bool = False  # sees what another role sees, and changes nothing
    #: The rest is of a token that acts for the person or the team: its number, the permissions that it is for (None:
    #: no token, all that the roles have), and what it hands in evidence for (empty: whatever the roles may).
    token: int | None = None
    only: frozenset[str] | None = None
    requirements: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()

    @property
    def in_person(self) -> bool:
        """They act themselves: not through a token, nor as someone else. What is one's own asks for that."""
        return self.only is None and not self.previewing


#: What the process does by itself: load catalogues, keep readiness at hand, publish the first agreements, and collect
#: evidence of itself for the system that it puts in scope once.
SYSTEM = Person("Aantoonbaar", frozenset({SYSTEM_ROLE}))

#: A security officer of no account, for tests and measurements.
BUILT_IN = Person("security officer", frozenset({SECURITY_OFFICER}))


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a permission ends: the requirements of these teams, and what lies within these audits."""

    teams: frozenset[str]
    audits: frozenset[str]


class NotAllowed(Problem):
    """The person's roles do not have the permission, or not for this."""

    status: ClassVar[int] = 403


def may(person: Person, permission: str) -> bool:
    """Whether some role of the person has the permission; it may be limited. Pages ask what to show."""
    return bool(_granting(person, permission))


def require(person: Person, permission: str, *others: str) -> None:
    """Deny by default: the permission, or one of the others, must be there."""
    if any(may(person, one) for one in (permission, *others)):
        return
    if person.only is not None and permission not in person.only:
        raise NotAllowed(text("The token of {person} is not for this ({permission}).", **_names(person, permission)))
    raise NotAllowed(text("{person} may not do this ({permission}).", **_names(person, permission)))


def limits(person: Person, permission: str) -> Limits | None:
    """How far a permission reaches for this person; None: it is not limited, since some role has it without limits."""
    granting = _granting(person, permission)
    bound: dict[str, bool] = {TEAM_MEMBER: permission in OF_OWN_TEAMS, AUDITOR: permission in WITHIN_AUDIT}
    if any(not bound.get(role, False) for role in granting):
        return None
    return Limits(
        person.teams if TEAM_MEMBER in granting else frozenset(),
        person.audits if AUDITOR in granting else frozenset(),
    )


def scoped_teams(person: Person, permission: str) -> frozenset[str] | None:
    """The teams for whose requirements the person has the permission; None: it is not limited."""
    limited = limits(person, permission)
    return None if limited is None else limited.teams


def scoped_audits(person: Person, permission: str) -> frozenset[str] | None:
    """The audits within which the person has the permission; None: it is not limited."""
    limited = limits(person, permission)
    return None if limited is None else limited.audits


def exceeding(person: Person, other: Person) -> list[str]:
    """The permissions of `other` that go beyond the person's own: not theirs, or for other teams or audits."""
    return [one for one in PERMISSIONS if may(other, one) and not _reaches(person, other, one)]


def _reaches(person: Person, other: Person, permission: str) -> bool:
    if not may(person, permission):
        return False
    own, theirs = limits(person, permission), limits(other, permission)
    return own is None or (theirs is not None and theirs.teams <= own.teams and theirs.audits <= own.audits)


def _names(person: Person, permission: str) -> dict[str, str]:
    return {"person": person.name, "permission": permission}


def _granting(person: Person, permission: str) -> frozenset[str]:
    """The person's roles that have the permission."""
    granting = person.roles & PERMISSIONS[permission]
    withheld = (person.previewing and permission not in READING) or (
        person.only is not None and permission not in person.only
    )
    return frozenset() if withheld else granting
