"""Tables, one file per concept, without queries or rules.

Terms are those of `docs/glossary.md`. Moments are time zone aware, in UTC; days are those of the organisation.
`recorded_at` is the moment a fact became known; these moments follow the order of commits (`transaction.py`).
"""

from models.tables.account import (
    Account,
    ApiToken,
    Identity,
    LoginAttempt,
    LoginLogEnd,
    OneTimeLink,
    Passkey,
    RecoveryCode,
    RoleGrant,
    SecondFactor,
    Setting,
    SignInSession,
)
from models.tables.activity import Activity, Checkpoint
from models.tables.agreement import Acceptance, Agreement
from models.tables.audit import Audit
from models.tables.calendar_feed import CalendarFeed
from models.tables.catalogue import Catalogue, Control, Crosswalk
from models.tables.clock import Clock
from models.tables.decision import Applicability, CheckException, Nonconformity, SeriesClosing
from models.tables.evidence import Cell, Coverage, CoverageCheck, Evidence, EvidenceFile, Judgement, Review, Series
from models.tables.mail import MailDelivery
from models.tables.policy import PolicyEdition
from models.tables.requirement import EvidenceRequirement
from models.tables.scope import LiveCheck, LiveCheckRun, ScopeAttribute, ScopePeriod, System, TargetAddress, Team
from models.tables.statement import (
    Clause,
    ClauseMeasure,
    Mapping,
    Measure,
    Statement,
    StatementDraft,
    StatementDraftVersion,
    StatementPublication,
)
from models.tables.task import Assignment, PlannedDay
from models.tables.test_run import FindingChange, TestResult, TestRun
from models.tables.trend import TrendWeek
from models.tables.upload import Upload

__all__ = [
    "Acceptance",
    "Account",
    "Activity",
    "Agreement",
    "ApiToken",
    "Applicability",
    "Assignment",
    "Audit",
    "CalendarFeed",
    "Catalogue",
    "Cell",
    "CheckException",
    "Checkpoint",
    "Clause",
    "ClauseMeasure",
    "Clock",
    "Control",
    "Coverage",
    "CoverageCheck",
    "Crosswalk",
    "Evidence",
    "EvidenceFile",
    "EvidenceRequirement",
    "FindingChange",
    "Identity",
    "Judgement",
    "LiveCheck",
    "LiveCheckRun",
    "LoginAttempt",
    "LoginLogEnd",
    "MailDelivery",
    "Mapping",
    "Measure",
    "Nonconformity",
    "OneTimeLink",
    "Passkey",
    "PlannedDay",
    "PolicyEdition",
    "RecoveryCode",
    "Review",
    "RoleGrant",
    "ScopeAttribute",
    "ScopePeriod",
    "SecondFactor",
    "Series",
    "SeriesClosing",
    "Setting",
    "SignInSession",
    "Statement",
    "StatementDraft",
    "StatementDraftVersion",
    "StatementPublication",
    "System",
    "TargetAddress",
    "Team",
    "TestResult",
    "TestRun",
    "TrendWeek",
    "Upload",
]
