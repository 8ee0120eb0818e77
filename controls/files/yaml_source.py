"""YAML files read as declared structures (pydantic); errors say the file, the line and what was expected."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetJsonSchemaHandler, ValidationError

from controls.errors import WrongFile
from controls.files.yaml_tree import Tree, Where
from controls.names import KEY
from locales import Text, text

_LARGEST = 4_000_000  # bytes; about a hundred times a usual statement


class Shape(BaseModel):
    """Base of the structures in a file: immutable, and without other fields than those declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Unexpected(ValueError):
    """A value is not what its field expects. `field`: the field at fault when a whole group was checked."""

    def __init__(self, message: Text, *field: str) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


Content = TypeVar("Content", bound=Shape)


@dataclass(frozen=True, slots=True)
class Source(Generic[Content]):
    """A file that was read: its path, SHA-256, content, and values with line numbers."""

    path: Path
    sha256: str
    content: Content
    tree: Tree

    def wrong(self, message: Text, *where: str | int) -> WrongFile:
        """Return the error about the value at `where`, with file and line."""
        return self.tree.wrong(message, where)

    def all_different(
        self, values: Iterable[Hashable], message: Callable[[Any], Text], where: Callable[[int], Where]
    ) -> None:
        """Raise `WrongFile` for the second of two equal values; None is not compared."""
        seen: set[Hashable] = set()
        for index, value in enumerate(values):
            if value in seen:
                raise self.wrong(message(value), *where(index))
            if value is not None:
                seen.add(value)


def read_source(path: Path, shape: type[Content]) -> Source[Content]:
    """Read a file as a structure. Raises `WrongFile`."""
    return parse_source(path, path.read_bytes(), shape)


def parse_source(path: Path, content: bytes, shape: type[Content]) -> Source[Content]:
    """Read the content of a file as a structure; `path` is for messages. Raises `WrongFile`."""
    if len(content) > _LARGEST:
        raise WrongFile(
            text("{file} is larger than {n} bytes; expected a file that people edit.", file=path.name, n=_LARGEST)
        )
    tree = Tree(path.name, content)
    try:
        return Source(path, hashlib.sha256(content).hexdigest(), shape.model_validate(tree.values), tree)
    except ValidationError as error:
        raise _first(tree, error) from error


def _first(tree: Tree, error: ValidationError) -> WrongFile:
    """Return the error about the first problem in the file; unknown fields come before missing ones."""
    problems = [(_where(detail), detail) for detail in error.errors(include_url=False)]
    where, first = min(problems, key=lambda problem: (problem[1]["type"] != "extra_forbidden", tree.line(problem[0])))
    name = next((str(part) for part in reversed(where) if isinstance(part, str)), tree.file)
    return tree.wrong(_explain(first, name), where)


def _where(error: Any) -> Where:
    cause = error.get("ctx", {}).get("error")
    return (*error["loc"], *(cause.field if isinstance(cause, Unexpected) else ()))


def _explain(error: Any, name: str) -> Text:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Unexpected):
        return text("{name}: {problem}", name=name, problem=cause.message)
    if error["type"] == "missing" and name in ("nl", "en"):
        return text("the translation {name} is missing; each text is given in nl and en.", name=name)
    if error["type"] == "missing":
        return text("{name} is missing.", name=name)
    if error["type"] == "extra_forbidden":
        return text("{name} is not a known field here.", name=name)
    return text("{name}: expected {expected}.", name=name, expected=_expected(error["type"]))


def _expected(error: str) -> Text:
    if error.startswith(("list", "tuple")):
        return text("a list")
    if error.startswith(("model", "dict")):
        return text("a group of fields")
    return text("a text")


# ── Kinds of values ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Kind(BeforeValidator):
    """A check of a value, and the same check as JSON Schema (draft 2020-12) for editors."""

    in_editors: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        del core_schema, handler
        return dict(self.in_editors)


def _trimmed_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unexpected(text("expected a text, not an empty value."))
    return value.strip()


def matching(pattern: str, expected: Text) -> _Kind:
    """Check that a text matches a regular expression; `expected` describes it."""
    form = re.compile(pattern)

    def check(value: Any) -> str:
        trimmed = _trimmed_text(value)
        if not form.fullmatch(trimmed):
            raise Unexpected(text("{value} does not fit; expected {expected}.", value=repr(trimmed), expected=expected))
        return trimmed

    return _Kind(check, in_editors={"type": "string", "pattern": f"^({pattern})$"})


def one_of(values: Mapping[str, Any] | Iterable[str]) -> _Kind:
    """Check that a text is one of the known values."""
    known = tuple(values)

    def check(value: Any) -> str:
        trimmed = _trimmed_text(value)
        if trimmed not in known:
            raise Unexpected(
                text("{value} is unknown; expected one of {known}.", value=repr(trimmed), known=", ".join(known))
            )
        return trimmed

    return _Kind(check, in_editors={"enum": list(known)})


def _flag(value: Any) -> bool:
    if value not in ("true", "false"):
        raise Unexpected(text("expected true or false."))
    return bool(value == "true")


def _whole(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value):
        raise Unexpected(text("expected a whole number."))
    return int(value)


def _day(value: Any) -> date:
    try:
        if len(value) == len("2018-05-24"):
            return date.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    raise Unexpected(text("expected a day, such as 2018-05-24."))


Given = Annotated[str, _Kind(_trimmed_text, in_editors={"type": "string", "minLength": 1})]
Flag = Annotated[bool, _Kind(_flag, in_editors={"type": "boolean"})]
Whole = Annotated[int, _Kind(_whole, in_editors={"type": "integer", "minimum": 0})]
Day = Annotated[date, _Kind(_day, in_editors={"type": "string", "format": "date"})]
Key = Annotated[str, matching(KEY, text("a key of lower-case letters, digits and hyphens"))]
Digest = Annotated[str, matching(r"[0-9a-f]{64}", text("a SHA-256 of 64 hexadecimal digits"))]


class Both(Shape):
    """A text in Dutch and English."""

    nl: Given
    en: Given
