"""Package URLs and CPE names: whether a name is of a component that another name describes.

Rules of package URLs: https://github.com/package-url/purl-spec (read by packageurl-python).
CPE names: NISTIR 7695 (https://doi.org/10.6028/NIST.IR.7695), in their URI (2.2) and their formatted string (2.3).
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from packageurl import PackageURL

_PURL, _CPE22, _CPE23 = "pkg:", "cpe:/", "cpe:2.3:"
_ANY = frozenset(("", "*"))
_FIELDS = 11  # of a CPE name
_VERSION = 3  # field of a CPE name
_COLON = re.compile(r"(?<!\\):")


class Component(NamedTuple):
    """A component. `name`: what must be the same; `version`: empty for none; `details`: what narrows it down."""

    name: tuple[str, ...]
    version: str
    details: frozenset[tuple[str, str]]


def describes(description: str, name: str, *, every_version: bool = False) -> bool:
    """Whether a name describes what another names: the same component and version, and all details that it has.

    Without a version it describes nothing, unless `every_version`.
    """
    described, named = component_of(description), component_of(name)
    return (
        described is not None
        and named is not None
        and described.name == named.name
        and (described.version == named.version if described.version else every_version)
        and described.details <= named.details
    )


@lru_cache(100_000)
def component_of(name: str) -> Component | None:
    """The component of a package URL or CPE name; None for any other name."""
    if name.lower().startswith(_PURL):
        return _of_purl(name[len(_PURL) :])
    lowered = name.lower()
    if lowered.startswith(_CPE23):
        return _of_cpe([field.replace("\\", "") for field in _COLON.split(lowered[len(_CPE23) :])])
    if lowered.startswith(_CPE22):
        return _of_cpe([unquote(field) for field in lowered[len(_CPE22) :].split(":")])
    return None


def _of_purl(rest: str) -> Component | None:
    """The component of a package URL without its scheme, by the rules of its type."""
    try:
        found = PackageURL.from_string(_PURL + rest)
    except ValueError:
        return None
    namespace = found.namespace or ""
    if found.type == "rpm":  # in the specification, not in packageurl-python
        namespace = namespace.lower()
    names = [part for part in (*namespace.split("/"), found.name) if part]
    qualifiers = found.qualifiers if isinstance(found.qualifiers, dict) else {}
    details = frozenset({**qualifiers, **({"#": found.subpath} if found.subpath else {})}.items())
    return Component((_PURL, found.type, *names), found.version or "", details)


def _of_cpe(fields: list[str]) -> Component | None:
    """The component of a CPE name: part, vendor and product, version, and the other fields as details."""
    fields = [*fields, *[""] * (_FIELDS - len(fields))]
    if any(field in _ANY for field in fields[:_VERSION]):
        return None
    version = "" if fields[_VERSION] in (*_ANY, "-") else fields[_VERSION]
    details = {(str(at), field) for at, field in enumerate(fields) if at > _VERSION and field not in _ANY}
    return Component(("cpe", *fields[:_VERSION]), version, frozenset(details))
