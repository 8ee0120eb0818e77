"""Package URLs and CPE names: whether a name is of a component that another name describes.

Rules of package URLs: https://github.com/package-url/purl-spec (the core, and the types whose names ignore case).
CPE names: NISTIR 7695 (https://doi.org/10.6028/NIST.IR.7695), in their URI (2.2) and their formatted string (2.3).
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

_PURL, _CPE22, _CPE23 = "pkg:", "cpe:/", "cpe:2.3:"
_IGNORE_CASE = frozenset(
    ("alpm", "apk", "bitbucket", "composer", "deb", "github", "gitlab", "golang", "hex", "npm", "oci", "pub", "pypi")
)
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
    """The component of a package URL without its scheme."""
    rest, _, subpath = rest.partition("#")
    rest, _, qualifiers = rest.partition("?")
    kind, _, path = rest.strip("/").partition("/")
    version = ""
    if path.rfind("@") > max(0, path.rfind("/")):
        path, _, version = path.rpartition("@")
    kind = kind.lower()
    names = [unquote(part) for part in path.split("/") if part]
    if not kind or not names:
        return None
    if kind in _IGNORE_CASE:
        names = [part.lower() for part in names]
    elif kind == "rpm":
        names = [*(part.lower() for part in names[:-1]), names[-1]]
    if kind == "pypi":
        names[-1] = names[-1].replace("_", "-")
    return Component((_PURL, kind, *names), unquote(version), _details(qualifiers, subpath.strip("/")))


def _details(qualifiers: str, subpath: str) -> frozenset[tuple[str, str]]:
    pairs = (pair.partition("=") for pair in qualifiers.split("&"))
    details = {(name.lower(), unquote(value)) for name, _, value in pairs if value}
    return frozenset(details | ({("#", unquote(subpath))} if subpath else set()))


def _of_cpe(fields: list[str]) -> Component | None:
    """The component of a CPE name: part, vendor and product, version, and the other fields as details."""
    fields = [*fields, *[""] * (_FIELDS - len(fields))]
    if any(field in _ANY for field in fields[:_VERSION]):
        return None
    version = "" if fields[_VERSION] in (*_ANY, "-") else fields[_VERSION]
    details = {(str(at), field) for at, field in enumerate(fields) if at > _VERSION and field not in _ANY}
    return Component(("cpe", *fields[:_VERSION]), version, frozenset(details))
