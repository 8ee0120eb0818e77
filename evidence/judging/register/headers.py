"""The header of a register: which column is which, and what may not be there at all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.formats.facts import Head, TableFacts
from evidence.formats.headings import Headings, loose_forms, plain
from evidence.formats.table_head import SHEET
from evidence.formats.values import Result, Run
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.personal import is_personal, sounds_personal
from evidence.judging.register.rules import Column, Rules
from evidence.judging.table_mapping import NOTHING, TableMapping
from evidence.judging.values import DoesNotFit
from locales import Text, text

ONLY_REFERENCES = text("only references; the names stay with their owner")


def headings_of(rules: Rules, mapping: TableMapping = NOTHING) -> Headings:
    """What the columns of a register may be called, and are called by a mapping."""
    names = {plain(name): one.key for one in rules.columns for name in (one.key, *one.nl, *one.en)}
    known = {one.key for one in rules.columns}
    mapped = {name: key for name, key in mapping.headings().items() if key in known}
    return Headings({**mapped, **names}, frozenset(one.key for one in rules.columns if one.required is True))


def recognised(headings: Headings, name: str) -> str | None:
    """The key of the column that a heading is by itself; None if only a mapping can tell."""
    return headings.keys.get(plain(name)) or _loose(headings, name)


def _loose(headings: Headings, name: str) -> str | None:
    """The key of a column whose name is written with more around it; not of one that names people."""
    if is_personal(name):
        return None
    return next((headings.keys[form] for form in loose_forms(name) if form in headings.keys), None)


@dataclass(frozen=True, slots=True)
class TableHeader:
    """How the rows of a run are read: the key of each heading, and the sheet, if rows of several were read.

    `sounding`: headings that are left out and sound as if they held personal data.
    """

    keys: dict[str, str]
    sheet: str
    sounding: frozenset[str]
    columns: tuple[str, ...] = ()  # every heading

    @property
    def headings(self) -> dict[str, str]:
        """The heading of each column, by its key."""
        return {key: name for name, key in self.keys.items()}

    def cells(self, result: Result) -> dict[str, str] | None:
        """The cells of a row, by key; None for a row of another sheet."""
        if self.sheet and (SHEET, self.sheet) not in result.properties:
            return None
        return {self.keys[name]: cell for name, cell in result.properties if name in self.keys}

    def named(self, result: Result) -> Sequence[tuple[str, str]]:
        """The cells of a row, by heading; none of a row of another sheet."""
        return () if self.sheet and (SHEET, self.sheet) not in result.properties else result.properties


def read_header(
    rules: Rules, run: Run, warnings: list[Text], mapping: TableMapping = NOTHING, *, partly: bool = False
) -> TableHeader:
    """How this register is read: its table is the first that has all columns. Raises `DoesNotFit`.

    `partly`: columns that are missing are not asked for.
    """
    table = table_of(run)
    headings, heads = headings_of(rules, mapping), table.heads
    head = next((one for one in heads if headings.match(one.columns)[0]), heads[0])
    _is_alone(headings, head, [*(one for one in heads if one is not head), *(one for _, one in table.hidden if one)])
    names = [text("{sheet} (hidden)", sheet=name) for name, _ in table.hidden]
    _warn_of_place(head, [one.sheet for one in heads if one is not head] + table.others, names, warnings)
    _hides_nothing(rules, head, mapping)
    keys = _keys_of_headings(rules, headings, head, mapping, partly=partly)
    left = [name for name in head.columns if name and name not in keys]
    for name in left:
        if is_personal(name):
            raise _personal(name)
        warnings.append(_left_out(name))
    missing = [one for one in rules.columns if one.required is True and one.key not in keys.values()]
    if missing and not partly:
        raise _missing_columns(head, missing)
    sounding = frozenset(name for name in left if sounds_personal(name))
    return TableHeader(keys, head.sheet if len(heads) > 1 else "", sounding, tuple(head.columns))


def table_of(run: Run) -> TableFacts:
    """What is known of the tables of a run."""
    return run.facts if isinstance(run.facts, TableFacts) else TableFacts([Head([])])


def _hides_nothing(rules: Rules, head: Head, mapping: TableMapping) -> None:
    """A heading that the policy knows stays that column, unless two are the same one. Raises `DoesNotFit`."""
    own = headings_of(rules)
    known = [(name, key) for name in head.columns if (key := own.keys.get(plain(name)))]
    mapped, left_out = mapping.headings(), {plain(name) for name in mapping.left_out}
    for name, key in known:
        is_double = sum(1 for _, other in known if other == key) > 1
        chosen = mapped.get(plain(name), key)
        if chosen != key or (not is_double and (plain(name) in left_out or key in _elsewhere(mapping, key, name))):
            raise DoesNotFit(
                text(
                    'The column "{heading}" is {column}: a mapping can\'t leave it out or make it another column.',
                    heading=name,
                    column=in_both_languages(_column(rules, key).label),
                )
            )


def _elsewhere(mapping: TableMapping, key: str, name: str) -> set[str]:
    """The column, if the mapping says that it stands under another heading."""
    heading = mapping.columns.get(key)
    return {key} if heading and plain(heading) != plain(name) else set()


def _column(rules: Rules, key: str) -> Column:
    return next(one for one in rules.columns if one.key == key)


def _keys_of_headings(
    rules: Rules, headings: Headings, head: Head, mapping: TableMapping, *, partly: bool
) -> dict[str, str]:
    """Heading → key. One that is written as the policy says goes before one with more around it."""
    known = [(name, key) for name in head.columns if (key := headings.keys.get(plain(name)))]
    known = [(name, key) for name, key in known if key not in _elsewhere(mapping, key, name)]
    number = Counter(key for _, key in known)
    double = next((key for key, n in number.items() if n > 1), None)
    if double and not partly:
        label = in_both_languages(_column(rules, double).label)
        raise DoesNotFit(text("Two columns are {column}; expected one.", column=label))
    found = {name: key for name, key in known if number[key] == 1}
    left_out = {plain(name) for name in mapping.left_out}
    for name in head.columns:
        if plain(name) in headings.keys or plain(name) in left_out:
            continue
        if (key := _loose(headings, name)) and key not in found.values():
            found[name] = key
    return found


def _missing_columns(head: Head, missing: Sequence[Column]) -> DoesNotFit:
    names = ", ".join(f"{one.key} ({one.nl[0]}, {one.en[0]})" for one in missing)
    if head.sheet:
        where = text('Sheet "{sheet}", row {row}', sheet=head.sheet, row=str(head.row))
    elif head.row > 1:
        where = text("Line {line}", line=str(head.row))
    else:
        return DoesNotFit(text("This register lacks the columns {names}.", names=names))
    return DoesNotFit(
        text("{where} was read as the names of the columns; this register lacks {names}.", where=where, names=names)
    )


def _is_alone(headings: Headings, head: Head, others: Sequence[Head]) -> None:
    """Rows that stand elsewhere, of the same register, would not be judged. Raises `DoesNotFit`."""
    for other in others:
        if headings.match(other.columns)[0]:
            raise DoesNotFit(
                text(
                    'Sheet "{other}" has the columns of this register as well, beside sheet "{sheet}". Put all rows on '
                    "one sheet, or remove the other; look at hidden sheets too.",
                    other=other.sheet,
                    sheet=head.sheet,
                )
            )


def _warn_of_place(head: Head, others: Sequence[str], hidden: Sequence[Text], warnings: list[Text]) -> None:
    if others:
        warnings.append(
            text('Sheet "{sheet}" is read; not read: {others}.', sheet=head.sheet, others=", ".join(others))
        )
    warnings += [text('Sheet "{sheet}" is read; not read: {others}.', sheet=head.sheet, others=one) for one in hidden]
    if head.above:
        warnings.append(
            text("The names of the columns are in row {row}; what stands above them is left out.", row=str(head.row))
        )


def _personal(name: str) -> DoesNotFit:
    return DoesNotFit(
        text(
            "The column {column} holds personal data, which is not taken in as evidence; expected {expected}.",
            column=name,
            expected=ONLY_REFERENCES,
        )
    )


def _left_out(name: str) -> Text:
    if sounds_personal(name):
        return text(
            "The column {column} is not known and is left out; its name sounds like personal data, so look at it.",
            column=name,
        )
    return text("The column {column} is not known and is left out.", column=name)
