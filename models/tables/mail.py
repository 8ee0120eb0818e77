"""What was sent by mail."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Moment


class MailDelivery(SQLModel, table=True):
    """One step of sending a message to an account; the latest of a day and kind counts. Append-only.

    Holds no address and no content.
    """

    __tablename__ = "mail_delivery"
    __table_args__ = (Index("ix_mail_delivery_day", "account", "kind", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id")
    kind: str  # MailKind
    day: date  # of a digest: the day that it is about
    state: str  # DeliveryState
    reply: str = ""  # the code of the server's reply, such as 550 5.1.1
    recorded_at: datetime = Field(sa_type=Moment)
