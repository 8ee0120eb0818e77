"""Bad input through the API: refused with a message, early, with little memory, and nothing is recorded."""

import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from access.permissions import BUILT_IN
from access.web.authentication import Admission
from evidence.formats.values import Unreadable
from evidence.intake import submission
from evidence.intake.submission import Incoming
from tests.api.calls import POLICY, ROLE_TESTS, problem, upload
from tests.coroutines import result_of
from tests.evidence.office import Office

SUITE = b'<testsuite timestamp="2026-11-02T08:00:00"><testcase name="a"/></testsuite>'
XXE = b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&x;"/></testsuite>'
LAUGHS = (
    b'<!DOCTYPE t [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><testsuite><testcase name="&j;"/></testsuite>'
)


def zip_bomb() -> bytes:
    """A document whose one part unpacks to 300 MB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1 << 20))
    return stream.getvalue()


HOSTILE = {
    "not XML": b"this is no XML",
    "HTML": b"<!doctype html><html><script>alert(1)</script></html>",
    "XXE": XXE,
    "billion laughs": LAUGHS,
    "truncated": SUITE[:-10],
    "empty": b"",
    "wrong encoding": b'<?xml version="1.0" encoding="utf-8"?><testsuite><testcase name="\xff\xfe\x00"/></testsuite>',
    "another encoding than it says": b'<?xml version="1.0" encoding="utf-16"?><testsuite/>',
    "zeros": bytes(1 << 20),
    "deep": b"<testsuite>" * 100_000,
    "a program": b"\x7fELF" + bytes(range(256)),
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "deep JSON": b"[" * 100_000,
    "huge number": b'[{"id": "x", "ip": "a/1", "port": ' + b"9" * 10_000 + b', "severity": "OK", "finding": "f"}]',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "fields", [ROLE_TESTS, {"requirement": "tls-scan", "system": "portal"}], ids=["junit", "testssl"]
)
def test_hostile_files_are_refused(
    small_client: TestClient, small_office: Office, name: str, fields: dict[str, str]
) -> None:
    problem(upload(small_client, HOSTILE[name], **fields), 422)
    assert small_office.count("evidence") == 0
    assert list(small_office.store._place.staging.iterdir()) == []
    assert not [path for path in (small_office.store._place._root / "sha256").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["HTML", "XXE", "billion laughs", "empty", "zeros", "a program", "a script"])
def test_hostile_files_are_not_accepted_as_records(small_client: TestClient, small_office: Office, name: str) -> None:
    problem(upload(small_client, HOSTILE[name], names=("policy.md",), **POLICY), 422)
    assert small_office.count("evidence") == 0


def test_a_zip_bomb_is_refused_without_unpacking(small_client: TestClient, small_office: Office) -> None:
    bomb = zip_bomb()
    tracemalloc.start()
    body = problem(upload(small_client, bomb, names=("policy.docx",), **POLICY), 422)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 << 20
    assert "policy.docx" in body["detail"]
    assert small_office.count("evidence") == 0


class Zeros(io.RawIOBase):
    """A gigabyte of zeros that is never held; counts what was taken."""

    def __init__(self) -> None:
        self.taken, self.size = 0, 1 << 30

    def read(self, size: int = -1) -> bytes:
        size = min(size if size >= 0 else 1 << 20, self.size - self.taken)
        self.taken += size
        return bytes(size)


def test_a_gigabyte_of_zeros_is_refused_from_its_beginning(small_office: Office) -> None:
    zeros = Zeros()
    with pytest.raises(Unreadable, match="zero bytes"):
        submission.inspect(small_office.store, [Incoming(zeros, "zeros")])
    assert zeros.taken <= 1 << 16


def body_of(taken: list[int], size: int) -> Iterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="zeros"\r\n\r\n'
    for _ in range(size >> 20):
        taken.append(1)
        yield bytes(1 << 20)
    yield b"\r\n--x--\r\n"


def test_a_body_that_is_too_large_is_refused(small_client: TestClient, small_office: Office) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    body = problem(small_client.post("/api/v1/evidence", content=body_of([], 64 << 20), headers=headers), 413)
    assert body["detail"]
    problem(
        small_client.post("/api/v1/evidence", content=b"x", headers={**headers, "content-length": str(1 << 40)}), 413
    )
    problem(
        small_client.post(
            "/api/v1/reviews",
            content=b'{"a": "' + b"x" * (2 << 20) + b'"}',
            headers={"content-type": "application/json"},
        ),
        413,
    )
    assert small_office.count("evidence") == 0


def test_bytes_beyond_the_upload_limit_are_not_read(small_office: Office) -> None:
    """What comes after the limit is not asked for."""

    from api.request_limits import RequestLimits

    queried = 0

    async def endless() -> dict[str, object]:
        nonlocal queried
        queried += 1
        return {"type": "http.request", "body": bytes(1 << 16), "more_body": True}

    async def app(scope, receive, send) -> None:
        while True:
            await receive()

    async def call() -> None:
        scope = {"type": "http", "method": "POST", "path": "/api/v1/evidence", "query_string": b"", "headers": []}
        scope["admission"] = Admission(BUILT_IN, "en")
        await RequestLimits(app, 1 << 20)(scope, endless, endless)

    with pytest.raises(Exception, match="413"):
        result_of(call())
    assert queried == 17


def test_a_name_that_is_a_path_is_only_a_name(small_client: TestClient, small_office: Office) -> None:
    answer = upload(small_client, SUITE, names=("../../etc/passwd",), **ROLE_TESTS)
    assert answer.status_code == 201
    assert small_office.column("evidence_file", "name") == ["passwd"]
    inside = small_office.store._place._root
    assert all(path.is_relative_to(inside) for path in inside.rglob("*"))


def test_formulas_in_a_csv_are_text(small_client: TestClient, small_office: Office) -> None:
    content = b'system,owner\nportal,"=HYPERLINK(""http://example.org"")"\nwebsite,@SUM(1+1)*cmd|calc\n'
    answer = upload(small_client, content, names=("register.csv",), **POLICY)
    assert answer.status_code == 201
    detail = small_client.get(f"/api/v1/evidence/{answer.json()['id']}/files/0")
    assert detail.content == content
    messages = small_office.column("test_result", "message")
    assert any("=HYPERLINK" in message for message in messages)


@pytest.mark.parametrize("day", ["2999-01-01", "2198-12-31"])
def test_a_date_in_the_future_is_refused(small_client: TestClient, day: str) -> None:
    problem(upload(small_client, SUITE, **ROLE_TESTS, first_day=day, last_day=day), 422)


STRINGS = ["a\0b", "\ud800", "\x1b[31m", "x" * 100_000]


@pytest.mark.parametrize("value", STRINGS, ids=["zero byte", "surrogate", "escape", "long"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("reviews", {"evidence": "?", "decision": "accepted"}),
        ("reviews", {"evidence": "x", "decision": "accepted", "remark": "?"}),
        (
            "exceptions",
            {
                "requirement": "role-tests",
                "system": "portal",
                "tool": "junit",
                "check": "?",
                "reason": "r",
                "first_day": "2027-03-04",
                "last_day": "2027-04-04",
            },
        ),
        (
            "exceptions",
            {
                "requirement": "?",
                "system": "portal",
                "tool": "junit",
                "check": "c",
                "reason": "r",
                "first_day": "2027-03-04",
                "last_day": "2027-04-04",
            },
        ),
        ("series-closings", {"requirement": "role-tests", "system": "?", "tool": "t", "reason": "r"}),
        ("applicability", {"control": "?", "applicable": False, "justification": "j", "first_day": "2027-03-04"}),
        ("nonconformities", {"control": "iso:A.1", "grade": "major", "title": "?", "first_day": "2027-01-04"}),
        ("systems", {"key": "?", "title_nl": "t", "title_en": "t", "first_day": "2027-01-04"}),
        ("systems", {"key": "new", "title_nl": "?", "title_en": "t", "first_day": "2027-01-04"}),
        ("systems/portal/targets", {"target": "?", "first_day": "2027-01-04"}),
        (
            "audit",
            {
                "key": "a",
                "title": "?",
                "day": "2027-03-16",
                "period_first": "2026-03-16",
                "period_last": "2027-03-15",
                "catalogues": ["iso"],
            },
        ),
        (
            "audit",
            {
                "key": "a",
                "title": "t",
                "day": "2027-03-16",
                "period_first": "2026-03-16",
                "period_last": "2027-03-15",
                "catalogues": ["?"],
            },
        ),
    ],
)
def test_no_string_breaks_a_route(client: TestClient, path: str, body: dict[str, object], value: str) -> None:
    filled = json.loads(json.dumps(body).replace('"?"', json.dumps(value)))
    answer = client.post(f"/api/v1/{path}", content=json.dumps(filled), headers={"content-type": "application/json"})
    assert answer.status_code in (404, 409, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a": 1e999}', b"[" * 100_000, b'"\\ud800"']
)
def test_no_body_breaks_a_route(small_client: TestClient, content: bytes) -> None:
    for path in ("reviews", "exceptions", "systems"):
        answer = small_client.post(f"/api/v1/{path}", content=content, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), (answer.status_code, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["-1", "99999999999999999999999", "1.5", "x"])
def test_no_number_breaks_a_route(small_client: TestClient, number: str) -> None:
    for path in (f"exceptions/{number}/revocation", f"mappings/{number}/ending"):
        problem(small_client.post(f"/api/v1/{path}"), 422)


WRONG = [None, 1.5, 10**30, True, "x", [], {}, [[]], [None], "2026-13-01", -1, [10**12], "\ud800"]
#: Words of the validator, which are no answer to a person.
VALIDATORS_WORDS = re.compile("Input|Value|should|Expect|Datetime|<class")


def test_a_wrong_value_is_answered_in_our_words_and_the_readers_language(small_client: TestClient) -> None:
    description = small_client.get("/api/openapi.json").json()
    answered = 0
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is None:
                continue
            address = "/api" + re.sub(r"\{.*?\}", "9", path)
            schema = description["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
            bodies = [{name: value} for name in schema["properties"] for value in WRONG]
            for content in [*map(json.dumps, bodies), "[]", "null", "1", '"x"', "{"]:
                headers = {"content-type": "application/json", "accept-language": "nl"}
                answer = small_client.request(method.upper(), address, content=content, headers=headers)
                for error in answer.json().get("errors", ()):
                    assert not VALIDATORS_WORDS.search(error["detail"]), (address, content, error)
                    answered += 1
    assert answered


def test_a_forgotten_at_sign_is_told(small_client: TestClient) -> None:
    forgotten = {**ROLE_TESTS, "files": "testssl.json"}
    assert "-F files=@report.xml" in problem(small_client.post("/api/v1/evidence", data=forgotten), 422)["detail"]
