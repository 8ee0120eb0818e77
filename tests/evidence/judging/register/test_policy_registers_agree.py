"""Registers compared with another: the login log with last attempts, the access matrix with the approved one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.intake.submission import Population
from evidence.judging.policies import policies
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.judging.policy_judging import DAY, failing, judged
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.office import NOW, open_office

START = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)


# ── The log-in log ───────────────────────────────────────────────────────────────────────────────────────────────────


def attempt(number, user, at, outcome="geslaagd", probe="nee", system="portal"):
    return {
        "event_id": f"{50_000 + number}", "time": at.isoformat(), "user_ref": user, "outcome": outcome,
        "source": "192.0.2.0/24", "system": system, "reason": "", "method": "password", "probe": probe,
    }  # fmt: skip


def log(*extra, system="portal"):
    """Nine days, an attempt each, with the probe's two."""
    days = [(f"u-{day}", START + timedelta(days=day), "geslaagd", "nee") for day in range(9)]
    days += [("u-probe", START + timedelta(hours=1), "mislukt", "ja")]
    days += [("u-probe", START + timedelta(hours=1, seconds=20), "geslaagd", "ja"), *extra]
    days.sort(key=lambda event: event[1])
    return [attempt(number, *event, system=system) for number, event in enumerate(days)]


def known(rows, system="portal"):
    """The application's own last attempts: of each user and outcome the latest in the log."""
    last = {}
    for row in rows:
        outcome = "succeeded" if row["outcome"] == "geslaagd" else "failed"
        last[row["user_ref"], outcome] = datetime.fromisoformat(row["time"])
    return [
        {"system": system, "user_ref": user, "last_attempt": at, "outcome": outcome}
        for (user, outcome), at in last.items()
    ]


def of_log(rows, theirs, policy="login-log"):
    verdicts = judged(policy, table(*rows), population=len(rows), others={"last-attempts": theirs})[1]
    return verdicts["portal"]


def test_a_log_that_holds_every_last_attempt_passes():
    assert of_log(log(), known(log())).verdict == "pass"


@pytest.mark.parametrize("seconds", [-60, -59, 59, 60])
def test_attempt_within_a_minute_matches(seconds):
    moved = [
        attempt | {"last_attempt": attempt["last_attempt"] + timedelta(seconds=seconds)} for attempt in known(log())
    ]
    assert of_log(log(), moved).verdict == "pass"


@pytest.mark.parametrize("seconds", [-61, 61])
def test_attempt_more_than_a_minute_away_is_missing(seconds):
    moved = [
        attempt | {"last_attempt": attempt["last_attempt"] + timedelta(seconds=seconds)}
        if attempt["user_ref"] == "u-3"
        else attempt
        for attempt in known(log())
    ]
    assert failing(of_log(log(), moved)) == ["every-last-attempt"]


def test_a_user_who_is_missing_from_the_log_is_named():
    more = [*known(log()), {"system": "portal", "user_ref": "u-x", "last_attempt": START, "outcome": ""}]
    judgement = of_log(log(), more)
    assert failing(judgement) == ["every-last-attempt"]
    assert "u-x 2026-11-10T08:00:00+00:00" in str(judgement.failing[0][1])


def test_attempt_with_another_outcome_does_not_match():
    probe = [attempt | {"outcome": "failed"} if attempt["user_ref"] == "u-3" else attempt for attempt in known(log())]
    assert failing(of_log(log(), probe)) == ["every-last-attempt"]
    without_outcome = [attempt | {"outcome": ""} for attempt in known(log())]
    assert of_log(log(), without_outcome).verdict == "pass"


def test_a_later_attempt_than_the_application_knows_fails():
    rows = log(("u-2", START + timedelta(days=5), "geslaagd", "nee"))
    assert failing(of_log(rows, known(log()))) == ["every-last-attempt"]


def test_attempts_outside_the_period_or_of_another_system_are_ignored():
    more = [
        {"system": "portal", "user_ref": "u-old", "last_attempt": START - timedelta(days=40), "outcome": ""},
        {"system": "website", "user_ref": "u-web", "last_attempt": START, "outcome": ""},
    ]
    assert of_log(log(), [*known(log()), *more]).verdict == "pass"


