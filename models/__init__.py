"""The tables, one file a concept: what is stored, without queries or rules.

Words are those of the field (`docs/glossary.md`). Moments are aware, in UTC; days are the organisation's.
A *recorded moment* (`recorded_at`) is when a fact became known; moments follow the order of commits (`transaction.py`).
"""

from models.activity import Activity
from models.audit import Audit
from models.catalogue import Catalogue, Control, Crosswalk
from models.clock import Clock
from models.decision import Applicability, CheckException, Nonconformity, SeriesClosing
from models.evidence import Cell, Coverage, CoverageCheck, Evidence, EvidenceFile, Review, Series
from models.requirement import EvidenceRequirement
from models.scope import ScopeAttribute, ScopePeriod, System, Team
from models.statement import Clause, ClauseMeasure, Mapping, Measure, Statement
from models.test_run import TestResult, TestRun
from models.trend import TrendWeek

__all__ = [
    "Activity",
    "Applicability",
    "Audit",
    "Catalogue",
    "Cell",
    "CheckException",
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
    "Mapping",
    "Measure",
    "Nonconformity",
    "Review",
    "ScopeAttribute",
    "ScopePeriod",
    "Series",
    "SeriesClosing",
    "Statement",
    "System",
    "Team",
    "TestResult",
    "TestRun",
    "TrendWeek",
]
