"""Checks that everyone who uses a role accepted the agreement (EURA) in force for it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import Session

from access.people import agreements
from access.people.agreement_text import digest
from access.people.sessions import account_is_active
from access.permissions import SYSTEM
from evidence.collect.collector_cases import Case, roles_without_holders
from evidence.collect.collector_context import CollectorContext
from models.bulk_changes import table
from models.calendar import calendar_of


def cases(session: Session, _context: CollectorContext, now: datetime) -> Iterator[Case]:
    """Yield for each role in use whether an agreement is in force and whether all who ever signed in accepted it.

    People who were invited and never signed in have used nothing yet; they are counted separately.
    """
    current = {
        row.role: row for row in agreements.coverage(session, SYSTEM, calendar_of(session).day_of(now)) if row.current
    }
    users, held = _names_of_users(session), _held_roles(session, now)
    for role in sorted(held | current.keys()):
        row = current.get(role)
        if row is None:
            yield Case(f"accepted: {role}", failure="The role has holders, and no agreement is in force for it.")
        elif row.holders:
            yield _check_coverage(row, users)
    yield from roles_without_holders(role for role, row in current.items() if not row.holders)
    yield from _check_texts(session)


def _check_coverage(row: agreements.CoverageRow, users: frozenset[str]) -> Case:
    owing = sum(name in users for name in row.missing)
    facts = (
        ("version", str(row.version)),
        ("holders", str(row.holders)),
        ("accepted", str(row.accepted)),
        ("never_signed_in", str(len(row.missing) - owing)),
    )
    failure = f"{owing} of {row.holders} holders have not accepted version {row.version}." if owing else ""
    return Case(f"accepted: {row.role}", failure=failure, facts=facts)


def _check_texts(session: Session) -> Iterator[Case]:
    """Check that each text is still as published, and that the accepted texts are those."""
    agreement, acceptance = table("agreement"), table("acceptance")
    columns = [agreement.c[name] for name in ("role", "version", "text_nl", "text_en", "sha256")]
    changed = [row for row in session.execute(select(*columns)) if digest(*row[:4]) != row.sha256]
    messages = [f"The text of {row.role} {row.version} is not the one that was published." for row in changed]
    yield Case("texts as published", failure=" ".join(messages[:1]))
    joined = acceptance.join(agreement, agreement.c.id == acceptance.c.agreement)
    other = select(acceptance.c.id).select_from(joined).where(acceptance.c.sha256 != agreement.c.sha256).limit(1)
    differs = session.execute(other).first() is not None
    failure = "Somebody accepted another text than the one that was published."
    yield Case("accepted what was published", failure=failure if differs else "")


def _names_of_users(session: Session) -> frozenset[str]:
    """Names of the accounts that ever signed in."""
    account, attempt = table("account"), table("login_attempt")
    signed_in = exists().where(attempt.c.account == account.c.id, attempt.c.succeeded)
    return frozenset(session.execute(select(account.c.name).where(signed_in)).scalars())


def _held_roles(session: Session, now: datetime) -> frozenset[str]:
    """Roles that an active account has."""
    account, grant = table("account"), table("role_grant")
    joined = grant.join(account, account.c.id == grant.c.account)
    held = (
        select(grant.c.role)
        .distinct()
        .select_from(joined)
        .where(grant.c.ended_at.is_(None), account_is_active(session, now))
    )
    return frozenset(session.execute(held).scalars())
