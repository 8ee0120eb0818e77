"""The pages of passkeys: signing in with one, and a person's own. Only these have a script, a file of ours.

The script asks for options, lets the device answer, and sends that as a form: what is wrong is said on the page that
comes back, in the reader's language. Without the script there is nothing to press.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from access.people import sessions
from access.sign_in import passkeys, password_sign_in
from access.sign_in.outcomes import Outcome, Refusal, Refused
from access.web import sign_in_pages
from access.web.authentication import Admission
from access.web.request_values import (
    admission_of,
    client_of,
    local_path,
    read_form,
    reader_language,
    row_id,
    run_in_thread,
    site_of,
)
from access.web.sign_in_context import SignInContext, refusal_response
from access.web.sign_in_pages import TEMPLATES, Page, render_page
from locales import Language, Problem
from models.calendar import calendar_of
from models.transaction import reading, writing

#: The paths that a stranger reaches.
PUBLIC_PATHS = frozenset({"/sign-in/passkey", "/passkeys.js"})


@dataclass(frozen=True, slots=True)
class PasskeyRoutes:
    """The routes of passkeys."""

    context: SignInContext

    def routes(self) -> list[Route]:
        return [
            Route("/sign-in/passkey", self.sign_in, methods=["GET", "POST"]),
            Route("/passkeys", self.own, methods=["GET", "POST"]),
            Route("/passkeys/begin", self.begin, methods=["POST"]),
            Route("/passkeys.js", _script),
        ]

    # ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def sign_in(self, request: Request) -> Response:
        """Without a response: the options for the device. With one: a session, or the sign-in page with the reason."""
        if request.method != "POST":
            return RedirectResponse("/sign-in", 303)
        t, form = reader_language(request), await read_form(request)
        if not form.get("answer"):
            return _options(await run_in_thread(lambda: self._begin_sign_in(request)))
        after = local_path(form.get("next", "/"))
        outcome = await run_in_thread(lambda: self._sign_in(form["answer"], request))
        if isinstance(outcome, Refused):
            return _refused(t, outcome, after)
        return self.context.respond(t, outcome, after)

    def _begin_sign_in(self, request: Request) -> str:
        rp_id, _ = site_of(request, secure=self.context.secure)
        with writing(self.context.engine(), visit=True) as (session, now):
            return passkeys.begin_sign_in(session, rp_id, now, client_of(request)[0])

    def _sign_in(self, response_json: str, request: Request) -> Outcome:
        site = site_of(request, secure=self.context.secure)
        with writing(self.context.engine(), visit=True) as (session, now):
            outcome = passkeys.sign_in(session, response_json, *site, *client_of(request), now)
            return self.context.count_throttled(self.context.end_previous_session(session, outcome, request, now))

    # ── A person's own ───────────────────────────────────────────────────────────────────────────────────────────────

    async def own(self, request: Request) -> Response:
        """List, add and remove one's own passkeys."""
        if request.method != "POST":
            return await self._page(request)
        form = await read_form(request)
        try:
            refused = await run_in_thread(lambda: self._change(admission_of(request), form, request))
        except Problem as problem:
            return await self._page(request, reader_language(request).render(problem.message), 422)
        if refused is not None:
            return await self._page(request, sign_in_pages.password_refusal(reader_language(request), refused), 401)
        return RedirectResponse("/passkeys", 303)

    async def begin(self, request: Request) -> Response:
        """The options for a device that is to make a passkey; asks for the password of the account."""
        t, form = reader_language(request), await read_form(request)
        try:
            options = await run_in_thread(
                lambda: self._begin_adding(admission_of(request), form.get("password", ""), request)
            )
        except Problem as problem:
            return JSONResponse({"problem": t.render(problem.message)}, 422)
        if isinstance(options, Refused):
            return JSONResponse({"problem": sign_in_pages.password_refusal(t, options)}, 401)
        return _options(options)

    async def _page(self, request: Request, problem: str = "", status: int = 200) -> Response:
        t = reader_language(request, calendar_of(self.context.engine()).zone)
        held = await run_in_thread(lambda: self._listed(admission_of(request)))
        has_name = _is_name(site_of(request, secure=self.context.secure)[0])
        return render_page(
            t,
            _passkeys_page(t, problem, has_name=has_name),
            status,
            "passkeys.html",
            **_page_values(t, held, has_name=has_name),
        )

    def _listed(self, admission: Admission) -> list[passkeys.PasskeyRow]:
        with reading(self.context.engine()) as session:
            return passkeys.list_passkeys(session, admission.person)

    def _begin_adding(self, admission: Admission, password: str, request: Request) -> str | Refused:
        """Asks for the password, so that whoever finds a browser open cannot add a passkey of theirs."""
        rp_id, _ = site_of(request, secure=self.context.secure)
        with writing(self.context.engine()) as (session, now):
            refused = password_sign_in.confirm_password(session, admission.person, password, *client_of(request), now)
            return self.context.count_throttled(refused) or passkeys.begin_adding(session, admission.person, rp_id, now)

    def _change(self, admission: Admission, form: dict[str, str], request: Request) -> Refused | None:
        if form.get("answer"):
            self._add(admission, form, request)
            return None
        return self._remove(admission, form, request)

    def _add(self, admission: Admission, form: dict[str, str], request: Request) -> None:
        site = site_of(request, secure=self.context.secure)
        with writing(self.context.engine()) as (session, now):
            passkeys.add(session, admission.person, form["answer"], form.get("label", ""), *site, now)

    def _remove(self, admission: Admission, form: dict[str, str], request: Request) -> Refused | None:
        """Asks for the password; sessions elsewhere end, since one may have begun with the passkey."""
        with writing(self.context.engine()) as (session, now):
            password, client = form.get("password", ""), client_of(request)
            refused = password_sign_in.confirm_password(session, admission.person, password, *client, now)
            if refused is None:
                passkeys.remove(session, admission.person, row_id(form.get("passkey", "")) or 0, now)
                sessions.end_all(session, admission.person.account, now, admission.session)
        self.context.admissions.forget()
        return self.context.count_throttled(refused)


