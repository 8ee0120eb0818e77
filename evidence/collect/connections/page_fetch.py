"""Fetches a page from one address: no redirect is followed, and size and time are bounded."""

import codecs
import http.client
import ssl
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from evidence.collect.collector_cases import CouldNotLook
from evidence.collect.connections.endpoint import Endpoint, connect, connect_securely
from locales import text

MOST_BYTES: Final = 4 << 20
_AGENT = "Aantoonbaar (live check)"
_SERVER_ERROR = 500
_CHARSETS = ("utf-8", "utf-16", "ascii", "iso8859-", "cp125")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: status, headers by name in lower case (several of a name in order), and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name; empty if there is none."""
        return next(iter(self.all_headers(name)), "")

    def all_headers(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each == name]

    @property
    def content(self) -> str:
        """The body as text, in the encoding that it states if that is one of pages, else UTF-8."""
        charset = self.header("content-type").lower().partition("charset=")[2].strip(" \"';")
        return self.body.decode(charset if _is_of_pages(charset) else "utf-8", "replace")


def _is_of_pages(charset: str) -> bool:
    """Whether an encoding is one that pages have: others, such as punycode, cost the square of what they decode."""
    try:
        return codecs.lookup(charset).name.startswith(_CHARSETS)
    except (LookupError, ValueError):
        return False


def fetch(endpoint: Endpoint, path: str = "/", context: ssl.SSLContext | None = None) -> Page:
    """Fetch a page, over TLS if there is a context. Raises `OSError`, and `CouldNotLook` for an invalid answer."""
    connected = connect_securely(endpoint, context) if context else connect(endpoint)
    with connected as connection, closing(http.client.HTTPConnection(endpoint.name, endpoint.port)) as client:
        client.sock = connection
        client.auto_open = 0  # never a connection of its own
        try:
            client.request("GET", path or "/", headers=_headers(endpoint, default=443 if context else 80))
            response = client.getresponse()
            body = response.read(MOST_BYTES + 1)
        except (http.client.HTTPException, ValueError) as error:
            why = type(error).__name__
            raise CouldNotLook(
                text("{address} gave no valid answer ({why}).", address=endpoint.name, why=why)
            ) from error
    if len(body) > MOST_BYTES:
        raise CouldNotLook(text("{address} answers with more than {n} bytes.", address=endpoint.name, n=MOST_BYTES))
    return Page(response.status, tuple((name.lower(), value) for name, value in response.getheaders()), body)


def _headers(endpoint: Endpoint, *, default: int) -> dict[str, str]:
    host = f"[{endpoint.name}]" if ":" in endpoint.name else endpoint.name
    named = host if endpoint.port == default else f"{host}:{endpoint.port}"
    return {"Host": named, "User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


def fetch_published(endpoint: Endpoint, path: str, context: ssl.SSLContext) -> tuple[Page | None, str]:
    """Fetch what the public can fetch: the page if it answers with 200 over TLS, else why it does not.

    Raises `CouldNotLook` when it cannot be reached, or the server has an error.
    """
    try:
        page = fetch(endpoint, path, context)
    except ssl.SSLCertVerificationError as error:
        return None, f"The certificate is not trusted for this name: {error.verify_message}."
    except OSError as error:
        raise not_reached(endpoint, error) from error
    if page.status >= _SERVER_ERROR:
        raise CouldNotLook(
            text("{address} answers with an error of its own ({status}).", address=endpoint.name, status=page.status)
        )
    if page.status != http.HTTPStatus.OK:
        target = f" to {page.header('location')[:200]}, which is not followed" if page.header("location") else ""
        return None, f"It answers with {page.status}{target}."
    return page, ""


def not_reached(endpoint: Endpoint, error: Exception) -> CouldNotLook:
    """The problem to raise when an address cannot be reached."""
    return CouldNotLook(
        text(
            "{name} could not be reached at {address}, port {port}: {why}",
            name=endpoint.name,
            address=endpoint.address,
            port=str(endpoint.port),
            why=str(error) or type(error).__name__,
        )
    )
