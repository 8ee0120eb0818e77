"""Submitting: what is recorded, for which cells, with which verdict; refusals; all or nothing."""

import io
import tracemalloc
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlmodel import Session

from access.permissions import BUILT_IN, NotAllowed
from controls.scope.system_scope import add_system, bring_into_scope
from evidence.errors import NotKept, TooCostly, TooLarge, Unfitting, Unknown
from evidence.formats.values import Unreadable
from evidence.intake import submission
from evidence.intake.reading.inspection import shown_name
from evidence.intake.records import evidence_rows, judgement_rows
from evidence.intake.submission import Delivery, Incoming, Population
from evidence.judging import policies
from locales import Language
from models.bulk_changes import table
from models.transaction import reading, writing
from tests.dashboard.proof import dated_scan
from tests.days import CALENDAR
from tests.evidence.office import DAY, FAILING, JUNIT, NOBODY, NOW, TEXT, Office, tls_file

FILED = ("evidence", "evidence_file", "test_run", "test_result", "coverage", "coverage_check", "cell", "series")


def nothing_is_filed(office: Office) -> bool:
    return all(office.count(name) == 0 for name in FILED)


def test_passing_run_demonstrates_its_requirement(office: Office) -> None:
    filed = office.deliver(JUNIT, names=("roles.xml",))
    assert filed.is_new
    assert filed.counts == {"pass": 2, "skipped": 1}
    assert [(cell.key, cell.verdict) for cell in filed.covered] == [(("role-tests", "portal", ""), "pass")]
    assert office.status("role-tests") == "demonstrated"
    assert office.column("evidence", "title") == ["roles.xml"]
    assert office.column("evidence", "first_day") == [DAY]
    assert office.column("evidence", "tool") == ["junit"]
    assert sorted(office.column("test_result", "outcome")) == ["pass", "pass", "skipped"]
    assert office.column("test_run", "passed") == [2]
    assert "evidence.file" in office.column("activity", "verb")


def test_failing_run_has_its_failing_checks(office: Office) -> None:
    filed = office.deliver(FAILING)
    assert filed.covered[0].verdict == "fail"
    (check, reason) = filed.covered[0].failing[0]
    assert check.endswith("writer may")
    assert "403" in str(reason)
    assert office.column("coverage_check", "check") == [check]
    assert office.status("role-tests") == "failing"
    assert sorted(office.column("test_result", "level")) == ["", "fail", "pass"]


def test_newer_pass_replaces_the_fail_and_both_are_kept(office: Office) -> None:
    office.deliver(FAILING)
    office.deliver(JUNIT.replace(b"03-03", b"03-04"), at=NOW + timedelta(hours=1))
    assert office.status("role-tests", on=date(2027, 3, 4)) == "demonstrated"
    assert office.count("evidence") == 2


def test_identical_upload_is_the_same_evidence(office: Office) -> None:
    first = office.deliver(JUNIT)
    again = office.deliver(JUNIT, at=NOW + timedelta(days=1), title="another title")
    assert again.evidence == first.evidence
    assert not again.is_new
    assert again.counts == first.counts
    assert [(cell.key, cell.verdict) for cell in again.covered] == [(cell.key, cell.verdict) for cell in first.covered]
    assert office.count("evidence") == 1
    assert office.count("test_result") == 3
    assert office.column("activity", "verb").count("evidence.file") == 1


def test_same_file_for_other_days_or_cells_is_other_evidence(office: Office) -> None:
    office.deliver(JUNIT)
    assert office.deliver(JUNIT, requirements=("role-tests", "reviewed-tests")).is_new
    assert office.deliver(JUNIT, explicit_end=date(2027, 3, 20)).is_new
    assert len(set(office.column("evidence_file", "sha256"))) == 1


def test_identical_upload_of_withdrawn_evidence_warns(office: Office) -> None:
    first = office.deliver(JUNIT)
    office.review(first.evidence, "withdrawn")
    again = office.deliver(JUNIT)
    assert not again.is_new
    assert any("withdrawn" in str(warning) for warning in again.warnings)


