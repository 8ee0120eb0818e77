"""Evidence requirements: what proof, how often, for what scope, by which team, judged by what."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class EvidenceRequirement(SQLModel, table=True):
    """One definition of a requirement; the latest recorded of a key holds. Belongs to a measure or to a control.

    `renewal` is an ISO 8601 duration; empty means that the content says until when (an explicit end is then needed).
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
    documented: bool = False  # documented information that ISO/IEC 27001, clauses 4 to 10, itself asks for
    retired: bool = False
