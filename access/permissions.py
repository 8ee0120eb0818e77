"""Who may do what: one literal table, which every verb checks first. `docs/permissions.md` prints it."""

from dataclasses import dataclass

from access.errors import AccessProblem
from locales import text
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
    "policy.publish": frozenset({SECURITY_OFFICER}),
    "applicability.decide": frozenset({SECURITY_OFFICER}),
    "nonconformity.record": frozenset({SECURITY_OFFICER, AUDITOR}),
    "mapping.review": frozenset({SECURITY_OFFICER, REVIEWER}),
    "scope.change": frozenset({SECURITY_OFFICER, SYSTEM_ROLE}),
    "audit.plan": frozenset({SECURITY_OFFICER}),
    "task.plan": frozenset({SECURITY_OFFICER, SYSTEM_ROLE}),
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

#: permissions that a team member has for the requirements of their own teams only
OF_OWN_TEAMS = frozenset({"evidence.file", "evidence.read"})
#: permissions that an auditor has within their own audit only: its catalogues, systems and days
WITHIN_AUDIT = frozenset({"evidence.read", "nonconformity.record", "readiness.read", "controls.read"})
#: permissions that remain in a preview
READING = frozenset({"evidence.read", "readiness.read", "controls.read", "activity.read"})


@dataclass(frozen=True, slots=True)
class Person:
    """The acting person. `teams`: the keys of a team member's teams; `audits`: the keys of an auditor's audits."""

    name: str
    roles: frozenset[str]
    account: str = ""
    teams: frozenset[str] = frozenset()
    audits: frozenset[str] = frozenset()
    previewing: bool = False  # sees what another role sees, and may change nothing
    #: The rest describes the token that acts for the person or team: its number, its permissions (None: no token),
    #: and the requirements and systems that it uploads evidence for (empty: all that the roles allow).
    token: int | None = None
    only: frozenset[str] | None = None
    requirements: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()

    @property
    def in_person(self) -> bool:
        """Whether they act themselves: not through a token, nor in a preview. One's own account needs that."""
        return self.only is None and not self.previewing


#: The process itself: loads catalogues, keeps readiness up to date, publishes the first agreements, and collects
#: evidence about itself for its own system.
SYSTEM = Person("Aantoonbaar", frozenset({SYSTEM_ROLE}))

#: A security officer without an account, for tests and benchmarks.
BUILT_IN = Person("security officer", frozenset({SECURITY_OFFICER}))


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a permission: the requirements of these teams, and what is within these audits."""

    teams: frozenset[str]
    audits: frozenset[str]


class NotAllowed(AccessProblem):
    """The person's roles do not have the permission, or not for this team, audit or account."""

    status = 403


def may(person: Person, permission: str) -> bool:
    """Whether a role of the person has the permission, possibly limited. Pages decide by it what to show."""
    return bool(_granting(person, permission))


def require(person: Person, permission: str, *others: str) -> None:
    """Raises `NotAllowed` unless the person has the permission, or one of the others."""
    if any(may(person, name) for name in (permission, *others)):
        return
    if person.only is not None and permission not in person.only:
        raise NotAllowed(
            text("The token of {person} lacks this permission ({permission}).", **_names(person, permission))
        )
    raise NotAllowed(text("{person} may not do this ({permission}).", **_names(person, permission)))


def limits(person: Person, permission: str) -> Limits | None:
    """The limits of a permission for this person; None: some role has it without limits."""
    granting = _granting(person, permission)
    is_limited: dict[str, bool] = {TEAM_MEMBER: permission in OF_OWN_TEAMS, AUDITOR: permission in WITHIN_AUDIT}
    if any(not is_limited.get(role, False) for role in granting):
        return None
    return Limits(
        person.teams if TEAM_MEMBER in granting else frozenset(),
        person.audits if AUDITOR in granting else frozenset(),
    )


def scoped_teams(person: Person, permission: str) -> frozenset[str] | None:
    """The teams for whose requirements the person has the permission; None: not limited."""
    limit = limits(person, permission)
    return None if limit is None else limit.teams


def scoped_audits(person: Person, permission: str) -> frozenset[str] | None:
    """The audits within which the person has the permission; None: not limited."""
    limit = limits(person, permission)
    return None if limit is None else limit.audits


def exceeding_permissions(person: Person, other: Person) -> list[str]:
    """The permissions of `other` that the person lacks, or has only for other teams or audits."""
    return [name for name in PERMISSIONS if may(other, name) and not _covers(person, other, name)]


def _covers(person: Person, other: Person, permission: str) -> bool:
    if not may(person, permission):
        return False
    own, theirs = limits(person, permission), limits(other, permission)
    return own is None or (theirs is not None and theirs.teams <= own.teams and theirs.audits <= own.audits)


def _names(person: Person, permission: str) -> dict[str, str]:
    return {"person": person.name, "permission": permission}


def _granting(person: Person, permission: str) -> frozenset[str]:
    """The person's roles that have the permission; none if a preview or token lacks it."""
    granting = person.roles & PERMISSIONS[permission]
    is_withheld = (person.previewing and permission not in READING) or (
        person.only is not None and permission not in person.only
    )
    return frozenset() if is_withheld else granting
