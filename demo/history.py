"""The story: eighteen months of Duinroos Zorgsoftware, made up, until the morning of today. Read it from top to bottom.

Every number of days counts back from today. What stands on a day follows from the generators in `files` and `registers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from access import fictional
from access.permissions import SYSTEM
from access.token_rules import FILING
from controls import applicability, audit_plan, browse, mapping, scope
from controls.load import load
from demo import people, registers
from demo.documents import hand_in_documents
from demo.files import junit, nmap, testssl
from demo.files.tables import as_csv, as_xlsx
from demo.registers import Register
from demo.statement import STATEMENTS
from demo.story import HandIn, Story
from evidence import decisions, judging_again, nonconformities
from evidence.collect import own_system
from evidence.fit import Population
from evidence.store import EvidenceStore
from migrations import bring_up_to_date
from models.days import local_day

BEGIN = 550
WEAK_KEY_CHECK = "key-length: RSA 2048-3071 bit"
LAST_AUDIT, AUDIT = 252, -112
_MONTH = 28  # so that the next scan comes before the last one ends
_ISO = "iso27001-2022"


@dataclass(frozen=True, slots=True)
class Target:
    """An address in scope."""

    system: str
    host: str
    ip: str


TARGETS: Sequence[Target] = (
    Target("portal", "portal.duinroos.example", "192.0.2.21"),
    Target("portal", "api.duinroos.example", "192.0.2.22"),
    Target("planner", "planner.duinroos.example", "192.0.2.23"),
    Target("website", "www.duinroos.example", "192.0.2.24"),
    Target("help-desk", "support.duinroos.example", "192.0.2.25"),
)
EXCLUDED = {
    "A.7.12": "The office has no cabling of its own: one router of the provider and wireless. Cables in the data centres are "
    "the hosting company's, under A.5.19 and A.5.22.",
    "A.8.30": "Nothing is developed by others: the two hired developers work in our teams under our rules.",
}
EURA_1, EURA_2 = 700, 300  # when each version came into force
_WEAK_KEY = {"cert_keySize": ("LOW", "RSA 2048 bits (exponent is 65537)"), "cert_signatureAlgorithm": ("OK", "SHA256 with RSA")}
_OLD_TLS = {"TLS1": ("LOW", "offered (deprecated)")}


def tell(engine: Engine, store: EvidenceStore, today: date) -> Story:
    """From an empty database to this morning; the same for the same day."""
    bring_up_to_date(engine)
    story = Story(engine, store, today)
    _beginning(story)
    _audits(story)
    _scans(story)
    _tests(story)
    _users(story)
    _kept_registers(story)
    hand_in_documents(story)
    story.tell()
    return story


# ── Setting up ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _beginning(story: Story) -> None:
    """The first days: who there is, what is promised, what is in scope, which controls apply."""
    story.then(BEGIN, lambda session, now: fictional.mark(session, SYSTEM, now), "07:00")
    story.then(BEGIN, lambda session, now: _loaded(session, now), "07:30")
    people.arrive(story, BEGIN)
    people.build_servers(story, BEGIN - 1)
    people.build_servers(story, 200)
    story.then(BEGIN, lambda session, now: _without_itself(story, session, now), "09:00")
    story.then(BEGIN - 1, lambda session, now: _in_scope(story, session, now), "09:30")
    story.then(BEGIN - 1, lambda session, now: _mapped(story, session, now), "15:00")
    story.then(BEGIN - 2, lambda session, now: _applicable(story, session, now), "10:00")


def _loaded(session: Session, now: datetime) -> None:
    load(session, SYSTEM, now, statements=STATEMENTS)


def _without_itself(story: Story, session: Session, now: datetime) -> None:
    """The product puts itself in scope and the officer takes it out: the demo is about four systems."""
    own_system.put_in_scope(session, now)
    officer = story.person(session, "officer", now)
    own = next(one for one in browse.in_scope(session, officer, local_day(now), now) if one.key == own_system.KEY)
    scope.withdraw(session, officer, own.period_key, now + timedelta(microseconds=1))


def _in_scope(story: Story, session: Session, now: datetime) -> None:
    officer = story.person(session, "officer", now)
    for target in TARGETS:
        scope.bring_into_scope(session, officer, target.system, local_day(now), now, target=target.host)


def _mapped(story: Story, session: Session, now: datetime) -> None:
    """The second officer reviews which measure shows which control."""
    second = story.person(session, "second", now)
    waiting = [row.id for row in mapping.list_mappings(session, second, waiting=True)]
    mapping.review(session, second, waiting, now)


def _applicable(story: Story, session: Session, now: datetime) -> None:
    """The Statement of Applicability, control by control."""
    officer = story.person(session, "officer", now)
    for control in browse.controls(session, officer, _ISO):
        if control.kind == "clause":
            continue
        reason = EXCLUDED.get(control.ref)
        said = reason or "Follows from the risk treatment plan, or from law and contract."
        applicability.decide(session, officer, control.key, reason is None, said, local_day(now), now)


# ── Audits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _audits(story: Story) -> None:
    """Last year's surveillance with three findings, of which one stays open; and this year's, sixteen weeks ahead."""
    story.then(BEGIN - 3, lambda session, now: _planned(story, session, now, people.LAST_AUDIT, LAST_AUDIT, BEGIN))
    people.audited_by(story, 320, people.LAST_AUDIT)
    found = {
        "A.8.13": ("major", "No full restore of a backup in fourteen months"),
        "A.5.18": ("minor", "Two accounts of the help desk without a reason in the access review"),
        "A.5.37": ("minor", "A runbook was older than the environment that it describes"),
    }
    numbers: dict[str, int] = {}

    def record(session: Session, now: datetime) -> None:
        auditor = story.person(session, "auditor", now)
        for ref, (grade, title) in found.items():
            day = story.day(LAST_AUDIT)
            key = f"{_ISO}:{ref}"
            numbers[ref] = nonconformities.record_nonconformity(session, auditor, key, grade, title, day, now)

    def close(ref: str, session: Session, now: datetime) -> None:
        auditor = story.person(session, "auditor", now)
        nonconformities.close_nonconformity(session, auditor, numbers[ref], local_day(now), now)

    story.then(LAST_AUDIT - 2, record)
    story.then(195, lambda session, now: close("A.8.13", session, now))
    story.then(101, lambda session, now: close("A.5.37", session, now))
    story.then(100, lambda session, now: _planned(story, session, now, people.AUDIT, AUDIT, LAST_AUDIT - 1))
    people.audited_by(story, 90, people.AUDIT)


def _planned(story: Story, session: Session, now: datetime, key: str, day: int, since: int) -> None:
    officer = story.person(session, "officer", now)
    title = "Recertification" if key == people.AUDIT else "Surveillance audit"
    audit_plan.plan(session, officer, key, title, story.day(day), story.day(since), None, [_ISO], [], now)


# ── What machines hand in ────────────────────────────────────────────────────────────────────────────────────────────


def _scans(story: Story) -> None:
    """TLS and ports of every address, each four weeks."""
    for month in range(20):
        for at, target in enumerate(TARGETS):
            _tls(story, 8 + _MONTH * month, target, f"04:{10 * at:02}")
            _ports(story, 9 + _MONTH * month, target, f"03:{10 * at:02}")
    for month in range(5):  # since this summer
        for at, target in enumerate(TARGETS):
            _https(story, 10 + _MONTH * month, target, f"09:{10 * at:02}")
    _tls(story, 167, TARGETS[0], "13:00")  # nine days after the one that failed
    story.then(63, lambda session, now: _weak_key_accepted(story, session, now), "14:00")


def _tls(story: Story, ago: int, target: Target, clock: str) -> None:
    """Good, but for a week in which the portal offered TLS 1.0, and the short key of the help desk's new certificate."""
    weak_key = target.system == "help-desk" and ago <= 64  # noqa: PLR2004
    old_tls = target == TARGETS[0] and ago == 176  # noqa: PLR2004
    differs = _WEAK_KEY if weak_key else _OLD_TLS if old_tls else {}
    scan = testssl.Scan(target.host, target.ip, story.moment(ago, clock), 20 + ago % 60, weak_key, differs)
    story.hand_in(
        ago,
        HandIn(
            "build-platform",
            [(f"{target.host}-{story.day(ago)}.json", testssl.pretty(scan))],
            ["tls-scan"],
            [target.system],
            f"TLS scan of {target.host}, {story.day(ago)}",
        ),
        f"05:{clock[3:]}" if ago != 167 else "14:00",  # noqa: PLR2004
    )


