"""Past weeks of the trend: answers that no longer change, stored once."""

from datetime import date

from sqlmodel import Field, SQLModel


class TrendWeek(SQLModel, table=True):
    """The number of controls of a catalogue with a status at the end of a day, as known then.

    Derived data that may be deleted. `rule`: a digest of the rule's text, and the time zone. `systems`: the requested
    scope, keys separated by commas; empty for all.
    """

    __tablename__ = "trend_week"

    rule: str = Field(primary_key=True)
    systems: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    catalogue: str = Field(primary_key=True)
    status: int = Field(primary_key=True)
    controls: int
