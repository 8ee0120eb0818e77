"""The readiness rule for any day, by the knowledge of any moment, and the reports that follow from it."""

from readiness.effects.acceptance import AcceptanceEffect, acceptance_effect
from readiness.effects.difference import Change, difference
from readiness.effects.what_if import Scenario, WhatIf, what_if
from readiness.explanations.deciding_evidence import EvidenceFacts, ExceptionFact, find_deciding_evidence
from readiness.explanations.explain_cell import CellExplanation, Fact, explain_cell, withhold_unreadable
from readiness.explanations.explain_control import (
    ControlExplanation,
    ControlLine,
    controls_needing,
    explain_control,
    explain_controls,
    needed_requirements,
)
from readiness.explanations.unconfirmed_mappings import controls_with_unconfirmed_mapping
from readiness.over_time.continuity import (
    CellContinuity,
    Continuity,
    StatusSpan,
    continuity,
    control_continuity,
    measure_continuity,
)
from readiness.over_time.trend import TrendPoint, trend
from readiness.rule import STATUSES
from readiness.status import (
    AuditReadiness,
    CellStatus,
    ControlStatus,
    MeasureStatus,
    Readiness,
    audit_readiness,
    audit_verdict,
    natural_sort_key,
    readiness,
    withhold_unreadable_of_cells,
    worst_status,
)
from readiness.tasks.calendar_entries import CalendarEntry, EntryKind, calendar_entries
from readiness.tasks.due_days import Task, due_tasks, due_tasks_between
from readiness.tasks.review_queue import QueueItem, ReviewQueue, review_queue, waiting_number
from readiness.tasks.todo import ToDo, to_do, to_do_between

__all__ = [
    "STATUSES",
    "AcceptanceEffect",
    "AuditReadiness",
    "CalendarEntry",
    "CellContinuity",
    "CellExplanation",
    "CellStatus",
    "Change",
    "Continuity",
    "ControlExplanation",
    "ControlLine",
    "ControlStatus",
    "EntryKind",
    "EvidenceFacts",
    "ExceptionFact",
    "Fact",
    "MeasureStatus",
    "QueueItem",
    "Readiness",
    "ReviewQueue",
    "Scenario",
    "StatusSpan",
    "Task",
    "ToDo",
    "TrendPoint",
    "WhatIf",
    "acceptance_effect",
    "audit_readiness",
    "audit_verdict",
    "calendar_entries",
    "continuity",
    "control_continuity",
    "controls_needing",
    "controls_with_unconfirmed_mapping",
    "difference",
    "due_tasks",
    "due_tasks_between",
    "explain_cell",
    "explain_control",
    "explain_controls",
    "find_deciding_evidence",
    "measure_continuity",
    "natural_sort_key",
    "needed_requirements",
    "readiness",
    "review_queue",
    "to_do",
    "to_do_between",
    "trend",
    "waiting_number",
    "what_if",
    "withhold_unreadable",
    "withhold_unreadable_of_cells",
    "worst_status",
]