def _weak_key_accepted(story: Story, session: Session, now: datetime) -> None:
    """An exception, with its reason and its end: the supplier replaces the certificate."""
    decisions.grant_exception(
        session,
        story.person(session, "second", now),
        "tls-scan",
        "help-desk",
        "support.duinroos.example",
        "testssl",
        WEAK_KEY_CHECK,
        "The supplier of the help desk issues certificates of 3072 bits from its next release. Until then the risk is small: "
        "the key is replaced every ninety days. Request SUP-4471.",
        local_day(now),
        story.day(-60),
        now,
    )


def _ports(story: Story, ago: int, target: Target, clock: str) -> None:
    """What is open is expected, but for a panel that the help desk's supplier opened this month."""
    opened = {443: "https"} | ({8443: "https-alt"} if target.system == "help-desk" and ago == 9 else {})  # noqa: PLR2004
    found = nmap.scan(story.moment(ago, clock), nmap.Host(target.host, target.ip, opened))
    story.hand_in(
        ago,
        HandIn(
            "build-platform",
            [(f"{target.host}-{story.day(ago)}.xml", found)],
            ["management-port-scan"],
            [target.system],
            f"Port scan of {target.host}, {story.day(ago)}",
        ),
        f"06:{clock[3:]}",
    )


def _https(story: Story, ago: int, target: Target, clock: str) -> None:
    """That http leads to https. The report names no target, so it is said which, and someone else looks at it."""
    names = [f"test_{check}_of_{target.host}[check={check}]" for check in ("port-80", "hsts", "cookies")]
    data = junit.report(f"https.{target.host}", story.moment(ago, clock), names)
    said = {"targets": {"": (target.system, target.host)}}
    remark = f"The cases name {target.host}; one of them was repeated by hand."
    files = [(f"https-{target.host}-{story.day(ago)}.xml", data)]
    title = f"Encryption by default of {target.host}, {story.day(ago)}"
    delivery = HandIn("platform", files, ["https-by-default"], [target.system], title, said, remark, reviewed_after=0.2)
    story.hand_in(ago, delivery, f"10:{clock[3:]}")


