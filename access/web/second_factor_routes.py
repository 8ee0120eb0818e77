"""The page of one's own second factor: setting one up, with its recovery codes, and taking it away."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.people import sessions
from access.sign_in import passkeys, password_sign_in, second_factor
from access.web import sign_in_pages
from access.web.authentication import Admission
from access.web.request_values import admission_of, client_address, read_form, reader_language, run_in_thread
from access.web.sign_in_pages import render_page
from access.web.sign_in_routes import SignInRoutes
from locales import Language, Problem
from models.transaction import reading, writing


@dataclass(frozen=True, slots=True)
class SecondFactorRoutes:
    """The route of a person's own second factor, beside the others outside Streamlit."""

    doors: SignInRoutes

    def routes(self) -> list[Route]:
        return [Route("/second-factor", self.own, methods=["GET", "POST"])]

    async def own(self, request: Request) -> Response:
        """Set one up, or remove the one there is; but whoever has a passkey comes in with that first."""
        t, of = reader_language(request), admission_of(request)
        if await run_in_thread(lambda: self._owes_passkey(of)):
            return render_page(t, sign_in_pages.passkey_first_page(t), 403)
        return await self._answered(t, of, request)

    async def _answered(self, t: Language, of: Admission, request: Request) -> Response:
        left = await run_in_thread(lambda: self._recovery_codes_left(of))
        try:
            if left is None:
                return await self._set_up(t, of, request)
            return await self._take_away(t, of, request, left)
        except Problem as problem:
            return render_page(t, sign_in_pages.retry_code_page(t, t.render(problem.message)), 422)

    async def _set_up(self, t: Language, of: Admission, request: Request) -> Response:
        demanded = of.waits_for == "second-factor"
        if request.method != "POST":
            return render_page(t, sign_in_pages.begin_enrolment_page(t, demanded=demanded))
        form = await read_form(request)
        if "code" not in form or form.get("do") == "no":  # to begin, or to begin again
            enrolment = await run_in_thread(lambda: self._begin(of))
            return render_page(t, sign_in_pages.enrol_page(t, enrolment, demanded=demanded))
        codes, token = await run_in_thread(lambda: self._confirm(of, form.get("code", ""), request))
        return self.doors.with_cookie(render_page(t, sign_in_pages.recovery_codes_page(t, codes)), token)

    def _owes_passkey(self, of: Admission) -> bool:
        with reading(self.doors.engine()) as session:
            return passkeys.is_passkey_required(session, of.person.account, of.session)

    async def _take_away(self, t: Language, of: Admission, request: Request, left: int) -> Response:
        if request.method != "POST":
            return render_page(t, sign_in_pages.second_factor_page(t, left))
        form = await read_form(request)
        refused = await run_in_thread(lambda: self._remove(of, form.get("password", ""), request))
        if refused is None:
            return RedirectResponse("/account", 303)
        return render_page(
            t, sign_in_pages.second_factor_page(t, left, sign_in_pages.password_refusal(t, refused)), 401
        )

    def _recovery_codes_left(self, of: Admission) -> int | None:
        """None: no second factor is set up."""
        with reading(self.doors.engine()) as session:
            if not second_factor.has_second_factor(session, of.person.account):
                return None
            return second_factor.count_recovery_codes(session, of.person.account)

    def _begin(self, of: Admission) -> second_factor.Enrolment:
        with writing(self.doors.engine()) as (session, now):
            return second_factor.begin_enrolment(session, of.person.account, self.doors.key(), now)

    def _confirm(self, of: Admission, code: str, request: Request) -> tuple[list[str], str]:
        """A session that knows more of its person is another session: the old one and all others end."""
        account, agent = of.person.account, request.headers.get("user-agent", "")
        with writing(self.doors.engine()) as (session, now):
            codes = second_factor.confirm_enrolment(session, account, code, self.doors.key(), now)
            sessions.end_all(session, account, now)
            token = sessions.start(session, account, now, client_address(request), agent, second_factor=True)
        self.doors.admissions.forget()
        return codes, token

    def _remove(self, of: Admission, password: str, request: Request) -> password_sign_in.Refused | None:
        """Whoever finds a browser open cannot take it away: it asks for the password."""
        where, agent = client_address(request), request.headers.get("user-agent", "")
        with writing(self.doors.engine()) as (session, now):
            refused = password_sign_in.confirm_password(session, of.person, password, where, agent, now)
            if refused is None:
                second_factor.remove(session, of.person, of.person.account, now)
                sessions.end_all(session, of.person.account, now, of.session)
        self.doors.admissions.forget()
        return self.doors.counted(refused)
