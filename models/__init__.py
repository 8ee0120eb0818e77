"""Tables, one file per concept, without queries or rules.

Terms are those of `docs/glossary.md`. Moments are time zone aware, in UTC; days are those of the organisation.
`recorded_at` is the moment a fact became known; these moments follow the order of commits (`transaction.py`).
"""

from models.account import (
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
from models.activity import Activity, Checkpoint
from models.agreement import Acceptance, Agreement
from models.audit import Audit
from models.calendar_feed import CalendarFeed
from models.catalogue import Catalogue, Control, Crosswalk
from models.clock import Clock
from models.decision import Applicability, CheckException, Nonconformity, SeriesClosing
from models.evidence import Cell, Coverage, CoverageCheck, Evidence, EvidenceFile, Judgement, Review, Series
from models.mail import MailDelivery
from models.policy import PolicyEdition
from models.requirement import EvidenceRequirement
from models.scope import LiveCheck, LiveCheckRun, ScopeAttribute, ScopePeriod, System, TargetAddress, Team
from models.statement import (
    Clause,
    ClauseMeasure,
    Mapping,
    Measure,
    Statement,
    StatementDraft,
    StatementDraftVersion,
    StatementPublication,
)
from models.task import Assignment, PlannedDay
from models.test_run import FindingChange, TestResult, TestRun
from models.trend import TrendWeek
from models.upload import Upload

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
