"""To the organisation's identity provider and back: two addresses, reached from a link on the sign-in page.

It begins with a link and not with a form, since browsers refuse a form whose answer redirects outside
`form-action 'self'`; beginning is harmless, since what comes back counts only in the browser that began. What binds
the two (state, nonce, PKCE verifier) is kept in an encrypted cookie for ten minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from access.errors import ProviderAnswerRejected, ProviderUnavailable
from access.sign_in import pending_sign_in, single_sign_on
from access.sign_in.identity_provider import Provider
from access.sign_in.outcomes import Outcome, Refused
from access.sign_in.pending_sign_in import LIFETIME, PendingSignIn
from access.web.request_values import client_of, local_path, reader_language, run_in_thread
from access.web.sign_in_context import SignInContext
from access.web.sign_in_pages import Page, render_page
from locales import Language, Text, text
from models.transaction import writing

BEGIN, CALLBACK = "/sign-in/oidc", "/sign-in/oidc/back"
PUBLIC_PATHS = frozenset({BEGIN, CALLBACK})
_MAX_CODE = 8_192  # characters


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The configured provider, and the organisation's settings for people who sign in through it."""

    provider: Provider
    rules: single_sign_on.SingleSignOnRules


@dataclass(frozen=True, slots=True)
class SingleSignOnRoutes:
    """The two routes. `single_sign_on`: None where no provider is set."""

    context: SignInContext
    single_sign_on: Callable[[], SingleSignOn | None]

    def routes(self) -> list[Route]:
        return [Route(BEGIN, self.begin, methods=["GET"]), Route(CALLBACK, self.callback, methods=["GET"])]  # HEAD too

    async def begin(self, request: Request) -> Response:
        """Redirect to the provider; only when a person navigates, not when another site loads this as an image."""
        t = reader_language(request)
        configured = self.single_sign_on()
        if configured is None:
            return _problem_page(t, text("Single sign-on is not configured."), 404)
        if request.method != "GET" or request.headers.get("sec-fetch-mode", "navigate") != "navigate":
            return _problem_page(t, text("Open this address in its own window."), 400)
        pending = self._new_pending(request)
        try:
            address = await configured.provider.authorization_url(
                pending.state, pending.nonce, pending.verifier, pending.redirect_uri
            )
        except ProviderUnavailable as problem:
            return _unavailable_page(t, problem, configured.provider.name)
        response = RedirectResponse(address, 303, {"cache-control": "no-store"})
        response.set_cookie(
            self.cookie,
            pending.to_cookie(self.context.secret_key()),
            max_age=int(LIFETIME.total_seconds()),
            path="/",
            secure=self.context.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    def _new_pending(self, request: Request) -> PendingSignIn:
        """A new sign-in; its host is one that the middleware lets through, at which the browser keeps the cookie."""
        scheme = "https" if self.context.secure else "http"
        redirect_uri = f"{scheme}://{request.headers.get('host', '')}{CALLBACK}"
        after = local_path(request.query_params.get("next", "/"))
        return pending_sign_in.begin(redirect_uri, after, datetime.now(UTC))

    async def callback(self, request: Request) -> Response:
        """Take the provider's answer; whatever it is, the cookie is deleted."""
        t = reader_language(request)
        configured = self.single_sign_on()
        if configured is None:
            return _problem_page(t, text("Single sign-on is not configured."), 404)
        if request.method != "GET":  # a HEAD, as of a link preview, uses nothing up
            return _problem_page(t, text("Open this address in its own window."), 400)
        response = await self._answer(t, configured, request)
        response.delete_cookie(self.cookie, path="/", secure=self.context.secure, httponly=True, samesite="lax")
        return response

    async def _answer(self, t: Language, configured: SingleSignOn, request: Request) -> Response:
        pending = self._find_pending(request)
        if pending is None:
            message = text("This sign-in did not start in this browser, or it took longer than ten minutes.")
            return _problem_page(t, message, 400)
        try:
            claims = await self._claims(configured.provider, pending, request)
        except ProviderUnavailable as problem:
            return _unavailable_page(t, problem, configured.provider.name)
        except ProviderAnswerRejected as problem:
            await run_in_thread(lambda: self._record_refusal(request))
            return _problem_page(t, problem.message, 401)
        outcome = await run_in_thread(lambda: self._sign_in(configured, claims, request))
        if isinstance(outcome, Refused):
            return _problem_page(t, _refusal_message(configured.provider.name), 403)
        return self.context.respond(t, outcome, pending.after)

    async def _claims(self, provider: Provider, pending: PendingSignIn, request: Request) -> dict[str, object]:
        query = request.query_params
        await provider.metadata()  # says whether an answer names its issuer
        if not provider.is_own_issuer(query.get("iss")):
            raise ProviderAnswerRejected(text("The answer came from a different identity provider."))
        code = query.get("code", "")
        if "error" in query or not 0 < len(code) <= _MAX_CODE:
            raise ProviderAnswerRejected(
                text(
                    "{name} did not sign you in. Try again; if it stays so, ask its administrator.", name=provider.name
                )
            )
        return await provider.fetch_claims(code, pending.nonce, pending.verifier, pending.redirect_uri)

    def _find_pending(self, request: Request) -> PendingSignIn | None:
        cookie, state = request.cookies.get(self.cookie, ""), request.query_params.get("state", "")
        return pending_sign_in.from_cookie(cookie, state, self.context.secret_key(), datetime.now(UTC))

    def _sign_in(self, configured: SingleSignOn, claims: dict[str, object], request: Request) -> Outcome:
        issuer = configured.provider.issuer
        with writing(self.context.engine(), visit=True) as (session, now):
            outcome = single_sign_on.sign_in(session, claims, issuer, configured.rules, *client_of(request), now)
            outcome = self.context.count_throttled(self.context.end_previous_session(session, outcome, request, now))
        self.context.admissions.forget()  # roles may have changed
        return outcome

    def _record_refusal(self, request: Request) -> None:
        with writing(self.context.engine(), visit=True) as (session, now):
            self.context.count_throttled(single_sign_on.record_refusal(session, *client_of(request), now))

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds the pending sign-in."""
        return f"{self.context.cookie}-sso"


def sign_in_link(t: Language, single_sign_on: SingleSignOn | None, after: str) -> dict[str, str]:
    """The link on the sign-in page, label → address; none where no provider is configured."""
    if single_sign_on is None:
        return {}
    return {t("Sign in with {name}", name=single_sign_on.provider.name): f"{BEGIN}?next={quote(after)}"}


def _refusal_message(name: str) -> Text:
    return text(
        "{name} recognised you, but you have no access here: you need an account with your e-mail address, and a role. "
        "Ask a security officer; the login log says what is missing.",
        name=name,
    )


def _problem_page(t: Language, message: Text, status: int) -> Response:
    ways = {t("Start again"): "/sign-in"}
    return render_page(t, Page(t("You are not signed in"), problem=t.render(message), ways=ways), status)


def _unavailable_page(t: Language, problem: ProviderUnavailable, name: str) -> Response:
    """Not the person's fault: says to use a password meanwhile, and whom to tell."""
    lead = t(
        "{name} is not available now. Try again in a minute, or sign in with a password if you have one. If it "
        "continues, pass this message on to the administrator.",
        name=name,
    )
    ways = {t("Sign in"): "/sign-in"}
    return render_page(t, Page(t("You are not signed in"), lead, t.render(problem.message), ways=ways), 503)
