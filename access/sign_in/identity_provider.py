"""The organisation's identity provider over HTTP: its metadata and keys, and the ID token for a code, verified.

OpenID Connect Core 1.0 (code flow), Discovery 1.0, PKCE with S256 (RFC 7636). Answers are bounded in size and time, and
no text of theirs is shown to anyone.
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

from access.errors import NotPossible, ProviderAnswerRejected, ProviderUnavailable
from locales import Text, text

ALGORITHMS = ("RS256", "ES256", "PS256")  # asymmetric only: not HS256 (keyed by the client secret), nor "none"
_CACHE_SECONDS = 3600  # seconds that metadata and keys are cached
_KEYS_INTERVAL = 60  # seconds before an unknown key makes us fetch the keys again
_RETRY_INTERVAL = 5  # seconds before a provider that did not answer is tried again
_STEP_TIMEOUT, _TOTAL_TIMEOUT = 5.0, 10.0  # seconds: for each step, for all of one answer
_MAX_BYTES = 262_144  # bytes of an answer
_CLOCK_LEEWAY = 60  # seconds
_MAX_TOKEN = 32_768  # characters of an ID token
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY_TYPES = {"RSA": RSAKey, "EC": ECKey}
_SCOPE = "openid email profile"
_CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "redirect_uri_mismatch"})
#: What reading an answer of an unexpected shape raises.
_SHAPE_ERRORS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)

Key = RSAKey | ECKey


class Provider:
    """One provider and our client there. `name`: on the button; `acr`: the `acr_values` to request, if set."""

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
                    "The issuer {issuer} is not an https address (http is allowed only on this machine itself).",
                    issuer=issuer,
                )
            )
        if not client_id:
            raise NotPossible(text("The identity provider needs a client id (AANTOONBAAR_OIDC_CLIENT_ID)."))
        self.issuer, self.name, self.acr = issuer, name or str(urlsplit(issuer).hostname), acr
        self._client_id, self._secret = client_id, client_secret
        self._clock, self._wall = clock, wall
        self._metadata: Mapping[str, Any] = {}
        self._metadata_at = self._keys_at = self._failed_at = float("-inf")
        self._keys: list[Key] = []

    async def authorization_url(self, state: str, nonce: str, verifier: str, redirect_uri: str) -> str:
        """The address to which the browser goes to sign in."""
        metadata = await self.metadata()
        extra = {"acr_values": self.acr} if self.acr else {}
        async with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce, **extra
            )
        return str(url)

    async def fetch_claims(self, code: str, nonce: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """The verified claims about the person who came back with this code.

        Raises `ProviderUnavailable` or `ProviderAnswerRejected`.
        """
        metadata = await self.metadata()
        with _translated_errors():
            async with self._client(redirect_uri, _client_authentication(metadata)) as client:
                with anyio.fail_after(_TOTAL_TIMEOUT):
                    answer = await client.fetch_token(
                        metadata["token_endpoint"], code=code, code_verifier=verifier, redirect_uri=redirect_uri
                    )
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > _MAX_TOKEN:
            raise ProviderAnswerRejected(
                text(
                    "The identity provider sent no ID token; "
                    "ask its administrator to register this product for OpenID Connect."
                )
            )
        return await self._verify(token, nonce)

    async def metadata(self) -> Mapping[str, Any]:
        """The provider's metadata from its well-known address (Discovery 1.0, 4); cached for an hour."""
        if self._clock() - self._metadata_at > _CACHE_SECONDS:
            answer = await self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if answer.get("issuer") != self.issuer:
                raise ProviderUnavailable(
                    text("The identity provider names another issuer than the one that is configured.")
                )
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not is_secure_address(answer.get(name)):
                    raise ProviderUnavailable(
                        text("The metadata of the identity provider have no https {name}.", name=name)
                    )
            self._metadata, self._metadata_at = answer, self._clock()
        return self._metadata

    def is_own_issuer(self, issuer: str | None) -> bool:
        """Whether the `iss` of an answer (RFC 9207) names this provider; it may be absent only if none was promised."""
        if issuer is None:
            return not self._metadata.get("authorization_response_iss_parameter_supported", False)
        return issuer == self.issuer

    # ── The ID token ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _verify(self, token: str, nonce: str) -> dict[str, Any]:
        """Verify signature, key, issuer, audience, authorised party, times and nonce (OpenID Connect Core, 3.1.3.7)."""
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
        audience, party, claimed_nonce = claims.get("aud"), claims.get("azp"), claims.get("nonce")
        audiences = audience if isinstance(audience, list) else [audience]
        return (
            claims.get("iss") == self.issuer
            and self._client_id in audiences
            and (party == self._client_id if party is not None else len(audiences) == 1)
            and isinstance(claimed_nonce, str)
            and hmac.compare_digest(claimed_nonce.encode("utf-8", "replace"), nonce.encode())
        )

    async def _key(self, kid: object, kind: str) -> Key:
        """The key of a token; for an unknown one the keys are fetched again, at most once a minute."""
        for again in (False, True):
            if again or self._clock() - self._keys_at > _CACHE_SECONDS:
                await self._fetch_keys()
            matching = [key for key in self._keys if key.key_type == kind and kid in (None, key.kid)]
            if len(matching) == 1:
                return matching[0]
        raise _token_rejected()

    async def _fetch_keys(self) -> None:
        if self._clock() - self._keys_at < _KEYS_INTERVAL:
            return
        fetched_at = self._clock()
        keys = (await self._get((await self.metadata())["jwks_uri"])).get("keys")
        self._keys = list(_signature_keys(keys if isinstance(keys, list) else []))
        self._keys_at = fetched_at

    # ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _get(self, address: str) -> dict[str, Any]:
        if self._clock() - self._failed_at < _RETRY_INTERVAL:
            raise _unavailable()
        try:
            with _translated_errors():
                async with self._client() as client:
                    with anyio.fail_after(_TOTAL_TIMEOUT):
                        answer = await client.request("GET", address, withhold_token=True)
                content = answer.raise_for_status().json()
                if not isinstance(content, dict):
                    raise _unavailable()
        except ProviderUnavailable:
            self._failed_at = self._clock()
            raise
        return content

    @asynccontextmanager
    async def _client(self, redirect_uri: str = "", authentication: str = "none") -> AsyncIterator[Any]:
        client = AsyncOAuth2Client(
            self._client_id,
            self._secret,
            token_endpoint_auth_method=authentication if self._secret else "none",
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=_STEP_TIMEOUT,
            headers={"accept-encoding": "identity"},
            event_hooks={"response": [_bound_response]},
        )
        async with client:
            yield client


