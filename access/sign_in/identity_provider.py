"""The organisation's identity provider, over HTTP: its description and keys, a code for an ID token, the token checked.

OpenID Connect Core 1.0 (code flow), Discovery 1.0, PKCE with S256 (RFC 7636). Answers of strangers are small and quick
or are not read; nothing of what they say in words is shown to anyone.
"""

import hmac
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx2
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from access.errors import AccessProblem, NotPossible
from locales import Text, text

ALGORITHMS = ("RS256", "ES256", "PS256")  # public keys only: with HS256 the client secret would be one, "none" is none
_CACHE_SECONDS = 3600  # seconds that a description and keys are believed
_KEYS_INTERVAL = 60  # seconds before an unknown key makes us ask again
_RETRY_INTERVAL = 5  # seconds before a provider that did not answer is asked again
_STEP_TIMEOUT, _TOTAL_TIMEOUT = 5.0, 10.0  # seconds: for each step, for all of one answer
_MAX_BYTES = 262_144  # bytes of an answer
_CLOCK_LEEWAY = 60  # seconds
_MAX_TOKEN = 32_768  # characters of an ID token
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY_TYPES = {"RSA": RSAKey, "EC": ECKey}
_SCOPE = "openid email profile"
_CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "redirect_uri_mismatch"})
#: What reading something raises that has another shape than was agreed.
_SHAPE_ERRORS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)

Key = RSAKey | ECKey


class ProviderUnavailable(AccessProblem):
    """The provider does not answer, or answers nothing that can be used: who is waiting can try later."""


class ProviderAnswerRejected(AccessProblem):
    """What came back is not an answer of this provider to this question; the attempt is over."""


