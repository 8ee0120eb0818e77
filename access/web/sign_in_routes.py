"""The pages outside Streamlit: signing in and out, one-time links, agreements, the password. No script.

Nothing of the product is sent to someone who is not signed in, and no secret passes through Streamlit. The gate lets a
stranger reach only `OPEN`; the other pages here are a signed-in person's, also of one who may go no further yet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlmodel import Session
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp

from access.people import agreements, sessions
from access.people.agreement_text import AgreementRow
from access.sign_in import links, password_sign_in, second_factor
from access.sign_in.waiting_attempts import Waiting
from access.web import sign_in_pages
from access.web.authentication import Admission, Admissions
from access.web.request_values import Given, address, numbers, on_a_thread, own_address, read_form
from access.web.request_values import language as _language
from access.web.request_values import who as _who
from access.web.sign_in_pages import PAGES, answer
from locales import Language, Problem
from models.calendar import calendar_of
from models.transaction import reading, writing

OPEN = frozenset({"/sign-in", "/sign-in/code", "/sign-in.css"})


@dataclass(frozen=True, slots=True)
class SignInRoutes:
    """The routes outside Streamlit. `secure`: the product is reached over TLS."""

    engine: Callable[[], Engine]
    admissions: Admissions
    key: Callable[[], bytes]  # that the second factors' secrets are encrypted with
    secure: bool = False
    ways_in: Callable[[Language, str], Mapping[str, str]] = lambda _t, _after: {}  # beside the password
    waiting: Waiting = field(default_factory=Waiting)

    def routes(self) -> list[Route]:
        both = ["GET", "POST"]
        return [
            Route("/sign-in", self.enter, methods=both),
            Route("/sign-in/code", self.enter_code, methods=both),
            Route("/sign-out", self.leave, methods=both),
            Route("/link/{token}", self.open_link, methods=both),
            Route("/link/{rest:path}", nothing_here, methods=both),
            Route("/agreements", self.agree, methods=both),
            Route("/password", self.own_password, methods=both),
            Route("/session", _lives),
            Route("/sign-in.css", _style),
        ]

    # ── Signing in and out ───────────────────────────────────────────────────────────────────────────────────────────

    async def enter(self, request: Request) -> Response:
        t = _language(request)
        after = own_address(request.query_params.get("next", "/"))
        if request.method != "POST":
            said = t("Your password is saved: sign in with it.") if "saved" in request.query_params else ""
            return answer(t, sign_in_pages.sign_in_page(t, after, said=said, ways=self.ways_in(t, after)))
        form = await read_form(request)
        email = form.get("email", "")
        outcome = await on_a_thread(lambda: self._sign_in(email, form.get("password", ""), request))
        return self.let_in(t, outcome, after, email)

    def _sign_in(self, email: str, password: str, request: Request) -> password_sign_in.Outcome:
        """The password is compared between the two transactions, so that no writer waits for that."""
        where, agent = address(request), request.headers.get("user-agent", "")
        with reading(self.engine()) as session:
            waits = password_sign_in.must_wait(session, email, where, agent, datetime.now(UTC))
            stored = password_sign_in.stored_hash(session, email)
        if waits is not None:
            return self.counted(waits)
        compared = password_sign_in.compare(password, stored)
        with writing(self.engine(), visit=True) as (session, now):
            outcome = password_sign_in.sign_in(session, email, password, where, agent, now, compared)
            return self.counted(self.in_place(session, outcome, request, now))

    async def enter_code(self, request: Request) -> Response:
        """The second step: a code of the app, or a recovery code."""
        t = _language(request)
        if request.method != "POST":
            return RedirectResponse("/sign-in", 303)
        form = await read_form(request)
        after = own_address(form.get("next", "/"))
        outcome = await on_a_thread(lambda: self._second_step(form, request))
        if isinstance(outcome, password_sign_in.Refused) and outcome.reason == password_sign_in.REFUSED:
            problem = sign_in_pages.refusal(t, outcome)
            return answer(t, sign_in_pages.code_page(t, form.get("ticket", ""), after, problem), 401)
        return self.let_in(t, outcome, after)

    def _second_step(self, form: Mapping[str, str], request: Request) -> password_sign_in.Outcome:
        with writing(self.engine(), visit=True) as (session, now):

            def check(within: Session, account: str) -> str:
                return second_factor.check_any(within, account, form.get("code", ""), self.key(), now)

            ticket, agent = form.get("ticket", ""), request.headers.get("user-agent", "")
            outcome = password_sign_in.second_step(session, ticket, check, address(request), agent, now)
            return self.counted(self.in_place(session, outcome, request, now))

    def counted(self, outcome: Given) -> Given:
        """An attempt that only has to wait is counted, and not written one by one."""
        if isinstance(outcome, password_sign_in.Refused) and outcome.waiting:
            self.waiting.count(outcome.waiting)
        return outcome

    def in_place(
        self, session: Session, outcome: password_sign_in.Outcome, request: Request, now: datetime
    ) -> password_sign_in.Outcome:
        """A sign-in takes the place of the one that this browser had (ASVS 5.0, 7.2.4)."""
        if isinstance(outcome, password_sign_in.SignedInNow):
            sessions.end(session, sessions.digest(request.cookies.get(self.cookie, "")), now)
        return outcome

    def let_in(self, t: Language, outcome: password_sign_in.Outcome, after: str, email: str = "") -> Response:
        """What someone gets who tried: their cookie, the question for a code, or the same page with why not."""
        if isinstance(outcome, password_sign_in.SignedInNow):
            return self.with_cookie(RedirectResponse(after, 303), outcome.token)
        if isinstance(outcome, password_sign_in.NeedsSecondFactor):
            return answer(t, sign_in_pages.code_page(t, outcome.ticket, after))
        problem = sign_in_pages.refusal(t, outcome)
        status = 429 if outcome.wait_seconds else 401
        page = sign_in_pages.sign_in_page(t, after, problem, email, ways=self.ways_in(t, after))
        refused = answer(t, page, status)
        if outcome.wait_seconds:
            refused.headers["retry-after"] = str(outcome.wait_seconds)
        return refused

    async def leave(self, request: Request) -> Response:
        if request.method != "POST":
            t = _language(request)
            return answer(t, sign_in_pages.sign_out_page(t))
        await on_a_thread(lambda: self._end(_who(request)))
        gone = RedirectResponse("/sign-in", 303)
        gone.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="lax")
        gone.headers["clear-site-data"] = '"cache", "storage"'
        return gone

    def _end(self, who: Admission) -> None:
        with writing(self.engine(), visit=True) as (session, now):
            sessions.end(session, who.session, now)
        self.admissions.forget()

    # ── One-time links and passwords ─────────────────────────────────────────────────────────────────────────────────

    async def open_link(self, request: Request) -> Response:
        """The first set-up, an invitation, a new password."""
        t, token = _language(request), request.path_params["token"]
        found = await on_a_thread(lambda: self._look(token))
        if found is None:
            return answer(t, sign_in_pages.no_link_page(t), 410)
        if request.method != "POST":
            return answer(t, sign_in_pages.link_page(t, found, request.url.path))
        form = await read_form(request)
        try:
            await on_a_thread(lambda: self._redeem(token, form, t))
        except Problem as problem:
            said = t.render(problem.message)
            return answer(t, sign_in_pages.link_page(t, found, request.url.path, said, form), 422)
        return RedirectResponse("/sign-in?saved", 303)

    def _look(self, token: str) -> links.LinkInfo | None:
        with reading(self.engine()) as session:
            return links.look(session, token, datetime.now(UTC))

    def _redeem(self, token: str, form: Mapping[str, str], t: Language) -> None:
        given = (form.get("password", ""), form.get("name", ""), form.get("email", ""))
        with writing(self.engine()) as (session, now):
            links.redeem(session, token, now, *given, t.code)
        self.admissions.forget()

    async def own_password(self, request: Request) -> Response:
        t = _language(request)
        if request.method != "POST":
            return answer(t, sign_in_pages.password_page(t))
        form = await read_form(request)
        try:
            refused = await on_a_thread(lambda: self._change_password(_who(request), form, request))
        except Problem as problem:
            return answer(t, sign_in_pages.password_page(t, t.render(problem.message)), 422)
        if refused is not None:
            return answer(t, sign_in_pages.password_page(t, sign_in_pages.not_oneself(t, refused)), 401)
        return RedirectResponse("/account", 303)

    def _change_password(
        self, who: Admission, form: Mapping[str, str], request: Request
    ) -> password_sign_in.Refused | None:
        current, new = form.get("current", ""), form.get("password", "")
        where, agent = address(request), request.headers.get("user-agent", "")
        with writing(self.engine()) as (session, now):
            refused = password_sign_in.change_password(
                session, who.person, current, new, where, agent, now, who.session
            )
        self.admissions.forget()
        return self.counted(refused)

    # ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def agree(self, request: Request) -> Response:
        """What must be read and accepted before anything else; refusing ends the session."""
        t, who = _language(request), _who(request)
        problem = ""
        if request.method == "POST":
            form = await read_form(request)
            if form.get("do") != "yes":
                return await self.leave(request)
            shown = numbers(form.get("agreements", ""))
            try:
                await on_a_thread(lambda: self._accept(who, shown, address(request)))
            except Problem as refused:
                problem = t.render(refused.message)
        waiting = await on_a_thread(lambda: self._waiting(who))
        if not waiting:
            return RedirectResponse("/", 303)
        return answer(t, sign_in_pages.agreements_page(t, waiting, problem), 422 if problem else 200)

    def _waiting(self, who: Admission) -> list[AgreementRow]:
        with reading(self.engine()) as session:
            return agreements.to_accept(
                session, who.person.account, who.person.roles, calendar_of(session).day_of(datetime.now(UTC))
            )

    def _accept(self, who: Admission, shown: list[int], where: str) -> None:
        with writing(self.engine()) as (session, now):
            for agreement in shown:
                agreements.accept(session, who.person, who.person.account, agreement, where, now)
        self.admissions.forget()

    # ── The cookie ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def cookie(self) -> str:
        """With `__Host-` a browser takes it from this host over TLS only (RFC 6265bis, 4.1.3.2)."""
        return "__Host-aantoonbaar" if self.secure else "aantoonbaar"

    def with_cookie(self, given: Response, token: str) -> Response:
        given.set_cookie(self.cookie, token, path="/", secure=self.secure, httponly=True, samesite="lax")
        return given


def outside(routes: Sequence[BaseRoute]) -> ASGIApp:
    """These routes alone, as the gate gives them to strangers; what is none of them is told on a page."""
    return ExceptionMiddleware(Router(routes), {404: nothing_here, 405: nothing_here})


async def nothing_here(request: Request, _problem: Exception | None = None) -> Response:
    """What whoever is not signed in finds at an address that is none."""
    t = _language(request)
    return answer(t, sign_in_pages.nothing_page(t), 404)


async def _style(_request: Request) -> Response:
    return FileResponse(PAGES / "sign-in.css", media_type="text/css")


async def _lives(_request: Request) -> Response:
    """An open page asks whether its session lives; the gate has answered if it does not."""
    return Response(status_code=204)
