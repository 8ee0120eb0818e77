"""Invitations and links for a new password: by mail where a server is set, else shown once."""

import re

import pytest
from sqlalchemy import select

import settings
from locales import Language
from models.bulk_changes import table
from models.transaction import reading
from models.vocabulary import DeliveryState, MailKind
from tests.dashboard.conftest import Pages, words
from tests.dashboard.test_people import field, press
from tests.mail_servers import Postbox, mail_server
from tests.people import PASSWORD

ENGLISH = Pages("en")


@pytest.fixture
def post(monkeypatch):
    with mail_server(box := Postbox()) as server:
        monkeypatch.setenv("AANTOONBAAR_SMTP_HOST", server.host)
        monkeypatch.setenv("AANTOONBAAR_SMTP_PORT", str(server.port))
        monkeypatch.setenv("AANTOONBAAR_SMTP_SECURITY", server.security)
        monkeypatch.setenv("AANTOONBAAR_SMTP_SENDER", server.sender)
        settings.settings.cache_clear()
        settings.mail_server.cache_clear()
        yield box
    settings.mail_server.cache_clear()


def invite(pages, language="nl"):
    test = pages.open("people")
    field(test, "text_input", pages, "Name").set_value("Chantal")
    field(test, "text_input", pages, "E-mail address").set_value("chantal@example.org")
    field(test, "selectbox", pages, "Language").set_value(language)
    field(test, "selectbox", pages, "Team").set_value("platform")
    return press(test, pages, "Invite")


def deliveries():
    row = table("mail_delivery")
    with reading(settings.engine()) as session:
        return [tuple(each) for each in session.execute(select(row.c.kind, row.c.state, row.c.reply))]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_invitation_goes_by_mail_in_the_language_of_who_is_invited(planned, post, language):
    test = invite(ENGLISH, language)
    assert "The link was sent to chantal@example.org." in words(test)
    assert not test.code
    message, t = post.messages[0], Language(language)
    assert (message["To"], message["Subject"]) == ("Chantal <chantal@example.org>", t("Your invitation to Aantoonbaar"))
    text = message.get_body(("plain",)).get_content()
    assert re.search(rf"^{re.escape(settings.settings().address)}/link/\S{{40,}}\r?$", text, re.MULTILINE)
    assert t("{by} has made an account for you in Aantoonbaar. Choose a password to begin.", by="Anna Bakker") in text
    assert PASSWORD not in text
    assert deliveries() == [(MailKind.INVITATION, DeliveryState.SENT, "")]


def test_link_is_shown_when_the_server_refuses_it(planned, post):
    post.refused["chantal@example.org"] = "550 5.1.1 chantal@example.org is unknown"
    test = invite(ENGLISH)
    out = words(test)
    assert "The message was not sent." in out and "550 5.1.1" in out and "is unknown" not in out
    assert "/link/" in test.code[0].value
    assert deliveries() == [(MailKind.INVITATION, DeliveryState.REFUSED, "550 5.1.1")]


def test_link_is_shown_when_the_server_is_gone(planned, post, monkeypatch):
    monkeypatch.setenv("AANTOONBAAR_SMTP_PORT", "1")
    settings.settings.cache_clear()
    test = invite(ENGLISH)
    assert "The message was not sent." in words(test) and "/link/" in test.code[0].value
    assert deliveries() == []


def test_wrong_invitation_sends_nothing(planned, post):
    test = ENGLISH.open("people")
    press(test, ENGLISH, "Invite")
    assert not post.messages and deliveries() == []