ROLES = ("client", "relative", "carer", "planner", "administrator")
PAGES = ("/record", "/messages", "/visits", "/reports", "/settings")
COMPONENTS = ("record-form", "message-form", "visit-list", "report-export")
_PASSWORDS = [
    *(f"test_{at}_refuses[at={at}][check={check}]" for at in ("registration", "change", "reset") for check in
      ("too-short", "common-word", "breached", "contains-username")),
    *(f"test_sign_in[check={check}]" for check in
      ("accepted-strong", "anonymous-refused", "duplicate-username-refused", "lockout-or-throttle")),
]


def _tests(story: Story) -> None:
    """Tests of roles, pages and sessions with each release; of passwords each quarter."""
    cases = {
        "role-tests": [f"test_{role}_{outcome}[role={role}][outcome={outcome}]" for role in ROLES for outcome in
                       ("allowed", "refused")]
        + [f"test_{role}_of_another_client[role={role}][outcome=refused]" for role in ROLES[:3]],
        "access-control-tests": [f"test_page[page={page}][level={level}]" for page in PAGES for level in
                                 ("anonymous", "wrong-role", "right-role", "other-record")],
        "origin-and-session-tests": [f"test_component[component={component}][check={check}]" for component in COMPONENTS
                                     for check in ("forged-origin", "no-session", "foreign-session", "direct-call")],
    }
    for month in range(20):
        for system in ("portal", "planner"):
            for at, (requirement, names) in enumerate(cases.items()):
                ago = 6 + _MONTH * month
                fails = names[1:2] if (system, requirement, ago) == ("portal", "role-tests", 90) else ()
                vanished = (system, requirement, month) == ("planner", "role-tests", 0)
                _run(story, ago, system, requirement, names[:-2] if vanished else names, fails, f"02:{10 * at:02}")
    _run(story, 88, "portal", "role-tests", cases["role-tests"], (), "12:00")  # two days after the one that failed
    for ago in (500, 390, 280, 170, 66):
        _run(story, ago, "portal", "password-policy-test", _PASSWORDS, (), "02:40")
    for ago in (500, 390, 280, 170):  # the next one of the planner was forgotten
        _run(story, ago, "planner", "password-policy-test", _PASSWORDS, (), "02:45")


