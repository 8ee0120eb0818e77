"""The kinds of live checks: what each reads here before it looks, and the file that it then writes.

Reading and looking are apart: no transaction is open while another machine is asked something.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import orjson
from dns.resolver import Resolver
from sqlmodel import Session

from access.permissions import SYSTEM
from controls.browse import lookup
from controls.errors import Unknown
from controls.scope import address as addresses
from controls.scope.address import Address
from controls.scope.live_checks import LiveCheckRow, require_page_address
from controls.scope.target_addresses import addresses_on
from evidence.collect.collector_cases import Case, CouldNotLook, NothingToShow, write_report
from evidence.collect.collector_context import CollectorContext
from evidence.collect.connections.endpoint import Endpoint, trusting
from evidence.collect.connections.page_fetch import fetch, not_reached
from evidence.collect.connections.server_hello import NotTls
from evidence.collect.live import https_default, mail_domain, published_certificates, published_statement
from evidence.collect.live.accepted_certificates import accepted_certificates
from evidence.collect.live.allowed_addresses import Reach, as_number, endpoints, machine_resolver, names_in, numbers_in
from evidence.collect.live.tls_certificates import shown_certificates
from evidence.collect.live.tls_probe import offer_of
from evidence.collect.live.tls_records import INFORMATIONAL, records
from evidence.library.own_titles import LIVE_TITLES
from locales import Text, text
from models.calendar import calendar_of
from models.vocabulary import LiveCheckKind

_BEGIN = '{"Aantoonbaar": "TLS"'  # by which `evidence/formats/network/live_tls.py` recognises the file
#: looks, and gives the file with what was seen; raises `CouldNotLook` and `NothingToShow`
Look = Callable[[CollectorContext, datetime], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class LiveKind:
    """A kind of check. `prepare` reads what it needs from the tables."""

    title: Text
    suffix: str  # of the file's name
    prepare: Callable[[Session, LiveCheckRow, datetime], Look]


def _resolver(context: CollectorContext) -> Resolver:
    return context.resolver or machine_resolver()


# ── Addresses of a target ────────────────────────────────────────────────────────────────────────────────────────────


def _addresses_of(session: Session, check: LiveCheckRow, today: date, now: datetime) -> list[Address]:
    """The recorded addresses of a target in scope today, its own name first. Raises `NothingToShow`."""
    in_scope = {system.key: system for system in lookup.in_scope(session, SYSTEM, today, now)}
    system = in_scope.get(check.system)
    if system is None or (check.target and check.target not in {each.target for each in system.targets}):
        raise NothingToShow(text("{target} is not in scope today.", target=check.target or check.system))
    recorded = addresses_on(session, today, now).get((check.system, check.target), ())
    written = [check.target, *(each.address for each in recorded)]
    parsed = [address for each in written if each and (address := addresses.find(each)) is not None]
    if not parsed:
        raise NothingToShow(text("{target} has no recorded address.", target=check.target or check.system))
    return parsed


def _reached(context: CollectorContext, check: LiveCheckRow, recorded: Sequence[Address]) -> Iterator[Endpoint]:
    reach = Reach(numbers_in(recorded), check.allows_inside)
    for address in names_in(recorded):
        yield from endpoints(_resolver(context), address, reach)


def _https(session: Session, check: LiveCheckRow, now: datetime) -> Look:
    today = calendar_of(session).day_of(now)
    recorded = _addresses_of(session, check, today, now)

    def cases(context: CollectorContext) -> Iterator[Case]:
        for endpoint in _reached(context, check, recorded):
            yield from https_default.cases(endpoint, context.authorities, context.plain_port)

    return lambda context, _now: write_report(check.requirement, today, cases(context))


def _tls(session: Session, check: LiveCheckRow, now: datetime) -> Look:
    recorded = _addresses_of(session, check, calendar_of(session).day_of(now), now)

    def look(context: CollectorContext, started: datetime) -> AbstractContextManager[BinaryIO]:
        scans = [_scan(endpoint, context, started) for endpoint in _reached(context, check, recorded)]
        return closing(_tls_file(scans, started))

    return look


def _scan(endpoint: Endpoint, context: CollectorContext, now: datetime) -> Mapping[str, object]:
    try:
        offer = offer_of(endpoint)
        shown = shown_certificates(endpoint, offer, context.authorities)
        seen = [
            {"id": record.id, "severity": INFORMATIONAL, "finding": record.finding}
            for record in records(offer, shown, _hsts(endpoint, context), now)
        ]
    except (OSError, NotTls) as error:
        raise not_reached(endpoint, error) from error
    return {"targetHost": endpoint.name, "ip": endpoint.address, "port": str(endpoint.port), "records": seen}


def _hsts(endpoint: Endpoint, context: CollectorContext) -> str | None:
    try:
        return https_default.max_age(fetch(endpoint, context=trusting(context.authorities)))
    except (OSError, CouldNotLook):
        return None


def _tls_file(scans: Sequence[Mapping[str, object]], started: datetime) -> BinaryIO:
    content = {"version": "1", "startTime": str(int(started.timestamp())), "scanResult": scans, "scanTime": "0"}
    return io.BytesIO(f"{_BEGIN}, ".encode() + orjson.dumps(content)[1:])


# ── Pages and the mail domain of the organisation ────────────────────────────────────────────────────────────────────


def _page(context: CollectorContext, address: str, check: LiveCheckRow) -> tuple[Endpoint, str]:
    """Where a recorded page is, and its path. Of several addresses the first is looked at."""
    read = addresses.read(address)
    number = as_number(read.host)
    reach = Reach(frozenset([number]) if number else frozenset(), check.allows_inside)
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return endpoints(_resolver(context), read, reach)[0], path


def _statement(session: Session, check: LiveCheckRow, now: datetime) -> Look:
    try:
        version = lookup.statement(session, SYSTEM)
    except Unknown as error:
        raise NothingToShow(text("No statement is in effect.")) from error
    tracked = published_statement.TrackedStatement(version.key, version.text, version.language, version.effective)
    address = check.address or version.source
    require_page_address(address)

    def cases(context: CollectorContext) -> Iterator[Case]:
        endpoint, path = _page(context, address, check)
        element = str(check.details.get("element", ""))
        yield from published_statement.cases(endpoint, path, element, tracked, context.authorities)

    today = calendar_of(session).day_of(now)
    return lambda context, _now: write_report(check.requirement, today, cases(context))


def _certificates(session: Session, check: LiveCheckRow, now: datetime) -> Look:
    today = calendar_of(session).day_of(now)
    certificates = accepted_certificates(session, check.details["certificates"], today, now)
    published_certificates.valid_certificates(certificates, today)

    def cases(context: CollectorContext) -> Iterator[Case]:
        endpoint, _ = _page(context, check.address, check)
        yield from published_certificates.cases(endpoint, check.address, certificates, today, context.authorities)

    return lambda context, _now: write_report(check.requirement, today, cases(context))


def _mail(session: Session, check: LiveCheckRow, now: datetime) -> Look:
    selectors = check.details.get("selectors", [])

    def cases(context: CollectorContext) -> Iterator[Case]:
        yield from mail_domain.cases(_resolver(context), check.address, selectors, context.authorities)

    today = calendar_of(session).day_of(now)
    return lambda context, _now: write_report(check.requirement, today, cases(context))


LIVE_KINDS: Final[Mapping[LiveCheckKind, LiveKind]] = {
    LiveCheckKind.TLS: LiveKind(LIVE_TITLES[LiveCheckKind.TLS], "json", _tls),
    LiveCheckKind.HTTPS: LiveKind(LIVE_TITLES[LiveCheckKind.HTTPS], "xml", _https),
    LiveCheckKind.STATEMENT: LiveKind(LIVE_TITLES[LiveCheckKind.STATEMENT], "xml", _statement),
    LiveCheckKind.CERTIFICATES: LiveKind(LIVE_TITLES[LiveCheckKind.CERTIFICATES], "xml", _certificates),
    LiveCheckKind.MAIL: LiveKind(LIVE_TITLES[LiveCheckKind.MAIL], "xml", _mail),
}
