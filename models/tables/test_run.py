"""Test runs and test results, as written by tools."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Document, Identifier, Moment


class TestRun(SQLModel, table=True):
    """A test run as read from a file of evidence in one judgement, with counts by outcome.

    `started_at`, `ended_at`: only if the file has a time zone. `first_day`, `last_day`: if it has any moment.
    """

    __test__ = False
    __tablename__ = "test_run"

    id: int | None = Field(default=None, primary_key=True)
    evidence: str = Field(foreign_key="evidence.id", index=True, sa_type=Identifier)
    file: int  # the file's position in the evidence
    format: str
    tool: str
    tool_version: str = ""
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    first_day: date | None = None
    last_day: date | None = None
    judged_at: datetime | None = Field(default=None, sa_type=Moment)  # of its coverage
    complete: bool  # whether the run finished, as far as the file shows
    remark: str = ""
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    not_applicable: int = 0
    informational: int = 0
    not_evaluated: int = 0
    policy: str = ""  # the policy (with its edition) that judged it
    #: names of what a scan says it looked at; none: it says nothing of it, or was recorded before these were
    examined: list[str] | None = Field(default=None, sa_type=Document, nullable=True)


class TestResult(SQLModel, table=True):
    """A result of a test run. `outcome`: by the tool; `level`: by the policy.

    `severity`: the tool's own word; `rating`: the same on the common scale (`Severity`), empty where a result has none
    and for results recorded before there were ratings. `first_day`: of an open result, the first day on which it was
    seen, as known then; none for other results, and for those recorded before there were first days.
    """

    __test__ = False
    __tablename__ = "test_result"
    __table_args__ = {"sqlite_with_rowid": False}

    run: int = Field(foreign_key="test_run.id", primary_key=True)
    position: int = Field(primary_key=True)  # the record's number in the file, from 1
    check: str
    target: str = ""
    outcome: str  # pass, fail, error, skipped, not applicable, informational, not evaluated
    severity: str = ""
    message: str = ""
    level: str = ""
    rating: str = Field(default="", sa_column_kwargs={"server_default": ""})
    first_day: date | None = None


class FindingChange(SQLModel, table=True):
    """A check on a target that was seen open in a run, or is gone since the run in which it was seen last. Append-only.

    Not every run has a row for it: the first run that shows a finding for the cells of its evidence, and the first
    complete run of the same tool without it. `first_day`: from which the finding counted then, of a finding that was
    seen. `id` follows the order of recording.
    """

    __tablename__ = "finding_change"
    __table_args__ = (Index("ix_finding_change_evidence", "evidence", "check", "target"),)

    id: int | None = Field(default=None, primary_key=True)
    evidence: str = Field(foreign_key="evidence.id", sa_type=Identifier)
    judged_at: datetime = Field(sa_type=Moment)
    check: str
    target: str
    is_seen: bool  # false: gone
    day: date  # the last of the run
    first_day: date | None = None
