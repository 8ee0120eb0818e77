"""For whoever runs the machine: a way in for someone who cannot sign in any more and has nobody to ask."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from access.errors import NotPossible
from access.people.rules import normalise_email
from access.permissions import SYSTEM
from access.sign_in import links, passkeys, second_factor
from locales import text
from models import Account

_ACCOUNT = SQLModel.metadata.tables[str(Account.__tablename__)]


def make_recovery_link(session: Session, email: str, now: datetime) -> str:
    """A token to choose a password with; second factors and passkeys are taken away, since one may be what was lost.

    There is no person to ask a permission of: whoever runs this has the database anyway. The log names the process.
    """
    found = select(_ACCOUNT.c.id, _ACCOUNT.c.password).where(_ACCOUNT.c.email == normalise_email(email))
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotPossible(text("There is no account with this e-mail address."))
    second_factor.remove_unchecked(session, SYSTEM, row.id, now)
    passkeys.remove_all(session, SYSTEM, row.id, now)
    return links.made(session, SYSTEM, links.RESET if row.password else links.INVITATION, row.id, now)
