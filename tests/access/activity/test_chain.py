"""Any change of the log outside the product is found, and the first wrong entry named."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text, update
from sqlmodel import Session, SQLModel

from access.activity import chain
from access.activity.chain import Broken, check_signatures, sign, verify
from access.activity.record import record
from access.permissions import BUILT_IN
from locales import Language
from models.transaction import reading, writing

LOG = SQLModel.metadata.tables["activity"]
CHECKPOINT = SQLModel.metadata.tables["checkpoint"]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
SIZE = 6
ANY_NUMBER = st.integers(1, SIZE)


def fill(engine, entries=SIZE):
    for n in range(entries):
        with writing(engine) as (session, now):
            record(
                session, BUILT_IN, "evidence.file", f"evidence-{n}", now, number=n, before={"a": [n, None]}, after=n / 4
            )


def before_the_chain(engine, numbers):
    rows = [
        {"id": n, "recorded_at": NOW, "person": "p", "verb": "v", "subject": str(n), "details": {"n": n}}
        for n in numbers
    ]
    with writing(engine) as (session, _):
        session.execute(insert(LOG).values(digest=""), rows)


def unprotected(engine):
    """The database without its triggers, as an administrator could make it."""
    with engine.execution_options(writes=True).begin() as connection:
        for table in ("activity", "checkpoint"):
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
            else:
                for change in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_refuse_{change}"))
    return engine


def tampering(engine):
    """A session whose changes are undone at the end."""
    return Session(engine.execution_options(writes=True))


@pytest.fixture
def log(engine):
    fill(engine)
    return unprotected(engine)


def broken(session, public_key=None):
    with pytest.raises(Broken) as raised:
        verify(session, public_key)
    assert f"entry {raised.value.entry} " in str(raised.value)
    assert Language("nl").render(raised.value.message).startswith(f"Activiteitenlog: regel {raised.value.entry} ")
    return raised.value.entry


CHANGES = st.one_of(
    st.tuples(
        st.sampled_from(["person", "verb", "subject", "digest"]),
        st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=8),
    ),
    st.tuples(st.just("recorded_at"), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))),
    st.tuples(
        st.just("details"),
        st.dictionaries(st.sampled_from("abc"), st.none() | st.integers() | st.text("xyz"), max_size=2),
    ),
)
THOROUGH = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@THOROUGH
@given(ANY_NUMBER, CHANGES)
def test_a_change_of_any_field_of_any_entry_is_found(log, number, change):
    field, value = change
    with tampering(log) as session:
        session.execute(update(LOG).where(LOG.c.id == number).values({field: value}))
        # The first entry without its digest is like one from before the chain: the second tells.
        assert broken(session) == (2 if (number, field, value) == (1, "digest", "") else number)
        session.rollback()


@pytest.mark.parametrize("number", range(1, SIZE + 1))
def test_smallest_change_gives_another_digest(log, number):
    a_little_later = (
        "recorded_at + interval '1 microsecond'"
        if log.dialect.name == "postgresql"
        else "substr(recorded_at, 1, 25) || 'x'"
    )
    for change in (
        f"recorded_at = {a_little_later}",
        "person = person || ' '",
        "digest = upper(digest)",
        "subject = lower('E') || 'vidence'",
    ):
        with tampering(log) as session:
            session.execute(text(f"UPDATE activity SET {change} WHERE id = {number}"))
            assert broken(session) == number


@THOROUGH
@given(ANY_NUMBER, st.integers(-5, 2 * SIZE).filter(lambda n: n not in range(1, SIZE + 1)))
def test_changed_entry_number_is_found(log, number, other):
    with tampering(log) as session:
        session.execute(update(LOG).where(LOG.c.id == number).values(id=other))
        assert broken(session) == (other if other <= 0 else number)
        session.rollback()


@pytest.mark.parametrize("number", range(1, SIZE))
def test_a_removed_entry_is_found(log, number):
    with tampering(log) as session:
        session.execute(text(f"DELETE FROM activity WHERE id = {number}"))
        assert broken(session) == number
        # Closing the gap does not help.
        for later in range(number + 1, SIZE + 1):
            session.execute(text(f"UPDATE activity SET id = {later - 1} WHERE id = {later}"))
        assert broken(session) == number


@pytest.mark.parametrize("number", range(1, SIZE))
def test_reordered_entries_are_found(log, number):
    with tampering(log) as session:
        for old, new in ((number, 99), (number + 1, number), (99, number + 1)):
            session.execute(text(f"UPDATE activity SET id = {new} WHERE id = {old}"))
        assert broken(session) == number


@pytest.mark.parametrize("number", range(1, SIZE + 2))
def test_an_inserted_entry_is_found(log, number):
    """One in between makes the others move up; whatever its digest, it or the one after it does not fit."""
    row = {
        "id": number,
        "recorded_at": NOW,
        "person": "p",
        "verb": "v",
        "subject": "s",
        "details": {},
        "digest": "ab" * 32,
    }
    with tampering(log) as session:
        for later in range(SIZE, number - 1, -1):
            session.execute(text(f"UPDATE activity SET id = {later + 1} WHERE id = {later}"))
        session.execute(insert(LOG), [row])
        assert broken(session) == number


def test_an_entry_added_outside_the_product_is_found(log):
    with tampering(log) as session:
        row = {
            "id": SIZE + 1,
            "recorded_at": NOW,
            "person": "p",
            "verb": "v",
            "subject": "s",
            "details": {},
            "digest": "",
        }
        session.execute(insert(LOG), [row])
        assert broken(session) == SIZE + 1


@pytest.mark.parametrize(
    "change",
    [
        "details = '{'",
        "details = '{\"number\": NaN}'",
        f"details = '{'[' * 20_000}'",
        "details = x'ff'",
        'details = \'{"number": 3, "number": 3}\'',
        "person = x'ff'",
        "person = CAST(x'ff' AS TEXT)",
        "recorded_at = 'yesterday'",
    ],
)
def test_unreadable_entry_is_named(sqlite, change):
    fill(sqlite)
    with tampering(unprotected(sqlite)) as session:
        session.execute(text(f"UPDATE activity SET {change.replace(':', chr(92) + ':')} WHERE id = 4"))
        assert broken(session) == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [('"number": 3', '"number": 7, "number": 3'), ('{"a": [3, null]}', '{"a": 1, "a": [3, null]}')],
)
def test_duplicate_json_key_is_found(sqlite, old, new):
    """Of two values for one key some readers take the first: the digest is of the last."""
    fill(sqlite)
    with tampering(unprotected(sqlite)) as session:
        details = session.execute(text("SELECT details FROM activity WHERE id = 4")).scalar_one()
        assert old in details
        session.execute(text("UPDATE activity SET details = :new WHERE id = 4"), {"new": details.replace(old, new)})
        assert broken(session) == 4


def test_invalid_moment_is_reported(postgresql):
    fill(postgresql)
    with tampering(unprotected(postgresql)) as session:
        session.execute(text("UPDATE activity SET recorded_at = 'infinity' WHERE id = 4"))
        assert broken(session) == 4


def test_chain_of_more_entries_than_a_batch_is_verified(sqlite, monkeypatch):
    monkeypatch.setattr(chain, "_BATCH", 4)
    fill(sqlite, 13)
    with tampering(unprotected(sqlite)) as session:
        assert verify(session).entries == 13
        session.execute(text("UPDATE activity SET person = 'x' WHERE id IN (9, 11)"))
        assert broken(session) == 9


class TestBeforeTheChain:
    """Databases from before the chain; PostgreSQL leaves gaps in their numbers."""

    @pytest.fixture
    def old(self, engine):
        before_the_chain(engine, [2, 3, 7])
        return engine

    def test_first_digest_covers_entries_from_before_the_chain(self, old):
        with reading(old) as session:
            assert verify(session).entries == 3
        fill(old, 2)
        with reading(old) as session:
            assert verify(session).entries == 5
        with tampering(unprotected(old)) as session:
            session.execute(text("UPDATE activity SET person = 'x' WHERE id = 3"))
            assert broken(session) == 8

    @pytest.mark.parametrize(
        "change",
        [
            "DELETE FROM activity WHERE id = 3",
            "UPDATE activity SET id = 4 WHERE id = 3",
            "UPDATE activity SET digest = '' WHERE id = 8",
        ],
    )
    def test_change_of_entries_from_before_the_chain_is_found(self, old, change):
        fill(old, 3)
        with tampering(unprotected(old)) as session:
            session.execute(text(change))
            assert broken(session) == (9 if "digest" in change else 8)

    def test_checkpoint_covers_entries_from_before_the_chain(self, old):
        with writing(old) as (session, now):
            assert sign(session, KEY, now).entries == 3
        fill(old, 1)
        with writing(old) as (session, now):
            assert sign(session, KEY, now).entries == 4
        with tampering(unprotected(old)) as session:
            assert verify(session, PUBLIC).checkpoints == 2
            session.execute(text("UPDATE activity SET person = 'x' WHERE id = 3"))
            assert broken(session) == 7


class TestCheckpoints:
    @pytest.fixture
    def signed(self, log):
        """Signed when it was empty, after all entries, and after one more."""
        with writing(log) as (session, now):
            sign(session, KEY, now)
        fill(log, 1)
        with writing(log) as (session, now):
            sign(session, KEY, now)
        return log

    def test_checkpoints_agree_with_the_log(self, signed):
        with reading(signed) as session:
            verified = verify(session, PUBLIC)
            check_signatures(session, PUBLIC)
        assert (verified.entries, verified.checkpoints) == (SIZE + 1, 2)

    def test_an_empty_log_can_be_signed(self, engine):
        with writing(engine) as (session, now):
            checkpoint = sign(session, KEY, now)
            assert (checkpoint.entry, checkpoint.entries) == (0, 0)
        fill(engine, 1)
        with writing(engine) as (session, now):
            assert sign(session, KEY, now).entry == 1
            assert verify(session, PUBLIC).checkpoints == 2

    @pytest.mark.parametrize("remaining", range(SIZE + 1))
    def test_removing_the_last_entries_is_found(self, signed, remaining):
        with tampering(signed) as session:
            session.execute(text(f"DELETE FROM activity WHERE id > {remaining}"))
            assert broken(session) == remaining + 1

    def test_a_log_that_was_wholly_rewritten_is_found(self, signed):
        """Rewritten by someone who can compute digests, without the key."""
        with tampering(signed) as session:
            rows = [dict(row) for row in session.execute(LOG.select().order_by(LOG.c.id)).mappings()]
            session.execute(LOG.delete())
            rows[2]["person"] = "somebody else"
            chain.append(session, [{key: row[key] for key in row if key not in ("id", "digest")} for row in rows])
            assert broken(session) == SIZE

    def test_new_signatures_with_another_key_are_found(self, signed):
        with tampering(signed) as session:
            session.execute(text("DELETE FROM checkpoint"))
            sign(session, Ed25519PrivateKey.generate(), NOW)
            assert verify(session).checkpoints == 1  # nothing to compare it with
            assert broken(session, PUBLIC) == SIZE + 1

    @THOROUGH
    @given(
        st.sampled_from([1, 2]),
        st.one_of(
            st.tuples(
                st.sampled_from(["digest", "signature", "public_key"]), st.text("0123456789abcdefxé", max_size=130)
            ),
            st.tuples(st.sampled_from(["entry", "entries"]), st.integers(-3, 12)),
            st.tuples(
                st.just("signed_at"), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
            ),
        ),
    )
    def test_any_change_of_a_checkpoint_is_found(self, signed, which, change):
        field, value = change
        with tampering(signed) as session:
            current = session.execute(CHECKPOINT.select().where(CHECKPOINT.c.id == which)).mappings().one()[field]
            session.execute(update(CHECKPOINT).where(CHECKPOINT.c.id == which).values({field: value}))
            if value != current:
                broken(session, PUBLIC)
            session.rollback()

    @pytest.mark.parametrize(
        "change", ["signed_at = 'x'", "signature = x'00'", "entry = 'x'", "digest = CAST(x'ff' AS TEXT)"]
    )
    def test_a_checkpoint_that_cannot_be_read_is_found(self, sqlite, change):
        with writing(sqlite) as (session, now):
            sign(session, KEY, now)
        with tampering(unprotected(sqlite)) as session:
            session.execute(text(f"UPDATE checkpoint SET {change}"))
            assert broken(session) == 0

    def test_log_with_a_broken_end_is_not_signed(self, signed):
        fill(signed, 3)
        with tampering(signed) as session:
            session.execute(text(f"UPDATE activity SET person = 'x' WHERE id = {SIZE + 3}"))
            with pytest.raises(Broken):
                sign(session, KEY, NOW)


def test_digests_do_not_change_between_versions(engine):
    """The canonical form of 2026: organisations store digests for years."""
    with Session(engine.execution_options(writes=True)) as session:
        record(session, BUILT_IN, "evidence.file", "één", NOW, b=1, a=["x", None])
        session.commit()
        form = json.dumps(
            [
                "0" * 64,
                True,
                1,
                "2026-11-20 10:00:00.000000",
                "security officer",
                "evidence.file",
                "één",
                {"a": ["x", None], "b": 1},
            ],
            separators=(",", ":"),
        )
        assert verify(session).last_digest == hashlib.sha256(form.encode()).hexdigest()
