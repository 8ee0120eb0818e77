"""Uploads that are sent again, that stop a pipeline, and that are judged in the background."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from access.people import tokens
from access.permissions import READER, Person
from api import uploads
from evidence.errors import StoreUnavailable
from evidence.intake.program_uploads import upload_rows
from evidence.intake.program_uploads.upload_rows import KEPT, WaitingUpload
from evidence.storage.store import EvidenceStore
from jobs import judge_uploads
from jobs.judge_uploads import MOST_ATTEMPTS, MOST_UNAVAILABLE, Postponed, judge_waiting
from jobs.remove_interrupted_uploads import sweep_uploads
from jobs.values import JobContext
from locales import text
from models.bulk_changes import table
from models.transaction import deriving, writing
from tests.api.calls import POLICY, ROLE_TESTS, problem
from tests.api.conftest import client_of
from tests.evidence.office import COLLEAGUE, FAILING, JUNIT, NOW, Office
from tests.people import officer

LATER = {"background": "true"}


@dataclass
class Sender:
    """A token of the security officer, who may revoke it."""

    office: Office
    officer: Person
    client: TestClient
    person: Person

    def send(self, content: bytes = JUNIT, key: str = "", query: dict[str, str] | None = None, **fields: Any) -> Any:
        headers = {"idempotency-key": key} if key else {}
        data = fields or ROLE_TESTS
        files = [("files", ("results.xml", content))]
        return self.client.post("/api/v1/evidence", params=query or {}, files=files, data=data, headers=headers)

    def judge(self) -> None:
        judge_waiting(self.office.engine, self.office.store, lambda: NOW)

    def poll(self, sent: Any, **query: str) -> Any:
        return self.client.get(sent.headers["location"], params=query or None)


def make_sender(office: Office) -> Sender:
    boss, _ = officer(office.engine)
    with writing(office.engine, NOW) as (session, now):
        permissions = ["evidence.file", "evidence.read"]
        secret = tokens.issue_own(session, boss, "build server", permissions, date(2027, 6, 1), now)
        active = tokens.find(session, secret, now)
        assert active is not None
    return Sender(office, boss, client_of(office, active.person), active.person)


@pytest.fixture
def sender(office: Office) -> Iterator[Sender]:
    made = make_sender(office)
    with made.client:
        yield made


@pytest.fixture
def small(small_office: Office) -> Iterator[Sender]:
    """On SQLite only, where the database is not what is tested."""
    made = make_sender(small_office)
    with made.client:
        yield made


def held(office: Office) -> list[str]:
    return list(office.store.held())


def staged(office: Office) -> list[Any]:
    return list(office.store._place.staging.iterdir())


# ── Sent again ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_same_key_and_upload_are_answered_as_before_and_recorded_once(sender: Sender) -> None:
    first, again = (sender.send(FAILING, key="k-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"] == first.json()["links"]["evidence"]
    assert sender.office.count("evidence") == 1
    assert sender.office.column("activity", "verb").count("evidence.file") == 1


@pytest.mark.parametrize("change", [{"content": FAILING}, {"title": "Another"}, {"requirement": "reviewed-tests"}])
def test_same_key_with_another_upload_is_refused(small: Sender, change: dict[str, Any]) -> None:
    assert small.send(key="k-1", **ROLE_TESTS).status_code == 201
    content = change.pop("content", JUNIT)
    body = problem(small.send(content, key="k-1", **{**ROLE_TESTS, **change}), 422)
    assert body["type"].endswith(":key-reused")
    assert "Idempotency-Key k-1 was used on 4 March 2027" in body["detail"]
    assert small.office.count("evidence") == 1
    assert staged(small.office) == []


def test_key_belongs_to_its_token(small: Sender) -> None:
    small.send(key="k-1")
    with client_of(small.office, small.officer) as browser:
        other = replace(small, client=browser)
        assert other.send(FAILING, key="k-1").status_code == 201


def test_refused_upload_leaves_its_key_free(small: Sender) -> None:
    problem(small.send(b"<a>", key="k-1"), 422)
    assert small.send(JUNIT, key="k-1").status_code == 201


def test_quoted_key_is_the_same_key(small: Sender) -> None:
    """As the draft of the header's standard writes it."""
    small.send(key='"k-1"')
    assert small.send(key="k-1").headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("key", ["a b", "x" * 256])
