"""The rows of the organisation's registers, as they stood on a day."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo.files.tables import Row

STAFF = 24
SYSTEMS = ("portal", "planner", "website", "help-desk")
_OWNERS = {"portal": "P003", "planner": "P004", "website": "P005", "help-desk": "P006"}
_TASKS = ("support of customers", "development", "releases", "planning of visits", "invoices")
EURA_ROLES = ("client", "carer", "planner")


@dataclass(frozen=True, slots=True)
class Register:
    """Rows with their columns, and how many there should be by which source."""

    columns: Sequence[str]
    rows: Sequence[Row]
    number: int
    source: str


def _dice(*about: object) -> random.Random:
    return random.Random(" ".join(map(str, about)))  # noqa: S311 - made-up rows, the same every time


# ── Access ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def access_review(day: date) -> Register:
    """Every account of every system, decided on in the week before; one that is no longer needed is withdrawn."""
    dice = _dice("access", day)
    rows: list[Row] = []
    for system in SYSTEMS:
        for number in range(1, 13):
            person = f"P{(number * 2 + SYSTEMS.index(system)) % STAFF + 1:03}"
            privileged, revoked = number <= 3, number == 12  # noqa: PLR2004
            decided = day - timedelta(days=dice.randrange(1, 6))
            rows.append(
                {
                    "system": system,
                    "account": f"{system}-{number:02}",
                    "person": person,
                    "account type": "personal",
                    "privileged": privileged,
                    "role": "administrator" if privileged else "user",
                    "task": "" if revoked else ("management" if privileged else dice.choice(_TASKS)),
                    "last used": day - timedelta(days=dice.randrange(7, 40)),
                    "decision": "revoke" if revoked else "keep",
                    "decided by": _OWNERS[system] if person != _OWNERS[system] else "P001",
                    "decided on": decided,
                    "executed on": decided if revoked else None,
                }
            )
    columns = list(rows[0])
    return Register(columns, rows, len(rows), "accounts exported from each system")


def privileged(review: Register) -> Register:
    """The same review; of its rows those with privileged rights are counted."""
    number = sum(1 for row in review.rows if row["privileged"])
    return Register(review.columns, review.rows, number, "privileged accounts exported from each system")


def secrecy(day: date) -> Register:
    """Everyone's agreement, signed before the first day."""
    rows = [
        {
            "person": f"P{number:03}",
            "employment": "hired" if number > STAFF - 2 else "employee",
            "basis": "agreement" if number > STAFF - 2 else "contract",
            "signed on": _began(number) - timedelta(days=14),
            "start date": _began(number),
            "continues after end": True,
            "document": f"HR-{number:04}",
        }
        for number in range(1, STAFF + 1)
    ]
    del day
    return Register(list(rows[0]), rows, STAFF, "personnel records and the list of contracts")


def training(day: date) -> Register:
    """Everyone's last training, within the past year."""
    dice = _dice("training", day)
    rows = [
        {
            "person": f"P{number:03}",
            "relation": "hired" if number > STAFF - 2 else "employee",
            "course": "Information security, yearly",
            "access from": _began(number),
            "completed on": day - timedelta(days=dice.randrange(5, 60)),
            "passed": True,
        }
        for number in range(1, STAFF + 1)
    ]
    return Register(list(rows[0]), rows, STAFF, "personnel records and the list of contracts")


def _began(number: int) -> date:
    return date(2018, 1, 8) + timedelta(days=93 * number)


# ── Hosting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def firewall_rules(day: date) -> Register:
    rules = (
        ("1", "any", "portal, planner", "tcp/443", "public addresses of the products"),
        ("2", "any", "website, help desk", "tcp/443", "public website and help desk"),
        ("3", "any", "website", "tcp/80", "redirects to https"),
        ("4", "office, vpn", "management network", "tcp/22", "management of servers"),
        ("5", "application network", "database network", "tcp/5432", "products reach their databases"),
        ("6", "monitoring", "all servers", "tcp/9100", "measurements"),
        ("7", "backup", "all servers", "tcp/8733", "nightly backups"),
    )
    rows: list[Row] = [
        {
            "device": "fw-1",
            "rule": number,
            "source": source,
            "destination": destination,
            "service": service,
            "action": "allow",
            "owner": "lead platform",
            "reason": reason,
            "reviewed on": day - timedelta(days=2),
            "decision": "keep",
        }
        for number, source, destination, service, reason in rules
    ]
    closing = {"device": "fw-1", "rule": "8", "source": "any", "destination": "any", "service": "any"}
    rest = {"owner": "lead platform", "reason": "what is not allowed is refused", "decision": "keep"}
    rows.append({**closing, "action": "deny", **rest, "reviewed on": day - timedelta(days=2)})
    return Register(list(rows[0]), rows, len(rows), "rules counted by the firewall itself")


