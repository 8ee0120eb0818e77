"""One small history that the tests of this room share: TLS on one address, a policy, ISO and NEN side by side."""

from datetime import UTC, date, datetime

from sqlmodel import Session

from checks.histories import load_history
from controls.audit.audit_plan import AuditPlan

KNOWN = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def history(**more):
    base = {
        "scope": [_period("portal", None), _period("www", "www.example")],
        "measures": ["tls"],
        "controls": ["iso:A.8.24", "iso:A.8.9", "nen:8.24"],
        "clauses": ["iso:9.2"],
        "requirements": [
            _requirement("tls-scan", measure="tls"),
            _requirement(
                "crypto-policy",
                control="iso:A.8.24",
                kind="record",
                scope="organisation",
                renewal="P1Y",
                review="required",
            ),
        ],
        "mappings": [
            {
                "measure": "tls",
                "control": "iso:A.8.24",
                "relation": "primary",
                "reviewed_at": "2025-01-02T09:00:00Z",
                "ended_at": None,
            }
        ],
        "crosswalk": [
            {"from": "nen:8.24", "to": "iso:A.8.24", "relation": "equal", "recorded_at": "2025-01-01T08:00:00Z"}
        ],
        "applicability": [],
        "evidence": [],
        "reviews": [],
        "exceptions": [],
        "closings": [],
        "nonconformities": [],
    }
    return base | more


def _period(key, target):
    return {
        "id": key,
        "system": "portal",
        "target": target,
        "attributes": [],
        "first_day": "2025-01-01",
        "last_day": None,
        "recorded_at": "2025-01-01T08:00:00Z",
    }


def _requirement(key, measure=None, control=None, kind="test", scope="target", renewal="P30D", review="automatic"):
    return {
        "key": key,
        "recorded_at": "2025-01-01T08:00:00Z",
        "applies_to": None,
        "measure": measure,
        "control": control,
        "kind": kind,
        "scope": scope,
        "renewal": renewal,
        "review": review,
    }


def scan(day, verdict="pass", failing=(), name=None, tool="testssl", end=None):
    return {
        "id": name or f"scan-{day}",
        "recorded_at": f"{day}T10:00:00Z",
        "first_day": day,
        "last_day": day,
        "explicit_end": end,
        "tool": tool,
        "covers": [
            {
                "requirement": "tls-scan",
                "system": "portal",
                "target": "www.example",
                "verdict": verdict,
                "failing": list(failing),
            }
        ],
    }


def policy(day, name="policy"):
    return {
        "id": name,
        "recorded_at": f"{day}T10:00:00Z",
        "first_day": day,
        "last_day": day,
        "explicit_end": None,
        "tool": None,
        "covers": [{"requirement": "crypto-policy", "system": None, "target": None, "verdict": "none"}],
    }


def accepted(evidence, day, decision="accepted"):
    return {"evidence": evidence, "decision": decision, "recorded_at": f"{day}T12:00:00Z"}


def closing(tool, day):
    where = {"requirement": "tls-scan", "system": "portal", "target": "www.example"}
    return {**where, "tool": tool, "recorded_at": f"{day}T12:00:00Z"}


def exception(check, first, last):
    return {
        "requirement": "tls-scan",
        "system": "portal",
        "target": "www.example",
        "tool": "testssl",
        "check": check,
        "first_day": first,
        "last_day": last,
        "recorded_at": f"{first}T11:00:00Z",
        "revoked_at": None,
    }


def audit(day=date(2027, 3, 16)):
    return AuditPlan("a", "Audit", day, date(2026, 3, 17), day, ("iso", "nen"), (), KNOWN, "")


def filled(engine, **more):
    with Session(engine.execution_options(writes=True)) as session:
        load_history(session, history(**more))
        session.commit()
    return Session(engine)
