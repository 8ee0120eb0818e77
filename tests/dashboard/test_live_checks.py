"""Live checks on the pages: off until switched on on Set up, and told on Status."""

import settings
from access.permissions import BUILT_IN
from evidence.collect.live.last_runs import live_check_states
from models.transaction import reading
from tests.dashboard.conftest import EVIL, words


def states():
    with reading(settings.engine()) as session:
        return [state.check for state in live_check_states(session, BUILT_IN)]


def button(test, form, position=0):
    return [each for each in test.button if each.proto.form_id == form][position]


def choose(test, form, position):
    [field for field in test.selectbox if field.proto.form_id == form][position].select_index(0)


def press(pages, test, form, position=0):
    button(test, form, position).click()
    return pages.run(test)


def test_a_check_of_a_target_is_switched_on_asked_for_and_switched_off(pages, planned):
    test = pages.open("setup", part="live")
    test = press(pages, test, "live-target")
    assert states() == [], "nothing is chosen by itself"
    choose(test, "live-target", 0)
    choose(test, "live-target", 1)
    test = press(pages, test, "live-target")
    [check] = states()
    assert (check.requirement, check.is_on, check.allows_inside) == ("tls-scan", True, False)
    assert check.target in words(test)
    assert {"en": "within a few minutes", "nl": "binnen enkele minuten"}[pages.language] in words(test)
    log = words(pages.open("activity"))
    assert f"{check.target}</b>" in log and f">{check.key}</b>" not in log, "the log names what was switched on"
    choose(test, "live-change", 0)
    test = press(pages, test, "live-change")
    assert states()[0].requested_at > check.requested_at
    choose(test, "live-change", 0)
    test = press(pages, test, "live-change", 1)
    assert not states()[0].is_on
    assert check.target in words(pages.open("status"))


def test_a_mail_domain_is_switched_on_and_nonsense_is_refused(pages, planned):
    test = pages.open("setup", part="live")
    next(field for field in test.selectbox if field.key == "live-page-kind").set_value("mail-domain-protection")
    test = pages.run(test)
    address, selectors = [field for field in test.text_input if field.proto.form_id == "live-page"]
    address.set_value(f"https://{EVIL}")
    test = press(pages, test, "live-page")
    assert "s-failing" in words(test)
    assert EVIL not in words(test)
    assert states() == []
    address, selectors = [field for field in test.text_input if field.proto.form_id == "live-page"]
    address.set_value("Example.org")
    selectors.set_value("s1 s2")
    test = press(pages, test, "live-page")
    [check] = states()
    assert (check.address, check.details) == ("example.org", {"selectors": ["s1", "s2"]})
    assert "example.org" in words(test)


def test_without_an_address_the_page_says_where_to_add_one(pages, loaded):
    out = words(pages.open("setup", part="live"))
    assert 'href="/setup?part=systems"' in out
    assert "tls-scan" not in out or 'href="/measure?key=tls"' in out, "what a check is evidence for is named"
