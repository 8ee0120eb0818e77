"""The authentication middleware, in front of pages and API: who gets through, and the headers of every answer.

Pure ASGI, so that websockets pass it too. It refuses other hosts' names (DNS rebinding) and other sites' requests
(CSRF), replaces the identity that a client claims, and lets nobody through without a live session or token. Each
request is checked, and on a websocket each message, so that a sign-out or an ended role also ends pages that are open.
"""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import anyio
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access.people.calendar_feeds import FEED_PATH
from access.web import api_refusals, page_uploads, passkey_routes, sign_in_routes, single_sign_on_routes
from access.web.authentication import SESSION, TOKEN, Admission, Admissions
from access.web.page_uploads import PageUploads
from locales import Text
from locales.preference import preferred
from models.cannot_write import CannotWrite

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
#: The identity for Streamlit (`server.trustedUserHeaders`); a client's own headers of these names are dropped.
ACCOUNT_HEADER, SESSION_HEADER, LANGUAGE_HEADER = (
    b"x-aantoonbaar-account",
    b"x-aantoonbaar-session",
    b"x-aantoonbaar-language",
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PUBLIC = (
    sign_in_routes.PUBLIC_PATHS
    | passkey_routes.PUBLIC_PATHS
    | single_sign_on_routes.PUBLIC_PATHS
    | {"/health", "/mark.svg"}
)
#: Addresses that hold a secret of their own: one-time links, and calendar feeds.
_SECRET_PATHS = ("/link/", FEED_PATH)
_REQUIRED_STEPS = {"agreements": "/agreements", "second-factor": "/second-factor"}
_STEP_PATHS = frozenset({*_REQUIRED_STEPS.values(), "/sign-out"})
#: Streamlit's route for what pages offer to save, which checks no user (measured; see the tests).
_MEDIA = "/media/"
#: Paths that an open page requests by itself, which keeps nobody signed in.
_AUTOMATIC_PATHS = ("/session", "/_stcore/")
_NOT_SIGNED_IN = 4401
#: Looks up sessions and tokens, whatever keeps the other threads busy.
_threads = anyio.CapacityLimiter(8)

#: Streamlit's styles are inline; scripts are files of our own origin only.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
#: In the `Cache-Control` of Streamlit's own files, which are named after their content; nothing else is cached.
_IMMUTABLE = "immutable"
#: In that of calendar feeds: a program may keep one, and asks each time whether it changed.
_ASKED_AGAIN = "private, no-cache"
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class AuthenticationMiddleware:
    """Refuses other hosts, other sites and whoever is not signed in; adds the security headers to every answer."""

    def __init__(
        self,
        app: ASGIApp,
        admissions: Admissions,
        cookie: str,
        hosts: frozenset[str] = LOOPBACK,
        *,
        public_app: ASGIApp | None = None,
        uploads: PageUploads | None = None,
        is_own_file: Callable[[str, str], bool] | None = None,
        is_user_action: Callable[[bytes], bool] = bool,
        secure: bool = False,
    ) -> None:
        """`public_app`: answers at the addresses that are open to strangers (None: the app itself).

        `uploads`: accepts files that are dropped on a page; without it none are accepted. `is_own_file`: whether a page
        of a session (its digest) made a file to save, by its name in the address; without it none are given.
        `is_user_action`: whether a message of an open page is a person's action, not the page's own, which keeps nobody
        signed in.
        """
        self.public_app = public_app or app
        self.app, self.admissions, self.cookie, self.hosts = app, admissions, cookie, hosts
        self.uploads, self.is_own_file, self.is_user_action, self.secure = uploads, is_own_file, is_user_action, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = _without_identity_headers(scope)
        if scope["type"] == "http":
            send = _adding_security_headers(send, secure=self.secure)
            await self._serve_or_unavailable(scope, receive, send)
        else:
            await self._route(scope, receive, send)

    async def _serve_or_unavailable(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503 with a sentence if the database can't be written or read now."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._route(scope, receive, sending)
        except (CannotWrite, OperationalError, PoolTimeout) as problem:
            if begun:
                raise
            reason = problem.message if isinstance(problem, CannotWrite) else api_refusals.UNREACHABLE
            await _unavailable(reason, scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal := self._refusal(scope):
            await _refuse(refusal, scope, receive, send)
        elif scope["type"] == "http" and _is_public(scope["path"]):
            await self.public_app(scope, receive, send)
        else:
            await self._admit(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        """The reason to refuse this request, whoever sends it; empty if there is none."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _host_name(host) not in self.hosts:
            return "This address is not the product's: use the one that it printed when it started."
        if self.secure and scope["scheme"] in ("http", "ws") and scope["path"] != "/health":
            return "Use https: this request did not come over TLS, nor through a declared proxy."
        if (scope["type"] == "websocket" or scope["method"] not in _SAFE) and _is_cross_site(scope, headers, host):
            return "The request comes from another site."
        return ""

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        admission = await self._find_admission(scope, is_action=not scope["path"].startswith(_AUTOMATIC_PATHS))
        if admission is None:
            await _not_signed_in(scope, receive, send)
        elif admission.required_step and scope["path"] not in _STEP_PATHS:
            await _required_step_first(_REQUIRED_STEPS[admission.required_step], scope, receive, send)
        elif scope["path"].startswith(page_uploads.PATH) and self.uploads is not None:
            await self.uploads(self.app, admission, _with_identity(scope, admission), receive, send)
        elif scope["path"].startswith((_MEDIA, page_uploads.PATH)) and not self._may_save(scope, admission):
            await PlainTextResponse("Not found.", status_code=404)(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.app(_with_identity(scope, admission), self._checking_each_message(scope, receive, send), send)
        else:
            await self.app(_with_identity(scope, admission), receive, send)

    def _may_save(self, scope: Scope, admission: Admission) -> bool:
        """Whether the request is for a file that a page of the same session made."""
        if self.is_own_file is None or not admission.session or not scope["path"].startswith(_MEDIA):
            return False
        return self.is_own_file(scope["path"].removeprefix(_MEDIA), admission.session)

    async def _find_admission(self, scope: Scope, *, is_action: bool) -> Admission | None:
        """Who sends the request; None: nobody who is signed in. What is cached needs no thread."""
        kind, token = self._credential(scope)
        if not token:
            return None
        cached = self.admissions.find_cached(kind, token, is_action=is_action and kind == SESSION)
        if cached is not None:
            return cached.admission
        by_session = partial(self.admissions.find_by_session, is_action=is_action)
        find = by_session if kind == SESSION else self.admissions.find_by_token
        return await anyio.to_thread.run_sync(find, token, limiter=_threads)

    def _credential(self, scope: Scope) -> tuple[str, str]:
        """The kind and the token: a bearer token, which works for the API only, or else the browser's cookie."""
        bearer = _bearer_token(scope) if scope["type"] == "http" else ""
        if bearer:
            return TOKEN, bearer if scope["path"].startswith("/api/") else ""
        return SESSION, cookie_parser(Headers(scope=scope).get("cookie", "")).get(self.cookie, "")

    def _checking_each_message(self, scope: Scope, receive: Receive, send: Send) -> Receive:
        """Passes each message of a websocket on only while its sender is signed in."""

        async def receive_checked() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            is_action = self.is_user_action(message.get("bytes") or b"")
            admission = await self._find_admission(scope, is_action=is_action)
            if admission is None or admission.required_step:
                await send({"type": "websocket.close", "code": _NOT_SIGNED_IN})
                return {"type": "websocket.disconnect", "code": _NOT_SIGNED_IN}
            return message

        return receive_checked


def _is_cross_site(scope: Scope, headers: Headers, host: str) -> bool:
    """Whether a browser says (`Origin`, `Sec-Fetch-Site`) that another site sends this. A program sends neither."""
    own = f"{'https' if scope['scheme'] in ('https', 'wss') else 'http'}://{host}"
    return headers.get("origin", own) != own or headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


def _is_public(path: str) -> bool:
    return path in _PUBLIC or path.startswith(_SECRET_PATHS)


def _without_identity_headers(scope: Scope) -> Scope:
    claims = (ACCOUNT_HEADER, SESSION_HEADER, LANGUAGE_HEADER)
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name.lower() not in claims]}


def _with_identity(scope: Scope, admission: Admission) -> Scope:
    """The request with the identity that was found: as headers for Streamlit, as an `Admission` for our own routes."""
    identity = (
        (ACCOUNT_HEADER, admission.person.account),
        (SESSION_HEADER, admission.session),
        (LANGUAGE_HEADER, admission.language),
    )
    headers = [*scope["headers"], *((name, value.encode()) for name, value in identity)]
    return {**scope, "headers": headers, "admission": admission}


def _bearer_token(scope: Scope) -> str:
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _requested_address(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _host_name(host: str) -> str:
    """A Host header without its port."""
    return host.rsplit(":", 1)[0] if host.rpartition(":")[2].isdigit() else host


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": reason})
    elif scope["path"].startswith("/api"):
        await api_refusals.refused(scope, reason)(scope, receive, send)
    else:
        await PlainTextResponse(reason, status_code=403)(scope, receive, send)


async def _unavailable(reason: Text, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"].startswith("/api"):
        await api_refusals.unavailable(scope, reason)(scope, receive, send)
    else:
        message = preferred(Headers(scope=scope).get("accept-language", "")).render(reason)
        headers = {"retry-after": str(api_refusals.RETRY_AFTER)}
        await PlainTextResponse(message, 503, headers)(scope, receive, send)


async def _not_signed_in(scope: Scope, receive: Receive, send: Send) -> None:
    """Redirect a browser to the sign-in page; answer 401 to a program."""
    path = scope["path"]
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _NOT_SIGNED_IN})
    elif path.startswith("/api"):
        await api_refusals.not_signed_in(scope, token=bool(_bearer_token(scope)))(scope, receive, send)
    elif scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
        await RedirectResponse(f"/sign-in?next={quote(_requested_address(scope))}", 303)(scope, receive, send)
    else:
        await PlainTextResponse("Sign in first.", status_code=401)(scope, receive, send)


async def _required_step_first(where: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _NOT_SIGNED_IN})
    elif scope["path"].startswith("/api"):
        await api_refusals.action_required(scope, where)(scope, receive, send)
    else:
        await RedirectResponse(where, 303)(scope, receive, send)


def _adding_security_headers(send: Send, *, secure: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if _IMMUTABLE not in headers["cache-control"] and headers["cache-control"] != _ASKED_AGAIN:
                headers["cache-control"] = "no-store"
            if secure:
                headers.setdefault("strict-transport-security", "max-age=31536000")
        await send(message)

    return sending
