"""The judgement: the readiness rule for any day and any moment's knowledge, and what follows from it."""

from readiness.behind import EvidenceFacts, ExceptionFact, behind
from readiness.continuity import (
    CellContinuity,
    Continuity,
    Span,
    continuity,
    control_continuity,
    measure_continuity,
)
from readiness.difference import Change, difference
from readiness.explain import ControlExplanation, ControlLine, controls_needing, explain_control, explain_controls
from readiness.explain_cell import CellExplanation, Fact, explain_cell, within
from readiness.rule import STATUSES
from readiness.status import (
    AuditReadiness,
    CellStatus,
    ControlStatus,
    MeasureStatus,
    Readiness,
    audit_readiness,
    for_audit,
    natural,
    readiness,
    worst,
)
from readiness.todo import ToDo, to_do, to_do_between
from readiness.trend import TrendPoint, trend
from readiness.unconfirmed import unconfirmed

__all__ = [
    "STATUSES",
    "AuditReadiness",
    "CellContinuity",
    "CellExplanation",
    "CellStatus",
    "Change",
    "Continuity",
    "ControlExplanation",
    "ControlLine",
    "ControlStatus",
    "EvidenceFacts",
    "ExceptionFact",
    "Fact",
    "MeasureStatus",
    "Readiness",
    "Span",
    "ToDo",
    "TrendPoint",
    "audit_readiness",
    "behind",
    "continuity",
    "control_continuity",
    "controls_needing",
    "difference",
    "explain_cell",
    "explain_control",
    "explain_controls",
    "for_audit",
    "measure_continuity",
    "natural",
    "readiness",
    "to_do",
    "to_do_between",
    "trend",
    "unconfirmed",
    "within",
    "worst",
]
