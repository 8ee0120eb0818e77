"""Changes to the database or the store outside the product are found and reported."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from access.activity.checkpoints import sign_new_entries
from access.people import accounts
from access.permissions import BUILT_IN, READER, REVIEWER
from audits.applicability import decide
from audits.nonconformities import close_nonconformity, record_nonconformity
from evidence.decisions.closed_series import close_series
from evidence.decisions.exceptions import grant_exception, revoke_exception
from evidence.integrity.verification import verify, verify_part
from evidence.storage.store import EvidenceStore
from locales import Language
from migrations.append_only import LATER, TABLES
from models.transaction import reading, writing
from tests.access.activity.test_chain import tampering
from tests.evidence.judging.own_policies.policy_office import publish
from tests.evidence.office import DAY, FAILING, JUNIT, NOW, TEXT
from tests.people import officer

HOUR = timedelta(hours=1)


@pytest.fixture
def key(tmp_path):
    return tmp_path / "log-key.pem"


@pytest.fixture
def filled(office, key):
    """Evidence, reviews and decisions of every kind, with a signed log."""
    office.passed = office.deliver(JUNIT, requirements=("role-tests", "reviewed-tests")).evidence
    office.failed = office.deliver(FAILING, requirements=("role-tests",), tool="other").evidence
    office.record = office.deliver(TEXT, requirements=("policy",), systems=(), first_day=DAY, last_day=DAY).evidence
    office.review(office.passed, "accepted", at=NOW + HOUR)
    office.review(office.record, "rejected", at=NOW + HOUR)
    publish(office, at=NOW + HOUR)
    cell = ("role-tests", "portal", "")
    with writing(office.engine) as (session, now):
        last = now.date() + timedelta(days=30)
        grant = (session, BUILT_IN, *cell, "other", "roles.writer may", "known", now.date(), last, now)
        grant_exception(*grant)
        revoke_exception(session, BUILT_IN, grant_exception(*grant), now)
        decide(session, BUILT_IN, "iso:A.1", False, "not ours", now.date(), now)  # noqa: FBT003
        record_nonconformity(session, BUILT_IN, "iso:A.1", "major", "No key", date(2026, 1, 5), now)
        closed = record_nonconformity(session, BUILT_IN, "iso:A.1", "minor", "No lock", date(2026, 1, 5), now)
        close_nonconformity(session, BUILT_IN, closed, now.date(), now)
    newer = office.deliver(JUNIT.replace(b"roles", b"newer"), tool="newer", at=NOW + HOUR).evidence
    office.review(newer, "accepted", at=NOW + 2 * HOUR)
    with writing(office.engine) as (session, now):
        close_series(session, BUILT_IN, *cell, "other", "replaced", now)
    anna, _ = officer(office.engine)
    with writing(office.engine) as (session, now):
        bert = accounts.add(session, anna, "Bert", "bert@example.org", "nl", now.date(), None, now)
        accounts.grant(session, anna, bert, READER, now)
        accounts.end_grant(session, anna, accounts.grant(session, anna, bert, REVIEWER, now), now)
    sign_new_entries(office.engine, key)
    return office


def drop_triggers(engine):
    with engine.execution_options(writes=True).begin() as connection:
        for table in (*TABLES, *LATER):
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
            else:
                for change in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_refuse_{change}"))


def tamper(office, *statements):
    drop_triggers(office.engine)
    with tampering(office.engine) as session:
        if office.engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            session.execute(text(statement.format(**vars(office))))
        session.commit()


def verify_all(office, key):
    with reading(office.engine) as session:
        verification = verify(session, office.store, key)
    for problem in verification.problems:
        assert Language("nl").render(problem) != str(problem)
    return verification


def list_problems(office, key):
    problems = [str(problem) for problem in verify_all(office, key).problems]
    return [problem for problem in problems if "is no longer protected" not in problem]


def test_untouched_data_has_no_problems(filled, key):
    verification = verify_all(filled, key)
    assert [str(problem) for problem in verification.problems] == []
    assert (verification.compared.entries, verification.compared.without_digest) == (4, 0)
    assert verification.read.files == 4
    assert verification.read.orphans == []
    assert verification.log.checkpoints == 1


CHANGES = {
    "verdict": (
        "UPDATE coverage SET verdict = 'pass', fails = 0 WHERE evidence = '{failed}'",
        "verdict of role-tests portal is pass, and the activity log says fail",
    ),
    "review needed": ("UPDATE coverage SET needs_review = 1 WHERE evidence = '{passed}'", "{passed} is not what entry"),
    "days of a verdict": (
        "UPDATE coverage SET last_day = '2027-03-01' WHERE evidence = '{passed}'",
        "{passed} is not what entry",
    ),
    "days of evidence": ("UPDATE evidence SET first_day = '2020-01-01'", "{passed} is not what entry"),
    "failing checks": ("DELETE FROM coverage_check", "{failed} is not what entry"),
    "counts of a run": ("UPDATE test_run SET failed = 0 WHERE evidence = '{failed}'", "{failed} is not what entry"),
    "history of findings": ("DELETE FROM finding_change", "does not tell since when roles.writer may was seen"),
    "first day in the history": ("UPDATE finding_change SET first_day = '2027-03-09'", "does not tell since when"),
    "history of another run": (
        "UPDATE finding_change SET evidence = '{passed}'",
        "Evidence {passed}: the history says of roles.writer may what its run does not show.",
    ),
    "policy of a judgement": (
        "UPDATE judgement SET policies = '{{}}' WHERE evidence = '{failed}'",
        "{failed} is not what entry",
    ),
    "uploader": (
        "UPDATE evidence SET uploaded_by = 'somebody' WHERE id = '{passed}'",
        "uploaded_by is somebody, and the activity log says build server",
    ),
    "file": (f"UPDATE evidence_file SET sha256 = '{'0' * 64}' WHERE evidence = '{{passed}}'", "files is 000000"),
    "review": (
        "UPDATE review SET decision = 'accepted' WHERE evidence = '{record}'",
        "decision is accepted, and the activity log says rejected",
    ),
    "reviewer": ("UPDATE review SET reviewed_by = 'somebody'", "reviewed_by is somebody, and the activity log says"),
    "review gone": ("DELETE FROM review WHERE evidence = '{record}'", "Table review: the row of entry"),
    "review added": (
        """INSERT INTO review (evidence, decision, recorded_at, reviewed_by, remark)
        SELECT evidence, 'accepted', '2027-03-05 10:00:00.000000', 'x', '' FROM review WHERE evidence = '{record}'""",
        "the activity log does not know it",
    ),
    "role": ("UPDATE role_grant SET role = 'security officer' WHERE role = 'reader'", "role is security officer"),
    "role that ended": (
        "UPDATE role_grant SET ended_at = NULL, ended_by = '' WHERE role = 'reviewer'",
        "ended_by is -, and the activity log says Anna Bakker",
    ),
    "role ended": ("UPDATE role_grant SET ended_by = 'x' WHERE role = 'reader'", "ended_by is x, and the activity log says -"),
    "role added": (
        """INSERT INTO role_grant (account, role, granted_at, granted_by, ended_by)
        SELECT account, 'administrator', granted_at, granted_by, '' FROM role_grant WHERE role = 'reader'""",
        "Table role_grant, row 4: the activity log does not know it",
    ),
    "exception's days": ("UPDATE check_exception SET last_day = '2040-01-01'", "last_day is 2040-01-01"),
    "exception's check": ('UPDATE check_exception SET "check" = \'other\' WHERE id = 1', "check is other"),
    "exception no longer revoked": (
        "UPDATE check_exception SET revoked_at = NULL, revoked_day = NULL WHERE revoked_day IS NOT NULL",
        "revoked_day is -, and the activity log says",
    ),
    "closing": ("UPDATE series_closing SET closed_day = '2020-01-01'", "closed_day is 2020-01-01"),
    "closing gone": ("DELETE FROM series_closing", "Table series_closing: the row of entry"),
    "applicability": ("UPDATE applicability SET applicable = NOT applicable", "applicable is True"),
    "applicability's day": ("UPDATE applicability SET in_force = '2020-01-01'", "in_force is 2020-01-01"),
    "nonconformity": ("UPDATE nonconformity SET grade = 'minor' WHERE grade = 'major'", "grade is minor"),
    "nonconformity closed": (
        "UPDATE nonconformity SET closed_day = '2026-01-06' WHERE grade = 'major'",
        "closed_day is 2026-01-06, and the activity log says -",
    ),
    "nonconformity gone": ("DELETE FROM nonconformity WHERE grade = 'major'", "Table nonconformity: the row of entry"),
    "policy's content": ("UPDATE policy_edition SET content = 'title: other'", "the content of this edition is not"),
    "policy's first day": ("UPDATE policy_edition SET first_day = '2027-01-01'", "first_day is 2027-01-01"),
    "policy's requirements": ("UPDATE policy_edition SET requirements = '[]'", "requirements is []"),
    "policy gone": ("DELETE FROM policy_edition", "Table policy_edition: the row of entry"),
    "coverage added": (
        """INSERT INTO coverage (evidence, series, verdict, fails, needs_review, first_day, last_day, recorded_at,
        judged_at, reason) SELECT evidence, series, 'pass', 0, 0, first_day, last_day, recorded_at,
        '2027-03-09 10:00:00.000000', '' FROM coverage WHERE evidence = '{failed}'""",
        "Evidence {failed}: the activity log does not know it, or one of its judgements",
    ),
    "log": ("UPDATE activity SET person = 'x' WHERE id = 3", "entry 3 does not fit"),
    "checkpoints": ("DELETE FROM checkpoint", "the database has it no more"),
    "clause gone": ("DELETE FROM cell WHERE requirement = 'policy'", "1 row names a cell that is not there"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_tampering_is_reported(filled, key, what):
    change, expected = CHANGES[what]
    if what == "clause gone" and filled.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL refuses it")
    if what == "clause gone":
        change = f"PRAGMA foreign_keys = OFF; {change}"
        with filled.engine.connect() as connection:
            connection.connection.driver_connection.executescript(f"{change}; PRAGMA foreign_keys = ON")
    else:
        tamper(filled, change)
    problems = list_problems(filled, key)
    assert any(expected.format(**vars(filled)) in problem for problem in problems), problems


def test_removed_evidence_is_reported(filled, key):
    tables = ("coverage_check WHERE coverage IN (SELECT id FROM coverage WHERE evidence = '{failed}')",
              "coverage WHERE evidence = '{failed}'",
              "finding_change WHERE evidence = '{failed}'",
              "test_result WHERE run IN (SELECT id FROM test_run WHERE evidence = '{failed}')",
              "test_run WHERE evidence = '{failed}'", "evidence_file WHERE evidence = '{failed}'",
              "judgement WHERE evidence = '{failed}'", "evidence WHERE id = '{failed}'")  # fmt: skip
    tamper(filled, *(f"DELETE FROM {rows}" for rows in tables))
    assert any(problem.startswith(f"Evidence {filled.failed} is gone") for problem in list_problems(filled, key))
    assert len(verify_all(filled, key).read.orphans) == 1


def test_missing_triggers_are_reported(filled, key):
    drop_triggers(filled.engine)
    problems = [str(problem) for problem in verify_all(filled, key).database]
    assert len(problems) == len((*TABLES, *LATER))
    assert "Table coverage is no longer protected: the trigger that refuses changes is gone." in problems


def test_entries_without_digest_are_compared_by_verdicts(filled, key, monkeypatch):
    from evidence.integrity import facts

    monkeypatch.setattr(facts, "judgement_digest", lambda *_: None)
    old = filled.deliver(JUNIT.replace(b"roles", b"old"), requirements=("role-tests",), tool="old")
    assert list_problems(filled, key) == []
    assert verify_all(filled, key).compared.without_digest == 1
    tamper(filled, f"UPDATE coverage SET verdict = 'none' WHERE evidence = '{old.evidence}'")
    assert any("is none, and the activity log says pass" in problem for problem in list_problems(filled, key))


@pytest.mark.parametrize("reasons", ["'[\"other\"]'", "NULL"])
def test_reasons_of_a_judgement_that_are_changed_or_taken_away_are_reported(filled, key, reasons):
    evidence = filled.column("judgement", "evidence")[0]
    tamper(filled, f"UPDATE judgement SET review_reasons = {reasons} WHERE evidence = '{evidence}'")
    assert any(problem.startswith(f"Evidence {evidence} is not what entry") for problem in list_problems(filled, key))


def test_digests_from_before_the_reasons_of_judgements_are_computed_as_then(filled, key, monkeypatch):
    from evidence.integrity import facts

    monkeypatch.setattr(facts, "_JUDGEMENT", facts._FIRST_JUDGEMENT)
    monkeypatch.setattr(facts, "_SHAPE", facts._FIRST_SHAPE)
    old = filled.deliver(JUNIT.replace(b"roles", b"old"), requirements=("role-tests",), tool="old")
    tamper(filled, f"UPDATE judgement SET review_reasons = NULL WHERE evidence = '{old.evidence}'")
    monkeypatch.undo()
    assert list_problems(filled, key) == []


# ── The store ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damage", [lambda b: b[:-1] + b"?", lambda b: b[:7], lambda b: b"", None])
def test_damaged_or_missing_bytes_are_reported(filled, key, tmp_path, damage):
    digest = filled.column("evidence_file", "sha256")[0]
    path = tmp_path / "store" / "sha256" / digest[:2] / digest[2:]
    path.chmod(0o600)
    if damage:
        path.write_bytes(damage(path.read_bytes()))
    else:
        path.unlink()
    (problem,) = list_problems(filled, key)
    assert digest in problem
    assert "Evidence " in problem


def test_bytes_without_a_row_are_listed(filled, key):
    import io

    stored = filled.store.put(io.BytesIO(b"nobody's"), 100)
    verification = verify_all(filled, key)
    assert (verification.problems, verification.read.orphans) == ([], [stored.sha256])


# ── A part of it every day ───────────────────────────────────────────────────────────────────────────────────────────


def test_daily_parts_cover_everything_once(filled, key):
    days = [DAY + timedelta(days=n) for n in range(28)]
    with reading(filled.engine) as session:
        verifications = [verify_part(session, filled.store, key, day) for day in days]
    assert not any(verification.problems for verification in verifications)
    assert sum(verification.read.files for verification in verifications) == 4
    assert sum(verification.compared.entries for verification in verifications) == 4
    tamper(filled, "UPDATE coverage SET verdict = 'none' WHERE evidence = '{passed}'")
    with reading(filled.engine) as session:
        problems = [verify_part(session, filled.store, key, day).problems for day in days]
    assert sum(bool(part) for part in problems) == 1


def test_verification_creates_nothing(sqlite, tmp_path):
    with reading(sqlite) as session:
        verification = verify(
            session, EvidenceStore(str(tmp_path / "nowhere"), read_only=True), tmp_path / "log-key.pem"
        )
    assert verification.problems == []
    assert sorted(path.name for path in tmp_path.iterdir() if "test.db" not in path.name) == []