def test_key_of_another_form_is_refused(small: Sender, key: str) -> None:
    body = problem(small.send(key=key), 422)
    assert body["errors"][0]["where"] == "Idempotency-Key"


def test_key_is_forgotten_after_seven_days(small: Sender) -> None:
    small.send(key="k-1")
    context = JobContext(small.office.engine, small.office.store, own=None)  # type: ignore[arg-type]
    sweep_uploads(context)
    assert small.office.count("upload") == 1
    with deriving(small.office.engine) as session:
        session.execute(update(table("upload")).values(ended_at=NOW - KEPT - timedelta(days=1)))
    sweep_uploads(context)
    assert small.office.count("upload") == 0
    again = small.send(key="k-1")
    assert (again.status_code, again.json()["is_new"]) == (200, False)


# ── Stopping a pipeline ──────────────────────────────────────────────────────────────────────────────────────────────


def test_failing_evidence_is_recorded_and_stops_a_pipeline_that_asks_for_it(sender: Sender) -> None:
    body = problem(sender.send(FAILING, query={"fail_on": "fail"}), 409)
    assert body["type"] == "urn:aantoonbaar:problem:evidence-fails"
    assert body["title"] == "Recorded, and it fails"
    assert "The evidence is recorded, and does not pass for role-tests" in body["detail"]
    assert body["filed"]["coverage"][0]["failing"]
    assert sender.client.get(body["filed"]["links"]["evidence"]).status_code == 200
    assert sender.office.column("evidence", "id") == [body["filed"]["id"]]


@pytest.mark.parametrize(("content", "fail_on"), [(JUNIT, "fail"), (FAILING, "none")])
def test_other_evidence_stops_nothing(small: Sender, content: bytes, fail_on: str) -> None:
    assert small.send(content, query={"fail_on": fail_on}).status_code == 201


def test_failing_dry_run_stops_and_says_that_nothing_is_recorded(small: Sender) -> None:
    body = problem(small.send(FAILING, query={"fail_on": "fail", "dry_run": "true"}), 409)
    assert "Nothing is recorded: this was a dry run" in body["detail"]
    assert (body["title"], body["filed"]["id"]) == ("It would fail", "")
    assert small.office.count("evidence") == 0


@pytest.mark.parametrize("query", [{"fail_on": "warn"}, {"failon": "fail"}, {"background": "perhaps"}])
def test_misspelt_parameter_is_a_problem(small: Sender, query: dict[str, str]) -> None:
    problem(small.send(query=query), 422)
    assert small.office.count("evidence") == 0


def test_replayed_failure_stops_too(small: Sender) -> None:
    for _ in range(2):
        problem(small.send(FAILING, key="k-1", query={"fail_on": "fail"}), 409)


# ── In the background ────────────────────────────────────────────────────────────────────────────────────────────────


