"""A small folder of definitions that tests edit and load into a database."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from access.permissions import BUILT_IN
from controls.load import Changes, load
from models.transaction import writing

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)

ISO = """\
catalogue:
  key: iso
  edition: "2022"
  title: {nl: ISO-norm, en: ISO standard}
  short: {nl: ISO, en: ISO}
  position: 1
controls:
  - {ref: "9.2", kind: clause, theme: evaluation, title: {nl: Interne audit, en: Internal audit}}
  - ref: A.5.1
    kind: control
    theme: organizational
    title: {nl: Beleid, en: Policies}
    attributes: {type: [preventive], domains: [resilience]}
  - {ref: A.8.24, kind: control, theme: technological, title: {nl: Cryptografie, en: Cryptography}}
"""
NEN = """\
catalogue:
  key: nen
  edition: "2024"
  title: {nl: NEN-norm, en: NEN standard}
  short: {nl: NEN, en: NEN}
  position: 2
controls:
  - ref: "5.10"
    kind: control
    theme: organizational
    title: {nl: Beleid, en: Policies}
    healthcare: requirement
    disputed: true
  - {ref: "8.24", kind: control, theme: technological, title: {nl: Cryptografie, en: Cryptography}}
  - {ref: "8.35", kind: control, theme: technological, title: {nl: Zorg, en: Care}, healthcare: hlt}
"""
CROSSWALK = """\
crosswalk: {from: nen, to: iso}
sources:
  - {key: us, title: {nl: Eigen oordeel, en: Own judgement}}
  - {key: list, title: {nl: Een lijst, en: A public list}, address: "https://example.org"}
relations:
  - {from: "5.10", relation: superset, to: A.5.1, source: [us, list], note: {nl: Omdat., en: Because.}}
  - {from: "8.24", relation: equal, to: A.8.24, source: [us]}
"""
TEXT = """\
# Privacyverklaring

Intro.

## Beveiliging

- Al het verkeer is versleuteld met TLS;
- Wij testen regelmatig én melden dat.

## Contact

Bel ons.
"""
STATEMENT = """\
statement:
  key: promise
  text: promise.md
  sha256: {sha256}
  effective: 2020-02-29
  organisation: Zorgsoft B.V.
  language: nl
  source: https://example.org/privacy
  title: {nl: Privacyverklaring, en: Privacy statement}
systems:
  - {key: portal, title: {nl: Portaal, en: Portal}, attributes: [has-end-users], since: 2020-02-29}
  - {key: website, title: {nl: Website, en: Website}, since: 2020-02-29}
teams:
  - {key: platform, title: {nl: Platform, en: Platform}}
measures:
  - key: tls
    title: {nl: Versleuteld verkeer, en: Encrypted traffic}
    clauses:
      - {quote: "Al het verkeer is versleuteld met TLS;"}
    mapping:
      - {control: "iso:A.8.24", relation: primary, rationale: {nl: Omdat., en: Because.}}
      - {control: "nen:8.24", relation: supporting, rationale: {nl: Omdat., en: Because.}}
    evidence:
      - key: tls-scan
        title: {nl: TLS-scan, en: TLS scan}
        kind: test
        formats: [testssl]
        renewal: P30D
        scope: target
        applies_to: has-end-users
        team: platform
        review: automatic
        policy: tls-ncsc-nl@2025-05
        judged: {nl: Geen zwakke versleuteling, en: No weak encryption}
  - key: testing
    title: {nl: Testen, en: Testing}
    clauses:
      - {quote: "Wij testen regelmatig én melden dat."}
      - {quote: "Al het verkeer is versleuteld met TLS;"}
requirements:
  - key: crypto-policy
    control: "iso:A.8.24"
    title: {nl: Cryptografiebeleid, en: Cryptography policy}
    kind: record
    formats: [pdf, docx]
    until: content
    scope: organisation
    team: platform
    review: required
"""

EXPLANATIONS = """\
catalogue: iso
explanations:
  - ref: A.5.1
    purpose: {nl: Waarom, en: Why}
    looks_for:
      - asks: {nl: Een vraag, en: A question}
      - samples: {nl: Een steekproef, en: A sample}
      - fails: {nl: Een fout, en: A fault}
    shown: {nl: Dit, en: This}
    evidence:
      - key: policy-approved
        title: {nl: Beleid, en: Policy}
        kind: record
        formats: [pdf]
        renewal: P13M
        scope: organisation
        documented: true
        team: security
        review: required
  - ref: A.8.24
    purpose: {nl: Waartoe, en: What for}
    adds: {nl: Meer, en: More}
    looks_for:
      - asks: {nl: Nog een vraag, en: Another question}
      - asks: {nl: En nog een, en: And another}
      - fails: {nl: Nog een fout, en: Another fault}
    shown: {nl: Dat, en: That}
    evidence:
      - key: key-list
        title: {nl: Sleutels, en: Keys}
        kind: register
        formats: [csv]
        renewal: P7M
        scope: system
        team: security
        review: required
"""
TEAMS = "teams: [{key: security, title: {nl: Beveiliging, en: Security}}]\n"


@dataclass
class Definitions:
    """A folder with definition files that have short names and can be edited."""

    folder: Path

    def path(self, name: str) -> Path:
        places = {
            "iso": "catalogues/iso.yaml",
            "nen": "catalogues/nen.yaml",
            "crosswalk": "crosswalks/nen--iso.yaml",
            "statement": "statements/promise.yaml",
            "text": "statements/promise.md",
            "explanations": "explanations/iso/all.yaml",
            "teams": "teams.yaml",
        }
        return self.folder / places[name]

    def write(self, name: str, content: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(content, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> int:
        """Replace the only occurrence of `old`; returns the number of its line."""
        content = self.path(name).read_text(encoding="utf-8")
        assert content.count(old) == 1, f"{old!r} occurs {content.count(old)} times in {name}"
        self.write(name, content.replace(old, new))
        return content[: content.index(old)].count("\n") + 1

    def load(self, engine: Engine) -> Changes:
        with writing(engine, START) as (session, now):
            return load(session, BUILT_IN, now, self.folder)


@pytest.fixture
def definitions(tmp_path: Path) -> Definitions:
    made = Definitions(tmp_path / "definitions")
    for name, content in (("iso", ISO), ("nen", NEN), ("crosswalk", CROSSWALK), ("text", TEXT)):
        made.write(name, content)
    made.write("explanations", EXPLANATIONS)
    made.write("teams", TEAMS)
    made.write("statement", STATEMENT.replace("{sha256}", hashlib.sha256(TEXT.encode()).hexdigest()))
    return made
