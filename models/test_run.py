"""What a tool wrote: a test run, and its test results."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from models.columns import Identifier, Moment


class TestRun(SQLModel, table=True):
    """One run as read from one file of an evidence, in one judgement; counts by outcome.

    Moments are kept where the file names a zone; the days on which it ran, where it tells any moment.
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
    judged_at: datetime | None = Field(default=None, sa_type=Moment)  # that of its coverage
    complete: bool  # it ran to its end, as far as the file shows
    remark: str = ""
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    not_applicable: int = 0
    informational: int = 0
    not_evaluated: int = 0
    policy: str = ""  # the policy (with its edition) that judged it


class TestResult(SQLModel, table=True):
    """One line of a test run. `outcome` is the tool's word, `level` the policy's."""

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
