"""The running product from outside: every address without a session, with an ended one, and with another's."""

import re
import ssl
import time
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, update
from sqlmodel import SQLModel
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from access.people import accounts, agreements, sessions
from access.people.sessions import digest
from access.permissions import Person
from dashboard.shell.pages import PAGES as OF_DASHBOARD
from models.transaction import make_engine, writing
from tests.days import CALENDAR
from tests.people import officer
from tests.process import running

SESSION = SQLModel.metadata.tables["sign_in_session"]
PAGES = [f"/{name}" for name in sorted(OF_DASHBOARD) if name]
OF_STREAMLIT = [
    ("GET", "/media/x.png"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/_stcore/health"),
    ("GET", "/_stcore/script-health-check"),
    ("GET", "/_stcore/stream"),
    ("GET", "/_stcore/agent/openapi.json"),
    ("POST", "/_stcore/agent/interact"),
    ("POST", "/_stcore/agent/mcp"),
    ("PUT", "/_stcore/upload_file/page/file"),
    ("DELETE", "/_stcore/upload_file/page/file"),
    ("OPTIONS", "/_stcore/upload_file/page/file"),
    ("GET", "/static/js/index.js"),
    ("GET", "/index.html"),
    ("GET", "/app/static/x"),
    ("GET", "/component/x/index.html"),
    ("GET", "/_stcore/bidi-components/x/index.js"),
    ("GET", "/manifest.json"),
    ("GET", "/favicon.png"),
]
OURS = [
    (method, path)
    for path in ("/sign-out", "/agreements", "/second-factor", "/password", "/passkeys", "/session")
    for method in ("GET", "POST")
]
OF_API = [("GET", "/api"), ("GET", "/api/"), ("GET", "/api/docs"), ("GET", "/api/openapi.json")]
ODD = [
    ("GET", path)
    for path in (
        "//",
        "/%2e%2e/",
        "/sign-in/..%2fstatement",
        "/_stcore%2fhost-config",
        "/%5fstcore/metrics",
        "/;/x",
        "/feed/x.ics",
        "/feed/../statement",
    )
]
OPEN = ["/sign-in", "/sign-in.css", "/passkeys.js", "/health", "/mark.svg", "/link/x"]
CLAIMS = {
    "x-aantoonbaar-account": "u-1",
    "x-aantoonbaar-session": "1",
    "x-forwarded-user": "anna",
    "x-forwarded-for": "127.0.0.1",
}
#: text of the product that no refusal may contain
_PRODUCT = re.compile(r"<script|streamlit|openapi|\"id\"|readiness|NEN 7510", re.IGNORECASE)


_TRUST = ssl.create_default_context()  # else each client makes one, which takes 20 ms


@dataclass(frozen=True)
class House:
    address: str
    engine: Engine
    anna: Person
    token: str
    clients: ExitStack

    def client(self, token: str = "", **headers: str) -> httpx.Client:
        sent = {"accept": "text/html", **headers} | ({"cookie": f"aantoonbaar={token}"} if token else {})
        made = httpx.Client(base_url=self.address, headers=sent, timeout=30, verify=_TRUST)
        self.clients.callback(made.close)
        return made

    def another(self, name: str) -> tuple[str, str]:
        """Create a reader; returns the account and a session token."""
        with writing(self.engine) as (session, now):
            account = accounts.add(
                session, self.anna, name, f"{len(name)}{name[0]}@example.org", "nl", CALENDAR.day_of(now), None, now
            )
            accounts.grant(session, self.anna, account, "reader", now)
            person = accounts.find_person(session, account, now)
            for agreement in agreements.list_to_accept(session, account, person.roles, CALENDAR.day_of(now)):
                agreements.accept(session, person, account, agreement.id, "127.0.0.1", now)
            return account, sessions.start(session, account, now)

    def changed(self, **values: timedelta) -> str:
        """Create a session with moved moments; returns its token."""
        with writing(self.engine) as (session, now):
            token = sessions.start(session, self.anna.account, now)
            moved = {name: now + by for name, by in values.items()}
            session.execute(update(SESSION).where(SESSION.c.token_sha256 == digest(token)).values(**moved))
        return token

    def stream(
        self, token: str = "", protocol: str = "streamlit,x", origin: str = "", **headers: str
    ) -> ClientConnection:
        cookie = {"Cookie": f"aantoonbaar={token}"} if token else {}
        offered = protocol.split(",")
        where = self.address.replace("http", "ws") + "/_stcore/stream"
        return connect(
            where,
            subprotocols=offered,
            origin=origin or self.address,
            additional_headers={**cookie, **headers},
            proxy=None,
            max_size=None,
        )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    data = tmp_path_factory.mktemp("whole") / "data"
    data.mkdir()
    with running(data) as address:
        engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
        anna, token = officer(engine)
        with ExitStack() as clients:
            yield House(address, engine, anna, token, clients)
        engine.dispose()


@pytest.fixture(scope="module")
def addresses(house):
    """Every route of the API's own description, and every other address."""
    described = house.client(house.token).get("/api/openapi.json").json()["paths"]
    routes = [
        (method.upper(), "/api" + re.sub(r"{[^}]+}", "1", path))
        for path, methods in described.items()
        for method in methods
    ]
    assert len(routes) > 20
    return [("GET", "/"), *(("GET", page) for page in PAGES), *OF_STREAMLIT, *OURS, *OF_API, *ODD, *routes]


#: Streamlit's own files, equal for everyone and in every installation
PUBLIC = ("/static/js/index.js", "/favicon.png", "/manifest.json")
SECOND = timedelta(seconds=1)
MOVED = {"expired": {"ends_at": -SECOND}, "idle": {"seen_at": -timedelta(minutes=31)}, "ended": {"ended_at": -SECOND}}
STRANGERS = ["nobody", *MOVED, "made up", "a digest", "claims", "a cookie as bearer", "a token as cookie"]


@pytest.fixture(params=STRANGERS)
def stranger(request, house):
    """A client without access."""
    who = request.param
    if who in MOVED:
        return house.client(house.changed(**MOVED[who]))
    tokens = {"made up": "A" * 43, "a digest": digest(house.token), "a token as cookie": "aan_0123456789abcdef"}
    sent = {"claims": CLAIMS, "a cookie as bearer": {"authorization": f"Bearer {house.token}"}}
    return house.client(tokens.get(who, ""), **sent.get(who, {}))


def test_no_address_answers_without_access(stranger, addresses):
    answered = [(method, path, stranger.request(method, path)) for method, path in addresses]
    for method, path, answer in answered:
        assert answer.status_code in (303, 307, 401, 403, 404, 405), (method, path, answer.status_code)
        assert not _PRODUCT.search(answer.text.replace(path, "")), (method, path)
        assert answer.headers["cache-control"] == "no-store", (method, path)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in?next=/"), (method, path)


def test_open_addresses_are_listed_and_reveal_nothing(house):
    stranger = house.client()
    for path in OPEN:
        answer = stranger.get(path)
        assert answer.status_code in (200, 410), path
        assert "streamlit" not in answer.text.lower()
        assert set(re.findall("<script[^>]*>", answer.text)) <= {'<script src="/passkeys.js" defer>'}


def test_every_answer_has_the_security_headers(house, addresses):
    for who in (house.client(), house.client(house.token)):
        for method, path in [*addresses, *(("GET", path) for path in OPEN)]:
            if method != "POST" or path not in ("/sign-out", "/agreements"):  # these end the session
                headers = who.request(method, path).headers
                scripts = headers["content-security-policy"].split("script-src")[1].split(";")[0]
                assert "unsafe" not in scripts, path
                assert "frame-ancestors 'none'" in headers["content-security-policy"], path
                assert headers["x-content-type-options"] == "nosniff", path
                assert "access-control-allow-origin" not in headers, path
                immutable = "immutable" in headers["cache-control"]
                assert headers["cache-control"] == "no-store" or (immutable and path in PUBLIC), path


def test_page_has_no_inline_script(house):
    page = house.client(house.token).get("/").text
    assert "<script" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page)


