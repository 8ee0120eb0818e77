"""Read the header of a register: the column of each heading, and headings that are refused."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evidence.formats.facts import Head, TableFacts
from evidence.formats.tables.added_columns import is_added, is_group, words_of
from evidence.formats.tables.heading_comparison import Headings, plain
from evidence.formats.tables.row_marks import heads_group, is_note, is_total
from evidence.formats.tables.table_head import SHEET
from evidence.formats.values import Result, Run
from evidence.judging.personal_data.headings_and_values import is_personal, sounds_personal
from evidence.judging.policy_file import in_both_languages
from evidence.judging.recognised_headings import loosely_recognised, recognised
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import says_little
from evidence.judging.table_mapping import NOTHING, Matrix, TableMapping
from evidence.judging.values import DoesNotFit
from locales import Text, plural, text

ONLY_REFERENCES = text("only references; the names stay with their owner")


def headings_of(rules: Rules, mapping: TableMapping = NOTHING) -> Headings:
    """The names of the columns of a register, with those in a mapping."""
    names = {plain(name): column.key for column in rules.columns for name in (column.key, *column.nl, *column.en)}
    known = {column.key for column in rules.columns}
    mapped = {name: key for name, key in mapping.headings().items() if key in known}
    renamed = {name: key for name, key in mapped.items() if _may_be_another(rules, name, names.get(name))}
    needed = {column.key for column in rules.columns if column.required is True} - mapping.provided()
    return Headings({**mapped, **names, **renamed}, frozenset(needed))


def _may_be_another(rules: Rules, heading: str, key: str | None) -> bool:
    """Whether a heading says too little to be sure of its column (`Type`), which a register can't do without.

    A mapping may say otherwise: the column then needs another heading, so that it is never hidden.
    """
    return key is not None and _column(rules, key).required is True and says_little(heading)


@dataclass(frozen=True, slots=True)
class TableHeader:
    """How the rows of a run are read: by sheet (empty: there is one table) the key of each heading.

    `columns`: every heading, with that of the sheet's name where several are read; `sounding`: headings that are left
    out and sound as if they held personal data; `groups`: by heading the name of the group of columns that it is in;
    `reads_groups`: whether rows that head a group of rows are no rows of the register.
    """

    keys_of_sheets: dict[str, dict[str, str]]
    columns: tuple[str, ...]
    sounding: frozenset[str]
    mapping: TableMapping = NOTHING
    groups: Mapping[str, str] = field(default_factory=dict)
    reads_groups: bool = False

    @property
    def keys(self) -> dict[str, str]:
        """The key of each heading, of all sheets."""
        return {name: key for keys in self.keys_of_sheets.values() for name, key in keys.items()}

    @property
    def headings(self) -> dict[str, str]:
        """The heading of each column, by its key."""
        return {key: name for name, key in self.keys.items()}

    def called(self, rules: Rules) -> dict[str, Column]:
        """Each column by its key, called by its heading in the table."""
        headings = self.headings
        return {
            column.key: column.called(words_of(headings.get(column.key, "")) or column.key) for column in rules.columns
        }

    def rows(self, result: Result) -> list[dict[str, str]]:
        """The cells by key: one row, or of a wide table one for each thing; none of totals or another sheet."""
        keys = self._keys(result)
        if keys is None:
            return []
        row = {keys[name]: cell for name, cell in result.properties if name in keys}
        if not any(cell for name, cell in result.properties if name in keys and not is_added(name)):
            return [dict.fromkeys(row, "")]
        row.update(self.mapping.fixed.items())
        return [row] if self.mapping.matrix is None else list(_unfolded(row, result, self.mapping.matrix))

    def named(self, result: Result) -> Sequence[tuple[str, str]]:
        """The cells of a row, by heading; none of a line of totals or a sheet that is not read."""
        return () if self._keys(result) is None else result.properties

    def leaves_out(self, result: Result) -> bool:
        """Whether a row heads a group of rows, and somebody said that such rows are no rows of the register."""
        return self.reads_groups and heads_group(result)

    def _keys(self, result: Result) -> dict[str, str] | None:
        if is_total(result) or is_note(result) or self.leaves_out(result):
            return None
        if "" in self.keys_of_sheets:
            return self.keys_of_sheets[""]
        sheet = next((cell for name, cell in result.properties if name == SHEET), "")
        return self.keys_of_sheets.get(sheet)


def _unfolded(row: dict[str, str], result: Result, matrix: Matrix) -> Iterator[dict[str, str]]:
    """Yield a row for each thing that a wide table has columns for; where its cells are empty only if that is a row."""
    by_thing: dict[str, dict[str, str]] = {}
    cells = {plain(name): cell for name, cell in result.properties}
    for heading, wide_cell in matrix.headings.items():
        cell = cells.get(plain(heading), "").strip() or matrix.empty or ""
        by_thing.setdefault(wide_cell.of, {})[wide_cell.column] = cell
    for name, own in by_thing.items():
        if matrix.rows_of_empty or any(own.values()):
            yield {**row, matrix.names: name, **own}


def read_header(
    rules: Rules, run: Run, warnings: list[Text], mapping: TableMapping = NOTHING, *, partly: bool = False
) -> TableHeader:
    """Read the header of every sheet that has all columns, else of the first table. Raises `DoesNotFit`.

    `partly`: missing columns are not refused.
    """
    table = table_of(run)
    headings = headings_of(rules, mapping)
    every = _with_sheet_names(table.heads, mapping)
    heads = [head for head in every if headings.match(head.columns)[0]] or _same_as(every[0], every)
    _is_not_hidden(headings, heads[0], [head for _, head in table.hidden if head])
    _warn_of_place(table, heads, warnings)
    keys, left = {}, []
    for head in heads:
        hides_nothing(rules, head, mapping)
        own = keys_of_headings(rules, headings, head, mapping, partly=partly)
        keys[head.sheet if len(table.heads) > 1 else ""] = own
        left += [name for name in head.columns if name and name not in own and name not in left]
        missing = [
            column for column in rules.columns if column.key in headings.needed and column.key not in own.values()
        ]
        if missing and not partly:
            raise _missing_columns(head, missing)
    _tell_left_out(left, mapping, warnings, partly=partly)
    names = [name for head in heads for name in head.columns] + ([SHEET] if len(heads) > 1 else [])
    sounding = frozenset(name for name in left if sounds_personal(name) and not is_added(name))
    return TableHeader(
        keys,
        tuple(dict.fromkeys(names)),
        sounding,
        mapping.of_keys(column.key for column in rules.columns),
        {name: group for head in heads for name, group in head.groups.items()},
        any(map(is_group, (*filter(None, mapping.columns.values()), *mapping.left_out))),
    )


def _with_sheet_names(heads: Sequence[Head], mapping: TableMapping) -> list[Head]:
    """The tables; the sheet's name is a column too, where the mapping says so."""
    if len(heads) == 1 or SHEET not in mapping.columns.values():
        return list(heads)
    return [replace(head, columns=[*head.columns, SHEET]) for head in heads]


