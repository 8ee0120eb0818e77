"""The versions of a statement: a file that replaces another is its next version, and the last of a chain is in effect.

A version counts from the moment that it is loaded; its effective day is what the organisation says about itself. The
older ones stay for reading: their text and clauses, and which measures these promised.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from controls.files.yaml_source import Source
from controls.statement.publishing import Published, clause_key
from locales import Text, text


@dataclass(frozen=True, slots=True)
class Chain:
    """A statement's versions, oldest first."""

    versions: tuple[Published, ...]

    @property
    def last(self) -> Published:
        return self.versions[-1]

    def sentences(self, measure: str) -> frozenset[str]:
        """The keys of the clauses in effect that promise a measure."""
        return _sentences(self.last, measure)

    def touched(self, measure: str) -> list[Published]:
        """The versions in which the sentences of a measure are not those of the version before."""
        pairs = zip(self.versions, self.versions[1:], strict=False)
        return [new for old, new in pairs if _sentences(old, measure) != _sentences(new, measure)]


def _sentences(published: Published, measure: str) -> frozenset[str]:
    named = (one for one in published.content.measures if one.key == measure)
    return frozenset(clause_key(clause.quote) for one in named for clause in one.clauses)


def chains(statements: Sequence[Published]) -> list[Chain]:
    """Each statement with its versions, in the order of the files. Raises `WrongFile` for what is no chain."""
    known = {_key(one): one for one in statements}
    after: dict[str, Published] = {}
    for published in statements:
        if (replaced := published.content.statement.replaces) is not None:
            _replaces(published, known.get(replaced), after.get(replaced))
            after[replaced] = published
    found = [_from(first, after) for first in statements if first.content.statement.replaces is None]
    _are_all(statements, found)
    return found


def _key(published: Published) -> str:
    return published.content.statement.key


def _replaces(published: Published, before: Published | None, other: Published | None) -> None:
    head = published.content.statement
    if before is None:
        raise _wrong(
            published.source,
            text(
                "replaces: there is no statement {key} here; both versions stay in the folder, the old one too.",
                key=head.replaces,
            ),
        )
    if other is not None:
        raise _wrong(
            published.source,
            text(
                "replaces: {key} is replaced by {file} already; name the last version, {last}.",
                key=head.replaces,
                file=other.source.path.name,
                last=_key(other),
            ),
        )
    if head.effective < before.content.statement.effective:
        raise published.source.wrong(
            text(
                "{day} is before the effective day of {key}, which this version replaces ({before}).",
                day=head.effective,
                key=head.replaces,
                before=before.content.statement.effective,
            ),
            *("statement", "effective"),
        )


def _wrong(source: Source, message: Text) -> Exception:  # type: ignore[type-arg]
    return source.wrong(message, "statement", "replaces")


def _from(first: Published, after: dict[str, Published]) -> Chain:
    versions = [first]
    while (following := after.get(_key(versions[-1]))) is not None:
        versions.append(following)
    return Chain(tuple(versions))


def _are_all(statements: Sequence[Published], found: Iterable[Chain]) -> None:
    """Versions that replace each other in a ring begin nowhere."""
    reached = {_key(one) for chain in found for one in chain.versions}
    for published in statements:
        if _key(published) not in reached:
            raise _wrong(
                published.source,
                text("replaces: the versions replace each other in a ring; the oldest one replaces nothing."),
            )
