"""Settle the column mapping that the tables of a delivery are read with, before they are judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from evidence.errors import MappingNeeded, Unfitting
from evidence.formats.tables.added_columns import is_group
from evidence.formats.tables.heading_comparison import plain
from evidence.intake.column_mapping.redaction import names_people, reference_key, require_redacted, without_names
from evidence.intake.column_mapping.remembered_mappings import remembered_mapping
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.target_matching import Titles
from evidence.intake.reading.inspection import InspectedFile
from evidence.intake.verdicts.delivery_judgement import judging_policies_of
from evidence.judging.heading_names import shown_heading
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import (
    LONGEST_NAME,
    NOTHING,
    SYSTEMS,
    ProposedColumn,
    Systems,
    TableMapping,
    TableProposal,
    merged,
)
from evidence.judging.values import DoesNotFit
from locales import Text, text
from models.calendar import Calendar

_NAMED = 8
_LONGEST = 40  # letters of a heading or word that is told
TREATED = {
    "leave out": text("leave it out"),
    "reference": text("replace each by a reference"),
    "in text": text("replace people in the texts by references"),
    "heading": text("replace the name above it by a reference"),
    "keep": text("leave it as it is"),
}
ORDERS: dict[str, Text] = {"d/m/y": text("day/month/year"), "m/d/y": text("month/day/year")}


@dataclass(frozen=True, slots=True)
class FileProposal:
    """The proposed mapping of one file for one policy."""

    file: InspectedFile
    policy: Policy[Any]
    proposal: TableProposal


def settled_mapping(session: Session, delivery: Delivery, delivery_fit: DeliveryFit, now: datetime) -> TableMapping:
    """The mapping that was sent, else the remembered one; `NOTHING` where the policies recognise everything.

    Raises `MappingNeeded` with a proposal where someone must say what a heading or value means, `Unfitting` for a
    mapping of unknown columns or headings, and `DoesNotFit`.
    """
    sent = delivery.mapping
    if sent is not None and names_people(sent):
        sent = without_names(sent, reference_key(session, now))
    judging = [policy for policy in judging_policies_of(delivery_fit) if policy.table is not None]
    tables = tables_of(judging, delivery.inspection.files)
    if not tables:
        return sent or NOTHING
    known = remembered_mapping(session, delivery_fit.cells) if sent is None else sent
    of_cells = sorted({system for _, system, _ in delivery_fit.cells if system})
    systems = systems_of(delivery_fit.scope.titles, of_cells or delivery.systems)
    whole = settled(tables, delivery_fit.calendar, sent, known, systems)
    require_redacted(delivery.inspection, whole)
    return whole


def tables_of(
    judging: Iterable[Policy[Any]], files: Sequence[InspectedFile]
) -> list[tuple[InspectedFile, Policy[Any]]]:
    """The files that were read as a format that a policy judges, each with the policy."""
    return [(file, policy) for policy in judging for file in files if file.run and file.format in policy.formats]


def settled(
    tables: Iterable[tuple[InspectedFile, Policy[Any]]],
    calendar: Calendar,
    sent: TableMapping | None,
    known: TableMapping,
    systems: Systems,
) -> TableMapping:
    """The mapping that tables are read with. `known`: what was sent, else what is remembered.

    Raises `MappingNeeded`, `Unfitting` and `DoesNotFit`.
    """
    proposals = proposed(tables, calendar, known, systems, is_final=sent is not None)
    _require_known(sent, proposals, systems)
    whole = merged(each.proposal.mapping for each in proposals)
    if any(each.proposal.asks for each in proposals):
        raise MappingNeeded(_question(proposals), whole.as_json())
    return whole.without_gaps()


def systems_of(titles: Titles, declared: Sequence[str]) -> Systems:
    """The systems that a table is declared for, and the names by which it may call any system."""
    keys = {plain(name): key for key, title in titles.items() for name in (key, title.nl, title.en)}
    return Systems(declared, keys)


def proposed(
    tables: Iterable[tuple[InspectedFile, Policy[Any]]],
    calendar: Calendar,
    mapping: TableMapping,
    systems: Systems,
    *,
    is_final: bool,
) -> list[FileProposal]:
    """Propose a mapping of each table for its policy, starting from `mapping`. Raises `DoesNotFit`.

    `is_final`: `mapping` was sent for these files; only what is missing or would be hidden is asked again.
    """
    proposals = []
    for file, policy in tables:
        if file.run is None or file.format not in policy.formats:
            continue
        try:
            proposal = policy.propose(file.run, file.spool.results, calendar, mapping, systems, is_final=is_final)
        except DoesNotFit as problem:
            raise DoesNotFit(text("{name}: {problem}", name=file.name, problem=problem.message)) from None
        except ValidationError:
            raise DoesNotFit(text("{name}: {problem}", name=file.name, problem=_beyond_a_mapping())) from None
        if proposal is not None:
            proposals.append(FileProposal(file, policy, proposal))
    return proposals


def _beyond_a_mapping() -> Text:
    return text(
        "a heading or word of this table is too long, or there are too many, to ask what they mean; expected headings "
        "of at most {n} characters. Use the policy's template.",
        n=LONGEST_NAME,
    )


def _require_known(sent: TableMapping | None, proposals: Sequence[FileProposal], systems: Systems) -> None:
    """Refuse a sent mapping that names an unknown column or heading. Raises `Unfitting`."""
    if sent is None:
        return
    for key in SYSTEMS:
        if known := _known_systems(sent.values.get(key, {}), systems):
            raise Unfitting(text("mapping: {system} is a system already.", system=_listed(known)))
    columns = {column.key for each in proposals for column in each.proposal.columns}
    headings = {str(name) for each in proposals for name in each.proposal.rows}
    for key in (*sent.columns, *sent.values, *sent.dates, *sent.provided()):
        if key not in columns:
            raise Unfitting(
                text("mapping: {key} is no column here; expected one of {known}.", key=key, known=_listed(columns))
            )
    wide = sent.matrix.headings if sent.matrix else ()
    for name in (*filter(None, sent.columns.values()), *sent.left_out, *wide):
        if name not in headings:
            raise Unfitting(
                text(
                    'mapping: there is no column "{heading}"; the columns are {known}.',
                    heading=name,
                    known=_listed(headings),
                )
            )


def _known_systems(words: Mapping[str, str | None], systems: Systems) -> set[str]:
    """The mapped names that are a system already: its key, or its title mapped to another system or to none."""
    keys = {plain(key) for key in systems.keys.values()}
    named = {value for value, system in words.items() if systems.keys.get(plain(value), system) != system}
    return named | {value for value in words if plain(value) in keys}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:40])


def _question(proposals: Sequence[FileProposal]) -> Text:
    """The message that asks to confirm the first proposal, with its headings, values and personal data."""
    first = next(each for each in proposals if each.proposal.asks)
    sentences = (
        _missing(first),
        _proposed(first),
        _groups(first),
        *doubts_of(first),
        _perhaps_missing(first),
        _guesses(first),
        _words(first),
        _dates(first),
        _personal(first),
    )
    parts = [sentence for sentence in sentences if sentence is not None]
    named = {f"part{n}": part for n, part in enumerate(parts)}
    problem = Text(" ".join(f"{{{name}}}" for name in named), named)
    return text("{name}: {problem}", name=first.file.name, problem=problem)


def _missing(table: FileProposal) -> Text | None:
    missing = [column.title for column in table.proposal.missing]
    if not missing:
        return None
    told = text(
        "No column was recognised as {columns}. Say which one it is; if the file has none, add a column of that name "
        "and fill it in each row.",
        columns=_joined(missing),
    )
    free = [f'"{name[:_LONGEST]}"' for name in table.proposal.unused]
    if not free:
        return told
    return text(
        "{told} Nothing is read from {headings} yet.",
        told=told,
        headings=", ".join(free[:_NAMED]) + (" …" if len(free) > _NAMED else ""),
    )


def doubts_of(table: FileProposal) -> list[Text]:
    """The headings that may be several columns, and are read as none until somebody says which."""
    titles = {column.key: column.title for column in table.proposal.columns}
    return [
        text(
            '"{heading}" may be {columns}, or none of these: say which.',
            heading=shown_heading(doubt.heading, _LONGEST),
            columns=_joined([titles[key] for key in doubt.columns]),
        )
        for doubt in table.proposal.doubts
    ]


def _perhaps_missing(table: FileProposal) -> Text | None:
    perhaps = [column.title for column in table.proposal.perhaps_missing]
    if not perhaps:
        return None
    return text("Some rows may need {columns} too; say which one it is, if it is there.", columns=_joined(perhaps))


def _proposed(table: FileProposal) -> Text | None:
    pairs = [
        text('"{heading}" to {column}', heading=shown_heading(column.heading), column=column.title)
        for column in table.proposal.columns
        if column.heading and not column.by_itself and not column.is_guess
    ]
    return text("Map {pairs}?", pairs=_joined(pairs)) if pairs else None


def _groups(table: FileProposal) -> Text | None:
    """That rows which stand alone head groups of rows, and are no rows of the register; with the first of them."""
    named = (*table.proposal.mapping.columns.values(), *table.proposal.mapping.left_out)
    group = next((name for name in named if name and is_group(name)), None)
    if group is None:
        return None
    first = next((str(cell) for cell in table.proposal.rows.get(group, ()) if cell), "")
    return text(
        'Rows with one cell, such as "{name}", head the rows below them: leave these out as rows of the register?',
        name=first[:_LONGEST],
    )


def _guesses(table: FileProposal) -> Text | None:
    """The columns that no heading says; the one under which they may stand is to be looked at."""
    pairs = [
        text('"{heading}" for {column}', heading=shown_heading(column.heading), column=column.title)
        for column in table.proposal.columns
        if column.is_guess and column.heading
    ]
    return text("Less certain, so look at what stands there: {pairs}?", pairs=_joined(pairs)) if pairs else None


def _words(table: FileProposal) -> Text | None:
    """The proposed meaning of each unknown value; `?` where no value of the policy is similar."""
    titles = {column.key: column for column in table.proposal.columns}
    pairs = [
        _meaning(titles[key], value, titles[key].words.get(meaning or "", meaning or "?"))
        for key, words in table.proposal.mapping.values.items()
        for value, meaning in words.items()
    ]
    return text("And {pairs}?", pairs=_joined(pairs)) if pairs else None


def _meaning(column: ProposedColumn, value: str, meaning: Text | str) -> Text:
    if not value:
        return text("an empty cell under {column} to {word}", column=column.title, word=meaning)
    return text('"{value}" under {column} to {word}', value=value[:_LONGEST], column=column.title, word=meaning)


def _dates(table: FileProposal) -> Text | None:
    """The order in which dates in numbers are read: another order is another day."""
    titles = {column.key: column.title for column in table.proposal.columns}
    orders = [
        text("{column} as {order}", column=titles[key], order=ORDERS[order])
        for key, order in table.proposal.mapping.dates.items()
    ]
    return text("Read the dates of {columns}?", columns=_joined(orders)) if orders else None


def _personal(table: FileProposal) -> Text | None:
    """The columns with personal data, each with the proposed treatment."""
    treatments = table.proposal.mapping.personal
    if not treatments:
        return None
    pairs = [
        text('"{heading}" ({treatment})', heading=shown_heading(name), treatment=TREATED[treatment])
        for name, treatment in treatments.items()
    ]
    return text("These columns hold personal data. Handle them as follows: {columns}?", columns=_joined(pairs))


def _joined(parts: Sequence[Text]) -> Text:
    named = {f"part{n}": part for n, part in enumerate(parts[:_NAMED])}
    more = " …" if len(parts) > _NAMED else ""
    return Text(", ".join(f"{{{name}}}" for name in named) + more, named)
