"""The one clock: the recorded moment of the last commit. Writers queue on its rows (see `transaction.py`)."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Moment


class Clock(SQLModel, table=True):
    """Two rows: 1, of the last fact that readiness asks about; 2, of the last sign-in or sign-out. The later counts."""

    id: int = Field(primary_key=True)
    last: datetime = Field(sa_type=Moment)
