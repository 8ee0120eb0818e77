"""The pages of an organisation in New York show its day and clock, not Amsterdam's."""

from datetime import UTC, datetime

import pytest

import settings
from dashboard.shell import page_context
from models.transaction import writing
from tests.dashboard.conftest import Pages, _forget, words

LATER = datetime(2099, 3, 5, 3, 0, tzinfo=UTC)  # in New York the evening of the 4th


class Clock(datetime):
    @classmethod
    def now(cls, tz=None):
        return LATER.astimezone(tz)


@pytest.fixture
def new_york(loaded, monkeypatch):
    monkeypatch.setenv("AANTOONBAAR_TIME_ZONE", "America/New_York")
    settings.engine().dispose()
    _forget()
    monkeypatch.setattr(page_context, "datetime", Clock)


def test_today_is_in_the_organisation_s_time_zone(new_york):
    assert "Today, 4 March 2099" in words(Pages("en").open("readiness"))


def test_moments_are_in_the_organisation_s_time_zone(new_york):
    with writing(settings.engine()) as (_, now):
        pass
    out = words(Pages("en").open("activity"))
    local = now.astimezone(settings.settings().time_zone)
    assert f"{local.day} {local:%B}" in out
    assert f">{local:%H}:" in out
    assert "UTC" not in out