class Provider:
    """One provider and how it knows us. `name`: as on the button. `acr`: what is asked for, where it is set."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        name: str = "",
        acr: str = "",
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        if not is_secure_address(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
            raise NotPossible(
                text(
                    "The issuer {issuer} is no https address (only on this machine itself may it be http).",
                    issuer=issuer,
                )
            )
        if not client_id:
            raise NotPossible(text("The identity provider needs a client id (AANTOONBAAR_OIDC_CLIENT_ID)."))
        self.issuer, self.name, self.acr = issuer, name or str(urlsplit(issuer).hostname), acr
        self._client_id, self._secret = client_id, client_secret
        self._clock, self._wall = clock, wall
        self._description: Mapping[str, Any] = {}
        self._described = self._keyed = self._failed = float("-inf")
        self._keys: list[Key] = []

    async def address(self, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where the browser goes to sign in."""
        description = await self.description()
        extra = {"acr_values": self.acr} if self.acr else {}
        async with self._client(back) as client:
            address, _ = client.create_authorization_url(
                description["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce, **extra
            )
        return str(address)

    async def claims(self, code: str, nonce: str, verifier: str, back: str) -> dict[str, Any]:
        """What the provider says of the person who came back with this code."""
        description = await self.description()
        with _translated_errors():
            async with self._client(back, _client_authentication(description)) as client:
                with anyio.fail_after(_TOTAL_TIMEOUT):
                    answer = await client.fetch_token(
                        description["token_endpoint"], code=code, code_verifier=verifier, redirect_uri=back
                    )
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > _MAX_TOKEN:
            raise ProviderAnswerRejected(text("The identity provider sent no ID token."))
        return await self._checked(token, nonce)

    async def description(self) -> Mapping[str, Any]:
        """The provider's own, from its well-known address; believed for an hour."""
        if self._clock() - self._described > _CACHE_SECONDS:
            found = await self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise ProviderUnavailable(
                    text("The identity provider names itself otherwise than its issuer is set here.")
                )
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not is_secure_address(found.get(name)):
                    raise ProviderUnavailable(
                        text("The identity provider's description has no https {name}.", name=name)
                    )
            self._description, self._described = found, self._clock()
        return self._description

    def answers_as_itself(self, issuer: str | None) -> bool:
        """The `iss` of an answer (RFC 9207) names this provider; it may be absent only where none was promised."""
        if issuer is None:
            return not self._description.get("authorization_response_iss_parameter_supported", False)
        return issuer == self.issuer

    # ── The ID token ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """OpenID Connect Core, 3.1.3.7: signature and key, issuer, audience, authorised party, times, nonce."""
        with _rejected_token_errors():
            header = jws.extract_compact(token.encode()).headers()
            key = await self._key(header.get("kid"), "EC" if header.get("alg") == "ES256" else "RSA")
            claims = jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
            times = jwt.JWTClaimsRegistry(
                now=int(self._wall()), leeway=_CLOCK_LEEWAY, exp={"essential": True}, iat={"essential": True}
            )
            times.validate(claims)
        if not self._is_ours(claims, nonce):
            raise _token_rejected()
        return claims

    def _is_ours(self, claims: Mapping[str, Any], nonce: str) -> bool:
        audience, party, given = claims.get("aud"), claims.get("azp"), claims.get("nonce")
        audiences = audience if isinstance(audience, list) else [audience]
        return (
            claims.get("iss") == self.issuer
            and self._client_id in audiences
            and (party == self._client_id if party is not None else len(audiences) == 1)
            and isinstance(given, str)
            and hmac.compare_digest(given.encode("utf-8", "replace"), nonce.encode())
        )

    async def _key(self, kid: object, kind: str) -> Key:
        """The key of a token; unknown ones are asked for again, at most once a minute."""
        for again in (False, True):
            if again or self._clock() - self._keyed > _CACHE_SECONDS:
                await self._fetch_keys()
            fitting = [key for key in self._keys if key.key_type == kind and kid in (None, key.kid)]
            if len(fitting) == 1:
                return fitting[0]
        raise _token_rejected()

    async def _fetch_keys(self) -> None:
        if self._clock() - self._keyed < _KEYS_INTERVAL:
            return
        asked = self._clock()
        found = (await self._get((await self.description())["jwks_uri"])).get("keys")
        self._keys = list(_signature_keys(found if isinstance(found, list) else []))
        self._keyed = asked

    # ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _get(self, address: str) -> dict[str, Any]:
        if self._clock() - self._failed < _RETRY_INTERVAL:
            raise _unavailable()
        try:
            with _translated_errors():
                async with self._client() as client:
                    with anyio.fail_after(_TOTAL_TIMEOUT):
                        answer = await client.request("GET", address, withhold_token=True)
                found = answer.raise_for_status().json()
                if not isinstance(found, dict):
                    raise _unavailable()
        except ProviderUnavailable:
            self._failed = self._clock()
            raise
        return found

    @asynccontextmanager
    async def _client(self, back: str = "", way: str = "none") -> AsyncIterator[Any]:
        client = AsyncOAuth2Client(
            self._client_id,
            self._secret,
            token_endpoint_auth_method=way if self._secret else "none",
            scope=_SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_STEP_TIMEOUT,
            headers={"accept-encoding": "identity"},
            event_hooks={"response": [_bound_response]},
        )
        async with client:
            yield client


def is_secure_address(address: object) -> bool:
    """An address of TLS; without TLS only on this machine itself, as in tests."""
    try:
        parts = urlsplit(address) if isinstance(address, str) else None
    except ValueError:
        return False
    if parts is None or not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _client_authentication(description: Mapping[str, Any]) -> str:
    """How the secret is sent: in a header, or in the form for a provider that takes only that."""
    ways = description.get("token_endpoint_auth_methods_supported")
    form_only = isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways
    return "client_secret_post" if form_only else "client_secret_basic"


def _signature_keys(keys: list[Any]) -> Iterator[Key]:
    """The public keys for signatures; what we do not know is of no use to us, and hinders nobody."""
    for one in keys:
        if isinstance(one, dict) and one.get("kty") in _KEY_TYPES and one.get("use", "sig") == "sig":
            try:
                yield JWKRegistry.import_key(one)  # type: ignore[misc]
            except (JoseError, *_SHAPE_ERRORS):
                continue


class _BoundedStream(httpx2.AsyncByteStream):
    """An answer's bytes, up to as many as any answer of a provider has."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _MAX_BYTES
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise _unavailable()
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound_response(response: httpx2.Response) -> None:
    """Compressed answers were not asked for, and could be of any size."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _unavailable()
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _BoundedStream(response.stream)


@contextmanager
def _translated_errors() -> Iterator[None]:
    """What can go wrong between two machines, as one of our two problems."""
    try:
        yield
    except AuthlibBaseError as error:
        if error.error in _CLIENT_ERRORS:
            raise ProviderUnavailable(
                text("The identity provider does not accept this product's client id or secret.")
            ) from error
        raise ProviderAnswerRejected(
            text("The identity provider does not accept the code that it gave before.")
        ) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, TimeoutError, *_SHAPE_ERRORS) as error:
        raise _unavailable() from error


@contextmanager
def _rejected_token_errors() -> Iterator[None]:
    try:
        yield
    except (JoseError, *_SHAPE_ERRORS) as error:
        raise _token_rejected() from error


def _unavailable() -> ProviderUnavailable:
    return ProviderUnavailable(_UNAVAILABLE)


def _token_rejected() -> ProviderAnswerRejected:
    return ProviderAnswerRejected(_TOKEN_REJECTED)


_UNAVAILABLE: Text = text("The identity provider does not answer, or not as one.")
_TOKEN_REJECTED: Text = text("The ID token is not one that this identity provider gave to this product just now.")