def _run(
    story: Story, ago: int, system: str, requirement: str, names: Sequence[str], fails: Sequence[str], clock: str
) -> None:
    data = junit.report(f"{system}.{requirement}", story.moment(ago, clock), names, fails)
    titles = {"role-tests": "Tests per role", "access-control-tests": "Access tests per page"}
    titles |= {"origin-and-session-tests": "Tests of origin and session", "password-policy-test": "Tests of passwords"}
    title = f"{titles[requirement]}, {system}, {story.day(ago)}"
    files = [(f"{requirement}-{system}-{story.day(ago)}.xml", data)]
    story.hand_in(ago, HandIn("build-applications", files, [requirement], [system], title), f"0{int(clock[1]) + 1}:{clock[3:]}"
                  if clock.startswith("0") else "13:00")


# ── Users of the products ────────────────────────────────────────────────────────────────────────────────────────────


def _users(story: Story) -> None:
    """Agreements accepted before use, and attempts to sign in: exported every month."""
    first, second = ("1", story.day(EURA_1)), ("2", story.day(EURA_2))
    _register(story, 545, "applications", "eura-versions", registers.eura_texts([first]), "Both texts read in the application.")
    _register(story, 299, "applications", "eura-versions", registers.eura_texts([first, second]), _EURA_REMARK, "08:00", 0.1)
    for month in range(18):
        for at, system in enumerate(("portal", "planner")):
            ago = 14 + 30 * month
            versions = [first, second] if ago < EURA_2 else [first]
            found = registers.acceptances(system, story.day(ago), versions)
            _exported(story, ago, "eura-acceptance-export", system, found, f"Acceptances of the EURA, {system}", f"13:0{at}")
            _attempts(story, 12 + 30 * month, system, at)


_EURA_REMARK = "Version 2 compared with the text that the application shows; digests are equal for the three roles."


def _attempts(story: Story, ago: int, system: str, at: int) -> None:
    """First what the application knows of each user, reviewed the same hour; then the log, which must agree with it."""
    log, known = registers.login_log(system, story.day(ago))
    remark = "Export seen in the application at noon; the two probes were made by me."
    title = f"Last attempts to sign in, {system}"
    _register(story, ago, "applications", "last-attempts", known, remark, f"12:{10 + at}", 0.02, system=system, title=title)
    _exported(story, ago, "login-log-extract", system, log, f"Extract of the log of sign-ins, {system}", f"15:0{at}")


def _exported(story: Story, ago: int, requirement: str, system: str, found: Register, title: str, clock: str) -> None:
    """By the build server, on the day itself."""
    day = story.day(ago)
    files = [(f"{requirement}-{system}-{day}.csv", as_csv(found.rows, found.columns))]
    said = {"first_day": day, "last_day": day, "population": Population(found.number, found.source, day)}
    story.hand_in(ago, HandIn("build-applications", files, [requirement], [system], f"{title}, {day}", said), clock)


# ── Registers that people keep ───────────────────────────────────────────────────────────────────────────────────────


def _kept_registers(story: Story) -> None:
    """Each with the day that it was drawn up, and the review by someone else."""
    for ago in (520, 414, 200):  # half-yearly: the next one is due in two weeks
        _register(story, ago, "officer", "access-review", registers.access_review(story.day(ago)), _REMARKS["access-review"],
                  systems=registers.SYSTEMS)
    for ago in (500, 400, 290, 180, 70):
        review = registers.privileged(registers.access_review(story.day(ago)))
        _register(story, ago, "second", "privileged-review", review, _REMARKS["privileged-review"], systems=registers.SYSTEMS)
    for ago in (370, 170):
        _register(story, ago, "platform", "firewall-rule-review", registers.firewall_rules(story.day(ago)), _REMARKS["firewall"])
    for ago in (350, 150):
        found = registers.suppliers(story.day(ago))
        _register(story, ago, "officer", "processor-register", found, _REMARKS["suppliers"], also=("supplier-risk",))
    for ago in (400, 55):
        _register(story, ago, "second", "training-register", registers.training(story.day(ago)), _REMARKS["training"])
    for number, ago in enumerate((485, 390, 295, 200, 105)):
        first = story.day(ago + 90)
        patches = registers.patches(first, story.day(ago))
        _register(story, ago, "platform", "patch-register", patches, _REMARKS["patches"], first=first)
        found = registers.incidents(story.day(ago), 1 + 2 * number)
        _register(story, ago, "officer", "incident-register", found, _REMARKS["incidents"], first=story.day(ago + 80), clock="16:00")
    for number, ago in enumerate((360, 175)):
        found = registers.erasures(story.day(ago + 150), story.day(ago), 1 + 3 * number)
        _register(story, ago, "second", "destruction-log", found, _REMARKS["erasures"], first=story.day(ago + 150),
                  systems=("portal", "planner", "help-desk"), each=1)
    _secrecy(story)


