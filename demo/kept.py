"""What people of the organisation keep and hand in: exports of its users, and registers with the day of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from demo import exports, registers
from demo.files.tables import as_csv, as_xlsx
from demo.registers import Register
from demo.story import HandIn, Story
from evidence.intake import judging_again
from evidence.intake.delivery_fit import Population

EURA_1, EURA_2 = 700, 300  # when each version came into force
_TAB = 31  # characters of a sheet's name


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps a register, what it is called, and what its reviewer looked at."""

    by: str
    title: str
    remark: str


KEEPERS: Mapping[str, Keeper] = {
    "access-review": Keeper(
        "officer",
        "Review of access rights",
        "Counted against the exports of all four systems. The withdrawn accounts were looked up: closed.",
    ),
    "privileged-review": Keeper(
        "second",
        "Review of privileged rights",
        "Privileged accounts counted by system; every decision is by the owner, none by the holder.",
    ),
    "firewall-rule-review": Keeper(
        "platform",
        "Review of the firewall rules",
        "Rules counted on the firewall itself; rule 8 refuses the rest.",
    ),
    "processor-register": Keeper(
        "officer",
        "Register of processors and their risks",
        "Compared with the purchase ledger; agreements seen, two opened.",
    ),
    "training-register": Keeper(
        "second", "Register of training", "Counted against the list of staff, hired people included."
    ),
    "patch-register": Keeper(
        "platform",
        "Register of critical updates",
        "Advisories of the quarter counted at the suppliers; three installations looked up in the log.",
    ),
    "incident-register": Keeper(
        "officer",
        "Register of incidents",
        "Compared with the ticket system. The customer of the first one confirmed the time.",
    ),
    "destruction-log": Keeper(
        "second",
        "Log of erased data",
        "Ended licences counted in the contract administration; the account of one was tried and is gone.",
    ),
    "datacentre-certificates": Keeper(
        "platform", "Certificates of the data centres", "Certificates looked up at the certification body."
    ),
    "datacentre-access-list": Keeper(
        "platform", "Access to the data centres", "Compared with the list that the operator sent."
    ),
    "confidentiality-register": Keeper(
        "officer",
        "Register of secrecy agreements",
        "Counted against the list of staff; four agreements drawn and seen.",
    ),
    "eura-versions": Keeper(
        "applications",
        "Versions of the EURA",
        "Compared with the texts that the application shows; the digests are equal for the three roles.",
    ),
    "last-attempts": Keeper(
        "applications",
        "Last attempts to sign in",
        "Export seen in the application at noon; the two probes were made by me.",
    ),
}


# ── Users of the products ────────────────────────────────────────────────────────────────────────────────────────────


def users(story: Story) -> None:
    """Agreements accepted before use, and attempts to sign in: exported every month."""
    first, second = ("1", story.day(EURA_1)), ("2", story.day(EURA_2))
    _kept(story, 545, "eura-versions", exports.eura_texts([first]))
    _kept(story, 299, "eura-versions", exports.eura_texts([first, second]), reviewed_after=0.1)
    for month in range(18):
        for system in ("portal", "planner"):
            ago = 14 + 30 * month
            versions = [first, second] if ago < EURA_2 else [first]
            found = exports.acceptances(system, story.day(ago), versions, story.calendar)
            _exported(story, ago, "eura-acceptance-export", system, found, "Acceptances of the EURA", "13:00")
            _attempts(story, 12 + 30 * month, system)


def _attempts(story: Story, ago: int, system: str) -> None:
    """First what the application knows of each user, reviewed the same hour; then the log, which must agree with it."""
    log, known = exports.login_log(system, story.day(ago), story.calendar)
    _kept(story, ago, "last-attempts", known, systems=[system], clock="12:10", reviewed_after=0.02)
    _exported(story, ago, "login-log-extract", system, log, "Extract of the log of sign-ins", "15:00")