def test_other_hosts_and_sites_are_refused(house, addresses):
    for method, path in addresses:
        assert house.client(house.token, host="evil.example").request(method, path).status_code == 403, path
        if method in ("POST", "PUT", "DELETE"):
            for claim in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
                assert house.client(house.token, **claim).request(method, path).status_code == 403, path


# ── Uploads and open pages ───────────────────────────────────────────────────────────────────────────────────────────


def opened(socket: ClientConnection) -> str:
    """Run the first page; returns the page id of Streamlit."""
    socket.send(BackMsg(rerun_script={}).SerializeToString())
    while True:
        message = ForwardMsg.FromString(socket.recv(20))
        if message.HasField("new_session"):
            return message.new_session.initialize.session_id


def test_open_page_and_its_uploads_belong_to_their_session(house):
    _, other = house.another("Bram Visser")
    with house.stream(house.token) as socket:
        page = opened(socket)
        file = {"file": ("a.txt", b"secret")}
        upload = f"/_stcore/upload_file/{page}/f1"
        for stranger in (
            house.client(),
            house.client(other),
            house.client(house.changed(ends_at=-timedelta(seconds=1))),
        ):
            assert stranger.put(upload, files=file).status_code in (401, 404)
            assert stranger.delete(upload).status_code in (401, 404)
        assert house.client(house.token, **{"x-aantoonbaar-session": "x"}).put(upload, files=file).status_code != 404
        with house.stream(other, f"streamlit,x,{page}") as theirs:
            assert opened(theirs) != page


