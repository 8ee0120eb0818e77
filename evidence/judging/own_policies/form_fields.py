"""The values of a policy that a form can change, found in the shape of its kind: a new field of a kind comes by itself.

Numbers, choices, days, lists, and numbers by choice (limits, terms) are fields; what has another form is changed in the
policy's file.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from controls.files.yaml_source import Both, Shape
from controls.files.yaml_tree import Where
from evidence.judging.policy import Policy

#: What the product fills in, what must stay as it was copied, and how a table is read: these are in the file only.
_LEFT_OUT: Final = frozenset(
    {"id", "edition", "judges", "formats", "columns", "examples", "readings", "key", "per", "moments"}
)


class FieldKind(StrEnum):
    """What a field holds. `NUMBERS`: a number for each choice, each of which may be left out."""

    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes or no"
    DAY = "day"
    TEXT = "text"
    TEXTS = "texts"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class FormField:
    """A value that a form can change, as it stands in the file: texts, lists of texts, or texts by choice.

    `where`: names and positions from the top. `value`: None if it is left out, which only `optional` fields may be.
    """

    where: Where
    kind: FieldKind
    value: Any
    options: tuple[str, ...] = ()
    optional: bool = False


def form_fields(kind: type[Policy[Any]], values: Mapping[str, Any]) -> list[FormField]:
    """The fields of a policy's file, in the order of the kind's shape; values of another form are left out."""
    return list(_of_shape(kind.shape, values, ()))


def changed(values: Mapping[str, Any], changes: Mapping[Where, Any]) -> dict[str, Any]:
    """The content of the file with other values at some places; None leaves a value out."""
    result = deepcopy(dict(values))
    for where, value in changes.items():
        group: Any = result
        for part in where[:-1]:
            group = group[part]
        if value is None:
            group.pop(where[-1], None)
        else:
            group[where[-1]] = value
    return result


def _of_shape(shape: type[Shape], values: Mapping[str, Any], where: Where) -> Iterator[FormField]:
    for name, info in shape.model_fields.items():
        key = info.alias or name
        if where or key not in _LEFT_OUT:
            yield from _of_value(_with_checks(info), values.get(key), (*where, key), optional=not info.is_required())


def _with_checks(info: FieldInfo) -> Any:
    """The type of a field with the checks that pydantic keeps apart."""
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _of_value(expected: Any, value: Any, where: Where, *, optional: bool = False) -> Iterator[FormField]:
    """The fields in a value; nothing where it has another form than the type says."""
    if get_origin(expected) in (Union, UnionType):
        types = [each for each in get_args(expected) if each is not NoneType]
        yield from _of_value(types[0], value, where, optional=True) if len(types) == 1 else ()
    elif isinstance(expected, type) and issubclass(expected, Shape):
        if isinstance(value, dict) and (expected is not Both or len(where) == 1):
            yield from _of_shape(expected, value, where)
    elif get_origin(expected) is list:
        yield from _of_list(get_args(expected)[0], value, where)
    elif get_origin(expected) is dict:
        key, of_each = get_args(expected)
        yield from _of_choices(key, of_each, value, where)
    elif (field := _single(expected, value, where, optional=optional)) is not None:
        yield field


def _of_list(expected: Any, value: Any, where: Where) -> Iterator[FormField]:
    """A list of texts is one field; of a list of groups, each group has its own."""
    if isinstance(expected, type) and issubclass(expected, Shape):
        for index, each in enumerate(value if isinstance(value, list) and expected is not Both else ()):
            found = list(_of_value(expected, each, (*where, index)))
            yield from [*found, *_messages(expected, each, (*where, index))] if found else ()
    elif _editors(expected) and (value is None or _are_texts(value)):
        yield FormField(where, FieldKind.TEXTS, value, _options(expected), optional=True)


def _messages(shape: type[Shape], values: Any, where: Where) -> Iterator[FormField]:
    """The texts that a group must have in both languages: they may name a number that its fields change."""
    for name, info in shape.model_fields.items():
        if info.annotation is Both and isinstance(given := values.get(info.alias or name), dict):
            for code, words in given.items():
                yield FormField((*where, info.alias or name, code), FieldKind.TEXT, words)


def _of_choices(key: Any, expected: Any, value: Any, where: Where) -> Iterator[FormField]:
    """A number for each of a few choices."""
    is_numbers = _editors(expected).get("type") == "integer" and _options(key)
    if is_numbers and (value is None or (isinstance(value, dict) and _are_texts(list(value.values())))):
        yield FormField(where, FieldKind.NUMBERS, value, _options(key), optional=value is None)


def _single(expected: Any, value: Any, where: Where, *, optional: bool) -> FormField | None:
    """The field of a single value. Deep in the file only what is there, and no texts: those are in the file."""
    kind = _kind(expected)
    is_shown = value is not None or (optional and len(where) == 1)
    if kind is None or not is_shown or not isinstance(value, str | NoneType):
        return None
    is_title = len(where) == len(("title", "nl")) and isinstance(where[-1], str) and where[-1] in ("nl", "en")
    if kind is FieldKind.TEXT and len(where) > 1 and not is_title:
        return None
    return FormField(where, kind, value, _options(expected), optional)


def _kind(expected: Any) -> FieldKind | None:
    editors = _editors(expected)
    if "enum" in editors:
        return FieldKind.CHOICE
    if editors.get("format") == "date":
        return FieldKind.DAY
    kinds = {"integer": FieldKind.NUMBER, "boolean": FieldKind.YES_NO, "string": FieldKind.TEXT}
    return kinds.get(str(editors.get("type")))


def _editors(expected: Any) -> Mapping[str, Any]:
    """What editors are told of a kind of value (JSON Schema); empty if nothing is known of it."""
    checks: Sequence[Any] = getattr(expected, "__metadata__", ())
    return next((check.in_editors for check in checks if getattr(check, "in_editors", None)), {})


def _options(expected: Any) -> tuple[str, ...]:
    return tuple(_editors(expected).get("enum", ()))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
