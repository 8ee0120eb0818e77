"""What all routes before sign-in share: the database, the session's cookie, and the answer to an attempt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from access.people import sessions
from access.sign_in.outcomes import NeedsSecondFactor, Outcome, Refused, SignedIn
from access.sign_in.throttling import ThrottledAttempts
from access.web import sign_in_pages
from access.web.authentication import Admissions
from access.web.request_values import Value
from access.web.sign_in_pages import render_page
from locales import Language


@dataclass(frozen=True, slots=True)
class SignInContext:
    """`secret_key`: the key of stored secrets; `secure`: reached over TLS; `other_ways`: links beside the password."""

    engine: Callable[[], Engine]
    admissions: Admissions
    secret_key: Callable[[], bytes]
    secure: bool = False
    other_ways: Callable[[Language, str], Mapping[str, str]] = lambda _t, _after: {}
    throttled_attempts: ThrottledAttempts = field(default_factory=ThrottledAttempts)

    @property
    def cookie(self) -> str:
        """The cookie's name; a browser accepts `__Host-` from this host over TLS only (RFC 6265bis, 4.1.3.2)."""
        return "__Host-aantoonbaar" if self.secure else "aantoonbaar"

    def set_cookie(self, response: Response, token: str) -> Response:
        """The response, which signs the browser in."""
        response.set_cookie(self.cookie, token, path="/", secure=self.secure, httponly=True, samesite="lax")
        return response

    def delete_cookie(self, response: Response) -> Response:
        """The response, which signs the browser out and clears what it stored."""
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="lax")
        response.headers["clear-site-data"] = '"cache", "storage"'
        return response

    def count_throttled(self, outcome: Value) -> Value:
        """The outcome; counts the attempt if it had to wait, since such an attempt is not logged one by one."""
        if isinstance(outcome, Refused) and outcome.throttled:
            self.throttled_attempts.count(outcome.throttled)
        return outcome

    def end_previous_session(self, session: Session, outcome: Outcome, request: Request, now: datetime) -> Outcome:
        """The outcome; a sign-in ends the session that this browser had (ASVS 5.0, 7.2.4)."""
        if isinstance(outcome, SignedIn):
            sessions.end(session, sessions.digest(request.cookies.get(self.cookie, "")), now)
        return outcome

    def respond(self, t: Language, outcome: Outcome, after: str, email: str = "") -> Response:
        """The response to an attempt: the cookie, the question for a code, or the sign-in page with the reason."""
        if isinstance(outcome, SignedIn):
            return self.set_cookie(RedirectResponse(after, 303), outcome.token)
        if isinstance(outcome, NeedsSecondFactor):
            return render_page(t, sign_in_pages.code_page(t, outcome.ticket, after))
        problem = sign_in_pages.refusal(t, outcome)
        page = sign_in_pages.sign_in_page(t, after, problem, email, ways=self.other_ways(t, after))
        return refusal_response(t, page, outcome)


def refusal_response(t: Language, page: sign_in_pages.Page, refused: Refused) -> Response:
    """The page with status 401, or 429 and `Retry-After` (seconds) where the attempt has to wait."""
    response = render_page(t, page, 429 if refused.wait_seconds else 401)
    if refused.wait_seconds:
        response.headers["retry-after"] = str(refused.wait_seconds)
    return response
