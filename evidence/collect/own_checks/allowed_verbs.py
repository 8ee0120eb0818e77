"""What a role can do in fact: each verb is called as that role, with arguments that it cannot use.

Every verb checks permission before anything else. A verb that refuses raises at once; one that allows fails on its
first argument. Either way nothing happens.
"""

import inspect
from collections.abc import Mapping
from typing import Final, NoReturn

from access.people import accounts, agreements, tokens
from access.permissions import NotAllowed, Person, require
from access.sign_in import login_log, second_factor
from controls import load, mapping
from controls.browse import lookup
from controls.scope import system_scope
from evidence.collect.collector_cases import CouldNotLook
from evidence.collect.collector_context import Verb
from evidence.decisions import closed_series, exceptions, review
from evidence.intake import submission
from evidence.intake.judged_again import policy_preview
from evidence.library import evidence_items
from locales import Problem, text

#: permission → a verb that requires it; `CollectorContext.verbs` adds those of higher rooms
VERBS: Final[Mapping[str, Verb]] = {
    "evidence.file": submission.submit,
    "evidence.read": evidence_items.search,
    "evidence.review": review.review,
    "exception.decide": exceptions.grant_exception,
    "series.close": closed_series.close_series,
    "policy.publish": policy_preview.preview_edition,
    "mapping.review": mapping.end,
    "scope.change": system_scope.add_system,
    "controls.read": lookup.measures,
    "controls.load": load.load,
    "people.manage": accounts.list_accounts,
    "login_log.read": login_log.list_attempts,
    "agreement.publish": agreements.publish,
    "agreement.read": agreements.coverage,
    "token.manage": tokens.list_tokens,
    "second_factor.demand": second_factor.set_demanded_roles,
}


class _Used(Exception):
    """A verb got past the permission check and used an argument."""


class _Unusable:
    """An argument that may only be passed on; any use of it raises `_Used`."""

    def _used(self, *_args: object) -> NoReturn:
        raise _Used

    __getattr__ = __iter__ = __len__ = __bool__ = __enter__ = __getitem__ = __add__ = __lt__ = __str__ = _used


def is_allowed(permission: str, role: str, others: Mapping[str, Verb]) -> bool:
    """Whether a person with only this role passes the permission check. `others`: verbs besides `VERBS`.

    Raises `CouldNotLook` when the verb checks no permission at all.
    """
    person = Person(role, frozenset({role}), teams=frozenset({"-"}), audits=frozenset({"-"}))  # of some team and audit
    try:
        if verb := {**VERBS, **others}.get(permission):
            _attempt(verb, person)
        require(person, permission)
    except (NotAllowed, KeyError):
        return False
    except (_Used, Problem):
        return True  # it got past the permission check, to its work or to a problem with its arguments
    if verb:
        raise CouldNotLook(
            text("{permission} could not be checked: its verb does not check permission.", permission=permission)
        )
    return True


def _attempt(verb: Verb, person: Person) -> None:
    needed = inspect.signature(verb).parameters.values()
    named = {parameter.name: _Unusable() for parameter in needed if parameter.default is inspect.Parameter.empty}
    verb(**{**named, "person": person})
