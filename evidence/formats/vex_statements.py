"""Statements of VEX documents: whether a vulnerability affects a product, by whom and since when.

A format writes a statement into the properties of a result (`as_properties`); a policy reads it there (`statement_of`).
Statuses and justifications are those that OpenVEX, CSAF and CycloneDX have in common, in the words of OpenVEX
(https://github.com/openvex/spec).
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from evidence.formats.moments import iso_moment
from evidence.formats.values import FAIL, INFORMATIONAL, PASS, Result, storable

NOT_AFFECTED, AFFECTED, FIXED, UNDER_INVESTIGATION = ("not_affected", "affected", "fixed", "under_investigation")
OUTCOMES = {NOT_AFFECTED: PASS, FIXED: PASS, AFFECTED: FAIL, UNDER_INVESTIGATION: INFORMATIONAL}

#: properties of a result that is a statement
STATUS, ABOUT, JUSTIFICATION, AUTHOR, MOMENT, SINCE = (
    "statement",
    "about",
    "justification",
    "author",
    "moment",
    "since",
)
ALIAS, COMPONENT = "alias", "component"  # properties of what a scanner found, too
EACH = "vulnerability"  # property of a finding that stands for several vulnerabilities, of which this is one

_LONGEST = 400
_BETWEEN = "\n"  # a product and a component in it

#: a product, and the component in it that has the vulnerability; empty for the product itself
About = tuple[str, str]


class Statement(NamedTuple):
    """A statement. `about`: package URLs or CPE names of each product and component that it is about.

    `vulnerabilities`: its id and aliases; `justification`: also in sentences, empty for none; `moment`: when it was
    made last, `since`: when it was made first, both empty if the document does not say.
    """

    status: str
    vulnerabilities: tuple[str, ...]
    about: tuple[About, ...]
    justification: str = ""
    author: str = ""
    moment: str = ""
    since: str = ""

    @property
    def made_at(self) -> datetime | None:
        """When it was made last, with a time zone or none; None if unknown."""
        return iso_moment(self.moment)

    @property
    def first_made_at(self) -> datetime | None:
        """When it was made first; None if unknown."""
        return iso_moment(self.since) or self.made_at


def as_properties(statement: Statement) -> tuple[tuple[str, str], ...]:
    """A statement as properties of a result."""
    single = (
        (STATUS, statement.status),
        (JUSTIFICATION, statement.justification),
        (AUTHOR, statement.author),
        (MOMENT, statement.moment),
        (SINCE, statement.since),
    )
    pairs = [(ABOUT, f"{compact(product)}{_BETWEEN}{compact(component)}") for product, component in statement.about]
    filled = [(name, _short(value)) for name, value in single if value]
    return (*filled, *aliases(statement.vulnerabilities), *pairs)


def sentence(written: str) -> str:
    """The text of a justification without white space around it; empty if it holds no letter, as it says nothing."""
    return written.strip() if any(sign.isalpha() for sign in written) else ""


def aliases(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Names of a vulnerability as properties of a result, each once."""
    return tuple([(ALIAS, _short(name)) for name in dict.fromkeys(names) if name])


def components(*components: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The components that a finding is about, each with its package URLs or CPE names, as properties of a result.

    A component without any is a property too, as no statement is about it.
    """
    return tuple((COMPONENT, _BETWEEN.join(compact(name) for name in names if name)) for names in components)


def components_of(result: Result) -> list[list[str]]:
    """The names of each component that a finding is about; a component without any has an empty list."""
    return [value.split(_BETWEEN) if value else [] for value in values_of(result, COMPONENT)]


def statement_of(result: Result) -> Statement | None:
    """The statement in the properties of a result; None if it has none."""
    single = {name: value for name, value in result.properties if name not in (ALIAS, ABOUT)}
    if STATUS not in single:
        return None
    return Statement(
        single[STATUS],
        (result.check, *values_of(result, ALIAS)),
        tuple(_pair(value) for value in values_of(result, ABOUT)),
        single.get(JUSTIFICATION, ""),
        single.get(AUTHOR, ""),
        single.get(MOMENT, ""),
        single.get(SINCE, ""),
    )


def values_of(result: Result, name: str) -> list[str]:
    """All properties of a result with a name."""
    return [value for key, value in result.properties if key == name]


@lru_cache(4096)  # names and authors stand in most statements of a document
def _short(value: str) -> str:
    return storable(value, _LONGEST)


@lru_cache(4096)
def compact(name: str) -> str:
    """A package URL or CPE name without white space."""
    return _short("".join(name.split()))


def _pair(value: str) -> About:
    product, _, component = value.partition(_BETWEEN)
    return product, component
