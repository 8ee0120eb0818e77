"""Signs the end of the activity log at times, so that what was written before cannot be rewritten without the key."""

from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlmodel import Session, SQLModel

from access.chain import sign
from access.signing_key import signing_key
from models import Activity, Checkpoint
from models.transaction import deriving, last_moment

_LOG = SQLModel.metadata.tables[str(Activity.__tablename__)]
_CHECKPOINTS = SQLModel.metadata.tables[str(Checkpoint.__tablename__)]


def sign_what_is_new(engine: Engine, key: Path) -> Checkpoint | None:
    """A checkpoint at the end of the log; none if the last one stands there. Raises `Broken`, having signed nothing."""
    with deriving(engine) as session:
        if _signed(session) == _written(session):
            return None
        return sign(session, signing_key(key), last_moment(session))


def _signed(session: Session) -> int:
    return int(session.execute(select(func.coalesce(func.max(_CHECKPOINTS.c.entry), 0))).scalar_one())


def _written(session: Session) -> int:
    return int(session.execute(select(func.coalesce(func.max(_LOG.c.id), 0))).scalar_one())