def _same_as(head: Head, heads: Sequence[Head]) -> list[Head]:
    """The tables with the same columns as this one, beside those that are added."""
    return [other for other in heads if _own_names(other) == _own_names(head)]


def _own_names(head: Head) -> set[str]:
    return {plain(name) for name in head.columns if not is_added(name)}


def _tell_left_out(left: Sequence[str], mapping: TableMapping, warnings: list[Text], *, partly: bool) -> None:
    """Warn of headings that are left out; refuse those with personal data. Raises `DoesNotFit`."""
    wide = {plain(name) for name in (mapping.matrix.headings if mapping.matrix else ())}
    for name in left:
        if is_added(name):
            continue
        if is_personal(name) and not partly and mapping.personal.get(name) != "reference":
            raise _personal(name)
        if plain(name) not in wide:
            warnings.append(_left_out(name))


def table_of(run: Run) -> TableFacts:
    """The facts of the tables of a run."""
    return run.facts if isinstance(run.facts, TableFacts) else TableFacts([Head([])])


def hides_nothing(rules: Rules, head: Head, mapping: TableMapping) -> None:
    """Refuse a mapping that hides a recognised column; of two with the same name it may choose one.

    Raises `DoesNotFit`.
    """
    own = headings_of(rules)
    left_out = {plain(name) for name in mapping.left_out}
    wide = {plain(name) for name in (mapping.matrix.headings if mapping.matrix else ())}
    mapped = mapping.headings()
    _wide_once(head, wide)
    for name, treatment in mapping.personal.items():
        if treatment == "leave out" and (key := recognised(own, name)):
            raise _hidden(rules, name, key)
    for name, key in keys_of_headings(rules, own, head, NOTHING, partly=True).items():
        if _may_be_another(rules, name, key) and plain(name) not in wide and key not in mapping.provided():
            continue
        is_other = mapped.get(plain(name), key) != key or key in _elsewhere(mapping, key, name)
        if is_other or plain(name) in left_out | wide or key in mapping.provided():
            raise _hidden(rules, name, key)
    for key, several in doubles(own, head).items():
        chosen = mapping.columns.get(key)
        names = [name for name in several if name == chosen or not _may_be_another(rules, name, key)] or several
        is_other = any(mapped.get(plain(name), key) != key for name in names)
        if is_other or key in mapping.provided() or (chosen and plain(chosen) not in map(plain, names)):
            raise _hidden(rules, names[0], key)


