"""Single sign-on (OpenID Connect Core 1.0): from the claims of a verified ID token to a session.

`access.sign_in.identity_provider` verifies the token. Claims cannot be guessed, so nobody has to wait here; attempts
are in the login log like any other. Refusals that concern no account are counted
instead of logged one by one while their address has to wait. An account without a role does not get in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotPossible
from access.people import accounts
from access.people.account_rules import NAME_MAX, checked_name, row_exists
from access.people.input_text import normalise_email, only_printable
from access.people.sessions import account_is_active
from access.sign_in import provider_roles
from access.sign_in.login_log import SignInAttempt
from access.sign_in.outcomes import Outcome, Refused, begin_session, refuse, refuse_without_comparing
from access.sign_in.provider_roles import PROVIDER, BoundRole
from access.sign_in.second_factor import has_second_factor
from access.sign_in.second_step import ask_second_factor
from models import Account, Identity
from models.calendar import calendar_of
from models.vocabulary import SignInMethod, SignInReason

#: Authentication methods (`amr`, RFC 8176) that are a second factor, or the device that holds one.
SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "sc"})
_SUBJECT_MAX = 255  # characters at most (OpenID Connect Core, 2)
_MAX_NAMESAKES = 20
#: Entra ID sends no `email_verified`; there `xms_edov` says that the owner of the address's domain is known.
_ENTRA = ("https://login.microsoftonline.com/", "https://login.microsoftonline.us/")

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_IDENTITY = _TABLES[str(Identity.__tablename__)]


@dataclass(frozen=True, slots=True)
class SingleSignOnRules:
    """The organisation's settings. `groups`: group → role; `second_factor`: the `acr` or `acrs` that means one."""

    groups: Mapping[str, BoundRole] = field(default_factory=dict)
    groups_claim: str = "groups"
    new_accounts: bool = False
    second_factor: str = ""


@dataclass(frozen=True, slots=True)
class _AccountMatch:
    """The account that the claims belong to, if any; `reason`: why it is refused, if it is."""

    account: str | None
    reason: SignInReason | None = None


def sign_in(
    session: Session,
    claims: Mapping[str, Any],
    issuer: str,
    rules: SingleSignOnRules,
    address: str,
    agent: str,
    now: datetime,
) -> Outcome:
    """Make one attempt with verified `claims`. The caller commits also when it is refused.

    The account is the one linked to the provider's `sub`. Whoever signs in for the first time is linked, once, to the
    active account with their e-mail address, if the provider verified it: else anyone who can type a colleague's
    address into their own profile at the provider would sign in as that colleague.
    """
    subject, email = _subject(claims), verified_email(claims, issuer)
    wanted = provider_roles.roles_of_groups(claims.get(rules.groups_claim), rules.groups)
    match = _find_linked(session, issuer, subject, now) if subject else _AccountMatch(None, SignInReason.ANSWER)
    is_first = match is None
    if match is None:
        match = _reject_second_identity(session, _match_first_time(session, claims, email, rules, wanted, now), issuer)
    tried = _email_of(session, match.account, email or subject)
    attempt = SignInAttempt(tried, match.account, address, agent, SignInMethod.SINGLE_SIGN_ON)
    if match.account is None:
        return refuse_without_comparing(session, attempt, match.reason or SignInReason.UNKNOWN, now)
    if match.reason:
        return refuse(session, attempt, match.reason, now)
    provider_roles.synchronise_roles(session, match.account, wanted, now)
    if accounts.find_person(session, match.account, now) is None:
        return refuse(session, attempt, SignInReason.NO_ROLE, now)
    if is_first:  # only whoever gets in is linked: a refused attempt leaves nothing for later
        _link(session, match.account, issuer, subject, now)
    has_proved = proves_second_factor(claims, rules)
    if not has_proved and has_second_factor(session, match.account):
        return ask_second_factor(session, attempt, match.account, now)
    return begin_session(session, attempt, match.account, now, now, second_factor=has_proved)


def record_refusal(session: Session, address: str, agent: str, now: datetime) -> Refused:
    """Log an attempt whose answer was an error, or could not be trusted."""
    attempt = SignInAttempt("", None, address, agent, SignInMethod.SINGLE_SIGN_ON)
    return refuse_without_comparing(session, attempt, SignInReason.ANSWER, now)


def proves_second_factor(claims: Mapping[str, Any], rules: SingleSignOnRules) -> bool:
    """Whether the claims say that a second factor was used."""
    methods = claims.get("amr")
    if isinstance(methods, list) and any(isinstance(name, str) and name in SECOND_FACTORS for name in methods):
        return True
    contexts = claims.get("acrs")
    reached = [claims.get("acr"), *(contexts if isinstance(contexts, list) else [contexts])]
    return bool(rules.second_factor) and rules.second_factor in reached


