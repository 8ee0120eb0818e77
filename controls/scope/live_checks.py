"""Live checks of recorded addresses: an officer switches each on, asks for a run, and switches it off.

Nothing is looked at before that. A live check has versions, like an address of a target.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import RowMapping, insert, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.errors import NotPossible, Unknown
from controls.scope import address as addresses
from controls.scope.target_addresses import require_target
from locales import text
from models.bulk_changes import table
from models.queries import latest
from models.vocabulary import LiveCheckKind

OF_TARGETS: Final = (LiveCheckKind.TLS, LiveCheckKind.HTTPS)
CERTIFICATE_FIELDS: Final = ("standard", "number", "body", "scope")
_SELECTOR = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_MOST = 20  # selectors or certificates
_LONGEST_ADDRESS, _LONGEST_VALUE = 2_000, 1_000


@dataclass(frozen=True, slots=True)
class LiveCheckDetails:
    """What a check needs besides its address.

    `element`: id of the element of a page that holds the statement; `selectors`: of DKIM; `certificates`: by the key of
    the evidence requirement of each, what the page must state of it (`CERTIFICATE_FIELDS`).
    """

    element: str = ""
    selectors: tuple[str, ...] = ()
    certificates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveCheckRow:
    """The current version of a live check."""

    key: str
    requirement: str
    system: str
    target: str
    address: str
    details: dict[str, Any]
    allows_inside: bool
    is_on: bool
    requested_at: datetime | None
    recorded_at: datetime
    recorded_by: str


def switch_on(
    session: Session,
    person: Person,
    kind: str,
    now: datetime,
    *,
    system: str = "",
    target: str = "",
    address: str = "",
    details: LiveCheckDetails | None = None,
    allows_inside: bool = False,
) -> str:
    """Switch a live check on; returns its key. `kind`: the requirement that it is evidence for.

    A check of a target goes to the target's recorded addresses; the others go to `address`: a page (https), or a mail
    domain. `allows_inside`: recorded addresses may be private. Raises `NotPossible`, and `Unknown` for the target.
    """
    require(person, "scope.change")
    if kind not in list(LiveCheckKind):
        known = ", ".join(LiveCheckKind)
        raise NotPossible(text("{kind} is no live check; expected one of {known}.", kind=kind[:80], known=known))
    kind = LiveCheckKind(kind)
    if kind in OF_TARGETS:
        require_target(session, system, target)
        address = ""
    else:
        system, target, address = "", "", _checked_address(kind, address)
    _require_off(session, kind, system, target, address)
    key = uuid.uuid4().hex
    place = {"key": key, "requirement": str(kind), "system": system, "target": target, "address": address}
    settings = {"details": _checked_details(kind, details or LiveCheckDetails()), "allows_inside": allows_inside}
    _record_version(session, person, {**place, **settings, "is_on": True, "requested_at": now}, now)
    record(session, person, "scope.switch_on_live_check", key, now, **place, **settings)
    return key


def switch_off(session: Session, person: Person, key: str, now: datetime) -> None:
    """Switch a live check off. Its evidence stays. Raises `Unknown`, and `NotPossible` if it is off already."""
    require(person, "scope.change")
    row = _current_on(session, key, now)
    _record_version(session, person, {**row, "is_on": False}, now)
    record(session, person, "scope.switch_off_live_check", key, now, **_place_of(row))


def request_run(session: Session, person: Person, key: str, now: datetime) -> None:
    """Ask for a run as soon as possible. Raises `Unknown`, and `NotPossible` if the check is off."""
    require(person, "scope.change")
    row = _current_on(session, key, now)
    _record_version(session, person, {**row, "requested_at": now}, now)
    record(session, person, "scope.request_live_check", key, now, **_place_of(row))


def _place_of(row: RowMapping) -> dict[str, Any]:
    """What the activity log tells of a check: its kind and what it looks at."""
    return {name: row[name] for name in ("requirement", "system", "target", "address")}


def current_live_checks(session: Session) -> list[LiveCheckRow]:
    """Read the current version of each live check, on or off; checks no permission."""
    check = table("live_check")
    columns = [check.c[name] for name in LiveCheckRow.__dataclass_fields__]
    order = (check.c.requirement, check.c.system, check.c.target, check.c.address, check.c.recorded_at)
    rows = session.execute(select(*columns).where(latest(check, "key")).order_by(*order)).mappings()
    return [LiveCheckRow(**row) for row in rows]


# ── Checks and rows ──────────────────────────────────────────────────────────────────────────────────────────────────


def _checked_address(kind: LiveCheckKind, address: str) -> str:
    if kind == LiveCheckKind.STATEMENT and not address.strip():
        return ""
    plain = names.plain(address, text("The address"), _LONGEST_ADDRESS)
    if kind == LiveCheckKind.MAIL:
        domain = addresses.read(plain)
        if domain.port is not None or "." not in domain.host or ":" in domain.host or domain.host[-1].isdigit():
            raise NotPossible(text("{address} is no mail domain; expected what follows the @.", address=plain[:80]))
        return domain.host
    require_page_address(plain)
    return plain


def require_page_address(address: str) -> None:
    """Raise `NotPossible` unless it is a web address with https and without a name or password in it."""
    try:
        parts = urlsplit(address)
        is_fit = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and addresses.read(address)
    except ValueError:
        is_fit = None
    if not is_fit:
        raise NotPossible(
            text("{address} is no address of a page; expected https://, a host and a path.", address=address[:80])
        )


def _checked_details(kind: LiveCheckKind, details: LiveCheckDetails) -> dict[str, Any]:
    if kind == LiveCheckKind.STATEMENT:
        return {"element": names.plain(details.element, text("The id"), 80)} if details.element.strip() else {}
    if kind == LiveCheckKind.MAIL:
        return {"selectors": _checked_selectors(details.selectors)}
    if kind == LiveCheckKind.CERTIFICATES:
        return {"certificates": _checked_certificates(details.certificates)}
    return {}


def _checked_selectors(selectors: Sequence[str]) -> list[str]:
    for selector in selectors:
        if not _SELECTOR.fullmatch(selector):
            raise NotPossible(
                text("{selector} is no selector of DKIM; expected the part before ._domainkey.", selector=selector[:80])
            )
    _require_few(selectors)
    return sorted({selector.lower() for selector in selectors})


def _checked_certificates(certificates: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    if not certificates:
        raise NotPossible(text("Say of at least one certificate what the page must state of it."))
    _require_few(certificates)
    titles = {
        "standard": text("The standard"),
        "number": text("The number"),
        "body": text("The certification body"),
        "scope": text("The scope"),
    }
    return {
        names.key(requirement): {
            name: names.plain(states.get(name, ""), title, _LONGEST_VALUE) for name, title in titles.items()
        }
        for requirement, states in certificates.items()
    }


def _require_few(items: Sequence[str] | Mapping[str, Any]) -> None:
    if len(items) > _MOST:
        raise NotPossible(text("At most {n} of these; split them over several checks.", n=_MOST))


def _require_off(session: Session, kind: LiveCheckKind, system: str, target: str, address: str) -> None:
    """Refuse a second check of the same."""
    place = (kind, system, target, address)
    for row in current_live_checks(session):
        if row.is_on and (row.requirement, row.system, row.target, row.address) == place:
            what = target or system or address or str(kind)
            raise NotPossible(text("This live check of {what} is on already; switch it off first.", what=what))


def _current_on(session: Session, key: str, now: datetime) -> RowMapping:
    check = table("live_check")
    row = session.execute(select(check).where(check.c.key == key, latest(check, "key"))).mappings().one_or_none()
    if row is None:
        raise Unknown(text("There is no live check {key}.", key=key))
    if not row["is_on"]:
        raise NotPossible(text("This live check is off."))
    if row["recorded_at"] >= now:
        raise NotPossible(text("This live check was changed at the same moment; try again."))
    return row


def _record_version(session: Session, person: Person, row: Mapping[str, Any], now: datetime) -> None:
    columns = [name for name in LiveCheckRow.__dataclass_fields__ if name not in ("recorded_at", "recorded_by")]
    values = {name: row[name] for name in columns}
    session.execute(insert(table("live_check")).values(**values, recorded_at=now, recorded_by=person.name))
