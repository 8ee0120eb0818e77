"""Settings are read or refused at start; secrets are never shown."""

import pytest

import settings
from access.errors import NotPossible
from access.permissions import TEAM_MEMBER
from access.sign_in.provider_roles import BoundRole

ENVIRONMENT = {
    "ISSUER": "https://login.example.org/realms/house",
    "CLIENT_ID": "aantoonbaar",
    "CLIENT_SECRET": "do-not-tell",
    "NAME": "Keycloak",
    "GROUPS": '{"devs": "team member:development"}',
    "SECOND_FACTOR_ACR": "gold",
}


@pytest.fixture
def environment(monkeypatch):
    for cached in (settings.settings, settings.single_sign_on):
        cached.cache_clear()

    def set_environment(**changed):
        for name, value in {**ENVIRONMENT, **changed}.items():
            monkeypatch.setenv(f"AANTOONBAAR_OIDC_{name}", value)

    yield set_environment
    for cached in (settings.settings, settings.single_sign_on):
        cached.cache_clear()


def test_calendar_has_the_time_zone_that_is_set(environment, monkeypatch):
    assert settings.settings().calendar.zone.key == "Europe/Amsterdam"
    settings.settings.cache_clear()
    monkeypatch.setenv("AANTOONBAAR_TIME_ZONE", "America/New_York")
    assert settings.settings().calendar.zone.key == "America/New_York"


def test_unknown_time_zone_is_refused_at_start(environment, monkeypatch):
    monkeypatch.setenv("AANTOONBAAR_TIME_ZONE", "Mars/Base")
    with pytest.raises(SystemExit, match=r"AANTOONBAAR_TIME_ZONE: invalid timezone: Mars/Base"):
        settings.settings()


def test_single_sign_on_is_off_without_an_issuer(environment):
    environment(ISSUER="")
    assert settings.single_sign_on() is None


def test_single_sign_on_is_read_from_the_environment(environment):
    environment()
    single_sign_on = settings.single_sign_on()
    assert (single_sign_on.provider.issuer, single_sign_on.provider.name, single_sign_on.provider.acr) == (
        ENVIRONMENT["ISSUER"],
        "Keycloak",
        "gold",
    )
    assert single_sign_on.rules.groups == {"devs": BoundRole(TEAM_MEMBER, team="development")}
    assert (
        single_sign_on.rules.groups_claim,
        single_sign_on.rules.new_accounts,
        single_sign_on.rules.second_factor,
    ) == ("groups", False, "gold")


def test_provider_name_defaults_to_the_host(environment):
    environment(NAME="")
    assert settings.single_sign_on().provider.name == "login.example.org"


def test_client_secret_is_not_shown(environment):
    environment()
    shown = repr(settings.settings()) + settings.settings().model_dump_json() + repr(settings.single_sign_on())
    assert "aantoonbaar" in shown and "do-not-tell" not in shown


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"GROUPS": '{"devs": "king"}'}, "devs"),
        ({"GROUPS": '{"devs": "team member"}'}, "team member:<team>"),
        ({"ISSUER": "http://login.example.org"}, "https"),
        ({"CLIENT_ID": ""}, "AANTOONBAAR_OIDC_CLIENT_ID"),
    ],
)
def test_invalid_single_sign_on_settings_are_refused(environment, changed, message):
    environment(**changed)
    with pytest.raises(NotPossible, match=message):
        settings.single_sign_on()


def test_missing_folder_of_statements_is_refused(environment, monkeypatch, tmp_path):
    monkeypatch.setenv("AANTOONBAAR_STATEMENTS", str(tmp_path))
    assert settings.settings().statements == tmp_path
    settings.settings.cache_clear()
    monkeypatch.setenv("AANTOONBAAR_STATEMENTS", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match="AANTOONBAAR_STATEMENTS: .* is not a folder"):
        settings.settings()


def test_missing_folder_of_policies_is_refused(environment, monkeypatch, tmp_path):
    monkeypatch.setenv("AANTOONBAAR_POLICIES", str(tmp_path))
    assert settings.settings().policies == tmp_path
    settings.settings.cache_clear()
    monkeypatch.setenv("AANTOONBAAR_POLICIES", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match="AANTOONBAAR_POLICIES: .* is not a folder"):
        settings.settings()


# ── The mail server ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mail(environment, monkeypatch):
    def server(**values):
        for name, value in {"HOST": "mail.example.org", "SENDER": "Us <no-reply@example.org>", **values}.items():
            monkeypatch.setenv(f"AANTOONBAAR_SMTP_{name}", value)
        settings.settings.cache_clear()
        settings.mail_server.cache_clear()
        return settings.mail_server()

    yield server
    settings.mail_server.cache_clear()


def test_mail_is_off_until_a_server_is_set(mail):
    assert mail(HOST="") is None


@pytest.mark.parametrize(
    ("security", "host", "port"), [("starttls", "mail", 587), ("tls", "mail", 465), ("none", "localhost", 25)]
)
def test_mail_server_has_the_usual_port_of_its_security(mail, security, host, port):
    server = mail(SECURITY=security, HOST=host)
    assert (server.security, server.port, server.sender) == (security, port, "Us <no-reply@example.org>")
    assert mail(SECURITY=security, HOST=host, PORT="2525").port == 2525


def test_password_of_the_mail_server_is_read_from_a_file_and_not_shown(mail, tmp_path):
    file = tmp_path / "password"
    file.write_text("do-not-tell\n", encoding="utf-8")
    server = mail(USER="product", PASSWORD_FILE=str(file))
    assert (server.user, server.password) == ("product", "do-not-tell")
    assert mail(PASSWORD="do-not-tell-either").user == "product"  # noqa: S106
    shown = repr(server) + repr(settings.settings()) + settings.settings().model_dump_json()
    assert "do-not-tell" not in shown


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"SENDER": ""}, "AANTOONBAAR_SMTP_SENDER is no sender"),
        ({"SENDER": "a@example.org\nBcc: b@example.org"}, "AANTOONBAAR_SMTP_SENDER is no sender"),
        ({"SECURITY": "none"}, "AANTOONBAAR_SMTP_SECURITY: none is for a server on this machine"),
        ({"SECURITY": "ssl"}, "AANTOONBAAR_SMTP_SECURITY"),
        ({"PASSWORD_FILE": "/no/such/file"}, "there is no file /no/such/file"),
        ({"PORT": "0"}, "AANTOONBAAR_SMTP_PORT"),
    ],
)
def test_invalid_mail_settings_are_refused_at_start(mail, values, message):
    with pytest.raises(SystemExit, match=message):
        mail(**values)
