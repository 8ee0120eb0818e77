"""Test results and verdicts in words; only pass and fail have a status colour, severities have none."""

import re
from collections.abc import Iterable, Sequence

from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, icon, join, section, table
from dashboard.shell.title_lookup import TitleLookup
from evidence.formats.values import Result
from evidence.intake.judging import CoveredCell
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


def outcome(t: Language, word: str) -> Html:
    """The outcome as the tool reported it, with an icon."""
    shown = t.render(_WORDS[word]) if word in _WORDS else word
    if word in _STATUS:
        return mark(t, _STATUS[word], shown)
    return html('<span class="mark s-unknown">{icon}<span>{word}</span></span>', icon=icon("info"), word=shown)


def first_results(t: Language, results: Sequence[Result], total: int) -> Html:
    """A table of some results, failures first, with the total: not evaluated against a policy yet."""
    ordered = sorted(results, key=lambda one: _ORDER.index(one.outcome) if one.outcome in _ORDER else len(_ORDER))[
        :SHOWN
    ]
    rows = [[outcome(t, one.outcome), code(one.check), one.target, one.message[:200]] for one in ordered]
    remark = t("{n} of {total} shown", n=len(ordered), total=total)
    heads = [t("Reported by the tool"), t("Result"), t("Target"), t("Finding of the tool")]
    words = t(
        "These results have not been evaluated against a policy yet: what the tool reports as a problem is "
        "not necessarily a failure."
    )
    said = html('<p class="caption">{words}</p>', words=words)
    return join([section(t("Results"), remark), said, table(heads, rows, "first")])


def first_rows(t: Language, rows: Sequence[Result], total: int) -> Html:
    """A table of some rows of a register, as they were read."""
    listed = [[check(t, one.check), "; ".join(cell for _, cell in one.properties)[:300]] for one in rows[:SHOWN]]
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
    return join(line for one in covered if (line := _verdict(t, titles, one, most)))


def _verdict(t: Language, titles: TitleLookup, one: CoveredCell, most: int) -> Html:
    requirement, system, target = one.key
    name = f"{titles.requirement(t, requirement)}, {titles.place(t, system, target)}"
    if one.verdict == Verdict.FAIL:
        checks = join(
            (
                html("<li>{check} {reason}</li>", check=code(check_name(t, name)), reason=t.render(reason))
                for name, reason in one.failing[:most]
            )
        )
        more = (
            html("<li>{more}</li>", more=t("and {n} more", n=len(one.failing) - most))
            if len(one.failing) > most
            else ""
        )
        return html(
            '<div class="note s-failing">{icon}<div><b>{name}</b>: {words}<ul>{checks}{more}</ul></div></div>',
            icon=icon("dangerous"),
            name=name,
            words=t.n("{n} check fails", "{n} checks fail", len(one.failing)),
            checks=checks,
            more=more,
        )
    if one.verdict == Verdict.NONE and one.reason is not None:
        return html(
            '<div class="note s-unknown">{icon}<div><b>{name}</b>: {reason}</div></div>',
            icon=icon("help"),
            name=name,
            reason=t.render(one.reason),
        )
    return Html("")
