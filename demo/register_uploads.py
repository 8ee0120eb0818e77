"""Uploads of registers of the organisation and exports of its users, by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from demo import exports, registers
from demo.files.tables import as_csv, as_xlsx
from demo.registers import Register
from demo.scenario import Scenario, Upload
from evidence.intake.delivery.delivery import Population
from evidence.intake.judged_again import judging_again
from evidence.judging.table_mapping import TableMapping

EURA_1, EURA_2 = 700, 300  # when each version came into force
_TAB = 31  # characters of a sheet's name


@dataclass(frozen=True, slots=True)
class RegisterOwner:
    """A register: its owner, its title, and the remark of its reviewer."""

    by: str
    title: str
    remark: str


@dataclass(frozen=True, slots=True)
class Headings:
    """Headings of one's own: by the usual heading its own name and the key of the policy's column."""

    names: Mapping[str, tuple[str, str]]

    def applied(self, register: Register) -> Register:
        """The register under these headings."""
        own = {usual: name for usual, (name, _) in self.names.items()}
        rows = [{own[usual]: value for usual, value in row.items()} for row in register.rows]
        return replace(register, columns=list(own.values()), rows=rows)

    def mapping(self) -> TableMapping:
        """What the uploader confirmed that they mean."""
        return TableMapping(columns={key: name for name, key in self.names.values()})


#: The sheet of the personnel department.
_OF_HR = Headings(
    {
        "person": ("Nr", "person_ref"),
        "relation": ("Contract", "relation"),
        "course": ("Lesson", "course"),
        "access from": ("In the building since", "access_from"),
        "completed on": ("Ticked off", "completed_on"),
        "passed": ("OK", "passed"),
    }
)

REGISTER_OWNERS: Mapping[str, RegisterOwner] = {
    "access-review": RegisterOwner(
        "officer",
        "Review of access rights",
        "Counted against the exports of all four systems. The withdrawn accounts were looked up: closed.",
    ),
    "privileged-review": RegisterOwner(
        "second",
        "Review of privileged rights",
        "Privileged accounts counted by system; every decision is by the owner, none by the holder.",
    ),
    "firewall-rule-review": RegisterOwner(
        "platform",
        "Review of the firewall rules",
        "Rules counted on the firewall itself; rule 8 refuses the rest.",
    ),
    "processor-register": RegisterOwner(
        "officer",
        "Register of processors and their risks",
        "Compared with the purchase ledger; agreements seen, two opened.",
    ),
    "training-register": RegisterOwner(
        "second", "Register of training", "Counted against the list of staff, hired people included."
    ),
    "patch-register": RegisterOwner(
        "platform",
        "Register of critical updates",
        "Advisories of the quarter counted at the suppliers; three installations looked up in the log.",
    ),
    "incident-register": RegisterOwner(
        "officer",
        "Register of incidents",
        "Compared with the ticket system. The customer of the first one confirmed the time.",
    ),
    "destruction-log": RegisterOwner(
        "second",
        "Log of erased data",
        "Ended licences counted in the contract administration; the account of one was tried and is gone.",
    ),
    "datacentre-certificates": RegisterOwner(
        "platform", "Certificates of the data centres", "Certificates looked up at the certification body."
    ),
    "datacentre-access-list": RegisterOwner(
        "platform", "Access to the data centres", "Compared with the list that the operator sent."
    ),
    "confidentiality-register": RegisterOwner(
        "officer",
        "Register of secrecy agreements",
        "Counted against the list of staff; four agreements drawn and seen.",
    ),
    "eura-versions": RegisterOwner(
        "applications",
        "Versions of the EURA",
        "Compared with the texts that the application shows; the digests are equal for the three roles.",
    ),
    "last-attempts": RegisterOwner(
        "applications",
        "Last attempts to sign in",
        "Export seen in the application at noon; the two probes were made by me.",
    ),
}


# ── Users of the products ────────────────────────────────────────────────────────────────────────────────────────────


def users(scenario: Scenario) -> None:
    """Plan monthly exports: accepted agreements and sign-in attempts."""
    first, second = ("1", scenario.day(EURA_1)), ("2", scenario.day(EURA_2))
    _upload_register(scenario, 545, "eura-versions", exports.eura_texts([first]))
    _upload_register(scenario, 299, "eura-versions", exports.eura_texts([first, second]), reviewed_after=0.1)
    for month in range(18):
        for system in ("portal", "planner"):
            ago = 14 + 30 * month
            versions = [first, second] if ago < EURA_2 else [first]
            register = exports.acceptances(system, scenario.day(ago), versions, scenario.calendar)
            _upload_export(
                scenario, ago, "eura-acceptance-export", system, register, "Acceptances of the EURA", "13:00"
            )
            _attempts(scenario, 12 + 30 * month, system)


def _attempts(scenario: Scenario, ago: int, system: str) -> None:
    """Upload the last attempts by the application, reviewed the same hour; then the log, compared with them."""
    log, known = exports.login_log(system, scenario.day(ago), scenario.calendar)
    _upload_register(scenario, ago, "last-attempts", known, systems=[system], clock="12:10", reviewed_after=0.02)
    _upload_export(scenario, ago, "login-log-extract", system, log, "Extract of the log of sign-ins", "15:00")


def _upload_export(
    scenario: Scenario, ago: int, requirement: str, system: str, register: Register, title: str, clock: str
) -> None:
    """Plan an upload by the build server on the day itself."""
    day = scenario.day(ago)
    files = [(f"{requirement}-{system}-{day}.csv", as_csv(register.rows, register.columns))]
    options = {"first_day": day, "last_day": day, "population": Population(register.number, register.source, day)}
    upload = Upload("build-applications", files, [requirement], [system], f"{title}, {system}", options)
    scenario.upload(ago, upload, clock)


# ── Registers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def upload_registers(scenario: Scenario) -> None:
    """Plan the registers, each with its day and a review by another person."""
    _rights(scenario)
    for ago in (370, 170):
        _upload_register(scenario, ago, "firewall-rule-review", registers.firewall_rules(scenario.day(ago)))
    for ago in (350, 150):
        _upload_register(
            scenario, ago, "processor-register", registers.suppliers(scenario.day(ago)), also=["supplier-risk"]
        )
    _upload_register(scenario, 400, "training-register", registers.training(scenario.day(400)))
    _upload_register(scenario, 55, "training-register", registers.training(scenario.day(55)), headings=_OF_HR)
    _quarters(scenario)
    for number, ago in enumerate((360, 175)):
        register = registers.erasures(scenario.day(ago + 150), scenario.day(ago), 1 + 3 * number)
        _upload_register(
            scenario, ago, "destruction-log", register, days=150, systems=["portal", "planner", "help-desk"]
        )
    for ago in (335, 125):
        _secrecy(scenario, ago)
    _patches(scenario, 10, waits=True)


def _rights(scenario: Scenario) -> None:
    """Plan access reviews: all accounts twice a year, next in two weeks; privileged accounts more often."""
    for ago in (520, 414, 200):
        _upload_register(
            scenario, ago, "access-review", registers.access_review(scenario.day(ago)), systems=registers.SYSTEMS
        )
    for ago in (500, 400, 290, 180, 70):
        review = registers.access_review(scenario.day(ago))
        _upload_register(scenario, ago, "privileged-review", registers.privileged(review), systems=registers.SYSTEMS)


def _quarters(scenario: Scenario) -> None:
    """Plan the quarterly registers."""
    for number, ago in enumerate((485, 390, 295, 200, 105)):
        _patches(scenario, ago)
        register = registers.incidents(scenario.day(ago), 1 + 2 * number)
        _upload_register(scenario, ago, "incident-register", register, days=80, clock="16:00")


def _patches(scenario: Scenario, ago: int, *, waits: bool = False) -> None:
    register = registers.patches(scenario.day(ago + 90), scenario.day(ago))
    _upload_register(scenario, ago, "patch-register", register, days=90, waits=waits)


def _secrecy(scenario: Scenario, ago: int) -> None:
    """Plan two registers that refer to each other: both are accepted, then the first is judged again."""
    day = scenario.day(ago)
    _upload_register(
        scenario, ago, "datacentre-certificates", registers.data_centres(day), clock="09:00", reviewed_after=0.1
    )
    register = registers.staff_agreements(day)
    _upload_register(
        scenario, ago, "confidentiality-register", register, clock="13:00", reviewed_after=0.05, name=f"secrecy-{ago}"
    )
    _upload_register(scenario, ago, "datacentre-access-list", registers.data_centre_access(day), clock="16:00")
    scenario.then(ago - 3, partial(_again, scenario, f"secrecy-{ago}"))


def _again(scenario: Scenario, name: str, session: Session, now: datetime) -> None:
    officer, evidence = scenario.person(session, "officer", now), scenario.evidence[name]
    files = judging_again.files_to_judge(session, officer, evidence)
    with judging_again.read_again(scenario.store, files) as inspection:
        judging_again.judge_again(session, scenario.store, officer, evidence, inspection, now)


def _upload_register(
    scenario: Scenario,
    ago: int,
    requirement: str,
    register: Register,
    *,
    days: int = 0,
    systems: Sequence[str] = (),
    also: Sequence[str] = (),
    clock: str = "10:00",
    reviewed_after: float = 2.0,
    name: str = "",
    waits: bool = False,
    headings: Headings | None = None,
) -> None:
    """Plan the upload of a register of a day, or of a period that ends on it.

    `waits`: nobody has reviewed it yet; `headings`: its own, with what they mean.
    """
    day, owner = scenario.day(ago), REGISTER_OWNERS[requirement]
    options: dict[str, Any] = {
        "first_day": day - timedelta(days=days),
        "last_day": day,
        "population": Population(register.number, register.source, day),
    }
    if headings is not None:
        register = headings.applied(register)
        options["mapping"] = headings.mapping()
    if len(systems) > 1:
        options["populations"] = {system: register.counted[system] for system in systems}
    title = ", ".join([owner.title, *(systems if len(systems) == 1 else [])])
    files = [(f"{requirement}-{day}.xlsx", as_xlsx(register.rows, register.columns, owner.title[:_TAB]))]
    upload = Upload(
        owner.by,
        files,
        [requirement, *also],
        systems,
        title,
        options,
        "" if waits else owner.remark,
        reviewed_after=reviewed_after,
        name=name,
    )
    scenario.upload(ago, upload, clock)
