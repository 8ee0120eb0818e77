"""Roles that follow the groups of the identity provider: given and ended at each single sign-on to match them.

A role belongs to the provider if the provider gave it (`granted_by`). Roles that people gave stay as they are, and are
not given a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import InvalidValue, LastOfficer, NotPossible
from access.people.account_rules import PROVIDER_NAME, ROLES, check_role_scope, grant_is_open, require_another_officer
from access.people.accounts import insert_grant
from access.people.delegation import person_with_role, require_link_maker_may
from access.permissions import AUDITOR, SECURITY_OFFICER, TEAM_MEMBER, Person
from locales import text
from models import RoleGrant

#: The actor, in the activity log, who gives and ends these roles, makes accounts and links them; no account has its
#: name, and it has no permissions.
PROVIDER = Person(PROVIDER_NAME, frozenset())

_GRANT = SQLModel.metadata.tables[str(RoleGrant.__tablename__)]


@dataclass(frozen=True, slots=True)
class BoundRole:
    """A role, with the team or the audit that it is bound to."""

    role: str
    team: str | None = None
    audit: str | None = None


def read_groups(setting: Mapping[str, str]) -> dict[str, BoundRole]:
    """Parse the setting: group → "reader", "team member:<team>" or "auditor:<audit>". Raises `InvalidValue`."""
    return {group: _read_role(group, role) for group, role in setting.items()}


def _read_role(group: str, setting: str) -> BoundRole:
    role, _, bound = (part.strip() for part in setting.partition(":"))
    if role not in ROLES:
        raise InvalidValue(
            text(
                "The group {group} is given the role {role}, which does not exist: expected one of {roles}.",
                group=group,
                role=role,
                roles=", ".join(ROLES),
            )
        )
    if bool(bound) != (role in (TEAM_MEMBER, AUDITOR)):
        raise InvalidValue(
            text(
                "The group {group} is given {role}: a team member is one of a team (team member:<team>), an auditor "
                "one of an audit (auditor:<audit>), and no other role is bound.",
                group=group,
                role=setting,
            )
        )
    return BoundRole(role, bound if role == TEAM_MEMBER else None, bound if role == AUDITOR else None)


def roles_of_groups(claim: Any, groups: Mapping[str, BoundRole]) -> frozenset[BoundRole]:
    """The roles that the groups in a claim give; none if the claim is absent or is no list of names."""
    names = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(groups[name] for name in names if isinstance(name, str) and name in groups)


def synchronise_roles(session: Session, account: str, wanted: frozenset[BoundRole], now: datetime) -> None:
    """Give the `wanted` roles that the account lacks; end those that the provider gave and that are not wanted."""
    columns = (_GRANT.c.id, _GRANT.c.role, _GRANT.c.team, _GRANT.c.audit, _GRANT.c.granted_by)
    held = session.execute(select(*columns).where(_GRANT.c.account == account, grant_is_open())).all()
    present = {BoundRole(row.role, row.team, row.audit) for row in held}
    for bound_role in sorted(wanted - present, key=str):
        _give(session, account, bound_role, now)
    for row in held:
        if row.granted_by == PROVIDER.name and BoundRole(row.role, row.team, row.audit) not in wanted:
            _end(session, account, row, now)


def _give(session: Session, account: str, wanted: BoundRole, now: datetime) -> None:
    """Give a role; for a team or audit that does not exist (yet) write that down instead, and keep nobody out."""
    details = {"role": wanted.role, "team": wanted.team, "audit": wanted.audit}
    try:
        check_role_scope(session, wanted.role, wanted.team, wanted.audit)
        require_link_maker_may(session, account, person_with_role(wanted.role, wanted.team, wanted.audit))
    except NotPossible as problem:
        record(session, PROVIDER, "people.grant_skipped", account, now, **details, why=str(problem))
        return
    insert_grant(session, PROVIDER, account, wanted.role, now, wanted.team, wanted.audit)


def _end(session: Session, account: str, row: Row[tuple[int, str, str | None, str | None, str]], now: datetime) -> None:
    """End a role; the last security officer stays one, since nobody else could appoint another."""
    bound = {"role": row.role, "team": row.team, "audit": row.audit, "grant": row.id}
    if row.role == SECURITY_OFFICER:
        try:
            require_another_officer(session, account, now)
        except LastOfficer:
            record(session, PROVIDER, "people.end_grant_skipped", account, now, **bound)
            return
    session.execute(update(_GRANT).where(_GRANT.c.id == row.id).values(ended_at=now, ended_by=PROVIDER.name))
    record(session, PROVIDER, "people.end_grant", account, now, **bound)
