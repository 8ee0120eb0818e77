"""What a role may really do: the verbs themselves are asked, with arguments that they cannot use.

Every verb asks for permission before anything else. So a verb that refuses says so at once, and one that does not
stumbles over its first argument: either way nothing happens.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from access import agreements, login_log, people, second_factor, tokens
from access.permissions import NotAllowed, Person, require
from controls import applicability, audit_plan, browse, load, mapping, scope
from evidence import decisions, intake, library, nonconformities, review
from evidence.collect.cases import CouldNotLook
from locales import Problem, text

#: permission → a verb that asks for it; the other permissions are asked of no verb in this room's reach
VERBS: Final[Mapping[str, Callable[..., Any]]] = {
    "evidence.file": intake.file,
    "evidence.read": library.search,
    "evidence.review": review.review,
    "exception.decide": decisions.grant_exception,
    "series.close": decisions.close_series,
    "applicability.decide": applicability.decide,
    "nonconformity.record": nonconformities.record_nonconformity,
    "mapping.review": mapping.end,
    "scope.change": scope.add_system,
    "audit.plan": audit_plan.plan,
    "controls.read": browse.measures,
    "controls.load": load.load,
    "people.manage": people.listed,
    "login_log.read": login_log.attempts,
    "agreement.publish": agreements.publish,
    "agreement.read": agreements.coverage,
    "token.manage": tokens.listed,
    "second_factor.demand": second_factor.require_for,
}


class _Used(Exception):
    """A verb went on to its work."""


class _Unusable:
    """An argument that may only be passed on."""

    def _used(self, *_args: object) -> NoReturn:
        raise _Used

    __getattr__ = __iter__ = __len__ = __bool__ = __enter__ = __getitem__ = __add__ = __lt__ = __str__ = _used


def allowed(permission: str, role: str) -> bool:
    """Whether someone with this role alone gets past the permission."""
    person = Person(role, frozenset({role}), teams=frozenset({"-"}), audits=frozenset({"-"}))  # of some team and audit
    try:
        if verb := VERBS.get(permission):
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


def _attempt(verb: Callable[..., Any], person: Person) -> None:
    needed = inspect.signature(verb).parameters.values()
    named = {one.name: _Unusable() for one in needed if one.default is inspect.Parameter.empty}
    verb(**{**named, "person": person})
