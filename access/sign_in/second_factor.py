"""The second factor: a time-based code (RFC 6238) of a person's own app, or one of ten recovery codes.

A code is taken once: whoever reads it over a shoulder, or sends it twice at the same moment, is refused. The app's
secret is encrypted in the database; of recovery codes only digests are there.
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
from access.errors import AccessProblem, NotPossible
from access.keys.encryption import decrypt, encrypt
from access.people.agreement_text import TITLES
from access.people.delegation import require_may_open
from access.permissions import NotAllowed, Person, may, require
from locales import text
from models import Account, RecoveryCode, SecondFactor, Setting
from models.moments import wall_clock

ISSUER = "Aantoonbaar"
RECOVERY_CODE_COUNT = 10
CODE, RECOVERY_CODE = "second-factor", "recovery-code"  # the ways, as login attempts name them
_ROLES = "second_factor_roles"  # the setting
_SECONDS = 30
_DIGITS = 6
_RECOVERY_BYTES = 15  # 120 bits: too many to guess, so that a plain digest keeps them (ASVS 5.0, 6.5.2)
_TABLES = SQLModel.metadata.tables
_FACTOR = _TABLES[str(SecondFactor.__tablename__)]
_RECOVERY = _TABLES[str(RecoveryCode.__tablename__)]
_SETTING = _TABLES[str(Setting.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]


class WrongCode(AccessProblem):
    """The code is not the one of now, or was used before; which of the two is not said."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a person's app needs, shown once; not in anything that prints or logs this object."""

    uri: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def in_groups(self) -> str:
        """The key as people type it over: groups of four."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


# ── Setting it up ────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_enrolment(session: Session, account: str, secret_key: bytes, now: datetime) -> Enrolment:  # noqa: ARG001 - a verb's
    """A new secret for the person's app. It counts once a code of it is confirmed; another may replace it till then."""
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
    """From now on the second factor counts. Gives the recovery codes, which are shown once."""
    row = _find_factor(session, account)
    if row is None or row.confirmed_at is not None:
        raise NotPossible(text("There is no second factor to confirm: begin setting it up again."))
    _use_step(session, row, code, secret_key, now)
    session.execute(update(_FACTOR).where(_FACTOR.c.account == account).values(confirmed_at=now))
    codes = _new_recovery_codes(session, account)
    record(session, _oneself(session, account), "second_factor.confirm", account, now)
    return codes


def _new_recovery_codes(session: Session, account: str) -> list[str]:
    codes = [_format_recovery_code(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODE_COUNT)]
    session.execute(delete(_RECOVERY).where(_RECOVERY.c.account == account))
    session.execute(insert(_RECOVERY), [{"account": account, "code_sha256": _recovery_digest(code)} for code in codes])
    return codes


# ── Signing in with it ───────────────────────────────────────────────────────────────────────────────────────────────


def check_app_code(session: Session, account: str, code: str, secret_key: bytes, now: datetime) -> None:
    """The code is the app's of now, or of one step earlier or later, and was not used before; raises `WrongCode`."""
    row = _find_factor(session, account)
    if row is None or row.confirmed_at is None:
        raise _wrong_code()
    _use_step(session, row, code, secret_key, now)


def use_recovery_code(session: Session, account: str, code: str, now: datetime) -> None:
    """One of the ten, which is gone with this; raises `WrongCode`. Works without the key, should that be lost."""
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
    record(session, _oneself(session, account), "second_factor.recovery_code", account, now, left=left)


def check_code(session: Session, account: str, code: str, secret_key: bytes, now: datetime) -> str:
    """A code of the app or a recovery code, as the person gives it; returns which, as login attempts name it."""
    if _digits(code):
        check_app_code(session, account, code, secret_key, now)
        return CODE
    use_recovery_code(session, account, code, now)
    return RECOVERY_CODE


def has_second_factor(session: Session, account: str) -> bool:
    """Whether the account has a second factor that counts."""
    confirmed = (_FACTOR.c.account == account, _FACTOR.c.confirmed_at.is_not(None))
    return bool(session.execute(select(exists().where(*confirmed))).scalar_one())


