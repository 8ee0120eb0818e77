"""The content of agreements: titles, the rights of each role, the first texts, and the digest of a version."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from access.errors import InvalidValue
from access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    OF_OWN_TEAMS,
    PERMISSIONS,
    READER,
    REVIEWER,
    SECURITY_OFFICER,
    TEAM_MEMBER,
    WITHIN_AUDIT,
)
from locales import Text, text

_FIRST = Path(__file__).parent / "eura.yaml"
_LONGEST = 20_000  # characters of a text
_TERM = 2  # words that the first sentence of a paragraph has at most if it is the paragraph's name

#: role → the title of its agreement
TITLES: dict[str, Text] = {
    SECURITY_OFFICER: text("Agreement for the security officer"),
    REVIEWER: text("Agreement for the reviewer"),
    TEAM_MEMBER: text("Agreement for the team member"),
    AUDITOR: text("Agreement for the auditor"),
    READER: text("Agreement for the reader"),
    ADMINISTRATOR: text("Agreement for the administrator"),
}

#: permission → what it allows, as agreements and a person's own page list it
RIGHTS: dict[str, Text] = {
    "evidence.file": text("Upload and withdraw evidence and test results"),
    "evidence.read": text("Open and download evidence"),
    "evidence.review": text("Accept or reject evidence that someone else uploaded"),
    "exception.decide": text("Accept a failing result, with a reason and until a date"),
    "series.close": text("Close a series of test runs, with a reason"),
    "policy.publish": text("Change by which policy evidence is judged, with a reason"),
    "applicability.decide": text("Decide on the Statement of Applicability"),
    "nonconformity.record": text("Record nonconformities and their closing"),
    "mapping.review": text("Review which controls a measure is mapped to"),
    "scope.change": text("Change systems, targets and teams in scope"),
    "audit.plan": text("Plan audits"),
    "task.plan": text("Assign evidence to teams and people, and plan the days on which it is due"),
    "readiness.read": text("See readiness, now and on any date"),
    "controls.read": text("Read the statement, the measures and the controls"),
    "controls.load": text("Load catalogues and statements"),
    "people.manage": text("Invite people, and give and end roles (never one's own)"),
    "login_log.read": text("Read the log of login attempts"),
    "activity.read": text("Read the activity log"),
    "agreement.publish": text("Publish a new version of an agreement"),
    "agreement.read": text("See who accepted which agreement"),
    "token.manage": text("Make and revoke tokens for build servers and scripts"),
    "second_factor.demand": text("Require a second factor for a role"),
    "second_factor.lift": text("Decide that a role no longer needs a second factor"),
    "settings.change": text("Change the settings of Aantoonbaar"),
    "status.read": text("See the state of the product and its background work"),
    "preview": text("See what an auditor or a team sees"),
}


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One version of a role's agreement, as it is shown and accepted."""

    id: int
    role: str
    version: int
    in_force: date
    text_nl: str
    text_en: str
    sha256: str

    @property
    def title(self) -> Text:
        return TITLES[self.role]

    def text_in(self, code: str) -> str:
        """The text in a language: nl or en."""
        return self.text_nl if code == "nl" else self.text_en

    @property
    def rights(self) -> list[Text]:
        """The rights of the role, from the permission table as it is now."""
        return [_right(self.role, permission) for permission, roles in PERMISSIONS.items() if self.role in roles]


def _right(role: str, permission: str) -> Text:
    """The right, with its limit for this role."""
    right = RIGHTS[permission]
    if role == TEAM_MEMBER and permission in OF_OWN_TEAMS:
        return text("{right}: only of one's own teams", right=right)
    if role == AUDITOR and permission in WITHIN_AUDIT:
        return text("{right}: only within one's own audit", right=right)
    return right


def terms(content: str) -> list[tuple[str, str]]:
    """The paragraphs of a text, each with its name: a first sentence of one or two words, such as "Purpose."."""
    return [_term(paragraph) for paragraph in content.split("\n\n") if paragraph.strip()]


def _term(paragraph: str) -> tuple[str, str]:
    name, dot, rest = paragraph.partition(". ")
    return (name, rest) if dot and rest and len(name.split()) <= _TERM else ("", paragraph)


def digest(role: str, version: int, text_nl: str, text_en: str) -> str:
    """SHA-256 over the role, the version and both texts: canonical JSON (sorted keys, no blanks) in UTF-8."""
    content = {"role": role, "version": version, "text_nl": text_nl, "text_en": text_en}
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


@cache
def read_first_texts() -> dict[str, tuple[str, str]]:
    """Role → its first text in Dutch and in English; paragraphs are divided by blank lines."""
    source = yaml.safe_load(_FIRST.read_text(encoding="utf-8"))
    return {
        role: (_first_text(own, source["everyone"], "nl"), _first_text(own, source["everyone"], "en"))
        for role, own in source["roles"].items()
    }


def _first_text(own: Mapping[str, Any], general: Mapping[str, list[str]], code: str) -> str:
    """What a role is for, then what everyone promises, with its own paragraphs in the place of those of their name."""
    instead = {_term(paragraph)[0]: paragraph for paragraph in own.get("instead", {}).get(code, [])}
    return "\n\n".join([*own[code], *(instead.get(_term(paragraph)[0], paragraph) for paragraph in general[code])])


def checked_text(content: str, language: Text) -> str:
    """The text with uniform line ends; raises `InvalidValue` if it is empty, too long or has invisible characters."""
    tidied = content.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    if not tidied or len(tidied) > _LONGEST:
        raise InvalidValue(
            text("The {language} text of an agreement has 1 to {n} characters.", language=language, n=_LONGEST)
        )
    for number, line in enumerate(tidied.split("\n"), start=1):
        if any(unicodedata.category(sign).startswith("C") for sign in line):
            raise InvalidValue(
                text(
                    "The {language} text has an invisible character in line {line}: expected plain text.",
                    language=language,
                    line=number,
                )
            )
    return tidied
