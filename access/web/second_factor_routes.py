"""The page of one's own second factor: setting one up, with its recovery codes, and removing it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.people import sessions
from access.sign_in import passkeys, password_sign_in, second_factor
from access.sign_in.outcomes import Refused
from access.web import sign_in_pages
from access.web.authentication import Admission
from access.web.request_values import admission_of, client_of, read_form, reader_language, run_in_thread
from access.web.sign_in_context import SignInContext
from access.web.sign_in_pages import render_page
from locales import Language, Problem
from models.transaction import reading, writing


@dataclass(frozen=True, slots=True)
class SecondFactorRoutes:
    """The route of a person's own second factor."""

    context: SignInContext

    def routes(self) -> list[Route]:
        return [Route("/second-factor", self.own, methods=["GET", "POST"])]

    async def own(self, request: Request) -> Response:
        """Set up or remove the second factor; whoever has a passkey must have signed in with it."""
        t, admission = reader_language(request), admission_of(request)
        if await run_in_thread(lambda: self._is_passkey_required(admission)):
            return render_page(t, sign_in_pages.passkey_first_page(t), 403)
        codes_left = await run_in_thread(lambda: self._count_recovery_codes(admission))
        try:
            if codes_left is None:
                return await self._set_up(t, admission, request)
            return await self._show_or_remove(t, admission, request, codes_left)
        except Problem as problem:
            return render_page(t, sign_in_pages.retry_code_page(t, t.render(problem.message)), 422)

    async def _set_up(self, t: Language, admission: Admission, request: Request) -> Response:
        is_demanded = admission.required_step == "second-factor"
        if request.method != "POST":
            return render_page(t, sign_in_pages.begin_enrolment_page(t, is_demanded=is_demanded))
        form = await read_form(request)
        if "code" not in form or form.get("do") == "no":  # to begin, or to begin again
            enrolment = await run_in_thread(lambda: self._begin(admission))
            return render_page(t, sign_in_pages.enrol_page(t, enrolment, is_demanded=is_demanded))
        codes, token = await run_in_thread(lambda: self._confirm(admission, form.get("code", ""), request))
        return self.context.set_cookie(render_page(t, sign_in_pages.recovery_codes_page(t, codes)), token)

    async def _show_or_remove(self, t: Language, admission: Admission, request: Request, codes_left: int) -> Response:
        if request.method != "POST":
            return render_page(t, sign_in_pages.second_factor_page(t, codes_left))
        form = await read_form(request)
        refused = await run_in_thread(lambda: self._remove(admission, form.get("password", ""), request))
        if refused is None:
            return RedirectResponse("/account", 303)
        problem = sign_in_pages.password_refusal(t, refused)
        return render_page(t, sign_in_pages.second_factor_page(t, codes_left, problem), 401)

    def _is_passkey_required(self, admission: Admission) -> bool:
        with reading(self.context.engine()) as session:
            return passkeys.is_passkey_required(session, admission.person.account, admission.session)

    def _count_recovery_codes(self, admission: Admission) -> int | None:
        """None: no second factor is set up."""
        with reading(self.context.engine()) as session:
            if not second_factor.has_second_factor(session, admission.person.account):
                return None
            return second_factor.count_recovery_codes(session, admission.person.account)

    def _begin(self, admission: Admission) -> second_factor.Enrolment:
        with writing(self.context.engine()) as (session, now):
            return second_factor.begin_enrolment(session, admission.person.account, self.context.secret_key(), now)

    def _confirm(self, admission: Admission, code: str, request: Request) -> tuple[list[str], str]:
        """The recovery codes and a new session's token: the session that lacked the factor ends, with all others."""
        account = admission.person.account
        with writing(self.context.engine()) as (session, now):
            codes = second_factor.confirm_enrolment(session, account, code, self.context.secret_key(), now)
            sessions.end_all(session, account, now)
            token = sessions.start(session, account, now, *client_of(request), second_factor=True)
        self.context.admissions.forget()
        return codes, token

    def _remove(self, admission: Admission, password: str, request: Request) -> Refused | None:
        """Asks for the password, so that whoever finds a browser open cannot remove the factor."""
        person = admission.person
        with writing(self.context.engine()) as (session, now):
            refused = password_sign_in.confirm_password(session, person, password, *client_of(request), now)
            if refused is None:
                second_factor.remove(session, person, person.account, now)
                sessions.end_all(session, person.account, now, admission.session)
        self.context.admissions.forget()
        return self.context.count_throttled(refused)
