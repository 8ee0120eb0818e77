"""The status page says whether mail is set, when it was last sent, and what did not arrive."""

from datetime import UTC, datetime, timedelta

import pytest

import settings
from locales import Language
from models.transaction import writing
from models.vocabulary import DeliveryState, MailKind, MailSecurity
from reports.mail.deliveries import record_delivery
from reports.mail.server import MailServer
from tests.dashboard.conftest import Pages, words
from tests.days import CALENDAR
from tests.mail_servers import SENDER


@pytest.fixture
def server(monkeypatch):
    server = MailServer("mail.example.org", 587, MailSecurity.STARTTLS, SENDER)
    monkeypatch.setattr(settings, "mail_server", lambda: server)


def record(state, reply="", days=0):
    with writing(settings.engine()) as (session, now):
        day = CALENDAR.day_of(datetime.now(UTC)) - timedelta(days=days)
        record_delivery(session, Pages.account, MailKind.DIGEST, day, state, now, reply)


def test_status_says_that_mail_is_off(pages, planned):
    t = Language(pages.language)
    assert t("Off: no mail server is set. See docs/mail.md.") in words(pages.open("status"))


def test_status_lists_what_did_not_arrive(pages, planned, server):
    t = Language(pages.language)
    out = words(pages.open("status"))
    assert t("Nothing was sent yet.") in out and "mail.example.org" in out
    record(DeliveryState.BEGUN, days=1)
    record(DeliveryState.NOT_TAKEN, "451 4.7.1", days=1)
    record(DeliveryState.SENT, days=1)
    out = words(pages.open("status"))
    assert "451 4.7.1" not in out and t("Nothing was sent yet.") not in out
    record(DeliveryState.REFUSED, "550 5.1.1")
    out = words(pages.open("status"))
    assert "550 5.1.1" in out and t("Refused by the mail server") in out and "Anna Bakker" in out