_REMARKS = {
    "access-review": "Counted against the exports of all four systems. The withdrawn accounts were looked up: closed.",
    "privileged-review": "Privileged accounts counted by system; every decision is by the owner, none by the holder.",
    "firewall": "Rules counted on the firewall itself; rule 8 refuses the rest.",
    "suppliers": "Compared with the purchase ledger; agreements seen, two opened.",
    "training": "Counted against the list of staff, hired people included.",
    "patches": "Advisories of the quarter counted at the suppliers; three installations looked up in the log.",
    "incidents": "Compared with the ticket system. The customer of the first one confirmed the time.",
    "erasures": "Ended licences counted in the contract administration; the account of one was tried and is gone.",
    "secrecy": "Counted against the list of staff; four agreements drawn and seen.",
    "centres": "Certificates looked up at the certification body.",
    "passes": "Compared with the list that the operator sent.",
}


def _secrecy(story: Story) -> None:
    """Two registers that need each other: both accepted, then the first judged again."""
    for ago in (335, 125):
        day = story.day(ago)
        _register(story, ago, "platform", "datacentre-certificates", registers.data_centres(day), _REMARKS["centres"], "09:00", 0.1)
        _register(story, ago, "officer", "confidentiality-register", registers.secrecy(day), _REMARKS["secrecy"], "13:00", 0.05,
                  named=f"secrecy-{ago}")
        _register(story, ago, "platform", "datacentre-access-list", registers.data_centre_access(day), _REMARKS["passes"], "16:00")
        story.then(ago - 3, lambda session, now, ago=ago: _again(story, session, now, f"secrecy-{ago}"), "09:00")  # type: ignore[misc]


def _again(story: Story, session: Session, now: datetime, named: str) -> None:
    officer = story.person(session, "officer", now)
    judging_again.judge_again(session, story.store, officer, story.evidence[named], now)


def _register(
    story: Story,
    ago: int,
    by: str,
    requirement: str,
    found: Register,
    remark: str,
    clock: str = "10:00",
    reviewed_after: float = 2.0,
    *,
    also: Sequence[str] = (),
    first: date | None = None,
    system: str = "",
    systems: Sequence[str] = (),
    each: int = 0,
    named: str = "",
    title: str = "",
) -> None:
    """A register of a day, or of a period from `first`; `each`: how many rows each system should have."""
    day = story.day(ago)
    said: dict[str, object] = {
        "first_day": first or day,
        "last_day": day,
        "population": Population(found.number, found.source, day),
    }
    if systems and not each:
        said["populations"] = {one: sum(1 for row in found.rows if row["system"] == one and _counts(requirement, row)) for one in systems}
    elif each:
        said["populations"] = dict.fromkeys(systems, each)
    title = title or _TITLES.get(requirement, requirement)
    files = [(f"{requirement}-{day}.xlsx", as_xlsx(found.rows, found.columns, title[:31]))]
    delivery = HandIn(by, files, [requirement, *also], systems or ([system] if system else []), f"{title}, {day}", said,
                      remark, reviewed_after=reviewed_after, named=named)
    story.hand_in(ago, delivery, clock)


def _counts(requirement: str, row: object) -> bool:
    return requirement != "privileged-review" or bool(row["privileged"])  # type: ignore[index]


_TITLES = {
    "access-review": "Review of access rights",
    "privileged-review": "Review of privileged rights",
    "firewall-rule-review": "Review of the firewall rules",
    "processor-register": "Register of processors and their risks",
    "training-register": "Register of training",
    "patch-register": "Register of critical updates",
    "incident-register": "Register of incidents",
    "destruction-log": "Log of erased data",
    "datacentre-certificates": "Certificates of the data centres",
    "datacentre-access-list": "Access to the data centres",
    "confidentiality-register": "Register of secrecy agreements",
    "eura-versions": "Versions of the EURA",
}
