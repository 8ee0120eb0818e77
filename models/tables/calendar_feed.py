"""Secret addresses at which other programs read the calendar."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Moment


class CalendarFeed(SQLModel, table=True):
    """A calendar feed of an account, or of the API token that made it. Only the digest of its secret is stored."""

    __tablename__ = "calendar_feed"

    id: int | None = Field(default=None, primary_key=True)
    secret_sha256: str = Field(unique=True)
    account: str | None = Field(default=None, foreign_key="account.id", index=True)
    token: int | None = Field(default=None, foreign_key="api_token.id")
    team: str | None = Field(default=None, foreign_key="team.key")  # None: what concerns the reader
    language: str  # of a feed without an account
    made_at: datetime = Field(sa_type=Moment)
    read_at: datetime | None = Field(default=None, sa_type=Moment)  # the last time, to the hour
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
