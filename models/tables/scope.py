"""Systems and targets in scope, the teams that deliver evidence, and the live checks of recorded addresses."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Document, Identifier, Moment


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


class LiveCheck(SQLModel, table=True):
    """A live check that an officer switched on or off; the latest recorded row of a key applies.

    `requirement`: what it is evidence for. `system`, `target`: empty for the organisation. `address`: of a page, or a
    mail domain; empty: the recorded addresses of the target, or the statement's own. `details`: as the kind of check
    needs. `allows_inside`: whether recorded private addresses may be connected to. `requested_at`: when someone last
    asked for it.
    """

    __tablename__ = "live_check"
    __table_args__ = (Index("ix_live_check_version", "key", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    requirement: str
    system: str = ""
    target: str = ""
    address: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    allows_inside: bool = False
    is_on: bool = True
    requested_at: datetime | None = Field(default=None, sa_type=Moment)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str = ""


class LiveCheckRun(SQLModel, table=True):
    """A run of a live check. `result`: filed, nothing or failed; `reason`: why there is no evidence, as stored text."""

    __tablename__ = "live_check_run"
    __table_args__ = (Index("ix_live_check_run", "check", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    check: str  # the key of the live check
    at: datetime = Field(sa_type=Moment)
    result: str
    verdict: str = ""  # the worst over its cells; empty without evidence
    reason: str = ""
    evidence: str | None = Field(default=None, foreign_key="evidence.id", sa_type=Identifier)
