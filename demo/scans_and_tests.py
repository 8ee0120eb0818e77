"""Uploads of build servers: scans of every address, and tests of two products."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from demo.files import junit, nmap, testssl
from demo.scenario import Scenario, Upload
from evidence.decisions import exceptions
from models.calendar import calendar_of

WEAK_KEY_CHECK = "key-length: RSA 2048-3071 bit"
OLD_TLS_CHECK = "protocol: TLS 1.0"
_MONTH = 28  # days; the next scan is before the last one expires


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
_WEAK_KEY = {
    "cert_keySize": ("LOW", "RSA 2048 bits (exponent is 65537)"),
    "cert_signatureAlgorithm": ("OK", "SHA256 with RSA"),
}
_OLD_TLS = {"TLS1": ("LOW", "offered (deprecated)")}


def scans(scenario: Scenario) -> None:
    """Plan TLS and port scans of every address, every four weeks."""
    for month in range(20):
        for at, target in enumerate(TARGETS):
            _tls(scenario, 8 + _MONTH * month, target, f"04:{10 * at:02}")
            _ports(scenario, 9 + _MONTH * month, target, f"03:{10 * at:02}")
        _mail_domain(scenario, 12 + _MONTH * month)
    for month in range(5):  # since this summer
        for at, target in enumerate(TARGETS):
            _https(scenario, 10 + _MONTH * month, target, f"09:{10 * at:02}")
    _tls(scenario, 167, TARGETS[0], "13:00")  # nine days after the failed scan
    _by_hand(scenario, 2, TARGETS[0])
    scenario.then(175, partial(_old_tls_accepted, scenario), "11:00")
    scenario.then(63, partial(_weak_key_accepted, scenario), "14:00")


def _tls(scenario: Scenario, ago: int, target: Target, clock: str) -> None:
    """Plan a TLS scan: good, except for a week of TLS 1.0 on the portal and a short key of the help desk."""
    weak_key = target.system == "help-desk" and ago <= 64  # noqa: PLR2004
    old_tls = target == TARGETS[0] and ago == 176  # noqa: PLR2004
    differs = _WEAK_KEY if weak_key else _OLD_TLS if old_tls else {}
    scan = testssl.Scan(target.host, target.ip, scenario.moment(ago, clock), 31 + ago % 55, weak_key, differs)
    scenario.upload(
        ago,
        Upload(
            "build-platform",
            [(f"{target.host}-{scenario.day(ago)}.json", testssl.pretty(scan))],
            ["tls-scan"],
            [target.system],
            f"TLS scan of {target.host}",
        ),
        f"05:{clock[3:]}" if ago != 167 else "14:00",  # noqa: PLR2004
    )


def _by_hand(scenario: Scenario, ago: int, target: Target) -> None:
    """Plan a scan of an address that is recorded nowhere, so that a person says whose it is; it waits for a review."""
    scan = testssl.Scan(target.ip, target.ip, scenario.moment(ago, "15:00"), 80)
    upload = Upload(
        "platform",
        [(f"{target.ip}-{scenario.day(ago)}.json", testssl.pretty(scan))],
        ["tls-scan"],
        [target.system],
        "TLS scan after the move of the load balancer",
        {"targets": {target.ip: (target.system, target.host)}},
    )
    scenario.upload(ago, upload, "15:20")


def _weak_key_accepted(scenario: Scenario, session: Session, now: datetime) -> None:
    """Plan an exception with reason and end: the supplier replaces the certificate."""
    exceptions.grant_exception(
        session,
        scenario.person(session, "second", now),
        "tls-scan",
        "help-desk",
        "support.duinroos.example",
        "testssl",
        WEAK_KEY_CHECK,
        "The supplier of the help desk issues certificates of 3072 bits from its next release. Until then the risk is "
        "small: the key is replaced every ninety days. Request SUP-4471.",
        calendar_of(session).day_of(now),
        scenario.day(-60),
        now,
    )


def _old_tls_accepted(scenario: Scenario, session: Session, now: datetime) -> None:
    """Plan an exception of a few days that has ended: the check failed again, until the next scan passed."""
    exceptions.grant_exception(
        session,
        scenario.person(session, "second", now),
        "tls-scan",
        TARGETS[0].system,
        TARGETS[0].host,
        "testssl",
        OLD_TLS_CHECK,
        "The new load balancer came with its own settings. The supplier switches TLS 1.0 off within days: change "
        "C-812.",
        calendar_of(session).day_of(now),
        scenario.day(171),
        now,
    )


def _ports(scenario: Scenario, ago: int, target: Target, clock: str) -> None:
    """Plan a port scan: as expected, except for a panel that the help desk's supplier opened this month."""
    opened = {443: "https"}
    if target.system == "website":
        opened[80] = "http"  # redirects to https
    if target.system == "help-desk" and ago == 9:  # noqa: PLR2004
        opened[8443] = "https-alt"
    closed = [port for port in (80, 8080) if port not in opened]
    report = nmap.scan(scenario.moment(ago, clock), nmap.Host(target.host, target.ip, opened, closed))
    scenario.upload(
        ago,
        Upload(
            "build-platform",
            [(f"{target.host}-{scenario.day(ago)}.xml", report)],
            ["management-port-scan"],
            [target.system],
            f"Port scan of {target.host}",
        ),
        f"06:{clock[3:]}",
    )


