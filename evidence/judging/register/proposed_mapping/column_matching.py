"""Which heading of a table is which column: by how alike their words are, and by what stands in the cells.

What could be several columns as well is no match but a doubt, which a person settles.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from evidence.formats.tables.added_columns import is_added
from evidence.formats.tables.heading_comparison import clean, plain
from evidence.formats.tables.table_head import BETWEEN, SHEET
from evidence.judging.personal_data.headings_and_values import looks_personal
from evidence.judging.register.cells import names_people
from evidence.judging.register.headers import TableHeader
from evidence.judging.register.proposed_mapping.added_headings import added_headings, group_heading
from evidence.judging.register.proposed_mapping.column_similarity import (
    POSSIBLE,
    are_answers,
    as_named,
    is_written_so,
    likest,
    most_usual,
    resemblance,
    says_all,
    values_of,
)
from evidence.judging.register.proposed_mapping.fitting_values import DATES, is_code, readable_share
from evidence.judging.register.proposed_mapping.guessed_headings import guesses
from evidence.judging.register.proposed_mapping.neighbouring_headings import in_context
from evidence.judging.register.proposed_mapping.remaining_headings import (
    Remaining,
    filled_as_wanted,
    remaining_headings,
    unlikely_headings,
)
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import (
    common,
    is_name,
    is_of_someone,
    is_ticket,
    says_little,
    tells_reference,
)
from evidence.judging.register.written_values import list_parts
from evidence.judging.table_mapping import SYSTEMS, Doubt, Systems, TableMapping
from models.calendar import Calendar

_MOST_HEADINGS = 100  # that are compared with columns
_MARGIN = 0.1  # by how much a heading must be liker one column than another
_AS_LIKE = 0.05  # by how much a column must be liker one heading than another
_REPEATED = 0.25  # the share of rows that repeat another's cell
_LISTED = 0.5  # what the likeness counts for to free text of a heading under which words of a list stand


@dataclass(frozen=True, slots=True)
class Match:
    """The heading that a column is proposed to have, and how alike they are; `is_guess`: it is to be looked at."""

    heading: str
    score: float
    is_guess: bool = False


@dataclass(slots=True)
class Matches:
    """By the key of a column its heading; and by heading the keys of the columns that it may be."""

    headings: dict[str, Match] = field(default_factory=dict)
    doubts: dict[str, list[str]] = field(default_factory=dict)

    def taken(self) -> set[str]:
        """The headings that are a column."""
        return {match.heading for match in self.headings.values()}


def matches(
    rules: Rules, header: TableHeader, frame: pd.DataFrame, mapping: TableMapping, calendar: Calendar, systems: Systems
) -> tuple[dict[str, Match], list[Doubt]]:
    """The key of each column without a heading → the free heading that is likest it; and what may be several."""
    left_out = {plain(name) for name in mapping.left_out}
    known = {*header.keys, SHEET}
    own = [str(name) for name in frame.columns if not is_added(str(name))]
    free = [name for name in own if name not in known and plain(name) not in left_out]
    wanted = [
        column.key
        for column in rules.columns
        if column.key not in header.keys.values() and column.key not in mapping.provided()
    ]
    if not wanted:
        return {}, []
    readings = _readings(frame[own], free, header.groups)
    scores = _scores(rules, frame, {name: readings[name] for name in free[:_MOST_HEADINGS]}, calendar, header.groups)
    _are_systems(scores, frame, systems)
    chosen = _chosen({column.key: column for column in rules.columns}, scores, wanted)
    _without_unlikely(rules, chosen, Remaining(frame, free, readings, header.headings, calendar))
    headless = [key for key in wanted if key not in chosen.headings]
    candidates = [name for name in own if name in free or name in header.keys]
    for key, match in _of_rows(rules, frame[candidates], chosen, headless, header.headings).items():
        chosen.headings = {other: taken for other, taken in chosen.headings.items() if taken.heading != match.heading}
        chosen.headings[key] = match
    still_headless = [key for key in headless if key not in chosen.headings]
    for key, heading in added_headings(rules, frame, still_headless, systems, calendar).items():
        chosen.headings[key] = Match(heading, POSSIBLE, is_guess=True)
    for propose in (_remaining, _guessed):
        still_headless = [key for key in still_headless if key not in chosen.headings]
        unused = [name for name in free[:_MOST_HEADINGS] if name not in chosen.taken()]
        known_now = {**header.headings, **{key: match.heading for key, match in chosen.headings.items()}}
        left = Remaining(frame, unused, readings, known_now, calendar)
        doubts = {name: keys for name, keys in chosen.doubts.items() if name in unused}
        for key, heading in propose(rules, still_headless, left, doubts).items():
            chosen.headings[key] = Match(heading, POSSIBLE, is_guess=True)
    still_headless = [key for key in still_headless if key not in chosen.headings]
    unused = [name for name in free[:_MOST_HEADINGS] if name not in chosen.taken() and name not in chosen.doubts]
    chosen.doubts |= filled_as_wanted(rules, still_headless, replace(left, unused=unused))
    in_doubt = {key for keys in chosen.doubts.values() for key in keys}
    last = [key for key in still_headless if key not in chosen.headings and key not in in_doubt]
    for key, heading in group_heading(rules, frame, last, chosen.taken(), calendar).items():
        chosen.headings[key] = Match(heading, POSSIBLE, is_guess=True)
    return chosen.headings, _open(chosen, headless)


def _without_unlikely(rules: Rules, chosen: Matches, left: Remaining) -> None:
    """Take away the headings that are not filled where their columns must be; one may show that another is not."""
    for _ in range(2):
        headings = {key: match.heading for key, match in chosen.headings.items()}
        known = replace(left, headings={**left.headings, **headings})
        for key in unlikely_headings(rules, headings, known):
            del chosen.headings[key]


def _remaining(
    rules: Rules, headless: Sequence[str], left: Remaining, doubts: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    del doubts
    return remaining_headings(rules, headless, left)


def _guessed(
    rules: Rules, headless: Sequence[str], left: Remaining, doubts: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    unused = left.frame[list(left.unused)]
    return guesses(rules, unused, left.readings, headless, doubts, left.calendar)


def _open(chosen: Matches, headless: Collection[str]) -> list[Doubt]:
    """The doubts about headings that are no column yet, with the columns that have none yet."""
    return [
        Doubt(heading, columns)
        for heading, keys in chosen.doubts.items()
        if heading not in chosen.taken()
        and (columns := [key for key in keys if key in headless and key not in chosen.headings])
    ]


def _readings(frame: pd.DataFrame, free: Sequence[str], groups: Mapping[str, str]) -> dict[str, list[str]]:
    """The ways to read each free heading; one over answers of yes and no tells nothing of those after it.

    `groups`: by heading the name of its group of columns, in which a heading may say little.
    """
    before: list[str] = []
    readings: dict[str, list[str]] = {}
    group = ""
    for name in map(str, frame):
        values = values_of(frame[name])
        if groups.get(name, "") != group:
            group, before = groups.get(name, ""), []
        if name in free:
            readings[name] = in_context(name, before) if values else [name]
            if group:
                readings[name] += [f"{each} {name}" for each in reversed(group.split(BETWEEN))]
        before = [] if are_answers(values) else [*before, name]
    return readings


def _scores(
    rules: Rules,
    frame: pd.DataFrame,
    readings: Mapping[str, Sequence[str]],
    calendar: Calendar,
    groups: Mapping[str, str],
) -> pd.DataFrame:
    """How alike each free heading (rows) and each column of the policy are."""
    scores = pd.DataFrame(
        {
            column.key: {
                name: max(resemblance(column, way, frame[name], calendar) for way in ways)
                for name, ways in readings.items()
            }
            for column in rules.columns
        }
    )
    bare_numbers = [
        name for name in scores.index if tells_reference(name) and says_little(name) and not groups.get(name)
    ]
    others = [column.key for column in rules.columns if column.type == "ref" and column.key not in rules.key]
    scores.loc[bare_numbers, others] = 0.0  # a number that does not say of what is rather that of the row
    for column in rules.columns:
        if names_people(column) and _is_named_elsewhere(scores, column.key, bare_numbers):
            scores.loc[bare_numbers, column.key] = 0.0  # and of no person, where another heading is
    if len(rules.key) == 1 and rules.newest is None:
        repeated = [name for name in scores.index if _repeats(frame[name])]
        scores.loc[repeated, rules.key[0]] *= _LISTED  # what many rows share does not tell them apart
    return _without_lists(rules, frame, scores, calendar)


def _is_named_elsewhere(scores: pd.DataFrame, key: str, names: Sequence[str]) -> bool:
    """Whether a heading beside these is likest this column."""
    rest = scores.drop(index=list(names))
    return any(rest.loc[name, key] >= POSSIBLE and rest.loc[name].idxmax() == key for name in rest.index)


def _are_systems(scores: pd.DataFrame, frame: pd.DataFrame, systems: Systems) -> None:
    """Raise the scores of headings under which only systems of the organisation stand: they are nothing else."""
    keys = [key for key in map(str, scores) if key in SYSTEMS]
    for name in scores.index if keys else ():
        values = values_of(frame[name])
        if values and all(plain(part) in systems.keys for value in values for part in list_parts(value)):
            scores.loc[name] = 0.0
            scores.loc[name, keys] = 1.0


def _repeats(cells: "pd.Series[str]") -> bool:
    """Whether many cells are filled with what stands in another row too."""
    filled = cells[cells != ""]
    return bool(len(filled)) and filled.duplicated().mean() > _REPEATED


def _without_lists(rules: Rules, frame: pd.DataFrame, scores: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """The scores, less for free text of headings under which only words of a list of this register stand."""
    lists = [column for column in rules.columns if column.type == "enum" and not column.unlisted]
    free = [column.key for column in rules.columns if column.type in ("ref", "text")]
    for name in scores.index:
        values = values_of(frame[name])
        if (
            len(values) > 1
            and not any(map(is_code, values))
            and any(readable_share(column, values, calendar) == 1 for column in lists)
        ):
            scores.loc[name, free] *= _LISTED
    return scores


def _of_rows(
    rules: Rules, frame: pd.DataFrame, chosen: Matches, headless: Collection[str], headings: Mapping[str, str]
) -> dict[str, Match]:
    """What tells the rows apart, if no heading is like it: the only number or name that is another in each row.

    A number that was taken for a column that may be left out is rather this one. That of a person is no count of rows.
    `frame`: the whole table; `headings`: those of the columns that are recognised.
    """
    column = next((column for column in rules.columns if column.key == rules.key[-1]), None)
    if column is None or column.key not in headless or (names_people(column) and len(rules.key) > 1):
        return {}
    optional = {each.key for each in rules.columns if each.type == "ref" and each.required is False}
    spare = {match.heading for key, match in chosen.headings.items() if key in optional}
    headed = {**headings, **{key: match.heading for key, match in chosen.headings.items()}}
    others = [headed[key] for key in rules.key[:-1] if headed.get(key) in frame]
    taken = {*headings.values(), *chosen.taken()} - spare
    names = [name for name in map(str, frame) if name not in taken and _may_tell_rows(column, name)]
    names = [name for name in names if _tells_apart(frame[[*others, name]])]
    if len(free := [name for name in names if name not in spare] or names) != 1:
        return {}
    if names_people(column) and _counts_rows(frame[free[0]]):
        return {}
    return {
        column.key: Match(free[0], POSSIBLE, is_guess=free[0] in spare or len(rules.key) > 1 or names_people(column))
    }


def _may_tell_rows(column: Column, heading: str) -> bool:
    if names_people(column):
        return tells_reference(heading) and says_little(heading)
    tells = tells_reference if column.type == "ref" else is_name
    return (tells(heading) or is_name(heading) or is_ticket(heading)) and not is_of_someone(heading)


def _counts_rows(cells: "pd.Series[str]") -> bool:
    return [clean(str(cell)) for cell in cells] == [str(number) for number in range(1, len(cells) + 1)]


def _tells_apart(frame: pd.DataFrame) -> bool:
    """Whether each row has other cells in these columns, and the last of them is filled and of no person."""
    cells = [clean(str(cell)) for cell in frame.iloc[:, -1]]
    return all(cells) and not frame.duplicated().any() and not any(map(looks_personal, cells))


def _chosen(columns: Mapping[str, Column], scores: pd.DataFrame, wanted: Collection[str]) -> Matches:
    """The likest pairs first; what may be several columns as well is a doubt."""
    remaining = scores[list(wanted)]
    chosen = Matches()
    while remaining.size and (best := float(remaining.max().max())) >= POSSIBLE:
        key = str(remaining.max().idxmax())
        name = str(remaining[key].idxmax())
        rivals = _rivals(columns, scores, name, key, wanted)
        if rivals or _is_only_a_date(columns[key], name):
            chosen.doubts[name] = [key, *rivals]
            remaining = remaining.drop(index=name)
        else:
            chosen.headings[key] = Match(name, best)
            remaining = remaining.drop(index=name, columns=key)
    free = [name for name in scores.index if name not in chosen.taken() and name not in chosen.doubts]
    for key, match in list(chosen.headings.items()):
        if others := _as_like(columns[key], scores[key], match, free):
            is_day = columns[key].type in DATES
            if not is_day and (first := most_usual(columns[key], [match.heading, *others])) is not None:
                chosen.headings[key] = Match(first, match.score, is_guess=True)
                continue
            chosen.doubts |= {name: [key] for name in (match.heading, *others)}
            del chosen.headings[key]
    return chosen


def _rivals(
    columns: Mapping[str, Column], scores: pd.DataFrame, name: str, key: str, wanted: Collection[str]
) -> list[str]:
    """The other columns that a heading may be as well, unless another heading is rather those.

    What says all that a column's name does is that column, unless it says all of another's too. What leaves out the
    words that tell several columns apart (`told on`: whom?) may be any of these, even one that has its heading.
    """
    row = scores.loc[name]
    near = [other for other in map(str, scores) if other != key and row[other] >= max(POSSIBLE, row[key] - _MARGIN)]
    if says_all(columns[key], name, near=False):
        near = [other for other in near if says_all(columns[other], name, near=False)]
    is_short = not says_all(columns[key], name, near=True)
    return [
        other
        for other in near
        if (is_short and _is_as_short(columns[key], columns[other], name))
        or (other in wanted and not _has_better_heading(columns, scores, name, key, other))
    ]


def _is_only_a_date(column: Column, heading: str) -> bool:
    """Whether a heading only resembles a date that may be missing: `changed on` is perhaps no day of what was done."""
    return column.type in DATES and column.required is not True and not common(heading, likest(column, heading))


def _is_as_short(column: Column, other: Column, heading: str) -> bool:
    """Whether a heading has the same words of two columns, and leaves out those that tell the other."""
    same = common(heading, as_named(column, heading)) & common(heading, as_named(other, heading))
    return bool(same) and not says_all(other, heading, near=True)


def _has_better_heading(columns: Mapping[str, Column], scores: pd.DataFrame, name: str, key: str, other: str) -> bool:
    """Whether another heading is at least as like the other column, and rather that one than this one."""
    rest, own = scores.drop(index=name), scores.loc[name]
    rather = (rest[other] - rest[key] > own[other] - own[key]) & (rest[other] >= own[other])
    return any(not _is_only_a_date(columns[other], str(heading)) for heading in rest.index[rather])


def _as_like(column: Column, scores: "pd.Series[float]", match: Match, free: Iterable[str]) -> list[str]:
    """The other headings that may be this column as well as the one that was chosen."""
    others = [name for name in free if scores[name] >= max(POSSIBLE, match.score - _AS_LIKE)]
    others = [name for name in others if _is_as_plain(column, name, match.heading)]
    is_telling = says_all(column, match.heading, near=False)
    return [name for name in others if not is_telling or says_all(column, name, near=False)]


def _is_as_plain(column: Column, heading: str, chosen: str) -> bool:
    """Whether it says as plainly what it is: in the words of a name of the column, or with a number where one is."""
    if is_written_so(column, chosen) and not is_written_so(column, heading):
        return False
    return column.type != "ref" or tells_reference(heading) or not tells_reference(chosen)