def _wide_once(head: Head, wide: set[str]) -> None:
    """Refuse two wide columns with one heading: only the last would be read. Raises `DoesNotFit`."""
    seen = set[str]()
    for name in head.columns:
        if plain(name) in wide & seen:
            raise _alike([name, name], name)
        seen.add(plain(name))


def doubles(headings: Headings, head: Head) -> dict[str, list[str]]:
    """The columns that have several headings, with these."""
    by_key: dict[str, list[str]] = {}
    for name in head.columns:
        if key := headings.keys.get(plain(name)):
            by_key.setdefault(key, []).append(name)
    return {key: names for key, names in by_key.items() if len(names) > 1}


def _hidden(rules: Rules, name: str, key: str) -> DoesNotFit:
    return DoesNotFit(
        text(
            'The column "{heading}" is {column}: a mapping can\'t leave it out or make it another column.',
            heading=name,
            column=in_both_languages(_column(rules, key).label),
        )
    )


def _elsewhere(mapping: TableMapping, key: str, name: str) -> set[str]:
    """The column, if the mapping gives it another heading."""
    heading = mapping.columns.get(key)
    return {key} if heading and plain(heading) != plain(name) else set()


def _column(rules: Rules, key: str) -> Column:
    return next(column for column in rules.columns if column.key == key)


def keys_of_headings(
    rules: Rules, headings: Headings, head: Head, mapping: TableMapping, *, partly: bool
) -> dict[str, str]:
    """Heading → key. A heading equal to a name in the policy is preferred to one with other words around it."""
    known = [(name, key) for name in head.columns if (key := headings.keys.get(plain(name)))]
    known = [(name, key) for name, key in known if key not in _elsewhere(mapping, key, name)]
    number = Counter(key for _, key in known)
    same = {key for (_, key), n in Counter((plain(name), key) for name, key in known).items() if n > 1}
    double = next((key for key, n in number.items() if n > 1 and (not partly or key in same)), None)
    if double:  # a mapping can tell which of two headings is the column, but not of one that is there twice
        raise _alike([name for name, key in known if key == double], in_both_languages(_column(rules, double).label))
    keys = {name: key for name, key in known if number[key] == 1}
    left_out = {plain(name) for name in mapping.left_out}
    for name in head.columns:
        if plain(name) in headings.keys or plain(name) in left_out:
            continue
        key = loosely_recognised(headings, name)
        if key and key not in keys.values() and not _only_asks(rules, name, key):
            keys[name] = key
    return keys


