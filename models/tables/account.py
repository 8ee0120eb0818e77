"""Accounts: people, their roles, sign-in methods and sessions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Counter, Document, Moment


class Account(SQLModel, table=True):
    """An account, valid from `starts_on` to `ends_on`. Names are never reused, because records name people."""

    id: str = Field(primary_key=True)
    name: str
    name_key: str = Field(unique=True)  # the name for comparison: case folded, white space normalised
    email: str = Field(unique=True)  # lower case
    language: str = "nl"
    starts_on: date
    ends_on: date | None = None
    password: str = ""  # an Argon2id hash; empty until the person has chosen one
    password_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    created_by: str
    digest: bool = True  # whether the daily mail is wanted


class RoleGrant(SQLModel, table=True):
    """A role granted to an account for a period; bound to a team or an audit for roles that need one."""

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
    """A link that works once, until it expires. Only the digest of its token is stored."""

    __tablename__ = "one_time_link"

    token_sha256: str = Field(primary_key=True)
    account: str | None = Field(default=None, foreign_key="account.id")  # None: the first set-up
    purpose: str  # set-up, invitation, reset, second-factor (a sign-in that waits for it), passkey-add, passkey-sign-in
    created_at: datetime = Field(sa_type=Moment)
    created_by: str
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)  # or replaced by a newer link
    redeemed_at: datetime | None = Field(default=None, sa_type=Moment)  # when a password was set with it


class SignInSession(SQLModel, table=True):
    """A session of an account in a browser. Only the digest of the cookie's token is stored."""

    __tablename__ = "sign_in_session"

    token_sha256: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    started_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)  # last activity of the person, to the minute
    ends_at: datetime = Field(sa_type=Moment)  # the latest end
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    second_factor: bool = False
    address: str = ""
    agent: str = ""


class LoginAttempt(SQLModel, table=True):
    """A sign-in attempt, or several of one address that were only delayed. Append-only."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_tried", "tried", "at"),
        Index("ix_login_attempt_address", "address", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment, index=True)
    tried: str  # the name that was entered, lower case, truncated
    account: str | None = Field(default=None, foreign_key="account.id", index=True)
    address: str = ""
    agent: str = ""
    method: str  # SignInMethod
    succeeded: bool
    attempts: int = 1  # more than 1 only for the reason locked
    reason: str = ""  # SignInReason; empty if it succeeded


class LoginLogEnd(SQLModel, table=True):
    """A single row: the number of the last attempt, and a SHA-256 over all attempts (see `login_log_seal.py`)."""

    __tablename__ = "login_log_end"

    id: int = Field(default=1, primary_key=True)
    attempt: int
    digest: str


class SecondFactor(SQLModel, table=True):
    """An account's time-based one-time codes (RFC 6238). The secret is encrypted; each time step is accepted once."""

    __tablename__ = "second_factor"

    account: str = Field(primary_key=True, foreign_key="account.id")
    secret: str
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """A recovery code that replaces the second factor once; only its digest is stored."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account", "code_sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    code_sha256: str
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Passkey(SQLModel, table=True):
    """A passkey (WebAuthn); only the public key is stored."""

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    credential: str = Field(unique=True)  # the credential's id, base64url
    public_key: str  # COSE, base64url
    sign_count: int = Field(default=0, sa_type=Counter)
    label: str
    added_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Identity(SQLModel, table=True):
    """The identity of an account at the identity provider (OpenID Connect): issuer and `sub`."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    issuer: str
    subject: str
    linked_at: datetime = Field(sa_type=Moment)


class ApiToken(SQLModel, table=True):
    """An API token of a team (for a build server) or of a person. Only its digest is stored."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    label: str
    account: str | None = Field(default=None, foreign_key="account.id")  # a person's own
    team: str | None = Field(default=None, foreign_key="team.key")  # a team's
    permissions: list[str] = Field(default_factory=list, sa_type=Document)
    requirements: list[str] = Field(default_factory=list, sa_type=Document)  # for which it may upload; empty: all
    systems: list[str] = Field(default_factory=list, sa_type=Document)  # likewise
    last_day: date  # the last day it is valid
    issued_at: datetime = Field(sa_type=Moment)
    issued_by: str
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class Setting(SQLModel, table=True):
    """A setting chosen by the organisation, such as the roles that need a second factor."""

    key: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_type=Document)
    changed_at: datetime = Field(sa_type=Moment)
    changed_by: str