def verified_email(claims: Mapping[str, Any], issuer: str) -> str:
    """The e-mail address if the provider verified that it belongs to this person; else empty."""
    email = claims.get("email")
    verified = claims.get("email_verified") in (True, "true")
    if issuer.startswith(_ENTRA):
        verified = claims.get("xms_edov") in (True, "1", "true")
    return normalise_email(email) if verified and isinstance(email, str) else ""


# ── Whose attempt it is ──────────────────────────────────────────────────────────────────────────────────────────────


def _subject(claims: Mapping[str, Any]) -> str:
    """The subject; empty if it cannot be stored exactly as it is, so that two subjects never become one."""
    subject = claims.get("sub")
    is_storable = isinstance(subject, str) and len(subject) <= _SUBJECT_MAX and only_printable(subject) == subject
    return str(subject) if is_storable else ""


def _find_linked(session: Session, issuer: str, subject: str, now: datetime) -> _AccountMatch | None:
    """The account that was linked before; None at the first sign-in."""
    identity = (_IDENTITY.c.issuer == issuer, _IDENTITY.c.subject == subject)
    joined = _IDENTITY.join(_ACCOUNT, _ACCOUNT.c.id == _IDENTITY.c.account)
    rows = select(_ACCOUNT.c.id, account_is_active(session, now).label("active")).select_from(joined).where(*identity)
    row = session.execute(rows).one_or_none()
    return _AccountMatch(row.id, None if row.active else SignInReason.NOT_ACTIVE) if row else None


def _match_first_time(
    session: Session,
    claims: Mapping[str, Any],
    email: str,
    rules: SingleSignOnRules,
    wanted: frozenset[BoundRole],
    now: datetime,
) -> _AccountMatch:
    """The account with the e-mail address; a new one if there is none, new accounts are allowed and a role is given."""
    if not email:
        return _AccountMatch(None, SignInReason.UNVERIFIED)
    by_email = select(_ACCOUNT.c.id, account_is_active(session, now).label("active")).where(_ACCOUNT.c.email == email)
    row = session.execute(by_email).one_or_none()
    if row is not None:
        return _AccountMatch(row.id, None if row.active else SignInReason.NOT_ACTIVE)
    if not rules.new_accounts:
        return _AccountMatch(None, SignInReason.UNKNOWN)
    if not wanted:
        return _AccountMatch(None, SignInReason.NO_ROLE)
    return _create_account(session, claims, email, now)


def _create_account(session: Session, claims: Mapping[str, Any], email: str, now: datetime) -> _AccountMatch:
    locale = claims.get("locale")
    language = "en" if isinstance(locale, str) and locale.lower().startswith("en") else "nl"
    try:
        name = next(_unused_names(session, claims, email), "")
        account = accounts.create(session, PROVIDER, name, email, language, calendar_of(session).day_of(now), None, now)
    except NotPossible:  # such as an address that is none
        return _AccountMatch(None, SignInReason.ANSWER)
    return _AccountMatch(account)


def _unused_names(session: Session, claims: Mapping[str, Any], email: str) -> Iterator[str]:
    """The name at the provider, with a number where someone has or had it: the activity log names people."""
    candidates = (claims.get("name"), claims.get("preferred_username"), email)
    names = [only_printable(name)[: NAME_MAX - 5].strip() for name in candidates if isinstance(name, str)]
    for name in filter(None, names):
        for n in range(1, _MAX_NAMESAKES):
            try:
                yield checked_name(session, name if n == 1 else f"{name} ({n})")
            except NotPossible:
                continue


def _reject_second_identity(session: Session, match: _AccountMatch, issuer: str) -> _AccountMatch:
    """Refuse an account that another `sub` is linked to: who inherits an address does not inherit the account."""
    if match.account and row_exists(
        session, _IDENTITY, _IDENTITY.c.account == match.account, _IDENTITY.c.issuer == issuer
    ):
        return _AccountMatch(match.account, SignInReason.OTHER_IDENTITY)
    return match


def _link(session: Session, account: str, issuer: str, subject: str, now: datetime) -> None:
    row = {"account": account, "issuer": issuer, "subject": subject, "linked_at": now}
    session.execute(insert(_IDENTITY), [row])
    record(session, PROVIDER, "people.link", account, now, issuer=issuer, sub=subject)


def _email_of(session: Session, account: str | None, default: str) -> str:
    emails = select(_ACCOUNT.c.email).where(_ACCOUNT.c.id == account)
    return (session.execute(emails).scalar_one_or_none() if account else None) or default
