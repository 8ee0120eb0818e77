"""Where a person starts to change a policy: its text, and the sentences that each of its fields decides."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlmodel import Session

from access.permissions import Person, require
from controls.files.yaml_tree import Where
from evidence.errors import Unknown
from evidence.judging.own_policies.differences import Change, difference
from evidence.judging.own_policies.edition_text import in_yaml, typed
from evidence.judging.own_policies.editions import EditionDraft, judged_alike, list_editions
from evidence.judging.own_policies.form_fields import FieldKind, FormField, changed, form_fields
from evidence.judging.own_policies.in_force import OWN, policy_named
from evidence.judging.policies import WrongPolicy, parse_policy, policies
from evidence.judging.policy import Policy
from locales import Language, text

_MOST: Final = 64  # policies of which the sentences are remembered, each in two languages
_OWN_TITLE: Final = {"nl": " (eigen)", "en": " (own)"}


@dataclass(frozen=True, slots=True)
class EditionStart:
    """The draft with which a change begins. `before`: what it changes, the newest edition or the copied policy.

    `alike`: the requirements that it may judge.
    """

    draft: EditionDraft
    before: Policy[Any]
    copied: Policy[Any]
    alike: tuple[str, ...]


def start_edition(session: Session, person: Person, key: str) -> EditionStart:
    """Begin the next edition of one's own policy, or a first copy of one that came along.

    Raises `NotAllowed` and `Unknown`.
    """
    require(person, "policy.publish")
    editions = list_editions(session, person, key)
    copied = policies().get(editions[0].copy_of if editions else key)
    if copied is None or (key.startswith(OWN) and not editions):
        raise Unknown(text("There is no policy {key}.", key=key))
    before = (policy_named(session, key) or copied) if editions else copied
    alike = tuple(judged_alike(session, person, copied.id))
    if editions:
        newest = editions[0]
        draft = EditionDraft(key, typed(before.values), newest.requirements, newest.number, copied.id)
    else:
        draft = EditionDraft(_free_key(session, person, key), _renamed(copied), (), 0, copied.id)
    return EditionStart(draft, before, copied, alike)


def _free_key(session: Session, person: Person, copied: str) -> str:
    name = f"{OWN}{copied.partition('@')[0]}"
    keys = (name, *(f"{name}-{number}" for number in range(2, 100)))
    return next((key for key in keys if not list_editions(session, person, key)), name)


def _renamed(copied: Policy[Any]) -> str:
    """The text of a copy under a title of its own, so that nobody takes it for the other."""
    titles = copied.values["title"]
    return typed({**copied.values, "title": {code: f"{title}{_OWN_TITLE[code]}" for code, title in titles.items()}})


@lru_cache(_MOST)
def field_sentences(t: Language, policy: Policy[Any]) -> dict[Where, tuple[str, ...]]:
    """The sentences of a policy's page that a field decides, by field: those that another value would change."""
    found: dict[Where, tuple[str, ...]] = {}
    for field in form_fields(type(policy), policy.values):
        tried = (_changed_sentences(t, policy, field.where, other) for other in _other_values(field))
        if sentences := next(filter(None, tried), ()):
            found[field.where] = sentences
    return found


def _changed_sentences(t: Language, policy: Policy[Any], where: Where, other: Any) -> tuple[str, ...]:
    try:
        varied = parse_policy(policy.path.name, in_yaml(changed(policy.values, {where: other})))
    except WrongPolicy:
        return ()  # this field has no other value by itself
    changes = difference(t, policy, varied)
    return tuple(each.sentence for each in changes if each.change is Change.REMOVED)


def _other_values(field: FormField) -> list[str]:
    """Some other values, of which one may not be allowed; none for a field whose sentence is its value."""
    if field.kind is FieldKind.NUMBER and field.value and field.value.isdecimal():
        return [str(int(field.value) + 1), str(max(int(field.value) - 1, 0))]
    if field.kind is FieldKind.YES_NO and field.value:
        return ["false" if field.value == "true" else "true"]
    if field.kind is FieldKind.CHOICE and field.value:
        return [option for option in field.options if option != field.value][:1]
    return []
