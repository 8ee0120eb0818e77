"""Evidence requirements: kind of evidence, renewal, scope, team and policy."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class EvidenceRequirement(SQLModel, table=True):
    """A version of a requirement of a measure or of a control; the latest recorded version of a key applies.

    `renewal`: an ISO 8601 duration; empty when the content has its own end (an explicit end is then needed).
    """

    __tablename__ = "evidence_requirement"
    __table_args__ = (Index("ix_requirement_version", "key", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    recorded_at: datetime = Field(sa_type=Moment)
    measure: str | None = Field(default=None, foreign_key="measure.key")
    control: str | None = Field(default=None, foreign_key="control.key")
    kind: str  # test, register, record
    scope: str  # organisation, system, target
    applies_to: str | None = None
    renewal: str = ""
    review: str  # automatic, required
    formats: list[str] = Field(default_factory=list, sa_type=Document)
    policy: str | None = None
    team: str | None = Field(default=None, foreign_key="team.key")
    title_nl: str
    title_en: str
    judged_nl: str = ""
    judged_en: str = ""
    documented: bool = False  # documented information required by ISO/IEC 27001, clauses 4 to 10
    retired: bool = False
