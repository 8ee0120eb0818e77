"""Checks the page on which the organisation shows its certificates, against the evidence that was accepted."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from babel.dates import format_date

from evidence.collect.collector_cases import Case, NothingToShow
from evidence.collect.connections.endpoint import Endpoint, trusting
from evidence.collect.connections.page_fetch import Page, fetch_published
from evidence.collect.live.page_text import comparable, links, whole_text
from locales import text

_FORMS = ("d MMMM y", "dd-MM-y", "d-M-y", "dd/MM/y", "d/M/y", "y-MM-dd", "MMMM d, y")
_LANGUAGES = ("nl", "en")
_MOST_FILES = 20
FIELDS = ("standard", "number", "body", "scope")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of the organisation: what the page must state of it, and the accepted evidence (None: none).

    `digests`: SHA-256 of its files; `last_day`: its end.
    """

    requirement: str
    states: Mapping[str, str]
    last_day: date | None = None
    digests: frozenset[str] = frozenset()


def cases(
    endpoint: Endpoint, address: str, certificates: Sequence[Certificate], today: date, authorities: Path | None
) -> Iterator[Case]:
    """Yield whether the page answers, shows each valid certificate with its file, and none that expired as valid.

    Raises `CouldNotLook` when the page cannot be reached.
    """
    valid = valid_certificates(certificates, today)
    context = trusting(authorities)
    parts = urlsplit(address)
    page, problem = fetch_published(endpoint, f"{parts.path}?{parts.query}" if parts.query else parts.path, context)
    yield _case("reachable", problem, page=address)
    if page is None:
        return
    words = whole_text(page).casefold()
    for certificate in valid:
        lacking = _lacking(certificate, words)
        yield _case(
            "shown", f"The page does not state: {', '.join(lacking)}." if lacking else "", certificate.requirement
        )
    yield from _files(endpoint, address, page, valid, authorities)
    yield _expired(certificates, valid, words)


def valid_certificates(certificates: Sequence[Certificate], today: date) -> list[Certificate]:
    """Those of which accepted evidence is valid. Raises `NothingToShow` if there are none."""
    valid = [each for each in certificates if each.last_day is not None and each.last_day >= today]
    if not valid:
        raise NothingToShow(text("No accepted evidence of a certificate is valid today: there is nothing to compare."))
    return valid


def _case(check: str, failure: str, about: str = "", skipped: str = "", **facts: str) -> Case:
    name = f"{check}: {about}" if about else check
    return Case(name, failure=failure, skipped=skipped, facts=(("check", check), *facts.items()))


def _lacking(certificate: Certificate, words: str) -> list[str]:
    stated = {name: comparable(certificate.states.get(name, "")).casefold() for name in FIELDS}
    lacking = [name for name, value in stated.items() if not value or value not in words]
    day = certificate.last_day
    forms = (format_date(day, form, language).casefold() for form in _FORMS for language in _LANGUAGES if day)
    return lacking if any(form in words for form in forms) else [*lacking, "end date"]


def _files(
    endpoint: Endpoint, address: str, page: Page, valid: Sequence[Certificate], authorities: Path | None
) -> Iterator[Case]:
    """Fetch the files that the page links to on its own host, and compare them with the accepted evidence."""
    shown = set(_digests(endpoint, address, page, authorities))
    for certificate in valid:
        is_same = bool(certificate.digests & shown)
        failure = "" if is_same else "No file behind the page has the SHA-256 of the accepted evidence."
        yield _case("same-file", failure, certificate.requirement)


def _digests(endpoint: Endpoint, address: str, page: Page, authorities: Path | None) -> Iterator[str]:
    here = urlsplit(address)
    targets = dict.fromkeys(_targets(address, page))
    own = [target for target in targets if (target.scheme, target.netloc) == (here.scheme, here.netloc)]
    for target in [target for target in own if target.path != here.path][:_MOST_FILES]:
        path = f"{target.path}?{target.query}" if target.query else target.path
        file, _ = fetch_published(endpoint, path, trusting(authorities))
        if file is not None:
            yield hashlib.sha256(file.body).hexdigest()


def _targets(address: str, page: Page) -> Iterator[SplitResult]:
    """Where the links of a page lead; those that are no address lead nowhere."""
    for link in links(page):
        with suppress(ValueError):
            yield urlsplit(urljoin(address, link))


def _expired(certificates: Sequence[Certificate], valid: Sequence[Certificate], words: str) -> Case:
    """Whether none without valid evidence is named; one that is may be called expired there, so a person must look."""
    numbers = {comparable(each.states.get("number", "")).casefold() for each in certificates if each not in valid}
    named = sorted(number for number in numbers if number and number in words)
    reason = f"See whether the page shows as valid what no longer is: {', '.join(named)}." if named else ""
    return _case("none-expired", "", skipped=reason)
