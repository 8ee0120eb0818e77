"""Agreements (EURA) that people accept before they use a role."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Moment


class Agreement(SQLModel, table=True):
    """A version of a role's agreement, in both languages. Append-only: changes are newer versions.

    `sha256`: of role, version and both texts as shown.
    """

    __table_args__ = (UniqueConstraint("role", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    role: str
    version: int
    in_force: date
    text_nl: str
    text_en: str
    sha256: str
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class Acceptance(SQLModel, table=True):
    """The acceptance of a version by a person: digest of the texts, moment and client address. Append-only."""

    __table_args__ = (UniqueConstraint("account", "agreement"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    agreement: int = Field(foreign_key="agreement.id", index=True)
    sha256: str
    accepted_at: datetime = Field(sa_type=Moment)
    address: str = ""
