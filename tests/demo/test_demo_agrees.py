"""The uploads of the fictional organisation do not contradict each other."""

import csv
import io
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from lxml import etree
from openpyxl import load_workbook

from demo import document_uploads as demo_documents
from demo.exports import login_log
from demo.history import plan
from demo.registers import ACCOUNTS, STAFF, SYSTEMS
from demo.scenario import Scenario
from tests.days import CALENDAR

#: For a scenario that is planned and not run: it has a calendar and no database.
UNUSED = None

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def uploads():
    """All uploads, by requirement."""
    scenario = Scenario(UNUSED, None, TODAY, CALENDAR)
    plan(scenario)
    actual = defaultdict(list)
    for item in scenario.uploads:
        for requirement in item.requirements:
            actual[requirement].append(item)
    return actual


def day_of(delivery):
    """The day in the name of a file."""
    return date.fromisoformat(re.search(r"\d{4}-\d\d-\d\d", delivery.files[0][0])[0])


def rows(delivery):
    name, content = delivery.files[0]
    if name.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(content.decode())))
    heading, *lines = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [dict(zip(heading, ("" if cell is None else cell for cell in line), strict=False)) for line in lines]


def edition(key, at=-1):
    """The text of an edition of a document, and its day."""
    item = next(item for item in demo_documents.documents() if item.key == key)
    day = TODAY - timedelta(days=item.days[at])
    return "\n".join(demo_documents._paragraphs(item.text, day, item.days[at])), day


# ── Accounts and roles ───────────────────────────────────────────────────────────────────────────────────────────────


def test_access_review_lists_every_account_and_agrees_with_the_reconciliation(uploads):
    text, day = edition("assets")
    last = max((item for item in uploads["access-review"] if day_of(item) < day), key=day_of)
    listed, kept_accounts = Counter(), Counter()
    for row in rows(last):
        listed[row["system"]] += 1
        kept_accounts[row["system"]] += row["decision"] == "keep"
    assert listed == {system: sum(both) for system, both in ACCOUNTS.items()}
    message = re.search(r"portal (\d+), planner (\d+), website (\d+), help desk (\d+), from exports", text)
    assert dict(zip(SYSTEMS, map(int, message.groups()), strict=True)) == kept_accounts
    assert str(day_of(last)) in text


def test_personal_accounts_are_unique_per_system_and_of_staff(uploads):
    for delivery in uploads["access-review"]:
        people = Counter((row["system"], row["person"]) for row in rows(delivery) if row["account type"] == "personal")
        assert set(people.values()) == {1}
        assert {int(person[1:]) for _, person in people} <= set(range(1, STAFF + 1))


def test_privileged_accounts_are_a_subset_of_all_accounts(uploads):
    for delivery in uploads["privileged-review"]:
        actual = rows(delivery)
        privileged = [row for row in actual if row["privileged"] == "yes"]
        assert 0 < len(privileged) == delivery.options["population"].number < len(actual)
        assert Counter(row["system"] for row in actual) == {system: sum(both) for system, both in ACCOUNTS.items()}


def test_service_accounts_agree_with_the_inventory(uploads):
    text, _ = edition("assets")
    services = sum(row["account type"] == "service" for row in rows(uploads["access-review"][-1]))
    assert services == 9
    assert "Service accounts: nine" in text


def roles_tested(delivery):
    root = etree.fromstring(delivery.files[0][1])
    return {actual[1] for case in root.iter("testcase") if (actual := re.search(r"role=([\w-]+)", case.get("name")))}


def test_every_tested_role_has_an_accepted_agreement(uploads):
    for system in ("portal", "planner"):
        tested = set().union(*(roles_tested(item) for item in uploads["role-tests"] if item.systems == [system]))
        for export in (item for item in uploads["eura-acceptance-export"] if item.systems == [system]):
            assert {row["role"] for row in rows(export)} == tested
    for versions in uploads["eura-versions"]:
        assert {row["role"] for row in rows(versions)} == tested


def test_moments_of_users_have_a_zone(uploads):
    columns = {
        "login-log-extract": ["time"],
        "last-attempts": ["last attempt"],
        "eura-acceptance-export": ["accepted at", "first use at", "last use at"],
    }
    for requirement, names in columns.items():
        for row in rows(uploads[requirement][-1]):
            assert all(re.search(r"[+-]\d\d:\d\d$", row[name]) for name in names), row


@pytest.mark.parametrize("turn", [date(2026, 3, 30), date(2026, 10, 26)])
def test_log_over_a_clock_change_is_in_order(turn):
    log, _ = login_log("portal", turn, CALENDAR)
    times = [datetime.fromisoformat(row["time"].isoformat()) for row in log.rows]
    assert times == sorted(times)


# ── What documents cite ──────────────────────────────────────────────────────────────────────────────────────────────


def test_cited_runs_were_uploaded_and_passed(uploads):
    runs = {day_of(item): item.files[0][1] for item in uploads["role-tests"] if item.systems == ["portal"]}
    cited = 0
    for item in demo_documents.documents():
        for at in range(len(item.days)):
            for actual in re.finditer(r"run of (\d{4}-\d\d-\d\d): passed", edition(item.key, at)[0]):
                assert b"<failure" not in runs[date.fromisoformat(actual[1])]
                cited += 1
    assert cited


def test_audit_findings_are_in_the_register_with_their_dates():
    audit, _ = edition("external-audit")
    register, _ = edition("improvement")
    for control, due in re.findall(r"(A\.\d+\.\d+):.*?due (\d{4}-\d\d-\d\d)", audit):
        line = next(line for line in register.splitlines() if f"({control})" in line and "external audit" in line)
        assert due in line or "Closed" in line
    assert audit.count(", A.") == register.count("external audit:")
    assert register.count("internal audit:") == edition("internal-audit")[0].count("Minor:")


def test_cited_numbers_of_findings_and_improvements_exist():
    register, _ = edition("improvement")
    known = set(re.findall(r"- ([CI]-\d+)[,:]", register))
    for item in demo_documents.documents():
        assert set(re.findall(r"\b[CI]-\d+\b", item.text)) <= known, item.key


def test_described_incidents_are_in_the_register(uploads):
    for delivery in uploads["incident-register"]:
        actual = sorted(row["discovered at"][11:16] for row in rows(delivery))
        message = re.findall(r"Found (\d\d:\d\d)", edition("incident-handling")[0])
        assert actual == sorted(message)


def test_number_of_listed_stores_agrees_with_the_text():
    text, _ = edition("encryption-at-rest")
    numbers = {"eight": 8, "nine": 9, "ten": 10, "eleven": 11}
    stores = set(re.findall(r"\b(?:pg|st|bk)-[\w-]+", text))
    output = re.search(r"console: (\w+)\. In this export: (\w+)", text).groups()
    assert {numbers[decision_row] for decision_row in output} == {len(stores)}


def test_every_control_has_its_own_justification():
    output = yaml.safe_load(Path("demo/applicability.yaml").read_text(encoding="utf-8"))
    reasons = [*output["applies"].values(), *output["excluded"].values()]
    assert len(reasons) == len(set(reasons)) == 93
    text, _ = edition("risks")
    assert f"{len(output['applies'])} apply" in text
    assert all(control in text for control in output["excluded"])
