"""The pages before sign-in: signing in and out, one-time links, agreements. Plain HTML, no script.

Each is a page of its own outside Streamlit, so that nothing of the product is sent to someone who is not signed in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, quote

import anyio
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from access import agreements, links, second_factor, sessions, sign_in
from access.admission import Admission, Admissions
from locales import Language, Problem
from locales.preference import preferred
from models.days import local_day
from models.transaction import reading, writing

Given = TypeVar("Given")

_PAGES = Path(__file__).parent / "pages"
_MOST_BYTES = 16_384  # of a form
_TURNS = anyio.CapacityLimiter(2)  # sign-ins at the same time: Argon2 is meant to be heavy


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    digits: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What one page before sign-in shows."""

    title: str
    lead: str = ""
    problem: str = ""
    action: str = ""
    button: str = ""
    other: str = ""
    fields: Sequence[Field] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    documents: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Doors:
    """The routes before sign-in. `secure`: the product is reached over TLS."""

    engine: Callable[[], Engine]
    admissions: Admissions
    key: Callable[[], bytes]  # that the second factors' secrets are encrypted with
    secure: bool = False

    def routes(self) -> list[Route]:
        return [
            Route("/sign-in", self.sign_in, methods=["GET", "POST"]),
            Route("/sign-in/code", self.code, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["GET", "POST"]),
            Route("/link/{token}", self.link, methods=["GET", "POST"]),
            Route("/agreements", self.agreements, methods=["GET", "POST"]),
            Route("/sign-in.css", _style),
        ]

    # ── Signing in and out ───────────────────────────────────────────────────────────────────────────────────────────

    async def sign_in(self, request: Request) -> Response:
        t = preferred(request.headers.get("accept-language", ""))
        after = _own_address(request.query_params.get("next", "/"))
        if request.method == "GET":
            return _answer(t, _sign_in_page(t, after))
        form = await _form(request)
        outcome = await self._in_turn(lambda: self._sign_in(form.get("email", ""), form.get("password", ""), request))
        return self._after(t, outcome, after, form.get("email", ""))

    def _sign_in(self, email: str, password: str, request: Request) -> sign_in.Outcome:
        with writing(self.engine()) as (session, now):
            return sign_in.sign_in(session, email, password, _address(request), _agent(request), now)

    async def code(self, request: Request) -> Response:
        """The second step: a code of the app, or a recovery code."""
        t = preferred(request.headers.get("accept-language", ""))
        form = await _form(request)
        after = _own_address(form.get("next", "/"))
        given = form.get("code", "").strip()

        def step() -> sign_in.Outcome:
            with writing(self.engine()) as (session, now):

                def check(account: str) -> None:
                    second_factor.check_any(session, account, given, self.key(), now)

                return sign_in.second_step(
                    session, form.get("ticket", ""), check, _address(request), _agent(request), now
                )

        return self._after(t, await self._in_turn(step), after, "")

    def _after(self, t: Language, outcome: sign_in.Outcome, after: str, email: str) -> Response:
        if isinstance(outcome, sign_in.SignedInNow):
            answer = RedirectResponse(after, 303)
            self._give(answer, outcome.token)
            return answer
        if isinstance(outcome, sign_in.NeedsSecondFactor):
            return _answer(t, _code_page(t, outcome.ticket, after))
        return _answer(
            t, _sign_in_page(t, after, t.render(outcome.message), email), 429 if outcome.wait_seconds else 401
        )

    async def sign_out(self, request: Request) -> Response:
        t = preferred(request.headers.get("accept-language", ""))
        if request.method == "GET":
            page = Page(t("Sign out?"), action="/sign-out", button=t("Sign out"))
            return _answer(t, page)
        token = request.cookies.get(self.cookie, "")
        await self._in_turn(lambda: self._end(token))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="lax")
        answer.headers["clear-site-data"] = '"cache", "storage"'
        return answer

    def _end(self, token: str) -> None:
        with writing(self.engine()) as (session, now):
            found = sessions.find(session, token, now)
            if found is not None:
                sessions.end(session, found.token_sha256, now)
        self.admissions.forget()

    # ── One-time links ───────────────────────────────────────────────────────────────────────────────────────────────

    async def link(self, request: Request) -> Response:
        """The first set-up, an invitation, a new password."""
        t = preferred(request.headers.get("accept-language", ""))
        token = request.path_params["token"]
        with reading(self.engine()) as session:
            found = links.look(session, token, datetime.now(UTC))
        if found is None:
            page = Page(
                t("This link does not work any more"),
                t("It was used before, or its time is over. Ask for a new one."),
            )
            return _answer(t, page, 410)
        if request.method == "GET":
            return _answer(t, _link_page(t, found, request.url.path))
        form = await _form(request)
        try:
            await self._in_turn(lambda: self._redeem(token, form, t))
        except Problem as problem:
            return _answer(t, _link_page(t, found, request.url.path, t.render(problem.message), form), 422)
        self.admissions.forget()
        return RedirectResponse("/sign-in", 303)

    def _redeem(self, token: str, form: Mapping[str, str], t: Language) -> None:
        with writing(self.engine()) as (session, now):
            links.redeem(
                session, token, now, form.get("password", ""), form.get("name", ""), form.get("email", ""), t.code
            )

    # ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def agreements(self, request: Request) -> Response:
        """What must be read and accepted before anything else; refusing ends the session."""
        t = preferred(request.headers.get("accept-language", ""))
        token = request.cookies.get(self.cookie, "")
        who = await self._in_turn(lambda: self.admissions.by_session(token, acts=True))
        if who is None:
            return RedirectResponse("/sign-in", 303)
        if request.method == "POST":
            form = await _form(request)
            if form.get("do") != "yes":
                await self._in_turn(lambda: self._end(token))
                return RedirectResponse("/sign-in", 303)
            shown = [int(one) for one in form.get("agreements", "").split(",") if one.isdecimal()]
            await self._in_turn(lambda: self._accept(who, shown, _address(request)))
            self.admissions.forget()
        waiting = await self._in_turn(lambda: self._waiting(who))
        return _answer(t, _agreements_page(t, waiting)) if waiting else RedirectResponse("/", 303)

    def _waiting(self, who: Admission) -> list[agreements.AgreementRow]:
        with reading(self.engine()) as session:
            return agreements.to_accept(session, who.person.account, who.person.roles, local_day(datetime.now(UTC)))

    def _accept(self, who: Admission, shown: Sequence[int], address: str) -> None:
        with writing(self.engine()) as (session, now):
            for agreement in shown:
                agreements.accept(session, who.person, who.person.account, agreement, address, now)

    # ── What they share ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def cookie(self) -> str:
        """With `__Host-` a browser takes it from this host over TLS only (RFC 6265bis)."""
        return "__Host-aantoonbaar" if self.secure else "aantoonbaar"

    def _give(self, answer: Response, token: str) -> None:
        answer.set_cookie(self.cookie, token, path="/", secure=self.secure, httponly=True, samesite="lax")

    async def _in_turn(self, do: Callable[[], Given]) -> Given:
        """On a thread of its own, a few at a time, so that neither the pages nor the event loop wait for a password."""
        return await anyio.to_thread.run_sync(do, limiter=_TURNS)


