"""The policies for readers: a list, and each in words."""

from dataclasses import dataclass
from typing import Any

from access.permissions import Person, require
from evidence.errors import Unknown
from evidence.judging import policy_pages
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from locales import Language, text


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy in one edition; `id` is what evidence requirements name."""

    id: str
    edition: str
    title_nl: str
    title_en: str
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """A policy in words, as Markdown; one part for each policy that judges, if the format says which."""

    policy: PolicyRow
    parts: tuple[tuple[PolicyRow, str], ...]


def list_policies(person: Person) -> list[PolicyRow]:
    """Every policy, by id."""
    require(person, "controls.read")
    return [_row(policy) for policy in policies().values()]


def describe_policy(person: Person, key: str, t: Language) -> PolicyPage:
    """One policy, in the reader's language. Raises `Unknown`."""
    require(person, "controls.read")
    policy = policies().get(key)
    if policy is None:
        raise Unknown(text("There is no policy {key}.", key=key))
    judging = policy.judging_policies()
    return PolicyPage(_row(policy), tuple((_row(each), policy_pages.page(t, each.path)) for each in judging))


def _row(policy: Policy[Any]) -> PolicyRow:
    return PolicyRow(policy.id, policy.edition, policy.title_nl, policy.title_en, policy.formats)
