"""Changes Streamlit's HTML page: our title, language and icon."""

from markupsafe import escape
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access.web.sign_in_routes import not_found
from dashboard.shell import streamlit_adapter
from dashboard.shell.pages import PAGES
from locales import LANGUAGES, Language
from locales.preference import preferred

_OTHERS = ("/api", "/health", *streamlit_adapter.ROUTES)


class Shell:
    """Rewrites the single HTML page that Streamlit serves for every address of the dashboard."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_OTHERS):
            await self.app(scope, receive, send)
            return
        language = _language(scope)
        # Asked for without compression: the page is to be rewritten, not unpacked first.
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        rewriter = _Rewriter(send, language)
        await self.app({**scope, "headers": plain}, receive, rewriter.send)
        if rewriter.is_page and scope["path"].strip("/") not in ("", *PAGES):
            await (await not_found(Request(scope)))(scope, receive, send)
        else:
            await rewriter.finish()


def _language(scope: Scope) -> str:
    """The language as the address says, else the person's, else the browser's; `frame.language` decides alike."""
    admission = scope.get("admission")
    known = (QueryParams(scope.get("query_string", b"")).get("lang"), admission and admission.language)
    browser = preferred(Headers(scope=scope).get("accept-language", "")).code
    return next((code for code in known if code in LANGUAGES), browser)


def rewrite(page: str, language: str) -> str:
    """Our title, language and mark instead of Streamlit's, and no inline script, so that none need be allowed.

    A script of ours comes before Streamlit's, which asks the browser for its language once.
    """
    page = page.replace(streamlit_adapter.HTML_TAG, f'<html lang="{language}">', 1)
    page = page.replace("<head>", '<head><script src="/language.js"></script>', 1)
    page = streamlit_adapter.WITHOUT_SCRIPTS.sub(f"<noscript>{_without_scripts(language)}</noscript>", page, count=1)
    page = page.replace(streamlit_adapter.TITLE, "<title>Aantoonbaar</title>", 1)
    page = streamlit_adapter.ICON.sub('<link rel="icon" type="image/svg+xml" href="/mark.svg" />', page, count=1)
    return streamlit_adapter.INLINE_SCRIPT.sub("", streamlit_adapter.SERVICE.sub("", page, count=1))


def _without_scripts(language: str) -> str:
    t = Language(language)
    return str(escape(t("This page needs JavaScript. Switch it on in your browser.")))


class _Rewriter:
    """Holds back an HTML answer until it is whole; lets everything else pass."""

    def __init__(self, send: Send, language: str) -> None:
        self._send, self._language = send, language
        self._start: Message | None = None
        self._body = bytearray()

    @property
    def is_page(self) -> bool:
        """Whether the answer is Streamlit's page, which it gives at every address that nothing else has."""
        return self._start is not None and streamlit_adapter.TITLE.encode() in self._body

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")

    async def finish(self) -> None:
        """Send the HTML that was held back, if any."""
        if (start := self._start) is None:
            return
        body = rewrite(self._body.decode("utf-8"), self._language).encode()
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        headers["vary"] = "Accept-Language"
        for name in ("etag", "last-modified"):
            if name in headers:
                del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_html(start: Message) -> bool:
    return Headers(scope=start).get("content-type", "").startswith("text/html")
