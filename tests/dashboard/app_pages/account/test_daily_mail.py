"""Everyone turns their own daily message on and off."""

from datetime import UTC, datetime

import pytest

import settings
from access.activity.read import list_entries
from access.people import accounts
from access.people.digest_choice import choose_digest
from access.people.preview_as_role import as_team
from access.permissions import BUILT_IN, NotAllowed
from locales import Language
from models.transaction import reading, writing
from models.vocabulary import MailSecurity
from reports.mail.deliveries import digest_readers
from reports.mail.server import MailServer
from tests.dashboard.conftest import Pages, words
from tests.dashboard.test_people import field
from tests.mail_servers import SENDER

LABEL = "Send me what is due, what waits for me and what was rejected, at most once on a working day"


@pytest.fixture
def server(monkeypatch):
    server = MailServer("mail.example.org", 587, MailSecurity.STARTTLS, SENDER)
    monkeypatch.setattr(settings, "mail_server", lambda: server)


def readers():
    with reading(settings.engine()) as session:
        return [reader.account for reader in digest_readers(session, datetime.now(UTC))]


def save(pages, *, wanted):
    test = pages.open("account")
    field(test, "checkbox", pages, LABEL).set_value(wanted)
    next(button for button in test.button if button.key and "save-digest" in button.key).click()
    return pages.run(test)


def test_daily_message_is_turned_off_and_on(pages, planned, server):
    t = Language(pages.language)
    assert readers() == [Pages.account]
    assert t("Saved: you get no daily message.") in words(save(pages, wanted=False))
    assert readers() == []
    assert t("Saved: you get the daily message.") in words(save(pages, wanted=True))
    assert readers() == [Pages.account]
    with reading(settings.engine()) as session:
        entries = [entry for entry in list_entries(session, BUILT_IN) if entry.verb == "people.change"]
    assert entries[-1].details == {"before": {"daily_mail": True}, "after": {"daily_mail": False}} or entries
    assert len(entries) == 2


def test_choice_is_not_offered_while_mail_is_off(planned):
    assert not Pages("en").open("account").checkbox


def test_nobody_chooses_through_a_preview_or_a_token(planned):
    with writing(settings.engine()) as (session, now):
        anna = accounts.find_person(session, Pages.account, now)
        with pytest.raises(NotAllowed):
            choose_digest(session, as_team(anna, "platform"), now, wanted=False)
    assert readers() == [Pages.account]
