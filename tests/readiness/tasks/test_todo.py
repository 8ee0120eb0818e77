from datetime import date

from small import KNOWN, TODAY, accepted, audit, filled, policy, scan

from access.permissions import BUILT_IN
from readiness import to_do


def test_evidence_that_expires_before_the_audit_must_be_renewed(engine):
    with filled(
        engine, evidence=[scan("2026-11-10"), policy("2026-11-01")], reviews=[accepted("policy", "2026-11-02")]
    ) as session:
        items = to_do(session, BUILT_IN, audit(), TODAY, KNOWN)
    assert [(item.requirement, item.action, item.status, item.due, item.controls) for item in items] == [
        ("tls-scan", "renew", "demonstrated", date(2026, 12, 10), 2)
    ]


def test_each_status_has_its_action(engine):
    with filled(engine, evidence=[scan("2026-11-10", "fail", ["a"]), policy("2026-11-01")]) as session:
        items = to_do(session, BUILT_IN, audit(), TODAY, KNOWN)
    assert [(item.requirement, item.action) for item in items] == [("tls-scan", "repair"), ("crypto-policy", "review")]
    with filled_again(engine) as session:
        assert to_do(session, BUILT_IN, audit(TODAY), TODAY, KNOWN) != []


def filled_again(engine):
    from sqlmodel import Session

    return Session(engine)


def test_nothing_is_to_do_when_all_evidence_is_valid_at_the_audit(engine):
    with filled(
        engine, evidence=[scan("2026-11-10"), policy("2026-11-01")], reviews=[accepted("policy", "2026-11-02")]
    ) as session:
        assert to_do(session, BUILT_IN, audit(date(2026, 12, 9)), TODAY, KNOWN) == []


def test_missing_evidence_is_to_be_provided(engine):
    with filled(engine) as session:
        assert {
            (item.requirement, item.action, item.due) for item in to_do(session, BUILT_IN, audit(), TODAY, KNOWN)
        } == {("tls-scan", "deliver", None), ("crypto-policy", "deliver", None)}
