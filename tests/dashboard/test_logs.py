"""Login attempts, activity, agreements, tokens and the account: what they show, offer and keep."""

import ast
import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import settings
from access.activity.record import record
from access.people import accounts, agreements, sessions, tokens
from access.permissions import BUILT_IN
from access.sign_in import login_log
from access.sign_in.login_log import SignInAttempt
from dashboard.app_pages.administration.activity.words import FIELDS, VERBS
from dashboard.app_pages.administration.login_attempts.attempts import browser
from dashboard.charts.sign_in_attempts import attempt_chart
from locales import Language
from models.transaction import reading, writing
from tests.dashboard.conftest import EVIL, ROOT, Pages, words
from tests.dashboard.test_people import field, press
from tests.days import CALENDAR


def attempt(name, at, reason="", account=None, address="192.0.2.7"):
    with writing(settings.engine()) as (session, _):
        login_log.record_attempt(session, SignInAttempt(name, account, address, EVIL, "password"), at, reason)


def test_attempts_are_counted_drawn_listed_and_escaped(pages, planned):
    now = datetime.now(UTC)
    for hours, reason in ((1, ""), (2, "password"), (50, "locked")):
        attempt("bram@example.org", now - timedelta(hours=hours), reason)
    test = pages.open("login_attempts")
    out = words(test)
    assert "bram@example.org" in out and EVIL not in out
    assert "/api/v1/login-attempts?since=" in out
    assert len(test.get("plotly_chart")) == 1
    assert out.count("<tr>") - 1 == 3
    assert words(pages.open("login_attempts", outcome="failed")).count("<tr>") - 1 == 1
    assert "<table" not in words(pages.open("login_attempts", name="nobody"))
    day = CALENDAR.day_of(now - timedelta(days=20)).isoformat()
    assert "<table" not in words(pages.open("login_attempts", since=day, until=day))


@pytest.mark.parametrize(("page", "names"), [("login_attempts", ("since", "until")), ("activity", ("first", "last"))])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_day_at_an_end_of_the_years_in_an_address_is_no_day(pages, planned, page, names, day):
    assert words(pages.open(page, **dict.fromkeys(names, day))) == words(pages.open(page))


def test_row_that_counts_attempts_with_various_names_says_so(pages, planned):
    with writing(settings.engine()) as (session, now):
        several = SignInAttempt("", None, "192.0.2.7", "", "password")
        login_log.record_attempt(session, several, now, "locked", 500)
    out, t = words(pages.open("login_attempts")), Language(pages.language)
    assert t("various names") in out and t.n("{n} attempt", "{n} attempts", 500) in out


def test_names_that_wait_are_shown_first(pages, planned):
    for _ in range(12):
        attempt("eva@example.org", datetime.now(UTC), "password")
    out = words(pages.open("login_attempts"))
    assert Language(pages.language)("Currently blocked") in out


def test_the_chart_has_a_bar_for_every_day_and_tells_outcomes_apart_without_colour():
    first = CALENDAR.day_of(datetime.now(UTC)) - timedelta(days=9)
    counts = {"succeeded": {first: 3}, "failed": {first: 1}}
    figure = attempt_chart(Language("en"), counts, first, first + timedelta(days=9))
    assert [(bars.name, len(bars.x), sum(bars.y)) for bars in figure.data] == [("Signed in", 10, 3), ("Failed", 10, 1)]
    assert len({bars.marker.pattern.shape for bars in figure.data}) == 2


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
    ],
)
def test_user_agents_are_shown_by_browser_name(agent, name):
    assert browser(agent) == name


def test_the_activity_log_shows_before_and_after_and_pages(pages, planned):
    with writing(settings.engine()) as (session, now):
        accounts.change(session, BUILT_IN, Pages.account, now, language="en")
        for number in range(130):
            record(session, BUILT_IN, "scope.add_team", f"{EVIL}{number}", now, title=EVIL)
    newest = words(pages.open("activity"))
    assert newest.count('<article class="entry"') == 40 and EVIL not in newest
    assert newest.count('<article class="run"') == 1  # what one name did many times in a row
    before = newest.partition("?before=")[2].partition('"')[0]
    assert f"{EVIL}89".replace("<", "&lt;").replace(">", "&gt;") in words(pages.open("activity", before=before))
    changed = words(pages.open("activity", verb="people.change"))
    assert "<del" in changed and "<ins" in changed and changed.count('<article class="entry"') == 1
    assert "<del" not in words(pages.open("activity", verb="scope.add_team"))


