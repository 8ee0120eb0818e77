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
from access.sign_in.login_log import EXPIRED, LOCKED
from access.web import sign_in_pages
from access.web.authentication import Admission
from access.web.request_values import address, language, on_a_thread, own_address, read_form, site, who
from access.web.sign_in_pages import PAGES, Page, answer
from access.web.sign_in_routes import SignInRoutes
from locales import Language, Problem
from models.calendar import calendar_of
from models.transaction import reading, writing

#: What a stranger reaches; the gate lets nobody else further.
OPEN = frozenset({"/sign-in/passkey", "/passkeys.js"})


@dataclass(frozen=True, slots=True)
class PasskeyRoutes:
    """The routes of passkeys, beside the others outside Streamlit."""

    doors: SignInRoutes

    def routes(self) -> list[Route]:
        return [
            Route("/sign-in/passkey", self.enter, methods=["GET", "POST"]),
            Route("/passkeys", self.own, methods=["GET", "POST"]),
            Route("/passkeys/begin", self.begin, methods=["POST"]),
            Route("/passkeys.js", _script),
        ]

    # ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def enter(self, request: Request) -> Response:
        """Without an answer: what to ask of the device. With one: in, or the page of signing in with why not."""
        if request.method != "POST":
            return RedirectResponse("/sign-in", 303)
        t, form = language(request), await read_form(request)
        if not form.get("answer"):
            return _options(await on_a_thread(lambda: self._begin_sign_in(request)))
        after = own_address(form.get("next", "/"))
        outcome = await on_a_thread(lambda: self._sign_in(form["answer"], request))
        if isinstance(outcome, password_sign_in.Refused):
            return _refused(t, outcome, after)
        return self.doors.let_in(t, outcome, after)

    def _begin_sign_in(self, request: Request) -> str:
        rp_id, _ = site(request, secure=self.doors.secure)
        with writing(self.doors.engine(), visit=True) as (session, now):
            return passkeys.begin_sign_in(session, rp_id, now, address(request))

    def _sign_in(self, given: str, request: Request) -> password_sign_in.Outcome:
        asked, agent = site(request, secure=self.doors.secure), request.headers.get("user-agent", "")
        with writing(self.doors.engine(), visit=True) as (session, now):
            outcome = passkeys.sign_in(session, given, *asked, address(request), agent, now)
            return self.doors.counted(self.doors.in_place(session, outcome, request, now))

    # ── A person's own ───────────────────────────────────────────────────────────────────────────────────────────────

    async def own(self, request: Request) -> Response:
        """Those there are; one more, or one fewer."""
        if request.method != "POST":
            return await self._page(request)
        form = await read_form(request)
        try:
            refused = await on_a_thread(lambda: self._change(who(request), form, request))
        except Problem as problem:
            return await self._page(request, language(request).render(problem.message), 422)
        if refused is not None:
            return await self._page(request, sign_in_pages.not_oneself(language(request), refused), 401)
        return RedirectResponse("/passkeys", 303)

    async def begin(self, request: Request) -> Response:
        """What to ask of the device that is to make one; for whoever knows the password of the account too."""
        t, form = language(request), await read_form(request)
        try:
            given = await on_a_thread(lambda: self._begin_adding(who(request), form.get("password", ""), request))
        except Problem as problem:
            return JSONResponse({"problem": t.render(problem.message)}, 422)
        if isinstance(given, password_sign_in.Refused):
            return JSONResponse({"problem": sign_in_pages.not_oneself(t, given)}, 401)
        return _options(given)

    async def _page(self, request: Request, problem: str = "", status: int = 200) -> Response:
        t = language(request, calendar_of(self.doors.engine()).zone)
        held = await on_a_thread(lambda: self._listed(who(request)))
        named = _is_name(site(request, secure=self.doors.secure)[0])
        return answer(t, _own_page(t, problem, named=named), status, "passkeys.html", **_words(t, held, named=named))

    def _listed(self, of: Admission) -> list[passkeys.PasskeyRow]:
        with reading(self.doors.engine()) as session:
            return passkeys.listed(session, of.person)

    def _begin_adding(self, of: Admission, password: str, request: Request) -> str | password_sign_in.Refused:
        """Whoever finds a browser open cannot give themselves a way in: it asks for the password."""
        rp_id, _ = site(request, secure=self.doors.secure)
        where, agent = address(request), request.headers.get("user-agent", "")
        with writing(self.doors.engine()) as (session, now):
            refused = password_sign_in.confirm_oneself(session, of.person, password, where, agent, now)
            return self.doors.counted(refused) or passkeys.begin_adding(session, of.person, rp_id, now)

    def _change(self, of: Admission, form: dict[str, str], request: Request) -> password_sign_in.Refused | None:
        if form.get("answer"):
            self._add(of, form, request)
            return None
        return self._remove(of, form, request)

    def _add(self, of: Admission, form: dict[str, str], request: Request) -> None:
        asked = site(request, secure=self.doors.secure)
        with writing(self.doors.engine()) as (session, now):
            passkeys.add(session, of.person, form["answer"], form.get("label", ""), *asked, now)

    def _remove(self, of: Admission, form: dict[str, str], request: Request) -> password_sign_in.Refused | None:
        """As the second factor: with the password, and whoever came in with it elsewhere is out."""
        where, agent = address(request), request.headers.get("user-agent", "")
        number = form.get("passkey", "")
        with writing(self.doors.engine()) as (session, now):
            refused = password_sign_in.confirm_oneself(session, of.person, form.get("password", ""), where, agent, now)
            if refused is None:
                known = number.isascii() and number.isdigit() and len(number) < 10  # noqa: PLR2004 - digits of an id
                passkeys.remove(session, of.person, int(number) if known else 0, now)
                sessions.end_all(session, of.person.account, now, of.session)
        self.doors.admissions.forget()
        return self.doors.counted(refused)