def test_file_can_be_evidence_for_several_requirements(office: Office) -> None:
    filed = office.deliver(JUNIT, requirements=("role-tests", "reviewed-tests", "no-policy"))
    assert {cell.requirement: cell.verdict for cell in filed.covered} == {
        "role-tests": "pass",
        "reviewed-tests": "pass",
        "no-policy": "none",
    }
    assert office.status("reviewed-tests") == "in_review"
    assert office.status("no-policy") == "missing"


def test_several_files_are_a_single_evidence(office: Office) -> None:
    filed = office.deliver(JUNIT, FAILING)
    assert filed.counts == {"pass": 3, "skipped": 2, "fail": 1}
    assert filed.covered[0].verdict == "fail"
    assert office.count("test_run") == 2
    assert office.count("evidence") == 1
    assert office.deliver(FAILING, JUNIT).evidence == filed.evidence


# ── Targets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def scan(office: Office, *hosts: str, systems: tuple[str, ...] = ("portal",), **more: object) -> dict[str, str]:
    more.setdefault("first_day", DAY)
    more.setdefault("last_day", DAY)
    filed = office.deliver(tls_file(*hosts), requirements=("tls-scan",), systems=systems, **more)
    return {f"{cell.system}/{cell.target}": cell.verdict for cell in filed.covered}


def test_only_the_targets_that_were_tested_are_covered(office: Office) -> None:
    assert list(scan(office, "Portal.example.NL")) == ["portal/portal.example.nl"]
    assert office.status("tls-scan", target="api.example.nl:8443") == "missing"


def test_port_is_part_of_a_target(office: Office) -> None:
    assert list(scan(office, "api.example.nl:8443", "portal.example.nl:443")) == [
        "portal/api.example.nl:8443",
        "portal/portal.example.nl",
    ]


@pytest.mark.parametrize("host", ["elsewhere.example.nl", "portal.example.nl:8443", "example.nl"])
def test_unknown_host_is_refused_unless_another_is_a_target(small_office: Office, host: str) -> None:
    with pytest.raises(Unfitting) as refusal:
        scan(small_office, host)
    assert host in str(refusal.value)
    assert "api.example.nl:8443" in str(refusal.value)
    assert nothing_is_filed(small_office)
    assert list(scan(small_office, host, "portal.example.nl")) == ["portal/portal.example.nl"]


def test_target_of_a_host_can_be_declared(small_office: Office) -> None:
    covered = scan(small_office, "10.0.0.7", targets={"10.0.0.7": ("portal", "portal.example.nl")})
    assert list(covered) == ["portal/portal.example.nl"]


@pytest.mark.parametrize(
    ("tested", "place"),
    [
        ("10.0.0.7", ("portal", "nowhere.example.nl")),
        ("10.0.0.7", ("portal", "")),
        ("10.0.0.7", ("website", "")),
        ("10.0.0.8", ("portal", "portal.example.nl")),
    ],
)
def test_declared_target_must_be_tested_and_in_scope(small_office: Office, tested: str, place: tuple[str, str]) -> None:
    with pytest.raises(Unfitting):
        scan(small_office, "10.0.0.7", targets={tested: place})


def test_system_without_targets_is_its_own_target(small_office: Office) -> None:
    assert list(scan(small_office, "www.example.nl", systems=("website",))) == ["website/"]


def test_test_without_target_needs_a_declared_one(small_office: Office) -> None:
    with pytest.raises(Unfitting, match="do not name what was tested"):
        small_office.deliver(JUNIT, requirements=("port-scan",))
    filed = small_office.deliver(JUNIT, requirements=("port-scan",), targets={"": ("portal", "portal.example.nl")})
    assert [cell.key for cell in filed.covered] == [("port-scan", "portal", "portal.example.nl")]
    assert filed.covered[0].verdict == "pass"


