"""The answers to a program that is refused: problem details (RFC 9457), in the program's language."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Scope

from locales import Text, text
from locales.preference import preferred

RETRY_AFTER = 30  # seconds
UNREACHABLE = text("The database is busy or can't be reached; try again.")


def not_signed_in(scope: Scope, *, token: bool) -> JSONResponse:
    """401, with what to send (RFC 6750). `token`: one was sent; the answer does not say whether it ever was valid."""
    if token:
        detail = text(
            "The API token is not valid: it is unknown, expired or revoked, or its owner's account has ended."
        )
        return _problem(scope, 401, "not-signed-in", text("Sign in first"), detail, 'Bearer error="invalid_token"')
    detail = text("Send a valid API token (Authorization: Bearer aan_…), or sign in with a browser.")
    return _problem(scope, 401, "not-signed-in", text("Sign in first"), detail, "Bearer")


def action_required(scope: Scope, path: str) -> JSONResponse:
    """403: the person must first accept an agreement or set up a second factor; `path`: where."""
    detail = text("Sign in with a browser and open {path} first.", path=path)
    return _problem(scope, 403, "not-yet", text("Something must be done first"), detail)


def refused(scope: Scope, reason: str) -> JSONResponse:
    """403: the request came to another address, or from another site."""
    return _problem(scope, 403, "refused", text("Not allowed"), reason)


def unavailable(scope: Scope, reason: Text) -> JSONResponse:
    """503 with `Retry-After`: the database can't be written or reached now."""
    response = _problem(scope, 503, "cannot-write", text("Not available now"), reason)
    response.headers["retry-after"] = str(RETRY_AFTER)
    return response


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
