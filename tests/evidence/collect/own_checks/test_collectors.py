"""Each collector on real rows: it passes when all holds, and fails for each fact that does not."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, text, update

from access.activity.checkpoint_file import path_of
from access.people import accounts, agreements
from access.permissions import BUILT_IN, PERMISSIONS, READER, REVIEWER, SECURITY_OFFICER
from access.sign_in import second_factor
from evidence.collect.collector_context import APPROVED_MATRIX
from evidence.collect.own_checks import access_matrix, allowed_verbs, verification
from evidence.collect.own_checks.approved_matrix import read_approved_matrix
from evidence.collect.own_checks.collectors import COLLECTORS
from models.bulk_changes import table
from models.transaction import reading, writing
from tests.access.households import DAY, HOUR, NOON, TODAY, do, person
from tests.evidence.collect.conftest import sign_in
from tests.evidence.office import JUNIT

# ── All holds ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["login-log", "agreements", "second-factor", "access-matrix", "activity-log"])
def test_collector_passes_and_requirement_is_demonstrated_when_all_holds(product, key):
    requirements = next(collector.requirements for collector in COLLECTORS if collector.key == key)
    product.collect("none")  # puts the system in scope
    assert {product.status(requirement) for requirement in requirements} == {"missing"}
    assert product.failing(key) == []
    assert {product.status(requirement) for requirement in requirements} == {"demonstrated"}


def test_requirement_fails_with_a_failing_fact_until_it_is_corrected(product):
    product.do(lambda s, now: s.execute(delete(table("second_factor"))))
    assert product.failing("second-factor") == ["covered: security officer"]
    assert product.status("second-factor-coverage") == "failing"
    row = {"account": product.officer, "credential": "c", "public_key": "k", "label": "key", "added_at": NOON}
    product.do(lambda s, now: s.execute(insert(table("passkey")), [row]))
    assert product.failing("second-factor") == []
    assert product.status("second-factor-coverage") == "demonstrated"


# ── Login log ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_login_log_fails_when_an_attempt_is_missing(product):
    for at in (3, 2):
        sign_in(product.engine, product.reader, "ruud@example.org", NOON - at * HOUR)
    attempt = table("login_attempt")
    product.tamper(lambda s, now: s.execute(delete(attempt).where(attempt.c.id == 3)))
    assert product.failing("login-log") == ["every session has its attempt", "numbers without gaps"]


def test_login_log_fails_when_the_first_attempt_is_missing(product):
    attempt = table("login_attempt")
    product.tamper(lambda s, now: s.execute(delete(attempt).where(attempt.c.id == 1)))
    assert "numbers without gaps" in product.failing("login-log")


def test_login_log_fails_when_the_last_attempt_is_missing(product):
    attempt = table("login_attempt")
    product.tamper(lambda s, now: s.execute(delete(attempt).where(attempt.c.id == 2)))
    assert product.failing("login-log") == ["every session has its attempt"]


def test_login_log_fails_when_an_attempt_has_another_time(product):
    attempt = table("login_attempt")
    product.tamper(lambda s, now: s.execute(update(attempt).where(attempt.c.id == 2).values(at=NOON - 3 * DAY)))
    assert product.failing("login-log") == ["every session has its attempt", "in order of time"]


def test_attempt_before_the_period_is_no_gap(product):
    row = {"id": 1, "at": NOON - 40 * DAY, "tried": "x", "method": "password", "succeeded": False, "reason": "unknown"}
    attempt = table("login_attempt")

    def older(session, _now):
        session.execute(update(attempt).where(attempt.c.id == 2).values(id=3))
        session.execute(update(attempt).where(attempt.c.id == 1).values(id=2))
        session.execute(insert(attempt), [row])

    product.tamper(older)
    assert product.failing("login-log") == []


def test_period_without_attempts_gives_no_evidence(product):
    product.tamper(
        lambda s, now: (s.execute(delete(table("login_attempt"))), s.execute(delete(table("sign_in_session"))))
    )
    outcome = product.collect("login-log")["login-log"]
    assert (outcome.result, str(outcome.why)) == ("nothing", "Nobody tried to sign in during the last 30 days.")


# ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_agreements_fail_when_a_new_version_is_not_accepted(product):
    do(product.engine, agreements.publish, BUILT_IN, READER, "Nieuw.", "New.", TODAY, at=NOON - HOUR)
    assert product.failing("agreements") == ["accepted: reader"]


def test_person_who_never_signed_in_need_not_have_accepted(product):
    invited = person(product.engine, "Inge", "inge@example.org", [(READER, None, None)], password="")
    assert product.failing("agreements") == []
    sign_in(product.engine, invited, "inge@example.org", NOON - HOUR)
    assert product.failing("agreements") == ["accepted: reader"]


def test_agreements_fail_for_a_role_without_agreement(product):
    agreement, acceptance = table("agreement"), table("acceptance")
    its = select(agreement.c.id).where(agreement.c.role == READER)

    def gone(session, _now):
        session.execute(delete(acceptance).where(acceptance.c.agreement.in_(its)))
        session.execute(delete(agreement).where(agreement.c.role == READER))

    product.tamper(gone)
    assert product.failing("agreements") == ["accepted: reader"]


def test_agreements_fail_when_a_published_text_is_changed(product):
    product.change("agreement", text_nl="Alles mag.")
    assert product.failing("agreements") == ["texts as published"]


def test_agreements_fail_when_another_text_was_accepted(product):
    product.change("acceptance", sha256="0" * 64)
    assert product.failing("agreements") == ["accepted what was published"]


# ── Second factor ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unconfirmed_codes_are_no_second_factor(product):
    product.change("second_factor", confirmed_at=None)
    assert product.failing("second-factor") == ["covered: security officer"]


def test_second_factor_is_checked_for_each_role_without_ended_accounts(product):
    do(
        product.engine,
        second_factor.set_demanded_roles,
        BUILT_IN,
        [READER, REVIEWER, SECURITY_OFFICER],
        at=NOON - HOUR,
    )
    assert product.failing("second-factor") == ["covered: reader"]
    do(product.engine, accounts.end, BUILT_IN, product.reader, at=NOON - HOUR)
    assert product.failing("second-factor") == []


def test_no_evidence_when_no_role_requires_a_second_factor(product):
    product.do(lambda s, now: s.execute(delete(table("setting"))))
    outcome = product.collect("second-factor")["second-factor"]
    assert (outcome.result, str(outcome.why)) == ("nothing", "No role demands a second factor.")
    assert product.office.count("evidence") == 0


# ── Access matrix ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_access_matrix_fails_for_a_permission_that_was_not_approved(product, monkeypatch):
    monkeypatch.setitem(PERMISSIONS, "people.manage", PERMISSIONS["people.manage"] | {READER})
    assert product.failing("access-matrix") == ["reader: people.manage"]


def test_access_matrix_fails_for_a_removed_or_unknown_permission(product, monkeypatch):
    monkeypatch.setitem(PERMISSIONS, "preview", frozenset())
    monkeypatch.setitem(PERMISSIONS, "people.erase", frozenset())
    assert product.failing("access-matrix") == ["matrix is complete", "security officer: preview"]


def test_access_matrix_fails_for_a_verb_without_permission_check(product, monkeypatch):
    monkeypatch.setattr(allowed_verbs, "VERBS", {"token.manage": lambda session, person: session.execute("")})
    failing = product.failing("access-matrix")
    assert len(failing) == 5 and all(check.endswith(": token.manage") for check in failing)


def test_verb_that_uses_no_argument_gives_no_evidence(product, monkeypatch):
    monkeypatch.setattr(allowed_verbs, "VERBS", {"token.manage": lambda session, person: None})
    assert product.collect("access-matrix")["access-matrix"].result == "failed"
    assert product.office.count("evidence") == 0


def test_access_matrix_fails_for_a_role_outside_the_matrix(product):
    row = {"account": product.reader, "role": "root", "granted_at": NOON, "granted_by": "?"}
    product.do(lambda s, now: s.execute(insert(table("role_grant")), [row]))
    assert product.failing("access-matrix") == ["roles are known ones"]


def test_access_matrix_fails_when_an_ended_account_has_roles(product, monkeypatch):
    do(product.engine, accounts.end, BUILT_IN, product.reader, at=NOON - HOUR)
    assert product.failing("access-matrix") == []
    monkeypatch.setattr(accounts, "account_is_active", lambda session, now: text("1 = 1"))
    assert product.failing("access-matrix") == ["people are what was given"]


def test_access_matrix_fails_for_a_session_used_after_the_last_day(product):
    account = table("account")
    product.do(lambda s, now: s.execute(update(account).where(account.c.name == "Ruud").values(ends_on=TODAY - DAY)))
    product.change("sign_in_session", ends_at=NOON + HOUR)
    assert product.failing("access-matrix") == []  # last seen on a day that held: nothing lets it in
    product.change("sign_in_session", seen_at=NOON - HOUR)
    assert product.failing("access-matrix") == ["ended accounts are not signed in"]
    product.change("sign_in_session", ended_at=NOON - HOUR)
    assert product.failing("access-matrix") == []


def test_access_matrix_fails_for_a_token_of_an_ended_account(product):
    row = {"token_sha256": "0", "label": "t", "account": product.reader, "permissions": [], "requirements": []}
    row |= {"systems": [], "last_day": TODAY + DAY, "issued_at": NOON, "issued_by": "Olga"}
    product.do(lambda s, now: s.execute(insert(table("api_token")), [row]))
    assert product.failing("access-matrix") == []
    do(product.engine, accounts.end, BUILT_IN, product.reader, at=NOON - HOUR)
    product.do(lambda s, now: s.execute(update(table("api_token")).values(revoked_at=None)))
    assert product.failing("access-matrix") == ["ended accounts have no token"]
    product.change("api_token", revoked_at=NOON - HOUR)
    assert product.failing("access-matrix") == []


def test_every_role_and_permission_is_a_case_once(product):
    matrix = read_approved_matrix(APPROVED_MATRIX)
    with writing(product.engine, NOON) as (session, now):
        names = [case.name for case in access_matrix.cases(session, product.context, now)]
    pairs = {f"{role}: {permission}" for role in matrix.roles for permission in matrix.permissions}
    assert len(names) == len(set(names)) and pairs < set(names)
    assert len(matrix.permissions) == len(PERMISSIONS) and len(pairs) == 7 * len(PERMISSIONS)


@pytest.mark.parametrize("page", ["", "| permission |\n", "| permission | what | reader |\n|---|\n| `a` | b |\n", None])
def test_no_evidence_without_the_approved_matrix(product, tmp_path, page):
    path = tmp_path / "page.md"
    if page is not None:
        path.write_text(page)
    product.context = replace(product.context, matrix=path)
    assert product.collect("access-matrix")["access-matrix"].result == "failed"
    assert product.failures()[0][1]["error"].startswith("page.md")


# ── Activity log ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_activity_log_fails_for_a_changed_entry(product):
    log = table("activity")
    product.tamper(lambda s, now: s.execute(update(log).where(log.c.id == 2).values(person="someone else")))
    assert product.failing("activity-log") == ["log is what was written"]
    assert product.status("activity-log-unaltered") == "failing"


def test_activity_log_fails_for_checkpoints_of_another_key(product, tmp_path):
    product.context = replace(product.context, log_key=tmp_path / "another.pem")
    assert product.failing("activity-log") == ["log is what was written"]


def test_activity_log_fails_when_it_is_not_signed(product):
    product.tamper(lambda s, now: s.execute(delete(table("checkpoint"))))
    path_of(product.context.log_key).unlink()
    assert product.failing("activity-log") == ["log is signed"]


def test_activity_log_fails_when_checkpoints_are_removed(product):
    product.tamper(lambda s, now: s.execute(delete(table("checkpoint"))))
    assert product.failing("activity-log") == ["log is signed", "log is what was written"]


def test_activity_log_fails_for_a_changed_role(product):
    product.change("role_grant", granted_by="somebody")
    assert product.failing("activity-log") == ["facts are what the log says"]


def test_damaged_file_is_reported_on_one_of_28_days(product, tmp_path):
    product.office.deliver(JUNIT.replace(b"2027-03-03", b"2027-02-28"), at=NOON - HOUR)
    (digest,) = product.office.column("evidence_file", "sha256")
    path = tmp_path / "store" / "sha256" / digest[:2] / digest[2:]
    path.chmod(0o600)
    path.write_bytes(b"")
    failures = []
    for n in range(28):
        with reading(product.engine) as session:
            at = NOON + n * DAY
            failures += [
                case.failure
                for case in verification.cases(session, product.context, at)
                if case.name.startswith("files")
            ]
    assert [digest in failure for failure in failures if failure] == [True]


def test_no_evidence_without_a_store(product):
    product.context = replace(product.context, store=None)
    assert product.collect("activity-log")["activity-log"].result == "failed"
