"""What the company hands in for each measure of the included statement, and for the registers that those are compared with."""

import json
from collections.abc import Mapping, Sequence

from tests.measures import registers
from tests.measures.proof import Proof, document, nmap, report, tls_scan

_ALL = ("portal", "website", "aantoonbaar")
_HOSTS = {"web": "web1.zorgdorp.example", "application": "app1.zorgdorp.example", "database": "db1.zorgdorp.example"}


#: what Trivy wrote of an image in which it found something of little severity
_VULNERABILITIES = json.dumps(
    {
        "SchemaVersion": 2,
        "CreatedAt": "2026-11-16T04:00:00Z",
        "ArtifactName": "registry.zorgdorp.example/portal:2026.46",
        "Results": [
            {
                "Target": "portal (debian 13.1)",
                "Class": "os-pkgs",
                "Vulnerabilities": [{"VulnerabilityID": "CVE-2026-0001", "PkgName": "zlib1g", "Severity": "LOW"}],
            }
        ],
    }
).encode()


def _pages(*pages: str) -> list[str]:
    return [f"page={page} level={level}" for page in pages for level in ("anonymous", "wrong-role", "right-role")]


def _components(*components: str) -> list[str]:
    checks = ("forged-origin", "no-session", "foreign-session")
    return [f"component={component} check={check}" for component in components for check in checks]


def _sharing(*ways: str) -> list[str]:
    checks = ("only-what-was-shared", "others-see-nothing", "gone-after-withdrawal")
    return ["check=other-sharing-refused", *(f"share={way} check={check}" for way in ways for check in checks)]


def _passwords() -> list[str]:
    checks = ("too-short", "common-word", "breached", "contains-username")
    others = ("accepted-strong", "anonymous-refused", "duplicate-username-refused", "lockout-or-throttle")
    return [
        *(f"at={at} check={check}" for at in ("registration", "change", "reset") for check in checks),
        *(f"check={check}" for check in others),
    ]


def _segmentation() -> Proof:
    web, application, database = _HOSTS.values()
    scans = {
        "internet.xml": nmap({web: [443], application: [], database: []}),
        "web.xml": nmap({application: [8443], database: []}),
        "application.xml": nmap({database: [5432]}),
    }
    zones = {file: file.removesuffix(".xml") for file in scans}
    return Proof("segmentation-test", scans, _ALL, zones=zones)


def _https(system: str, *targets: str) -> list[Proof]:
    checks = ("check=port-80", "check=hsts", "check=cookies")
    return [
        report("https-by-default", *checks, systems=(system,), targets=(f"{system}/{target}",)) for target in targets
    ]


def _ports(system: str, *targets: str) -> Proof:
    return Proof("management-port-scan", {f"{system}.xml": nmap({target: [443] for target in targets})}, (system,))


_PORTAL = ("portal.zorgdorp.example", "api.zorgdorp.example")
_WEBSITE, _OWN = "www.zorgdorp.example", "bewijs.zorgdorp.example"
_ADDRESSES = {"portal": _PORTAL, "website": (_WEBSITE,), "aantoonbaar": (_OWN,)}

#: what this product collects about itself, by measure
COLLECTED: Mapping[str, str] = {
    "login-logging": "login-log-complete",
    "tls": "own-address-tls",
    "role-based-access": "own-access-matrix",
}
#: registers that another one is compared with, which are accepted first
COMPARED_WITH: Mapping[str, Sequence[Proof]] = {
    "datacentres": [registers.ACCESS_REVIEW, registers.CONFIDENTIALITY],
    "confidentiality-duty": [
        registers.ACCESS_REVIEW,
        registers.DATACENTRE_CERTIFICATES,
        registers.DATACENTRE_ACCESS,
    ],
    "data-subject-rights": [registers.DESTRUCTION],
}
MEASURES: Mapping[str, Sequence[Proof]] = {
    "certification": [
        document("certificate-iso27001", "2026-11-20", ends="2028-03-31"),
        document("certificate-nen7510", "2026-11-20", ends="2028-03-31"),
        report("certificates-published", "check=reachable", "check=shown", "check=same-file", "check=none-expired"),
    ],
    "annual-audit": [document("external-audit-report", "2026-06-12")],
    "datacentres": [registers.DATACENTRE_CERTIFICATES, registers.DATACENTRE_ACCESS],
    "layered-infrastructure": [document("network-diagram", "2026-10-01"), _segmentation()],
    "login-logging": [registers.LAST_ATTEMPTS, registers.LOGIN_LOG],
    "page-access-control": [
        report("access-control-tests", *_pages("/dossier", "/rooster", "/beheer"), systems=("portal",))
    ],
    "environment-check": [report("origin-and-session-tests", *_components("api", "berichten"), systems=("portal",))],
    "tls": [
        *(tls_scan(system, *hosts) for system, hosts in _ADDRESSES.items()),
        *(proof for system, hosts in _ADDRESSES.items() for proof in _https(system, *hosts)),
    ],
    "firewall": [registers.FIREWALL, *(_ports(system, *hosts) for system, hosts in _ADDRESSES.items())],
    "need-to-know": [registers.ACCESS_REVIEW, document("joiner-leaver-sample", "2026-11-02")],
    "confidentiality-duty": [registers.CONFIDENTIALITY],
    "strong-password": [report("password-policy-test", *_passwords(), systems=("portal",))],
    "role-based-access": [
        registers.APPROVED_MATRIX,
        registers.ACCESS_MATRIX,
        report(
            "role-tests",
            *(
                f"role={role} outcome={outcome}"
                for role in ("zorgverlener", "planner")
                for outcome in ("allowed", "refused")
            ),
            systems=("portal",),
        ),
        report("shared-insight-tests", *_sharing("record-with-relative", "rooster-with-carer"), systems=("portal",)),
    ],
    "eura-acceptance": [
        registers.EURA_VERSIONS,
        registers.EURA_ACCEPTANCES,
        document("eura-text", "2026-07-01", "portal"),
    ],
    "test-evaluate": [
        document("penetration-test", "2026-05-20", "portal"),
        document("penetration-test", "2026-05-21", "website"),
        Proof("vulnerability-scan-results", {"trivy.json": _VULNERABILITIES}, _ALL),
        document("evaluation-report", "2026-09-30"),
    ],
    "data-minimisation": [registers.DATA_INVENTORY],
    "retention": [
        document("retention-schedule", "2026-09-30"),
        registers.DESTRUCTION,
        document("retention-holds", "2026-09-30"),
    ],
    "processor-agreements": [registers.PROCESSORS],
    "dpo": [
        document("dpo-appointment", "2026-09-30"),
        document("dpo-complaints", "2026-11-02"),
        document("dpo-report", "2026-03-31"),
    ],
    "data-subject-rights": [registers.REQUESTS],
    "minors-consent": [registers.MINORS],
    "statement-changes": [
        report("statement-version-check", "check=reachable", "check=same-text", "check=same-date"),
        document("change-announcement", "2026-09-30"),
    ],
    "customer-agreements": [registers.CUSTOMERS],
    "consent": [registers.CONSENTS],
    "purpose-limitation": [document("purpose-review", "2026-11-10")],
    "third-party-disclosure": [registers.DISCLOSURES],
    "legal-compliance": [document("legal-register", "2026-09-30"), document("legal-compliance-check", "2026-09-30")],
    "cookies": [document("cookie-check", "2026-10-15")],
    "account-deactivation": [document("deactivation-sample", "2026-11-02")],
}
