"""Checks that everyone with a role that requires a second factor has one."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session

from access.people.sessions import account_is_active
from access.sign_in.second_factor import demanded_roles
from evidence.collect.collector_cases import Case, NothingToShow, roles_without_holders
from evidence.collect.collector_context import CollectorContext
from locales import text
from models.bulk_changes import table


def cases(session: Session, _context: CollectorContext, now: datetime) -> Iterator[Case]:
    """Yield for each role that requires one whether every active holder has confirmed codes or a passkey."""
    roles = sorted(demanded_roles(session))
    if not roles:
        raise NothingToShow(text("No role demands a second factor."))
    holders, covered = _count_holders(session, now), _count_holders(session, now, covered=True)
    for role in roles:
        total, with_factor = holders.get(role, 0), covered.get(role, 0)
        facts = (("holders", str(total)), ("covered", str(with_factor)))
        if total:
            failure = f"{total - with_factor} of {total} holders have no second factor." if with_factor < total else ""
            yield Case(f"covered: {role}", failure=failure, facts=facts)
    yield from roles_without_holders(role for role in roles if not holders.get(role))


def _count_holders(session: Session, now: datetime, *, covered: bool = False) -> dict[str, int]:
    """Number of active accounts by role. `covered`: only accounts with confirmed codes or a passkey."""
    account, grant = table("account"), table("role_grant")
    factor, passkey = table("second_factor"), table("passkey")
    joined = grant.join(account, account.c.id == grant.c.account)
    where = [grant.c.ended_at.is_(None), account_is_active(session, now)]
    if covered:
        codes = exists().where(factor.c.account == account.c.id, factor.c.confirmed_at.is_not(None))
        where.append(or_(codes, exists().where(passkey.c.account == account.c.id)))
    counts = (
        select(grant.c.role, func.count(grant.c.account.distinct()).label("number")).select_from(joined).where(*where)
    )
    return {row.role: row.number for row in session.execute(counts.group_by(grant.c.role))}
