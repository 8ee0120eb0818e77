"""The activity log's chain: each entry's digest covers the entry and the digest before it; checkpoints sign its end.

An entry's number is the last one's plus one: of two writers that both missed the clock's row (`models/transaction.py`)
the second asks for a number that is taken, and fails, so the chain never forks. Entries from before the chain have no
digest of their own; they come first, and the first digest covers them all.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import ColumnElement, String, cast, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from access.errors import AccessProblem
from locales import Text, text
from models import Activity, Checkpoint

_LOG = SQLModel.metadata.tables[str(Activity.__tablename__)]
_CHECKPOINTS = SQLModel.metadata.tables[str(Checkpoint.__tablename__)]
_ADD = insert(_LOG)
_END = select(_LOG.c.id, _LOG.c.digest).order_by(_LOG.c.id.desc()).limit(1)
_BATCH = 1_000
#: One JSON array, in ASCII, keys sorted: no two lists of values give the same bytes.
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_encode = json.JSONEncoder(allow_nan=False).encode
_SESSION_KEY = "access.chain"


def _whole_if_integral(written: str) -> int | float:
    number = float(written)
    return int(number) if number.is_integer() else number


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; raises `ValueError` if a key occurs twice, since readers would differ about its value."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key occurs twice")
    return values


_decode_own = json.JSONDecoder(parse_float=_whole_if_integral).decode
_decode_stored = json.JSONDecoder(object_pairs_hook=_reject_duplicate_keys).decode


class ChainLink(NamedTuple):
    """A place in the chain: an entry's number, the number of entries up to it, and its digest."""

    entry: int
    entries: int
    digest: str


class End(NamedTuple):
    """The entry that the next one follows."""

    entry: int
    digest: str


START = ChainLink(0, 0, "0" * 64)


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a verification; compare the digest with one that was stored elsewhere."""

    entries: int
    last_digest: str
    checkpoints: int


class Broken(AccessProblem):
    """The log is not what was written. `entry`: the first that is wrong; `what`: in which way."""

    def __init__(self, entry: int, what: Text) -> None:
        super().__init__(text("Activity log: entry {entry} {what}", entry=str(entry), what=what))
        self.entry = entry
        self.what = what


def append(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Append entries (without number and digest) to the chain."""
    end, sealed = _chain_end(session), []
    for row in rows:
        # As the database will give it back: keys are text, and 1.0 is 1, as PostgreSQL may have it.
        details = _decode_own(_encode(row["details"]))
        fields = [end.entry + 1, utc_text(row["recorded_at"]), row["person"], row["verb"], row["subject"], details]
        end = End(end.entry + 1, _digest(end.digest, fields, chained=True))
        sealed.append({**row, "details": details, "id": end.entry, "digest": end.digest})
    if sealed:
        session.execute(_ADD, sealed)
        session.info[_SESSION_KEY] = (_transaction(session), end)


def verify(session: Session, public_key_hex: str | None = None, external: Checkpoint | None = None) -> Verified:
    """Verify every entry and checkpoint; raises `Broken` at the first entry that was changed, removed or added.

    A log that was rewritten as a whole is found by the checkpoints, if `public_key_hex` is the key that was stored
    elsewhere; a log that was cut, or lost checkpoints, by the `external` checkpoint, which is stored elsewhere.
    """
    checkpoints, link = _read_checkpoints(session), START
    held = sorted([*checkpoints, *filter(None, [external])], key=attrgetter("entry"))
    pending = {entry: list(group) for entry, group in groupby(held, key=attrgetter("entry"))}
    for following in _links(session, START):
        link = following
        for checkpoint in pending.pop(link.entry, ()):
            _compare_checkpoint(checkpoint, link)
    for entry, missing in pending.items():
        what = text("is missing: there is a checkpoint after it, of {moment}.", moment=missing[0].signed_at)
        raise Broken(min(entry, link.entry + 1), what)
    _check_signatures(held, public_key_hex)
    _require_external_checkpoint(checkpoints, external)
    return Verified(link.entries, link.digest, len(checkpoints))


def check_signatures(session: Session, public_key_hex: str | None = None) -> None:
    """Verify the checkpoints' signatures only; `verify` also checks the log against them. Raises `Broken`."""
    _check_signatures(_read_checkpoints(session), public_key_hex)


