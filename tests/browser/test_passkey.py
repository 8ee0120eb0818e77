"""A passkey in a real browser, with Chromium's virtual authenticator: added, used to sign in, removed."""

import pytest
from playwright.sync_api import expect

from tests.browser.serving import signed_in
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def at_home(browser, address):
    """A page of someone who is signed in, on a device that makes passkeys; the product is opened by a name."""
    named = address.replace("127.0.0.1", "localhost")
    context = signed_in(browser, address, locale="nl-NL")
    (cookie,) = context.cookies()
    context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": named}])
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield named, page, complaints
    context.close()


def add(page, address, name, password=PASSWORD):
    page.goto(f"{address}/passkeys")
    form = page.locator("#passkey-add")
    form.get_by_label("Naam van de passkey").fill(name)
    form.get_by_label("Huidig wachtwoord").fill(password)
    form.get_by_role("button", name="Passkey toevoegen").click()


def test_a_passkey_is_added_lets_its_person_in_and_is_removed(at_home):
    address, page, complaints = at_home
    add(page, address, "Laptop van Anna")
    expect(page.locator(".held")).to_contain_text("Laptop van Anna")
    expect(page.locator(".held")).to_contain_text("nog niet gebruikt")
    add(page, address, "Nog eens dezelfde")
    expect(page.locator("#passkey-problem")).to_contain_text("staat er al een van u")

    page.context.clear_cookies()
    page.goto(f"{address}/passkeys")
    expect(page).to_have_url(f"{address}/sign-in?next=/passkeys")
    page.get_by_role("button", name="Inloggen met een passkey").click()
    expect(page).to_have_url(f"{address}/passkeys")
    expect(page.locator(".held")).to_contain_text("laatst gebruikt")
    assert complaints == []

    page.get_by_label("Naam van de passkey").last.select_option("Laptop van Anna")
    page.get_by_label("Huidig wachtwoord").last.fill(PASSWORD)
    page.get_by_role("button", name="Verwijderen en elders uitloggen").click()
    expect(page.get_by_text("U hebt nog geen passkeys.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="Inloggen met een passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("U kunt met deze passkey niet inloggen")


def test_adding_a_passkey_needs_the_password(at_home):
    address, page, _ = at_home
    add(page, address, "Van een ander", "niet het goede wachtwoord")
    expect(page.locator("#passkey-problem")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Van een ander")).to_have_count(0)


def test_no_passkey_button_where_passkeys_cannot_work(browser, address):
    """An IP address has no passkeys; at a host name the button is there."""
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        expect(page.locator("#passkey-use")).to_be_hidden()
        page.goto(f"{address.replace('127.0.0.1', 'localhost')}/sign-in")
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
        page.add_init_script("delete window.PublicKeyCredential")
        page.reload()
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        expect(page.locator("#passkey-use")).to_be_hidden()