def test_entries_read_as_sentences_with_the_reason_and_facts_on_demand(pages, planned):
    t, digest = Language(pages.language), "0" * 64
    with writing(settings.engine()) as (session, now):
        decided = {"applicable": False, "justification": f"None {EVIL}", "digest": digest}
        record(session, BUILT_IN, "applicability.decide", "iso27001-2022:A.8.30", now, **decided)
        record(session, BUILT_IN, "audit.plan", "audit", now, title=EVIL, day="2027-03-16")
        record(session, BUILT_IN, "audit.plan", "audit", now)  # as stored before its values had these names
        record(session, BUILT_IN, "new.verb", "thing {who}", now)
    out = words(pages.open("activity"))
    end = t("{who} set {what} to not applicable.", who="|", what="|").rpartition("|")[2]
    assert '/control?key=iso27001-2022:A.8.30" data-go' in out and end in out
    assert "<q>None &lt;img" in out and EVIL not in out
    assert out.index("<q>None") < out.index(digest)  # within the details
    title = EVIL.replace("<", "&lt;").replace(">", "&gt;")
    audit_day = t.date(date(2027, 3, 16))
    who = "<b>security officer</b>"
    assert t("{who} planned the audit {title} on {day}.", who=who, title=title, day=audit_day) in out
    assert f"{who}: {t.render(VERBS['audit.plan'])} " in out
    assert "<b>security officer</b>: new.verb" in out and "thing {who}" in out


def test_planned_evidence_is_named_by_its_title(pages, planned):
    t = Language(pages.language)
    requirement, cell = "tls-scan", {"system": "portal", "target": ""}
    with writing(settings.engine()) as (session, now):
        record(session, BUILT_IN, "task.plan", requirement, now, **cell, day="2027-03-16")
        record(session, BUILT_IN, "task.plan", requirement, now, **cell, day=None)
    out = words(pages.open("activity", verb="task.plan"))
    assert f" {t.date(date(2027, 3, 16))}." in out
    assert f"{t.render(VERBS['task.plan'])} " in out
    assert out.count(f'<b class="subject" title="{requirement}">') == 2
    assert f'title="{requirement}">{requirement}' not in out


def test_a_published_policy_is_a_sentence_with_its_reason(pages, planned):
    t = Language(pages.language)
    details = {"number": 2, "policy": "own-scan", "first_day": "2027-03-16", "reason": f"agreed {EVIL}"}
    with writing(settings.engine()) as (session, now):
        record(session, BUILT_IN, "policy.publish", "own-scan@2", now, **details)
    out = words(pages.open("activity"))
    end = t(
        "{who} published edition {number} of the policy {policy}, which applies from {first_day}.",
        who="|",
        number="2",
        policy="own-scan",
        first_day=t.date(date(2027, 3, 16)),
    ).rpartition("|")[2]
    assert end in out and "<q>agreed &lt;img" in out


def test_uploads_of_a_build_server_are_one_line_that_counts_verdicts(pages, planned):
    t, server = Language(pages.language), dataclasses.replace(BUILT_IN, name="build server", token=1)
    with writing(settings.engine()) as (session, now):
        for number, verdict in enumerate(["pass", "fail", "pass", "none", "pass"]):
            cells = [["tls-scan", "portal", "portal.example.org", verdict]]
            record(session, server, "evidence.file", str(number) * 32, now, cells=cells)
    out = words(pages.open("activity"))
    counted = {"n": 5, "minutes": t.n("{n} minute", "{n} minutes", 1), "passed": 3, "failed": 1}
    words_of_run = "{who} uploaded {n} files in {minutes}: {passed} pass, {failed} fail."
    assert t(words_of_run, who="<b>build server</b>", **counted) in out
    assert t("All {n}", n=5) in out
    scan = {"en": "TLS scan, Portal", "nl": "TLS-scan, Portaal"}[pages.language]
    assert f"{scan}, portal.example.org" in out.partition('class="fails"')[2].partition("</p>")[0]
    test = pages.open("activity")
    assert {button.proto.label for button in test.get("download_button")} == {t("Excel"), t("CSV")}


