"""Versions of a statement: a file that replaces another is its next version; the last of a chain is in effect.

A version applies from the moment it is loaded; its effective day is information from the organisation. Older versions
remain readable with their text, clauses and promised measures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from controls.files.yaml_source import Source
from controls.statement.publishing import PublishedStatement, clause_key
from locales import Text, text


@dataclass(frozen=True, slots=True)
class Chain:
    """A statement's versions, oldest first."""

    versions: tuple[PublishedStatement, ...]

    @property
    def last(self) -> PublishedStatement:
        return self.versions[-1]

    def sentences(self, measure: str) -> frozenset[str]:
        """Return the keys of the clauses in effect that promise a measure."""
        return _sentences(self.last, measure)

    def versions_changing(self, measure: str) -> list[PublishedStatement]:
        """Return the versions in which the sentences of a measure differ from those of the version before."""
        pairs = zip(self.versions, self.versions[1:], strict=False)
        return [new for old, new in pairs if _sentences(old, measure) != _sentences(new, measure)]


def _sentences(published: PublishedStatement, key: str) -> frozenset[str]:
    measures = (measure for measure in published.content.measures if measure.key == key)
    return frozenset(clause_key(clause.quote) for measure in measures for clause in measure.clauses)


def chains(statements: Sequence[PublishedStatement]) -> list[Chain]:
    """Return each statement with its versions, in the order of the files.

    Raises `WrongFile` when a version replaces an unknown statement, one that was replaced already or a later one, or
    when versions replace each other in a cycle.
    """
    known = {_key(published): published for published in statements}
    after: dict[str, PublishedStatement] = {}
    for published in statements:
        if (replaced := published.content.statement.replaces) is not None:
            _require_valid_replacement(published, known.get(replaced), after.get(replaced))
            after[replaced] = published
    result = [_chain_from(first, after) for first in statements if first.content.statement.replaces is None]
    _require_all_reached(statements, result)
    return result


def _key(published: PublishedStatement) -> str:
    return published.content.statement.key


def _require_valid_replacement(
    published: PublishedStatement, before: PublishedStatement | None, other: PublishedStatement | None
) -> None:
    head = published.content.statement
    if before is None:
        raise _wrong(
            published.source,
            text(
                "replaces: there is no statement {key} here; keep the files of the old version in the folder.",
                key=head.replaces,
            ),
        )
    if other is not None:
        raise _wrong(
            published.source,
            text(
                "replaces: {key} is already replaced by {file}; name the last version, {last}.",
                key=head.replaces,
                file=other.source.path.name,
                last=_key(other),
            ),
        )
    earlier = before.content.statement
    if head.organisation == earlier.organisation and head.effective < earlier.effective:
        raise published.source.wrong(
            text(
                "{day} is before the effective date of {key}, which this version replaces ({before}).",
                day=head.effective,
                key=head.replaces,
                before=earlier.effective,
            ),
            *("statement", "effective"),
        )


def _wrong(source: Source, message: Text) -> Exception:  # type: ignore[type-arg]
    return source.wrong(message, "statement", "replaces")


def _chain_from(first: PublishedStatement, after: dict[str, PublishedStatement]) -> Chain:
    versions = [first]
    while (following := after.get(_key(versions[-1]))) is not None:
        versions.append(following)
    return Chain(tuple(versions))


def _require_all_reached(statements: Sequence[PublishedStatement], statement_chains: Iterable[Chain]) -> None:
    """Refuse versions that replace each other in a cycle: no chain reaches them."""
    reached = {_key(version) for chain in statement_chains for version in chain.versions}
    for published in statements:
        if _key(published) not in reached:
            raise _wrong(
                published.source,
                text("replaces: the versions replace each other in a cycle; the oldest one must replace nothing."),
            )
