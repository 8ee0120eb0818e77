"""Responses of an authenticator to a challenge (WebAuthn): read and verified by the `webauthn` library.

The JSON, CBOR, keys and signatures are a stranger's. Whatever is wrong with a response, the result is None: the
library's parsers have errors of their own, and nobody is told which it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)

_MAX_LENGTH = 16_384  # characters: several times what an authenticator sends
_MAX_CREDENTIAL = 1_023  # bytes of an id at most (WebAuthn, 7.1)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PasskeyResponse:
    """A response that is not verified yet: credential id, challenge, and the account that it names (user handle)."""

    json: str
    credential: str
    challenge: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key (base64url), and how often the device says that it was used."""

    public_key: str
    sign_count: int


def read_registration(response_json: str) -> PasskeyResponse | None:
    """The response of a device that made a key; None if it cannot be read."""
    return _read(response_json, _registration)


def read_authentication(response_json: str) -> PasskeyResponse | None:
    """The response of a device that used a key; None if it cannot be read."""
    return _read(response_json, _authentication)


def verify_registration(response: PasskeyResponse, rp_id: str, origin: str) -> PublicKey | None:
    """The key if it was made for this site and the device verified its user, else None (WebAuthn, 7.1)."""
    return _none_if_invalid(lambda: _verify_registration(response, rp_id, origin))


def verify_authentication(response: PasskeyResponse, key: PublicKey, rp_id: str, origin: str) -> int | None:
    """How often the key was used; None if the response is not right (WebAuthn, 7.2) or a copy was used."""
    return _none_if_invalid(lambda: _verify_authentication(response, key, rp_id, origin))


def _verify_registration(response: PasskeyResponse, rp_id: str, origin: str) -> PublicKey | None:
    verified = verify_registration_response(
        credential=response.json,
        expected_challenge=base64url_to_bytes(response.challenge),
        expected_rp_id=rp_id,
        expected_origin=origin,
        require_user_verification=True,
    )
    # the id that is stored is the one that the device signed; the browser's own copy must be equal
    credential = verified.credential_id
    if len(credential) > _MAX_CREDENTIAL or bytes_to_base64url(credential) != response.credential:
        return None
    return PublicKey(bytes_to_base64url(verified.credential_public_key), verified.sign_count)


def _verify_authentication(response: PasskeyResponse, key: PublicKey, rp_id: str, origin: str) -> int:
    return verify_authentication_response(
        credential=response.json,
        expected_challenge=base64url_to_bytes(response.challenge),
        expected_rp_id=rp_id,
        expected_origin=origin,
        credential_public_key=base64url_to_bytes(key.public_key),
        credential_current_sign_count=key.sign_count,
        require_user_verification=True,
    ).new_sign_count


def _registration(response_json: str) -> PasskeyResponse:
    credential = parse_registration_credential_json(response_json)
    challenge = _challenge(credential.response.client_data_json)
    return PasskeyResponse(response_json, bytes_to_base64url(credential.raw_id), challenge)


def _authentication(response_json: str) -> PasskeyResponse:
    credential = parse_authentication_credential_json(response_json)
    account = (credential.response.user_handle or b"").decode()
    return PasskeyResponse(
        response_json, bytes_to_base64url(credential.raw_id), _challenge(credential.response.client_data_json), account
    )


def _challenge(client_data: bytes) -> str:
    """The challenge that the response answers; refused if our page was in another site's frame."""
    read = parse_client_data_json(client_data)
    if read.cross_origin:
        raise ValueError(read.origin)
    return bytes_to_base64url(read.challenge)


def _read(response_json: str, parse: Callable[[str], PasskeyResponse]) -> PasskeyResponse | None:
    return _none_if_invalid(lambda: parse(response_json)) if len(response_json) <= _MAX_LENGTH else None


def _none_if_invalid(read: Callable[[], Value]) -> Value | None:
    try:
        return read()
    except Exception:  # noqa: BLE001 - see above: there is no one kind of error that all of these have
        return None