def test_no_verdict_without_attempts_in_the_period():
    old = [attempt | {"last_attempt": attempt["last_attempt"] - timedelta(days=60)} for attempt in known(log())]
    for theirs in (old, []):
        judgement = of_log(log(), theirs)
        assert judgement.verdict == "none"
        assert "last-attempts" in str(judgement.reason)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 600_000), st.booleans()), min_size=1, max_size=12))
def test_log_agrees_with_last_attempts_derived_from_it(extra):
    """Whatever happened: a log and last attempts of one source never contradict each other."""
    more = [
        (f"v-{user}", START + timedelta(seconds=at), "geslaagd" if well else "mislukt", "nee")
        for user, at, well in extra
    ]
    rows = log(*more)
    assert "every-last-attempt" not in failing(of_log(rows, known(rows)))


def test_last_attempts_must_include_the_probes():
    probe = {"system": "portal", "user_ref": "u-p", "last_attempt": START.isoformat(), "probe": "ja"}
    rows = [
        probe | {"outcome": "mislukt"},
        probe | {"outcome": "geslaagd", "last_attempt": (START + timedelta(seconds=9)).isoformat()},
    ]
    assert judged("last-attempts", table(*rows), population=1)[1]["portal"].verdict == "pass"
    failed, succeeded = (judged("last-attempts", table(row), population=1) for row in rows)
    assert failing(failed[1]["portal"]) == ["probe-succeeded"]
    assert failing(succeeded[1]["portal"]) == []  # it may keep only successes: someone else decides
    assert "no attempt that failed" in str(succeeded[2].to_review[0])


# ── The access matrix ────────────────────────────────────────────────────────────────────────────────────────────────


def right(role, part, action, relation, expected, **more):
    tried = {"actual": expected, "tested_on": "2026-11-10", "method": "aanroep"}
    return {
        "system": "portal", "role": role, "part": part, "action": action, "relation": relation, "expected": expected
    } | tried | more  # fmt: skip


MATRIX = [
    right(
        role, part, action, relation, "nee" if relation == "ander" or (role, action) == ("lezer", "wijzigen") else "ja"
    )
    for role in ("lezer", "zorgverlener", "beheerder")
    for part in ("dossier", "agenda")
    for action in ("lezen", "wijzigen")
    for relation in ("eigen", "ander")
]
APPROVED = [
    {
        "system": row["system"], "role": row["role"], "part": row["part"],
        "action": {"lezen": "read", "wijzigen": "change"}[row["action"]],
        "relation": {"eigen": "own", "ander": "other"}[row["relation"]],
        "expected": {"ja": "allow", "nee": "deny"}[row["expected"]],
    }
    for row in MATRIX
]  # fmt: skip


def of_matrix(rows, approved=APPROVED, policy="access-matrix"):
    verdicts = judged(policy, table(*rows), population=len(rows), others={"approved-access-matrix": approved})[1]
    return verdicts["portal"]


def test_matrix_equal_to_the_approved_one_passes():
    assert of_matrix(MATRIX).verdict == "pass"


def test_expectation_changed_to_match_the_result_fails():
    """Expected and actual agree, and still it is not what was approved."""
    changed = [row | {"expected": "ja", "actual": "ja"} if number == 1 else row for number, row in enumerate(MATRIX)]
    judgement = of_matrix(changed)
    assert failing(judgement) == ["as-approved"]
    reason = str(judgement.failing[0][1])
    assert "- portal/lezer/dossier/read/other/deny" in reason
    assert "+ portal/lezer/dossier/read/other/allow" in reason


def test_matrix_without_an_approved_role_fails():
    assert failing(of_matrix([row for row in MATRIX if row["role"] != "lezer"])) == ["as-approved"]


def test_approved_matrix_of_another_system_is_ignored():
    assert of_matrix(MATRIX, [*APPROVED, APPROVED[0] | {"system": "website"}]).verdict == "pass"
    assert of_matrix(MATRIX, [row | {"system": "website"} for row in APPROVED]).verdict == "none"


