"""Declarations: facts stated by the uploader that no file contains, and which of them wait for a review."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from access.permissions import SYSTEM_ROLE, Person
from controls import names
from evidence.formats import title_of
from evidence.formats.tables.added_columns import is_group
from evidence.intake.delivery.delivery import Delivery, Population
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.target_matching import Titles
from evidence.intake.reading.inspection import InspectedFile
from evidence.judging.heading_names import shown_heading
from evidence.judging.policies import titles_of_columns
from evidence.judging.table_mapping import NOTHING, TableMapping, kept_mapping
from locales import Text, Title, plural, text
from models.vocabulary import EvidenceKind, Scope

#: stored declarations: `by` (the uploader) and days, systems, targets, tool, zones, population(s), end, mapping,
#: formats
Declarations = Mapping[str, Any]


def declarations_of(person: Person, delivery: Delivery, delivery_fit: DeliveryFit, tool: str) -> dict[str, Any]:
    """The declarations of a delivery as they are stored with the evidence; empty if the files contain everything.

    `days`: two days in ISO form; `systems`: those for which a test without target was uploaded (empty: the
    organisation); `targets`: tested address, system and target, where the address is not recorded; `end`: a last day
    that nothing else determines; `mapping`: the meaning of headings and values of a table; `formats`: by file name the
    format that was chosen, and the one that the content shows (empty: none).
    """
    declared: dict[str, Any] = {}
    if delivery_fit.days.declared:
        declared["days"] = [day.isoformat() for day in delivery_fit.days.declared]
    if delivery_fit.declared_targets and not is_own(person):  # a live check connects to recorded addresses itself
        declared["targets"] = [
            [declared_target.tested, declared_target.system, declared_target.target]
            for declared_target in delivery_fit.declared_targets
        ]
    if systems := _systems(person, delivery, delivery_fit):
        declared["systems"] = systems
    if tool and delivery.inspection.tools != [tool] and not is_own(person):
        declared["tool"] = tool
    if delivery.zones:
        declared["zones"] = dict(delivery.zones)
    if delivery.population is not None:
        declared["population"] = _population(delivery.population)
    if delivery.populations:
        declared["populations"] = dict(delivery.populations)
    if delivery.explicit_end and any(not requirement.renewal for requirement in delivery_fit.requirements):
        declared["end"] = delivery.explicit_end.isoformat()
    if delivery.mapping and delivery.mapping != NOTHING:
        declared["mapping"] = delivery.mapping.as_json()
    declared |= _formats(delivery.inspection.files)
    return {"by": person.name, **declared} if declared else {}


def _formats(files: Iterable[InspectedFile]) -> dict[str, Any]:
    chosen = {file.name: [file.format, file.overruled] for file in files if file.overruled is not None}
    return {"formats": chosen} if chosen else {}


def chosen_format(declared: Declarations, name: str) -> str:
    """The format that was chosen for the file of this name; empty if its content shows it."""
    chosen = declared.get("formats", {}).get(name)
    return str(chosen[0]) if chosen else ""


def reasons_of_declarations(
    person: Person,
    declared: Declarations,
    delivery_fit: DeliveryFit,
    today: date,
    titles: Titles,
    *,
    mapping_is_reviewed: bool = False,
) -> list[Text]:
    """Reasons why declarations are not accepted automatically: a person's never are, some of a build server's are.

    `mapping_is_reviewed`: a reviewer accepted earlier evidence with this mapping.
    """
    kinds = _of_token(declared, delivery_fit, today) if is_machine(person) else declared.keys() - {"by"}
    if mapping_is_reviewed and is_machine(person):
        kinds = kinds - {"mapping"}
    facts = [fact for kind, fact in _facts(declared, titles) if kind in kinds - {"targets", "mapping"}]
    facts += [_whole_mapping(declared)] if "mapping" in kinds else []
    reasons = [text("{person} declared what no file says: {fact}", person=person.name, fact=fact) for fact in facts]
    return reasons + [
        declared_target.reason(titles) for declared_target in delivery_fit.declared_targets if "targets" in kinds
    ]


def declaration_texts(declared: Declarations, titles: Titles) -> list[Text]:
    """Declarations as texts, with who declared them and systems by title."""
    by = declared.get("by", "")
    facts = [fact for _, fact in _facts(declared, titles)]
    return [text("{fact} (declared by {person})", fact=fact, person=by) if by else fact for fact in facts]


def declared_places(declared: Declarations) -> list[tuple[str, str, str]]:
    """Declared tested addresses (empty: the files name none), with system and target."""
    targets = declared.get("targets", [])
    if isinstance(targets, Mapping):  # as stored before addresses existed
        targets = [(tested, *place) for tested, place in targets.items()]
    return [(tested, system, target) for tested, system, target in targets]


def _of_token(declared: Declarations, delivery_fit: DeliveryFit, today: date) -> set[str]:
    """Kinds of declarations of a build server that wait for a review.

    All but today's day, a population with source counted on the represented days (and equal to the sum of its parts),
    and the system of a test that is required per system or for the organisation.
    """
    allowed = {"by"}
    if declared.get("days") == [today.isoformat()] * 2:
        allowed.add("days")
    whole, parts = declared.get("population"), declared.get("populations", {})
    if whole and delivery_fit.first_day <= date.fromisoformat(whole["on"]) <= delivery_fit.last_day:
        allowed.add("population")
        if sum(parts.values()) == whole["number"]:
            allowed.add("populations")
    if all(
        requirement.scope != Scope.TARGET or requirement.kind != EvidenceKind.TEST
        for requirement in delivery_fit.requirements
    ):
        allowed.add("systems")
    return set(declared) - allowed


def is_machine(person: Person) -> bool:
    """Whether this is a team's token or the product itself; a personal token counts as the person."""
    return (person.token is not None and not person.account) or is_own(person)


