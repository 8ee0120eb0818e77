"""The one clock: the recorded moment of the last commit. Writers queue on its row (see `transaction.py`)."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Moment


class Clock(SQLModel, table=True):
    """One row, id 1."""

    id: int = Field(primary_key=True)
    last: datetime = Field(sa_type=Moment)
