"""The trend's past weeks: answers that can no longer change, written down once."""

from datetime import date

from sqlmodel import Field, SQLModel


class TrendWeek(SQLModel, table=True):
    """How many controls of a catalogue had a status at the end of a day, by the knowledge of that end.

    No fact: it follows from facts, may be thrown away, and is of one text of the rule and one
    time zone (`rule`: a digest of the text, and the zone).
    `systems` is the scope that was asked, keys with a comma between; empty is all.
    """

    __tablename__ = "trend_week"

    rule: str = Field(primary_key=True)
    systems: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    catalogue: str = Field(primary_key=True)
    status: int = Field(primary_key=True)
    controls: int