def is_own(person: Person) -> bool:
    """Whether the product itself uploads, through its collectors."""
    return SYSTEM_ROLE in person.roles


def _systems(person: Person, delivery: Delivery, delivery_fit: DeliveryFit) -> list[str]:
    """Systems of a test without target, as nothing in the file names them.

    An empty name stands for the organisation, whose tests have no recorded targets.
    """
    tests = {requirement.key for requirement in delivery_fit.requirements if requirement.kind == EvidenceKind.TEST}
    if is_own(person):
        return []
    tested = {system for key, system, _ in delivery_fit.cells if key in tests}
    if all(file.run.targets for file in delivery.inspection.measuring if file.run):
        return [""] if "" in tested else []
    return sorted(
        tested
        - {declared_target.system for declared_target in delivery_fit.declared_targets if not declared_target.tested}
    )


def _population(population: Population) -> dict[str, Any]:
    source = names.plain(population.source, text("The source of the population"))
    return {"number": population.number, "source": source, "on": population.on.isoformat()}


def _facts(declared: Declarations, titles: Titles) -> Iterator[tuple[str, Text]]:
    """Kind and text of each declared fact."""
    if days := declared.get("days"):
        yield "days", _days(days)
    for system in declared.get("systems", ()):
        yield "systems", text("tested was {place}", place=_place(system, "", titles))
    for tested, system, target in declared_places(declared):
        yield "targets", _target(tested, _place(system, target, titles))
    if tool := declared.get("tool"):
        yield "tool", text("the tool is {tool}", tool=tool)
    for file, zone in declared.get("zones", {}).items():
        yield "zones", text("{file} was made from zone {zone}", file=file, zone=zone)
    if whole := declared.get("population"):
        yield "population", _counts(whole)
    for system, number in declared.get("populations", {}).items():
        yield "populations", text("there should be {n} in {system}", n=number, system=_place(system, "", titles))
    for file, (chosen, shown) in declared.get("formats", {}).items():
        yield "formats", format_text(file, chosen, shown)
    if end := declared.get("end"):
        yield "end", text("it is valid until {day}", day=date.fromisoformat(end))
    yield from (("mapping", fact) for fact in mapping_texts(kept_mapping(declared)))


