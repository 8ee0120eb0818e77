"""Who may do what: one literal table, asked by every verb before anything else."""

from dataclasses import dataclass

from locales import Problem, text

SECURITY_OFFICER = "security officer"

#: permission → the roles that have it
PERMISSIONS: dict[str, frozenset[str]] = {
    "evidence.file": frozenset({SECURITY_OFFICER}),
    "evidence.read": frozenset({SECURITY_OFFICER}),
    "evidence.review": frozenset({SECURITY_OFFICER}),
    "exception.decide": frozenset({SECURITY_OFFICER}),
    "series.close": frozenset({SECURITY_OFFICER}),
    "applicability.decide": frozenset({SECURITY_OFFICER}),
    "nonconformity.record": frozenset({SECURITY_OFFICER}),
    "mapping.review": frozenset({SECURITY_OFFICER}),
    "scope.change": frozenset({SECURITY_OFFICER}),
    "audit.plan": frozenset({SECURITY_OFFICER}),
    "readiness.read": frozenset({SECURITY_OFFICER}),
    "controls.read": frozenset({SECURITY_OFFICER}),
    "controls.load": frozenset({SECURITY_OFFICER}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts."""

    name: str
    roles: frozenset[str]


#: Until people sign in, whoever reaches the loopback address acts as this person.
BUILT_IN = Person("security officer", frozenset({SECURITY_OFFICER}))


class NotAllowed(Problem):
    """The person's roles do not have the permission."""


def require(person: Person, permission: str) -> None:
    """Deny by default."""
    if not person.roles & PERMISSIONS[permission]:
        raise NotAllowed(text("{person} may not do this ({permission}).", person=person.name, permission=permission))