def is_secure_address(address: object) -> bool:
    """Whether an address uses https; http only on this machine itself, as in tests."""
    try:
        parts = urlsplit(address) if isinstance(address, str) else None
    except ValueError:
        return False
    if parts is None or not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _client_authentication(metadata: Mapping[str, Any]) -> str:
    """How the secret is sent: in a header, or in the form to a provider that accepts only that."""
    methods = metadata.get("token_endpoint_auth_methods_supported")
    listed = methods if isinstance(methods, list) else []
    only_form = "client_secret_basic" not in listed and "client_secret_post" in listed
    return "client_secret_post" if only_form else "client_secret_basic"


def _signature_keys(keys: list[Any]) -> Iterator[Key]:
    """The public keys for signatures; keys of unknown types are left out."""
    for key in keys:
        if isinstance(key, dict) and key.get("kty") in _KEY_TYPES and key.get("use", "sig") == "sig":
            try:
                yield JWKRegistry.import_key(key)  # type: ignore[misc]
            except (JoseError, *_SHAPE_ERRORS):
                continue


class _BoundedStream(httpx2.AsyncByteStream):
    """The bytes of an answer, up to `_MAX_BYTES`."""

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
    """Bound the answer's size; refuses compressed ones, which we do not request and which could become any size."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _unavailable()
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _BoundedStream(response.stream)


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Turn what can go wrong between two machines into one of our two errors."""
    try:
        yield
    except AuthlibBaseError as error:
        if error.error in _CLIENT_ERRORS:
            raise ProviderUnavailable(
                text(
                    "The identity provider does not accept this product's client id or secret; "
                    "ask who runs this product to correct them."
                )
            ) from error
        raise ProviderAnswerRejected(text("The identity provider does not accept its own code.")) from error
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


_UNAVAILABLE: Text = text("The identity provider does not answer, or not correctly.")
_TOKEN_REJECTED: Text = text("The ID token is not valid for this product or for this sign-in.")
