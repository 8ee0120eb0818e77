"""Single sign-on (OpenID Connect): from what the organisation's identity provider says of someone to a session here.

The claims are those of an ID token that was checked (`access.sign_in.identity_provider`). Nothing is guessed here,
so nobody has to wait; an attempt is written down like any other. Nobody comes in without a role.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotPossible
from access.people import accounts, sessions
from access.people.rules import NAME, free_name, is_there, tried_name
from access.people.sessions import active_on, printable
from access.sign_in import links, login_log, provider_roles
from access.sign_in.login_log import (
    ANSWER,
    AWAITING,
    NO_ROLE,
    NOT_ACTIVE,
    OTHER_IDENTITY,
    SINGLE_SIGN_ON,
    UNKNOWN,
    UNVERIFIED,
)
from access.sign_in.password_sign_in import REFUSED, NeedsSecondFactor, Outcome, Refused, SignedInNow, SignInAttempt
from access.sign_in.provider_roles import PROVIDER, BoundRole
from access.sign_in.second_factor import has
from models import Account, Identity
from models.calendar import calendar_of

#: Ways of proving oneself (`amr`, RFC 8176) that are a second factor, or the device that holds one.
SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "sc"})
_SUBJECT = 255  # characters at most (OpenID Connect Core, 2)
_NAMESAKES = 20
#: Entra ID sends no `email_verified`; there `xms_edov` says that the owner of the address's domain is known.
_ENTRA = ("https://login.microsoftonline.com/", "https://login.microsoftonline.us/")

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_IDENTITY = _TABLES[str(Identity.__tablename__)]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the organisation decided. `second_factor`: an `acr` (or Entra's `acrs`) that stands for a second factor."""

    groups: Mapping[str, BoundRole] = field(default_factory=dict)
    groups_claim: str = "groups"
    new_accounts: bool = False
    second_factor: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """The account that an attempt is of, if any; `reason`: why it does not come in."""

    account: str | None
    reason: str = ""


def signed_in(
    session: Session,
    claims: Mapping[str, Any],
    issuer: str,
    rules: Rules,
    address: str,
    agent: str,
    now: datetime,
) -> Outcome:
    """One attempt, of whom the provider says that `claims` hold. The caller commits also when it is refused.

    The account is the one linked to the provider's `sub`. Who comes for the first time is linked, once, to the active
    account with their e-mail address, if the provider verified it: else anyone who can type a colleague's address into
    their own profile at the provider would come in as that colleague.
    """
    subject, email = _subject(claims), verified_email(claims, issuer)
    wanted = provider_roles.roles_of(claims.get(rules.groups_claim), rules.groups)
    found = _known(session, issuer, subject, now) if subject else _Found(None, ANSWER)
    is_first = found is None
    if found is None:
        found = _only_identity(session, _first_time(session, claims, email, rules, wanted, now), issuer)
    knock = SignInAttempt(_tried(session, found.account, email or subject), found.account, printable(address), agent)
    if found.account is None or found.reason:
        return _refuse(session, knock, found.reason, now)
    provider_roles.match(session, found.account, wanted, now)
    if accounts.person_of(session, found.account, now) is None:
        return _refuse(session, knock, NO_ROLE, now)
    if is_first:  # only whoever comes in is linked: a refused attempt leaves no way in for later
        _link(session, found.account, issuer, subject, now)
    return _let_in(session, knock, found.account, now, second_factor=second_factor(claims, rules))


def refused(session: Session, address: str, agent: str, now: datetime) -> Refused:
    """An answer that was an error of the provider's, or not to be trusted: an attempt of nobody known."""
    return _refuse(session, SignInAttempt("", None, printable(address), agent), ANSWER, now)