def _exported(story: Story, ago: int, requirement: str, system: str, found: Register, title: str, clock: str) -> None:
    """By the build server, on the day itself."""
    day = story.day(ago)
    files = [(f"{requirement}-{system}-{day}.csv", as_csv(found.rows, found.columns))]
    said = {"first_day": day, "last_day": day, "population": Population(found.number, found.source, day)}
    delivery = HandIn("build-applications", files, [requirement], [system], f"{title}, {system}", said)
    story.hand_in(ago, delivery, clock)


# ── Registers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def kept_registers(story: Story) -> None:
    """Each with the day on which it was drawn up, and the review by someone else."""
    _rights(story)
    for ago in (370, 170):
        _kept(story, ago, "firewall-rule-review", registers.firewall_rules(story.day(ago)))
    for ago in (350, 150):
        _kept(story, ago, "processor-register", registers.suppliers(story.day(ago)), also=["supplier-risk"])
    for ago in (400, 55):
        _kept(story, ago, "training-register", registers.training(story.day(ago)))
    _quarters(story)
    for number, ago in enumerate((360, 175)):
        found = registers.erasures(story.day(ago + 150), story.day(ago), 1 + 3 * number)
        _kept(story, ago, "destruction-log", found, days=150, systems=["portal", "planner", "help-desk"])
    for ago in (335, 125):
        _secrecy(story, ago)


def _rights(story: Story) -> None:
    """Twice a year all of them; the next review is due in two weeks. Privileged ones more often."""
    for ago in (520, 414, 200):
        _kept(story, ago, "access-review", registers.access_review(story.day(ago)), systems=registers.SYSTEMS)
    for ago in (500, 400, 290, 180, 70):
        review = registers.access_review(story.day(ago))
        _kept(story, ago, "privileged-review", registers.privileged(review), systems=registers.SYSTEMS)


def _quarters(story: Story) -> None:
    """What is kept by the quarter."""
    for number, ago in enumerate((485, 390, 295, 200, 105)):
        patches = registers.patches(story.day(ago + 90), story.day(ago))
        _kept(story, ago, "patch-register", patches, days=90)
        found = registers.incidents(story.day(ago), 1 + 2 * number)
        _kept(story, ago, "incident-register", found, days=80, clock="16:00")


def _secrecy(story: Story, ago: int) -> None:
    """Two registers that need each other: both are accepted, then the first is judged again."""
    day = story.day(ago)
    _kept(story, ago, "datacentre-certificates", registers.data_centres(day), clock="09:00", reviewed_after=0.1)
    found = registers.staff_agreements(day)
    _kept(story, ago, "confidentiality-register", found, clock="13:00", reviewed_after=0.05, named=f"secrecy-{ago}")
    _kept(story, ago, "datacentre-access-list", registers.data_centre_access(day), clock="16:00")
    story.then(ago - 3, partial(_again, story, f"secrecy-{ago}"))


def _again(story: Story, named: str, session: Session, now: datetime) -> None:
    officer, evidence = story.person(session, "officer", now), story.evidence[named]
    files = judging_again.files_to_judge(session, officer, evidence)
    with judging_again.read_again(story.store, files) as inspection:
        judging_again.judge_again(session, story.store, officer, evidence, inspection, now)


def _kept(
    story: Story,
    ago: int,
    requirement: str,
    found: Register,
    *,
    days: int = 0,
    systems: Sequence[str] = (),
    also: Sequence[str] = (),
    clock: str = "10:00",
    reviewed_after: float = 2.0,
    named: str = "",
) -> None:
    """A register of a day, or of so many days before it as well."""
    day, keeper = story.day(ago), KEEPERS[requirement]
    said: dict[str, Any] = {
        "first_day": day - timedelta(days=days),
        "last_day": day,
        "population": Population(found.number, found.source, day),
    }
    if len(systems) > 1:
        said["populations"] = {one: found.counted[one] for one in systems}
    title = ", ".join([keeper.title, *(systems if len(systems) == 1 else [])])
    files = [(f"{requirement}-{day}.xlsx", as_xlsx(found.rows, found.columns, keeper.title[:_TAB]))]
    delivery = HandIn(
        keeper.by,
        files,
        [requirement, *also],
        systems,
        title,
        said,
        keeper.remark,
        reviewed_after=reviewed_after,
        named=named,
    )
    story.hand_in(ago, delivery, clock)
