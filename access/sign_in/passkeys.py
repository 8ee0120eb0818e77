"""Passkeys (WebAuthn Level 3): a key pair on a person's own device, unlocked there; it is both factors at once.

What a browser sends is not trusted: whatever is wrong with it is refused without saying why. A passkey belongs to the
host name (`rp_id`) it was made at, and answers only to pages of that `origin`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, exists, func, insert, select, update
from sqlmodel import Session, SQLModel
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from access.activity.record import record
from access.errors import InvalidValue, NotFound, NotPossible, PasskeyNotVerified
from access.people import accounts
from access.people.delegation import require_may_open
from access.people.input_text import only_printable
from access.permissions import NotAllowed, Person, require
from access.sign_in import passkey_challenges, passkey_responses
from access.sign_in.login_log import SignInAttempt, network_of
from access.sign_in.outcomes import Outcome, begin_session, refuse, refuse_if_throttled
from access.sign_in.passkey_challenges import ADDING, LASTS, SIGNING_IN
from access.sign_in.passkey_responses import PasskeyResponse, PublicKey
from access.sign_in.second_factor import ISSUER
from locales import text
from models import Account, Passkey, SignInSession
from models.vocabulary import SignInMethod, SignInReason

MAX_PASSKEYS = 20  # of one person
LABEL_MAX = 60  # characters
_MAX_ID = 2**31 - 1
_MILLISECONDS = int(LASTS.total_seconds() * 1000)

_TABLES = SQLModel.metadata.tables
_PASSKEY = _TABLES[str(Passkey.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_SESSION = _TABLES[str(SignInSession.__tablename__)]


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey, as the page of its owner lists it."""

    id: int
    label: str
    added_at: datetime
    used_at: datetime | None


# ── Adding ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_adding(session: Session, person: Person, rp_id: str, now: datetime) -> str:
    """The options for `navigator.credentials.create`, as JSON: the device keeps the key and verifies its user."""
    row = _own_account(session, person)
    held = select(_PASSKEY.c.credential).where(_PASSKEY.c.account == person.account).limit(MAX_PASSKEYS)
    options = generate_registration_options(
        rp_id=rp_id,
        rp_name=ISSUER,
        user_id=person.account.encode(),
        user_name=row["email"],
        user_display_name=row["name"],
        challenge=base64url_to_bytes(passkey_challenges.issue_for_adding(session, person.account, person.name, now)),
        timeout=_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(key)) for key in session.execute(held).scalars()
        ],
    )
    return options_to_json(options)


