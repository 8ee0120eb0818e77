"""Systems and targets in scope, and the teams that deliver evidence."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Moment


class Team(SQLModel, table=True):
    """A team that delivers evidence."""

    key: str = Field(primary_key=True)
    title_nl: str
    title_en: str


class System(SQLModel, table=True):
    """A system (service); its scope periods determine whether it is in scope on a day."""

    key: str = Field(primary_key=True)
    title_nl: str
    title_en: str
    position: int = 0
    named_in: str | None = Field(default=None, foreign_key="statement.key")


class ScopePeriod(SQLModel, table=True):
    """A period in which a system or one of its targets (address, component) is in scope, both days included.

    The latest recorded row of a key applies; each key is a separate period. `target`: empty for the system itself.
    """

    __tablename__ = "scope_period"
    __table_args__ = (Index("ix_scope_version", "key", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    system: str = Field(foreign_key="system.key", index=True)
    target: str = ""
    first_day: date
    last_day: date | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str = ""


class ScopeAttribute(SQLModel, table=True):
    """An attribute of a system in a period (`has-end-users`, `health-information`, ...)."""

    __tablename__ = "scope_attribute"

    period: int = Field(foreign_key="scope_period.id", primary_key=True)
    attribute: str = Field(primary_key=True)


class TargetAddress(SQLModel, table=True):
    """An address of a target besides its own name, such as an IP address or another port; both days included.

    The latest recorded row of a key applies. `target`: empty for a system that is tested as a whole. `address`: in the
    normal form of `controls/scope/address.py`. A last day before the first day means withdrawn.
    """

    __tablename__ = "target_address"
    __table_args__ = (Index("ix_target_address_version", "key", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    system: str = Field(foreign_key="system.key", index=True)
    target: str = ""
    address: str
    first_day: date
    last_day: date | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str = ""
