"""Facts that stand above a table and hold for all of its rows: `System: portal`, `Reviewed on | 12-11-2026`."""

import re
from collections.abc import Iterable, Iterator, Sequence

from evidence.formats.tables.added_columns import ABOVE
from evidence.formats.tables.heading_comparison import clean, plain

_MOST = 8  # facts above one table
_LONGEST_LABEL, _LONGEST = 40, 120  # characters of what a fact is called, and of what it says
_LONGEST_SENTENCE = 200  # characters of a title in which facts are looked for
_MOST_WORDS = 5  # of what a fact is called
_PAIR = 2  # cells
_IN_ONE_CELL = re.compile(r"([^:=]+)[:=]\s*([^/\s].*)")
_DATE = r"\d{1,2}[-/. ][\w.]{1,12}[-/. ]\d{2,4}|\d{4}-\d\d-\d\d"
_ON, _BY = r"op|on|per|d\.?d\.?|dated", r"door|by"
_WHO = r"(?P<who>[^\s,;:]{1,40}(?: [^\W\d][^\s,;:]{0,30}){0,2}?)"
#: `Reviewed on 12 November 2026 by P-12`, in either order, and either alone at the end
_SENTENCES = (
    re.compile(rf"(?P<what>[^\W\d]+) (?P<on>{_ON}) (?P<day>{_DATE}),? (?P<by>{_BY}) {_WHO}(?=$|[,;:.)])"),
    re.compile(rf"(?P<what>[^\W\d]+) (?P<by>{_BY}) {_WHO},? (?P<on>{_ON}) (?P<day>{_DATE})"),
    re.compile(rf"(?P<what>[^\W\d]+) (?P<on>{_ON}) (?P<day>{_DATE})(?P<by>)(?P<who>)"),
    re.compile(rf"(?P<what>[^\W\d]+) (?P<by>{_BY}) {_WHO}(?=$|[,;:.)])(?P<on>)(?P<day>)"),
)
#: a day and a person after one label
_DAY_AND_PERSON = (
    re.compile(rf"(?P<on>)(?P<day>{_DATE}),? (?P<by>{_BY}) {_WHO}"),
    re.compile(rf"(?P<by>){_WHO},? (?P<on>{_ON}) (?P<day>{_DATE})"),
)
_JOINTS_AT_END = re.compile(rf" (?:{_ON}|{_BY})$")


def facts_above(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """The facts in the rows above a table, by the name of the column that is added for each."""
    facts: dict[str, str] = {}
    seen = set[str]()
    for row in rows:
        for label, value in _of_row([clean(cell) for cell in row]):
            if len(facts) < _MOST and _is_label(label) and len(value) <= _LONGEST and plain(label) not in seen:
                seen.add(plain(label))
                facts[f"{ABOVE}{label}"] = value
    return facts


def _of_row(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    filled = [cell for cell in cells if cell]
    if len(filled) == _PAIR and _is_label(filled[0]) and not _IN_ONE_CELL.fullmatch(filled[1]):
        yield from _who_and_when(filled[0].rstrip(" :="), filled[1])
        return
    at = 0
    while at < len(filled):
        cell = filled[at]
        if cell.endswith((":", "=")) and at + 1 < len(filled):
            yield from _who_and_when(cell.rstrip(" :="), filled[at + 1])
            at += 1
        elif found := _IN_ONE_CELL.fullmatch(cell):
            yield from _who_and_when(found[1].strip(), found[2].strip())
        else:
            yield from _of_sentence(cell)
        at += 1


def _who_and_when(label: str, value: str) -> Iterator[tuple[str, str]]:
    """The fact; two of one that tells the day and by whom: `Reviewed: 12-11-2026 by P-9`."""
    found = next((match for form in _DAY_AND_PERSON if (match := form.fullmatch(value))), None)
    if found is None:
        yield label, value
        return
    bare, is_english = _JOINTS_AT_END.sub("", label), {found["by"], found["on"]} & {"by", "on", "dated"}
    yield f"{bare} {'by' if is_english else 'door'}", found["who"].strip()
    yield f"{bare} {'on' if is_english else 'op'}", found["day"].strip()


def _of_sentence(cell: str) -> Iterator[tuple[str, str]]:
    """What was done, by whom and on which day: two facts."""
    found = next((match for form in _SENTENCES for match in form.finditer(cell[:_LONGEST_SENTENCE])), None)
    for joint, value in (("by", "who"), ("on", "day")) if found else ():
        if found and found[value]:
            yield f"{found['what']} {found[joint]}", found[value].strip()


def _is_label(label: str) -> bool:
    """Whether these are words, no date, number or sentence."""
    words = label.rstrip(" :=").split()
    return 0 < len(words) <= _MOST_WORDS and len(label) <= _LONGEST_LABEL and not any(map(str.isdigit, label))