def count_recovery_codes(session: Session, account: str) -> int:
    unused = (_RECOVERY.c.account == account, _RECOVERY.c.used_at.is_(None))
    return int(session.execute(select(func.count()).select_from(_RECOVERY).where(*unused)).scalar_one())


def remove(session: Session, person: Person, account: str, now: datetime) -> None:
    """By the person, or of another (who lost the telephone and the codes) by someone who manages people."""
    if not account or person.account != account or not person.in_person:
        require(person, "people.manage")
        require_may_open(session, person, account)
    if not remove_unchecked(session, person, account, now):
        raise NotPossible(text("This account has no second factor."))


def remove_unchecked(session: Session, by: Person, account: str, now: datetime) -> bool:
    """`remove` without the question who may: for whoever runs the machine. Whether there was one."""
    removed = session.execute(delete(_FACTOR).where(_FACTOR.c.account == account).returning(_FACTOR.c.account)).all()
    session.execute(delete(_RECOVERY).where(_RECOVERY.c.account == account))
    if removed:
        record(session, by, "second_factor.remove", account, now)
    return bool(removed)


# ── Which roles need one ─────────────────────────────────────────────────────────────────────────────────────────────


def demanded_roles(session: Session) -> frozenset[str]:
    """The roles that the organisation asks a second factor of."""
    value = session.execute(select(_SETTING.c.value).where(_SETTING.c.key == _ROLES)).scalar_one_or_none()
    return frozenset(value or ())


def is_required(session: Session, roles: Collection[str]) -> bool:
    """Whether someone with these roles needs a second factor."""
    return not demanded_roles(session).isdisjoint(roles)


def set_demanded_roles(session: Session, person: Person, roles: Collection[str], now: datetime) -> None:
    """These roles, and no others, need a second factor from now on.

    Whoever manages people may demand it of more roles; that a role no longer needs one is for `second_factor.lift`.
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
    """Take the code's step, if no later one was taken: the database decides, also between two at the same moment."""
    step = _matching_step(decrypt(row.secret, key, _encryption_context(row.account)), code, row.last_step, now)
    later = (_FACTOR.c.account == row.account, _FACTOR.c.last_step < step)
    taken = update(_FACTOR).where(*later).values(last_step=step).returning(_FACTOR.c.account)
    if session.execute(taken).first() is None:
        raise _wrong_code()


def _matching_step(secret: str, code: str, last: int, now: datetime) -> int:
    """The step whose code it is: of now, or the one before or after, and later than the last that was taken."""
    given, middle = _digits(code).encode(), int(wall_clock(now).timestamp()) // _SECONDS
    otp = pyotp.TOTP(secret, digits=_DIGITS, interval=_SECONDS)
    right = [
        step
        for step in (middle - 1, middle, middle + 1)
        if hmac.compare_digest(otp.generate_otp(step).encode(), given) and step > last
    ]
    if not right:
        raise _wrong_code()
    return right[0]


def _digits(code: str) -> str:
    """The six digits of a code, without the blank that apps show in the middle; empty if it is something else."""
    kept = "".join(code.split())
    return kept if len(kept) == _DIGITS and kept.isascii() and kept.isdigit() else ""


def _format_recovery_code(code: bytes) -> str:
    """abcd-efgh-ijkl-mnop-qrst-uvwx: letters and digits that are not taken for each other (RFC 4648, base 32)."""
    letters = base64.b32encode(code).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _recovery_digest(code: str) -> str:
    """Of a recovery code, however its letters are grouped or capitalised."""
    kept = "".join(sign for sign in code.casefold() if sign.isalnum())
    return hashlib.sha256(kept.encode("utf-8", "replace")).hexdigest()


def _encryption_context(account: str) -> str:
    return f"second factor of {account}"


def _oneself(session: Session, account: str) -> Person:
    """The person of an account, as the log names them; with no roles, since this needs none."""
    name = session.execute(select(_ACCOUNT.c.name).where(_ACCOUNT.c.id == account)).scalar_one()
    return Person(name, frozenset(), account)


def _wrong_code() -> WrongCode:
    return WrongCode(
        text("This code is not right, or it was used before. Wait for the next one, or use a recovery code.")
    )
