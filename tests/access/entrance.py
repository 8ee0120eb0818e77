"""A client of the routes before sign-in behind the middleware, with routes that return who is signed in."""

import re
from dataclasses import dataclass
from html import unescape

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from access.web.authentication import Admissions
from access.web.middleware import ACCOUNT_HEADER, AuthenticationMiddleware
from access.web.page_uploads import PageUploads
from access.web.second_factor_routes import SecondFactorRoutes
from access.web.sign_in_context import SignInContext
from access.web.sign_in_routes import SignInRoutes, public_app
from dashboard.shell.streamlit_adapter import is_user_action
from tests.access.households import KEY

ADDRESS = "http://127.0.0.1:8600"


async def identity(request):
    return JSONResponse(
        {"in": request.headers.getlist(ACCOUNT_HEADER.decode()), "as": request.scope["admission"].person.account}
    )


async def framed(_request):
    return HTMLResponse("x", headers={"content-security-policy": "sandbox"})


async def socket(websocket):
    await websocket.accept()
    async for _ in websocket.iter_bytes():
        await websocket.send_text(websocket.headers[ACCOUNT_HEADER.decode()])


@dataclass
class Entrance:
    """`pages`: which session opened which page of Streamlit, by the page's id; `held`: an account's bytes there.

    `files`: which session made which file to save, by its name in the address.
    """

    engine: Engine
    secure: bool = False

    def __post_init__(self):
        self.pages, self.held, self.files = {}, {}, {}
        self.admissions = Admissions(lambda: self.engine, later=lambda act: act())
        self.context = context = SignInContext(lambda: self.engine, self.admissions, lambda: KEY, secure=self.secure)
        own = [*SignInRoutes(context).routes(), *SecondFactorRoutes(context).routes()]
        routes = [
            Route("/own", framed),
            WebSocketRoute("/_stcore/stream", socket),
            *own,
            Route("/{path:path}", identity, methods=["GET", "POST", "PUT", "DELETE"]),
        ]
        uploads = PageUploads(lambda page: self.pages.get(page, ""), lambda account: self.held.get(account, 0))
        hosts = frozenset({"127.0.0.1", "localhost", "aantoonbaar.example"})
        more = {
            "public_app": public_app(own),
            "uploads": uploads,
            "is_own_file": lambda file, session: self.files.get(file) == session,
            "is_user_action": is_user_action,
            "secure": self.secure,
        }
        middleware = Middleware(AuthenticationMiddleware, self.admissions, context.cookie, hosts, **more)
        self.app = Starlette(routes=routes, middleware=[middleware])
        self.cookie = context.cookie

    def visitor(self, token="", *, address="203.0.113.5", base=ADDRESS, **headers):
        """A browser of its own, perhaps with a session's cookie."""
        visitor = TestClient(
            self.app,
            base_url=base,
            follow_redirects=False,
            client=(address, 50000),
            headers={"accept": "text/html", **headers},
        )
        if token:
            visitor.cookies.set(self.cookie, token)
        return visitor


def hidden(page, name):
    """The value of a hidden field."""
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page.text)[1])


def problem(page):
    match = re.search(r'role="alert">([^<]*)<', page.text)
    return unescape(match[1]) if match else ""
