"""The audit: its plan, applicability of controls, nonconformities."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from audits.applicability import decide
from audits.nonconformities import record_nonconformity
from audits.planning import plan_audit

#: permission → the verb of this room that asks for it
VERBS: Final[Mapping[str, Callable[..., Any]]] = {
    "applicability.decide": decide,
    "audit.plan": plan_audit,
    "nonconformity.record": record_nonconformity,
}

__all__ = ["VERBS"]
