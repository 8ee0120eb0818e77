"""The second factor: a time-based code (RFC 6238) of an authenticator app, or one of ten recovery codes.

A code works once: whoever reads it over a shoulder, or sends it twice at the same moment, is refused. The app's secret
is encrypted in the database; of recovery codes only digests are stored.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from sqlalchemy import Row, delete, exists, func, insert, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotPossible, WrongCode
from access.keys.encryption import decrypt, encrypt
from access.people.agreement_text import TITLES
from access.people.delegation import require_may_open
from access.people.sessions import person_for_log
from access.permissions import NotAllowed, Person, may, require
from locales import text
from models import Account, RecoveryCode, SecondFactor, Setting
from models.moments import wall_clock
from models.vocabulary import SignInMethod

ISSUER = "Aantoonbaar"
RECOVERY_CODE_COUNT = 10
_ROLES = "second_factor_roles"  # the setting
_SECONDS = 30
_DIGITS = 6
_RECOVERY_BYTES = 15  # 120 bits: too many to guess, so that a plain digest keeps them (ASVS 5.0, 6.5.2)
_TABLES = SQLModel.metadata.tables
_FACTOR = _TABLES[str(SecondFactor.__tablename__)]
_RECOVERY = _TABLES[str(RecoveryCode.__tablename__)]
_SETTING = _TABLES[str(Setting.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs, shown once; `repr` leaves it out, so that no log gets it."""

    uri: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def in_groups(self) -> str:
        """The secret as people type it: groups of four characters."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


# ── Setting it up ────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_enrolment(session: Session, account: str, secret_key: bytes, now: datetime) -> Enrolment:  # noqa: ARG001 - a verb's
    """A new secret for the person's app. It counts once a code is confirmed; until then it may be replaced.

    Raises `NotPossible` if there is a second factor already.
    """
    if has_second_factor(session, account):
        raise NotPossible(text("This account has a second factor: remove it before setting up another."))
    email = session.execute(select(_ACCOUNT.c.email).where(_ACCOUNT.c.id == account)).scalar_one_or_none()
    if email is None:
        raise NotPossible(text("There is no such account."))
    secret = pyotp.random_base32()
    session.execute(delete(_FACTOR).where(_FACTOR.c.account == account))
    row = {"account": account, "secret": encrypt(secret, secret_key, _encryption_context(account)), "last_step": 0}
    session.execute(insert(_FACTOR), [row])
    return Enrolment(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER), secret)


def confirm_enrolment(session: Session, account: str, code: str, secret_key: bytes, now: datetime) -> list[str]:
    """Confirm the app with its first code; returns the recovery codes, which are shown once. Raises `WrongCode`."""
    row = _find_factor(session, account)
    if row is None or row.confirmed_at is not None:
        raise NotPossible(text("There is no second factor to confirm: begin setting it up again."))
    _use_step(session, row, code, secret_key, now)
    session.execute(update(_FACTOR).where(_FACTOR.c.account == account).values(confirmed_at=now))
    codes = _new_recovery_codes(session, account)
    record(session, person_for_log(session, account), "second_factor.confirm", account, now)
    return codes


def _new_recovery_codes(session: Session, account: str) -> list[str]:
    codes = [_format_recovery_code(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODE_COUNT)]
    session.execute(delete(_RECOVERY).where(_RECOVERY.c.account == account))
    session.execute(insert(_RECOVERY), [{"account": account, "code_sha256": _recovery_digest(code)} for code in codes])
    return codes


# ── Signing in with it ───────────────────────────────────────────────────────────────────────────────────────────────


def check_app_code(session: Session, account: str, code: str, secret_key: bytes, now: datetime) -> None:
    """Check a code of the app: the current one or one step (30 s) away, not used before. Raises `WrongCode`."""
    row = _find_factor(session, account)
    if row is None or row.confirmed_at is None:
        raise _wrong_code()
    _use_step(session, row, code, secret_key, now)


def use_recovery_code(session: Session, account: str, code: str, now: datetime) -> None:
    """Use up a recovery code. Raises `WrongCode`. Needs no key, should that be lost."""
    used = (
        update(_RECOVERY)
        .where(
            _RECOVERY.c.account == account,
            _RECOVERY.c.code_sha256 == _recovery_digest(code),
            _RECOVERY.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(_RECOVERY.c.id)
    )
    if session.execute(used).first() is None:
        raise _wrong_code()
    left = count_recovery_codes(session, account)
    record(session, person_for_log(session, account), "second_factor.recovery_code", account, now, left=left)


def check_code(session: Session, account: str, code: str, secret_key: bytes, now: datetime) -> SignInMethod:
    """Check a code of the app or a recovery code; returns which of the two it was. Raises `WrongCode`."""
    if _digits(code):
        check_app_code(session, account, code, secret_key, now)
        return SignInMethod.SECOND_FACTOR
    use_recovery_code(session, account, code, now)
    return SignInMethod.RECOVERY_CODE


def has_second_factor(session: Session, account: str) -> bool:
    """Whether the account has a confirmed second factor."""
    confirmed = (_FACTOR.c.account == account, _FACTOR.c.confirmed_at.is_not(None))
    return bool(session.execute(select(exists().where(*confirmed))).scalar_one())


def count_recovery_codes(session: Session, account: str) -> int:
    unused = (_RECOVERY.c.account == account, _RECOVERY.c.used_at.is_(None))
    return int(session.execute(select(func.count()).select_from(_RECOVERY).where(*unused)).scalar_one())


def remove(session: Session, person: Person, account: str, now: datetime) -> None:
    """Remove one's own second factor; that of an account that one may open (a lost phone) needs `people.manage`."""
    if not account or person.account != account or not person.in_person:
        require(person, "people.manage")
        require_may_open(session, person, account)
    if not remove_unchecked(session, person, account, now):
        raise NotPossible(text("This account has no second factor."))


