"""Rows of the list of accounts, with the roles they have now."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role that a person has now."""

    id: int
    role: str
    team: str | None
    audit: str | None
    granted_at: datetime
    granted_by: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the page of people lists it."""

    id: str
    name: str
    email: str
    language: str
    starts_on: date
    ends_on: date | None
    active: bool  # today
    has_password: bool
    second_factor: bool  # an authenticator app
    passkeys: int
    last_sign_in: datetime | None
    grants: tuple[GrantRow, ...]
