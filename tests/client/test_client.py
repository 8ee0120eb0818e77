"""The client against a server: uploading, checking, waiting, trying again, and its exit codes."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from aantoonbaar_client.client_settings import ClientSettings
from aantoonbaar_client.output import Output
from aantoonbaar_client.problems import ExitCode
from aantoonbaar_client.requests_with_retry import Server, connected, json_of
from aantoonbaar_client.texts import _DUTCH
from aantoonbaar_client.upload_files import wait_until_judged
from access.people import tokens
from api import uploads
from models.transaction import writing
from tests.client.conftest import Product
from tests.evidence.office import FAILING, JUNIT, NOW, TEXT

ROLE_TESTS = ("-r", "role-tests", "-s", "portal")


def test_passing_upload_is_recorded_and_shown(product: Product) -> None:
    result = product.run("upload", product.file(JUNIT), *ROLE_TESTS)
    assert result.exit_code == ExitCode.PASSES, result.stderr
    assert re.search(r"role-tests\s+portal\s+passes", result.stdout)
    assert "Recorded." in result.stderr
    assert f"/evidence-item?id={product.office.column('evidence', 'id')[0]}" in result.stdout
    assert product.office.column("evidence_file", "name") == ["results.xml"]


def test_failing_upload_is_recorded_and_ends_with_1(product: Product) -> None:
    path = product.file(FAILING)
    result = product.run("upload", path, *ROLE_TESTS)
    assert result.exit_code == ExitCode.FAILS
    assert "Fails: roles.writer may" in result.stdout
    assert product.office.count("evidence") == 1
    again = product.run("upload", path, *ROLE_TESTS, "--fail-on", "none")
    assert again.exit_code == ExitCode.PASSES
    assert "Recorded before; nothing new." in again.stderr
    assert product.office.count("evidence") == 1


def test_every_option_reaches_the_evidence(product: Product) -> None:
    (product.folder / "note").write_text("by hand")
    fields = ("--first-day", "2026-11-02", "--last-day", "2026-11-03", "--title", "Policy of 2026")
    more = ("--field", "explicit_end=2027-05-01", "-F", f"note=@{product.folder / 'note'}")
    product.json("upload", product.file(TEXT, "policy.md"), "-r", "policy", *fields, *more)
    names = ("first_day", "last_day", "explicit_end", "title", "note")
    recorded = [product.office.column("evidence", name) for name in names]
    days = [[date(2026, 11, 2)], [date(2026, 11, 3)], [date(2027, 5, 1)]]
    assert recorded == [*days, ["Policy of 2026"], ["by hand"]]


def test_check_says_what_would_change_and_records_nothing(product: Product) -> None:
    path = product.file(FAILING)
    result = product.run("check", path, *ROLE_TESTS)
    assert result.exit_code == ExitCode.FAILS
    assert "A dry run: nothing is recorded." in result.stderr
    assert "role-tests portal: now missing, then failing" in result.stdout
    assert product.run("check", path, *ROLE_TESTS, "--fail-on", "none").exit_code == ExitCode.PASSES
    assert product.json("check", path, *ROLE_TESTS)["effect"]["cells"]
    assert product.office.count("evidence") == 0


def test_refusal_is_told_with_its_reason(product: Product) -> None:
    result = product.run("upload", product.file(JUNIT), "-r", "role-tests")
    assert result.exit_code == ExitCode.REFUSED
    assert "name the systems (in the API: system=KEY)" in result.stderr
    wrong = product.run("upload", product.file(JUNIT), *ROLE_TESTS, "--field", "sytem=portal", "--field", "zones=x=y")
    assert "sytem: is not a known name; expected system=KEY" in wrong.stderr
    as_json = product.run("upload", product.file(JUNIT), "-r", "role-tests", "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["status"]) == (ExitCode.REFUSED, 422)
    assert product.office.count("evidence") == 0


def test_messages_are_in_the_persons_language(product: Product) -> None:
    result = product.run("upload", product.file(JUNIT), "-r", "role-tests", LANG="nl_NL.UTF-8")
    assert "noem de systemen" in result.stderr
    result = product.run("upload", product.file(FAILING), *ROLE_TESTS, AANTOONBAAR_LANGUAGE="nl")
    assert "voldoet niet" in result.stdout


def test_every_sentence_has_its_dutch() -> None:
    source = Path(__file__).parents[2] / "client" / "aantoonbaar_client"
    written = "".join(path.read_text(encoding="utf-8") for path in source.glob("*.py") if path.name != "texts.py")
    assert set(re.findall(r'\bt\(\s*"((?:[^"\\]|\\.)*)"', written)) <= set(_DUTCH)
    for english, dutch in _DUTCH.items():
        assert f'"{english}"' in written, english
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", dutch))


# ── Trying again ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_busy_server_is_tried_again(product: Product) -> None:
    product.outage.busy = 3
    result = product.run("upload", product.file(JUNIT), *ROLE_TESTS)
    assert result.exit_code == ExitCode.PASSES
    assert result.stderr.count("Trying again") == 3
    assert product.office.count("evidence") == 1


def test_lost_answer_records_nothing_twice(product: Product) -> None:
    product.outage.lost = 1
    body = product.json("upload", product.file(JUNIT), *ROLE_TESTS)
    assert body["is_new"] is True  # as the answer that was lost said
    assert product.outage.paths.count("POST /api/v1/evidence") == 2
    assert product.office.count("evidence") == 1


def test_server_that_stays_busy_ends_with_4(product: Product) -> None:
    product.outage.busy = 9
    result = product.run("upload", product.file(JUNIT), *ROLE_TESTS, "--retries", "2")
    assert result.exit_code == ExitCode.NOT_REACHED
    assert result.stderr.count("Trying again") == 2
    assert "is this the address of Aantoonbaar?" in result.stderr


def test_server_that_is_not_there_ends_with_4(product: Product) -> None:
    nowhere = "http://127.0.0.1:9"
    result = product.run("status", "--retries", "1", AANTOONBAAR_ADDRESS=nowhere)
    assert result.exit_code == ExitCode.NOT_REACHED
    assert "can't be reached" in result.stderr


# ── In the background ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large."""
    monkeypatch.setattr(uploads, "LARGE", 10)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("content", "code"), [(JUNIT, ExitCode.PASSES), (FAILING, ExitCode.FAILS)])
