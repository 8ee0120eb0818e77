"""Roles that follow the identity provider's groups: given and ended to match them, each time someone signs in.

A role belongs to the provider if the provider gave it (`granted_by`). Roles that people gave stay as they are, and what
people gave is not given twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import LastOfficer, NotPossible
from access.people.accounts import insert_grant
from access.people.delegation import person_with_role, require_link_maker_may
from access.people.rules import PROVIDER_NAME, ROLES, check_role_scope, grant_is_open, require_another_officer
from access.permissions import AUDITOR, SECURITY_OFFICER, TEAM_MEMBER, Person
from locales import text
from models import RoleGrant

#: Who gives and ends these roles, makes accounts and links them. No account is called so, and it has no permissions.
PROVIDER = Person(PROVIDER_NAME, frozenset())

_GRANT = SQLModel.metadata.tables[str(RoleGrant.__tablename__)]


@dataclass(frozen=True, slots=True)
class BoundRole:
    """A role, with the team or the audit that it is bound to."""

    role: str
    team: str | None = None
    audit: str | None = None


def read_groups(given: Mapping[str, str]) -> dict[str, BoundRole]:
    """The mapping as the environment has it: group → "reader", "team member:<team>" or "auditor:<audit>"."""
    return {group: _read_role(group, role) for group, role in given.items()}


def _read_role(group: str, given: str) -> BoundRole:
    role, _, bound = (part.strip() for part in given.partition(":"))
    if role not in ROLES:
        raise NotPossible(
            text(
                "The group {group} is given the role {role}, which does not exist: expected one of {roles}.",
                group=group,
                role=role,
                roles=", ".join(ROLES),
            )
        )
    if bool(bound) != (role in (TEAM_MEMBER, AUDITOR)):
        raise NotPossible(
            text(
                "The group {group} is given {role}: a team member is one of a team (team member:<team>), an auditor "
                "one of an audit (auditor:<audit>), and no other role is bound.",
                group=group,
                role=given,
            )
        )
    return BoundRole(role, bound if role == TEAM_MEMBER else None, bound if role == AUDITOR else None)


def roles_of_groups(claim: Any, groups: Mapping[str, BoundRole]) -> frozenset[BoundRole]:
    """The roles of someone's groups. A claim that is absent, or is no list of names, is no group at all."""
    names = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(groups[name] for name in names if isinstance(name, str) and name in groups)


def synchronise_roles(session: Session, account: str, wanted: frozenset[BoundRole], now: datetime) -> None:
    """Give what the groups say and nobody gave yet; end what the provider gave and the groups no longer say."""
    columns = (_GRANT.c.id, _GRANT.c.role, _GRANT.c.team, _GRANT.c.audit, _GRANT.c.granted_by)
    held = session.execute(select(*columns).where(_GRANT.c.account == account, grant_is_open())).all()
    have = {BoundRole(row.role, row.team, row.audit) for row in held}
    for one in sorted(wanted - have, key=str):
        _give(session, account, one, now)
    for row in held:
        if row.granted_by == PROVIDER.name and BoundRole(row.role, row.team, row.audit) not in wanted:
            _end(session, account, row, now)


def _give(session: Session, account: str, one: BoundRole, now: datetime) -> None:
    """A team or audit that is not there (yet) gives no role, and shuts nobody out: the log says so."""
    told = {"role": one.role, "team": one.team, "audit": one.audit}
    try:
        check_role_scope(session, one.role, one.team, one.audit)
        require_link_maker_may(session, account, person_with_role(one.role, one.team, one.audit))
    except NotPossible as problem:
        record(session, PROVIDER, "people.grant_skipped", account, now, **told, why=str(problem))
        return
    insert_grant(session, PROVIDER, account, one.role, now, one.team, one.audit)


def _end(session: Session, account: str, row: Row[tuple[int, str, str | None, str | None, str]], now: datetime) -> None:
    """The last security officer stays one, whatever the provider says: else nobody could appoint another."""
    bound = {"role": row.role, "team": row.team, "audit": row.audit, "grant": row.id}
    if row.role == SECURITY_OFFICER:
        try:
            require_another_officer(session, account, now)
        except LastOfficer:
            record(session, PROVIDER, "people.end_grant_skipped", account, now, **bound)
            return
    session.execute(update(_GRANT).where(_GRANT.c.id == row.id).values(ended_at=now, ended_by=PROVIDER.name))
    record(session, PROVIDER, "people.end_grant", account, now, **bound)