@pytest.mark.parametrize("whose", ["", "expired", "made up"])
def test_websocket_without_a_session_is_refused(house, whose):
    token = {"": "", "expired": house.changed(ends_at=-timedelta(seconds=1)), "made up": "A" * 43}[whose]
    with pytest.raises(InvalidStatus) as refused:
        house.stream(token, **CLAIMS)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "null"])
def test_websocket_from_another_site_is_refused(house, origin):
    with pytest.raises(InvalidStatus) as refused:
        house.stream(house.token, origin=origin)
    assert refused.value.response.status_code == 403


def test_click_in_a_section_draws_only_that_section(house):
    def drawn(request: BackMsg) -> list[ForwardMsg]:
        socket.send(request.SerializeToString())
        messages = []
        while not messages or not messages[-1].HasField("script_finished"):
            messages.append(ForwardMsg.FromString(socket.recv(20)))
        return messages

    with house.stream(house.token) as socket:
        page = drawn(BackMsg(rerun_script={"page_name": "measures"}))
        session = next(message.new_session for message in page if message.HasField("new_session"))
        (section,) = {message.delta.fragment_id for message in page if message.HasField("delta")} - {""}
        click = {"fragment_id": section, "page_script_hash": session.page_script_hash, "page_name": "measures"}
        alone = drawn(BackMsg(rerun_script=click))
    parts = [message.delta.new_element.html.body for message in alone if message.HasField("delta")]
    assert [part.startswith('<table class="heat"') for part in parts if part] == [True]
    assert alone[-1].script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


def ends_within_two_seconds(socket: ClientConnection) -> None:
    time.sleep(2)
    socket.send(BackMsg(rerun_script={}).SerializeToString())
    with pytest.raises(ConnectionClosed) as ended:
        deque(iter(lambda: socket.recv(20), None), maxlen=0)
    assert ended.value.rcvd.code == 4401


def test_sign_out_closes_open_pages(house):
    token = house.changed(seen_at=-SECOND)
    with house.stream(token) as socket:
        opened(socket)
        assert house.client(token).post("/sign-out").status_code == 303
        ends_within_two_seconds(socket)


def test_ended_role_closes_open_pages_within_two_seconds(house):
    account, token = house.another("Cor de Wit")
    with house.stream(token) as socket:
        opened(socket)
        with writing(house.engine) as (session, now):
            row = next(row for row in accounts.list_accounts(session, house.anna, now) if row.id == account)
            accounts.end_grant(session, house.anna, row.grants[0].id, now)
        ends_within_two_seconds(socket)
        assert house.client(token).get("/").headers["location"] == "/sign-in?next=/"