def test_large_upload_is_waited_for(product: Product, content: bytes, code: ExitCode) -> None:
    result = product.run("upload", product.file(content), *ROLE_TESTS)
    assert result.exit_code == code, result.stderr
    assert "Received; it is being judged." in result.stderr
    assert re.search(r"role-tests\s+portal\s+(passes|fails)", result.stdout)


@pytest.mark.usefixtures("large")
def test_refusal_in_the_background_is_told(product: Product) -> None:
    result = product.run("upload", product.file(JUNIT[:-9]), *ROLE_TESTS)
    assert result.exit_code == ExitCode.REFUSED
    assert "results.xml: " in result.stderr


@pytest.mark.usefixtures("large")
def test_upload_that_is_not_waited_for_can_be_asked_for(product: Product) -> None:
    sent = product.json("upload", product.file(FAILING), *ROLE_TESTS, "--no-wait")
    assert sent["stage"] in ("waiting", "judging")
    codes = {product.run("status", "--upload", sent["id"]).exit_code for _ in range(40)}
    assert ExitCode.FAILS in codes


@pytest.mark.usefixtures("large")
def test_upload_that_takes_too_long_ends_with_5(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.client.conftest.judge_waiting", lambda *_: None)
    result = product.run("upload", product.file(JUNIT), *ROLE_TESTS, "--timeout", "1")
    assert result.exit_code == ExitCode.NOT_JUDGED_YET
    assert "aantoonbaar status --upload" in result.stderr


# ── Status and what is due ───────────────────────────────────────────────────────────────────────────────────────────


def test_status_shows_readiness(product: Product) -> None:
    result = product.run("status")
    assert result.exit_code == ExitCode.PASSES, result.stderr
    assert "Not ready" in result.stdout
    assert product.json("status")["verdict"]["ready"] is False


def test_due_lists_tasks_of_a_team(product: Product) -> None:
    result = product.run("due", "--team", "platform")
    assert result.exit_code == ExitCode.PASSES, result.stderr
    assert re.search(r"\d{4}-\d\d-\d\d\s+deliver\s+role-tests\s+portal", result.stdout)
    assert "Nothing is due." in product.run("due", "--team", "elsewhere").stdout
    assert {task["requirement"] for task in product.json("due")} >= {"role-tests", "policy"}


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_settings_come_from_a_file(product: Product) -> None:
    secret = product.folder / "token"
    secret.write_text(product.token + "\n")
    secret.chmod(0o600)
    path = product.folder / "client.toml"
    path.write_text(f'address = "{product.address}"\ntoken_file = "{secret}"\nlanguage = "nl"\n')
    bare = {"AANTOONBAAR_ADDRESS": "", "AANTOONBAAR_TOKEN": "", "AANTOONBAAR_CONFIG": str(path)}
    result = product.run("status", **bare)
    assert (result.exit_code, "Niet gereed" in result.stdout) == (ExitCode.PASSES, True), result.stderr
    secret.chmod(0o644)
    result = product.run("status", **bare)
    assert (result.exit_code, "chmod 600" in result.stderr) == (ExitCode.WRONG_USE, True)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('adress = "https://x"', "adress is not a setting; expected address, ca_file"),
        ("address = 1", "address is not a setting"),
        ("address", "can't be read"),
        ('token = "aan_x"', "chmod 600"),
        ('token_file = "/nowhere/token"', "can't be read"),
    ],
)
def test_wrong_settings_are_named(product: Product, content: str, expected: str) -> None:
    path = product.folder / "client.toml"
    path.write_text(content)
    path.chmod(0o644)
    result = product.run("status", AANTOONBAAR_TOKEN="", AANTOONBAAR_CONFIG=str(path))
    assert (result.exit_code, expected in result.stderr) == (ExitCode.WRONG_USE, True), result.stderr


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"AANTOONBAAR_TOKEN": ""}, "There is no token: set AANTOONBAAR_TOKEN"),
        ({"AANTOONBAAR_ADDRESS": ""}, "There is no address"),
        ({"AANTOONBAAR_ADDRESS": "aantoonbaar.example.org"}, "There is no address"),
        ({"AANTOONBAAR_ADDRESS": "http://aantoonbaar.example.org"}, "in the clear; expected https"),
        ({"AANTOONBAAR_CA_FILE": "/nowhere.pem"}, "/nowhere.pem can't be read"),
    ],
)
def test_missing_settings_are_named(product: Product, environment: dict[str, str], expected: str) -> None:
    result = product.run("status", **environment)
    assert (result.exit_code, expected in result.stderr) == (ExitCode.WRONG_USE, True), result.stderr