def _sign_in_page(t: Language, after: str, problem: str = "", email: str = "") -> Page:
    return Page(
        t("Sign in"),
        problem=problem,
        action=f"/sign-in?next={quote(after)}",
        button=t("Sign in"),
        fields=[
            Field("email", t("E-mail address"), "email", "username", email),
            Field("password", t("Password"), "password", "current-password"),
        ],
    )


def _code_page(t: Language, ticket: str, after: str) -> Page:
    return Page(
        t("Your second factor"),
        t("Give the code that your app shows now, or one of your recovery codes."),
        action="/sign-in/code",
        button=t("Go on"),
        fields=[Field("code", t("Code"), autocomplete="one-time-code", digits=True)],
        hidden={"ticket": ticket, "next": after},
    )


def _link_page(
    t: Language, found: links.LinkInfo, action: str, problem: str = "", given: Mapping[str, str] | None = None
) -> Page:
    given = given or {}
    hint = t("At least 12 characters; a few words that do not belong together are easy to remember and hard to guess.")
    fields = [Field("password", t("Password"), "password", "new-password", hint=hint)]
    if found.purpose == "set-up":
        title, lead = t("The first security officer"), t("You make the first account; you invite the others.")
        fields = [
            Field("name", t("Name"), autocomplete="name", value=given.get("name", "")),
            Field("email", t("E-mail address"), "email", "username", given.get("email", "")),
            *fields,
        ]
    elif found.purpose == "invitation":
        title, lead = t("Welcome, {name}", name=found.name), t("Choose the password that you sign in with.")
    else:
        title, lead = t("A new password"), t("For {name}. You are signed out everywhere.", name=found.name)
    return Page(title, lead, problem, action, t("Save"), fields=fields)


def _agreements_page(t: Language, waiting: Sequence[agreements.AgreementRow]) -> Page:
    documents = [
        {
            "title": t.render(one.title),
            "paragraphs": (one.text_nl if t.code == "nl" else one.text_en).split("\n\n"),
            "rights": [t.render(right) for right in one.rights],
            "remark": t("Version {version}, in force from {day}", version=one.version, day=one.in_force),
        }
        for one in waiting
    ]
    return Page(
        t.n("An agreement to accept", "Agreements to accept", len(waiting)),
        t(
            "Read it first: nothing here can be used before. That you accepted is recorded, with the version and the time."
        ),
        action="/agreements",
        button=t("I accept"),
        other=t("I do not accept; sign out"),
        hidden={"agreements": ",".join(str(one.id) for one in waiting)},
        documents=documents,
    )


def _answer(t: Language, page: Page, status: int = 200) -> Response:
    body = _template().render({name: getattr(page, name) for name in Page.__dataclass_fields__} | {"language": t.code})
    return HTMLResponse(body, status, {"cache-control": "no-store", "vary": "Accept-Language"})


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(_PAGES), autoescape=select_autoescape()).get_template("door.html")


async def _style(_request: Request) -> Response:
    return FileResponse(_PAGES / "sign-in.css", media_type="text/css")


async def _form(request: Request) -> dict[str, str]:
    """The values of a form; what is larger than any form of ours is cut off, and then fits nothing."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))


def _own_address(given: str) -> str:
    """A path of ours to go to; anything else leads home (an open redirect would lend our name to others)."""
    safe = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if safe else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")[:200]