def second_factor(claims: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the provider says that a second factor was used. That it demands one of everyone is not known here."""
    ways = claims.get("amr")
    if isinstance(ways, list) and any(isinstance(way, str) and way in SECOND_FACTORS for way in ways):
        return True
    contexts = claims.get("acrs")
    reached = [claims.get("acr"), *(contexts if isinstance(contexts, list) else [contexts])]
    return bool(rules.second_factor) and rules.second_factor in reached


def verified_email(claims: Mapping[str, Any], issuer: str) -> str:
    """The e-mail address if the provider verified that it is this person's; else empty."""
    email = claims.get("email")
    verified = claims.get("email_verified") in (True, "true")
    if issuer.startswith(_ENTRA):
        verified = claims.get("xms_edov") in (True, "1", "true")
    return tried_name(email) if verified and isinstance(email, str) else ""


# ── Whose attempt it is ──────────────────────────────────────────────────────────────────────────────────────────────


def _subject(claims: Mapping[str, Any]) -> str:
    """What cannot be kept exactly as it is, is nobody: two subjects never become one."""
    given = claims.get("sub")
    whole = isinstance(given, str) and len(given) <= _SUBJECT and printable(given) == given
    return str(given) if whole else ""


def _known(session: Session, issuer: str, subject: str, now: datetime) -> _Found | None:
    """The account that was linked before; None for someone who comes for the first time."""
    mine = (_IDENTITY.c.issuer == issuer, _IDENTITY.c.subject == subject)
    joined = _IDENTITY.join(_ACCOUNT, _ACCOUNT.c.id == _IDENTITY.c.account)
    found = select(_ACCOUNT.c.id, active_on(session, now).label("active")).select_from(joined).where(*mine)
    row = session.execute(found).one_or_none()
    return _Found(row.id, "" if row.active else NOT_ACTIVE) if row else None


def _first_time(
    session: Session,
    claims: Mapping[str, Any],
    email: str,
    rules: Rules,
    wanted: frozenset[BoundRole],
    now: datetime,
) -> _Found:
    """The account with the e-mail address; a new one if there is none, that is wanted, and there is a role for it."""
    if not email:
        return _Found(None, UNVERIFIED)
    mine = select(_ACCOUNT.c.id, active_on(session, now).label("active")).where(_ACCOUNT.c.email == email)
    row = session.execute(mine).one_or_none()
    if row is not None:
        return _Found(row.id, "" if row.active else NOT_ACTIVE)
    if not rules.new_accounts:
        return _Found(None, UNKNOWN)
    if not wanted:
        return _Found(None, NO_ROLE)
    return _made(session, claims, email, now)


def _made(session: Session, claims: Mapping[str, Any], email: str, now: datetime) -> _Found:
    locale = claims.get("locale")
    language = "en" if isinstance(locale, str) and locale.lower().startswith("en") else "nl"
    try:
        name = next(_unused(session, claims, email), "")
        account = accounts.created(
            session, PROVIDER, name, email, language, calendar_of(session).day_of(now), None, now
        )
    except NotPossible:  # such as an address that is none
        return _Found(None, ANSWER)
    return _Found(account)


def _unused(session: Session, claims: Mapping[str, Any], email: str) -> Iterator[str]:
    """The name at the provider, or with a number where someone has or had it: the log says by name who did what."""
    given = (claims.get("name"), claims.get("preferred_username"), email)
    names = [printable(one)[: NAME - 5].strip() for one in given if isinstance(one, str)]
    for name in filter(None, names):
        for n in range(1, _NAMESAKES):
            try:
                yield free_name(session, name if n == 1 else f"{name} ({n})")
            except NotPossible:
                continue


def _only_identity(session: Session, found: _Found, issuer: str) -> _Found:
    """Once: an address that a colleague inherits, with another `sub`, does not bring the account along."""
    if found.account and is_there(
        session, _IDENTITY, _IDENTITY.c.account == found.account, _IDENTITY.c.issuer == issuer
    ):
        return _Found(found.account, OTHER_IDENTITY)
    return found


def _link(session: Session, account: str, issuer: str, subject: str, now: datetime) -> None:
    row = {"account": account, "issuer": issuer, "subject": subject, "linked_at": now}
    session.execute(insert(_IDENTITY), [row])
    record(session, PROVIDER, "people.link", account, now, issuer=issuer, sub=subject)


def _tried(session: Session, account: str | None, otherwise: str) -> str:
    found = select(_ACCOUNT.c.email).where(_ACCOUNT.c.id == account)
    return (session.execute(found).scalar_one_or_none() if account else None) or otherwise


# ── What becomes of it ───────────────────────────────────────────────────────────────────────────────────────────────


def _let_in(session: Session, knock: SignInAttempt, account: str, now: datetime, *, second_factor: bool) -> Outcome:
    """A second factor that the person has here is asked, unless the provider has asked one."""
    if not second_factor and has(session, account):
        _log(session, knock, now, AWAITING)
        return NeedsSecondFactor(account, links.ticket(session, account, now))
    last = login_log.last_of(session, account, now)
    _log(session, knock, now)
    token = sessions.start(session, account, now, knock.address, knock.agent, second_factor=second_factor)
    return SignedInNow(account, token, last)


def _refuse(session: Session, knock: SignInAttempt, reason: str, now: datetime) -> Refused:
    _log(session, knock, now, reason)
    return Refused(REFUSED)


def _log(session: Session, knock: SignInAttempt, now: datetime, reason: str = "") -> None:
    login_log.add(session, knock.tried, knock.account, knock.address, knock.agent, SINGLE_SIGN_ON, now, reason)
