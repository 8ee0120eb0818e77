"""A single sign-on between leaving for the identity provider and coming back: encrypted in a cookie of the browser."""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from access.errors import NotDecrypted
from access.keys.encryption import decrypt, encrypt

LIFETIME = timedelta(minutes=10)
_PURPOSE = "single sign-on: on the way"
_MAX_LENGTH = 8_192  # characters of the cookie


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """What binds the answer to the browser: state, nonce, PKCE verifier; and `after`: the page to go to."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str  # the provider compares it
    after: str
    until: float  # POSIX seconds

    def to_cookie(self, secret_key: bytes) -> str:
        """The cookie's value."""
        return encrypt(json.dumps(asdict(self)), secret_key, _PURPOSE)


def begin(redirect_uri: str, after: str, now: datetime) -> PendingSignIn:
    """A new sign-in with random values, good for `LIFETIME`."""
    return PendingSignIn(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
        after=after,
        until=(now + LIFETIME).timestamp(),
    )


def from_cookie(cookie: str, state: str, secret_key: bytes, now: datetime) -> PendingSignIn | None:
    """The sign-in that this browser began; None if there is none, it expired, or the answer has another state."""
    if not 0 < len(cookie) <= _MAX_LENGTH:
        return None
    try:
        pending = PendingSignIn(**json.loads(decrypt(cookie, secret_key, _PURPOSE)))
    except (NotDecrypted, TypeError):  # of another key, or of another version of this product
        return None
    has_state = hmac.compare_digest(state.encode(), pending.state.encode())
    return pending if now.timestamp() < pending.until and has_state else None
