"""What a device answers to a challenge: JSON, CBOR, keys and signatures of a stranger, read and judged by `webauthn`.

Whatever is wrong with an answer, it is no answer: the library's parsers have errors of their own, and nobody is told.
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
    """What a device says: of which credential, to which challenge, for whom (its account); not yet believed."""

    json: str
    credential: str
    challenge: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key pair, and how often it was used."""

    public_key: str
    sign_count: int


def read_registration(answer_json: str) -> PasskeyResponse | None:
    """What says that a key was made."""
    return _read(answer_json, _registration)


def read_authentication(answer_json: str) -> PasskeyResponse | None:
    """What says that a key was used."""
    return _read(answer_json, _authentication)


def verify_registration(answer: PasskeyResponse, rp_id: str, origin: str) -> PublicKey | None:
    """The key that was made for this site, by a person whom the device verified; None if that is not so."""
    return _none_if_invalid(lambda: _verify_registration(answer, rp_id, origin))


def verify_authentication(answer: PasskeyResponse, key: PublicKey, rp_id: str, origin: str) -> int | None:
    """How often the key was used; None if the answer is not right. A count that does not rise is a copy's."""
    return _none_if_invalid(lambda: _verify_authentication(answer, key, rp_id, origin))


def _verify_registration(answer: PasskeyResponse, rp_id: str, origin: str) -> PublicKey | None:
    made = verify_registration_response(
        credential=answer.json,
        expected_challenge=base64url_to_bytes(answer.challenge),
        expected_rp_id=rp_id,
        expected_origin=origin,
        require_user_verification=True,
    )
    # what is stored is the id in what the device made, which the browser's own copy must equal
    if len(made.credential_id) > _MAX_CREDENTIAL or bytes_to_base64url(made.credential_id) != answer.credential:
        return None
    return PublicKey(bytes_to_base64url(made.credential_public_key), made.sign_count)


def _verify_authentication(answer: PasskeyResponse, key: PublicKey, rp_id: str, origin: str) -> int:
    return verify_authentication_response(
        credential=answer.json,
        expected_challenge=base64url_to_bytes(answer.challenge),
        expected_rp_id=rp_id,
        expected_origin=origin,
        credential_public_key=base64url_to_bytes(key.public_key),
        credential_current_sign_count=key.sign_count,
        require_user_verification=True,
    ).new_sign_count


def _registration(answer_json: str) -> PasskeyResponse:
    given = parse_registration_credential_json(answer_json)
    return PasskeyResponse(answer_json, bytes_to_base64url(given.raw_id), _challenge(given.response.client_data_json))


def _authentication(answer_json: str) -> PasskeyResponse:
    given = parse_authentication_credential_json(answer_json)
    account = (given.response.user_handle or b"").decode()
    return PasskeyResponse(
        answer_json, bytes_to_base64url(given.raw_id), _challenge(given.response.client_data_json), account
    )


def _challenge(client_data: bytes) -> str:
    """To which challenge it answers. A page of ours is in no other's frame."""
    read = parse_client_data_json(client_data)
    if read.cross_origin:
        raise ValueError(read.origin)
    return bytes_to_base64url(read.challenge)


def _read(answer_json: str, how: Callable[[str], PasskeyResponse]) -> PasskeyResponse | None:
    return _none_if_invalid(lambda: how(answer_json)) if len(answer_json) <= _MAX_LENGTH else None


def _none_if_invalid(read: Callable[[], Value]) -> Value | None:
    try:
        return read()
    except Exception:  # noqa: BLE001 - see above: there is no one kind of error that all of these have
        return None
