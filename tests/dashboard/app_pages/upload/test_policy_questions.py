"""The questions of an upload for its policy, and the page of a policy."""

from datetime import UTC, datetime

import pytest

import settings
from access.permissions import BUILT_IN, Person
from dashboard.app_pages.upload.staged_work import unfinished_works
from evidence.decisions import review
from evidence.judging import policy_descriptions
from evidence.judging.policies import policies
from locales import Language
from models.transaction import reading, writing
from readiness import readiness
from tests.access.limited import redefine
from tests.dashboard.conftest import words
from tests.dashboard.test_upload import drop, press, saved
from tests.days import CALENDAR
from tests.evidence.judging.ports.test_policy_segmentation import WHOLE
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.judging.register.test_policy_registers_agree import RECORDS, known, log

TODAY = CALENDAR.day_of(datetime.now(UTC))


@pytest.fixture
def with_questions(planned):
    """Requirements that are judged by a register's policy and by one for scans from inside."""
    with writing(settings.engine()) as (session, now):
        for key, policy, scope, formats in (
            ("record-log", "record-access-log", "system", ["csv", "jsonl", "junit"]),
            ("walls", "segmentation", "organisation", ["nmap", "junit"]),
            ("login-log", "login-log", "system", ["csv"]),
            ("attempts", "last-attempts", "system", ["csv"]),
            ("https", "https-by-default", "target", ["junit"]),
        ):
            titles = {"title_nl": key, "title_en": key}
            redefine(session, now, "tls-scan", key=key, policy=policy, scope=scope, formats=formats, **titles)


def accept(test):
    """By someone else: what a person declares never counts before."""
    with writing(settings.engine()) as (session, now):
        review.review(session, Person("colleague", BUILT_IN.roles), saved(test), "accepted", "", now)


def cells():
    with reading(settings.engine()) as session:
        answer = readiness(session, BUILT_IN, TODAY, datetime.now(UTC))
    return {(cell.requirement, cell.system): cell.status for cell in answer.cells}


def field_of(test, name):
    """The text field of this name in the form, among other fields such as the one that finds requirements."""
    return next(field for field in test.text_input if (field.key or "").endswith(f" {name}"))


def fill(pages, test, **values):
    for field in (*test.text_input, *test.number_input, *test.selectbox, *test.multiselect):
        for key, value in values.items():
            if f" {key}" in (field.key or ""):
                field.set_value(value)
    return pages.run(test)


def test_upload_form_asks_for_the_population_of_a_test_that_is_a_table(pages, with_questions):
    test = drop(pages, "log.csv", table(*RECORDS).encode(), requirement="record-log", system="portal")
    assert [field.key for field in test.number_input if " population of" in (field.key or "")]
    field_of(test, "source").set_value("application")
    test = press(pages, fill(pages, test, population=len(RECORDS)), ":material/check:")
    assert cells()["record-log", "portal"] == "in_review"
    accept(test)
    assert cells()["record-log", "portal"] == "demonstrated"


def test_upload_form_asks_for_a_population_for_each_system(pages, with_questions):
    rows = [*RECORDS, *(row | {"event_id": str(4 + at), "system": "downloads"} for at, row in enumerate(RECORDS[:2]))]
    test = drop(pages, "log.csv", table(*rows).encode(), requirement="record-log")
    systems = next(field for field in test.multiselect if " systems" in (field.key or ""))
    systems.set_value(["portal", "downloads"])
    test = pages.run(test)
    numbers = [field for field in test.number_input if " population of" in (field.key or "")]
    assert len(numbers) == 2
    numbers[0].set_value(3)
    numbers[1].set_value(3)  # the table has two
    field_of(test, "source").set_value("application")
    accept(press(pages, pages.run(test), ":material/check:"))
    statuses = cells()
    assert statuses["record-log", "portal"] == "demonstrated"
    assert statuses["record-log", "downloads"] == "failing"


def test_effect_compares_a_register_with_another_before_it_is_saved(pages, with_questions):
    """What the other register said is read while trying, though nothing of this one is kept."""
    rows = log()
    own = [
        row | {"last_attempt": row["last_attempt"].isoformat(), "probe": "ja" if row["user_ref"] == "u-probe" else ""}
        for row in known(rows)
    ]
    for requirement, listed, number in (
        ("attempts", own, len({row["user_ref"] for row in own})),
        ("login-log", rows, len(rows)),
    ):
        test = drop(pages, "table.csv", table(*listed).encode(), requirement=requirement, system="portal")
        field_of(test, "source").set_value("application")
        test = fill(pages, test, population=number)
        assert "s-demonstrated" in words(test).partition("<table")[2]
        accept(press(pages, test, ":material/check:"))
        assert cells()[requirement, "portal"] == "demonstrated"


def join_all(pages, test):
    """Make one piece of evidence of all files."""
    field = next(field for field in test.multiselect if (field.key or "").startswith("join "))
    field.set_value([row.id for row in unfinished_works(pages.account)[0].rows])
    next(button for button in pages.run(test).button if button.key == "join").click()
    return pages.run(test)


def test_upload_form_asks_for_the_zone_of_an_internal_scan(pages, with_questions):
    test = pages.open("upload", requirement="walls")
    for zone, content in WHOLE.items():
        test.file_uploader[0].upload(f"{zone}.xml", content.encode())
    test = join_all(pages, pages.run(test))
    chosen = {key.partition(" ")[2]: field for field in test.selectbox if " zone of" in (key := field.key or "")}
    assert len(chosen) == len(WHOLE)
    for zone in WHOLE:
        chosen[f"zone of {zone}.xml"].set_value(zone)
    accept(press(pages, pages.run(test), ":material/check:"))
    assert cells()["walls", ""] == "demonstrated"


