"""Which heading of a table is which column: by how alike their words are, and by what stands in the cells.

What could be several columns as well is no match but a doubt, which a person settles.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from evidence.formats.headings import clean, plain
from evidence.formats.table_head import SHEET
from evidence.judging.personal import identifies_person, is_personal, looks_personal
from evidence.judging.register.cells import YES_NO, CellReader, Misread, names_people, words
from evidence.judging.register.headers import TableHeader
from evidence.judging.register.likeness import (
    common,
    is_in_words_of,
    is_name,
    is_no_reference,
    is_of_late,
    is_of_someone,
    lacks,
    likeness,
    tells_reference,
)
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.spellings import date_in_order, known_value
from evidence.judging.table_mapping import DATE_ORDERS, NOTHING, Doubt, TableMapping
from models.calendar import Calendar

_MOST_HEADINGS = 100  # that are compared with columns
MOST_WORDS = 30  # different values of a column whose words are asked; more are no words of a list
_POSSIBLE, STRONG = 0.55, 0.75  # how alike a heading and a column are
_MARGIN = 0.1  # by how much a heading must be liker one column than another
_AS_LIKE = 0.05  # by how much a column must be liker one heading than another
_BY_KEY = 1.1  # of a heading that is the key itself: of several names of a column the first
_IN_ITS_WORDS = 0.01  # what is added for a heading in the words of the column, before others that mean the same
_LISTED = 0.5  # what the likeness counts for to free text of a heading under which words of a list stand
_SAME_WORD = 0.6  # how alike two words are
_LONGEST_WORD = 60  # characters of what may be a word of a list
_UNREAD = 0.7  # what the likeness of a heading counts for whose values can't be read
_OWN_WORDS = 0.74  # of one whose words are all unknown: less than of one of whose words half are known
_NO_REFERENCE = 0.7  # of one that tells a type or a name, for a column with references
_KNOWN = 0.9  # how alike a heading and a column are that has known values, if these alone stand there
_FITS, _CERTAINLY = 0.5, 0.9  # the share of the values that a column of this type can read
WORDS = frozenset(("enum", "bool", "country"))  # types with words of their own
DATES = ("date", "datetime")
_NO_WORDS = frozenset(("nee", "no"))
_NOTHING = "none"  # as a list of words may have it
_TYPED = frozenset((*WORDS, *DATES, "month", "int", "sha256"))


@dataclass(frozen=True, slots=True)
class Match:
    """What a heading is proposed to be, and how alike they are."""

    heading: str
    score: float


def matches(
    rules: Rules, header: TableHeader, frame: pd.DataFrame, given: TableMapping, calendar: Calendar
) -> tuple[dict[str, Match], list[Doubt]]:
    """The key of each column without a heading → the free heading that is likest it; and what may be several."""
    left_out = {plain(name) for name in given.left_out}
    known = {*header.keys, SHEET}
    free = [str(name) for name in frame.columns if name not in known and plain(name) not in left_out]
    scores = pd.DataFrame(
        {
            column.key: {name: _score(column, name, frame[name], calendar) for name in free[:_MOST_HEADINGS]}
            for column in rules.columns
        }
    )
    scores = _without_lists(rules, frame, scores, calendar)
    wanted = [key for key in map(str, scores) if key not in header.keys.values() and key not in given.provided()]
    found, doubts = _chosen({column.key: column for column in rules.columns}, scores, wanted)
    left = [key for key in wanted if key not in found]
    found |= _of_rows(
        rules, frame[[name for name in free if name not in {one.heading for one in found.values()}]], left
    )
    told = [Doubt(name, [key for key in keys if key in left and key not in found]) for name, keys in doubts.items()]
    return found, [doubt for doubt in told if doubt.columns]


def _without_lists(rules: Rules, frame: pd.DataFrame, scores: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """The scores, less for free text of headings under which only words of a list of this register stand."""
    lists = [column for column in rules.columns if column.type == "enum" and not column.unlisted]
    free = [column.key for column in rules.columns if column.type in ("ref", "text")]
    for name in scores.index:
        values = [value for cell in frame[name].unique() if (value := clean(str(cell)))]
        if (
            len(values) > 1
            and not any(map(_is_code, values))
            and any(_share(column, values, calendar) == 1 for column in lists)
        ):
            scores.loc[name, free] *= _LISTED
    return scores


def _is_code(value: str) -> bool:
    return any(sign.isdigit() for sign in value)


def _of_rows(rules: Rules, frame: pd.DataFrame, left: Collection[str]) -> dict[str, Match]:
    """What tells the rows apart, if no heading is like it: the only number or name that is another in each row."""
    column = next(one for one in rules.columns if one.key == rules.key[0])
    if column.key not in left or names_people(column) or (len(rules.key) > 1 and column.type == "ref"):
        return {}
    tells = tells_reference if column.type == "ref" else is_name
    names = [name for name in map(str, frame) if (tells(name) or is_name(name)) and not is_of_someone(name)]
    names = [name for name in names if _tells_apart(frame[name])]
    return {column.key: Match(names[0], _POSSIBLE)} if len(names) == 1 else {}


def _tells_apart(cells: "pd.Series[str]") -> bool:
    values = [clean(str(cell)) for cell in cells]
    return all(values) and len(set(values)) == len(values) and not any(map(looks_personal, values))


def _chosen(
    columns: Mapping[str, Column], scores: pd.DataFrame, wanted: Collection[str]
) -> tuple[dict[str, Match], dict[str, list[str]]]:
    """By key its heading, and by heading the keys that it may be."""
    left = scores[list(wanted)]
    found: dict[str, Match] = {}
    doubts: dict[str, list[str]] = {}
    while left.size and (best := float(left.max().max())) >= _POSSIBLE:
        key = str(left.max().idxmax())
        name = str(left[key].idxmax())
        if (rivals := _rivals(columns, scores, name, key, wanted)) or _is_guess(columns[key], name):
            doubts[name] = [key, *rivals]
            left = left.drop(index=name)
        else:
            found[key] = Match(name, best)
            left = left.drop(index=name, columns=key)
    taken = {one.heading for one in found.values()}
    free = [name for name in scores.index if name not in taken and name not in doubts]
    for key, one in list(found.items()):
        if others := _as_like(columns[key], scores[key], one, free):
            doubts |= {name: [key] for name in (one.heading, *others)}
            del found[key]
    return found, doubts


def _rivals(
    columns: Mapping[str, Column], scores: pd.DataFrame, name: str, key: str, wanted: Collection[str]
) -> list[str]:
    """The other columns that a heading may be as well, unless another heading is rather those.

    What says all that a column's name does is that column, unless it says all of another's too. What leaves out the
    words that tell several columns apart (`told on`: whom?) may be any of these, even one that has its heading.
    """
    row = scores.loc[name]
    near = [other for other in map(str, scores) if other != key and row[other] >= max(_POSSIBLE, row[key] - _MARGIN)]
    if _says_all(columns[key], name, near=False):
        near = [other for other in near if _says_all(columns[other], name, near=False)]
    is_short = not _says_all(columns[key], name, near=True)
    return [
        other
        for other in near
        if (is_short and _is_as_short(columns[key], columns[other], name))
        or (other in wanted and not _has_better_heading(columns, scores, name, key, other))
    ]


def _is_guess(column: Column, heading: str) -> bool:
    """Whether a heading only resembles a date that may be missing: `changed on` is perhaps no day of what was done."""
    return column.type in DATES and column.required is not True and not common(heading, _likest(column, heading))


def _is_as_short(column: Column, other: Column, heading: str) -> bool:
    """Whether a heading has the same words of two columns, and leaves out those that tell the other."""
    same = common(heading, _likest(column, heading)) & common(heading, _likest(other, heading))
    return bool(same) and not _says_all(other, heading, near=True)


def _has_better_heading(columns: Mapping[str, Column], scores: pd.DataFrame, name: str, key: str, other: str) -> bool:
    """Whether another heading is at least as like the other column, and rather that one than this one."""
    rest, own = scores.drop(index=name), scores.loc[name]
    rather = (rest[other] - rest[key] > own[other] - own[key]) & (rest[other] >= own[other])
    return any(not _is_guess(columns[other], str(heading)) for heading in rest.index[rather])


def _as_like(column: Column, scores: "pd.Series[float]", match: Match, free: Iterable[str]) -> list[str]:
    """The other headings that may be this column as well as the one that was chosen."""
    others = [name for name in free if scores[name] >= max(_POSSIBLE, match.score - _AS_LIKE)]
    others = [name for name in others if _is_as_plain(column, name, match.heading)]
    is_telling = _says_all(column, match.heading, near=False)
    return [name for name in others if not is_telling or _says_all(column, name, near=False)]


def _is_as_plain(column: Column, heading: str, chosen: str) -> bool:
    """Whether it says as plainly what it is: in the words of a name of the column, or with a number where one is."""
    if _is_written_so(column, chosen) and not _is_written_so(column, heading):
        return False
    return column.type != "ref" or tells_reference(heading) or not tells_reference(chosen)


def _is_written_so(column: Column, heading: str) -> bool:
    return any(is_in_words_of(heading, name) for name in _names(column))


def _says_all(column: Column, heading: str, *, near: bool) -> bool:
    """Whether a heading has every telling word of a name of this column, or (`near`) one that is near it."""
    return any(likeness(heading, name) >= _POSSIBLE and not lacks(heading, name, near=near) for name in _names(column))


def _likest(column: Column, heading: str) -> str:
    """The name of a column that is likest a heading."""
    return max(_names(column), key=lambda name: likeness(heading, name))


def _names(column: Column) -> list[str]:
    return [column.key.removesuffix("_ref"), *column.nl, *column.en]


# ── How alike a heading and a column are ─────────────────────────────────────────────────────────────────────────────


def _score(column: Column, heading: str, cells: "pd.Series[str]", calendar: Calendar) -> float:
    """How alike they are, less if few of the cells can be what the column holds."""
    named = likeness(heading, _likest(column, heading))
    if is_of_late(heading) and not any(map(is_of_late, _names(column))):
        return 0.0  # what is planned is no day on which something happened
    if column.type == "ref" and is_no_reference(heading) and not any(map(is_no_reference, _names(column))):
        named *= _NO_REFERENCE
    values = [value for cell in cells.unique() if (value := clean(str(cell)))]
    if _is_none(column, heading, values, calendar):
        return 0.0
    named = _in_its_words(column, heading, named)
    if not values:  # a column that every row must fill is hardly one that no row fills
        return 0.0 if column.required is True and named < STRONG else named
    known = words(column)
    if named < _POSSIBLE and not known:
        return 0.0  # whatever its values are
    share = _share(column, values, calendar)
    if share < _FITS:
        return named * _unread(column, values, share, calendar)
    if column.type == "enum" and not column.unlisted and share >= _CERTAINLY and len(values) > 1:
        named = max(named, _POSSIBLE)
    if column.type == "text" and known and all(known_value(value, set(known.values())) for value in values):
        named = max(named, _KNOWN)
    return named * (1 + share) / 2


def _in_its_words(column: Column, heading: str, named: float) -> float:
    """A little more for the words of the column, before others that mean the same, and most for its key."""
    if plain(heading) == plain(column.key.removesuffix("_ref")):
        return _BY_KEY
    return named + _IN_ITS_WORDS if named and _is_written_so(column, heading) else named


def _is_none(column: Column, heading: str, values: list[str], calendar: Calendar) -> bool:
    """Whether what stands under a heading can't be this column, whatever the heading is called."""
    if column.type != "ref" and (is_personal(heading) or (values and all(map(identifies_person, values)))):
        return True  # of a person
    if (
        column.type == "int"
        and tells_reference(heading.removeprefix("#"))
        and not any(map(tells_reference, _names(column)))
    ):
        return True  # a number that counts nothing
    if column.type in DATES:
        return bool(values) and all(value.casefold() in YES_NO for value in values)
    return column.type not in _TYPED and bool(values) and all(_is_date(value, calendar) for value in values)