def _options(options_json: str) -> Response:
    return Response(options_json, media_type="application/json", headers={"cache-control": "no-store"})


def _refused(t: Language, refused: Refused, after: str) -> Response:
    return refusal_response(t, sign_in_pages.sign_in_page(t, after, _refusal(t, refused)), refused)


def _refusal(t: Language, refused: Refused) -> str:
    if refused.reason == Refusal.LOCKED:
        return sign_in_pages.refusal(t, refused)
    if refused.reason == Refusal.EXPIRED:
        return t("It took too long: try your passkey again.")
    return t("You cannot sign in with this passkey. Use your password, or ask the administrator.")


def _passkeys_page(t: Language, problem: str, *, has_name: bool) -> Page:
    lead = t("With a passkey on your phone, computer or security key you sign in without a password, with two factors.")
    if not has_name:
        problem = problem or t(
            "A passkey belongs to a host name. Open Aantoonbaar by its name, not by an IP address, to add one."
        )
    return Page(t("Your passkeys"), lead, problem, ways={t("Back"): "/account"})


def _page_values(t: Language, held: list[passkeys.PasskeyRow], *, has_name: bool) -> dict[str, object]:
    rows = [
        {
            "id": row.id,
            "label": row.label,
            "remark": t("Added {at}, last used {used}", at=row.added_at, used=row.used_at)
            if row.used_at
            else t("Added {at}, not used yet", at=row.added_at),
        }
        for row in held
    ]
    return {
        "passkeys": rows,
        "empty": t("You have no passkeys yet."),
        "addable": has_name,
        "password": t("Current password"),
        "name": t("Name of the passkey"),
        "name_hint": t("For example the device that it is on."),
        "most": passkeys.LABEL_MAX,
        "add": t("Add a passkey"),
        "choose": t("Remove a passkey"),
        "remove": t("Remove and sign out elsewhere"),
        "nothing": t("No passkey was added: you cancelled, or this device already has one of yours."),
        "lacking": t("This browser does not support passkeys."),
    }


def _is_name(host: str) -> bool:
    """WebAuthn binds a key to a name, never to a number."""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


async def _script(_request: Request) -> Response:
    return FileResponse(TEMPLATES / "passkeys.js", media_type="text/javascript")
