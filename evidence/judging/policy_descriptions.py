"""Policies for readers: a list, and a description of each."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.errors import Unknown
from evidence.judging import policy_pages
from evidence.judging.own_policies.differences import ChangedSentence, difference
from evidence.judging.own_policies.editions import list_own_policies
from evidence.judging.own_policies.in_force import edition_id, policy_named
from evidence.judging.policies import policies
from evidence.judging.policy import Policy, TemplateFormat
from evidence.judging.policy_file import with_edition
from evidence.judging.policy_in_words import PolicyInWords
from locales import Language, Text, Title, text
from models.bulk_changes import table

_MOST: Final = 128  # described policies that are kept: each in two languages
#: editions of the organisation's own by id and content
_EDITIONS: Final[dict[tuple[str, str], "PolicyRow"]] = {}


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy in an edition. `id`: the name in evidence requirements; `name`: the title with the edition."""

    id: str
    edition: str
    title_nl: str
    title_en: str
    formats: tuple[str, ...]

    @property
    def name(self) -> Text:
        return with_edition(Title(self.title_nl, self.title_en), self.edition)


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """A description of a policy in Markdown, in parts: one for each policy that it delegates to by format.

    `in_words`: of each part, the same as values.
    """

    policy: PolicyRow
    parts: tuple[tuple[PolicyRow, str], ...]
    in_words: tuple[PolicyInWords, ...]
    has_template: bool = False


def list_policies(session: Session, person: Person) -> list[PolicyRow]:
    """All policies that came along, and the newest edition of each of the organisation's own. Raises `NotAllowed`."""
    require(person, "controls.read")
    own = [policy_named(session, edition.id) for edition in list_own_policies(session, person)]
    return [_row(policy) for policy in (*policies().values(), *own) if policy is not None]


def policies_by_name(session: Session, person: Person) -> dict[str, PolicyRow]:
    """All policies and editions by their names in requirements and judgements; the bare name of one's own: its newest.

    Editions that this version of the product can't read are left out. Raises `NotAllowed`.
    """
    require(person, "controls.read")
    edition = table("policy_edition")
    columns = (edition.c.policy, edition.c.number, edition.c.sha256)
    rows = {key: _row(policy) for key, policy in policies().items()}
    for policy, number, sha256 in session.execute(select(*columns).order_by(edition.c.policy, edition.c.number)):
        if row := _row_of_edition(session, edition_id(policy, number), sha256):
            rows |= {row.id: row, policy: row}
    return rows


def _row_of_edition(session: Session, key: str, sha256: str) -> PolicyRow | None:
    """An edition without its content, which is read once, as an edition never changes."""
    if (key, sha256) not in _EDITIONS and (policy := policy_named(session, key)):
        _EDITIONS[key, sha256] = _row(policy)
    return _EDITIONS.get((key, sha256))


def describe_policy(session: Session, person: Person, key: str, t: Language) -> PolicyPage:
    """Describe a policy in the reader's language; of one's own the named edition, or the newest.

    Raises `NotAllowed` and `Unknown`.
    """
    require(person, "controls.read")
    policy = _named(session, key)
    judging = policy.judging_policies()
    described = [_described(each, t) for each in judging]
    return PolicyPage(
        _row(policy),
        tuple((_row(each), page) for each, (page, _) in zip(judging, described, strict=True)),
        tuple(words for _, words in described),
        has_template=policy.has_template,
    )


def compare_policies(session: Session, person: Person, old: str, new: str, t: Language) -> list[ChangedSentence]:
    """What a policy or edition says otherwise than another, in words. Raises `NotAllowed` and `Unknown`."""
    require(person, "controls.read")
    return difference(t, *(_named(session, key) for key in (old, new)))


def _named(session: Session, key: str) -> Policy[Any]:
    policy = policy_named(session, key)
    if policy is None:
        raise Unknown(text("There is no policy {key}.", key=key))
    return policy


@lru_cache(_MOST)
def _described(policy: Policy[Any], t: Language) -> tuple[str, PolicyInWords]:
    """A policy's page and the same as values, made once in each language."""
    return policy_pages.page(t, policy), policy_pages.in_words(t, policy)


def policy_template(session: Session, person: Person, key: str, t: Language, form: TemplateFormat) -> bytes:
    """The template of the register that a policy judges, in the reader's language. Raises `Unknown`."""
    require(person, "controls.read")
    policy = policy_named(session, key)
    content = policy.template(t, form) if policy else b""
    if not content:
        raise Unknown(text("There is no register {key}, and no template of it.", key=key))
    return content


def _row(policy: Policy[Any]) -> PolicyRow:
    return PolicyRow(policy.id, policy.edition, policy.title_nl, policy.title_en, policy.formats)
