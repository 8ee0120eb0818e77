"""Policies of the organisation's own, in editions."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class PolicyEdition(SQLModel, table=True):
    """An edition of a policy of the organisation's own, which nothing changes: a later edition takes its place.

    On a day applies, of the editions that have begun, the one with the latest first day; of one day, the last recorded.
    `requirements`: the keys of the evidence requirements that it judges, in the place of `copy_of`.
    """

    __tablename__ = "policy_edition"
    __table_args__ = (UniqueConstraint("policy", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    policy: str
    number: int  # from 1
    copy_of: str  # the id of the policy that came along, from which it was copied
    content: str  # the policy's file (YAML)
    sha256: str  # of the content
    requirements: list[str] = Field(sa_type=Document)
    first_day: date
    reason: str
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
