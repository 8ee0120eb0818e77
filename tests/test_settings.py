"""What the environment decides is read at the start, or refused there; a secret is never shown."""

import pytest

import settings
from access.errors import NotPossible
from access.permissions import TEAM_MEMBER
from access.sign_in.provider_roles import BoundRole

GIVEN = {
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

    def given(**changed):
        for name, value in {**GIVEN, **changed}.items():
            monkeypatch.setenv(f"AANTOONBAAR_OIDC_{name}", value)

    yield given
    for cached in (settings.settings, settings.single_sign_on):
        cached.cache_clear()


def test_the_calendar_is_of_the_zone_that_is_set(environment, monkeypatch):
    assert settings.settings().calendar.zone.key == "Europe/Amsterdam"
    settings.settings.cache_clear()
    monkeypatch.setenv("AANTOONBAAR_TIME_ZONE", "America/New_York")
    assert settings.settings().calendar.zone.key == "America/New_York"


def test_an_unknown_time_zone_is_refused_at_the_start(environment, monkeypatch):
    monkeypatch.setenv("AANTOONBAAR_TIME_ZONE", "Mars/Base")
    with pytest.raises(SystemExit, match=r"AANTOONBAAR_TIME_ZONE: invalid timezone: Mars/Base"):
        settings.settings()


def test_without_an_issuer_there_is_no_single_sign_on(environment):
    environment(ISSUER="")
    assert settings.single_sign_on() is None


def test_what_is_given_is_read(environment):
    environment()
    found = settings.single_sign_on()
    assert (found.provider.issuer, found.provider.name, found.provider.acr) == (GIVEN["ISSUER"], "Keycloak", "gold")
    assert found.rules.groups == {"devs": BoundRole(TEAM_MEMBER, team="development")}
    assert (found.rules.groups_claim, found.rules.new_accounts, found.rules.second_factor) == ("groups", False, "gold")


def test_without_a_name_the_host_is_shown(environment):
    environment(NAME="")
    assert settings.single_sign_on().provider.name == "login.example.org"


def test_the_secret_is_not_shown(environment):
    environment()
    shown = repr(settings.settings()) + settings.settings().model_dump_json() + repr(settings.single_sign_on())
    assert "aantoonbaar" in shown and "do-not-tell" not in shown


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"GROUPS": '{"devs": "king"}'}, "devs"),
        ({"GROUPS": '{"devs": "team member"}'}, "team member:<team>"),
        ({"ISSUER": "http://login.example.org"}, "https"),
        ({"CLIENT_ID": ""}, "AANTOONBAAR_OIDC_CLIENT_ID"),
    ],
)
def test_what_is_set_wrongly_is_refused_at_the_start(environment, changed, told):
    environment(**changed)
    with pytest.raises(NotPossible, match=told):
        settings.single_sign_on()


def test_a_folder_of_statements_must_be_there(environment, monkeypatch, tmp_path):
    monkeypatch.setenv("AANTOONBAAR_STATEMENTS", str(tmp_path))
    assert settings.settings().statements == tmp_path
    settings.settings.cache_clear()
    monkeypatch.setenv("AANTOONBAAR_STATEMENTS", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match="AANTOONBAAR_STATEMENTS: .* is not a folder"):
        settings.settings()


def test_a_folder_of_policies_must_be_there(environment, monkeypatch, tmp_path):
    monkeypatch.setenv("AANTOONBAAR_POLICIES", str(tmp_path))
    assert settings.settings().policies == tmp_path
    settings.settings.cache_clear()
    monkeypatch.setenv("AANTOONBAAR_POLICIES", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match="AANTOONBAAR_POLICIES: .* is not a folder"):
        settings.settings()
