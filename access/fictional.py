"""Whether a database holds a made-up organisation: marked when it begins, shown on every page and in every answer."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import Session, SQLModel

from access.activity import record
from access.errors import NotPossible
from access.permissions import Person, require
from locales import text
from models import Account, Setting

_SETTING = SQLModel.metadata.tables[str(Setting.__tablename__)]
_ACCOUNT = SQLModel.metadata.tables[str(Account.__tablename__)]
_KEY = "fictional"


def mark(session: Session, person: Person, now: datetime) -> None:
    """From its beginning on, and for ever: a database in which someone has an account is never marked, nor unmarked."""
    require(person, "controls.load")
    if session.execute(select(_ACCOUNT.c.id).limit(1)).first() is not None:
        raise NotPossible(text("Somebody has an account here already; only an empty database is marked as made up."))
    session.execute(insert(_SETTING), [{"key": _KEY, "value": True, "changed_at": now, "changed_by": person.name}])
    record(session, person, "data.mark_fictional", _KEY, now)


def is_fictional(session: Session) -> bool:
    """Whether all that is here is made up."""
    return session.execute(select(_SETTING.c.key).where(_SETTING.c.key == _KEY)).first() is not None
