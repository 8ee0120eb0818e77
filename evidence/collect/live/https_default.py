"""Checks that an address answers over HTTPS only: port 80, Strict-Transport-Security (RFC 6797), and cookies."""

import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from evidence.collect.collector_cases import Case, CouldNotLook
from evidence.collect.connections.endpoint import Endpoint, connect, trusting
from evidence.collect.connections.page_fetch import Page, fetch, not_reached

LEAST_AGE: Final = 31_536_000  # seconds: a year
_NO_ANSWER = 0
_REDIRECTS = (301, 302, 307, 308)
_LONGEST_NOTE = 1_000  # bytes of the note that a server may add to a redirect (RFC 9110, section 15.4)
_AGE = re.compile(r"\s*max-age\s*=\s*\"?(\d{1,12})\"?\s*", re.IGNORECASE)
#: headers that are noted beside what the requirement asks
_NOTED = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy")
_LONGEST_VALUE = 200


def cases(endpoint: Endpoint, authorities: Path | None, plain_port: int) -> Iterator[Case]:
    """Yield a case for port 80, for HSTS and for cookies of one address. Raises `CouldNotLook`.

    `plain_port`: where HTTP without TLS is expected, 80 but in tests.
    """
    where = f"{endpoint.name} at {endpoint.address}"
    secured, untrusted = _secured(endpoint, authorities)
    plain = _plain(Endpoint(endpoint.name, endpoint.address, plain_port))
    yield _case(where, "port-80", "" if plain is None else _redirect_problem(plain, endpoint))
    yield _case(where, "hsts", untrusted or _hsts_problem(secured), *_noted(secured))
    cookies = [cookie for page in (secured, plain) if page for cookie in page.all_headers("set-cookie")]
    yield _case(where, "cookies", untrusted or _cookies_problem(cookies), ("cookies", str(len(cookies))))


def _case(where: str, check: str, failure: str, *facts: tuple[str, str]) -> Case:
    return Case(f"{check}: {where}", failure=failure, facts=(("check", check), *facts))


def _secured(endpoint: Endpoint, authorities: Path | None) -> tuple[Page | None, str]:
    """The page over TLS; without a trusted certificate none, as a browser then takes no notice of its headers."""
    try:
        return fetch(endpoint, context=trusting(authorities)), ""
    except ssl.SSLCertVerificationError as error:
        return None, f"The certificate is not trusted for this name: {error.verify_message}."
    except OSError as error:
        raise not_reached(endpoint, error) from error


def _plain(endpoint: Endpoint) -> Page | None:
    """The page without TLS; None if the port is closed, of status 0 if it is open without valid answer.

    Raises `CouldNotLook` if nothing came back: a firewall of our own network, or no route, looks the same.
    """
    try:
        with connect(endpoint):
            pass
    except ConnectionRefusedError:
        return None
    except OSError as error:
        raise not_reached(endpoint, error) from error
    try:
        return fetch(endpoint)
    except (OSError, CouldNotLook):
        return Page(_NO_ANSWER, (), b"")


def _redirect_problem(page: Page, endpoint: Endpoint) -> str:
    if page.status == _NO_ANSWER:
        return "The port for HTTP without TLS is open and gives no valid answer; expected it closed, or a redirect."
    if page.status not in _REDIRECTS:
        return f"Without TLS it answers with {page.status}; expected a closed port or a redirect to https."
    try:
        location = urlsplit(page.header("location"))
        target = location.scheme.lower(), (location.hostname or "").lower()
    except ValueError:
        return "Without TLS it redirects to an address that cannot be read."
    if target != ("https", endpoint.name.lower()):
        elsewhere = page.header("location")[:_LONGEST_VALUE]
        return f"Without TLS it redirects to {elsewhere}; expected https on the same name."
    if len(page.body) > _LONGEST_NOTE:
        return f"The redirect has {len(page.body)} bytes of content; expected at most {_LONGEST_NOTE}."
    return ""


def max_age(page: Page) -> str:
    """The seconds of the first Strict-Transport-Security header; empty if it has none that can be read."""
    directives = page.header("strict-transport-security").split(";")
    ages = [match[1] for directive in directives if (match := _AGE.fullmatch(directive))]
    return str(int(ages[0])) if len(ages) == 1 else ""


def _hsts_problem(page: Page | None) -> str:
    age = max_age(page) if page else ""
    if not age:
        return "It sends no Strict-Transport-Security with one max-age."
    return "" if int(age) >= LEAST_AGE else f"Its max-age is {age} seconds; expected at least {LEAST_AGE}."


def _cookies_problem(cookies: list[str]) -> str:
    insecure = [cookie.partition("=")[0][:80] for cookie in cookies if not _is_secure(cookie)]
    return f"These cookies lack Secure: {', '.join(sorted(insecure)[:10])}." if insecure else ""


def _is_secure(cookie: str) -> bool:
    return any(part.strip().lower() == "secure" for part in cookie.split(";")[1:])


def _noted(page: Page | None) -> list[tuple[str, str]]:
    return [(name, page.header(name)[:_LONGEST_VALUE] or "none") for name in _NOTED] if page else []
