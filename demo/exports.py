"""Exports of users from the organisation's products: accepted agreements and sign-in attempts."""

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from demo.files.tables import Row
from demo.registers import Register, seeded_random
from demo.scans_and_tests import ROLES
from models.calendar import Calendar


def eura_texts(versions: Sequence[tuple[str, date]]) -> Register:
    rows = [
        {"role": role, "version": version, "in force from": since, "text hash": _hash(role, version)}
        for version, since in versions
        for role in ROLES
    ]
    return Register(list(rows[0]), rows, len(rows), "versions that the application knows")


def acceptances(system: str, day: date, versions: Sequence[tuple[str, date]], calendar: Calendar) -> Register:
    """Each active user's acceptance of every version under which they used the system."""
    users, rows = 60, list[Row]()
    rng = seeded_random("eura", system)
    for user in range(1, users + 1):
        role = ROLES[user % len(ROLES)]
        first = versions[0][1] + timedelta(days=rng.randrange(20, 90))
        for version, since in versions:
            accepted = _at(calendar, max(first, since + timedelta(days=rng.randrange(1, 6))), 8, rng)
            used = _at(calendar, day - timedelta(days=rng.randrange(1, 20)), 15, rng)
            rows.append(
                {
                    "system": system,
                    "user": f"U{user:04}",
                    "role": role,
                    "EURA version": version,
                    "accepted at": accepted,
                    "first use at": accepted + timedelta(minutes=3),
                    "last use at": used
                    if version == versions[-1][0]
                    else _at(calendar, versions[-1][1] - timedelta(days=2), 9, rng),
                    "text hash": _hash(role, version),
                }
            )
    return Register(list(rows[0]), rows, users, "active users counted by the application")


def login_log(system: str, day: date, calendar: Calendar) -> tuple[Register, Register]:
    """Return two weeks of attempts until noon, with a probe, and each user's last attempt by the application."""
    rng = seeded_random("log", system, day)
    noon = calendar.moment_of(datetime.combine(day, time(11, 55))).astimezone(UTC)
    times = sorted(noon - timedelta(seconds=rng.randrange(60 * 20, 14 * 86_400)) for _ in range(260))
    rows: list[Row] = []
    for at in times:
        failed = rng.random() < 0.06  # noqa: PLR2004 - a usual share
        rows.append(
            _attempt(
                at.astimezone(calendar.zone),
                f"U{rng.randrange(1, 61):04}",
                system,
                rng,
                "failed" if failed else "succeeded",
            )
        )
    probed = (noon - timedelta(minutes=8)).astimezone(calendar.zone)
    rows.append(_attempt(probed - timedelta(minutes=1), "PROBE", system, rng, "failed", probe=True))
    rows.append(_attempt(probed, "PROBE", system, rng, "succeeded", probe=True))
    numbered = [{"event id": f"{system}-{number:05}", **row} for number, row in enumerate(rows, 1)]
    last = {(row["user"], row["outcome"] if row["probe"] else ""): row for row in numbered}
    known = [
        {
            "system": system,
            "user": row["user"],
            "last attempt": row["time"],
            "outcome": row["outcome"],
            "probe": row["probe"],
        }
        for row in last.values()
    ]
    users = {row["user"] for row in known}
    return (
        Register(list(numbered[0]), numbered, len(numbered), "attempts counted by the application"),
        Register(list(known[0]), known, len(users), "active accounts that ever tried, by the application"),
    )


def _attempt(
    at: datetime, user: str, system: str, rng: random.Random, outcome: str, *, probe: bool = False
) -> dict[str, object]:
    reason = "password" if outcome == "failed" else ""
    source = f"192.0.2.{rng.randrange(1, 200)}"
    how = {"outcome": outcome, "source": source, "system": system, "reason": reason, "method": "password"}
    return {"time": at, "user": user, **how, "probe": probe}


def _at(calendar: Calendar, day: date, hour: int, rng: random.Random) -> datetime:
    return calendar.moment_of(datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60))))


def _hash(role: str, version: str) -> str:
    return hashlib.sha256(f"Agreement of the {role}, version {version}, of Duinroos (made up)".encode()).hexdigest()
