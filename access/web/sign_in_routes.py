"""The pages outside Streamlit: signing in and out, one-time links, agreements, the password. No script.

Nothing of the product is sent to someone who is not signed in, and no secret passes through Streamlit. The middleware
lets a stranger reach only `PUBLIC_PATHS`; the other pages here are for people who are signed in, also for those who
must accept an agreement or set up a second factor first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp

from access.people import agreements, sessions
from access.people.agreement_text import AgreementRow
from access.people.links import SET_UP
from access.sign_in import link_redemption, password_sign_in, second_factor, second_step
from access.sign_in.outcomes import Outcome, Refusal, Refused
from access.web import sign_in_pages
from access.web.authentication import Admission
from access.web.request_values import (
    admission_of,
    client_of,
    local_path,
    read_form,
    reader_language,
    row_ids,
    run_in_thread,
)
from access.web.sign_in_context import SignInContext
from access.web.sign_in_pages import TEMPLATES, render_page
from locales import Language, Problem
from models.calendar import calendar_of
from models.transaction import reading, writing

PUBLIC_PATHS = frozenset({"/sign-in", "/sign-in/code", "/sign-in.css"})


@dataclass(frozen=True, slots=True)
class SignInRoutes:
    """The routes of passwords, one-time links and agreements."""

    context: SignInContext

    def routes(self) -> list[Route]:
        both = ["GET", "POST"]
        return [
            Route("/sign-in", self.sign_in, methods=both),
            Route("/sign-in/code", self.enter_code, methods=both),
            Route("/sign-out", self.sign_out, methods=both),
            Route("/link/{token}", self.open_link, methods=both),
            Route("/link/{rest:path}", not_found, methods=both),
            Route("/agreements", self.accept_agreements, methods=both),
            Route("/password", self.change_password, methods=both),
            Route("/session", _session_is_live),
            Route("/sign-in.css", _style),
        ]

    # ── Signing in and out ───────────────────────────────────────────────────────────────────────────────────────────

    async def sign_in(self, request: Request) -> Response:
        """The first step: e-mail address and password."""
        t = reader_language(request)
        after = local_path(request.query_params.get("next", "/"))
        if request.method != "POST":
            lead = t("Your password is saved: sign in with it.") if "saved" in request.query_params else ""
            ways = self.context.other_ways(t, after)
            return render_page(t, sign_in_pages.sign_in_page(t, after, lead=lead, ways=ways))
        form = await read_form(request)
        email = form.get("email", "")
        outcome = await run_in_thread(lambda: self._sign_in(email, form.get("password", ""), request))
        return self.context.respond(t, outcome, after, email)

    def _sign_in(self, email: str, password: str, request: Request) -> Outcome:
        """Compares the password between the two transactions, so that no writer waits for it."""
        address, agent = client_of(request)
        with reading(self.context.engine()) as session:
            stored_hash = password_sign_in.prepare(session, email, address, agent, datetime.now(UTC))
        if isinstance(stored_hash, Refused):
            return self.context.count_throttled(stored_hash)
        compared = password_sign_in.compare(password, stored_hash)
        with writing(self.context.engine(), visit=True) as (session, now):
            outcome = password_sign_in.sign_in(session, email, password, address, agent, now, compared)
            return self.context.count_throttled(self.context.end_previous_session(session, outcome, request, now))

    async def enter_code(self, request: Request) -> Response:
        """The second step: a code of the authenticator app, or a recovery code."""
        t = reader_language(request)
        if request.method != "POST":
            return RedirectResponse("/sign-in", 303)
        form = await read_form(request)
        after = local_path(form.get("next", "/"))
        outcome = await run_in_thread(lambda: self._enter_code(form, request))
        if isinstance(outcome, Refused) and outcome.reason == Refusal.REFUSED:
            problem = sign_in_pages.refusal(t, outcome)
            return render_page(t, sign_in_pages.code_page(t, form.get("ticket", ""), after, problem), 401)
        return self.context.respond(t, outcome, after)

    def _enter_code(self, form: Mapping[str, str], request: Request) -> Outcome:
        code, secret_key = form.get("code", ""), self.context.secret_key()
        with writing(self.context.engine(), visit=True) as (session, now):
            check = partial(second_factor.check_code, code=code, secret_key=secret_key, now=now)
            outcome = second_step.complete_sign_in(session, form.get("ticket", ""), check, *client_of(request), now)
            return self.context.count_throttled(self.context.end_previous_session(session, outcome, request, now))

    async def sign_out(self, request: Request) -> Response:
        """Asks first, so that a link cannot sign anyone out."""
        if request.method != "POST":
            t = reader_language(request)
            return render_page(t, sign_in_pages.sign_out_page(t))
        await run_in_thread(lambda: self._end_session(admission_of(request)))
        return self.context.delete_cookie(RedirectResponse("/sign-in", 303))

    def _end_session(self, admission: Admission) -> None:
        with writing(self.context.engine(), visit=True) as (session, now):
            sessions.end(session, admission.session, now)
        self.context.admissions.forget()

    # ── One-time links and passwords ─────────────────────────────────────────────────────────────────────────────────

    async def open_link(self, request: Request) -> Response:
        """The page of a one-time link: the first set-up, an invitation, a password reset."""
        t, token = reader_language(request), request.path_params["token"]
        link = await run_in_thread(lambda: self._look_at_link(token))
        if link is None:
            return render_page(t, sign_in_pages.invalid_link_page(t), 410)
        if request.method != "POST":
            return render_page(t, sign_in_pages.link_page(t, link, request.url.path))
        form = await read_form(request)
        try:
            await run_in_thread(lambda: self._redeem(token, form, t))
        except Problem as problem:
            message = t.render(problem.message)
            return render_page(t, sign_in_pages.link_page(t, link, request.url.path, message, form), 422)
        if link.purpose == SET_UP:  # there is no second factor yet, and nobody else to have made the link
            email, password = form.get("email", ""), form.get("password", "")
            return self.context.respond(t, await run_in_thread(lambda: self._sign_in(email, password, request)), "/")
        return RedirectResponse("/sign-in?saved", 303)

    def _look_at_link(self, token: str) -> link_redemption.LinkInfo | None:
        with reading(self.context.engine()) as session:
            return link_redemption.describe_link(session, token, datetime.now(UTC))

    def _redeem(self, token: str, form: Mapping[str, str], t: Language) -> None:
        values = (form.get("password", ""), form.get("name", ""), form.get("email", ""))
        with writing(self.context.engine()) as (session, now):
            link_redemption.redeem(session, token, now, *values, t.code)
        self.context.admissions.forget()

    async def change_password(self, request: Request) -> Response:
        """A person's own password."""
        t = reader_language(request)
        if request.method != "POST":
            return render_page(t, sign_in_pages.password_page(t))
        form = await read_form(request)
        try:
            refused = await run_in_thread(lambda: self._change_password(admission_of(request), form, request))
        except Problem as problem:
            return render_page(t, sign_in_pages.password_page(t, t.render(problem.message)), 422)
        if refused is not None:
            return render_page(t, sign_in_pages.password_page(t, sign_in_pages.password_refusal(t, refused)), 401)
        return RedirectResponse("/account", 303)

    def _change_password(self, admission: Admission, form: Mapping[str, str], request: Request) -> Refused | None:
        passwords = (form.get("current", ""), form.get("password", ""))
        with writing(self.context.engine()) as (session, now):
            refused = password_sign_in.change_password(
                session, admission.person, *passwords, *client_of(request), now, admission.session
            )
        self.context.admissions.forget()
        return self.context.count_throttled(refused)

    # ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def accept_agreements(self, request: Request) -> Response:
        """The agreements to read and accept before anything else; declining ends the session."""
        t, admission = reader_language(request), admission_of(request)
        problem = ""
        if request.method == "POST":
            form = await read_form(request)
            if form.get("do") != "yes":
                return await self.sign_out(request)
            shown = row_ids(form.get("agreements", ""))
            try:
                await run_in_thread(lambda: self._accept(admission, shown, client_of(request)[0]))
            except Problem as refused:
                problem = t.render(refused.message)
        to_accept = await run_in_thread(lambda: self._list_to_accept(admission))
        if not to_accept:
            return RedirectResponse("/", 303)
        return render_page(t, sign_in_pages.agreements_page(t, to_accept, problem), 422 if problem else 200)

    def _list_to_accept(self, admission: Admission) -> list[AgreementRow]:
        person = admission.person
        with reading(self.context.engine()) as session:
            today = calendar_of(session).day_of(datetime.now(UTC))
            return agreements.list_to_accept(session, person.account, person.roles, today)

    def _accept(self, admission: Admission, shown: list[int], address: str) -> None:
        with writing(self.context.engine()) as (session, now):
            for agreement in shown:
                agreements.accept(session, admission.person, admission.person.account, agreement, address, now)
        self.context.admissions.forget()


def public_app(routes: Sequence[BaseRoute]) -> ASGIApp:
    """An app of these routes alone, for strangers; any other address answers with a page that says so."""
    return ExceptionMiddleware(Router(routes), {404: not_found, 405: not_found})


async def not_found(request: Request, _problem: Exception | None = None) -> Response:
    """The answer at an address that does not exist."""
    t = reader_language(request)
    return render_page(t, sign_in_pages.not_found_page(t, signed_in="admission" in request.scope), 404)


async def _style(_request: Request) -> Response:
    return FileResponse(TEMPLATES / "sign-in.css", media_type="text/css")


async def _session_is_live(_request: Request) -> Response:
    """Tells an open page that its session is live; the middleware answers if it is not."""
    return Response(status_code=204)
