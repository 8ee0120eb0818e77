"""Rows of the organisation's registers on a day."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from demo.files.tables import Row

STAFF = 24
SYSTEMS = ("portal", "planner", "website", "help-desk")
#: the accounts of our own staff on each system: personal ones, and those of services
ACCOUNTS = {"portal": (15, 3), "planner": (13, 3), "website": (3, 1), "help-desk": (17, 2)}
_OWNERS = {"portal": "P003", "planner": "P004", "website": "P005", "help-desk": "P006"}
_PRIVILEGED = {"portal": 3, "planner": 3, "website": 2, "help-desk": 3}
_TASKS = ("support of customers", "development", "releases", "planning of visits", "invoices")


@dataclass(frozen=True, slots=True)
class Register:
    """A register: columns, rows, and the size of its population with its source."""

    columns: Sequence[str]
    rows: Sequence[Row]
    number: int
    source: str
    counted: Mapping[str, int] = field(default_factory=dict)  # for a register of several systems: rows of each


def seeded_random(*about: object) -> random.Random:
    """Return a random generator with a seed made of the arguments."""
    return random.Random(" ".join(map(str, about)))  # noqa: S311 - reproducible rows


# ── Access ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def access_review(day: date) -> Register:
    """Return all accounts of all systems with decisions of the week before; unneeded accounts are withdrawn."""
    rng = seeded_random("access", day)
    rows = [
        _decided(day, system, number, personal, rng)
        for system, (personal, services) in ACCOUNTS.items()
        for number in range(1, personal + services + 1)
    ]
    return Register(list(rows[0]), rows, len(rows), "accounts exported from each system", _by_system(rows))


def _decided(day: date, system: str, number: int, personal: int, rng: random.Random) -> Row:
    """Return an account and its decision; the last personal account is withdrawn, a different one at each review."""
    is_service, privileged, revoked = number > personal, number <= _PRIVILEGED[system], number == personal
    person = f"P{(number * 2 + SYSTEMS.index(system)) % STAFF + 1:03}"
    if number > STAFF // 2:  # the same numbers shifted by one, so that nobody has two
        person = f"P{(number * 2 + 1 + SYSTEMS.index(system)) % STAFF + 1:03}"
    decided = day - timedelta(days=rng.randrange(1, 6))
    task = "management" if privileged else "interface" if is_service else rng.choice(_TASKS)
    return {
        "system": system,
        "account": f"{system}-{f'{day:%y%m}-' if revoked else ''}{number:02}",
        "person": "" if is_service else person,
        "account type": "service" if is_service else "personal",
        "privileged": privileged,
        "role": "service" if is_service else "administrator" if privileged else "user",
        "task": "" if revoked else task,
        "last used": day - timedelta(days=rng.randrange(7, 40)),
        "decision": "revoke" if revoked else "keep",
        "decided by": _OWNERS[system] if person != _OWNERS[system] else "P001",
        "decided on": decided,
        "executed on": decided if revoked else None,
    }


def accounts_left() -> Mapping[str, int]:
    """Return the number of accounts per system after a review, which withdraws one of each."""
    return {system: personal + services - 1 for system, (personal, services) in ACCOUNTS.items()}


def privileged(review: Register) -> Register:
    """Return the privileged accounts of the same review."""
    rows = [row for row in review.rows if row["privileged"]]
    source = "privileged accounts exported from each system"
    return Register(review.columns, review.rows, len(rows), source, _by_system(rows))


def _by_system(rows: Iterable[Row]) -> Mapping[str, int]:
    return Counter(str(row["system"]) for row in rows)


def staff_agreements(day: date) -> Register:
    """Return the agreement of each person, signed before the first day; contracts of temporary staff end."""
    rows = [_agreement(number, day) for number in range(1, STAFF + 1)]
    return Register(list(rows[0]), rows, STAFF, "personnel records and the list of contracts")


def _agreement(number: int, day: date) -> Row:
    hired = number > STAFF - 2
    return {
        "person": f"P{number:03}",
        "employment": "hired" if hired else "employee",
        "basis": "agreement" if hired else "contract",
        "signed on": _began(number) - timedelta(days=14),
        "start date": _began(number),
        "end date": day + timedelta(days=190 + number) if hired else None,
        "continues after end": True,
        "document": f"HR-{number:04}",
    }


def training(day: date) -> Register:
    """Return the last training of each person, within the past year."""
    rng = seeded_random("training", day)
    rows = [
        {
            "person": f"P{number:03}",
            "relation": "hired" if number > STAFF - 2 else "employee",
            "course": "Information security, yearly",
            "access from": _began(number),
            "completed on": day - timedelta(days=rng.randrange(5, 60)),
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
    """Return the critical updates of a quarter, the first on its first day, each installed within a week."""
    rng = seeded_random("patches", last)
    rows: list[Row] = []
    for number in range(1, 5):
        released = first + timedelta(days=rng.randrange((last - first).days - 8) if number > 1 else 0)
        for system in rng.sample(SYSTEMS, 2):
            row = {"system": system, "advisory": f"ADV-{last:%y%m}-{number}", "severity": "critical"}
            rows.append(row | {"released on": released, "installed on": released + timedelta(days=rng.randrange(1, 7))})
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
            "access from": "NL",
            "transfer ground": None,
            "disclosure ground": None,
            "customers informed on": date(2023, 3, 3),
            "risk reviewed on": day - timedelta(days=10 * number),
        }
        for number, (name, service, systems) in enumerate(named, 1)
    ]
    return Register(list(rows[0]), rows, len(rows), "creditors marked as processors in the purchase ledger")


def erasures(first: date, last: date, number: int) -> Register:
    """Return contracts that ended, with data erased within sixty days. References count on from `number`."""
    ended = (first, first + timedelta(days=20), last - timedelta(days=38))
    gone = (ended[0] + timedelta(days=31), ended[1] + timedelta(days=38), last)
    rows: list[Row] = [
        {
            "item": f"V-{number + at:04}",
            "system": system,
            "data set": f"records of customer {40 + number + at}",
            "trigger": "licence ended",
            "trigger date": ended[at],
            "agreement deadline": ended[at] + timedelta(days=60),
            "destroyed on": gone[at],
            "method": "deleted, keys destroyed",
            "backups expire on": gone[at] + timedelta(days=35),
            "hold": "none",
            "hold review on": None,
            "verified by": "P002",
        }
        for at, system in enumerate(("portal", "planner", "help-desk"))
    ]
    source = "licences ended in the contract administration"
    return Register(list(rows[0]), rows, len(rows), source, _by_system(rows))


def incidents(last: date, number: int) -> Register:
    """Return the incidents of a quarter, the first 80 days before the last day. References count on from `number`."""
    begin = datetime.combine(last, datetime.min.time())
    moments = [begin - timedelta(days=ago, hours=-hour) for ago, hour in ((80, 14), (33, 15))]
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
        for at, (moment, (words, affected)) in enumerate(zip(moments, what, strict=True))
    ]
    return Register(list(rows[0]), rows, len(rows), "incidents counted by the ticket system")
