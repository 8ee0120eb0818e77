"""An office whose scans are judged by a policy of its own."""

import json
from datetime import date, datetime
from typing import Any

from access.permissions import Person
from evidence.judging.own_policies.edition_text import typed
from evidence.judging.own_policies.editions import EditionDraft, EditionRow, publish_edition
from evidence.judging.policies import policies
from models.transaction import writing
from tests.evidence.office import COLLEAGUE, NOW, Office

TODAY = NOW.date()
SCAN, OWN = "vulnerability-scan", "own-scan"


def content(*changes: tuple[str, str], of: str = SCAN) -> str:
    """The content of a policy that came along, with other texts."""
    words = typed(policies()[of].values)
    for old, new in changes:
        assert old in words
        words = words.replace(old, new)
    return words


SOFTER = content(("secrets: 0", "secrets: 2"))


def publish(
    office: Office,
    words: str = SOFTER,
    first_day: date = TODAY,
    at: datetime = NOW,
    person: Person = COLLEAGUE,
    requirements: tuple[str, ...] = ("scan",),
    reason: str = "what we accept",
    **draft: Any,
) -> EditionRow:
    wanted = EditionDraft(**{"policy": OWN, "content": words, "requirements": requirements, "copy_of": SCAN, **draft})
    with writing(office.engine, at) as (session, now):
        return publish_edition(session, person, wanted, first_day, reason, now)


def scan(day: date, secrets: int = 1) -> bytes:
    """A report of Trivy of a day with some keys and passwords, which have no term."""
    found = [
        {"RuleID": f"key-{number}", "Severity": "HIGH", "Title": "A key", "StartLine": number}
        for number in range(1, secrets + 1)
    ]
    results = [
        {"Target": "portal (debian 12)", "Class": "os-pkgs", "Type": "debian"},
        {"Target": "/settings.py", "Class": "secret", "Secrets": found},
    ]
    head = {"SchemaVersion": 2, "CreatedAt": f"{day}T08:00:00+01:00", "ArtifactName": "portal"}
    return json.dumps({**head, "ArtifactType": "container_image", "Results": results}).encode()
