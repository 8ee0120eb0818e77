"""The organisation's documents (documents.yaml), handed in edition by edition."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from demo.files.pdf import document
from demo.registers import accounts_left
from demo.story import WAITING, HandIn, Story
from evidence.decisions.review import ACCEPTED

_FILE = Path(__file__).with_name("documents.yaml")
_COUNT = re.compile(r"\{~(\d+)\}")
_ACCOUNTS = re.compile(r"\{accounts:([\w-]+)\}")
_DAY = re.compile(r"\{day([+-]\d+)?\}")
_PEOPLE = {"officer": "Eva Jansen", "second": "Mark de Boer", "platform": "Sara Smit", "applications": "Tom Bakker"}


@dataclass(frozen=True, slots=True)
class Document:
    """See the head of documents.yaml. `lag`: how many days after the day that it represents it is handed in."""

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
    given = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return [Document(**{**one, "systems": tuple(one.get("systems", ()))}) for one in given]


def hand_in_documents(story: Story) -> None:
    """Every edition of every document, each with its review."""
    for one in documents():
        for ago in one.days:
            delivery = _delivery(one, story.day(ago), ago)
            story.hand_in(max(1, ago - one.lag), delivery, "11:00")


def _delivery(one: Document, day: date, ago: int) -> HandIn:
    waits = one.decision == WAITING
    return HandIn(
        by=one.by,
        files=[(f"{one.key}-{day}.pdf", _pdf(one, day, ago))],
        requirements=one.answers,
        systems=one.systems,
        title=one.title,
        said={"first_day": day, "last_day": day},
        remark="" if waits else one.remark,
        decision=one.decision,
        reviewed_after=one.reviewed_after,
    )


def _pdf(one: Document, day: date, ago: int) -> bytes:
    under = f"Duinroos Zorgsoftware B.V. - {day} - drawn up by {_PEOPLE[one.by]}"
    return document(
        one.title, under, list(_paragraphs(one.text, day, ago)), "Made up: an example, about nobody who exists"
    )


def _paragraphs(text: str, day: date, ago: int) -> Iterator[str]:
    """Each heading and each item by itself, other lines together until an empty one."""
    dated = _DAY.sub(lambda found: str(day + timedelta(days=int(found[1] or 0))), text)
    dated = _COUNT.sub(lambda found: f"{int(found[1]) * (5_000 - ago) // 5_000:,}", dated)
    dated = _ACCOUNTS.sub(lambda found: str(accounts_left()[found[1]]), dated)
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