def test_received_upload_is_on_disk_and_judged_later(sender: Sender) -> None:
    sent = sender.send(FAILING, query=LATER)
    assert sent.status_code == 202
    assert sent.headers["retry-after"] == "2"
    body = sent.json()
    assert (body["stage"], body["filed"], body["problem"]) == ("waiting", None, None)
    assert body["files"] == [
        {"name": "results.xml", "sha256": hashlib.sha256(FAILING).hexdigest(), "size": len(FAILING)}
    ]
    assert sent.headers["location"] == body["links"]["upload"]
    assert held(sender.office) == [f"{body['id']}-0"]
    assert (sender.office.count("evidence"), staged(sender.office)) == (0, [])
    sender.judge()
    judged = sender.poll(sent)
    assert judged.status_code == 200
    assert "retry-after" not in judged.headers
    assert judged.json()["stage"] == "judged"
    filed = judged.json()["filed"]
    assert [cell["verdict"] for cell in filed["coverage"]] == ["fail"]
    assert filed["is_new"] is True
    assert sender.client.get(filed["links"]["evidence"]).json()["evidence"]["uploaded_by"] == sender.person.name
    assert (held(sender.office), staged(sender.office)) == ([], [])
    verbs = sender.office.column("activity", "verb")
    assert {"upload.receive", "evidence.file"} <= set(verbs)


def test_chosen_format_counts_in_the_background_as_in_the_request(sender: Sender) -> None:
    lines = b'{"check": "a", "outcome": "ok"}\n{"check": "b", "outcome": "ok"}\n'
    fields = {**ROLE_TESTS, "first_day": "2027-03-03", "format": "json"}
    sent = sender.send(lines, query=LATER, **fields)
    sender.judge()
    filed = sender.poll(sent).json()["filed"]
    assert [(each["format"], each["is_chosen"]) for each in filed["recognised"]] == [("json", True)]
    again = sender.send(lines, **fields).json()
    assert (again["id"], again["recognised"]) == (filed["id"], filed["recognised"])


def test_large_upload_is_received_without_asking(small: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGE", len(JUNIT) - 1)
    assert small.send().status_code == 202
    assert small.send(query={"background": "false"}).status_code == 201
    monkeypatch.setattr(uploads, "LARGE", len(FAILING))
    assert small.send(FAILING).status_code == 201


def test_sender_without_account_or_token_is_judged_at_once(small: Sender) -> None:
    """Nobody could tell later what they may do."""
    with client_of(small.office, COLLEAGUE) as client:
        assert replace(small, client=client).send(query=LATER).status_code == 201


def test_what_cannot_be_read_is_told_when_polled(sender: Sender) -> None:
    sent = sender.send(JUNIT[:-9], query=LATER)
    assert sent.status_code == 202
    sender.judge()
    body = sender.poll(sent).json()
    assert (body["stage"], body["filed"]) == ("refused", None)
    assert body["problem"]["status"] == 422
    assert body["problem"]["detail"].startswith("results.xml: ")
    assert body["problem"]["type"] == "urn:aantoonbaar:problem:unreadable"
    told = sender.client.get(sent.headers["location"], headers={"accept-language": "nl"}).json()["problem"]["detail"]
    assert told != body["problem"]["detail"]
    assert sender.office.count("evidence") == 0
    assert held(sender.office) == []
    assert "upload.refuse" in sender.office.column("activity", "verb")
    again = sender.poll(sent, fail_on="fail")
    assert problem(again, 422)["detail"] == body["problem"]["detail"]


def test_location_of_an_upload_that_asks_to_stop_does(small: Sender) -> None:
    sent = small.send(FAILING, query={**LATER, "fail_on": "fail"})
    assert sent.status_code == 202
    assert sent.headers["location"].endswith("?fail_on=fail")
    assert small.client.get(sent.headers["location"]).status_code == 200  # it still waits
    small.judge()
    assert problem(small.client.get(sent.headers["location"]), 409)["filed"]["coverage"][0]["verdict"] == "fail"
    assert small.client.get(sent.json()["links"]["upload"]).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {**ROLE_TESTS, "requirement": "nothing"},
        {**ROLE_TESTS, "target": "portal"},
        {**ROLE_TESTS, "system": "elsewhere"},
        {**ROLE_TESTS, "mapping": "{"},
        {**POLICY, "first_day": "2099-01-01"},
    ],
)
def test_wrong_fields_are_told_at_once(small: Sender, fields: dict[str, str]) -> None:
    problem(small.send(query=LATER, **fields), 422)
    assert small.office.count("upload") == 0
    assert (held(small.office), staged(small.office)) == ([], [])