def add(
    session: Session, person: Person, response_json: str, label: str, rp_id: str, origin: str, now: datetime
) -> int:
    """Store the public key that the device made, under a name that the person chooses; returns its number.

    Raises `PasskeyNotVerified` if the response does not fit the challenge, the site or the person.
    """
    _own_account(session, person)
    label = _checked_label(label)
    response = passkey_responses.read_registration(response_json)
    if response is None or not passkey_challenges.take(session, response.challenge, ADDING, person.account, now):
        raise _not_verified()
    key = passkey_responses.verify_registration(response, rp_id, origin)
    if key is None:
        raise _not_verified()
    _require_room(session, person.account, response.credential)
    row = {"account": person.account, "credential": response.credential, "label": label, "added_at": now}
    key_columns = {"public_key": key.public_key, "sign_count": key.sign_count}
    passkey: int = session.execute(insert(_PASSKEY).values(**row, **key_columns).returning(_PASSKEY.c.id)).scalar_one()
    record(session, person, "passkey.add", person.account, now, passkey=passkey, label=label)
    return passkey


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_sign_in(session: Session, rp_id: str, now: datetime, address: str = "") -> str:
    """The options for `navigator.credentials.get`, as JSON.

    They name no passkey, so that nobody learns which accounts exist: the device offers those that it holds.
    """
    challenge = passkey_challenges.issue_for_sign_in(session, network_of(only_printable(address)), now)
    options = generate_authentication_options(
        rp_id=rp_id,
        challenge=base64url_to_bytes(challenge),
        timeout=_MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def sign_in(
    session: Session, response_json: str, rp_id: str, origin: str, address: str, agent: str, now: datetime
) -> Outcome:
    """Make one attempt. The caller commits also when it is refused: the attempt belongs in the log.

    Only the address is throttled: a key cannot be guessed, and whoever tries passwords on a name must not lock out
    its owner.
    """
    response = passkey_responses.read_authentication(response_json)
    row = _find_by_credential(session, response.credential) if response else None
    email, account = (row["email"], row["account"]) if row else ("", None)
    attempt = SignInAttempt(email, account, address, agent, SignInMethod.PASSKEY)
    if throttled := refuse_if_throttled(session, attempt, now, by_name=False):
        return throttled
    if response is None:
        return refuse(session, attempt, SignInReason.PASSKEY, now)
    if not passkey_challenges.take(session, response.challenge, SIGNING_IN, None, now):
        return refuse(session, attempt, SignInReason.EXPIRED, now)
    count = _verify(row, response, rp_id, origin)
    if row is None or count is None:
        return refuse(session, attempt, SignInReason.UNKNOWN if row is None else SignInReason.PASSKEY, now)
    if accounts.find_person(session, row["account"], now) is None:
        return refuse(session, attempt, SignInReason.NOT_ACTIVE, now)
    session.execute(update(_PASSKEY).where(_PASSKEY.c.id == row["id"]).values(sign_count=count, used_at=now))
    return begin_session(session, attempt, row["account"], now, now, second_factor=True)


def _verify(row: RowMapping | None, response: PasskeyResponse, rp_id: str, origin: str) -> int | None:
    """The new sign count; None if the response is not right, or names another account (WebAuthn, 7.2, step 6)."""
    if row is None or response.account != row["account"]:
        return None
    key = PublicKey(row["public_key"], row["sign_count"])
    return passkey_responses.verify_authentication(response, key, rp_id, origin)


# ── Those there are ──────────────────────────────────────────────────────────────────────────────────────────────────


def list_passkeys(session: Session, person: Person, account: str = "") -> list[PasskeyRow]:
    """A person's own passkeys, the latest first; those of another account need `people.manage`."""
    account = account or person.account
    if not _is_own(person, account):
        require(person, "people.manage")
    columns = [_PASSKEY.c[name] for name in PasskeyRow.__dataclass_fields__]
    rows = select(*columns).where(_PASSKEY.c.account == account).order_by(_PASSKEY.c.id.desc())
    return [PasskeyRow(*row) for row in session.execute(rows)]


def remove(session: Session, person: Person, passkey_id: int, now: datetime) -> None:
    """Remove one's own passkey; that of an account that one may open (a lost device) needs `people.manage`."""
    row = _find_by_id(session, passkey_id)
    if row is None or not _is_own(person, row["account"]):
        require(person, "people.manage")
    if row is None:
        raise NotFound(text("This passkey no longer exists."))
    if not _is_own(person, row["account"]):
        require_may_open(session, person, row["account"])
    session.execute(delete(_PASSKEY).where(_PASSKEY.c.id == row["id"]))
    record(session, person, "passkey.remove", row["account"], now, passkey=row["id"], label=row["label"])


def remove_all(session: Session, by: Person, account: str, now: datetime) -> None:
    """Remove all passkeys of an account, without checking a permission."""
    removed = session.execute(
        delete(_PASSKEY).where(_PASSKEY.c.account == account).returning(_PASSKEY.c.id, _PASSKEY.c.label)
    )
    for passkey, label in removed.all():
        record(session, by, "passkey.remove", account, now, passkey=passkey, label=label)


def is_passkey_required(session: Session, account: str, token_sha256: str) -> bool:
    """Whether the account has a passkey and this session began without a second factor.

    Such a session must not set up another second factor: whoever knows only the password would give themselves one.
    """
    has_passkey = exists().where(_PASSKEY.c.account == account)
    has_both_factors = exists().where(_SESSION.c.token_sha256 == token_sha256, _SESSION.c.second_factor)
    return bool(session.execute(select(has_passkey & ~has_both_factors)).scalar_one())


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _not_verified() -> PasskeyNotVerified:
    return PasskeyNotVerified(
        text("The passkey was not added: the response of the device is not valid, or came too late. Try again.")
    )


def _is_own(person: Person, account: str) -> bool:
    return bool(account) and person.account == account and person.in_person


def _own_account(session: Session, person: Person) -> RowMapping:
    if not person.in_person:
        raise NotAllowed(text("In a preview you cannot change how an account signs in."))
    rows = select(_ACCOUNT.c.name, _ACCOUNT.c.email).where(_ACCOUNT.c.id == person.account)
    row = session.execute(rows).mappings().one_or_none()
    if row is None:
        raise NotFound(text("There is no such account."))
    return row


def _require_room(session: Session, account: str, credential: str) -> None:
    if session.execute(select(exists().where(_PASSKEY.c.credential == credential))).scalar_one():
        raise NotPossible(text("This passkey was added before."))
    held = select(func.count()).select_from(_PASSKEY).where(_PASSKEY.c.account == account)
    if session.execute(held).scalar_one() >= MAX_PASSKEYS:
        raise NotPossible(text("There are {most} passkeys already: remove one first.", most=MAX_PASSKEYS))


def _checked_label(label: str) -> str:
    label = " ".join(label.split())
    if not label or len(label) > LABEL_MAX or not label.isprintable():
        raise InvalidValue(
            text("A passkey's name has 1 to {most} characters, such as that of the device.", most=LABEL_MAX)
        )
    return label


def _find_by_credential(session: Session, credential: str) -> RowMapping | None:
    joined = _PASSKEY.join(_ACCOUNT, _ACCOUNT.c.id == _PASSKEY.c.account)
    rows = select(*_PASSKEY.c, _ACCOUNT.c.email).select_from(joined).where(_PASSKEY.c.credential == credential)
    return session.execute(rows).mappings().one_or_none()


def _find_by_id(session: Session, passkey_id: int) -> RowMapping | None:
    if not 0 < passkey_id <= _MAX_ID:
        return None
    return session.execute(select(_PASSKEY).where(_PASSKEY.c.id == passkey_id)).mappings().one_or_none()
