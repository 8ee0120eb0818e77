"""People: their accounts, what they are, how they sign in, and that they are signed in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Account(SQLModel, table=True):
    """A person who may sign in between two days. The name is unique for ever: facts say by name who did what."""

    id: str = Field(primary_key=True)
    name: str
    name_key: str = Field(unique=True)  # the name as compared: case folded, spaces alike
    email: str = Field(unique=True)  # lower case
    language: str = "nl"
    starts_on: date
    ends_on: date | None = None
    password: str = ""  # an Argon2id hash; empty until the person has chosen one
    password_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    created_by: str


class RoleGrant(SQLModel, table=True):
    """A role that a person has from one moment to another; of a team or an audit, where the role is bound to one."""

    __tablename__ = "role_grant"

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    role: str
    team: str | None = Field(default=None, foreign_key="team.key")
    audit: str | None = None  # the key of an audit
    granted_at: datetime = Field(sa_type=Moment)
    granted_by: str
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_by: str = ""


class OneTimeLink(SQLModel, table=True):
    """A link that works once, until a moment. Only the digest of its token is here."""

    __tablename__ = "one_time_link"

    token_sha256: str = Field(primary_key=True)
    account: str | None = Field(default=None, foreign_key="account.id")  # none: the first set-up
    purpose: str  # set-up, invitation, reset, second-factor (a sign-in that waits for it), passkey-add, passkey-sign-in
    created_at: datetime = Field(sa_type=Moment)
    created_by: str
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)  # or replaced by a newer one
    redeemed_at: datetime | None = Field(default=None, sa_type=Moment)  # a password was chosen by it


class SignInSession(SQLModel, table=True):
    """A person who is signed in on one browser. Only the digest of the cookie's token is here."""

    __tablename__ = "sign_in_session"

    token_sha256: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    started_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)  # the last act of a person, to the minute
    ends_at: datetime = Field(sa_type=Moment)  # at the latest
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    second_factor: bool = False
    address: str = ""
    agent: str = ""


class LoginAttempt(SQLModel, table=True):
    """One attempt to sign in, succeeded or failed; or several of one address that only had to wait. Never changed."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_tried", "tried", "at"),
        Index("ix_login_attempt_address", "address", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment, index=True)
    tried: str  # the name that was given, lower case, cut off
    account: str | None = Field(default=None, foreign_key="account.id", index=True)
    address: str = ""
    agent: str = ""
    method: str  # SignInMethod
    succeeded: bool
    attempts: int = 1  # more only where the reason is locked
    reason: str = ""  # SignInReason; empty if it succeeded


class LoginLogEnd(SQLModel, table=True):
    """The one row with the last attempt's number, and a SHA-256 over all attempts (see `login_log_seal.py`)."""

    __tablename__ = "login_log_end"

    id: int = Field(default=1, primary_key=True)
    attempt: int
    digest: str


class SecondFactor(SQLModel, table=True):
    """A person's time-based codes (RFC 6238). The secret is kept encrypted; a step is taken once."""

    __tablename__ = "second_factor"

    account: str = Field(primary_key=True, foreign_key="account.id")
    secret: str
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """A code that stands in once for the second factor; only its digest is here."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account", "code_sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    code_sha256: str
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Passkey(SQLModel, table=True):
    """A key pair on a person's own device (WebAuthn); only its public half is here."""

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    credential: str = Field(unique=True)  # the credential's id, base64url
    public_key: str  # COSE, base64url
    sign_count: int = 0
    label: str
    added_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Identity(SQLModel, table=True):
    """Who an account is at the organisation's own identity provider (OpenID Connect): its issuer's `sub`."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    issuer: str
    subject: str
    linked_at: datetime = Field(sa_type=Moment)


class ApiToken(SQLModel, table=True):
    """A token for a build server or a script: of a team, or of a person. Only its digest is here."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    label: str
    account: str | None = Field(default=None, foreign_key="account.id")  # a person's own
    team: str | None = Field(default=None, foreign_key="team.key")  # a team's
    permissions: list[str] = Field(default_factory=list, sa_type=Document)
    requirements: list[str] = Field(default_factory=list, sa_type=Document)  # that it may hand in for; empty: all
    systems: list[str] = Field(default_factory=list, sa_type=Document)  # likewise
    last_day: date  # on which it works
    issued_at: datetime = Field(sa_type=Moment)
    issued_by: str
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class Setting(SQLModel, table=True):
    """What the organisation decided about the product itself, such as the roles that need a second factor."""

    key: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_type=Document)
    changed_at: datetime = Field(sa_type=Moment)
    changed_by: str
