"""Recovery of an account by whoever runs the machine, for someone who cannot sign in and has nobody to ask."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from access.errors import NotFound
from access.people import links
from access.people.input_text import normalise_email
from access.permissions import SYSTEM
from access.sign_in import passkeys, second_factor
from locales import text
from models import Account

_ACCOUNT = SQLModel.metadata.tables[str(Account.__tablename__)]


def make_recovery_link(session: Session, email: str, now: datetime) -> str:
    """A token to choose a password with; removes second factor and passkeys, since one of them may be what was lost.

    No permission is checked: whoever runs this has the database anyway. The activity log names the process.
    Raises `NotFound` if no account has the e-mail address.
    """
    rows = select(_ACCOUNT.c.id, _ACCOUNT.c.password).where(_ACCOUNT.c.email == normalise_email(email))
    row = session.execute(rows).one_or_none()
    if row is None:
        raise NotFound(text("There is no account with this e-mail address."))
    second_factor.remove_unchecked(session, SYSTEM, row.id, now)
    passkeys.remove_all(session, SYSTEM, row.id, now)
    return links.make(session, SYSTEM, links.RESET if row.password else links.INVITATION, row.id, now)