def _only_asks(rules: Rules, heading: str, key: str) -> bool:
    """Whether a heading asks something of which the answer is no name, number or day: `Processor?` is no processor."""
    return heading.rstrip().endswith("?") and _column(rules, key).type in ("ref", "text", "list", "date", "datetime")


def _alike(headings: Sequence[str], column: Text | str) -> DoesNotFit:
    """Several columns are the same one; by their own headings, with what mends it."""
    if len(set(map(plain, headings))) < len(headings):
        return DoesNotFit(
            text(
                'Two columns have the heading "{heading}", and one was expected: give one of them another name, or '
                "remove the one that does not count.",
                heading=headings[0],
            )
        )
    return DoesNotFit(text("Two columns are {column}; expected one.", column=column))


def _missing_columns(head: Head, missing: Sequence[Column]) -> DoesNotFit:
    names = ", ".join(f"{column.key} ({column.nl[0]}, {column.en[0]})" for column in missing)
    if head.sheet:
        where = text('Sheet "{sheet}", row {row}', sheet=head.sheet, row=str(head.row))
    elif head.row > 1:
        where = text("Line {line}", line=str(head.row))
    else:
        return DoesNotFit(text("This register lacks the columns {names}.", names=names))
    return DoesNotFit(
        text("{where} was read as the names of the columns; this register lacks {names}.", where=where, names=names)
    )


def _is_not_hidden(headings: Headings, head: Head, hidden: Sequence[Head]) -> None:
    """Refuse a hidden sheet of the same register: its rows would not be judged. Raises `DoesNotFit`."""
    for other in hidden:
        if headings.match(other.columns)[0]:
            raise DoesNotFit(
                text(
                    'The hidden sheet "{other}" has the columns of this register as well, beside sheet "{sheet}". Show '
                    "it, so that it is read too, or remove it.",
                    other=other.sheet,
                    sheet=head.sheet,
                )
            )


def _warn_of_place(table: TableFacts, heads: Sequence[Head], warnings: list[Text]) -> None:
    read = ", ".join(head.sheet for head in heads)
    others = [
        table_head.sheet for table_head in table.heads if table_head.sheet not in {head.sheet for head in heads}
    ] + table.others
    if len(heads) > 1:
        warnings.append(text("These sheets are read together: {sheets}.", sheets=read))
    if others:
        warnings.append(text('Sheet "{sheet}" is read; not read: {others}.', sheet=read, others=", ".join(others)))
    hidden = [text("{sheet} (hidden)", sheet=name) for name, _ in table.hidden]
    warnings += [text('Sheet "{sheet}" is read; not read: {others}.', sheet=read, others=name) for name in hidden]
    if heads[0].above:
        row = str(heads[0].row)
        warnings.append(text("The names of the columns are in row {row}; what stands above them is left out.", row=row))


def _personal(name: str) -> DoesNotFit:
    return DoesNotFit(
        text(
            "The column {column} holds personal data, which is not taken in as evidence; expected {expected}.",
            column=name,
            expected=ONLY_REFERENCES,
        )
    )


def values_look_personal(column: Text | str, looks: str, count: int) -> Text:
    """A warning that a number of values of a column look like personal data."""
    return plural(
        "{column}: one value looks like {what}; expected {expected}.",
        "{column}: {n} values look like {what}; expected {expected}.",
        count,
        column=column,
        what=looks,
        expected=ONLY_REFERENCES,
    )


def _left_out(name: str) -> Text:
    if is_personal(name):
        return text(
            "The column {column} is not known and is left out; its name sounds like personal data, so look at it.",
            column=name,
        )
    return text("The column {column} is not known and is left out.", column=name)