def format_text(file: str, chosen: str, shown: str) -> Text:
    """That a person chose a format, beside what the content shows."""
    if not shown:
        return text("{file} is read as {format}; its content shows no known format", file=file, format=title_of(chosen))
    return text(
        "{file} is read as {format}; its content shows {other}",
        file=file,
        format=title_of(chosen),
        other=title_of(shown),
    )


def mapping_texts(mapping: TableMapping) -> list[Text]:
    """What each heading and word of a table means, one by one."""
    titles = titles_of_columns()
    texts = [
        text('the column "{heading}" is {column}', heading=shown_heading(heading), column=titles.get(key, key))
        for key, heading in mapping.columns.items()
        if heading
    ]
    texts += [
        text("an empty cell under {column} is {word}", column=titles.get(key, key), word=meaning)
        if meaning and not value
        else text('"{value}" under {column} is {word}', value=value, column=titles.get(key, key), word=meaning)
        if meaning
        else text('"{value}" under {column} is none of its words', value=value, column=titles.get(key, key))
        for key, words in mapping.values.items()
        for value, meaning in words.items()
    ]
    texts += [
        text("dates under {column} are written as {order}", column=titles.get(key, key), order=order)
        for key, order in mapping.dates.items()
    ]
    texts += [
        text("{column} is {value} in every row", column=titles.get(key, key), value=value)
        for key, value in mapping.fixed.items()
    ]
    if mapping.matrix:
        texts += [
            text(
                'the column "{heading}" has {column} of {name}',
                heading=heading,
                column=titles.get(cell.column, cell.column),
                name=cell.of,
            )
            for heading, cell in mapping.matrix.headings.items()
        ]
        if mapping.matrix.empty:
            texts.append(text("an empty cell of these is {word}", word=mapping.matrix.empty))
        if mapping.matrix.rows_of_empty:
            texts.append(text("an empty cell of these is not done"))
    texts += [
        text('the column "{heading}" was left out before the file was stored', heading=shown_heading(heading))
        if treatment == "leave out"
        else text('the values of the column "{heading}" were replaced by references', heading=shown_heading(heading))
        if treatment == "reference"
        else text(
            'people in the texts of the column "{heading}" were replaced by references', heading=shown_heading(heading)
        )
        if treatment == "in text"
        else text('the name above the column is replaced by the reference "{heading}"', heading=heading)
        if treatment == "heading"
        else text('the column "{heading}" holds personal data and was left as it is', heading=shown_heading(heading))
        for heading, treatment in mapping.personal.items()
    ]
    return texts + [
        text("rows that head a group of rows are no rows of the register")
        if is_group(heading)
        else text('the column "{heading}" is left out', heading=heading)
        for heading in mapping.left_out
    ]


def _whole_mapping(declared: Declarations) -> Text:
    """All of it in one line."""
    parts = {f"part{n}": part for n, part in enumerate(mapping_texts(kept_mapping(declared)))}
    return Text("; ".join(f"{{{name}}}" for name in parts), parts)


def _days(days: Sequence[str]) -> Text:
    first, last = map(date.fromisoformat, days)
    if first == last:
        return text("the day is {day}", day=first)
    return text("the days are {first} to {last}", first=first, last=last)


def _place(system: str, target: str, titles: Titles) -> Text | Title | str:
    if not system:
        return text("the organisation")
    title = titles.get(system, system)
    return text("{system}, {target}", system=title, target=target) if target and target != system else title


def _target(tested: str, place: Text | Title | str) -> Text:
    return (
        text("{tested} is {place}", tested=tested, place=place) if tested else text("tested was {place}", place=place)
    )


def _counts(whole: Mapping[str, Any]) -> Text:
    return plural(
        "there should be one, by {source} on {day}",
        "there should be {n}, by {source} on {day}",
        whole["number"],
        source=whole["source"],
        day=date.fromisoformat(whole["on"]),
    )
