"""Mail over a real server: with STARTTLS, with TLS, and with servers that refuse or fail."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.errors import InvalidValue
from locales import Language
from models.vocabulary import MailSecurity
from reports.mail.message import Letter, Line, Recipient, Section, compose
from reports.mail.server import MailNotSent
from tests.mail_servers import PASSWORD, SENDER, Postbox, mail_server, protected_server

NOW = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
BRAM = Recipient("u-1", "Bram de Vries", "bram@example.org", "nl")
LETTER = Letter("Eén taak", ["Beste <Bram>,"], [Section("Te doen", [Line("TLS & poorten", "https://x.example/a?b=1")])])


def letter(recipient=BRAM, content=LETTER):
    return compose(Language("nl"), SENDER, recipient, content, NOW, "digest-1")


def test_message_has_text_and_html_and_loads_nothing():
    with mail_server(post := Postbox()) as server:
        server.send(letter())
    message = post.messages[0]
    assert (message["Subject"], message["From"], message["To"]) == (
        "Eén taak",
        SENDER,
        "Bram de Vries <bram@example.org>",
    )
    assert message["Message-ID"] == "<digest-1@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    text, page = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
    assert "Beste <Bram>," in text and "- TLS & poorten" in text
    assert "Beste &lt;Bram&gt;," in page and '<a href="https://x.example/a?b=1"' in page
    assert not any(part in page for part in ("<img", "<script", "<link", "url(", "src="))


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_message_goes_over_tls_to_a_server_that_needs_a_password(security, tmp_path):
    with protected_server(post := Postbox(), security, tmp_path) as server:
        server.send(letter())
        assert post.to() == ["bram@example.org"]
        with pytest.raises(MailNotSent, match="535"):
            replace(server, password="wrong").send(letter())  # noqa: S106
        with pytest.raises(MailNotSent, match="certificate is not trusted"):
            replace(server, authorities=None).send(letter())
        assert PASSWORD not in repr(server)
    assert len(post.messages) == 1


def test_server_without_starttls_gets_nothing():
    with (
        mail_server(post := Postbox()) as server,
        pytest.raises(MailNotSent, match="does not offer what is needed") as refused,
    ):
        replace(server, security=MailSecurity.STARTTLS).send(letter())
    assert not post.messages and not refused.value.permanent


def test_server_that_is_not_there_is_named():
    with mail_server(Postbox()) as server:
        pass
    with pytest.raises(MailNotSent, match=rf"127.0.0.1:{server.port} can't be used: no answer") as refused:
        server.send(letter())
    assert (refused.value.reply, refused.value.permanent, refused.value.status) == ("", False, 503)


@pytest.mark.parametrize(
    ("reply", "code", "permanent"),
    [
        ("451 4.7.1 Come back later", "451 4.7.1", False),
        ("554 5.7.1 bram@example.org is spam", "554 5.7.1", True),
        ("550 No", "550", True),
        ("drop", "", False),
    ],
)
def test_reply_to_a_message_decides_whether_it_is_tried_again(reply, code, permanent):
    with mail_server(Postbox(replies=[reply])) as server, pytest.raises(MailNotSent) as refused:
        server.send(letter())
    assert (refused.value.reply, refused.value.permanent) == (code, permanent)
    assert "bram" not in str(refused.value) and "Come" not in str(refused.value)


def test_refused_recipient_is_refused_for_good_and_the_next_message_is_taken():
    post = Postbox(refused={"bram@example.org": "550 5.1.1 Unknown"})
    with mail_server(post) as server, server.connection() as connection:
        with pytest.raises(MailNotSent) as refused:
            connection.send(letter())
        connection.send(letter(replace(BRAM, email="eva@example.org")))
    assert (refused.value.reply, refused.value.permanent) == ("550 5.1.1", True)
    assert post.to() == ["eva@example.org"]


@pytest.mark.parametrize("email", ['a"b@example.org', "bräm@example.org"])
def test_address_that_no_header_can_hold_is_refused_with_the_name_only(email):
    with pytest.raises(InvalidValue, match="Bram de Vries") as refused:
        letter(replace(BRAM, email=email))
    assert "@" not in str(refused.value)


def test_domain_in_another_script_is_written_in_its_ascii_form():
    assert letter(replace(BRAM, email="bram@exämple.org"))["To"] == "Bram de Vries <bram@xn--exmple-cua.org>"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_adds_a_header(subject, name):
    plain = set(letter().keys())
    spoilt = f"{subject}\r\nBcc: all@example.org\n{name}"
    message = letter(replace(BRAM, name=spoilt), replace(LETTER, subject=spoilt))
    lines = message.as_bytes().partition(b"\r\n\r\n")[0]
    assert set(message.keys()) == plain
    assert not [line for line in lines.split(b"\r\n") if line.lower().startswith(b"bcc")]
