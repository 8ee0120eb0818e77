"""What the gate tells a program that it does not let in: RFC 9457, in the program's language."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Scope

from locales import Text, text
from locales.preference import preferred

RETRY_AFTER = 30  # seconds
UNREACHABLE = text("The database is busy or can't be reached; try again.")


def not_signed_in(scope: Scope, *, token: bool) -> JSONResponse:
    """401, with what to send (RFC 6750). `token`: one was sent; whether it ever was one is not said."""
    if token:
        said = text("The API token is not in force: it is unknown, over or revoked, or its person's account has ended.")
        return _problem(scope, 401, "not-signed-in", text("Sign in first"), said, 'Bearer error="invalid_token"')
    said = text("Send an API token that is in force: Authorization: Bearer aan_…, or sign in in a browser.")
    return _problem(scope, 401, "not-signed-in", text("Sign in first"), said, "Bearer")


def action_required(scope: Scope, where: str) -> JSONResponse:
    """403: an agreement must be accepted, or a second factor be set up, by the person themselves."""
    said = text("Sign in in a browser and open {where} first.", where=where)
    return _problem(scope, 403, "not-yet", text("Something must be done first"), said)


def refused(scope: Scope, reason: str) -> JSONResponse:
    """403: another address, or another site's request."""
    return _problem(scope, 403, "refused", text("Not allowed"), reason)


def unavailable(scope: Scope, reason: Text) -> JSONResponse:
    """503: the database can't be written or reached now; when to try again."""
    answer = _problem(scope, 503, "cannot-write", text("Not available now"), reason)
    answer.headers["retry-after"] = str(RETRY_AFTER)
    return answer


def _problem(
    scope: Scope, status: int, kind: str, title: Text, detail: Text | str, challenge: str = ""
) -> JSONResponse:
    t = preferred(Headers(scope=scope).get("accept-language", ""))
    body = {
        "type": f"urn:aantoonbaar:problem:{kind}",
        "title": t.render(title),
        "status": status,
        "detail": t.render(detail),
        "instance": scope["path"],
    }
    headers = {"content-language": t.code, **({"www-authenticate": challenge} if challenge else {})}
    return JSONResponse(body, status, headers, "application/problem+json")
