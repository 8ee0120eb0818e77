"""The way to the organisation's identity provider and back: two addresses, reached from a link on the sign-in page.

It begins with a link and not with a form: browsers hold where a form's answer leads against `form-action 'self'`, and
beginning is harmless, since what comes back counts only in the browser that began. What binds the two (state, nonce,
PKCE verifier) travels in a cookie that only this product can read, for ten minutes.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.keys.encryption import NotDecrypted, decrypt, encrypt
from access.sign_in import password_sign_in, single_sign_on
from access.sign_in.identity_provider import Provider, ProviderAnswerRejected, ProviderUnavailable
from access.web.request_values import client_address, local_path, reader_language, run_in_thread
from access.web.sign_in_pages import Page, render_page
from access.web.sign_in_routes import SignInRoutes
from locales import Language, Text, text
from models.transaction import writing

BEGIN, CALLBACK = "/sign-in/oidc", "/sign-in/oidc/back"
PUBLIC_PATHS = frozenset({BEGIN, CALLBACK})
LIFETIME = timedelta(minutes=10)
_PURPOSE = "single sign-on: on the way"
_MAX_LENGTH = 8_192  # characters of a code, or of the cookie


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The provider, and what the organisation decided about those whom it sends."""

    provider: Provider
    rules: single_sign_on.SingleSignOnRules


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """One sign-in between going and coming back."""

    state: str
    nonce: str
    verifier: str
    back: str  # the redirect address, which the provider compares
    after: str
    until: float


