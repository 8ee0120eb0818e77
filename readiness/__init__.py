"""The judgement: the readiness rule for any day and any moment's knowledge, and what follows from it."""

from readiness.continuity import (
    CellContinuity,
    Continuity,
    Span,
    continuity,
    control_continuity,
    measure_continuity,
)
from readiness.difference import Change, difference
from readiness.explain import (
    CellExplanation,
    ControlExplanation,
    ControlLine,
    Fact,
    controls_needing,
    explain_cell,
    explain_control,
    explain_controls,
)
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
    "Fact",
    "MeasureStatus",
    "Readiness",
    "Span",
    "ToDo",
    "TrendPoint",
    "audit_readiness",
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
    "worst",
]