def test_opened_files_are_told_apart_from_opened_evidence(pages, planned):
    t, key, who = Language(pages.language), "0" * 32, "<b>security officer</b>"
    with writing(settings.engine()) as (session, now):
        record(session, BUILT_IN, "evidence.open", key, now)
        record(session, BUILT_IN, "evidence.open", key, now, file=0, sha256="0" * 64)
    out = words(pages.open("activity", verb="evidence.open"))
    end = t("{who} opened a file of {what}.", who=who, what="|").partition("|")
    assert out.count(end[0]) == 1 and out.count("<article") == 2
    with writing(settings.engine()) as (session, now):
        for position in range(3):
            record(session, BUILT_IN, "evidence.open", "1" * 32, now, file=position, sha256="1" * 64)
    out = words(pages.open("activity", verb="evidence.open"))
    assert t("{who} opened {n} pieces of evidence.", who=who, n=2) in out and t("All {n}", n=5) in out
    with writing(settings.engine()) as (session, now):
        for position in range(4):
            record(session, dataclasses.replace(BUILT_IN, name="Eva"), "evidence.open", key, now, file=position)
    assert t("{who} opened files of one piece of evidence.", who="<b>Eva</b>") in words(pages.open("activity"))


def test_the_activity_log_names_things_by_their_titles(pages, planned):
    cells = [["tls-scan", "portal", "portal.example.org", "pass"]]
    with writing(settings.engine()) as (session, now):
        record(session, BUILT_IN, "evidence.file", "0" * 32, now, cells=cells)
        record(session, BUILT_IN, "exception.grant", "tls-scan", now, system="downloads", target="", check="a")
    portal = {"en": "Portal", "nl": "Portaal"}[pages.language]
    scan = {"en": "TLS scan", "nl": "TLS-scan"}[pages.language]
    filed = words(pages.open("activity", verb="evidence.file"))
    assert f"{scan}, {portal}, portal.example.org: " in filed and "tls-scan" not in filed
    granted = words(pages.open("activity", verb="exception.grant"))
    assert f'title="tls-scan">{scan}<' in granted
    assert {"en": "Download site", "nl": "Downloads"}[pages.language] in granted
    brought = words(pages.open("activity", verb="scope.bring_into_scope"))
    assert f'title="portal">{portal}<' in brought


def test_status_page_shows_the_daily_verification(pages, planned):
    out, t = words(pages.open("status")), Language(pages.language)
    assert t("Daily verification") in out
    assert t("It has not run yet, or no control requires it.") in out


def test_every_verb_of_the_log_has_a_label():
    verbs_written = set()
    for room in (path for path in ROOT.iterdir() if (path / "__init__.py").exists() and path.name != "tests"):
        for path in sorted(room.rglob("*.py")):
            verbs_written |= set(verbs(path))
    assert {"people.grant", "evidence.open", "task.plan"} <= verbs_written
    assert sorted(verbs_written - set(VERBS)) == []