def data_centres(day: date) -> Register:
    rows = [
        {
            "location": code,
            "city": city,
            "province": province,
            "operator": "Hosting Midden B.V. (made up)",
            "standard": "ISO/IEC 27001:2022",
            "certificate number": f"HM-{number}",
            "certification body": "Certificering Oost B.V. (made up)",
            "accredited": True,
            "valid from": day - timedelta(days=200),
            "valid until": day + timedelta(days=895),
            "scope covers location": True,
            "monitored 24/7": True,
            "proof of monitoring": "report of the operator, chapter 6",
            "hosted systems": "|".join(SYSTEMS),
            "checked on": day - timedelta(days=1),
        }
        for number, (code, city, province) in enumerate(
            (("DC-ZWO", "Zwolle", "Overijssel"), ("DC-APE", "Apeldoorn", "Gelderland")), 101
        )
    ]
    return Register(list(rows[0]), rows, 2, "locations in the hosting contract")


def data_centre_access(day: date) -> Register:
    rows = [
        {
            "person": person,
            "employer": "own",
            "location": location,
            "function": "platform engineer",
            "reason": "replacing equipment with the operator",
            "access from": date(2024, 3, 1),
            "reviewed on": day - timedelta(days=2),
            "reviewed by": "P001",
            "decision": "keep",
            "revoked on": None,
        }
        for location in ("DC-ZWO", "DC-APE")
        for person in ("P005", "P007")
    ]
    return Register(list(rows[0]), rows, len(rows), "the operator's own list of passes")


def patches(first: date, last: date) -> Register:
    """The critical updates of a quarter, each installed within the week."""
    dice = _dice("patches", last)
    rows: list[Row] = []
    for number in range(1, 5):
        released = first + timedelta(days=dice.randrange((last - first).days - 8))
        for system in dice.sample(SYSTEMS, 2):
            row = {"system": system, "advisory": f"ADV-{last:%y%m}-{number}", "severity": "critical"}
            rows.append(row | {"released on": released, "installed on": released + timedelta(days=dice.randrange(1, 7))})
    return Register(list(rows[0]), rows, len(rows), "advisories of suppliers for what is in the inventory")


def suppliers(day: date) -> Register:
    named = (
        ("Hosting Midden B.V. (made up)", "hosting", "portal|planner|website|help-desk"),
        ("Postduif B.V. (made up)", "e-mail", "help-desk"),
        ("Sleutelhuis B.V. (made up)", "identity", "portal|planner"),
    )
    rows = [
        {
            "processor": name,
            "role": "sub-processor",
            "service": service,
            "data categories": "client records, encrypted" if service == "hosting" else "names and addresses",
            "systems": systems,
            "first transfer": date(2023, 4, 3),
            "agreement": f"VO-{number}",
            "signed on": date(2023, 3, 1),
            "art. 28 complete": True,
            "agreement ends": day + timedelta(days=1_100),
            "country": "NL",
            "transfer ground": None,
            "disclosure ground": None,
            "customers informed on": date(2023, 3, 3),
            "risk reviewed on": day - timedelta(days=10 * number),
        }
        for number, (name, service, systems) in enumerate(named, 1)
    ]
    return Register(list(rows[0]), rows, len(rows), "creditors marked as processors in the purchase ledger")


def erasures(first: date, last: date, number: int) -> Register:
    """Contracts that ended in a half-year, and the data erased within sixty days. References go on from `number`."""
    rows: list[Row] = []
    for at, system in enumerate(("portal", "planner", "help-desk")):
        ended = first + timedelta(days=20 * at)
        gone = ended + timedelta(days=31 + 7 * at) if at < 2 else last  # noqa: PLR2004 - the last one closes the period
        rows.append(
            {
                "item": f"V-{number + at:04}",
                "system": system,
                "data set": "records of customer " + str(40 + number + at),
                "trigger": "licence ended",
                "trigger date": ended if at < 2 else last - timedelta(days=38),  # noqa: PLR2004
                "agreement deadline": (ended if at < 2 else last - timedelta(days=38)) + timedelta(days=60),  # noqa: PLR2004
                "destroyed on": gone,
                "method": "deleted, keys destroyed",
                "backups expire on": gone + timedelta(days=35),
                "hold": "none",
                "hold review on": None,
                "verified by": "P002",
            }
        )
    return Register(list(rows[0]), rows, len(rows), "licences ended in the contract administration")