EMPTY_NMAP = b"""<?xml version="1.0"?><nmaprun scanner="nmap" args="nmap -p- -oX" start="1804150000">
<runstats><finished time="1804150001" exit="success"/><hosts up="0" down="0" total="0"/></runstats></nmaprun>"""
EMPTY_TESTSSL = b"""{"Invocation": "testssl.sh --jsonfile-pretty out.json", "version": "3.2", "scanResult": [],
"scanTime": 1}"""


@pytest.mark.parametrize(("content", "requirement"), [(EMPTY_NMAP, "port-scan"), (EMPTY_TESTSSL, "tls-scan")])
@pytest.mark.parametrize("declared", [{}, {"targets": {"": ("portal", "portal.example.nl")}}], ids=["", "declared"])
def test_scan_without_a_host_is_told_as_such(
    small_office: Office, content: bytes, requirement: str, declared: dict[str, dict[str, tuple[str, str]]]
) -> None:
    with pytest.raises(Unfitting, match="Nothing was scanned in file0: no host is in it"):
        small_office.deliver(content, requirements=(requirement,), **declared)


def test_record_covers_every_target(small_office: Office) -> None:
    filed = small_office.deliver(TEXT, requirements=("manual",), first_day=DAY, last_day=DAY)
    assert [cell.target for cell in filed.covered] == ["api.example.nl:8443", "portal.example.nl"]


# ── Records ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_record_waits_for_a_review_without_verdict(office: Office) -> None:
    filed = office.deliver(TEXT, requirements=("policy",), systems=(), first_day=DAY, last_day=DAY)
    assert filed.covered[0].verdict == "none"
    assert office.status("policy", system="") == "in_review"
    office.review(filed.evidence, "accepted")
    assert office.status("policy", system="") == "demonstrated"
    assert office.column("evidence_file", "media_type") == ["text/markdown"]


def test_other_type_of_record_gives_a_warning(small_office: Office) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(40)
    filed = small_office.deliver(png, requirements=("policy",), systems=(), first_day=DAY, last_day=DAY)
    assert any("png" in str(warning) for warning in filed.warnings)


def test_test_results_can_be_a_record(small_office: Office) -> None:
    filed = small_office.deliver(JUNIT, requirements=("policy",), systems=())
    assert filed.covered[0].verdict == "none"


def test_requirement_without_renewal_needs_an_end_date(small_office: Office) -> None:
    arguments = {"requirements": ("certificate",), "systems": (), "first_day": DAY, "last_day": DAY}
    with pytest.raises(Unfitting, match="enter that day"):
        small_office.deliver(TEXT, **arguments)
    assert nothing_is_filed(small_office)
    small_office.deliver(TEXT, **arguments, explicit_end=date(2029, 1, 1))
    assert small_office.column("coverage", "explicit_end") == [date(2029, 1, 1)]


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("delivery", "kind", "says"),
    [
        ({"requirements": ("nothing",)}, Unknown, "nothing"),
        ({"requirements": ()}, Unfitting, "No evidence requirement"),
        ({"requirements": ("tls-scan",)}, Unfitting, "asks for testssl"),
        ({"systems": ()}, Unfitting, "name the systems"),
        ({"systems": ("elsewhere",)}, Unfitting, "elsewhere"),
        ({"systems": ("website",)}, Unfitting, "has-end-users"),
        ({"systems": ("portal", "website")}, Unfitting, "website"),
        ({"at": datetime(2027, 3, 2, 9, tzinfo=UTC)}, Unfitting, "future"),
        ({"last_day": date(2027, 3, 4)}, Unfitting, "3 March 2027 by the file, not 4 March 2027"),
        ({"first_day": date(2027, 3, 4), "last_day": DAY}, Unfitting, "before the first day"),
        ({"first_day": date(2020, 1, 1)}, Unfitting, "3 March 2027 by the file, not 1 January 2020"),
        ({"explicit_end": date(2027, 3, 2)}, Unfitting, "end of validity"),
        ({"title": "a\0b"}, Exception, "control character"),
        ({"person": NOBODY}, NotAllowed, "may not"),
    ],
)
def test_contradictory_upload_is_refused_and_nothing_is_recorded(
    small_office: Office, delivery: dict[str, object], kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says):
        small_office.deliver(JUNIT, **delivery)
    assert nothing_is_filed(small_office)
    assert list((small_office.store._place.staging).iterdir()) == []


