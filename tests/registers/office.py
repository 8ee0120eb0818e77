"""A company with three systems and the requirements of the included statement, and uploads of its registers."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from access.permissions import BUILT_IN, SECURITY_OFFICER, Person
from controls.files.words import SYSTEM_ATTRIBUTES
from controls.load import load
from controls.scope.system_scope import add_system, bring_into_scope, scope_on, withdraw
from evidence.errors import MappingNeeded
from evidence.intake import submission
from evidence.intake.column_mapping.redaction import redacted, reference_key
from evidence.intake.delivery.delivery import Population
from evidence.intake.submission import Delivery, Filed, Incoming
from evidence.judging.table_mapping import TableMapping
from evidence.storage.store import EvidenceStore
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.office import Office
from tests.registers.sheet import Register, cells

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY = NOW.date()
OFFICER = Person("officer", frozenset({SECURITY_OFFICER}))
SYSTEMS = {
    "portal": ("Cliëntportaal", "Client portal"),
    "planner": ("Planbord", "Planner"),
    "desk": ("Servicedesk", "Desk"),
}
#: policy → requirement, where their names differ
REQUIREMENTS = {
    "eura": "eura-acceptance-export",
    "eura-text": "eura-versions",
    "login-log": "login-log-extract",
    "record-access-extract": "record-access-log",
    "care-relation-matrix": "care-relation-access",
}
_OTHERS = ("incident-register", "patch-register", "training-register")  # that the first statement does not ask


@dataclass(frozen=True)
class Outcome:
    """The outcome of an upload: how many mappings were confirmed, and what was recorded."""

    confirmations: int
    filed: Filed

    @property
    def verdicts(self) -> set[str]:
        return {str(cell.verdict) for cell in self.filed.covered}

    @property
    def reasons(self) -> list[str]:
        return [f"{check}: {reason}" for cell in self.filed.covered for check, reason in cell.failing]


def open_company(engine: Engine, folder: Path) -> Office:
    with writing(engine, datetime(2026, 1, 5, tzinfo=UTC)) as (session, now):
        load(session, BUILT_IN, now)
    with writing(engine, datetime(2026, 1, 6, tzinfo=UTC)) as (session, now):
        for system in scope_on(session, now.date(), now):
            withdraw(session, BUILT_IN, system.period_key, now)
        for key, (nl, en) in SYSTEMS.items():
            add_system(session, BUILT_IN, key, nl, en, now)
            attributes = [attribute for attribute in SYSTEM_ATTRIBUTES if attribute != "keeps-evidence"]
            bring_into_scope(session, BUILT_IN, key, date(2026, 1, 1), now, attributes=attributes)
        for policy in _OTHERS:
            redefine(session, now, "processor-register", key=policy, policy=policy)
    return Office(engine, EvidenceStore(str(folder / "store")))


def requirement_of(policy: str) -> str:
    return REQUIREMENTS.get(policy, policy)


def accept_others(office: Office, register: Register) -> None:
    """Upload and accept the registers that this one is compared with."""
    for policy, table in register.accepted.items():
        rows = cells(table)
        content = io.StringIO()
        csv.writer(content).writerows(rows)
        count = {"population": Population(len(rows) - 1, "source", DAY)}
        filed = office.deliver(
            content.getvalue().encode(),
            **_declared(policy, _systems_of(policy, register), DAY),
            names=("x.csv",),
            **count,
        )
        office.review(filed.evidence, "accepted", at=NOW)


def hand_in(office: Office, register: Register, content: bytes) -> Outcome:
    """Upload a register as a person does: confirm the proposed mapping, if any, with at most one correction."""
    declared = {**_declared(register.policy, register.systems, register.first_day or DAY), **_counted(register)}
    try:
        return Outcome(0, office.deliver(content, names=(register.file,), **declared))
    except MappingNeeded as problem:
        mapping = TableMapping.model_validate(corrected(problem.proposed_mapping, register.correction))
    return Outcome(1, _deliver_mapped(office, register, content, mapping, declared))


def _deliver_mapped(
    office: Office, register: Register, content: bytes, mapping: TableMapping, declared: Mapping[str, Any]
) -> Filed:
    """Upload with a mapping as the page and the API do: personal data is redacted before anything is stored."""
    rest = {name: value for name, value in declared.items() if name not in ("person", "at")}
    with submission.inspect(office.store, [Incoming(io.BytesIO(content), register.file)]) as raw:
        with writing(office.engine, NOW) as (session, now):
            key = reference_key(session, now)
        with redacted(office.store, raw, mapping, key) as inspection, writing(office.engine, NOW) as (session, now):
            return submission.submit(session, office.store, OFFICER, Delivery(inspection, mapping=mapping, **rest), now)


def corrected(proposed: Mapping[str, Any], correction: Mapping[str, Any]) -> dict[str, Any]:
    """A proposed mapping with the corrections of a person."""
    changed = dict(proposed)
    for name, value in correction.items():
        known = changed.get(name)
        changed[name] = corrected(known or {}, value) if isinstance(value, Mapping) else value
    return changed


def _systems_of(policy: str, register: Register) -> tuple[str, ...]:
    """The systems of a compared register; none for most, which cover the organisation."""
    of_systems = policy in ("access-review", "approved-access-matrix", "destruction-log", "last-attempts")
    return (register.systems or ("portal",)) if of_systems else ()


def _declared(policy: str, systems: tuple[str, ...], first: date) -> dict[str, Any]:
    return {
        "requirements": (requirement_of(policy),), "systems": systems, "first_day": first, "last_day": DAY,
        "person": OFFICER, "at": NOW,
    }  # fmt: skip


def _counted(register: Register) -> dict[str, Any]:
    if isinstance(register.counts, int):
        return {"population": Population(register.counts, "source", DAY)}
    total = sum(register.counts.values())
    return {"population": Population(total, "source", DAY), "populations": dict(register.counts)}