def verbs(path: Path):
    """The literal verb of every call of `record` or `_log`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = (
            isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("record", "_log") and len(node.args) > 2
        )
        if called and isinstance(node.args[2], ast.Constant) and isinstance(node.args[2].value, str):
            yield node.args[2].value


def test_agreements_say_who_is_missing_and_a_new_version_is_published(pages, planned):
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "Bram", "bram@example.org", "nl", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, "reviewer", now)
    test = pages.open("acceptance", role="reviewer")
    assert "Bram" in words(test) and "/api/v1/agreement-acceptances?on=" in words(test)
    test.text_area[0].set_value("Nieuw.")
    test.text_area[1].set_value("New.")
    press(test, pages, "Publish")
    with reading(settings.engine()) as session:
        agreement = agreements.find_current(session, "reviewer", CALENDAR.day_of(datetime.now(UTC)))
    assert (agreement.version, agreement.text_nl, agreement.text_en) == (2, "Nieuw.", "New.")
    t, out = Language(pages.language), words(pages.open("acceptance", role="reviewer"))
    changes = out.partition(t("What differs from version {n}", n=1))[2].partition("</details>")[0]
    new = {"nl": "Nieuw", "en": "New"}[pages.language]
    assert f"<ins>{new}" in changes and "<del>" in changes
    assert out.count("SHA-256") == 2 and out.index('<dl class="terms"') < out.index("SHA-256")


def test_agreements_open_with_who_has_not_accepted(pages, planned):
    t = Language(pages.language)
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, EVIL, "bram@example.org", "nl", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, "reader", now)
    out = words(pages.open("acceptance"))
    assert EVIL not in out and out.count("&lt;img src=x") >= 2
    chosen = out.partition('class="chosen"')[2].partition("</li>")[0]
    assert "?role=reader" in chosen and t("{accepted} of {holders}", accepted=0, holders=1) in chosen


def test_a_token_of_a_team_is_shown_once_and_revoked(pages, planned):
    test = pages.open("tokens")
    field(test, "text_input", pages, "Name of the token").set_value("nightly")
    press(test, pages, "Create token")
    token = test.code[0].value
    assert token.startswith(tokens.PREFIX)
    press(test, pages, "I have saved it")
    assert token not in words(test) and "nightly" in words(test)
    test.selectbox[1].select_index(0)
    press(test, pages, "Revoke")
    with reading(settings.engine()) as session:
        assert tokens.find(session, token, datetime.now(UTC)) is None


def test_an_own_token_acts_as_its_person(pages, planned):
    test = pages.open("account")
    field(test, "text_input", pages, "Name of the token").set_value("script")
    press(test, pages, "Create token")
    with reading(settings.engine()) as session:
        assert tokens.find(session, test.code[0].value, datetime.now(UTC)).person.account == Pages.account


# ── The account, and the last attempt ────────────────────────────────────────────────────────────────────────────────


def signed_in(pages, page="account", language=""):
    """Pages of a session that began now, after what was tried before."""
    with writing(settings.engine()) as (session, now):
        token = sessions.start(session, Pages.account, now, "192.0.2.1", "Mozilla/5.0 (X11; Linux) Firefox/140.0")
    test = pages.open(page)
    test.user = {"account": Pages.account, "session": sessions.digest(token), "language": language}
    return pages.run(test)


def test_own_sessions_are_listed_and_ended(pages, planned):
    t = Language(pages.language)
    with writing(settings.engine()) as (session, now):
        sessions.start(session, Pages.account, now, "198.51.100.9", "curl/8")
    test = signed_in(pages)
    assert t("this session") in words(test) and "198.51.100.9" in words(test)
    next(button for button in test.button if button.label == t("Sign out")).click()
    pages.run(test)
    press(test, pages, "Sign out everywhere else")
    with reading(settings.engine()) as session:
        assert len(sessions.list_own(session, Pages.account, datetime.now(UTC))) == 1
    for path in ("/password", "/second-factor", "/passkeys"):
        assert f'href="{path}" target="_self"' in words(test)


@pytest.mark.parametrize(("reason", "look"), [("", "s-unknown"), ("password", "s-lapsing")])
def test_last_attempt_is_shown_once_and_at_the_foot(pages, planned, reason, look):
    attempt("anna@example.org", datetime.now(UTC) - timedelta(hours=3), reason, Pages.account, "198.51.100.77")
    test = signed_in(pages)
    note = f'class="note {look}"'
    assert note in words(test) and words(test).count("198.51.100.77") >= 2
    test.switch_page("app_pages/evidence.py")
    pages.run(test)
    assert note not in words(test) and words(test).count("198.51.100.77") == 1


@pytest.mark.parametrize("own", ["nl", "en"])
def test_pages_are_in_the_persons_own_language(planned, own):
    test = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=30)
    test.user = {"account": Pages.account, "language": own}
    test.run()
    assert Language(own)("My account") in words(test)


def test_the_own_language_is_chosen_on_the_account_page(pages, planned):
    test = pages.open("account")
    other = "en" if pages.language == "nl" else "nl"
    field(test, "selectbox", pages, "Your language").set_value(other)
    next(button for button in test.button if button.form_id == "own-language").click()
    test.run()
    assert Language(other)("Where you are signed in") in words(test)
    with reading(settings.engine()) as session:
        assert accounts.language_of(session, Pages.account) == other


def test_every_value_of_the_log_has_a_name():
    """As far as the code writes its name; the demo of a year adds the values of evidence."""
    recorded = {"cells", "sha256", "token", "warnings"}
    for room in ("access", "audits", "controls", "evidence", "readiness"):
        for path in sorted((ROOT / room).rglob("*.py")):
            calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
            recorded |= {
                value.arg
                for call in calls
                if getattr(call.func, "id", "") == "record"
                for value in call.keywords
                if value.arg
            }
    assert "after" in recorded
    assert sorted(recorded - set(FIELDS)) == []