def test_system_counts_on_days_that_it_is_in_scope(small_office: Office) -> None:
    with writing(small_office.engine, NOW) as (session, now):
        add_system(session, BUILT_IN, "former", "f", "f", now)
        bring_into_scope(session, BUILT_IN, "former", date(2026, 1, 1), now, last_day=date(2026, 6, 30))
    arguments = {"requirements": ("reviewed-tests",), "systems": ("former",)}
    with pytest.raises(Unfitting, match="not a system in scope on 1 July 2026"):
        small_office.deliver(JUNIT.replace(b"2027-03-03", b"2026-07-01"), **arguments)
    last = JUNIT.replace(b"2027-03-03", b"2026-06-30")
    assert small_office.deliver(last, **arguments).covered[0].system == "former"


def test_files_without_date_need_a_declared_day(small_office: Office) -> None:
    with pytest.raises(Unfitting, match="day that they represent"):
        small_office.deliver(TEXT, requirements=("policy",), systems=())


@pytest.mark.parametrize("requirement", ["role-tests", "reviewed-tests"])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2027, 3, 1), date(2027, 3, 1)),  # before it was made
        (date(2027, 3, 4), date(2027, 3, 4)),  # after
        (date(2027, 3, 2), date(2027, 3, 3)),
        (date(2027, 3, 3), date(2027, 3, 4)),
        (date(2026, 12, 1), date(2027, 3, 3)),
    ],
)
def test_run_represents_only_its_own_days(small_office: Office, requirement: str, first: date, last: date) -> None:
    with pytest.raises(Unfitting, match="3 March 2027 by the file"):
        small_office.deliver(JUNIT, requirements=(requirement,), first_day=first, last_day=last)
    assert nothing_is_filed(small_office)


def test_day_is_that_of_the_organisations_time_zone(small_office: Office) -> None:
    """23:30 UTC is the next day in Amsterdam: neither the file's day nor today's is taken from UTC."""
    late = JUNIT.replace(b"2027-03-03T08:00:00", b"2027-03-03T23:30:00Z")
    filed = small_office.deliver(late, at=datetime.fromisoformat("2027-03-03T23:45:00+00:00"))
    assert filed.is_new
    assert small_office.column("evidence", "last_day") == [date(2027, 3, 4)]


def test_files_of_several_tools_are_refused(small_office: Office) -> None:
    other = JUNIT.replace(b"<testsuite ", b'<testsuite hostname="x" ')
    with submission.inspect(small_office.store, [Incoming(io.BytesIO(b), "f") for b in (JUNIT, other)]) as inspection:
        assert inspection.files[0].run
        inspection.files[0].run.tool = "pytest"
        with pytest.raises(Unfitting, match="several tools"), writing(small_office.engine, NOW) as (session, now):
            submission.submit(
                session, small_office.store, BUILT_IN, Delivery(inspection, ["role-tests"], ["portal"]), now
            )
    assert nothing_is_filed(small_office)


def test_same_file_twice_in_an_upload_is_refused(small_office: Office) -> None:
    with pytest.raises(Unfitting, match="same file"):
        small_office.deliver(JUNIT, JUNIT)


def test_at_most_twenty_files(small_office: Office) -> None:
    with pytest.raises(TooLarge):
        small_office.deliver(*(TEXT + bytes([65 + n]) for n in range(21)))


def test_too_large_file_is_refused(small_office: Office) -> None:
    with pytest.raises(TooLarge):
        submission.inspect(small_office.store, [Incoming(io.BytesIO(TEXT * 100), "a")], most_bytes=100)
    assert list((small_office.store._place.staging).iterdir()) == []


