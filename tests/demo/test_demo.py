"""`make demo`: statuses follow the scenario, evidence is verified, and all of it is marked as fictional."""

import hashlib
import io
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import httpx
import pytest
from sqlalchemy import select, text

from access.errors import NotPossible
from access.permissions import BUILT_IN, SYSTEM
from access.sign_in.account_recovery import make_recovery_link
from access.web import fictional_data
from controls.assignments import assignments
from controls.audit import audit_plan
from controls.statement.statement_versions import versions
from demo.files import pdf
from demo.history import plan
from demo.people import PEOPLE
from demo.scans_and_tests import WEAK_KEY_CHECK
from demo.scenario import Scenario
from evidence.formats import formats
from evidence.formats.pdf import check_pdf
from evidence.storage.store import EvidenceStore
from migrations import bring_up_to_date
from models.bulk_changes import table
from models.transaction import make_engine, reading, writing
from models.vocabulary import Urgency
from readiness import audit_readiness, due_tasks, readiness
from tests.access.entrance import Entrance
from tests.days import CALENDAR
from tests.people import PASSWORD, officer
from tests.process import ROOT, command, running

#: For a scenario that is planned and not run: it has a calendar and no database.
UNUSED = None


@pytest.fixture(scope="module")
def today(demo):
    with reading(demo.engine) as session:
        yield readiness(session, BUILT_IN, demo.today, datetime.now(UTC))


def planned(day):
    """All files of a scenario on a day, without uploading them."""
    scenario = Scenario(UNUSED, None, day, CALENDAR)
    plan(scenario)
    return [(name, hashlib.sha256(content).hexdigest()) for item in scenario.uploads for name, content in item.files]


# ── Building ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_demo_is_built_within_a_minute_of_one_core(demo):
    assert demo.seconds < 60


def test_same_day_gives_the_same_files(demo):
    # the uploaded files are equal to those of a second scenario
    again = planned(demo.today)
    assert len(again) == len(set(again)) > 500
    with reading(demo.engine) as session:
        rows = session.execute(select(table("evidence_file").c.name, table("evidence_file").c.sha256))
        assert sorted(again) == sorted((row.name, row.sha256) for row in rows)


def test_another_day_gives_the_same_events_on_other_days(demo):
    later = planned(demo.today + timedelta(days=400))
    assert len(later) == len(planned(demo.today))
    assert not {digest for _, digest in later} & {digest for _, digest in planned(demo.today)}


@pytest.mark.parametrize("name", ["nmap", "testssl", "junit"])
def test_files_are_read_like_those_of_the_tools(demo, name):
    # read to the end, with the day of the run
    scenario = Scenario(UNUSED, None, demo.today, CALENDAR)
    plan(scenario)
    queried = {"nmap": "management-port-scan", "testssl": "tls-scan", "junit": "role-tests"}[name]
    for item in [item for item in scenario.uploads if queried in item.requirements][:3]:
        run, results = formats()[name].read(io.BytesIO(item.files[0][1]))
        assert list(results)
        assert run.started_at is not None and run.started_at.tzinfo is not None


def test_document_is_a_complete_pdf_with_all_its_pages():
    made = pdf.document("Minutes (of 2026)", "Example", ["## One", *["a word " * 40] * 30, "- an item"], "foot")
    check_pdf(io.BytesIO(made))
    table_at = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", made)[1])
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n ", made[table_at:])]
    assert all(made[place:].startswith(b"%d 0 obj" % number) for number, place in enumerate(places, 1))
    assert made.count(b"/Type /Page ") == 3


def test_auditor_closes_a_nonconformity_after_its_effect_was_checked(demo):
    found, filed = table("nonconformity").c, table("evidence").c
    checked = select(filed.last_day).where(filed.title == "Operating procedures and capacity")
    closed = select(found.closed_day).where(found.control.endswith(":A.5.37"))
    with reading(demo.engine) as session:
        assert session.scalar(closed) > session.scalar(checked.order_by(filed.last_day.desc()).limit(1))


# ── The picture ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_statuses_of_today(today):
    cells = Counter(cell.status for cell in today.cells)
    assert cells == {"demonstrated": 215, "missing": 14, "in_review": 11, "failing": 1, "excluded": 1, "lapsed": 1}
    assert {cell.key[:2] for cell in today.cells if cell.status == "failing"} == {
        ("management-port-scan", "help-desk"),  # a panel is open
    }
    assert [cell.key[:2] for cell in today.cells if cell.status == "lapsed"] == [("password-policy-test", "planner")]
    assert [cell.key for cell in today.cells if cell.with_exception] == [
        ("tls-scan", "help-desk", "support.duinroos.example")
    ]
    assert [key for key, item in today.controls.items() if item.status == "excluded"] == [
        "iso27001-2022:A.8.30",
    ]


