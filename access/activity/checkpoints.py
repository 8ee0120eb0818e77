"""Signing the end of the activity log, so that earlier entries cannot be rewritten without the key."""

from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlmodel import Session, SQLModel

from access.activity import checkpoint_file
from access.activity.chain import sign
from access.activity.login_log_seal import seal_attempts
from access.activity.signing_key import signing_key
from models import Activity, Checkpoint
from models.transaction import deriving, last_moment

_LOG = SQLModel.metadata.tables[str(Activity.__tablename__)]
_CHECKPOINTS = SQLModel.metadata.tables[str(Checkpoint.__tablename__)]


def sign_new_entries(engine: Engine, key: Path) -> Checkpoint | None:
    """Sign the end of the log if there are new entries, and copy the checkpoint beside the key; returns a new one.

    Raises `Broken`, having signed nothing, if the new entries do not continue the chain.
    """
    seal_attempts(engine)
    external = checkpoint_file.read(key)
    with deriving(engine) as session:
        last = _last_checkpoint(session)
        is_new = last is None or last.entry != _last_entry(session)
        if is_new and (last is not None or _last_entry(session)):
            last = sign(session, signing_key(key), last_moment(session), external)
        if last is not None:
            session.expunge(last)
    if last is not None and (external is None or external.entry < last.entry):
        checkpoint_file.write(key, last)
    return last if is_new else None


def _last_checkpoint(session: Session) -> Checkpoint | None:
    last = select(Checkpoint).order_by(_CHECKPOINTS.c.entry.desc(), _CHECKPOINTS.c.id.desc()).limit(1)
    return session.execute(last).scalar_one_or_none()


def _last_entry(session: Session) -> int:
    return int(session.execute(select(func.coalesce(func.max(_LOG.c.id), 0))).scalar_one())