def test_declared_population_of_a_register_is_stored(small_office: Office) -> None:
    population = Population(3, "the directory", DAY)
    small_office.deliver(TEXT, requirements=("policy",), systems=(), first_day=DAY, last_day=DAY, population=population)
    (declared,) = small_office.column("evidence", "declared")
    assert declared["population"] == {"number": 3, "source": "the directory", "on": "2027-03-03"}
    assert declared["by"] == "build server"


# ── All or nothing ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_error_halfway_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(judgement_rows, "add_coverage", broken)
    with pytest.raises(RuntimeError):
        office.deliver(JUNIT)
    assert nothing_is_filed(office)
    monkeypatch.undo()
    assert office.deliver(JUNIT).is_new, "bytes that nothing refers to do no harm"


def test_process_killed_before_the_commit_leaves_nothing(office: Office) -> None:
    with submission.inspect(office.store, [Incoming(io.BytesIO(JUNIT), "a")]) as inspection:
        session = Session(office.engine.execution_options(writes=True))
        submission.submit(session, office.store, BUILT_IN, Delivery(inspection, ["role-tests"], ["portal"]), NOW)
        session.connection().connection.driver_connection.close()
        session.invalidate()
    assert nothing_is_filed(office)
    assert office.deliver(JUNIT).is_new


