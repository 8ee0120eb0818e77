"""The login log: every attempt to sign in, with lists for people and officers and the export for auditors.

Attempts that only had to wait are one row a minute for each account, address and method
(`access.sign_in.throttling`). Rows are numbered without gaps, so that a missing one shows. The export holds no
name that was tried (people type passwords there) and no whole address: the columns of the `login-log` register.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement, Integer, Select, String, and_, case, cast, func, insert, or_, select
from sqlmodel import Session, SQLModel

from access.activity.login_log_seal import extend
from access.people.input_text import normalise_email, only_printable
from access.permissions import Person, require
from models import Account, LoginAttempt
from models.calendar import calendar_of
from models.csv_lines import csv_line
from models.moments import wall_clock
from models.vocabulary import SignInMethod, SignInOutcome, SignInReason

HEADER = ("event_id", "time", "user_ref", "outcome", "source", "system", "reason", "method", "probe")
#: The words of the `login-log` register; what it has no word for stays empty.
_REASONS: dict[str, str] = {
    SignInReason.PASSWORD: "password",
    SignInReason.SECOND_FACTOR: "second factor",
    SignInReason.EXPIRED: "second factor",
    SignInReason.AWAITING: "second factor",
    SignInReason.LOCKED: "locked",
    SignInReason.UNKNOWN: "unknown user",
}
_METHODS: dict[str, str] = {
    SignInMethod.PASSWORD: "password",
    SignInMethod.SECOND_FACTOR: "totp",
    SignInMethod.PASSKEY: "webauthn",
    SignInMethod.SINGLE_SIGN_ON: "sso",
}
_TEXT_MAX = 200  # characters of text from a stranger
_BATCH = 1_000

_TABLES = SQLModel.metadata.tables
_ATTEMPT = _TABLES[str(LoginAttempt.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]

_OUTCOME = case(
    (_ATTEMPT.c.succeeded, SignInOutcome.SUCCEEDED),
    (_ATTEMPT.c.reason.in_((SignInReason.LOCKED, SignInReason.AWAITING)), _ATTEMPT.c.reason),
    else_=SignInOutcome.FAILED,
).label("outcome")


@dataclass(frozen=True)
class SignInAttempt:
    """One sign-in attempt: name that was tried, account (if there is one), client address, user agent, method.

    Texts are made printable and cut to what the log holds, since strangers send them.
    """

    tried: str
    account: str | None
    address: str
    agent: str
    method: SignInMethod

    def __post_init__(self) -> None:
        object.__setattr__(self, "tried", normalise_email(self.tried))
        object.__setattr__(self, "address", only_printable(self.address)[:_TEXT_MAX])
        object.__setattr__(self, "agent", only_printable(self.agent)[:_TEXT_MAX])


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One row of the log. `name`: of the account, if there is one. `outcome`: succeeded, failed, locked or awaiting.

    `attempts`: how many attempts the row counts; more than one only where they had to wait. Of several, `tried` and
    `agent` are empty if they differed.
    """

    id: int
    at: datetime
    tried: str
    account: str | None
    name: str | None
    address: str
    agent: str
    method: str
    succeeded: bool
    reason: str
    attempts: int
    outcome: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """The number of attempts of one day with one outcome."""

    day: date
    outcome: str
    attempts: int


def record_attempt(
    session: Session, attempt: SignInAttempt, now: datetime, reason: SignInReason | None = None, attempts: int = 1
) -> None:
    """Add an attempt to the log; without a `reason` it succeeded. Writers take turns, so numbers have no gaps.

    `attempts`: how many the row counts, where they only had to wait (`access.sign_in.throttling`).
    """
    last = session.execute(select(func.max(_ATTEMPT.c.id))).scalar_one()
    row = {
        "id": (last or 0) + 1,
        "at": wall_clock(now),
        "tried": attempt.tried,
        "account": attempt.account,
        "address": attempt.address,
        "agent": attempt.agent,
        "method": attempt.method,
        "succeeded": not reason,
        "attempts": attempts,
        "reason": reason or "",
    }
    session.execute(insert(_ATTEMPT), [row])
    extend(session, row)


def find_last(session: Session, account: str, before: datetime) -> AttemptRow | None:
    """The last attempt on an account before a moment; people are shown it when they sign in."""
    own_rows = _rows().where(_ATTEMPT.c.account == account, _ATTEMPT.c.at < wall_clock(before))
    row = session.execute(own_rows.order_by(_ATTEMPT.c.id.desc()).limit(1)).one_or_none()
    return AttemptRow(*row) if row else None


def list_own(session: Session, account: str, limit: int = 10) -> list[AttemptRow]:
    """The last attempts on an account, the latest first. Needs no permission: people see their own."""
    own_rows = _rows().where(_ATTEMPT.c.account == account).order_by(_ATTEMPT.c.id.desc()).limit(limit)
    return [AttemptRow(*row) for row in session.execute(own_rows)]