def _unread(column: Column, values: list[str], share: float, calendar: Calendar) -> float:
    """What the likeness of a heading counts for if most of its values can't be read."""
    if column.type in WORDS and all(_is_date(value, calendar) for value in values):
        return 0.0  # words are no dates
    if column.type in WORDS and not share and all(map(_is_code, values)):
        return 0.0  # nor codes
    return _OWN_WORDS if column.type == "enum" and len(values) <= MOST_WORDS else _UNREAD


def _share(column: Column, values: list[str], calendar: Calendar) -> float:
    """The share of these values that the column can hold, as far as its type says so."""
    if column.type in _TYPED:
        reader = CellReader(column, NOTHING, calendar)
        values = values[:MOST_WORDS] if column.type in WORDS else values
        readable = sum(1 for value in values if can_read(reader, value) or _could_mean(column, value))
        return readable / len(values)
    dates = sum(1 for value in values if _is_date(value, calendar))
    return 1 - dates / len(values)


def _could_mean(column: Column, value: str) -> bool:
    if column.type in DATES:
        return any(date_in_order(value, order) for order in DATE_ORDERS)
    return column.type in WORDS and word_of(column, value) is not None


_DATE = Column.model_validate({"key": "date", "nl": ["datum"], "en": ["date"], "type": "date", "required": "no"})


def _is_date(value: str, calendar: Calendar) -> bool:
    return can_read(CellReader(_DATE, NOTHING, calendar), value) or _could_mean(_DATE, value)


def can_read(reader: CellReader, value: str) -> bool:
    """Whether a cell can be read as its column's type."""
    try:
        reader.read(value)
    except Misread:
        return False
    return True


def word_of(column: Column, value: str) -> str | None:
    """The word of a column that is likest a value; none if none is."""
    if len(value) > _LONGEST_WORD:
        return None
    spellings = {"ja": "yes", "yes": "yes", "nee": "no", "no": "no"} if column.type == "bool" else words(column)
    if plain(value) in _NO_WORDS and _NOTHING in spellings:
        return spellings[_NOTHING]  # of a list with a word for nothing, `no` is that word
    best = max(spellings, key=lambda spelling: likeness(value, spelling), default="")
    return spellings[best] if best and likeness(value, best) >= _SAME_WORD else None
