"""The page of a measure that one opens from what fails."""

from dashboard.shell import html
from locales import Language
from tests.dashboard.conftest import words
from tests.dashboard.proof import dated_scan
from tests.dashboard.test_upload import drop, press, today


def test_what_fails_in_a_system_opens_with_the_system(pages, planned):
    press(
        pages,
        drop(pages, "scan.json", dated_scan("portal.example.org", today().isoformat(), weak=True)),
        ":material/check:",
    )
    out = words(pages.open("measure", key="tls", system="portal"))
    assert "facts-of" in out
    again = html.html("{to}", to=html.address("upload", requirement="tls-scan", system="portal"))
    assert f'href="{again}"' in out.partition("facts-of")[2]
    assert Language(pages.language)("Upload evidence for this") in out
    assert "facts-of" not in words(pages.open("measure", key="tls", system="portal", cell="none"))


def test_what_is_missing_in_a_system_stays_closed(pages, planned):
    assert "facts-of" not in words(pages.open("measure", key="tls", system="portal"))