def _https(scenario: Scenario, ago: int, target: Target, clock: str) -> None:
    """Plan tests of the redirect to https. The report names no target: it is declared and reviewed."""
    names = [f"test_{check}_of_{target.host}[check={check}]" for check in ("port-80", "hsts", "cookies")]
    data = junit.report(f"https.{target.host}", scenario.moment(ago, clock), names)
    options = {"targets": {"": (target.system, target.host)}}
    remark = f"The cases name {target.host}; one of them was repeated by hand."
    files = [(f"https-{target.host}-{scenario.day(ago)}.xml", data)]
    title = f"Encryption by default of {target.host}"
    upload = Upload(
        "platform", files, ["https-by-default"], [target.system], title, options, remark, reviewed_after=0.2
    )
    scenario.upload(ago, upload, f"10:{clock[3:]}")


def _mail_domain(scenario: Scenario, ago: int) -> None:
    """Plan a look at what the DNS says of the mail domain, by a script of the platform team."""
    names = [f"test_{check}_of_duinroos[check={check}]" for check in ("spf", "dkim", "dmarc", "dnssec", "transport")]
    files = [
        (f"mail-{scenario.day(ago)}.xml", junit.report("mail.duinroos.example", scenario.moment(ago, "09:50"), names))
    ]
    remark = "The records are those of our domain; looked up again by hand."
    title = "Mail domain in the DNS"
    upload = Upload("platform", files, ["mail-domain-protection"], title=title, remark=remark, reviewed_after=0.2)
    scenario.upload(ago, upload, "10:50")


ROLES = ("client", "relative", "carer", "planner", "administrator")
PAGES = ("/record", "/messages", "/visits", "/reports", "/settings")
_MONTHS = 20  # of runs, the first of which a person looks at
COMPONENTS = ("record-form", "message-form", "visit-list", "report-export")
_PASSWORDS = [
    *(
        f"test_{at}_refuses[at={at}][check={check}]"
        for at in ("registration", "change", "reset")
        for check in ("too-short", "common-word", "breached", "contains-username")
    ),
    *(
        f"test_sign_in[check={check}]"
        for check in ("accepted-strong", "anonymous-refused", "duplicate-username-refused", "lockout-or-throttle")
    ),
]


def tests(scenario: Scenario) -> None:
    """Plan tests of roles, pages and sessions with each release, and of passwords each quarter."""
    cases = {
        "role-tests": [
            f"test_{role}_{outcome}[role={role}][outcome={outcome}]"
            for role in ROLES
            for outcome in ("allowed", "refused")
        ]
        + [f"test_{role}_of_another_client[role={role}][outcome=refused]" for role in ROLES[:3]],
        "access-control-tests": [
            f"test_page[page={page}][level={level}]"
            for page in PAGES
            for level in ("anonymous", "wrong-role", "right-role", "other-record")
        ],
        "origin-and-session-tests": [
            f"test_component[component={component}][check={check}]"
            for component in COMPONENTS
            for check in ("forged-origin", "no-session", "foreign-session", "direct-call")
        ],
    }
    for month in range(_MONTHS):
        for system in ("portal", "planner"):
            for at, (requirement, names) in enumerate(cases.items()):
                ago = 6 + _MONTH * month
                fails = names[1:2] if (system, requirement, ago) == ("portal", "role-tests", 90) else ()
                vanished = (system, requirement, month) == ("planner", "role-tests", 0)
                remark = "All pages, parts and roles of the manual are in it." if month == _MONTHS - 1 else ""
                ran = names[:-2] if vanished else names
                _run(scenario, ago, system, requirement, ran, fails, f"02:{10 * at:02}", remark)
    _run(scenario, 88, "portal", "role-tests", cases["role-tests"], (), "12:00")  # two days after the failed run
    _run(
        scenario, 4, "planner", "role-tests", cases["role-tests"], (), "12:00"
    )  # two days after the run without two of them
    for ago in (500, 390, 280, 170, 66):
        _run(scenario, ago, "portal", "password-policy-test", _PASSWORDS, (), "02:40")
    for ago in (500, 390, 280, 170):  # the planner's next run was forgotten
        _run(scenario, ago, "planner", "password-policy-test", _PASSWORDS, (), "02:45")


def _run(
    scenario: Scenario,
    ago: int,
    system: str,
    requirement: str,
    names: Sequence[str],
    fails: Sequence[str],
    clock: str,
    remark: str = "",
) -> None:
    data = junit.report(f"{system}.{requirement}", scenario.moment(ago, clock), names, fails)
    titles = {"role-tests": "Tests per role", "access-control-tests": "Access tests per page"}
    titles |= {"origin-and-session-tests": "Tests of origin and session", "password-policy-test": "Tests of passwords"}
    title = f"{titles[requirement]}, {system}"
    files = [(f"{requirement}-{system}-{scenario.day(ago)}.xml", data)]
    scenario.upload(
        ago,
        Upload("build-applications", files, [requirement], [system], title, remark=remark),
        f"0{int(clock[1]) + 1}:{clock[3:]}" if clock.startswith("0") else "13:00",
    )
