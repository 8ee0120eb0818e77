"""The middleware admits only people who are signed in, at the product's own address, from its own pages."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from sqlalchemy.exc import OperationalError
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from access.people import accounts, sessions
from access.people.sessions import digest
from access.permissions import Person
from access.web import authentication, page_uploads
from access.web.authentication import Admission
from access.web.page_uploads import PageUploads
from models import transaction
from models.transaction import writing
from tests.access.entrance import ADDRESS, Entrance
from tests.coroutines import result_of
from tests.days import CALENDAR
from tests.people import colleague, officer

OWN = {"origin": ADDRESS}
STREAM = "ws://127.0.0.1:8600/_stcore/stream"


@pytest.fixture
def entrance(sqlite):
    return Entrance(sqlite)


@pytest.fixture
def token(entrance):
    return officer(entrance.engine)[1]


@pytest.fixture
def client(entrance, token):
    return entrance.visitor(token)


def officer_of(entrance, token):
    """The person of a session."""
    return entrance.admissions.find_by_session(token, is_action=False).person


def test_own_host_name_is_accepted(client):
    assert client.get("/").status_code == 200
    assert client.post("/", headers=OWN).status_code == 200
    assert client.post("/").status_code == 200  # a program sends no Origin


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8600", "127.0.0.1.evil.example", "", "0.0.0.0:8600", "[::", "a:b:c"]
)
def test_another_host_name_is_refused(client, host):
    for path in ("/", "/sign-in", "/health"):
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == 403
        assert "Sign in" not in answer.text


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://127.0.0.1:9999",
        "http://localhost:8600",
        "https://127.0.0.1:8600",
        "http://127.0.0.1:8600.evil.example",
        "http://127.0.0.1:8600/",
        "null",
        "",
        "http://[",
        "\xff",
    ],
)
def test_another_site_cannot_write(client, origin):
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        assert client.request(method, "/", headers={"origin": origin.encode("latin-1")}).status_code == 403
    assert client.post("/sign-in", headers={"origin": origin.encode("latin-1")}).status_code == 403
    assert client.get("/", headers={"origin": origin.encode("latin-1")}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "whatever"])
def test_cross_site_browser_request_cannot_write(client, site):
    assert client.post("/sign-out", headers={"sec-fetch-site": site}).status_code == 403
    assert client.get("/", headers={"sec-fetch-site": site}).status_code == 200
    assert client.post("/", headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_stranger_is_redirected_to_sign_in_and_back(entrance):
    stranger = entrance.visitor()
    answer = stranger.get("/evidence-item?id=7&x=%2F")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=/evidence-item%3Fid%3D7%26x%3D%252F",
    )
    assert 'action="/sign-in?next=/evidence-item%3Fid%3D7%26x%3D%252F"' in stranger.get(answer.headers["location"]).text
    assert stranger.post("/upload").status_code == 401
    assert stranger.head("/").status_code == 401
    assert stranger.get("/style.css", headers={"accept": "text/css"}).status_code == 401
    for_programs = stranger.get("/api/v1/evidence")
    assert for_programs.status_code == 401
    assert for_programs.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/link/", "/link/x/y", "/link/x/", "/link//", "/link/x/%2e%2e/statement", "/link/a%2fb"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_public_addresses_are_answered_by_the_public_app_alone(entrance, method, path):
    """Routes behind the middleware answer no stranger, however they vary a public address."""
    answered = entrance.visitor().request(method, path)
    assert answered.status_code == 404
    assert method == "HEAD" or "Page not found" in answered.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/sign-in.css", "/link/x"])
def test_an_open_page_takes_no_other_method(entrance, method, path):
    answered = entrance.visitor().request(method, path)
    assert answered.status_code == 404
    assert "Page not found" in answered.text


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-in/code/x", "/health/x", "/linkx", "/SIGN-IN", "//sign-in", "/mark.svg/.."]
)
def test_address_that_resembles_a_public_one_is_refused(entrance, path):
    assert entrance.visitor().get(path).status_code in (303, 400, 404)
    assert "in" not in entrance.visitor(accept="application/json").get(path).text.split('"')


def test_an_identity_that_is_claimed_is_replaced(entrance, token):
    claims = {"x-aantoonbaar-account": "someone-else", "X-AANTOONBAAR-SESSION": "1"}
    answer = entrance.visitor(token).get("/", headers=claims).json()
    assert answer["in"] == [answer["as"]] != ["someone-else"]
    assert entrance.visitor().get("/", headers=claims).status_code == 303


def test_a_cookie_is_no_token_and_a_token_is_no_cookie(entrance, token):
    assert entrance.visitor().get("/api/v1/x", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert entrance.visitor(token).get("/", headers={"authorization": "Bearer x"}).status_code == 303
    assert entrance.visitor(digest(token)).get("/").status_code == 303


@pytest.mark.parametrize("cookie", ["x", "", "\xe9\xff", "a" * 5000, "%00", '"', "=;=", "'; DROP TABLE session;--"])
def test_any_invalid_cookie_is_refused(entrance, cookie):
    raw = f"aantoonbaar={cookie}".encode("latin-1")
    assert entrance.visitor().get("/", headers={"cookie": raw}).status_code == 303


def test_upload_is_accepted_only_for_a_page_of_the_same_session(entrance, token):
    entrance.pages |= {"mine": digest(token), "theirs": digest("another")}
    visitor = entrance.visitor(token)
    assert visitor.put("/_stcore/upload_file/mine/1").status_code == 200
    for page in ("theirs", "unknown", "", "mine%2F..%2Ftheirs"):
        assert visitor.put(f"/_stcore/upload_file/{page}/1").status_code in (200, 404)
        assert visitor.delete(f"/_stcore/upload_file/{page}/1", headers=OWN).status_code == (
            200 if "mine" in page else 404
        )


def test_file_that_a_page_made_is_for_its_session_only(entrance, token):
    entrance.files |= {"mine.csv": digest(token), "theirs.csv": digest("another"), "nobodys.csv": ""}
    visitor = entrance.visitor(token)
    saved = visitor.get("/media/mine.csv")
    assert (saved.status_code, saved.headers["cache-control"]) == (200, "no-store")
    for file in ("theirs.csv", "nobodys.csv", "unknown", "", "mine.csv/../theirs.csv", "theirs.csv?mine.csv"):
        assert visitor.get(f"/media/{file}").status_code == 404, file
    assert entrance.visitor().get("/media/mine.csv").status_code == 303


def test_only_people_who_may_upload_evidence_drop_files(entrance, token):
    anna = officer_of(entrance, token)
    _, reader = colleague(entrance.engine, anna, "Rik Lezer", "reader")
    entrance.pages["theirs"] = digest(reader)
    assert entrance.visitor(reader).put("/_stcore/upload_file/theirs/1", content=b"x").status_code == 403
    assert entrance.visitor(reader).delete("/_stcore/upload_file/theirs/1", headers=OWN).status_code == 200


def test_the_files_of_one_person_on_pages_are_bounded(entrance, token):
    entrance.pages["mine"] = digest(token)
    visitor, put = entrance.visitor(token), "/_stcore/upload_file/mine/1"
    entrance.held[officer_of(entrance, token).account] = page_uploads.MAX_BYTES - 10
    assert visitor.put(put, content=bytes(10)).status_code == 200
    assert visitor.put(put, content=bytes(11)).status_code == 413
    assert visitor.put(put, content=iter([b"x"])).status_code == 411


def test_files_being_uploaded_count_towards_the_limit(monkeypatch):
    """Parallel uploads are limited as those one after another."""
    monkeypatch.setattr(page_uploads, "MAX_BYTES", 10)
    taken, answers = [], []
    who = Admission(Person("Anna", frozenset({"security officer"}), "u-1"), "nl", "session")

    async def page(scope, receive, send):
        taken.append(scope)
        await anyio.sleep(0.01)

    async def put(uploads):
        scope = {
            "type": "http",
            "method": "PUT",
            "path": page_uploads.PATH + "p/1",
            "headers": [(b"content-length", b"6")],
        }

        async def send(message):
            answers.append(message.get("status"))

        await uploads(page, who, scope, None, send)

    async def both():
        uploads = PageUploads(lambda _: "session", lambda _: 0)
        async with anyio.create_task_group() as group:
            group.start_soon(put, uploads)
            group.start_soon(put, uploads)
        await put(uploads)

    result_of(both())
    assert len(taken) == 2
    assert answers.count(413) == 1


def test_websockets_pass_the_middleware_too(entrance, token):
    with entrance.visitor(token).websocket_connect(STREAM, headers=OWN) as connection:
        connection.send_bytes(BackMsg().SerializeToString())
        assert connection.receive_text()


@pytest.mark.parametrize(
    "headers", [{"origin": "http://localhost:8600"}, {"host": "evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_websocket_of_another_site_is_refused(entrance, token, headers):
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        entrance.visitor(token).websocket_connect(STREAM, headers=headers),
    ):
        pass
    assert refused.value.code == 4403


def test_a_websocket_without_a_session_is_refused(entrance):
    claims = {**OWN, "x-aantoonbaar-account": "someone"}
    with pytest.raises(WebSocketDisconnect) as refused, entrance.visitor().websocket_connect(STREAM, headers=claims):
        pass
    assert refused.value.code == 4401


@pytest.mark.parametrize("message", [b"", b"\xff\xff\xff", BackMsg(rerun_script={}).SerializeToString()])
def test_an_open_page_ends_with_its_session(entrance, token, monkeypatch, message):
    monkeypatch.setattr(authentication, "_CACHE_SECONDS", 0)
    with entrance.visitor(token).websocket_connect(STREAM, headers=OWN) as connection:
        connection.send_bytes(message)
        assert connection.receive_text()
        with writing(entrance.engine) as (session, now):
            sessions.end(session, digest(token), now)
        connection.send_bytes(message)
        with pytest.raises(WebSocketDisconnect) as ended:
            connection.receive_text()
        assert ended.value.code == 4401


def test_ended_role_ends_access_on_open_pages(entrance, monkeypatch):
    monkeypatch.setattr(authentication, "_CACHE_SECONDS", 0)
    first = officer(entrance.engine)[0]
    with writing(entrance.engine) as (session, now):
        account = accounts.add(session, first, "Bram Visser", "bram@example.org", "nl", now.date(), None, now)
        accounts.grant(session, first, account, "administrator", now)
        token = sessions.start(session, account, now)
    visitor = entrance.visitor(token)
    assert visitor.get("/").headers["location"] == "/agreements"
    with writing(entrance.engine) as (session, now):
        row = next(
            account_row for account_row in accounts.list_accounts(session, first, now) if account_row.id == account
        )
        accounts.end_grant(session, first, row.grants[0].id, now)
    assert visitor.get("/").headers["location"] == "/sign-in?next=/"


def test_every_answer_carries_its_headers(client, entrance):
    answers = [
        client.get("/"),
        entrance.visitor().get("/"),
        entrance.visitor().get("/sign-in"),
        client.get("/", headers={"host": "x"}),
    ]
    for headers in (answer.headers for answer in answers):
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
    assert client.get("/own").headers["content-security-policy"] == "sandbox"


def test_over_tls_the_cookie_is_the_hosts_own_and_the_browser_stays_there(sqlite):
    secure = Entrance(sqlite, secure=True)
    token = officer(sqlite)[1]
    assert secure.cookie == "__Host-aantoonbaar"
    inside = secure.visitor(token, base="https://aantoonbaar.example")
    assert inside.get("/").headers["strict-transport-security"] == "max-age=31536000"
    assert inside.post("/", headers={"origin": "http://aantoonbaar.example"}).status_code == 403
    assert inside.post("/", headers={"origin": "https://aantoonbaar.example"}).status_code == 200
    plain = secure.visitor(token)
    assert plain.get("/").status_code == 403
    assert "https" in plain.get("/sign-in").text
    with pytest.raises(WebSocketDisconnect), plain.websocket_connect(STREAM, headers=OWN):
        pass


# ── When the database takes nothing ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def locked(entrance, token, monkeypatch):
    """Another process holds the write lock for longer than anybody waits."""
    monkeypatch.setattr(transaction, "_DATABASE_WAIT", 0.1)
    entrance.engine = transaction.make_engine(str(entrance.engine.url), CALENDAR)
    with closing(sqlite3.connect(entrance.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield entrance
    entrance.engine.dispose()


def test_reading_goes_on_while_nothing_can_be_written(locked, token, monkeypatch):
    """Also when the last use of the session is due to be written down."""
    clock = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setattr(locked.admissions, "_clock", lambda: clock)
    client = locked.visitor(token)
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(("language", "words"), [("nl", "De database is bezet"), ("en", "The database is busy")])
def test_unwritable_database_answers_503_with_a_sentence(locked, token, language, words):
    form = {"email": "anna@example.org", "password": "nobody's own words"}
    answer = locked.visitor(**{"accept-language": language}).post("/sign-in", data=form, headers=OWN)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.text.startswith(words)
    assert "content-security-policy" in answer.headers
    assert locked.visitor().get("/sign-in").status_code == 200


def test_failed_lookup_answers_503_to_programs_too(entrance, token, monkeypatch):
    def gone(*_, **__):
        raise OperationalError("SELECT", {}, Exception("no connection"))

    monkeypatch.setattr(sessions, "find", gone)
    answer = entrance.visitor(token).get("/api/v1/me")
    assert (answer.status_code, answer.json()["status"]) == (503, 503)
    assert answer.headers["content-type"] == "application/problem+json"