def _options(given: str) -> Response:
    return Response(given, media_type="application/json", headers={"cache-control": "no-store"})


def _refused(t: Language, outcome: password_sign_in.Refused, after: str) -> Response:
    page = answer(t, sign_in_pages.sign_in_page(t, after, _refusal(t, outcome)), 429 if outcome.wait_seconds else 401)
    if outcome.wait_seconds:
        page.headers["retry-after"] = str(outcome.wait_seconds)
    return page


def _refusal(t: Language, refused: password_sign_in.Refused) -> str:
    if refused.reason == LOCKED:
        return sign_in_pages.refusal(t, refused)
    if refused.reason == EXPIRED:
        return t("It took too long: try your passkey again.")
    return t("This passkey does not let you in. Sign in with your password, or ask who manages the accounts.")


def _own_page(t: Language, problem: str, *, named: bool) -> Page:
    lead = t("A passkey on your telephone, computer or security key signs you in without a password, as two factors.")
    if not named:
        problem = problem or t(
            "A passkey belongs to a name. Open the product by its name, not by a number, to add one."
        )
    return Page(t("Your passkeys"), lead, problem, ways={t("Back"): "/account"})


def _words(t: Language, held: list[passkeys.PasskeyRow], *, named: bool) -> dict[str, object]:
    rows = [
        {
            "id": one.id,
            "label": one.label,
            "remark": t("Added {at}, last used {used}", at=one.added_at, used=one.used_at)
            if one.used_at
            else t("Added {at}, not used yet", at=one.added_at),
        }
        for one in held
    ]
    return {
        "passkeys": rows,
        "empty": t("You have no passkeys yet."),
        "addable": named,
        "password": t("Password now"),
        "name": t("Name of the passkey"),
        "name_hint": t("Such as the device that it is on."),
        "most": passkeys.LABEL,
        "add": t("Add a passkey"),
        "choose": t("Remove a passkey"),
        "remove": t("Remove it; sign out elsewhere"),
        "nothing": t("No passkey was made: it was stopped, or this device holds one of yours already."),
        "lacking": t("This browser knows no passkeys."),
    }


def _is_name(host: str) -> bool:
    """WebAuthn binds a key to a name, never to a number."""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


async def _script(_request: Request) -> Response:
    return FileResponse(PAGES / "passkeys.js", media_type="text/javascript")
