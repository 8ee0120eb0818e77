"""Whether everyone with a role that demands a second factor has one."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session

from access.people.sessions import active_on
from access.sign_in.second_factor import demanded
from evidence.collect.cases import Case, NothingToShow
from evidence.collect.own import CollectorContext
from locales import text
from models.rows import table


def cases(session: Session, _own: CollectorContext, now: datetime) -> Iterator[Case]:
    """For each role that demands one: every active holder has confirmed codes or a passkey."""
    roles = sorted(demanded(session))
    if not roles:
        raise NothingToShow(text("No role demands a second factor."))
    holders, covered = _holders(session, now), _holders(session, now, covered=True)
    for role in roles:
        all_of, with_one = holders.get(role, 0), covered.get(role, 0)
        facts = (("holders", str(all_of)), ("covered", str(with_one)))
        if not all_of:
            yield Case(f"covered: {role}", skipped="Nobody has this role.")
        else:
            failure = f"{all_of - with_one} of {all_of} holders have no second factor." if with_one < all_of else ""
            yield Case(f"covered: {role}", failure=failure, facts=facts)


def _holders(session: Session, now: datetime, *, covered: bool = False) -> dict[str, int]:
    """How many active people have each role; or of those only who has a second factor that counts."""
    account, grant = table("account"), table("role_grant")
    factor, passkey = table("second_factor"), table("passkey")
    joined = grant.join(account, account.c.id == grant.c.account)
    where = [grant.c.ended_at.is_(None), active_on(session, now)]
    if covered:
        codes = exists().where(factor.c.account == account.c.id, factor.c.confirmed_at.is_not(None))
        where.append(or_(codes, exists().where(passkey.c.account == account.c.id)))
    counts = (
        select(grant.c.role, func.count(grant.c.account.distinct()).label("number")).select_from(joined).where(*where)
    )
    return {row.role: row.number for row in session.execute(counts.group_by(grant.c.role))}