def incidents(last: date, number: int) -> Register:
    """The incidents of a quarter. References go on from `number`; the first was found 80 days before the last day."""
    begin = datetime.combine(last, datetime.min.time())
    found = [begin - timedelta(days=ago, hours=-14 + at) for at, ago in enumerate((80, 33))]
    what = (("letter to the wrong customer", 1), ("phone lost, wiped", 0))
    rows = [
        {
            "incident": f"INC-{number + at:03}",
            "discovered at": moment,
            "what happened": words,
            "severity": "low",
            "customers affected": affected,
            "customers told at": moment + timedelta(hours=6) if affected else None,
            "personal data breach": bool(affected),
            "role": "processor" if affected else "",
            "notifiable": None,
            "authority told at": None,
            "reason not notified": None,
            "cause": "haste" if affected else "left on a train",
            "lesson": "the portal asks to confirm the addressee" if affected else "wiped within the hour, as rehearsed",
            "closed on": (moment + timedelta(days=9)).date(),
        }
        for at, (moment, (words, affected)) in enumerate(zip(found, what, strict=True))
    ]
    return Register(list(rows[0]), rows, len(rows), "incidents counted by the ticket system")


# ── Users ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def eura_texts(versions: Sequence[tuple[str, date]]) -> Register:
    rows = [
        {"role": role, "version": version, "in force from": since, "text hash": _hash(role, version)}
        for version, since in versions
        for role in EURA_ROLES
    ]
    return Register(list(rows[0]), rows, len(rows), "versions that the application knows")


def acceptances(system: str, day: date, versions: Sequence[tuple[str, date]]) -> Register:
    """Each active user's acceptance of every version under which they used the system."""
    users, rows = 60, list[Row]()
    dice = _dice("eura", system)
    for user in range(1, users + 1):
        role = EURA_ROLES[user % 3]
        first = versions[0][1] + timedelta(days=dice.randrange(20, 90))
        for version, since in versions:
            accepted = _at(max(first, since + timedelta(days=dice.randrange(1, 6))), 8, dice)
            used = _at(day - timedelta(days=dice.randrange(1, 20)), 15, dice)
            rows.append(
                {
                    "system": system,
                    "user": f"U{user:04}",
                    "role": role,
                    "EURA version": version,
                    "accepted at": accepted,
                    "first use at": accepted + timedelta(minutes=3),
                    "last use at": used if version == versions[-1][0] else _at(versions[-1][1] - timedelta(days=2), 9, dice),
                    "text hash": _hash(role, version),
                }
            )
    return Register(list(rows[0]), rows, users, "active users counted by the application")


def login_log(system: str, day: date) -> tuple[Register, Register]:
    """Two weeks of attempts until noon of a day, with a probe; and each user's last attempt as the application has it."""
    dice = _dice("log", system, day)
    noon = datetime.combine(day, datetime.min.time()) + timedelta(hours=11, minutes=55)
    times = sorted(noon - timedelta(seconds=dice.randrange(60 * 20, 14 * 86_400)) for _ in range(260))
    rows: list[Row] = []
    for at in times:
        failed = dice.random() < 0.06  # noqa: PLR2004 - about as many as there are
        rows.append(_attempt(at, f"U{dice.randrange(1, 61):04}", system, dice, "failed" if failed else "succeeded"))
    rows.append(_attempt(noon - timedelta(minutes=9), "PROBE", system, dice, "failed", probe=True))
    rows.append(_attempt(noon - timedelta(minutes=8), "PROBE", system, dice, "succeeded", probe=True))
    numbered = [{"event id": f"{system}-{number:05}", **row} for number, row in enumerate(rows, 1)]
    last = {(row["user"], row["outcome"] if row["probe"] else ""): row for row in numbered}
    known = [
        {"system": system, "user": row["user"], "last attempt": row["time"], "outcome": row["outcome"], "probe": row["probe"]}
        for row in last.values()
    ]
    users = {row["user"] for row in known}
    return (
        Register(list(numbered[0]), numbered, len(numbered), "attempts counted by the application"),
        Register(list(known[0]), known, len(users), "active accounts that ever tried, by the application"),
    )


def _attempt(at: datetime, user: str, system: str, dice: random.Random, outcome: str, *, probe: bool = False) -> dict[str, object]:
    reason = "password" if outcome == "failed" else ""
    source = f"192.0.2.{dice.randrange(1, 200)}"
    how = {"outcome": outcome, "source": source, "system": system, "reason": reason, "method": "password"}
    return {"time": at, "user": user, **how, "probe": probe}


def _at(day: date, hour: int, dice: random.Random) -> datetime:
    return datetime(day.year, day.month, day.day, hour, dice.randrange(60), dice.randrange(60))  # noqa: DTZ001 - local, as exported


def _hash(role: str, version: str) -> str:
    return hashlib.sha256(f"Agreement of the {role}, version {version}, of Duinroos (made up)".encode()).hexdigest()
