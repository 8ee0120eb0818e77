"""A mapping proposed for a table that its policy does not recognise: from its headings, and from what stands in it.

Nothing here decides: a person confirms or corrects a proposal, and what a policy recognises by itself stays as it is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import islice

import pandas as pd

from evidence.formats.tables.added_columns import is_added, is_group
from evidence.formats.tables.heading_comparison import plain
from evidence.formats.tables.table_head import SHEET
from evidence.formats.values import Result, Run
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.headers import TableHeader, doubles, headings_of, read_header, table_of
from evidence.judging.register.proposed_mapping.column_matching import Match, matches
from evidence.judging.register.proposed_mapping.column_similarity import STRONG
from evidence.judging.register.proposed_mapping.extra_headings import with_known_headings
from evidence.judging.register.proposed_mapping.personal_columns import personal_columns
from evidence.judging.register.proposed_mapping.systems_of_table import fixed_system, sheet_of_system, system_words
from evidence.judging.register.proposed_mapping.tick_columns import with_blanks_of_crosses
from evidence.judging.register.proposed_mapping.unfitting_headings import misnamed_columns
from evidence.judging.register.proposed_mapping.unknown_words import merged_words, unknown_words
from evidence.judging.register.proposed_mapping.wide_tables import completed, matrix
from evidence.judging.register.rules import Rules
from evidence.judging.table_mapping import (
    Doubt,
    Matrix,
    ProposedColumn,
    Rows,
    Systems,
    TableMapping,
    TableProposal,
)
from models.calendar import Calendar

_LOOKED_AT = 500  # rows from which it is seen what stands in a column
_SHOWN = 5  # rows of the preview


def propose(
    rules: Rules,
    run: Run,
    rows: Rows,
    calendar: Calendar,
    mapping: TableMapping,
    systems: Systems,
    *,
    is_final: bool,
) -> TableProposal:
    """What a table is proposed to mean, starting from what `mapping` says of it.

    `is_final`: a person gave that for this very file: only what is missing, or would be hidden, is asked again.
    Raises `DoesNotFit` where a mapping can't help.
    """
    rules = with_known_headings(rules)
    mapping = _of_this_table(rules, run, mapping)
    before, mapping = mapping, mapping if is_final else _with_groups_left_out(run, mapping)
    header = read_header(rules, run, [], mapping, partly=True)
    frame = _frame(header, rows())
    if not is_final and (misnamed := misnamed_columns(rules, header, frame, mapping, calendar)):
        mapping = mapping.model_copy(update={"columns": {**mapping.columns, **misnamed}})
        header = read_header(rules, run, [], mapping, partly=True)
    else:
        misnamed = {}
    wide = _wide(rules, frame, header, mapping, systems, calendar, is_final=is_final)
    unfolded = mapping.model_copy(update={"matrix": wide})
    matched, doubts = _matched(rules, header, frame, unfolded, calendar, systems)
    if is_final:
        doubts = [doubt for doubt in doubts if _must_be_answered(rules, doubt, frame)]
        matched = {key: match for key, match in matched.items() if _must_be_asked(rules, key, match)}
    keys = {**header.keys, **{match.heading: key for key, match in matched.items()}}
    mapping = with_blanks_of_crosses(mapping, {column.key: column for column in rules.columns}, frame, keys)
    fixed = {**mapping.fixed, **fixed_system(rules, {*keys.values(), *unfolded.provided()}, systems)}
    words, dates = ({}, {}) if is_final else unknown_words(rules, keys, header, frame, rows(), mapping, calendar)
    every = (header.named(result) for result in rows())
    treated = personal_columns(rules, frame, keys, every, wide.headings if wide else ())
    unread = {name for name in map(str, frame) if is_added(name) and name not in keys}
    personal = {
        name: treatment for name, treatment in treated.items() if name not in mapping.personal and name not in unread
    }
    is_new = bool(misnamed or matched or doubts or words or dates or personal or wide != mapping.matrix)
    is_new = is_new or mapping.left_out != before.left_out
    words |= system_words(frame, keys, mapping, systems)
    by_itself = read_header(rules, run, [], partly=True)
    headed = {key: name for name, key in keys.items()}
    guessed = {key for key, match in matched.items() if match.is_guess}
    columns = _proposed(rules, headed, by_itself, unfolded.model_copy(update={"fixed": fixed}), guessed)
    proposed = TableMapping(
        columns={column.key: column.heading for column in columns if _needs_mapping(column)},
        values=merged_words(mapping.values, words),
        dates={**mapping.dates, **dates},
        fixed=fixed,
        matrix=wide,
        personal={**mapping.personal, **personal},
        left_out=_left_out(rules, run, mapping, frame, keys),
    )
    proposal = TableProposal(proposed, columns, frame.head(_SHOWN), asks=is_new, doubts=doubts)
    return replace(proposal, asks=True) if proposal.missing else proposal


def _wide(
    rules: Rules,
    frame: pd.DataFrame,
    header: TableHeader,
    mapping: TableMapping,
    systems: Systems,
    calendar: Calendar,
    *,
    is_final: bool,
) -> Matrix | None:
    """How a wide table is read, with every column that a mapping of it does not speak of."""
    left_out = {plain(name) for name in mapping.left_out}
    heard = frame.drop(columns=[name for name in frame if plain(str(name)) in left_out])
    free = heard.drop(columns=[name for name in heard if name in header.keys or name in ("", SHEET)])
    if mapping.matrix is not None:
        return completed(mapping.matrix, rules, free, systems, calendar)
    return None if is_final else matrix(rules, free, header.keys, systems, calendar)


def _matched(
    rules: Rules,
    header: TableHeader,
    frame: pd.DataFrame,
    mapping: TableMapping,
    calendar: Calendar,
    systems: Systems,
) -> tuple[dict[str, Match], list[Doubt]]:
    """The free heading of each column that has none, nor is told otherwise; and the headings that may be several."""
    wide = set(mapping.matrix.headings) if mapping.matrix else set()
    matched, doubts = matches(rules, header, frame.drop(columns=list(wide & set(frame))), mapping, calendar, systems)
    is_named = sheet_of_system(frame, systems) and rules.per not in mapping.provided()
    if rules.per and rules.per not in header.keys.values() and is_named:
        matched[rules.per] = Match(SHEET, 1.0)
    return matched, doubts


def _needs_mapping(column: ProposedColumn) -> bool:
    """Whether a mapping speaks of it: what the policy recognises needs none."""
    return not column.by_itself and not column.provided and bool(column.heading or column.is_required)


def _proposed(
    rules: Rules, headed: Mapping[str, str], by_itself: TableHeader, mapping: TableMapping, guessed: Collection[str]
) -> list[ProposedColumn]:
    return [
        ProposedColumn(
            column.key,
            in_both_languages(column.label),
            column.required is True,
            headed.get(column.key),
            by_itself=column.key in headed and by_itself.keys.get(headed[column.key]) == column.key,
            provided=column.key in mapping.provided(),
            words={word: in_both_languages(both) for word, both in column.titles().items()},
            may_be_needed=not isinstance(column.required, bool),
            is_guess=column.key in guessed,
        )
        for column in rules.columns
    ]


def _left_out(rules: Rules, run: Run, mapping: TableMapping, frame: pd.DataFrame, keys: Mapping[str, str]) -> list[str]:
    """The headings that the mapping says are no column, and those of several alike that are not chosen."""
    chosen = {key: name for name, key in keys.items()}
    alike = [
        name
        for head in table_of(run).heads
        for key, names in doubles(headings_of(rules), head).items()
        for name in names
        if key in chosen and name != chosen[key]
    ]
    every = dict.fromkeys([*mapping.left_out, *alike])
    return [name for name in every if name in frame.columns and not (is_added(name) and name in keys)]


def _with_groups_left_out(run: Run, mapping: TableMapping) -> TableMapping:
    """The mapping, in which the rows that head groups are no rows of the register, if there are any."""
    there = {name for head in table_of(run).heads for name in head.columns if is_group(name)}
    new = sorted(there - {*mapping.columns.values(), *mapping.left_out})
    return mapping.model_copy(update={"left_out": [*mapping.left_out, *new]}) if new else mapping


def _must_be_answered(rules: Rules, doubt: Doubt, frame: pd.DataFrame) -> bool:
    """Whether a heading may be a column that is needed; not if it is empty in the whole table, whatever it is."""
    is_empty = len(frame) < _LOOKED_AT and not frame[doubt.heading].astype(str).str.strip().any()
    return bool(rules.needed() & set(doubt.columns)) and not is_empty


def _must_be_asked(rules: Rules, key: str, match: Match) -> bool:
    """Whether a column is missing, or needed and would be hidden: a heading is almost certainly it."""
    is_required = any(column.key == key and column.required is True for column in rules.columns)
    return is_required or (match.score >= STRONG and key in rules.needed())


def _of_this_table(rules: Rules, run: Run, mapping: TableMapping) -> TableMapping:
    """The part of a mapping that speaks of columns and headings which are there."""
    names = {plain(name) for head in table_of(run).heads for name in head.columns}
    own = mapping.of_keys(column.key for column in rules.columns)
    columns = {key: name for key, name in own.columns.items() if name and plain(name) in names | {SHEET}}
    wide = own.matrix if own.matrix and set(map(plain, own.matrix.headings)) <= names else None
    return own.model_copy(update={"columns": columns, "matrix": wide})


def _frame(header: TableHeader, results: Iterable[Result]) -> pd.DataFrame:
    """The first rows, a column a heading; all are texts, which as objects are gone through many times faster."""
    rows = [dict(header.named(result)) for result in islice(results, _LOOKED_AT)]
    names = list(dict.fromkeys(name for name in header.columns if name))
    return pd.DataFrame([row for row in rows if row], columns=names, dtype=object).fillna("")
