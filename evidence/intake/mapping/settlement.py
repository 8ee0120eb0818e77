"""The mapping that the tables of a delivery are read with, settled before they are judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from evidence.errors import MappingNeeded, Unfitting
from evidence.formats.headings import plain
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.target_matching import Titles
from evidence.intake.judgement.delivery_judgement import judging_policies_of
from evidence.intake.mapping.redaction import require_redacted
from evidence.intake.mapping.remembered import remembered_mapping
from evidence.intake.reading.inspection import InspectedFile
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import NOTHING, SYSTEMS, Systems, TableMapping, TableProposal, merged
from evidence.judging.values import DoesNotFit
from locales import Text, text
from models.calendar import Calendar

_NAMED = 8
TREATED = {
    "leave out": text("leave it out"),
    "reference": text("replace each by a reference"),
    "keep": text("leave it as it is"),
}


@dataclass(frozen=True, slots=True)
class FileProposal:
    """What one file is proposed to mean to one policy."""

    file: InspectedFile
    policy: Policy[Any]
    proposal: TableProposal


def settled_mapping(session: Session, delivery: Delivery, delivery_fit: DeliveryFit) -> TableMapping:
    """The mapping that was sent, or is remembered, or none where the policies recognise everything.

    Raises `MappingNeeded` with a proposal where somebody must say what a heading or a word means, and `DoesNotFit`.
    """
    given = delivery.mapping
    judging = [policy for policy in judging_policies_of(delivery_fit) if policy.table is not None]
    tables = [(file, policy) for policy in judging for file in delivery.inspection.files]
    if not tables:
        return given or NOTHING
    known = remembered_mapping(session, delivery_fit.cells) if given is None else given
    systems = systems_of(delivery_fit.scope.titles, sorted({system for _, system, _ in delivery_fit.cells if system}))
    found = proposed(tables, delivery_fit.calendar, known, systems, is_final=given is not None)
    _is_known(given, found, systems)
    whole = merged(one.proposal.mapping for one in found)
    if any(one.proposal.asks for one in found):
        raise MappingNeeded(_question(found), whole.as_json())
    require_redacted(delivery.inspection, whole)
    return whole.without_gaps()


def systems_of(titles: Titles, asked: Sequence[str]) -> Systems:
    """The systems that a table is handed in for, and what every system may be called in it."""
    keys = {plain(name): key for key, title in titles.items() for name in (key, title.nl, title.en)}
    return Systems(asked, keys)


def proposed(
    tables: Iterable[tuple[InspectedFile, Policy[Any]]],
    calendar: Calendar,
    given: TableMapping,
    systems: Systems,
    *,
    is_final: bool,
) -> list[FileProposal]:
    """What each table is proposed to mean to a policy, with what is given of it. Raises `DoesNotFit`."""
    found = []
    for file, policy in tables:
        if file.run is None or file.format not in policy.formats:
            continue
        try:
            proposal = policy.propose(file.run, file.spool.results, calendar, given, systems, is_final=is_final)
        except DoesNotFit as problem:
            raise DoesNotFit(text("{name}: {problem}", name=file.name, problem=problem.message)) from None
        if proposal is not None:
            found.append(FileProposal(file, policy, proposal))
    return found


def _is_known(given: TableMapping | None, found: Sequence[FileProposal], systems: Systems) -> None:
    """What was sent speaks of columns that are asked, and of headings that are there. Raises `Unfitting`."""
    if given is None:
        return
    for key in SYSTEMS:
        if known := _known_systems(given.values.get(key, {}), systems):
            raise Unfitting(text("mapping: {system} is a system already.", system=_listed(known)))
    columns = {column.key for one in found for column in one.proposal.columns}
    headings = {str(name) for one in found for name in one.proposal.rows}
    for key in (*given.columns, *given.values, *given.dates, *given.provided()):
        if key not in columns:
            raise Unfitting(
                text("mapping: {key} is no column here; expected one of {known}.", key=key, known=_listed(columns))
            )
    wide = given.matrix.headings if given.matrix else ()
    for name in (*filter(None, given.columns.values()), *given.left_out, *wide):
        if name not in headings:
            raise Unfitting(
                text(
                    'mapping: there is no column "{heading}"; the columns are {known}.',
                    heading=name,
                    known=_listed(headings),
                )
            )


def _known_systems(words: Mapping[str, str | None], systems: Systems) -> set[str]:
    """What is a system already: its key, or its title where that is said to be another system or none."""
    keys = {plain(key) for key in systems.keys.values()}
    named = {value for value, word in words.items() if systems.keys.get(plain(value), word) != word}
    return named | {value for value in words if plain(value) in keys}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:40])


def _question(found: Sequence[FileProposal]) -> Text:
    """What must be said, with what is proposed: in the words of the file and of the policy."""
    asked = next(one for one in found if one.proposal.asks)
    told = (_missing(asked), _proposed(asked), _words(asked), _personal(asked))
    parts = [part for part in told if part is not None]
    named = {f"part{n}": part for n, part in enumerate(parts)}
    sentences = Text(" ".join(f"{{{name}}}" for name in named), named)
    return text("{name}: {problem}", name=asked.file.name, problem=sentences)


def _missing(asked: FileProposal) -> Text | None:
    missing = [one.title for one in asked.proposal.missing]
    if not missing:
        return None
    return text("No column was recognised as {columns}; say which one it is.", columns=_joined(missing))


def _proposed(asked: FileProposal) -> Text | None:
    pairs = [
        text('"{heading}" to {column}', heading=column.heading, column=column.title)
        for column in asked.proposal.columns
        if column.heading and not column.by_itself
    ]
    return text("Map {pairs}?", pairs=_joined(pairs)) if pairs else None


def _words(asked: FileProposal) -> Text | None:
    """What the unknown words may mean; those that are like none are only named by number."""
    titles = {column.key: column for column in asked.proposal.columns}
    told = [
        text(
            '"{value}" under {column} to {word}',
            value=value[:40],
            column=titles[key].title,
            word=titles[key].words.get(word or "", word or "?"),
        )
        for key, words in asked.proposal.mapping.values.items()
        for value, word in words.items()
    ]
    return text("And {pairs}?", pairs=_joined(told)) if told else None


def _personal(asked: FileProposal) -> Text | None:
    """What holds personal data, and what is proposed to be done with it."""
    treated = asked.proposal.mapping.personal
    if not treated:
        return None
    told = [text('"{heading}" ({treatment})', heading=name, treatment=TREATED[one]) for name, one in treated.items()]
    return text("These columns hold personal data: {columns}?", columns=_joined(told))


def _joined(parts: Sequence[Text]) -> Text:
    named = {f"part{n}": part for n, part in enumerate(parts[:_NAMED])}
    more = " …" if len(parts) > _NAMED else ""
    return Text(", ".join(f"{{{name}}}" for name in named) + more, named)