def test_approved_matrix_is_judged_as_a_register():
    rows = [
        {name: row[name] for name in ("system", "role", "part", "action", "relation", "expected")}
        | {"approved_by_ref": "P-1", "approved_on": "2026-02-01"}
        for row in MATRIX
    ]
    judge = lambda rows: judged("approved-access-matrix", table(*rows), population=len(rows))[1]["portal"]  # noqa: E731
    assert judge(rows).verdict == "pass"
    assert failing(judge(rows[1:])) == ["every-combination"]
    assert len(failing(judge([row | {"approved_on": "2025-10-21"} for row in rows]))) == len(rows)


# ── The same file, by care relation ──────────────────────────────────────────────────────────────────────────────────


def test_access_matrix_passes_the_care_relation_policy():
    assert of_matrix(MATRIX, policy="care-relation-matrix").verdict == "pass"


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"actual": "ja"}, ["other-allowed"]),
        ({"expected": "ja"}, ["other-expected"]),
        ({"expected": "ja", "actual": "ja"}, ["other-allowed", "other-expected"]),
    ],
)
def test_access_to_records_of_other_patients_fails(changes, rules):
    rows = [row | changes if number == 1 else row for number, row in enumerate(MATRIX)]
    checks = failing(of_matrix(rows, policy="care-relation-matrix"))
    assert sorted(check.rpartition(": ")[2] for check in checks) == rules


@pytest.mark.parametrize("relation", ["alle", ""])
def test_a_record_that_opens_whatever_the_relation_fails(relation):
    for_all = right("beheerder", "dossier", "exporteren", relation, "ja")
    judged_matrix = of_matrix([*MATRIX, for_all], policy="care-relation-matrix")
    assert failing(judged_matrix) == ["whatever-the-relation"]
    refused, no_record = for_all | {"actual": "nee"}, for_all | {"part": "instellingen"}
    assert of_matrix([*MATRIX, refused, no_record], policy="care-relation-matrix").verdict == "pass"


def test_every_role_needs_a_refusal_that_was_tried():
    looked_up = [row | {"method": "configuratie"} if row["role"] == "lezer" else row for row in MATRIX]
    assert failing(of_matrix(looked_up, policy="care-relation-matrix")) == ["every-role-refused"]


# ── The log of access to records ─────────────────────────────────────────────────────────────────────────────────────


def access(number, **changes):
    return {
        "event_id": f"{number}", "time": (START + timedelta(minutes=number)).isoformat(), "user_ref": "u-1",
        "subject_ref": "c-9", "action": "inzien", "on_behalf_of": "praktijk-3", "basis": "behandelrelatie",
        "outcome": "geslaagd", "system": "portal", "probe": "nee",
    } | changes  # fmt: skip


RECORDS = [access(1), access(2, probe="ja"), access(3, probe="ja", outcome="geweigerd")]


def of_records(rows):
    return judged("record-access-extract", table(*rows), population=len(rows))[1]["portal"]


def test_record_access_log_with_its_probes_passes():
    assert of_records(RECORDS).verdict == "pass"


@pytest.mark.parametrize("left", ["user_ref", "subject_ref", "action", "on_behalf_of", "time", "outcome"])
def test_record_access_line_needs_user_patient_action_time_and_client(left):
    checks = failing(of_records([access(1, **{left: ""}), *RECORDS[1:]]))
    assert checks == [f"1: {left}"]


def test_record_access_log_without_a_probe_or_with_a_gap_fails():
    assert failing(of_records(RECORDS[:2])) == ["probe-refused"]
    assert failing(of_records([*RECORDS, access(5)])) == ["numbers"]


# ── Erasures ─────────────────────────────────────────────────────────────────────────────────────────────────────────

ERASURE = ROWS["request-register"] | {
    "type": "wissing", "executed_on": "2026-08-30", "recipients_told": "n.v.t.",
}  # fmt: skip


