"""Uploads of the organisation's documents (documents.yaml), edition by edition."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from demo.files.pdf import document
from demo.registers import accounts_left
from demo.scenario import WAITING, Scenario, Upload
from evidence.decisions.review import ACCEPTED

_FILE = Path(__file__).with_name("documents.yaml")
_COUNT = re.compile(r"\{~(\d+)\}")
_ACCOUNTS = re.compile(r"\{accounts:([\w-]+)\}")
_EDITION = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")
_DAY = re.compile(r"\{day([+-]\d+)?\}")
_PEOPLE = {"officer": "Eva Jansen", "second": "Mark de Boer", "platform": "Sara Smit", "applications": "Tom Bakker"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document; documents.yaml describes the fields. `lag`: days between the represented day and the upload.

    `decision`: on each edition; if it waits, only the newest does.
    """

    key: str
    title: str
    answers: list[str]
    by: str
    days: list[int]
    text: str
    systems: tuple[str, ...] = ()
    remark: str = ""
    decision: str = ACCEPTED
    lag: int = 3
    reviewed_after: float = 2


@cache
def documents() -> list[Document]:
    """Return the documents of documents.yaml."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return [Document(**{**row, "systems": tuple(row.get("systems", ()))}) for row in rows]


def upload_documents(scenario: Scenario) -> None:
    """Plan every edition of every document with its review."""
    for doc in documents():
        for ago in doc.days:
            upload = _upload(doc, scenario.day(ago), ago)
            scenario.upload(max(1, ago - doc.lag), upload, "11:00")


def _upload(doc: Document, day: date, ago: int) -> Upload:
    waits = doc.decision == WAITING and ago == doc.days[-1]
    return Upload(
        by=doc.by,
        files=[(f"{doc.key}-{day}.pdf", _pdf(doc, day, ago))],
        requirements=doc.answers,
        systems=doc.systems,
        title=doc.title,
        options={"first_day": day, "last_day": day},
        remark="" if waits else doc.remark,
        decision=ACCEPTED if doc.decision == WAITING else doc.decision,
        reviewed_after=doc.reviewed_after,
    )


def _pdf(doc: Document, day: date, ago: int) -> bytes:
    text = _EDITION.sub(r"\2" if ago == doc.days[-1] else r"\1", doc.text)
    under = f"Duinroos Zorgsoftware B.V. - {day} - drawn up by {_PEOPLE[doc.by]}"
    return document(doc.title, under, list(_paragraphs(text, day, ago)), "Made up: an example, about nobody who exists")


def _paragraphs(text: str, day: date, ago: int) -> Iterator[str]:
    """Yield each heading and item, and other lines joined until an empty line."""
    dated = _DAY.sub(lambda match: str(day + timedelta(days=int(match[1] or 0))), text)
    dated = _COUNT.sub(lambda match: f"{int(match[1]) * (5_000 - ago) // 5_000:,}", dated)
    dated = _ACCOUNTS.sub(lambda match: str(accounts_left()[match[1]]), dated)
    lines: list[str] = []
    for line in [*dated.splitlines(), ""]:
        if line and not line.startswith(("## ", "- ")):
            lines.append(line)
            continue
        if lines:
            yield " ".join(lines)
            lines = []
        if line:
            yield line
