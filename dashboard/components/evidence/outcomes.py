"""Test results and verdicts in words; only pass and fail have a status colour, severities have none."""

import re
from collections.abc import Iterable, Sequence

from dashboard.shell.badge import mark
from dashboard.shell.html import Html, caption, html, icon, join, note, section, table
from dashboard.shell.title_lookup import TitleLookup
from evidence.formats.tables.row_marks import MARKS
from evidence.formats.values import Result
from evidence.intake.verdicts.delivery_judgement import CoveredCell
from evidence.judging.words import check_name
from locales import Language, text
from models.vocabulary import Verdict

SHOWN = 8
_FEW = 5  # checks that are read at a glance
FAILURES = ("fail", "error")
_WORDS = {
    "pass": text("Pass"),
    "fail": text("Fail"),
    "error": text("Error"),
    "skipped": text("Skipped"),
    "not applicable": text("Not applicable"),
    "informational": text("Informational"),
    "not evaluated": text("Not evaluated"),
}
_ROW = re.compile(r"row (\d+)")
_STATUS = {"pass": "demonstrated", "fail": "failing", "error": "failing"}
_ORDER = ("fail", "error", "not evaluated", "pass", "skipped", "not applicable", "informational")


def outcome(t: Language, reported: str) -> Html:
    """The outcome as the tool reported it, with an icon."""
    name = t.render(_WORDS[reported]) if reported in _WORDS else reported
    if reported in _STATUS:
        return mark(t, _STATUS[reported], name)
    return html('<span class="mark s-unknown">{icon}<span>{label}</span></span>', icon=icon("info"), label=name)


def first_results(t: Language, results: Sequence[Result], total: int) -> Html:
    """A table of some results, failures first, with the total: not evaluated against a policy yet."""
    ordered = sorted(
        results, key=lambda result: _ORDER.index(result.outcome) if result.outcome in _ORDER else len(_ORDER)
    )[:SHOWN]
    rows = [[outcome(t, cell.outcome), code(cell.check), cell.target, cell.message[:200]] for cell in ordered]
    remark = t("{n} of {total} shown", n=len(ordered), total=total)
    heads = [t("Reported by the tool"), t("Result"), t("Target"), t("Finding of the tool")]
    words = t(
        "These results have not been evaluated against a policy yet: what the tool reports as a problem is "
        "not necessarily a failure."
    )
    return join([section(t("Results"), remark), caption(words), table(heads, rows, "first")])


def first_rows(t: Language, rows: Sequence[Result], total: int) -> Html:
    """A table of some rows of a register, as they were read."""
    listed = [
        [check(t, row.check), "; ".join(cell for name, cell in row.properties if name != MARKS)[:300]]
        for row in rows[:SHOWN]
    ]
    remark = t("{n} of {total} shown", n=len(listed), total=total)
    return join([section(t("Rows"), remark), table([t("Row"), t("Content")], listed, "given")])


def check(t: Language, name: str) -> Html:
    """The name of a check; of a table's row its number, in the reader's language."""
    row = _ROW.fullmatch(name)
    return html("{words}", words=t("row {n}", n=row.group(1))) if row else code(name)


def code(words: object) -> Html:
    """A name that a tool gave, in a fixed-width font."""
    return html('<span class="mono">{words}</span>', words=words)


def verdicts(t: Language, titles: TitleLookup, covered: Iterable[CoveredCell], most: int = _FEW) -> Html:
    """Notes with the verdict on each cell: at most `most` failing checks, or why there is no verdict."""
    return join(line for cell in covered if (line := _verdict(t, titles, cell, most)))


def _verdict(t: Language, titles: TitleLookup, cell: CoveredCell, most: int) -> Html:
    requirement, system, target = cell.key
    name = f"{titles.requirement(t, requirement)}, {titles.place(t, system, target)}"
    if cell.verdict == Verdict.FAIL:
        words = t.n("{n} check fails", "{n} checks fail", len(cell.failing))
        checks = _failing(t, cell, most)
        body = html("<b>{name}</b>: {words}<ul>{checks}</ul>", name=name, words=words, checks=checks)
        return note("failing", body, "dangerous")
    if cell.verdict == Verdict.NONE and cell.reason is not None:
        body = html("<b>{name}</b>: {reason}", name=name, reason=t.render(cell.reason))
        return note("unknown", body, "help")
    return Html("")


def _failing(t: Language, cell: CoveredCell, most: int) -> Html:
    """The failing checks with their reasons, at most `most`, and how many more there are."""
    lines = [
        html("<li>{check} {reason}</li>", check=code(check_name(t, name)), reason=t.render(reason))
        for name, reason in cell.failing[:most]
    ]
    more = len(cell.failing) - most
    return join([*lines, html("<li>{more}</li>", more=t("and {n} more", n=more)) if more > 0 else ""])
