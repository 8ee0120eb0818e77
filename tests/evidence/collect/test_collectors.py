"""Each collector on real rows: it holds when all holds, and fails for each fact that is broken."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, text, update

from access.activity.checkpoint_file import path_of
from access.people import accounts, agreements
from access.permissions import BUILT_IN, PERMISSIONS, READER, REVIEWER, SECURITY_OFFICER
from access.sign_in import second_factor
from evidence.collect import access_matrix, chain, verbs
from evidence.collect.approved import approved
from evidence.collect.collectors import COLLECTORS
from evidence.collect.own import APPROVED_MATRIX
from models.rows import table
from models.transaction import reading, writing
from tests.access.households import DAY, HOUR, NOON, TODAY, do, person
from tests.evidence.office import JUNIT

from .conftest import sign_in

# ── All holds ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["login-log", "agreements", "second-factor", "access-matrix", "activity-log"])
def test_it_passes_when_all_holds_and_the_cell_turns_green(premises, key):
    requirements = next(one.requirements for one in COLLECTORS if one.key == key)
    premises.collect("none")  # puts the system in scope
    assert {premises.status(one) for one in requirements} == {"missing"}
    assert premises.failing(key) == []
    assert {premises.status(one) for one in requirements} == {"demonstrated"}


def test_a_failing_fact_turns_the_cell_red_and_mending_it_green(premises):
    premises.do(lambda s, now: s.execute(delete(table("second_factor"))))
    assert premises.failing("second-factor") == ["covered: security officer"]
    assert premises.status("second-factor-coverage") == "failing"
    row = {"account": premises.officer, "credential": "c", "public_key": "k", "label": "key", "added_at": NOON}
    premises.do(lambda s, now: s.execute(insert(table("passkey")), [row]))
    assert premises.failing("second-factor") == []
    assert premises.status("second-factor-coverage") == "demonstrated"


# ── Login log ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_attempt_that_is_missing(premises):
    for at in (3, 2):
        sign_in(premises.engine, premises.reader, "ruud@example.org", NOON - at * HOUR)
    attempt = table("login_attempt")
    premises.tamper(lambda s, now: s.execute(delete(attempt).where(attempt.c.id == 3)))
    assert premises.failing("login-log") == ["every session has its attempt", "numbers without gaps"]


def test_the_first_attempt_of_all_is_missing(premises):
    attempt = table("login_attempt")
    premises.tamper(lambda s, now: s.execute(delete(attempt).where(attempt.c.id == 1)))
    assert "numbers without gaps" in premises.failing("login-log")


def test_the_last_attempt_is_missing(premises):
    attempt = table("login_attempt")
    premises.tamper(lambda s, now: s.execute(delete(attempt).where(attempt.c.id == 2)))
    assert premises.failing("login-log") == ["every session has its attempt"]


def test_an_attempt_of_another_time(premises):
    attempt = table("login_attempt")
    premises.tamper(lambda s, now: s.execute(update(attempt).where(attempt.c.id == 2).values(at=NOON - 3 * DAY)))
    assert premises.failing("login-log") == ["every session has its attempt", "in order of time"]


def test_a_login_log_of_which_the_period_begins_later_has_no_gap(premises):
    row = {"id": 1, "at": NOON - 40 * DAY, "tried": "x", "method": "password", "succeeded": False, "reason": "unknown"}
    attempt = table("login_attempt")

    def older(session, _now):
        session.execute(update(attempt).where(attempt.c.id == 2).values(id=3))
        session.execute(update(attempt).where(attempt.c.id == 1).values(id=2))
        session.execute(insert(attempt), [row])

    premises.tamper(older)
    assert premises.failing("login-log") == []


def test_a_period_in_which_nobody_came_shows_nothing(premises):
    premises.tamper(
        lambda s, now: (s.execute(delete(table("login_attempt"))), s.execute(delete(table("sign_in_session"))))
    )
    found = premises.collect("login-log")["login-log"]
    assert (found.word, str(found.why)) == ("nothing", "Nobody tried to sign in during the last 30 days.")


# ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_version_that_someone_did_not_accept(premises):
    do(premises.engine, agreements.publish, BUILT_IN, READER, "Nieuw.", "New.", TODAY, at=NOON - HOUR)
    assert premises.failing("agreements") == ["accepted: reader"]


def test_who_never_signed_in_owes_nothing_yet(premises):
    invited = person(premises.engine, "Inge", "inge@example.org", [(READER, None, None)], password="")
    assert premises.failing("agreements") == []
    sign_in(premises.engine, invited, "inge@example.org", NOON - HOUR)
    assert premises.failing("agreements") == ["accepted: reader"]


def test_a_role_without_agreement(premises):
    agreement, acceptance = table("agreement"), table("acceptance")
    its = select(agreement.c.id).where(agreement.c.role == READER)

    def gone(session, _now):
        session.execute(delete(acceptance).where(acceptance.c.agreement.in_(its)))
        session.execute(delete(agreement).where(agreement.c.role == READER))

    premises.tamper(gone)
    assert premises.failing("agreements") == ["accepted: reader"]


def test_a_text_that_was_changed_afterwards(premises):
    premises.change("agreement", text_nl="Alles mag.")
    assert premises.failing("agreements") == ["texts as published"]


def test_an_acceptance_of_another_text(premises):
    premises.change("acceptance", sha256="0" * 64)
    assert premises.failing("agreements") == ["accepted what was published"]


# ── Second factor ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_codes_that_were_not_confirmed_do_not_count(premises):
    premises.change("second_factor", confirmed_at=None)
    assert premises.failing("second-factor") == ["covered: security officer"]


def test_each_role_by_itself_and_who_has_left_is_not_counted(premises):
    do(premises.engine, second_factor.require_for, BUILT_IN, [READER, REVIEWER, SECURITY_OFFICER], at=NOON - HOUR)
    assert premises.failing("second-factor") == ["covered: reader"]
    do(premises.engine, accounts.end, BUILT_IN, premises.reader, at=NOON - HOUR)
    assert premises.failing("second-factor") == []


def test_nothing_demanded_is_nothing_shown(premises):
    premises.do(lambda s, now: s.execute(delete(table("setting"))))
    found = premises.collect("second-factor")["second-factor"]
    assert (found.word, str(found.why)) == ("nothing", "No role demands a second factor.")
    assert premises.office.count("evidence") == 0


# ── Access matrix ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_permission_given_to_a_role_that_was_not_approved_for_it(premises, monkeypatch):
    monkeypatch.setitem(PERMISSIONS, "people.manage", PERMISSIONS["people.manage"] | {READER})
    assert premises.failing("access-matrix") == ["reader: people.manage"]


def test_a_permission_taken_away_or_unknown(premises, monkeypatch):
    monkeypatch.setitem(PERMISSIONS, "preview", frozenset())
    monkeypatch.setitem(PERMISSIONS, "people.erase", frozenset())
    assert premises.failing("access-matrix") == ["matrix is complete", "security officer: preview"]


def test_a_verb_that_no_longer_asks(premises, monkeypatch):
    monkeypatch.setattr(verbs, "VERBS", {"token.manage": lambda session, person: session.execute("")})
    failing = premises.failing("access-matrix")
    assert len(failing) == 5 and all(one.endswith(": token.manage") for one in failing)


def test_a_verb_that_does_its_work_on_nothing_is_no_answer(premises, monkeypatch):
    monkeypatch.setattr(verbs, "VERBS", {"token.manage": lambda session, person: None})
    assert premises.collect("access-matrix")["access-matrix"].word == "failed"
    assert premises.office.count("evidence") == 0


def test_a_role_that_the_matrix_does_not_know(premises):
    row = {"account": premises.reader, "role": "root", "granted_at": NOON, "granted_by": "?"}
    premises.do(lambda s, now: s.execute(insert(table("role_grant")), [row]))
    assert premises.failing("access-matrix") == ["roles are known ones"]


def test_someone_who_has_left_and_still_counts(premises, monkeypatch):
    do(premises.engine, accounts.end, BUILT_IN, premises.reader, at=NOON - HOUR)
    assert premises.failing("access-matrix") == []
    monkeypatch.setattr(accounts, "active_on", lambda session, now: text("1 = 1"))
    assert premises.failing("access-matrix") == ["people are what was given"]


def test_a_session_that_was_used_after_the_last_day(premises):
    account = table("account")
    premises.do(lambda s, now: s.execute(update(account).where(account.c.name == "Ruud").values(ends_on=TODAY - DAY)))
    premises.change("sign_in_session", ends_at=NOON + HOUR)
    assert premises.failing("access-matrix") == []  # last seen on a day that held: nothing lets it in
    premises.change("sign_in_session", seen_at=NOON - HOUR)
    assert premises.failing("access-matrix") == ["ended accounts are not signed in"]
    premises.change("sign_in_session", ended_at=NOON - HOUR)
    assert premises.failing("access-matrix") == []


def test_a_token_of_someone_who_has_left(premises):
    row = {"token_sha256": "0", "label": "t", "account": premises.reader, "permissions": [], "requirements": []}
    row |= {"systems": [], "last_day": TODAY + DAY, "issued_at": NOON, "issued_by": "Olga"}
    premises.do(lambda s, now: s.execute(insert(table("api_token")), [row]))
    assert premises.failing("access-matrix") == []
    do(premises.engine, accounts.end, BUILT_IN, premises.reader, at=NOON - HOUR)
    premises.do(lambda s, now: s.execute(update(table("api_token")).values(revoked_at=None)))
    assert premises.failing("access-matrix") == ["ended accounts have no token"]
    premises.change("api_token", revoked_at=NOON - HOUR)
    assert premises.failing("access-matrix") == []


def test_every_role_and_permission_stands_in_the_file_once(premises):
    matrix = approved(APPROVED_MATRIX)
    with writing(premises.engine, NOON) as (session, now):
        names = [case.name for case in access_matrix.cases(session, premises.own, now)]
    pairs = {f"{role}: {permission}" for role in matrix.roles for permission in matrix.permissions}
    assert len(names) == len(set(names)) and pairs < set(names)
    assert len(matrix.permissions) == len(PERMISSIONS) and len(pairs) == 7 * len(PERMISSIONS)


@pytest.mark.parametrize("page", ["", "| permission |\n", "| permission | what | reader |\n|---|\n| `a` | b |\n", None])
def test_without_the_approved_matrix_there_is_no_evidence(premises, tmp_path, page):
    path = tmp_path / "page.md"
    if page is not None:
        path.write_text(page)
    premises.own = replace(premises.own, matrix=path)
    assert premises.collect("access-matrix")["access-matrix"].word == "failed"
    assert premises.failures()[0][1]["error"].startswith("page.md")


# ── Activity log ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_that_was_changed(premises):
    log = table("activity")
    premises.tamper(lambda s, now: s.execute(update(log).where(log.c.id == 2).values(person="someone else")))
    assert premises.failing("activity-log") == ["log is what was written"]
    assert premises.status("activity-log-unaltered") == "failing"


def test_checkpoints_by_another_key(premises, tmp_path):
    premises.own = replace(premises.own, log_key=tmp_path / "another.pem")
    assert premises.failing("activity-log") == ["log is what was written"]


def test_a_log_that_nobody_signs(premises):
    premises.tamper(lambda s, now: s.execute(delete(table("checkpoint"))))
    path_of(premises.own.log_key).unlink()
    assert premises.failing("activity-log") == ["log is signed"]


def test_checkpoints_that_were_taken_away(premises):
    premises.tamper(lambda s, now: s.execute(delete(table("checkpoint"))))
    assert premises.failing("activity-log") == ["log is signed", "log is what was written"]


def test_a_role_that_was_changed(premises):
    premises.change("role_grant", granted_by="somebody")
    assert premises.failing("activity-log") == ["facts are what the log says"]


def test_a_file_that_was_damaged_is_found_on_its_day(premises, tmp_path):
    premises.office.deliver(JUNIT.replace(b"2027-03-03", b"2027-02-28"), at=NOON - HOUR)
    (digest,) = premises.office.column("evidence_file", "sha256")
    path = tmp_path / "store" / "sha256" / digest[:2] / digest[2:]
    path.chmod(0o600)
    path.write_bytes(b"")
    found = []
    for n in range(28):
        with reading(premises.engine) as session:
            at = NOON + n * DAY
            found += [one.failure for one in chain.cases(session, premises.own, at) if one.name.startswith("files")]
    assert [digest in one for one in found if one] == [True]


def test_without_a_store_nothing_is_said(premises):
    premises.own = replace(premises.own, store=None)
    assert premises.collect("activity-log")["activity-log"].word == "failed"
