"""The page around Streamlit's own: title, language and mark of the HTML that the browser gets first."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LANGUAGE = re.compile(r"\s*([a-z]{2})", re.IGNORECASE)


class Shell:
    """Rewrites the single HTML page that Streamlit serves for every address of the dashboard."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or scope["path"].startswith(("/api", "/static", "/media", "/_stcore"))
        ):
            await self.app(scope, receive, send)
            return
        await self.app(
            scope, receive, _Rewriter(send, language_of(Headers(scope=scope).get("accept-language", ""))).send
        )


def language_of(accepted: str) -> str:
    """Dutch or English, whichever the browser names first; English if neither."""
    for part in accepted.split(","):
        match = _LANGUAGE.match(part)
        if match and match[1].lower() in ("nl", "en"):
            return match[1].lower()
    return "en"


def rewrite(page: str, language: str) -> str:
    """Our title, language and mark instead of Streamlit's."""
    page = page.replace('<html lang="en">', f'<html lang="{language}">', 1).replace(
        "<title>Streamlit</title>", "<title>Aantoonbaar</title>", 1
    )
    page = re.sub(
        r'<link rel="shortcut icon"[^>]*>', '<link rel="icon" type="image/svg+xml" href="/mark.svg" />', page, count=1
    )
    return re.sub(r'<link rel="service-desc"[^>]*>', "", page, count=1)


class _Rewriter:
    """Holds back an HTML answer until it is whole; lets everything else pass."""

    def __init__(self, send: Send, language: str) -> None:
        self._send, self._language = send, language
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and Headers(scope=message).get("content-type", "").startswith(
            "text/html"
        ):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish()

    async def _finish(self) -> None:
        if self._start is None:
            return
        body = rewrite(self._body.decode("utf-8"), self._language).encode()
        headers = MutableHeaders(scope=self._start)
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        headers["vary"] = "Accept-Language"
        for name in ("etag", "last-modified"):
            if name in headers:
                del headers[name]
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