def remove_unchecked(session: Session, by: Person, account: str, now: datetime) -> bool:
    """`remove` without checking a permission. Whether there was a second factor."""
    removed = session.execute(delete(_FACTOR).where(_FACTOR.c.account == account).returning(_FACTOR.c.account)).all()
    session.execute(delete(_RECOVERY).where(_RECOVERY.c.account == account))
    if removed:
        record(session, by, "second_factor.remove", account, now)
    return bool(removed)


# ── Which roles need one ─────────────────────────────────────────────────────────────────────────────────────────────


def demanded_roles(session: Session) -> frozenset[str]:
    """The roles that need a second factor, as the organisation set."""
    value = session.execute(select(_SETTING.c.value).where(_SETTING.c.key == _ROLES)).scalar_one_or_none()
    return frozenset(value or ())


def is_required(session: Session, roles: Collection[str]) -> bool:
    """Whether someone with these roles needs a second factor."""
    return not demanded_roles(session).isdisjoint(roles)


def set_demanded_roles(session: Session, person: Person, roles: Collection[str], now: datetime) -> None:
    """Set which roles need a second factor: these, and no others.

    Needs `second_factor.demand`, and `second_factor.lift` to leave a role out that needed one.
    """
    require(person, "second_factor.demand")
    unknown = sorted(set(roles) - set(TITLES))
    if unknown:
        raise NotPossible(
            text("There is no role {role}: expected one of {roles}.", role=unknown[0], roles=", ".join(TITLES))
        )
    before, after = sorted(demanded_roles(session)), sorted(set(roles))
    if not set(before) <= set(after) and not may(person, "second_factor.lift"):
        raise NotAllowed(
            text("Only a security officer decides that a role no longer needs a second factor. Nothing was changed.")
        )
    values = {"value": after, "changed_at": now, "changed_by": person.name}
    changed = update(_SETTING).where(_SETTING.c.key == _ROLES).values(**values).returning(_SETTING.c.key)
    if session.execute(changed).first() is None:
        session.execute(insert(_SETTING), [{"key": _ROLES, **values}])
    record(session, person, "second_factor.demand", _ROLES, now, before=before, after=after)


# ── Codes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find_factor(session: Session, account: str) -> Row[tuple[str, str, datetime | None, int]] | None:
    return session.execute(select(_FACTOR).where(_FACTOR.c.account == account)).one_or_none()


def _use_step(
    session: Session, row: Row[tuple[str, str, datetime | None, int]], code: str, key: bytes, now: datetime
) -> None:
    """Mark the code's step as used, unless it or a later one was: the database decides between two requests."""
    step = _matching_step(decrypt(row.secret, key, _encryption_context(row.account)), code, row.last_step, now)
    later = (_FACTOR.c.account == row.account, _FACTOR.c.last_step < step)
    taken = update(_FACTOR).where(*later).values(last_step=step).returning(_FACTOR.c.account)
    if session.execute(taken).first() is None:
        raise _wrong_code()


def _matching_step(secret: str, code: str, last: int, now: datetime) -> int:
    """The step (of 30 s) whose code it is: the current one, the one before or after, and later than the last used."""
    entered, current = _digits(code).encode(), int(wall_clock(now).timestamp()) // _SECONDS
    otp = pyotp.TOTP(secret, digits=_DIGITS, interval=_SECONDS)
    matching = [
        step
        for step in (current - 1, current, current + 1)
        if hmac.compare_digest(otp.generate_otp(step).encode(), entered) and step > last
    ]
    if not matching:
        raise _wrong_code()
    return matching[0]


def _digits(code: str) -> str:
    """The six digits of a code, without the space that apps show in the middle; empty if it is something else."""
    digits = "".join(code.split())
    return digits if len(digits) == _DIGITS and digits.isascii() and digits.isdigit() else ""


def _format_recovery_code(code: bytes) -> str:
    """abcd-efgh-ijkl-mnop-qrst-uvwx: letters and digits that are hard to confuse (RFC 4648, base 32)."""
    letters = base64.b32encode(code).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _recovery_digest(code: str) -> str:
    """SHA-256 of a recovery code, however its letters are grouped or capitalised."""
    letters = "".join(sign for sign in code.casefold() if sign.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()


def _encryption_context(account: str) -> str:
    return f"second factor of {account}"


def _wrong_code() -> WrongCode:
    return WrongCode(text("This code is not right or was used before. Wait for the next one, or use a recovery code."))