def _check_signatures(checkpoints: Sequence[Checkpoint], public_key_hex: str | None) -> None:
    for checkpoint in checkpoints:
        if public_key_hex not in (None, checkpoint.public_key):
            what = text(
                "has a checkpoint of {moment} that is signed with another key than ours.", moment=checkpoint.signed_at
            )
            raise Broken(checkpoint.entry, what)
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
            key.verify(bytes.fromhex(checkpoint.signature), _signed_bytes(checkpoint))
        except (InvalidSignature, ValueError) as error:
            what = text("has a checkpoint of {moment} whose signature is not right.", moment=checkpoint.signed_at)
            raise Broken(checkpoint.entry, what) from error


def _require_external_checkpoint(checkpoints: Sequence[Checkpoint], external: Checkpoint | None) -> None:
    """Raises `Broken` if the checkpoint beside the key, which was in the database first, is no longer there."""
    if external is not None and not any(
        (each.entry, each.digest) == (external.entry, external.digest) for each in checkpoints
    ):
        what = text(
            "has a checkpoint of {moment} beside the key, and the database has it no more: it was removed.",
            moment=external.signed_at,
        )
        raise Broken(external.entry, what)


def sign(session: Session, key: Ed25519PrivateKey, now: datetime, external: Checkpoint | None = None) -> Checkpoint:
    """Sign the end of the log, after verifying what was added since the last checkpoint; returns the checkpoint.

    `external`: the checkpoint stored elsewhere, which the log must continue. Raises `Broken`.
    """
    signed = _read_checkpoints(session)
    _require_external_checkpoint(signed, external)
    last = external or (signed[-1] if signed else None)
    _require_signed_entry(session, last)
    link = _last_link(session, ChainLink(last.entry, last.entries, last.digest) if last else START)
    public_key = key.public_key().public_bytes_raw().hex()
    checkpoint = Checkpoint(**link._asdict(), signed_at=now, signature="", public_key=public_key)
    checkpoint.signature = key.sign(_signed_bytes(checkpoint)).hex()
    session.add(checkpoint)
    session.flush()
    return checkpoint


def _require_signed_entry(session: Session, last: Checkpoint | None) -> None:
    """Raises `Broken` unless the entry that was signed last still has that digest (older entries have none)."""
    if last is None or last.entry == 0:
        return
    stored = session.execute(select(_LOG.c.digest).where(_LOG.c.id == last.entry)).scalar_one_or_none()
    if stored is None:
        what = text("is missing: there is a checkpoint after it, of {moment}.", moment=last.signed_at)
        raise Broken(last.entry, what)
    if stored:
        _compare_checkpoint(last, ChainLink(last.entry, last.entries, stored))


def _chain_end(session: Session) -> End:
    """The last entry, read once a transaction; a transaction or savepoint that ended leaves nothing for the next."""
    transaction, cached = session.info.get(_SESSION_KEY, (None, None))
    if cached is not None and transaction is _transaction(session):
        return End(*cached)
    last = session.execute(_END).one_or_none()
    if last is not None and last.digest:
        return End(last.id, last.digest)
    link = _last_link(session, START)
    return End(link.entry, link.digest)


def _last_link(session: Session, link: ChainLink) -> ChainLink:
    for following in _links(session, link):
        link = following
    return link


def _transaction(session: Session) -> object:
    return session.get_nested_transaction() or session.get_transaction()


def _links(session: Session, link: ChainLink) -> Iterator[ChainLink]:
    """The links after a link, entry by entry; of the start also itself, which a checkpoint may name."""
    if link is START:
        yield link
    began = link is not START and _has_digest(session, link.entry)
    for row in _rows(session, link):
        link, began = _follow(link, row, began=began), began or bool(row.digest)
        yield link