def test_less_is_demonstrated_at_the_audit_in_sixteen_weeks(demo):
    now = datetime.now(UTC)
    with reading(demo.engine) as session:
        audit = audit_plan.current(session, now)
        today, then = (audit_readiness(session, BUILT_IN, audit, day, now) for day in (demo.today, audit.day))
    assert audit.day - demo.today == timedelta(weeks=16)
    assert 0.8 < today.demonstrated / today.applicable < 1
    assert then.demonstrated < today.demonstrated


def shown(demo, ago):
    """Statuses at the end of a past day, as known then."""
    day = demo.today - timedelta(days=ago)
    with reading(demo.engine) as session:
        return readiness(session, BUILT_IN, day, datetime.combine(day, time(22), UTC))


def test_failed_scan_passed_after_nine_days(demo):
    key = ("tls-scan", "portal", "portal.duinroos.example")
    actual = [next(cell.status for cell in shown(demo, ago).cells if cell.key == key) for ago in (177, 176, 168, 167)]
    assert actual == ["demonstrated", "failing", "failing", "demonstrated"]


def test_missing_checks_failed_both_controls_until_a_complete_run(demo):
    days = {ago: shown(demo, ago) for ago in (7, 6, 4)}
    for control in ("iso27001-2022:A.5.15", "iso27001-2022:A.8.3"):
        assert [item.controls[control].status == "failing" for item in days.values()] == [False, True, False]


def test_major_finding_made_its_control_nonconforming_until_closed(demo):
    assert shown(demo, 250).controls["iso27001-2022:A.8.13"].status == "nonconforming"
    assert shown(demo, 194).controls["iso27001-2022:A.8.13"].status != "nonconforming"
    row = table("nonconformity")
    with reading(demo.engine) as session:
        actual = session.execute(select(row.c.grade, row.c.closed_day)).all()
    assert Counter((item.grade, item.closed_day is None) for item in actual) == {
        ("major", False): 1,
        ("minor", False): 1,
        ("minor", True): 1,
    }


def test_access_review_is_due_in_two_weeks(demo, today):
    due = [cell.valid_until for cell in today.cells if cell.key[0] == "access-review"]
    assert len(due) == 4
    assert all(timedelta(days=10) <= day - demo.today <= timedelta(days=17) for day in due)


@pytest.fixture(scope="module")
def tasks(demo):
    now = datetime.now(UTC)
    with reading(demo.engine) as session:
        return due_tasks(session, BUILT_IN, audit_plan.current(session, now), demo.today, now)


def test_officer_planned_days_and_some_have_passed(tasks):
    planned = {
        task.cell: (task.urgency, task.plan.recorded_by) for task in tasks if task.plan and not task.plan.by_default
    }
    assert Counter(planned.values()) == {
        (Urgency.OVERDUE, "Eva Jansen"): 3,
        (Urgency.SOON, "Eva Jansen"): 5,
        (Urgency.PLANNED, "Eva Jansen"): 4,
    }
    assert all(task.plan.day.isoweekday() < 6 for task in tasks if task.plan)
    urgencies = Counter(task.urgency for task in tasks)
    assert all(urgencies[each] >= 4 for each in (Urgency.OVERDUE, Urgency.SOON, Urgency.PLANNED))
    assert not urgencies[Urgency.UNPLANNED]


def test_tasks_are_assigned_to_people_of_their_teams(demo, tasks):
    people = {(task.to_do.requirement, task.team, task.person) for task in tasks if task.person}
    assert people >= {
        ("access-matrix", "applications", "Tom Bakker"),
        ("access-review", "security", "Eva Jansen"),
        ("data-inventory-review", "privacy", "Mark de Boer"),
        ("management-port-scan", "platform", "Sara Smit"),
        ("web-filter-test", "platform", "Sara Smit"),
    }
    with reading(demo.engine) as session:
        history = assignments(session, BUILT_IN, "web-filter-test")
    assert [(row.team, row.person) for row in history] == [("platform", "Sara Smit"), ("support", None)]


def test_draft_was_rejected_and_its_next_version_accepted(demo):
    with reading(demo.engine) as session:
        rows = session.execute(
            text(
                "SELECT e.title, r.decision FROM evidence e JOIN review r ON r.evidence = e.id "
                "WHERE e.title LIKE 'Access policy%' ORDER BY r.recorded_at"
            )
        ).all()
    assert [row.decision for row in rows] == ["accepted", "rejected", "accepted"]


