"""A company of twenty-five people, with a portal, a website and this product, which hands its own files in over the API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from starlette.testclient import TestClient

from access.permissions import BUILT_IN, REVIEWER, SECURITY_OFFICER, Person
from controls.load import load
from controls.scope.system_scope import add_system, bring_into_scope, scope_on, withdraw
from evidence.collect.collector_context import CollectorContext
from evidence.collect.own_checks import own_system
from evidence.collect.own_checks.collectors import COLLECTORS
from evidence.collect.own_checks.daily_collection import collect
from evidence.storage.store import EvidenceStore
from models.transaction import writing
from tests.access.households import person
from tests.api.calls import upload
from tests.api.conftest import client_of
from tests.evidence.collect.conftest import sign_in
from tests.evidence.office import Office
from tests.measures.proof import Proof
from tests.measures.shown_by import COLLECTED
from tests.registers.office import corrected

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY = NOW.date()
UPLOADER = Person("anna", frozenset({SECURITY_OFFICER}))
COLLEAGUE = Person("bram", frozenset({REVIEWER}))
MOST_ATTEMPTS = 2
_SINCE = date(2026, 1, 1)
#: key → title, attributes, targets
SYSTEMS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "portal": (
        "Zorgportaal",
        ("has-end-users", "health-information", "personal-data", "admits-minors"),
        ("portal.zorgdorp.example", "api.zorgdorp.example"),
    ),
    "website": ("Website", ("personal-data",), ("www.zorgdorp.example",)),
    own_system.KEY: ("Aantoonbaar", ("keeps-evidence",), ("bewijs.zorgdorp.example",)),
}


@dataclass
class Company:
    """Its database and store, and what each of two people does over the API."""

    office: Office
    uploads: TestClient
    reviews: TestClient

    def hand_in(self, proof: Proof) -> tuple[int, str]:
        """Send the files; once more with the mapping that is proposed, if one is. The number of attempts, and the evidence.

        Anything else that is refused, and what fails, is no small company's file.
        """
        answer, number = self._send(proof, {}), 1
        if answer.status_code == 422 and "proposed_mapping" in answer.json():  # noqa: PLR2004 - a refusal with a proposal
            mapping = corrected(answer.json()["proposed_mapping"], proof.correction)
            answer, number = self._send(proof, {"mapping": json.dumps(mapping)}), 2
        assert answer.status_code == 201, answer.text  # noqa: PLR2004 - created
        failing = [cell["failing"] for cell in answer.json()["coverage"] if cell["failing"]]
        assert not failing, failing
        return number, answer.json()["id"]

    def _send(self, proof: Proof, more: Mapping[str, str]) -> Any:
        return upload(self.uploads, *proof.files.values(), names=tuple(proof.files), **_fields(proof), **more)

    def accept(self, evidence: str) -> None:
        review = {"evidence": evidence, "decision": "accepted", "remark": "nagekeken"}
        answer = self.reviews.post("/api/v1/reviews", json=review)
        assert answer.status_code == 204, answer.text  # noqa: PLR2004 - no content

    def judge_what_changed(self, evidence: str) -> None:
        """As its page offers once a register that it is compared with came or changed."""
        if self.reviews.get(f"/api/v1/evidence/{evidence}").json()["changed"]:
            answer = self.reviews.post(f"/api/v1/evidence/{evidence}/judge")
            assert answer.status_code == 200, answer.text  # noqa: PLR2004 - judged

    def status(self, measure: str) -> tuple[str, list[str]]:
        """The status of a measure, and the statuses that its requirements have for each system and target."""
        measures = self.reviews.get("/api/v1/readiness", params={"on": DAY.isoformat()}).json()["measures"]
        answer = next(row for row in measures if row["key"] == measure)
        return answer["status"], sorted(status for status, number in answer["counts"].items() if number)

    def collect(self, context: CollectorContext, measure: str) -> None:
        """What the product collects about itself for a measure, every day."""
        collectors = [collector for collector in COLLECTORS if COLLECTED.get(measure) in collector.requirements]
        for outcome in collect(self.office.engine, self.office.store, context, NOW, collectors=collectors):
            assert outcome.verdict == "pass", outcome


def open_company(engine: Engine, folder: Path) -> Office:
    """The included statement, with the company's own systems instead of those that it comes with."""
    with writing(engine, datetime(2026, 1, 5, tzinfo=UTC)) as (session, now):
        load(session, BUILT_IN, now)
    with writing(engine, datetime(2026, 1, 6, tzinfo=UTC)) as (session, now):
        for system in scope_on(session, now.date(), now):
            withdraw(session, BUILT_IN, system.period_key, now)
        for key, (title, attributes, targets) in SYSTEMS.items():
            add_system(session, BUILT_IN, key, title, title, now)
            bring_into_scope(session, BUILT_IN, key, _SINCE, now, attributes=attributes)
            for target in targets:
                bring_into_scope(session, BUILT_IN, key, _SINCE, now, target=target)
    officer = person(engine, "Olga", "olga@zorgdorp.example", [(SECURITY_OFFICER, None, None)], starts=_SINCE, at=NOW)
    sign_in(engine, officer, "olga@zorgdorp.example", NOW)
    return Office(engine, EvidenceStore(str(folder / "store")))


def company_of(office: Office) -> Company:
    return Company(office, client_of(office, UPLOADER, NOW), client_of(office, COLLEAGUE, NOW))


def _fields(proof: Proof) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "requirement": [proof.requirement], "system": list(proof.systems), "target": list(proof.targets),
        "zone": [f"{file}={zone}" for file, zone in proof.zones.items()],
    }  # fmt: skip
    if proof.days:
        fields |= {"first_day": proof.days[0], "last_day": proof.days[-1]}
    if proof.ends:
        fields["explicit_end"] = proof.ends
    if proof.counts:
        fields |= {"population": str(sum(proof.counts.values())), "population_source": "telling in de bron"}
        fields |= {"population_day": DAY.isoformat()}
    if len(proof.counts) > 1:
        fields["population_of"] = [f"{system}={number}" for system, number in proof.counts.items()]
    return fields
