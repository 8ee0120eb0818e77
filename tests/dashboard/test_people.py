"""The people page: inviting, roles, links, and what is shown once; each as its forms do it."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

import settings
from access.people import accounts, sessions
from access.permissions import BUILT_IN
from access.sign_in import passkeys, second_factor
from locales import Language
from models import Passkey
from models.transaction import reading, writing
from tests.dashboard.conftest import ROOT, Pages, page_file, words
from tests.days import CALENDAR
from tests.people import colleague


def rows():
    with reading(settings.engine()) as session:
        return {account.name: account for account in accounts.list_accounts(session, BUILT_IN, datetime.now(UTC))}


def field(test, kind, pages, label):
    """A widget by its English label."""
    named = Language(pages.language)(label)
    return next(element for element in getattr(test, kind) if element.label == named)


def press(test, pages, label):
    field(test, "button", pages, label).click()
    return pages.run(test)


@pytest.fixture
def bram(planned):
    """A reviewer, invited today."""
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "Bram", "bram@example.org", "nl", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, "reviewer", now)
    return account


def test_role_form_requires_a_team_or_an_audit(pages, planned):
    test, t = pages.open("people"), Language(pages.language)
    for role, team, audit in (("team member", True, False), ("auditor", False, True), ("reader", False, False)):
        field(test, "selectbox", pages, "Role").set_value(role)
        pages.run(test)
        labels = {field.label for field in test.selectbox}
        assert ((t("Team") in labels), (t("Audit") in labels)) == (team, audit)


def test_invitation_link_is_shown_once(pages, planned):
    test = pages.open("people")
    field(test, "text_input", pages, "Name").set_value("Chantal")
    field(test, "text_input", pages, "E-mail address").set_value("chantal@example.org")
    press(test, pages, "Invite")
    assert "s-failing" in words(test)  # no team was chosen
    assert not test.code
    field(test, "selectbox", pages, "Team").set_value("platform")
    press(test, pages, "Invite")
    link = test.code[0].value
    assert "/link/" in link and len(link.rpartition("/")[2]) > 30
    assert "Chantal" in words(test)
    assert rows()["Chantal"].grants[0].team == "platform"
    press(test, pages, "I have saved it")
    assert not test.code
    assert link.rpartition("/")[2] not in words(test)
    assert field(test, "text_input", pages, "Name").value == ""  # for the next person


def test_one_time_secret_is_forgotten_on_another_page(pages, bram):
    test = pages.open("people", person=bram)
    press(test, pages, "Create a new invitation")
    assert test.code
    test.switch_page("app_pages/setup/page.py")
    pages.run(test)
    test.switch_page("app_pages/administration/people/page.py")
    pages.run(test)
    assert not test.code


def test_a_wrong_address_is_refused_beside_the_form(pages, planned):
    test = pages.open("people")
    field(test, "text_input", pages, "Name").set_value("Chantal")
    field(test, "text_input", pages, "E-mail address").set_value("nobody")
    field(test, "selectbox", pages, "Team").set_value("platform")
    press(test, pages, "Invite")
    assert 'class="note s-failing"' in words(test)
    assert "Chantal" not in rows()


def test_roles_are_given_and_ended(pages, bram):
    test = pages.open("people", person=bram)
    field(test, "selectbox", pages, "Role").set_value("reader")
    pages.run(test)
    press(test, pages, "Assign this role")
    assert [grant.role for grant in rows()["Bram"].grants] == ["reviewer", "reader"]
    press(test, pages, "End")
    assert [grant.role for grant in rows()["Bram"].grants] == ["reader"]


def test_an_account_is_changed_and_ended(pages, bram):
    test = pages.open("people", person=bram)
    last = CALENDAR.day_of(datetime.now(UTC)) + timedelta(days=30)
    field(test, "text_input", pages, "E-mail address").set_value("b.dewit@example.org")
    field(test, "date_input", pages, "Last day").set_value(last)
    next(
        button
        for button in test.button
        if button.label == Language(pages.language)("Save") and "details" in button.form_id
    ).click()
    pages.run(test)
    assert (rows()["Bram"].email, rows()["Bram"].ends_on) == ("b.dewit@example.org", last)
    assert field(test, "button", pages, "End this account").disabled
    test.checkbox[0].check()
    pages.run(test)
    press(test, pages, "End this account")
    assert not rows()["Bram"].active


def test_own_page_offers_no_role(pages, planned):
    test = pages.open("people", person=Pages.account)
    assert Language(pages.language)("Assign this role") not in [button.label for button in test.button]
    assert "/account" in words(test)


def test_lost_second_factors_are_removed(pages, bram):
    with writing(settings.engine()) as (session, now):
        second_factor.begin_enrolment(session, bram, b"k" * 32, now)
        session.execute(second_factor._FACTOR.update().values(confirmed_at=now))
        session.add(Passkey(account=bram, credential="c", public_key="k", label="YubiKey", added_at=now))
    test = pages.open("people", person=bram)
    press(test, pages, "Remove the second factor")
    next(button for button in test.button if "YubiKey" in button.label).click()
    pages.run(test)
    with reading(settings.engine()) as session:
        assert not second_factor.has_second_factor(session, bram)
        assert passkeys.list_passkeys(session, BUILT_IN, bram) == []


def test_roles_that_need_a_second_factor_are_chosen(pages, bram):
    test = pages.open("people")
    field(test, "multiselect", pages, "Roles that need a second factor").set_value(["reviewer", "administrator"])
    next(button for button in test.button if button.form_id == "demanded").click()
    pages.run(test)
    with reading(settings.engine()) as session:
        assert second_factor.demanded_roles(session) == {"reviewer", "administrator"}
    assert "s-demonstrated" in words(test)


def test_people_are_found_by_name_and_access(pages, bram):
    assert "bram@" in words(pages.open("people", text="BRAM"))
    assert "anna@" not in words(pages.open("people", text="BRAM"))
    assert "bram@" not in words(pages.open("people", who="ended"))


# ── Seeing what others see ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("chosen", [("team", "platform"), ("auditor", "audit")])
def test_preview_is_shown_on_every_page_and_changes_nothing(pages, planned, chosen):
    t = Language(pages.language)
    test = pages.open("people")
    field(test, "selectbox", pages, "View the pages as").set_value(chosen)
    press(test, pages, "Show")
    for page in ("readiness", "evidence", "account"):
        test.switch_page(page_file(page))
        pages.run(test)
        out = words(test)
        assert "visibility" in out
        assert "/upload" not in out and "/setup" not in out and 'href="/people"' not in out
        labels = {button.label for button in test.button}
        assert labels - {t("View another day")} == {t("Back to my own view")}
    press(test, pages, "Back to my own view")
    assert 'href="/people"' in words(test)


def test_preview_ends_when_its_permission_ends(pages, bram):
    with writing(settings.engine()) as (session, now):
        officer = accounts.add(session, BUILT_IN, "Chris", "chris@example.org", "en", CALENDAR.day_of(now), None, now)
        grant = accounts.grant(session, BUILT_IN, officer, "security officer", now)
        accounts.grant(session, BUILT_IN, officer, "reader", now)
    Pages.account = officer
    test = pages.open("people")
    field(test, "selectbox", pages, "View the pages as").set_value(("team", "platform"))
    press(test, pages, "Show")
    with writing(settings.engine()) as (session, now):
        session.execute(accounts._GRANT.update().where(accounts._GRANT.c.id == grant).values(ended_at=now))
    pages.run(test)
    assert 'href="/evidence"' not in words(test)


@pytest.fixture
def as_administrator(bram, monkeypatch):
    """The pages as an administrator sees them, who has less than a reviewer."""
    with reading(settings.engine()) as session:
        by = accounts.find_person(session, Pages.account, datetime.now(UTC))
    bea, _ = colleague(settings.engine(), by, "Bea", "administrator")
    monkeypatch.setattr(Pages, "account", bea.account)
    return bram


def test_administrator_is_offered_only_permitted_actions(pages, as_administrator):
    test, t = pages.open("people", person=as_administrator), Language(pages.language)
    role = field(test, "selectbox", pages, "Role")
    assert role.options == [t("Administrator")]
    labels = [button.label for button in test.button]
    assert t("Create a new invitation") not in labels
    assert field(test, "button", pages, "End").disabled
    assert t("This person has more permissions than you: a security officer can help them to sign in.") in words(test)
    test = pages.open("tokens")
    assert t("Create token") not in [button.label for button in test.button]
    assert t(
        "A token never has more permissions than the person who creates it: a security officer can create one for this team."
    ) in words(test)


def test_first_page_after_signing_in_shows_links_created_for_the_person(pages, bram):
    with reading(settings.engine()) as session:
        by = accounts.find_person(session, Pages.account, datetime.now(UTC))
    lena, cookie = colleague(settings.engine(), by, "Lena", "reader")
    test = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=30)
    test.query_params["lang"], test.user = pages.language, {"account": lena.account, "session": sessions.digest(cookie)}
    pages.run(test)
    t = Language(pages.language)
    doubt = t("If you did not ask for it, tell {whom}.", whom=t("a security officer"))
    assert doubt in words(test)
    assert by.name in words(test)
    test.switch_page("app_pages/account.py")
    assert doubt not in words(pages.run(test))


def test_an_administrator_demands_a_second_factor_and_lifts_none(pages, as_administrator):
    with writing(settings.engine()) as (session, now):
        second_factor.set_demanded_roles(session, BUILT_IN, ["security officer"], now)
    note = Language(pages.language)("You can add roles here. Only a security officer can remove them.")
    for chosen, remaining in (
        ([], {"security officer"}),
        (["reviewer", "security officer"], {"reviewer", "security officer"}),
    ):
        test = pages.open("people")
        assert note in words(test)
        field(test, "multiselect", pages, "Roles that need a second factor").set_value(chosen)
        next(button for button in test.button if button.form_id == "demanded").click()
        pages.run(test)
        with reading(settings.engine()) as session:
            assert second_factor.demanded_roles(session) == remaining