def test_bytes_are_on_disk_before_the_commit(small_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in between leaves bytes without rows, never evidence without bytes."""
    with submission.inspect(small_office.store, [Incoming(io.BytesIO(JUNIT), "a")]) as inspection:
        digest = inspection.files[0].staged.sha256
        session = Session(small_office.engine.execution_options(writes=True))
        submission.submit(session, small_office.store, BUILT_IN, Delivery(inspection, ["role-tests"], ["portal"]), NOW)
        with pytest.raises(NotKept):
            small_office.store.verify(digest)

        def crash(_: object) -> None:
            small_office.store.verify(digest)
            raise SystemError

        event.listen(session, "before_commit", crash)
        with pytest.raises(SystemError):
            session.commit()
        session.close()
    small_office.store.verify(digest)
    assert nothing_is_filed(small_office)


def test_rollback_leaves_no_bytes(small_office: Office) -> None:
    with submission.inspect(small_office.store, [Incoming(io.BytesIO(JUNIT), "a")]) as inspection:
        digest = inspection.files[0].staged.sha256
        delivery = Delivery(inspection, ["role-tests"], ["portal"])
        with Session(small_office.engine.execution_options(writes=True)) as session:
            tried = submission.submit(session, small_office.store, BUILT_IN, delivery, NOW)
            session.rollback()
        with pytest.raises(NotKept):
            small_office.store.verify(digest)
        with writing(small_office.engine, NOW) as (session, now):
            filed = submission.submit(session, small_office.store, BUILT_IN, delivery, now)
    assert filed.covered == tried.covered
    small_office.store.verify(digest)


def test_inspection_leaves_nothing(small_office: Office) -> None:
    with submission.inspect(small_office.store, [Incoming(io.BytesIO(JUNIT), "a")]) as inspection:
        assert inspection.files[0].counts == {"pass": 2, "skipped": 1}
        assert inspection.files[0].spool.first[0].outcome == "pass"
        assert inspection.days(CALENDAR) == (DAY, DAY)
    assert list(small_office.store._place.staging.iterdir()) == []
    assert nothing_is_filed(small_office)


def test_results_keep_their_order_and_texts(office: Office) -> None:
    cases = "".join(f'<testcase name="case {n}"/>' for n in range(6_000))
    office.deliver(f'<testsuite timestamp="2027-03-03T08:00:00">{cases}</testsuite>'.encode())
    result = table("test_result")
    with reading(office.engine) as session:
        checks = session.execute(select(result.c.check).order_by(result.c.position)).scalars().all()
    assert [check.rpartition(" ")[2] for check in checks] == [str(n) for n in range(6_000)]


def test_reasons_are_shown_in_the_readers_language(office: Office) -> None:
    filed = office.deliver(FAILING)
    with reading(office.engine) as session:
        covered = evidence_rows.covered_cells(session, filed.evidence)
    assert covered[0].reason == filed.covered[0].reason
    assert covered[0].failing == filed.covered[0].failing
    assert covered[0].reason is not None
    assert Language("nl").render(covered[0].reason) != str(covered[0].reason)


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("uploaded", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\scan.json", "scan.json"),
        ("a\0b\n.xml", "ab.xml"),
        ("..", "file"),
        ("", "file"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 300, "x" * 200),
        ("résumé.pdf", "résumé.pdf"),
    ],
)
def test_file_names_are_made_displayable(uploaded: str, shown: str) -> None:
    assert shown_name(uploaded) == shown


def test_file_name_is_not_used_as_a_path(small_office: Office) -> None:
    small_office.deliver(JUNIT, names=("../../etc/passwd",))
    assert small_office.column("evidence_file", "name") == ["passwd"]


def test_broken_file_is_refused_with_what_and_where(small_office: Office) -> None:
    with pytest.raises(Unreadable, match="roles.xml"):
        small_office.deliver(JUNIT[:-14], names=("roles.xml",))
    assert nothing_is_filed(small_office)


def test_memory_use_does_not_grow_with_the_number_of_results(small_office: Office) -> None:
    def peak(number: int) -> int:
        cases = "".join(f'<testcase classname="tests.role" name="case {n}" time="0.1"/>' for n in range(number))
        content = f'<testsuite timestamp="2027-03-03T08:00:00">{cases}</testsuite>'.encode()
        tracemalloc.start()
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        small_office.deliver(content)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - before

    peak(2_500)
    assert peak(20_000) < 2 * peak(5_000)


@pytest.mark.parametrize("damage", [lambda b: b[:-1] + b"?", lambda b: b[:9], lambda b: b""])
def test_uploading_again_replaces_damaged_bytes(small_office, tmp_path, damage):
    first = small_office.deliver(JUNIT)
    (digest,) = small_office.column("evidence_file", "sha256")
    path = tmp_path / "store" / "sha256" / digest[:2] / digest[2:]
    path.chmod(0o600)
    path.write_bytes(damage(JUNIT))
    again = small_office.deliver(JUNIT)
    assert (again.evidence, again.is_new) == (first.evidence, False)
    small_office.store.verify(digest)


def test_refused_upload_replaces_damaged_bytes_too(small_office, tmp_path):
    small_office.deliver(JUNIT)
    (digest,) = small_office.column("evidence_file", "sha256")
    (tmp_path / "store" / "sha256" / digest[:2] / digest[2:]).unlink()
    with pytest.raises(Unfitting):
        small_office.deliver(JUNIT, systems=("nowhere",))
    small_office.store.verify(digest)
    with pytest.raises(Unfitting):
        small_office.deliver(JUNIT + b" ", systems=("nowhere",))
    assert list(small_office.store.digests()) == [digest]
    with pytest.raises(NotAllowed):
        small_office.deliver(JUNIT, person=NOBODY)


def test_identical_upload_says_that_its_policy_has_changed(small_office, tmp_path):
    scan = dated_scan("portal.example.nl", DAY.isoformat())
    small_office.deliver(scan, requirements=("tls-scan",))
    for path in policies.FOLDER.glob("tls-ncsc-nl-*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes() + b"# another edition\n")
    policies.use(tmp_path)
    try:
        again = small_office.deliver(scan, requirements=("tls-scan",))
    finally:
        policies.use(None)
    assert not again.is_new
    assert any("has changed since" in str(warning) for warning in again.warnings)


def test_too_long_judging_is_refused_and_nothing_is_recorded(small_office, monkeypatch):
    monkeypatch.setattr("evidence.intake.verdicts.delivery_judgement._LEAST_JUDGING", 0)
    monkeypatch.setattr("evidence.intake.verdicts.delivery_judgement._JUDGING", 0)
    with pytest.raises(TooCostly, match="judging this takes more than 0 seconds"):
        small_office.deliver(JUNIT)
    assert small_office.count("evidence") == 0