@pytest.mark.parametrize(
    "words", [("upload", "nowhere.xml", *ROLE_TESTS), ("upload",), ("nothing",), ("due", "--token", "x")]
)
def test_wrong_use_ends_with_2(product: Product, words: tuple[str, ...]) -> None:
    assert product.run(*words).exit_code == ExitCode.WRONG_USE


@pytest.mark.parametrize("entry", ["note", "=x", "note=@/nowhere"])
def test_wrong_field_ends_with_2(product: Product, entry: str) -> None:
    assert product.run("upload", product.file(JUNIT), *ROLE_TESTS, "--field", entry).exit_code == ExitCode.WRONG_USE


def test_token_is_no_option() -> None:
    source = Path(__file__).parents[2] / "client" / "aantoonbaar_client" / "commands.py"
    assert "--token" not in source.read_text(encoding="utf-8")


def test_revoked_token_is_told(product: Product) -> None:
    with writing(product.office.engine, NOW + timedelta(minutes=1)) as (session, now):
        (row,) = tokens.list_own(session, product.officer)
        tokens.revoke_own(session, product.officer, row.id, now)
    result = product.run("status")
    assert result.exit_code == ExitCode.REFUSED
    assert "Check the token" in result.stderr


# ── Another side that is not trusted ─────────────────────────────────────────────────────────────────────────────────

RECEIVED = {"id": "0a", "stage": "waiting"}


def test_token_goes_to_no_other_address_than_the_one_set() -> None:
    """An answer that was changed on its way could name any Location."""
    places: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        places.append(str(request.url))
        if request.method == "POST":
            return httpx.Response(202, json=RECEIVED, headers={"location": "https://elsewhere.example/take"})
        return httpx.Response(200, json={**RECEIVED, "stage": "judged"})

    http = httpx.Client(
        base_url="https://product.example/base",
        headers={"authorization": "Bearer secret"},
        transport=httpx.MockTransport(answer),
    )
    server = Server(http, pause=lambda _: None)
    received = server.request(lambda client: client.post("/api/v1/evidence"))
    assert json_of(wait_until_judged(server, received, 60))["stage"] == "judged"
    base = "https://product.example/base/api/v1"
    assert places == [f"{base}/evidence", f"{base}/uploads/0a"]


@pytest.mark.parametrize(("address", "by_proxy"), [("http://localhost:8000", False), ("https://product.example", True)])
def test_token_without_tls_goes_through_no_proxy(address: str, by_proxy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    with connected(ClientSettings(address, "secret")) as http:
        assert http.trust_env is by_proxy


def test_names_from_files_command_no_terminal_and_begin_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\n::add-mask::b\x1b]0;c\x07\x9b2J"
    cell = {"requirement": "scan", "system": name, "target": "", "verdict": "fail", "reason": name}
    filed = {"is_new": True, "review_reasons": [], "warnings": [name]}
    filed["coverage"] = [{**cell, "failing": [{"check": name, "reason": name}]}]
    output = Output(as_json=False)
    output.answer(filed, output.filed)
    output.problem("first line\nsecond\x1b[2J", None)
    shown = capsys.readouterr()
    assert "first line\nsecond" in shown.err
    for line in (shown.out + shown.err).splitlines():
        assert not line.startswith("::") and line.isprintable()
