"""The clock of the database: the recorded moment of the last commit. Writers lock its rows (see `transaction.py`)."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Moment


class Clock(SQLModel, table=True):
    """Two rows: 1 for the last fact that readiness depends on, 2 for the last visit (sign-in, sign-out, reading)."""

    id: int = Field(primary_key=True)
    last: datetime = Field(sa_type=Moment)