@dataclass(frozen=True, slots=True)
class SingleSignOnRoutes:
    """The two routes. `single_sign_on`: None where no provider is set."""

    doors: SignInRoutes
    single_sign_on: Callable[[], SingleSignOn | None]

    def routes(self) -> list[Route]:
        return [Route(BEGIN, self.begin, methods=["GET"]), Route(CALLBACK, self.back, methods=["GET"])]  # and so HEAD

    async def begin(self, request: Request) -> Response:
        """To the provider; only when a person goes there, not when a page of another site loads it as a picture."""
        t = reader_language(request)
        with_whom = self.single_sign_on()
        if with_whom is None:
            return _problem_page(t, text("Single sign-on is not set up here."), 404)
        if request.method != "GET" or request.headers.get("sec-fetch-mode", "navigate") != "navigate":
            return _problem_page(t, text("Open this address in a window of its own."), 400)
        way = self._set_out(request)
        try:
            to = await with_whom.provider.address(way.state, way.nonce, way.verifier, way.back)
        except ProviderUnavailable as problem:
            return _unavailable_page(t, problem, with_whom.provider.name)
        gone = RedirectResponse(to, 303, {"cache-control": "no-store"})
        kept = encrypt(
            json.dumps({name: getattr(way, name) for name in PendingSignIn.__slots__}), self.doors.key(), _PURPOSE
        )
        gone.set_cookie(
            self.cookie,
            kept,
            max_age=int(LIFETIME.total_seconds()),
            path="/",
            secure=self.doors.secure,
            httponly=True,
            samesite="lax",
        )
        return gone

    def _set_out(self, request: Request) -> PendingSignIn:
        """The host is one that the gate lets through, and the one at which the browser keeps the cookie."""
        scheme = "https" if self.doors.secure else "http"
        return PendingSignIn(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            back=f"{scheme}://{request.headers.get('host', '')}{CALLBACK}",
            after=local_path(request.query_params.get("next", "/")),
            until=(datetime.now(UTC) + LIFETIME).timestamp(),
        )

    async def back(self, request: Request) -> Response:
        """What the provider sent the browser back with; whatever it is, the cookie has served."""
        t = reader_language(request)
        with_whom = self.single_sign_on()
        if with_whom is None:
            return _problem_page(t, text("Single sign-on is not set up here."), 404)
        if request.method != "GET":  # a HEAD, of whatever looks ahead, uses nothing up
            return _problem_page(t, text("Open this address in a window of its own."), 400)
        given = await self._outcome(t, with_whom, request)
        given.delete_cookie(self.cookie, path="/", secure=self.doors.secure, httponly=True, samesite="lax")
        return given

    async def _outcome(self, t: Language, with_whom: SingleSignOn, request: Request) -> Response:
        way = self._under_way(request)
        if way is None:
            said = text(
                "This answer belongs to no sign-in that began in this browser, or it took longer than ten minutes."
            )
            return _problem_page(t, said, 400)
        try:
            claims = await self._claims(with_whom.provider, way, request)
        except ProviderUnavailable as problem:
            return _unavailable_page(t, problem, with_whom.provider.name)
        except ProviderAnswerRejected as problem:
            await run_in_thread(lambda: self._refused(request))
            return _problem_page(t, problem.message, 401)
        outcome = await run_in_thread(lambda: self._signed_in(with_whom, claims, request))
        if isinstance(outcome, password_sign_in.Refused):
            return _problem_page(t, _refusal_message(with_whom.provider.name), 403)
        return self.doors.let_in(t, outcome, way.after)

    async def _claims(self, provider: Provider, way: PendingSignIn, request: Request) -> dict[str, object]:
        asked = request.query_params
        await provider.description()  # says whether an answer names its issuer
        if not provider.answers_as_itself(asked.get("iss")):
            raise ProviderAnswerRejected(
                text("The answer came from another identity provider than the one that was asked.")
            )
        code = asked.get("code", "")
        if "error" in asked or not 0 < len(code) <= _MAX_LENGTH:
            raise ProviderAnswerRejected(text("{name} did not sign you in.", name=provider.name))
        return await provider.claims(code, way.nonce, way.verifier, way.back)

    def _under_way(self, request: Request) -> PendingSignIn | None:
        """The sign-in that this browser began, if the answer has its state."""
        kept = request.cookies.get(self.cookie, "")
        if not 0 < len(kept) <= _MAX_LENGTH:
            return None
        try:
            way = PendingSignIn(**json.loads(decrypt(kept, self.doors.key(), _PURPOSE)))
        except (NotDecrypted, TypeError):  # of another key, or of another version of this product
            return None
        state = request.query_params.get("state", "").encode()
        in_time = datetime.now(UTC).timestamp() < way.until
        return way if in_time and hmac.compare_digest(state, way.state.encode()) else None

    def _signed_in(
        self, with_whom: SingleSignOn, claims: dict[str, object], request: Request
    ) -> password_sign_in.Outcome:
        agent, issuer = request.headers.get("user-agent", ""), with_whom.provider.issuer
        with writing(self.doors.engine(), visit=True) as (session, now):
            outcome = single_sign_on.sign_in(
                session, claims, issuer, with_whom.rules, client_address(request), agent, now
            )
            outcome = self.doors.in_place(session, outcome, request, now)
        self.doors.admissions.forget()  # roles may have changed
        return outcome

    def _refused(self, request: Request) -> None:
        with writing(self.doors.engine(), visit=True) as (session, now):
            single_sign_on.record_refusal(session, client_address(request), request.headers.get("user-agent", ""), now)

    @property
    def cookie(self) -> str:
        """With `__Host-` a browser takes it from this host over TLS only (RFC 6265bis, 4.1.3.2)."""
        return f"{self.doors.cookie}-sso"


def sign_in_link(t: Language, single_sign_on: SingleSignOn | None, after: str) -> dict[str, str]:
    """The link for the sign-in page, as its `ways` have it; none where no provider is set."""
    if single_sign_on is None:
        return {}
    return {t("Sign in with {name}", name=single_sign_on.provider.name): f"{BEGIN}?next={quote(after)}"}


def _refusal_message(name: str) -> Text:
    return text(
        "{name} knows you, but you cannot come in here: you need an account with your e-mail address, and a role. Ask "
        "a security officer; the login log says what is missing.",
        name=name,
    )


def _problem_page(t: Language, said: Text, status: int) -> Response:
    ways = {t("Begin again"): "/sign-in"}
    return render_page(t, Page(t("You are not signed in"), problem=t.render(said), ways=ways), status)


def _unavailable_page(t: Language, problem: ProviderUnavailable, name: str) -> Response:
    """Nothing that the person did: others can sign in with a password meanwhile, and someone must look."""
    lead = t(
        "{name} cannot be used at this moment. Try again in a minute, or sign in with a password if you have one. If "
        "it lasts, tell whoever runs this product what is said here.",
        name=name,
    )
    ways = {t("Sign in"): "/sign-in"}
    return render_page(t, Page(t("You are not signed in"), lead, t.render(problem.message), ways=ways), 503)