# ── Every green ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_accepted_evidence_was_reviewed_by_another_person_with_a_remark(demo):
    with reading(demo.engine) as session:
        rows = session.execute(
            text("SELECT e.uploaded_by, r.reviewed_by, r.remark FROM evidence e JOIN review r ON r.evidence = e.id")
        ).all()
    assert len(rows) > 100
    assert all(row.uploaded_by != row.reviewed_by and len(row.remark) > 20 for row in rows)


def test_every_register_has_a_population_and_its_source(demo):
    row = table("evidence")
    with reading(demo.engine) as session:
        declared = session.execute(select(row.c.declared).where(row.c.kind == "register")).scalars().all()
    assert declared
    assert all(item["population"]["source"] and item["population"]["number"] for item in declared)


def test_documents_have_text_without_placeholders(demo):
    row = table("evidence_file")
    store = EvidenceStore(str(demo.data / "evidence"))
    with reading(demo.engine) as session:
        digests = session.execute(select(row.c.sha256).where(row.c.name.like("%.pdf"))).scalars().all()
    for digest in digests:
        with store.open_verified(digest) as stream:
            content = stream.read()
        assert b"{" not in content and content.count(b" Tj") > 5


def test_one_exception_is_on_a_check_that_fails_now_and_one_has_ended(demo):
    with reading(demo.engine) as session:
        ended, granted = session.execute(text('SELECT "check", last_day FROM check_exception ORDER BY last_day')).all()
    assert granted[0] == WEAK_KEY_CHECK
    assert str(granted[1]) > str(demo.today) > str(ended[1])


def test_statement_has_a_second_version_and_a_register_headings_of_its_own(demo):
    with reading(demo.engine) as session:
        found = versions(session, BUILT_IN)
        mapped = session.execute(text("SELECT count(*) FROM evidence WHERE declared LIKE '%Ticked off%'")).scalar_one()
    assert [row.in_effect for row in sorted(found, key=lambda row: row.effective)] == [False, True]
    assert mapped == 1


# ── Fictional ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_demo_verifies_and_is_marked_as_fictional(demo):
    code, output = command(demo.data, "verify")
    assert code == 0, output
    assert "fictional" in output


def test_every_link_signs_in(demo):
    entrance = Entrance(demo.engine)
    for demo_person in PEOPLE:
        with writing(demo.engine, visit=True) as (session, now):
            token = make_recovery_link(session, demo_person.email, now)
        visitor = entrance.visitor()
        assert visitor.post(f"/link/{token}", data={"password": PASSWORD}).status_code == 303
        assert visitor.post("/sign-in", data={"email": demo_person.email, "password": PASSWORD}).status_code == 303
        assert visitor.get("/").json()["as"].startswith("u-"), demo_person


def test_demo_is_served_with_its_own_statement_and_marked_everywhere(demo, tmp_path):
    data = shutil.copytree(demo.data, tmp_path / "data")
    with running(data) as address:
        for path in ("/health", "/sign-in", "/api/v1/me", "/nothing-here"):
            answer = httpx.get(f"{address}{path}", headers={"accept-language": "nl"})
            assert answer.headers[fictional_data.HEADER] == "true", path
        assert "Fictief" in httpx.get(f"{address}/sign-in", headers={"accept-language": "nl"}).text
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    with reading(engine) as session:
        assert session.execute(text("SELECT DISTINCT organisation FROM statement")).scalars().all() == [
            "Duinroos Zorgsoftware B.V. (made up)"
        ]
    engine.dispose()


def test_ordinary_installation_is_not_marked(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    with running(data) as address:
        answer = httpx.get(f"{address}/sign-in")
    assert fictional_data.HEADER not in answer.headers
    assert "made-up" not in answer.text


def test_database_in_use_cannot_be_marked(sqlite):
    officer(sqlite)
    with writing(sqlite) as (session, now), pytest.raises(NotPossible, match="has an account here"):
        fictional_data.mark_fictional(session, SYSTEM, now)
    with reading(sqlite) as session:
        assert not fictional_data.is_fictional(session)


def test_folder_with_other_data_is_left_unchanged(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    bring_up_to_date(engine)
    officer(engine)
    engine.dispose()
    before = (data / "aantoonbaar.db").read_bytes()
    ended = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env={"PATH": "", "AANTOONBAAR_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "was not changed" in ended.stderr
    assert (data / "aantoonbaar.db").read_bytes() == before