def list_attempts(
    session: Session,
    person: Person,
    since: datetime,
    until: datetime,
    tried: str = "",
    succeeded: bool | None = None,  # noqa: FBT001 - a filter with three states
    limit: int = 200,
    outcome: str = "",
    before: int | None = None,
) -> list[AttemptRow]:
    """The attempts from `since` until before `until`, the latest first. Needs `login_log.read`.

    `tried`: a part of the name that was tried or of the account's; `outcome`: only those with this outcome; `before`:
    only those with a lower number (the next page).
    """
    require(person, "login_log.read")
    where = [_between(since, until)]
    if tried:
        part = normalise_email(tried)
        where.append(
            or_(_ATTEMPT.c.tried.contains(part, autoescape=True), _ACCOUNT.c.name_key.contains(part, autoescape=True))
        )
    if succeeded is not None:
        where.append(_ATTEMPT.c.succeeded.is_(succeeded))
    if outcome:
        where.append(_OUTCOME.element == outcome)
    if before is not None:
        where.append(_ATTEMPT.c.id < before)
    rows = _rows().where(*where).order_by(_ATTEMPT.c.at.desc(), _ATTEMPT.c.id.desc()).limit(limit)
    return [AttemptRow(*row) for row in session.execute(rows)]


def count_by_day(session: Session, person: Person, since: datetime, until: datetime) -> list[DayCount]:
    """The number of attempts of each day and outcome, by date. Needs `login_log.read`.

    The database counts by the hour; hours are added up to days of the organisation's time zone.
    """
    require(person, "login_log.read")
    hour, quarter = _quarters(session)
    counted = select(hour, quarter, _OUTCOME, func.sum(_ATTEMPT.c.attempts)).where(_between(since, until))
    days: dict[tuple[date, str], int] = {}
    calendar = calendar_of(session)
    for at, quarters, outcome, count in session.execute(counted.group_by(hour, quarter, _OUTCOME)):
        moment = datetime.fromisoformat(f"{at}:{15 * quarters:02}+00:00")
        day = calendar.day_of(moment)
        days[day, outcome] = days.get((day, outcome), 0) + count
    return [DayCount(day, outcome, count) for (day, outcome), count in sorted(days.items())]


def export(
    session: Session,
    person: Person,
    since: datetime,
    until: datetime,
    system: str = "aantoonbaar",
    probes: Collection[str] = (),
) -> Iterator[str]:
    """The attempts in the columns of the `login-log` register, in order, a line of CSV at a time.

    Needs `login_log.read`. `probes`: the accounts that only test the sign-in.
    """
    require(person, "login_log.read")
    return _lines(session, _exported(since, until), system, frozenset(probes))


def _lines(
    session: Session,
    rows: Select[tuple[int, datetime, str | None, str, str, str, str]],
    system: str,
    probes: frozenset[str],
) -> Iterator[str]:
    yield csv_line(*HEADER, delimiter=";")
    zone = calendar_of(session).zone
    for row in session.execute(rows.execution_options(yield_per=_BATCH)):
        yield csv_line(
            str(row.id),
            row.at.astimezone(zone).isoformat(timespec="seconds"),
            row.account or "unknown",
            row.outcome,
            network_of(row.address),
            system,
            "" if row.outcome == SignInOutcome.SUCCEEDED else _REASONS.get(row.reason, ""),
            _METHODS.get(row.method, ""),
            "yes" if row.account in probes else "no",
            delimiter=";",
        )


def _exported(since: datetime, until: datetime) -> Select[tuple[int, datetime, str | None, str, str, str, str]]:
    """Counts a right password as a success if the account's next attempt, with the second factor, succeeded."""
    later = _ATTEMPT.alias("later")
    following = select(later.c.succeeded).where(later.c.account == _ATTEMPT.c.account, later.c.id > _ATTEMPT.c.id)
    followed = following.order_by(later.c.id).limit(1).scalar_subquery()
    succeeded = or_(_ATTEMPT.c.succeeded, and_(_ATTEMPT.c.reason == SignInReason.AWAITING, followed))
    outcome = case((succeeded, SignInOutcome.SUCCEEDED), else_=SignInOutcome.FAILED).label("outcome")
    names = (_ATTEMPT.c[name] for name in ("id", "at", "account", "address", "reason", "method"))
    return select(*names, outcome).where(_between(since, until)).order_by(_ATTEMPT.c.id)


def network_of(address: str) -> str:
    """The network of an address: IPv4 /24, IPv6 /48; "other" for text that is no address, "none" for none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "other" if address else "none"
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ip_network(f"{mapped}/{24 if mapped.version == 4 else 48}", strict=False))  # noqa: PLR2004 - IPv4


def _rows() -> Select[tuple[int, datetime, str, str | None, str | None, str, str, str, bool, str, int, str]]:
    before = (_ATTEMPT.c[name] for name in ("id", "at", "tried", "account"))
    after = (_ATTEMPT.c[name] for name in ("address", "agent", "method", "succeeded", "reason", "attempts"))
    joined = _ATTEMPT.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _ATTEMPT.c.account)
    return select(*before, _ACCOUNT.c.name, *after, _OUTCOME).select_from(joined)


def _between(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(_ATTEMPT.c.at >= since, _ATTEMPT.c.at < until)


def _quarters(session: Session) -> tuple[ColumnElement[str], ColumnElement[int]]:
    """The hour in UTC, as "2027-03-01 12", and the quarter in it (0 to 3): every zone lies whole quarters from UTC."""
    if session.get_bind().dialect.name == "postgresql":
        at: ColumnElement[str] = func.to_char(func.timezone("UTC", _ATTEMPT.c.at), "YYYY-MM-DD HH24:MI")
    else:
        at = cast(_ATTEMPT.c.at, String)
    minute = cast(func.substr(at, 15, 2), Integer)
    return func.substr(at, 1, 13).label("hour"), (minute // 15).label("quarter")