def of_requests(*rows, destroyed=None):
    others = (
        {} if destroyed is None else {"destruction-log": [{"request_ref": request_ref} for request_ref in destroyed]}
    )
    return judged("request-register", table(*rows), population=len(rows), others=others)[1][""]


def test_granted_erasure_must_be_in_the_destruction_log():
    assert of_requests(ERASURE, destroyed=["R-2026-01"]).verdict == "pass"
    assert failing(of_requests(ERASURE, destroyed=["R-2026-02", ""])) == ["erased"]
    assert of_requests(ERASURE).verdict == "none"


def test_without_erasures_no_destruction_log_is_needed():
    assert of_requests(ROWS["request-register"]).verdict == "pass"
    assert (
        of_requests(ERASURE | {"outcome": "geweigerd", "refusal_explained": "ja", "executed_on": ""}).verdict == "pass"
    )


# ── Handed in ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(engine, tmp_path):
    made = open_office(engine, tmp_path)
    table_kind = {"kind": "register", "formats": ["csv", "jsonl"], "scope": "system", "review": "automatic"}
    with writing(engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        for key, policy in (("extract", "login-log"), ("attempts", "last-attempts")):
            redefine(session, now, "policy", key=key, policy=policy, **table_kind)
    return made


def deliver(office, requirement, rows, at=NOW):
    number = len({row["user_ref"] for row in rows}) if requirement == "attempts" else len(rows)
    return office.deliver(
        table(*rows).encode(),
        requirements=(requirement,),
        at=at,
        first_day=date(2026, 11, 10),
        last_day=date(2026, 11, 18),
        population=Population(number, "application", DAY),
    )


def test_login_log_is_compared_with_accepted_last_attempts(office):
    rows = log()
    assert deliver(office, "extract", rows).covered[0].verdict == "none"
    probes = ("u-probe",)
    own = [
        attempt
        | {
            "last_attempt": attempt["last_attempt"].isoformat(),
            "probe": "ja" if attempt["user_ref"] in probes else "",
        }
        for attempt in known(rows)
    ]
    attempts = deliver(office, "attempts", own)
    assert attempts.covered[0].verdict == "pass"
    assert attempts.review_reasons  # of other days than that of handing in
    office.review(attempts.evidence, "accepted", at=NOW + timedelta(minutes=1))
    again = [*rows, attempt(11, "u-8", START + timedelta(days=8, minutes=1))]
    assert deliver(office, "extract", again, at=NOW + timedelta(hours=1)).covered[0].verdict == "pass"
    cheat = [*again, attempt(12, "u-8", START + timedelta(days=8, minutes=2))]
    late = deliver(office, "extract", cheat, at=NOW + timedelta(hours=2))
    assert [check for check, _ in late.covered[0].failing] == ["every-last-attempt"]


def test_failing_register_is_not_used_for_comparison(office):
    """Without the probe in it, the application's own list is not what it should be."""
    rows = log()
    own = [attempt | {"last_attempt": attempt["last_attempt"].isoformat(), "probe": ""} for attempt in known(rows)]
    assert deliver(office, "attempts", own).covered[0].verdict == "fail"
    assert deliver(office, "extract", rows).covered[0].verdict == "none"


def test_compared_policies_exist():
    for policy in policies().values():
        for other in policy.rules.compared_with() if policy.judges == "register" else ():
            assert policies()[other].judges == "register", (policy.id, other)


# ── Exports of another order, and what systems have in common ────────────────────────────────────────────────────────


def test_log_with_the_newest_attempt_first_passes():
    judgement = of_log(log()[::-1], known(log()))
    assert (judgement.verdict, failing(judgement)) == ("pass", [])


@pytest.mark.parametrize("turned", [False, True])
def test_times_out_of_order_and_long_gaps_fail_in_either_order(turned):
    rows = log()
    mixed = [*rows[:3], rows[8], *rows[3:8], *rows[9:]]
    for lines, name in ((mixed, "in-order"), ([*rows[:4], *rows[9:]], "no-silence")):
        assert name in failing(of_log(lines[::-1] if turned else lines, known(rows)))
