"""Calendar feeds on the calendar page: making one, its address shown once, and revoking it."""

import re
from datetime import UTC, datetime

import settings
from access.people import accounts
from access.people.calendar_feeds import find_feed
from access.permissions import TEAM_MEMBER
from locales import Language
from models.transaction import reading
from tests.dashboard.conftest import Pages, words
from tests.dashboard.test_people import field, press
from tests.people import colleague


def find(address):
    secret = re.fullmatch(r"\w*://[^/]*/feed/([\w-]{40,})\.ics", address)[1]
    with reading(settings.engine()) as session:
        return find_feed(session, secret, datetime.now(UTC))


def test_address_is_shown_once_and_works_until_it_is_revoked(pages, planned):
    t = Language(pages.language)
    test = press(pages.open("calendar"), pages, "Make an address")
    address = test.code[0].value
    assert find(address).team is None
    assert t("not read yet") in words(test)
    again = pages.open("calendar")
    assert not again.code and address not in words(again)
    assert t("All teams and systems") in words(again)
    revoked = press(again, pages, "Revoke")
    assert t("The address no longer works.") in words(revoked)
    assert find(address) is None
    assert t("Revoke") not in [button.label for button in revoked.button]


def test_feed_of_a_team(pages, planned):
    test = pages.open("calendar")
    field(test, "selectbox", pages, "What to show").set_value("platform")
    test = press(pages.run(test), pages, "Make an address")
    assert find(test.code[0].value).team == "platform"


def test_team_member_is_offered_what_concerns_them(planned):
    english = Pages("en")
    with reading(settings.engine()) as session:
        anna = accounts.find_person(session, Pages.account, datetime.now(UTC))
    Pages.account = colleague(settings.engine(), anna, "Tess", TEAM_MEMBER, team="platform")[0].account
    test = english.open("calendar")
    assert "My teams and what is assigned to me" in field(test, "selectbox", english, "What to show").options