def shown(test):
    titles = [part.label for part in test.expander]
    return "\n".join([words(test), *titles, *(element.value for element in test.markdown)])


def test_policy_page_describes_the_policy(pages, planned):
    out = shown(pages.open("policy", key="tls-ncsc-nl@2025-05"))
    assert "TLS_AES_256_GCM_SHA384" in out
    assert "heartbleed" in out
    assert Language(pages.language)("Records of {scanner} that are not judged", scanner="testssl") in out
    assert "requirement=tls-scan" in out


def test_policy_page_of_a_register_names_columns_by_their_titles(pages, planned):
    t, out = Language(pages.language), shown(pages.open("policy", key="access-review"))
    title = {"en": "decided on", "nl": "beslist op"}[pages.language]
    assert f"<i>{title}</i>" in out and "`" not in out
    assert t("at the border") in out and t("When is it good") in out
    assert out.index(t("Edition {edition}", edition="2")) < out.index('<span class="mono">access-review<')


def test_page_of_a_policy_by_format_shows_the_policies_that_judge(pages, planned):
    out = shown(pages.open("policy", key="segmentation"))
    assert "check=others-refused" in out
    assert "tcp/5432" in out


def test_register_offers_its_template(pages, planned):
    out = shown(pages.open("policy", key="patch-register"))
    for form in ("xlsx", "csv"):
        assert f"/api/v1/policies/patch-register/template?format={form}&amp;language={pages.language}" in out
    assert "/template?" not in shown(pages.open("policy", key="tls-ncsc-nl@2025-05"))


def test_upload_page_offers_the_template_of_the_register_that_is_asked_for(pages, with_questions):
    assert "/api/v1/policies/login-log/template?" in shown(pages.open("upload", requirement="login-log"))
    assert "/api/v1/policies/record-access-extract/template?" in shown(pages.open("upload", requirement="record-log"))
    assert "/template?" not in shown(pages.open("upload"))


def test_unknown_policy_is_reported(pages, planned):
    assert "nowhere" not in words(pages.open("policy", key="nowhere"))


def test_every_policy_has_a_page(pages):
    """Drawn for some above; the words of all."""
    with reading(settings.engine()) as session:
        for key, policy in policies().items():
            page = policy_descriptions.describe_policy(session, BUILT_IN, key, Language(pages.language))
            assert [part.id for part, _ in page.parts] == [judging.id for judging in policy.judging_policies()]
            assert all(words.strip() for _, words in page.parts), key


def test_declared_facts_are_shown_with_the_results(pages, with_questions):
    test = drop(pages, "log.csv", table(*RECORDS).encode(), requirement="record-log", system="portal")
    field_of(test, "source").set_value("export of <b>the</b> application")
    test = press(pages, fill(pages, test, population=len(RECORDS)), ":material/check:")
    out = words(pages.open("evidence_item", id=saved(test), shown="all"))
    assert "export of &lt;b&gt;the&lt;/b&gt; application" in out
    assert ("rij 2" if pages.language == "nl" else "row 2") in out
    assert "line 2" not in out
    assert ("3 rijen" if pages.language == "nl" else "3 rows") in out


def test_declared_zones_are_shown(pages, with_questions):
    test = pages.open("upload", requirement="walls")
    for zone, content in WHOLE.items():
        test.file_uploader[0].upload(f"{zone}.xml", content.encode())
    test = join_all(pages, pages.run(test))
    for field in test.selectbox:
        if " zone of" in (field.key or ""):
            field.set_value(field.key.partition(" zone of ")[2].removesuffix(".xml"))
    test = press(pages, pages.run(test), ":material/check:")
    out = words(pages.open("evidence_item", id=saved(test)))
    assert ("vanuit zone application" if pages.language == "nl" else "from zone application") in out


def test_every_failing_row_is_shown_with_its_reason(pages, with_questions):
    rows = [row | {"on_behalf_of": ""} for row in RECORDS] + [
        RECORDS[0] | {"event_id": str(number), "user_ref": ""} for number in range(4, 14)
    ]
    test = drop(pages, "log.csv", table(*rows).encode(), requirement="record-log", system="portal")
    field_of(test, "source").set_value("application")
    test = press(pages, fill(pages, test, population=len(rows)), ":material/check:")
    out = words(pages.open("evidence_item", id=saved(test)))
    assert all(f"{number}: user_ref" in out for number in range(4, 14))
    assert "1: on_behalf_of" in out


def test_upload_form_asks_for_the_target_of_a_test_that_names_none(pages, with_questions):
    cases = "".join(f'<testcase name="[check={check}]"/>' for check in ("port-80", "hsts", "cookies"))
    test = drop(pages, "https.xml", f'<testsuite name="https">{cases}</testsuite>'.encode(), requirement="https")
    chosen = next(field for field in test.selectbox if (field.key or "").endswith(" tested target"))
    chosen.set_value(("is", "portal", "api.example.org"))
    test = press(pages, pages.run(test), ":material/check:")
    accept(test)
    with reading(settings.engine()) as session:
        answer = readiness(session, BUILT_IN, TODAY, datetime.now(UTC))
    held = [cell.target for cell in answer.cells if cell.requirement == "https" and cell.status == "demonstrated"]
    assert held == ["api.example.org"]
    assert "api.example.org" in words(pages.open("evidence_item", id=saved(test)))
