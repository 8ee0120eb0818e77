"""The daily digest over a real mail server: who is told what, once a day, and what happens when the server fails."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import insert, select

from access.people import accounts
from access.people.digest_choice import choose_digest
from access.permissions import ADMINISTRATOR, BUILT_IN, READER, REVIEWER, TEAM_MEMBER
from audits.planned_days import plan_days
from controls.assignments import assign
from jobs import send_digests as module
from jobs.send_digests import DigestsNotSent, is_time, job, send_digests
from jobs.values import JobContext
from models.bulk_changes import table
from models.transaction import reading, writing
from models.vocabulary import DeliveryState, MailKind
from reports.mail.server import MailNotSent
from tests.days import CALENDAR
from tests.evidence.office import JUNIT, NOW, TEXT, open_office
from tests.mail_servers import Postbox, mail_server
from tests.people import PASSWORD, colleague, officer

PRODUCT = "https://evidence.example.org"
TODAY = date(2027, 3, 4)  # a Thursday
TESTS = ("reviewed-tests", "portal", "")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def office(engine, tmp_path):
    return open_office(engine, tmp_path)


@pytest.fixture
def anna(office):
    return officer(office.engine)[0]


@pytest.fixture
def bram(office, anna):
    return colleague(office.engine, anna, "Bram", TEAM_MEMBER, team="platform")[0]


@pytest.fixture
def post():
    return Postbox()


@pytest.fixture
def server(post):
    with mail_server(post) as server:
        yield server


def plan(office, day, cell=TESTS):
    with writing(office.engine) as (session, now):
        plan_days(session, BUILT_IN, [cell], day, now)


def change(office, verb, *arguments, **more):
    with writing(office.engine) as (session, now):
        verb(session, *arguments, now, **more)


def send(office, server):
    send_digests(office.engine, server, PRODUCT)


def told(post, email):
    """The texts that an address received."""
    messages = [message for message in post.messages if message["To"].addresses[0].addr_spec == email]
    return [message.get_body(("plain",)).get_content().replace("\r\n", "\n") for message in messages]


def states(office, account):
    row = table("mail_delivery")
    with reading(office.engine) as session:
        rows = session.execute(select(row).where(row.c.account == account).order_by(row.c.recorded_at))
        return [(each.day, each.state, each.reply) for each in rows if each.kind == MailKind.DIGEST]


# ── Who is told what ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_to_tell_sends_nothing(office, bram, post, server):
    send(office, server)
    assert post.messages == [] and states(office, bram.account) == []


@pytest.mark.parametrize(("days", "is_told"), [(31, False), (30, True), (29, False), (8, False), (7, True), (1, True)])
def test_due_day_is_told_so_many_days_before(office, post, server, clock, days, is_told):
    clock.move_to(NOW - 2 * DAY)
    colleague(office.engine, officer(office.engine)[0], "Bram", TEAM_MEMBER, team="platform")
    plan(office, TODAY)
    send(office, server)  # so that there is a digest before
    clock.move_to(NOW - DAY)
    send(office, server)
    post.messages.clear()
    clock.move_to(NOW)
    plan(office, TODAY + days * DAY)
    send(office, server)
    assert len(told(post, "bram@example.org")) == is_told


def test_weekend_is_told_on_friday(office, bram, post, server, clock):
    clock.move_to(datetime(2027, 3, 4, 9, tzinfo=UTC))
    plan(office, date(2027, 3, 8))  # a Monday: a day before is a Sunday
    send(office, server)
    post.messages.clear()
    clock.move_to(datetime(2027, 3, 5, 9, tzinfo=UTC))
    send(office, server)
    assert "uiterlijk maandag 8 maart 2027" in told(post, "bram@example.org")[0]
    clock.move_to(datetime(2027, 3, 8, 9, tzinfo=UTC))
    send(office, server)
    assert len(post.messages) == 1


def test_overdue_is_told_once_and_again_after_a_week_also_to_the_officer(office, anna, bram, post, server, clock):
    plan(office, TODAY)
    for days, number in ((1, 1), (4, 1), (5, 1), (8, 2), (11, 2)):
        clock.move_to(NOW + days * DAY)
        send(office, server)
        assert len(told(post, "bram@example.org")) == len(told(post, "anna@example.org")) == number, days
    text, officers = told(post, "bram@example.org")[0], told(post, "anna@example.org")[0]
    assert "Stand van 5 maart 2027: 1 taak te laat." in text and "Te laat\n- E, portal" in text
    assert "Te laat, van anderen\n- E, portal" in officers and "· P" in officers
    assert "Te laat\n-" not in officers


def test_language_is_that_of_the_account(office, anna, post, server):
    colleague(office.engine, anna, "Tess", TEAM_MEMBER, team="platform", language="en")
    plan(office, TODAY + 7 * DAY)
    send(office, server)
    (message,) = post.messages
    assert message["Subject"] == "Aantoonbaar: 1 task due soon"
    page = message.get_body(("html",)).get_content()
    assert "due Thursday 11 March 2027" in page and f"{PRODUCT}/measure?key=m" in page and f"{PRODUCT}/account" in page
    assert '<html lang="en">' in page


def test_task_that_is_assigned_is_told_to_that_person_only(office, anna, bram, post, server):
    eva = colleague(office.engine, anna, "Eva", TEAM_MEMBER, team="platform")[0]
    change(office, assign, BUILT_IN, "reviewed-tests", "platform", eva.account)
    plan(office, TODAY + DAY)
    send(office, server)
    assert post.to() == ["eva@example.org"]


def test_other_team_reader_and_administrator_are_told_nothing(office, anna, post, server):
    with writing(office.engine) as (session, _):
        session.execute(insert(table("team")), [{"key": "office", "title_nl": "K", "title_en": "O"}])
    colleague(office.engine, anna, "Olaf", TEAM_MEMBER, team="office")
    colleague(office.engine, anna, "Lena", READER)
    colleague(office.engine, anna, "Ben", ADMINISTRATOR)
    plan(office, TODAY + DAY)
    send(office, server)
    assert post.messages == []


def test_what_waits_is_told_to_reviewers_but_not_to_its_uploader(office, anna, bram, post, server, clock):
    colleague(office.engine, anna, "Rosa", REVIEWER)
    office.deliver(TEXT, requirements=("policy",), systems=(), person=bram, title="Beleid 2027", first_day=TODAY)
    send(office, server)
    assert sorted(post.to()) == ["anna@example.org", "rosa@example.org"]
    assert "Wacht op uw beoordeling\n- Beleid 2027\n  aangeleverd door Bram" in told(post, "rosa@example.org")[0]
    clock.move_to(NOW + DAY)
    send(office, server)
    assert len(post.messages) == 2


def test_rejection_is_told_with_its_reason_to_who_provided_it(office, anna, bram, post, server, clock):
    filed = office.deliver(TEXT, requirements=("policy",), systems=(), person=bram, title="Beleid", first_day=TODAY)
    other = office.deliver(JUNIT, requirements=("reviewed-tests",), systems=("portal",))
    for evidence in (filed.evidence, other.evidence):
        office.review(evidence, "rejected", remark="De <b>datum</b>\nontbreekt", at=NOW + timedelta(minutes=1))
    clock.move_to(NOW + timedelta(minutes=5))
    send(office, server)
    (text,) = told(post, "bram@example.org")
    assert "Afgewezen\n- Beleid\n  colleague: De <b>datum</b> ontbreekt" in text
    assert text.count("colleague:") == 1
    page = next(each for each in post.messages if each["To"].addresses[0].username == "bram")
    assert "&lt;b&gt;datum" in page.get_body(("html",)).get_content()
    clock.move_to(NOW + DAY)
    send(office, server)
    assert len(told(post, "bram@example.org")) == 1


def test_rejection_of_what_one_may_not_read_any_more_is_not_told(office, anna, bram, post, server, clock):
    filed = office.deliver(TEXT, requirements=("policy",), systems=(), person=bram, title="Beleid", first_day=TODAY)
    office.review(filed.evidence, "rejected", at=NOW + timedelta(minutes=1))
    with writing(office.engine) as (session, _):
        session.execute(insert(table("team")), [{"key": "office", "title_nl": "K", "title_en": "O"}])
    change(office, assign, BUILT_IN, "policy", "office", None)
    clock.move_to(NOW + timedelta(minutes=5))
    send(office, server)
    assert told(post, "bram@example.org") == []


@pytest.mark.parametrize("reason", ["turned off", "ended", "without role", "agreement"])
def test_who_does_not_want_it_or_may_not_open_the_product_gets_nothing(office, anna, bram, post, server, reason):
    plan(office, TODAY + DAY)
    if reason == "turned off":
        change(office, choose_digest, bram, wanted=False)
    elif reason == "ended":
        change(office, accounts.end, anna, bram.account)
    elif reason == "without role":
        with reading(office.engine) as session:
            grant = session.execute(
                select(table("role_grant").c.id).where(table("role_grant").c.account == bram.account)
            ).scalar_one()
        change(office, accounts.end_grant, anna, grant)
    else:
        change(office, accounts.grant, anna, bram.account, REVIEWER)  # its agreement is not accepted
    send(office, server)
    assert post.messages == []


def test_message_holds_no_secret_and_follows_nobody(office, anna, bram, post, server):
    plan(office, TODAY + DAY)
    send(office, server)
    page = post.messages[0].get_body(("html",)).get_content()
    assert not any(part in page for part in ("<img", "<script", "src=", "url(", PASSWORD, "/feed/", "/link/", "token"))
    assert all(part.startswith(PRODUCT) for part in page.split('href="')[1:])


# ── Once, and again when the server failed ───────────────────────────────────────────────────────────────────────────


def test_second_round_of_a_day_sends_nothing(office, bram, post, server):
    plan(office, TODAY + DAY)
    send(office, server)
    send(office, server)
    assert len(post.messages) == 1
    assert states(office, bram.account) == [(TODAY, DeliveryState.BEGUN, ""), (TODAY, DeliveryState.SENT, "")]


def test_process_that_ends_while_sending_never_sends_that_again(office, bram, post, server, monkeypatch):
    plan(office, TODAY + DAY)
    with monkeypatch.context() as patch:
        patch.setattr(module, "send_recorded", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(office, server)
    send(office, server)
    assert post.messages == []
    assert states(office, bram.account) == [(TODAY, DeliveryState.BEGUN, "")]


def test_what_was_not_sent_is_told_the_next_day(office, bram, post, server, clock):
    plan(office, TODAY + 7 * DAY)
    post.replies = ["451 4.7.1 Later"]
    with pytest.raises(DigestsNotSent):
        send(office, server)
    clock.move_to(NOW + DAY)
    send(office, server)
    assert "uiterlijk donderdag 11 maart 2027" in told(post, "bram@example.org")[0]


@pytest.mark.parametrize(("reply", "error"), [("451 4.7.1 Later", DigestsNotSent), ("drop", MailNotSent)])
def test_message_that_was_not_taken_is_tried_again_with_the_same_identity(office, bram, post, server, reply, error):
    plan(office, TODAY + DAY)
    post.replies = [reply]
    with pytest.raises(error):
        send(office, server)
    assert [state for _, state, _ in states(office, bram.account)] == [DeliveryState.BEGUN, DeliveryState.NOT_TAKEN]
    send(office, server)
    assert [message["Message-ID"] for message in post.messages] == [f"<digest-2027-03-04-{bram.account}@example.org>"]
    assert states(office, bram.account)[-1] == (TODAY, DeliveryState.SENT, "")


def test_server_that_is_gone_is_tried_again_and_nothing_was_begun(office, bram, post):
    plan(office, TODAY + DAY)
    with mail_server(post) as server:
        pass
    with pytest.raises(MailNotSent, match="no answer"):
        send(office, server)
    assert states(office, bram.account) == []


def test_address_that_the_server_refuses_for_good_stops_nobody_else(office, anna, bram, post, server):
    colleague(office.engine, anna, "Eva", TEAM_MEMBER, team="platform")
    plan(office, TODAY + DAY)
    post.refused["bram@example.org"] = "550 5.1.1 No such user"
    send(office, server)
    send(office, server)
    assert post.to() == ["eva@example.org"]
    assert states(office, bram.account)[1:] == [(TODAY, DeliveryState.REFUSED, "550 5.1.1")]


def test_account_that_ended_while_others_were_sent_gets_nothing(office, anna, bram, post, server, monkeypatch):
    plan(office, TODAY + DAY)
    letter = module._letter

    def ends_meanwhile(*arguments):
        made = letter(*arguments)
        change(office, accounts.end, anna, bram.account)
        return made

    monkeypatch.setattr(module, "_letter", ends_meanwhile)
    with writing(office.engine) as (session, now):
        accounts.change(session, anna, bram.account, now, ends_on=TODAY + DAY)
    send(office, server)
    assert post.messages == []


# ── When ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2027, 3, 4, 6, 29, tzinfo=UTC), False),  # 7:29
        (datetime(2027, 3, 4, 6, 30, tzinfo=UTC), True),
        (datetime(2027, 7, 1, 5, 30, tzinfo=UTC), True),  # summer time
        (datetime(2027, 3, 4, 16, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 4, 17, 0, tzinfo=UTC), False),
        (datetime(2027, 3, 6, 9, 0, tzinfo=UTC), False),  # Saturday
        (datetime(2027, 3, 29, 9, 0, tzinfo=UTC), False),  # Easter Monday
    ],
)
def test_digests_are_sent_in_the_daytime_of_working_days(moment, expected):
    assert is_time(moment.astimezone(CALENDAR.zone)) == expected


def test_job_sends_once_a_day_and_nothing_while_mail_is_off(office, bram, post, server, clock, monkeypatch):
    plan(office, TODAY + DAY)
    own = type("Own", (), {"address": PRODUCT})
    off = job(JobContext(office.engine, office.store, own))
    off.run()
    assert post.messages == []
    rounds = []
    monkeypatch.setattr(module, "send_digests", lambda *arguments: rounds.append(send_digests(*arguments)))
    on = job(JobContext(office.engine, office.store, own, mail=server))
    on.run()
    on.run()
    assert (len(post.messages), len(rounds)) == (1, 1)
    clock.move_to(NOW + DAY)
    on.run()
    assert len(rounds) == 2
