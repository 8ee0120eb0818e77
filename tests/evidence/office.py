"""A small organisation with a store, to which tests of this room and of the API upload evidence."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select

from access.permissions import BUILT_IN, SECURITY_OFFICER, Person
from controls.scope.system_scope import add_system, bring_into_scope
from evidence.decisions.review import review
from evidence.intake import submission
from evidence.intake.submission import Delivery, Filed, Incoming
from evidence.storage.store import EvidenceStore
from models.bulk_changes import table
from models.transaction import reading, writing
from readiness import readiness

NOW = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
DAY = date(2027, 3, 3)
COLLEAGUE = Person("colleague", frozenset({SECURITY_OFFICER}))
NOBODY = Person("nobody", frozenset())
#: Uploads unless a test names a person: it declares the system of a JUnit file, which is needed to accept it automatically.
BUILD_SERVER = Person("build server", frozenset({SECURITY_OFFICER}), token=1, only=frozenset({"evidence.file"}))

JUNIT = b"""<?xml version="1.0"?>
<testsuite name="roles" timestamp="2027-03-03T08:00:00">
<testcase classname="roles" name="reader may not write"/><testcase classname="roles" name="writer may"/>
<testcase classname="roles" name="later"><skipped/></testcase>
</testsuite>"""
FAILING = JUNIT.replace(b'name="writer may"/>', b'name="writer may"><failure message="403"/></testcase>')
TEXT = b"# Policy\n\nWe encrypt what we send.\n"

#: key → kind, formats, scope, policy, renewal, review, applies_to
REQUIREMENTS: dict[str, tuple[Any, ...]] = {
    "role-tests": ("test", ["junit"], "system", "junit", "P30D", "automatic", "has-end-users"),
    "reviewed-tests": ("test", ["junit"], "system", "junit", "P30D", "required", None),
    "tls-scan": ("test", ["testssl"], "target", "tls-ncsc-nl@2025-05", "P30D", "automatic", None),
    "port-scan": ("test", ["nmap", "junit"], "target", "junit", "P30D", "automatic", None),
    "scan": (
        "test",
        ["sarif", "trivy", "openvex", "csaf", "cyclonedx"],
        "system",
        "vulnerability-scan",
        "P30D",
        "automatic",
        None,
    ),
    "no-policy": ("test", ["junit"], "system", None, "P30D", "automatic", None),
    "policy": ("record", ["md", "pdf"], "organisation", None, "P1Y", "required", None),
    "certificate": ("record", ["md"], "organisation", None, "", "required", None),
    "manual": ("record", ["md"], "target", None, "P1Y", "required", None),
}


def tls_file(*hosts: str, protocol: str = "not offered") -> bytes:
    """A flat testssl file with two findings for each host."""
    rows = []
    for host in hosts:
        name, _, port = host.partition(":")
        for check, severity, finding in (("TLS1", "OK", protocol), ("TLS1_2", "OK", "offered")):
            rows.append(
                f'{{"id": "{check}", "ip": "{name}/192.0.2.1", "port": "{port or 443}", '
                f'"severity": "{severity}", "finding": "{finding}"}}'
            )
    return ("[" + ",\n".join(rows) + "]").encode()


@dataclass
class Office:
    """One database and store, with two systems in scope: the portal with two targets, the website with none."""

    engine: Engine
    store: EvidenceStore

    def deliver(
        self,
        *contents: bytes,
        requirements: tuple[str, ...] = ("role-tests",),
        systems: tuple[str, ...] = ("portal",),
        at: datetime = NOW,
        person: Person = BUILD_SERVER,
        names: tuple[str, ...] = (),
        **delivery: Any,
    ) -> Filed:
        incoming = [
            Incoming(io.BytesIO(content), names[number] if names else f"file{number}")
            for number, content in enumerate(contents)
        ]
        with submission.inspect(self.store, incoming) as inspection, writing(self.engine, at) as (session, now):
            return submission.submit(
                session, self.store, person, Delivery(inspection, requirements, systems, **delivery), now
            )

    def review(
        self, evidence: str, decision: str, person: Person = COLLEAGUE, remark: str = "so", at: datetime = NOW
    ) -> None:
        with writing(self.engine, at) as (session, now):
            review(session, person, evidence, decision, remark, now)

    def status(self, requirement: str, system: str = "portal", target: str = "", on: date = DAY) -> str:
        with reading(self.engine) as session:
            answer = readiness(session, BUILT_IN, on, datetime(2030, 1, 1, tzinfo=UTC))
        return next(cell.status for cell in answer.cells if cell.key == (requirement, system, target))

    def count(self, name: str) -> int:
        with reading(self.engine) as session:
            return int(session.execute(select(func.count()).select_from(table(name))).scalar_one())

    def column(self, name: str, column: str) -> list[Any]:
        with reading(self.engine) as session:
            return list(session.execute(select(table(name).c[column])).scalars())


def ask_for_access_reviews(office: Office) -> None:
    """From now on access reviews are asked of every system; a token's are accepted by themselves."""
    texts = {"title_nl": "E", "title_en": "E", "judged_nl": "", "judged_en": "", "retired": False}
    row = {"key": "access-review", "measure": "m", "control": None, "team": "platform", "kind": "register", **texts}
    rest = {"formats": ["csv", "xlsx"], "scope": "system", "policy": "access-review", "renewal": "P6M"}
    with writing(office.engine, NOW) as (session, now):
        wanted = {**row, **rest, "review": "automatic", "applies_to": None, "recorded_at": now}
        session.execute(insert(table("evidence_requirement")), [wanted])


def open_office(engine: Engine, folder: Path) -> Office:
    with writing(engine, datetime(2027, 1, 4, 9, 0, tzinfo=UTC)) as (session, now):
        catalogue = {"title_nl": "ISO", "title_en": "ISO", "short_nl": "ISO", "short_en": "ISO", "edition": "2022"}
        session.execute(
            insert(table("catalogue")), [{"key": "iso", **catalogue, "position": 1, "sha256": "", "followed_at": now}]
        )
        control = {"catalogue": "iso", "kind": "control", "theme": "people", "title_nl": "C", "title_en": "C"}
        rest = {"healthcare": "none", "disputed": False, "attributes": {}, "note": ""}
        session.execute(insert(table("control")), [{"key": "iso:A.1", "ref": "A.1", "position": 1, **control, **rest}])
        session.execute(insert(table("measure")), [{"key": "m", "position": 1, "title_nl": "M", "title_en": "M"}])
        session.execute(insert(table("team")), [{"key": "platform", "title_nl": "P", "title_en": "P"}])
        names = ("kind", "formats", "scope", "policy", "renewal", "review", "applies_to")
        texts = {"title_nl": "E", "title_en": "E", "judged_nl": "", "judged_en": "", "retired": False}
        rows = [
            {"key": key, "recorded_at": now, "measure": "m", "control": None, "team": "platform", **texts}
            | dict(zip(names, values, strict=True))
            for key, values in REQUIREMENTS.items()
        ]
        session.execute(insert(table("evidence_requirement")), rows)
        start = date(2026, 1, 1)
        for key, attributes in (("portal", ["has-end-users"]), ("website", [])):
            add_system(session, BUILT_IN, key, key, key, now)
            bring_into_scope(session, BUILT_IN, key, start, now, attributes=attributes)
        for target in ("portal.example.nl", "api.example.nl:8443"):
            bring_into_scope(session, BUILT_IN, "portal", start, now, target=target)
    return Office(engine, EvidenceStore(str(folder / "store")))