def test_who_may_not_upload_is_told_at_once(small: Sender) -> None:
    reader = Person("reader", frozenset({READER}), "u-1")
    with client_of(small.office, reader) as client:
        problem(replace(small, client=client).send(query=LATER), 403)
    assert small.office.count("upload") == 0


def test_token_revoked_meanwhile_is_told_and_nothing_is_judged(sender: Sender) -> None:
    sent = sender.send(query=LATER)
    with writing(sender.office.engine, NOW) as (session, now):
        assert sender.person.token is not None
        tokens.revoke_own(session, sender.officer, sender.person.token, now)
    sender.judge()
    with client_of(sender.office, sender.officer) as browser:
        body = browser.get(sent.headers["location"]).json()
    assert body["stage"] == "refused"
    assert (body["problem"]["status"], body["problem"]["type"]) == (403, "urn:aantoonbaar:problem:not-allowed")
    assert "ended after these files were received" in body["problem"]["detail"]
    assert sender.office.count("evidence") == 0
    assert held(sender.office) == []


def test_token_revoked_while_its_files_are_read_is_told(small: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    from evidence.intake.program_uploads import judge_upload

    sent = small.send(query=LATER)
    read = judge_upload.read_delivery

    def revoking(*arguments: Any) -> Any:
        with writing(small.office.engine, NOW) as (session, now):
            assert small.person.token is not None
            tokens.revoke_own(session, small.officer, small.person.token, now)
        return read(*arguments)

    monkeypatch.setattr(judge_upload, "read_delivery", revoking)
    small.judge()
    with client_of(small.office, small.officer) as browser:
        assert browser.get(sent.headers["location"]).json()["problem"]["status"] == 403
    assert small.office.count("evidence") == 0
    assert not [path for path in (small.office.store._place._root / "sha256").rglob("*") if path.is_file()]


def test_upload_of_a_person_counts_their_roles_of_later(small: Sender) -> None:
    with client_of(small.office, small.officer) as browser:
        sent = replace(small, client=browser).send(query=LATER)
        small.judge()
        assert browser.get(sent.headers["location"]).json()["stage"] == "judged"


def test_only_the_sender_and_who_reads_all_evidence_see_an_upload(small: Sender) -> None:
    address = small.send(query=LATER).json()["links"]["upload"]
    member = Person("member", frozenset({"team member"}), "u-2", frozenset({"platform"}))
    other = replace(small.person, token=99, account="u-3")
    for person, status in (
        (member, 404),
        (other, 200),
        (COLLEAGUE, 200),
        (replace(member, account=small.officer.account), 200),
        (replace(member, account=small.officer.account, token=98), 404),
    ):
        with client_of(small.office, person) as client:
            assert client.get(address).status_code == status, person


def test_sender_has_no_more_than_some_uploads_waiting(small: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_rows, "MOST_WAITING", 2)
    assert [small.send(query=LATER).status_code for _ in range(2)] == [202, 202]
    assert "2 of your uploads wait" in problem(small.send(query=LATER), 409)["detail"]
    small.judge()
    assert small.send(query=LATER).status_code == 202


def test_same_key_waits_once(sender: Sender) -> None:
    first, again = (sender.send(key="k-1", query=LATER) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["location"] == first.headers["location"]
    assert sender.office.count("upload") == 1
    sender.judge()
    replayed = sender.send(key="k-1", query=LATER)
    assert (replayed.status_code, replayed.json()["id"]) == (201, sender.poll(first).json()["filed"]["id"])
    problem(sender.send(FAILING, key="k-1", query=LATER), 422)
    assert sender.office.count("evidence") == 1


def test_upload_refused_in_the_background_leaves_its_key_free(small: Sender) -> None:
    first = small.send(b"<a>", key="k-1", query=LATER)
    small.judge()
    again = small.send(b"<a>", key="k-1", query=LATER)
    assert again.status_code == 202
    assert again.headers["location"] != first.headers["location"]


def test_content_recorded_before_is_told(small: Sender) -> None:
    first = small.send().json()
    sent = small.send(query=LATER)
    small.judge()
    filed = small.poll(sent).json()["filed"]
    assert (filed["id"], filed["is_new"]) == (first["id"], False)
    assert "uploaded before" in " ".join(filed["warnings"])


def test_unknown_upload_is_not_found(small: Sender) -> None:
    problem(small.client.get("/api/v1/uploads/" + "0" * 32), 404)
    problem(small.client.get("/api/v1/uploads/none"), 422)


# ── What goes wrong in between ───────────────────────────────────────────────────────────────────────────────────────


def test_upload_survives_the_end_of_the_process(small: Sender) -> None:
    """Its bytes and row are there for another process, which opens the store anew."""
    sent = small.send(query=LATER)
    store = EvidenceStore(str(small.office.store._place._root))
    judge_waiting(small.office.engine, store, lambda: NOW)
    assert small.poll(sent).json()["stage"] == "judged"


def test_end_of_the_process_between_storing_and_committing_loses_nothing(
    small: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_arguments: Any) -> None:
        raise Killed

    sent = small.send(query=LATER)
    with monkeypatch.context() as patch:
        patch.setattr("models.transaction.Session.commit", killed)
        with pytest.raises(Killed):
            judge_waiting(small.office.engine, small.office.store, lambda: NOW)
    assert small.office.count("evidence") == 0
    assert held(small.office) == [f"{sent.json()['id']}-0"]
    small.judge()
    assert small.poll(sent).json()["stage"] == "judged"


def test_failed_acknowledgement_leaves_no_row(small: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any) -> None:
        raise StoreUnavailable(text("The evidence store can't be used now: {reason}.", reason="full"))

    monkeypatch.setattr(small.office.store, "hold", full)
    problem(small.send(query=LATER), 503)
    assert small.office.count("upload") == 0
    assert staged(small.office) == []


def test_damaged_waiting_bytes_are_told(small: Sender) -> None:
    sent = small.send(query=LATER)
    (path,) = small.office.store._place.waiting.iterdir()
    path.chmod(0o600)
    path.write_bytes(FAILING)
    small.judge()
    body = small.poll(sent).json()
    assert (body["stage"], body["problem"]["type"]) == ("refused", "urn:aantoonbaar:problem:corrupted")


def test_lost_waiting_bytes_are_told(small: Sender) -> None:
    """As after restoring a backup, which holds no bytes that wait."""
    sent = small.send(query=LATER)
    (path,) = small.office.store._place.waiting.iterdir()
    path.unlink()
    small.judge()
    assert "Upload the same file again" in small.poll(sent).json()["problem"]["detail"]


def _full(*_arguments: Any) -> None:
    raise StoreUnavailable(text("The evidence store can't be used now: {reason}.", reason="full"))


def test_while_nothing_can_be_stored_all_uploads_wait(small: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = small.send(query=LATER)
    with monkeypatch.context() as patch:
        patch.setattr(small.office.store, "stage_held", _full)
        patch.setattr(small.office.store, "check", _full)
        for _ in range(MOST_UNAVAILABLE + 1):
            with pytest.raises(StoreUnavailable):
                small.judge()
    assert small.poll(sent).json()["stage"] == "waiting"
    small.judge()
    assert small.poll(sent).json()["stage"] == "judged"


def test_upload_for_which_alone_something_cannot_be_used_keeps_no_other_waiting(
    small: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = small.send(query=LATER, key="k-1")
    stuck, stage_held = f"{sent.json()['id']}-0", small.office.store.stage_held
    monkeypatch.setattr(
        small.office.store, "stage_held", lambda name, *rest: (_full if name == stuck else stage_held)(name, *rest)
    )
    for times in range(1, MOST_UNAVAILABLE):
        after = small.send(FAILING, query=LATER, title=f"upload {times}", **ROLE_TESTS)
        small.judge()
        assert small.poll(after).json()["stage"] == "judged"
        waiting = small.poll(sent, fail_on="fail").json()
        assert (waiting["stage"], waiting["problem"]) == ("waiting", None)
    small.judge()
    body = small.poll(sent).json()
    assert (body["stage"], body["problem"]["status"]) == ("refused", 409)
    assert "12 times" in body["problem"]["detail"]
    assert body["problem"]["detail"].endswith("The evidence store can't be used now: full.")
    assert held(small.office) == []
    assert small.office.column("activity", "verb").count("upload.refuse") == 1
    monkeypatch.undo()
    assert small.send(key="k-1").status_code == 201


def test_upload_is_tried_again_after_a_growing_pause(small: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def full(*_arguments: Any) -> None:
        tried.append(seconds)
        _full()

    sent = small.send(query=LATER)
    postponed = Postponed()
    with monkeypatch.context() as patch:
        patch.setattr(small.office.store, "stage_held", full)
        for seconds in range(40):
            moment = NOW + timedelta(seconds=seconds)
            judge_waiting(small.office.engine, small.office.store, lambda at=moment: at, postponed=postponed)
    assert tried == [0, 5, 15, 35]
    later = NOW + timedelta(minutes=5)
    judge_waiting(small.office.engine, small.office.store, lambda: later, postponed=postponed)
    body = small.poll(sent).json()
    assert (body["stage"], body["problem"]) == ("judged", None)
    assert postponed.moments == {}


def test_unexpected_error_ends_an_upload_after_some_attempts(small: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = judge_uploads.judge_upload

    def broken(context: Any, upload: WaitingUpload) -> None:
        if upload.id == sent.json()["id"]:
            raise ZeroDivisionError
        judge(context, upload)

    sent = small.send(query=LATER)
    after = small.send(FAILING, query=LATER)
    with monkeypatch.context() as patch:
        patch.setattr(judge_uploads, "judge_upload", broken)
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(ZeroDivisionError):
                small.judge()
            assert small.poll(after).json()["stage"] == "judged"
    assert small.poll(sent).json()["stage"] == "judging"
    small.judge()
    body = small.poll(sent).json()
    assert (body["stage"], body["problem"]["status"]) == ("refused", 409)


def test_bytes_without_an_upload_are_removed_after_a_day(small: Sender) -> None:
    import os

    store = small.office.store
    waiting = small.send(query=LATER).json()["id"]
    for name in ("a" * 32 + "-0", "b" * 32 + "-0"):
        staged_file = store.stage(io.BytesIO(name.encode()), 100)
        store.hold(staged_file, name)
        staged_file.discard()
    for name in ("a" * 32 + "-0", f"{waiting}-0"):
        os.utime(store._place.waiting / name, (0, 0))
    sweep_uploads(JobContext(small.office.engine, store, own=None))  # type: ignore[arg-type]
    assert sorted(held(small.office)) == sorted(["b" * 32 + "-0", f"{waiting}-0"])


def test_fields_are_not_stored_longer_than_needed(small: Sender) -> None:
    """A mapping may name people."""
    mapping = '{"columns": {}, "personal": {"Naam": "leave out"}}'
    small.send(query=LATER, mapping=mapping, **ROLE_TESTS)
    assert "Naam" in str(small.office.column("upload", "fields"))
    small.judge()
    small.send(FAILING, key="k-1", mapping=mapping, **ROLE_TESTS)
    assert small.office.column("upload", "fields") == [{}, {}]


# ── Fields of another form ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"target": "portal"}, "name the target: target=ADDRESS=SYSTEM/TARGET"),
        ({"target": "a.example.nl="}, "name the target: target=ADDRESS=SYSTEM/TARGET"),
        ({"zone": "office"}, "zone=FILE=ZONE"),
        ({"population_of": "portal"}, "population_of=SYSTEM=NUMBER"),
        ({"population": "3"}, "population_day=YYYY-MM-DD"),
        ({"sytem": "portal"}, "expected system=KEY"),
        ({"first_day": "yesterday"}, "first_day is not a day; expected one such as 2027-03-16"),
    ],
)
def test_message_names_the_parameter_and_its_form(small: Sender, fields: dict[str, str], expected: str) -> None:
    assert expected in problem(small.send(**{**ROLE_TESTS, **fields}), 422)["detail"]


def test_missing_system_and_requirement_are_named_with_their_form(small: Sender) -> None:
    assert "system=KEY" in problem(small.send(requirement="role-tests"), 422)["detail"]
    assert "send multipart/form-data with requirement=KEY" in problem(small.send(system="portal"), 422)["detail"]


@pytest.mark.parametrize(
    ("request_parts", "expected"),
    [
        ({"data": {**ROLE_TESTS, "files": "results.xml"}, "files": [("x", b"")]}, "-F files=@report.xml"),
        ({"data": {**ROLE_TESTS, "files": "results.xml"}}, "files=@report.xml"),
        ({"data": ROLE_TESTS, "files": [("file", ("results.xml", JUNIT))]}, "files=@report.xml"),
        ({"content": JUNIT, "headers": {"content-type": "application/xml"}}, "files=@report.xml"),
    ],
    ids=["forgotten @", "forgotten @ and no multipart", "file for files", "bare body"],
)
def test_file_that_was_not_sent_is_named_with_its_form(
    small: Sender, request_parts: dict[str, Any], expected: str
) -> None:
    body = problem(small.client.post("/api/v1/evidence", **request_parts), 422)
    assert expected in body["detail"] + " ".join(error["detail"] for error in body["errors"])


def test_upload_over_the_limit_names_it(small: Sender) -> None:
    body = problem(small.send(b"x" * (10 << 20)), 413)
    assert "maximum of 8 MB" in body["detail"]
    assert "AANTOONBAAR_MAX_UPLOAD_MB" in body["detail"]


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def stages(client: TestClient) -> list[str]:
    return [row["stage"] for row in client.get("/api/v1/uploads").json()]


def test_list_has_what_waits_first_then_what_was_refused(sender: Sender) -> None:
    sender.send(key="at once")
    sender.send(FAILING, query=LATER)
    sender.send(JUNIT[:-9], query=LATER)
    sender.judge()
    sender.send(query=LATER)
    rows = sender.client.get("/api/v1/uploads").json()
    assert [row["stage"] for row in rows] == ["waiting", "refused", "judged"]
    assert rows[1]["problem"]["detail"].startswith("results.xml: ")
    assert sender.client.get(rows[2]["links"]["evidence"]).status_code == 200
    assert {row["files"][0] for row in rows} == {"results.xml"}


def test_list_has_the_uploads_of_ones_tokens_and_teams(small: Sender) -> None:
    with writing(small.office.engine, NOW) as (session, now):
        secret = tokens.issue(session, small.officer, "ci", "platform", ["evidence.file"], date(2027, 6, 1), now)
        team_token = tokens.find(session, secret, now).person
    small.send(query=LATER)
    with client_of(small.office, team_token) as client:
        replace(small, client=client).send(FAILING, query=LATER)
        assert len(stages(client)) == 1  # a token sees its own
    member = Person("member", frozenset({"team member"}), "u-2", frozenset({"platform"}))
    for person, number in ((small.officer, 2), (member, 1), (replace(member, teams=frozenset({"support"})), 0)):
        with client_of(small.office, person) as client:
            assert len(stages(client)) == number, person
