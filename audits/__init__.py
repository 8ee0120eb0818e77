"""The audit: its plan, applicability of controls, nonconformities, and the days planned for evidence."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from audits.applicability import decide
from audits.nonconformities import record_nonconformity
from audits.planned_days import plan_days
from audits.planning import plan_audit

#: permission → the verb of this room that asks for it
VERBS: Final[Mapping[str, Callable[..., Any]]] = {
    "applicability.decide": decide,
    "audit.plan": plan_audit,
    "nonconformity.record": record_nonconformity,
    "task.plan": plan_days,
}

__all__ = ["VERBS"]