def _follow(link: ChainLink, row: Any, *, began: bool) -> ChainLink:
    """The link of this entry; raises `Broken` if it does not continue the chain."""
    chained = began or bool(row.digest)
    if row.id <= 0:
        raise Broken(row.id, text("was added: numbers begin with 1."))
    if chained and row.id != link.entry + 1:
        raise Broken(link.entry + 1, text("is missing: entry {next} follows.", next=str(row.id)))
    try:
        fields = [row.id, row.recorded_at, row.person, row.verb, row.subject, _decode_stored(row.details)]
        digest = _digest(link.digest, fields, chained=chained)
    except (ValueError, TypeError, RecursionError) as error:
        raise Broken(row.id, text("cannot be read: it was changed.")) from error
    if chained and row.digest != digest:
        raise Broken(row.id, _mismatch(link, row, began=began))
    return ChainLink(row.id, link.entries + 1, digest)


def _mismatch(link: ChainLink, row: Any, *, began: bool) -> Text:
    if not row.digest:
        return text("has no digest: it was changed, or added outside the product.")
    if not began and link.entries:
        return text("does not fit: it, or one of the entries without a digest before it, was changed or removed.")
    return text("does not fit the one before it: it was changed, added or moved.")


def _compare_checkpoint(checkpoint: Checkpoint, link: ChainLink) -> None:
    if (checkpoint.entries, checkpoint.digest) != (link.entries, link.digest):
        what = text(
            "differs from its checkpoint of {moment}: it, or one before it, was rewritten.", moment=checkpoint.signed_at
        )
        raise Broken(checkpoint.entry, what)


def _rows(session: Session, after: ChainLink) -> Iterator[Any]:
    """Entries by number, as text, since someone else may have written anything there."""
    log = select(
        _LOG.c.id,
        _recorded_at(session).label("recorded_at"),
        *(_LOG.c.person, _LOG.c.verb, _LOG.c.subject),
        cast(_LOG.c.details, String).label("details"),
        _LOG.c.digest,
    ).order_by(_LOG.c.id)
    statement = log if after is START else log.where(_LOG.c.id > after.entry)
    size = _BATCH
    while True:
        try:
            rows = session.execute(statement.limit(size)).all()
        except DBAPIError as error:
            _reraise_unless_undecodable(error)
            if size == 1:  # read one by one, to name the entry
                unreadable = session.execute(statement.with_only_columns(_LOG.c.id).limit(1)).scalar_one()
                raise Broken(unreadable, text("cannot be read: it was changed.")) from error
            size = 1
            continue
        yield from rows
        if not rows:
            return
        statement = log.where(_LOG.c.id > rows[-1].id)


def _reraise_unless_undecodable(error: ValueError | DBAPIError) -> None:
    """Raise every error but that of SQLite about bytes that are no text: others say nothing about the log."""
    if isinstance(error, DBAPIError) and "UTF-8" not in str(error.orig):
        raise error


def _recorded_at(session: Session) -> ColumnElement[str]:
    """The moment in UTC with microseconds, in the form that SQLite stores (`models/columns.py`)."""
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", _LOG.c.recorded_at), "YYYY-MM-DD HH24:MI:SS.US")
    return cast(_LOG.c.recorded_at, String)


def _has_digest(session: Session, entry: int) -> bool:
    return bool(session.execute(select(_LOG.c.digest).where(_LOG.c.id == entry)).scalar_one_or_none())


def _read_checkpoints(session: Session) -> list[Checkpoint]:
    rows = session.execute(select(_CHECKPOINTS).order_by(_CHECKPOINTS.c.entry, _CHECKPOINTS.c.id)).mappings()
    try:
        return [Checkpoint.model_validate(dict(row)) for row in rows]
    except (ValueError, DBAPIError) as error:
        _reraise_unless_undecodable(error)
        raise Broken(0, text("or a later one has a checkpoint that cannot be read: it was changed.")) from error


def _digest(previous: str, fields: list[Any], *, chained: bool) -> str:
    """SHA-256 over the former digest, `chained` (the entry has a digest), and the entry's fields, as canonical JSON."""
    return hashlib.sha256(canonical([previous, chained, *fields]).encode("ascii")).hexdigest()


def _signed_bytes(checkpoint: Checkpoint) -> bytes:
    return canonical([checkpoint.entry, checkpoint.entries, checkpoint.digest, utc_text(checkpoint.signed_at)]).encode(
        "ascii"
    )


def utc_text(moment: datetime) -> str:
    """A moment as it is hashed: UTC with microseconds, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
