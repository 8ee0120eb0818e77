"""What a role may really do: the verbs themselves are asked, with arguments that they cannot use.

Every verb asks for permission before anything else. So a verb that refuses says so at once, and one that does not
stumbles over its first argument: either way nothing happens.
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
from evidence.collect.cases import CouldNotLook
from evidence.collect.own import Verb
from evidence.decisions import closed_series, exceptions, review
from evidence.intake import submission
from evidence.library import evidence_items
from locales import Problem, text

#: permission → a verb that asks for it; `Own.verbs` adds those of rooms above this one
VERBS: Final[Mapping[str, Verb]] = {
    "evidence.file": submission.submit,
    "evidence.read": evidence_items.search,
    "evidence.review": review.review,
    "exception.decide": exceptions.grant_exception,
    "series.close": closed_series.close_series,
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
    """A verb went on to its work."""


class _Unusable:
    """An argument that may only be passed on."""

    def _used(self, *_args: object) -> NoReturn:
        raise _Used

    __getattr__ = __iter__ = __len__ = __bool__ = __enter__ = __getitem__ = __add__ = __lt__ = __str__ = _used


def allowed(permission: str, role: str, others: Mapping[str, Verb]) -> bool:
    """Whether someone with this role alone gets past the permission; `others` are verbs beside `VERBS`."""
    person = Person(role, frozenset({role}), teams=frozenset({"-"}), audits=frozenset({"-"}))  # of some team and audit
    try:
        if verb := {**VERBS, **others}.get(permission):
            _attempt(verb, person)
        require(person, permission)
    except (NotAllowed, KeyError):
        return False
    except (_Used, Problem):
        return True  # it went on to its work, or to what is wrong with what it was given
    if verb:
        raise CouldNotLook(
            text("{permission} could not be asked: the verb did its work unasked.", permission=permission)
        )
    return True


def _attempt(verb: Verb, person: Person) -> None:
    needed = inspect.signature(verb).parameters.values()
    named = {one.name: _Unusable() for one in needed if one.default is inspect.Parameter.empty}
    verb(**{**named, "person": person})
