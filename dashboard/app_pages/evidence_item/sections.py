"""Sections of the page of one piece of evidence: sentence, facts, results, comparison, files and reviews."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from dashboard.components import days
from dashboard.components.evidence.evidence_list import KINDS, REVIEWS, VERDICTS, review_mark
from dashboard.components.evidence.evidence_validity import until_words
from dashboard.components.evidence.outcomes import check, outcome
from dashboard.components.evidence.recognised_file import size
from dashboard.shell.badge import mark
from dashboard.shell.html import NONE, Html, address, caption, fold, html, icon, join, link, section, set_apart, table
from dashboard.shell.html import facts as facts_of
from dashboard.shell.title_lookup import TitleLookup
from evidence.formats import is_table, title_of
from evidence.formats.values import INFORMATIONAL
from evidence.intake.reading.recognition import Recognition
from evidence.judging.values import Explained
from evidence.judging.words import BASES, SEVERITIES, check_name
from evidence.library.evidence_items import EvidenceDetail, FileRow
from evidence.library.evidence_titles import evidence_title
from evidence.library.recognised_formats import recognised
from evidence.library.results import ResultRow
from locales import Language, Text, text
from models.vocabulary import EvidenceKind, ReviewState, Status, Verdict
from readiness import CellStatus
from readiness.evidence_ends import EndReason, EvidenceEnd

_DAY = timedelta(days=1)
_FEW = 3  # names of what was scanned
_ALWAYS = 3  # columns of results; the target and the finding are left out where no result has one
#: The policy's levels; a result without one stands by the tool's own word.
LEVELS: dict[str, Text] = {
    "fail": text("Fails"),
    "insufficient": text("Insufficient"),
    "phase-out": text("Phase out"),
    "sufficient": text("Sufficient"),
    "good": text("Good"),
    "pass": text("Passes"),
    "within": text("Within the limits"),
    "in its term": text("Within its term"),
    "set aside": text("Set aside"),
    "by statement": text("Does not count, by a VEX statement"),
    "statement": text("VEX statement"),
    "unknown": text("Not evaluated"),
}
_RANKS = {level: rank for rank, level in enumerate(("insufficient", "fail", "phase-out", "sufficient", "good", "pass"))}
_LEVELLED = ("insufficient", "phase-out", "sufficient", "good")
_EXPLAINED = 3
_LINE = re.compile(r"^line \d+: ")
BASIS_WORDS: dict[str, Text] = {"appendix": text("appendix"), "table": text("table"), "zone": text("zone")}
_BAD = ("fail", "insufficient", "phase-out")
_NEUTRAL = ("unknown", "within", "in its term", "set aside", "by statement", "statement")


def sentence(t: Language, detail: EvidenceDetail) -> str:
    """One sentence: what it is, its verdict and how many checks fail."""
    title = evidence_title(t, detail.row)
    total = sum(sum(run.counts.values()) for run in detail.runs)
    failing = sum(len(cell.failing) for cell in detail.coverage if cell.verdict == Verdict.FAIL)
    if not detail.runs:
        return t("{title}: document, not checked automatically.", title=title)
    if is_table_only(detail):
        return _of_rows(t, detail, title, total, failing)
    return _of_results(t, detail, title, total, failing)


def _of_results(t: Language, detail: EvidenceDetail, title: str, total: int, failing: int) -> str:
    results = t.n("{n} result", "{n} results", total)
    if detail.row.verdict == Verdict.FAIL:
        return t.n(
            "{title}: {n} check fails, {results}.",
            "{title}: {n} checks fail, {results}.",
            failing,
            title=title,
            results=results,
        )
    if detail.row.verdict == Verdict.PASS:
        return t("{title}: passes, {results}.", title=title, results=results)
    return t("{title}: no verdict, {results}.", title=title, results=results)


def is_table_only(detail: EvidenceDetail) -> bool:
    """Whether everything that was read is a table of rows, which are no test results."""
    return all(is_table(run.format) and set(run.counts) <= {INFORMATIONAL} for run in detail.runs)


def _of_rows(t: Language, detail: EvidenceDetail, title: str, total: int, failing: int) -> str:
    rows = t.n("{n} row", "{n} rows", total)
    if detail.row.verdict == Verdict.FAIL:
        return t.n(
            "{title}: {n} check fails, in {rows}.",
            "{title}: {n} checks fail, in {rows}.",
            failing,
            title=title,
            rows=rows,
        )
    if detail.row.verdict == Verdict.PASS:
        return t("{title}: passes, {rows}.", title=title, rows=rows)
    return t("{title}: no verdict, {rows}.", title=title, rows=rows)


def what_would_change(t: Language, detail: EvidenceDetail, deciding: Sequence[CellStatus]) -> str:
    """What would change how the evidence counts. `deciding`: the cells whose status it sets today."""
    if detail.row.review in (ReviewState.REJECTED, ReviewState.WITHDRAWN):
        return t("It does not count.")
    if detail.row.verdict == Verdict.FAIL:
        return _lifts_fail(t, detail, deciding)
    if detail.row.review == ReviewState.WAITING:
        return t("It counts once someone other than {name} accepts it.", name=detail.row.uploaded_by)
    return ""


def _lifts_fail(t: Language, detail: EvidenceDetail, deciding: Sequence[CellStatus]) -> str:
    failed = {cell.key for cell in detail.coverage if cell.verdict == Verdict.FAIL}
    statuses = {cell.status for cell in deciding if cell.key in failed}
    if Status.FAILING in statuses:
        return t(
            "Its failures count without review and do not expire. They end with a newer accepted run of the same "
            "tool that passes, or with an exception for a limited time."
        )
    if statuses:
        return t("An exception accepts its failures until the exception or the evidence ends, whichever comes first.")
    return t("Its failures currently do not count.")


def top_badge(t: Language, detail: EvidenceDetail) -> Html:
    """The badge at the top: the verdict, unless the review says otherwise."""
    row = detail.row
    if (
        row.review in (ReviewState.REJECTED, ReviewState.WITHDRAWN, ReviewState.WAITING) and row.verdict != Verdict.FAIL
    ) or row.kind == EvidenceKind.RECORD:
        look, label = REVIEWS[row.review]
    else:
        look, label = VERDICTS[row.verdict]
    return html('<span class="badge">{mark}</span>', mark=mark(t, look, t.render(label)))


def facts(
    t: Language, titles: TitleLookup, detail: EvidenceDetail, deciding: Sequence[CellStatus], end: EvidenceEnd
) -> Html:
    """The facts at the top of the page. `deciding`: the cells whose status it sets today."""
    row = detail.row
    run = detail.runs[0] if detail.runs else None
    return facts_of(
        [
            (
                t("Date or period"),
                days.between(t, row.first_day, row.last_day),
                days.due(t, row.last_day, titles.today),
            ),
            (t("Uploaded"), t.moment(row.recorded_at), t("by {name}", name=row.uploaded_by)),
            (t("Kind"), t.render(KINDS[row.kind]), _tool(t, detail)),
            (
                t("Policy"),
                titles.policy_link(t, run.policy) if run and run.policy else t("none"),
                _evaluated(t, detail) if run and run.policy else t("not checked automatically"),
            ),
            *_examined(t, detail),
            (t("Covers"), t.n("{n} item", "{n} items", row.cells), _covers(t, titles, detail)),
            counts_until(t, deciding, end, titles.today),
            (t("Currently counts for"), t.n("{n} item", "{n} items", _counted(deciding)), ""),
            (t("Series"), _series(t, detail), ""),
        ]
    )


def _counted(deciding: Sequence[CellStatus]) -> int:
    """For how many cells it counts: one that waits for its review, or has expired, sets a status and does not count."""
    return sum(cell.status in (Status.DEMONSTRATED, Status.FAILING) for cell in deciding)


def _evaluated(t: Language, detail: EvidenceDetail) -> str:
    if len(detail.judgements) > 1:
        return t("evaluated again on {moment}", moment=t.moment(detail.judgements[0].judged_at))
    return t("evaluated on upload")


def _tool(t: Language, detail: EvidenceDetail) -> str:
    runs = [f"{run.tool} {run.tool_version}".strip() for run in detail.runs]
    complete = "" if all(run.complete for run in detail.runs) else t(", incomplete")
    return (", ".join(dict.fromkeys(runs)) or detail.row.format) + complete


def _examined(t: Language, detail: EvidenceDetail) -> list[tuple[str, str, str]]:
    """What the scans say they looked at; nothing for other evidence."""
    if all(run.examined is None for run in detail.runs):
        return []
    names = [name for run in detail.runs for name in run.examined or ()]
    shown = ", ".join(names[:_FEW]) + (", …" if len(names) > _FEW else "")
    return [(t("Scanned"), shown or NONE, "" if names else t("the file does not say what"))]


def _covers(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> Html:
    places = dict.fromkeys(
        (
            titles.home(cell.requirement),
            f"{titles.requirement(t, cell.requirement)}, {titles.place(t, cell.system, cell.target)}",
        )
        for cell in detail.coverage
    )
    return join((html("<span>{to}</span>", to=link(to, name)) for to, name in list(places)[:3]), "<br>")


def counts_until(t: Language, deciding: Sequence[CellStatus], end: EvidenceEnd, today: date) -> tuple[str, str, str]:
    """A name, the last day on which it counts or counted, and how far off that is; or why there is no such day."""
    ends = [cell.valid_until for cell in deciding if cell.valid_until]
    name = t("Counts as a failure") if end.why == EndReason.FAILS and not ends else t("Valid until")
    if ends:
        when = days.until(t, min(ends), today)
        is_failing = any(cell.status == Status.FAILING for cell in deciding)
        return name, t.date(min(ends) - _DAY), t("where it passes: {when}", when=when) if is_failing else when
    if end.last_day is None:
        return name, until_words(t, end), ""
    return name, t.date(end.last_day), until_words(t, end)


def _series(t: Language, detail: EvidenceDetail) -> Html:
    links = [
        link(address("evidence-item", id=detail.previous), t("previous")) if detail.previous else "",
        link(address("evidence-item", id=detail.next), t("next")) if detail.next else "",
    ]
    return join([link for link in links if link], " · ") or html("{words}", words=t("first in the series"))


def result_table(t: Language, rows: Sequence[ResultRow], *, of_table: bool = False) -> Html:
    """A table of results with the level and reason of each; of a table file the rows as they were read."""
    if of_table:
        heads = [t("Policy"), t("Row"), t("Content")]
        return table(heads, [[each[0], each[2], _row(row)] for row in rows for each in [_result(t, row)]], "read")
    filled = [
        *range(_ALWAYS),
        *(n for n, name in enumerate(("target", "message"), _ALWAYS) if any(getattr(row, name) for row in rows)),
    ]
    heads = [t("Policy"), t("Reported by the tool"), t("Result"), t("Target"), t("Finding of the tool")]
    cells = [_result(t, row) for row in rows]
    return table([heads[n] for n in filled], [[row[n] for n in filled] for row in cells], "results")


def _level(t: Language, result: ResultRow) -> Html:
    is_known = result.explained or result.policy or result.level in LEVELS
    label = t.render(LEVELS.get(result.level or "unknown", result.level)) if is_known else result.level
    if result.level and result.level not in _NEUTRAL:
        return mark(t, "failing" if result.level in _BAD else "demonstrated", label)
    return html("<small>{label}</small>", label=label or NONE)


def _result(t: Language, result: ResultRow) -> Sequence[object]:
    severity = " · ".join(filter(None, (t.render(SEVERITIES.get(result.rating, "")), result.severity)))
    reported = outcome(t, result.outcome) if not severity else html("<small>{severity}</small>", severity=severity)
    return [
        join([_level(t, result), explanation(t, result.explained)]),
        reported,
        check(t, result.check),
        html('<span class="any">{target}</span>', target=result.target),
        html('<span class="any">{message}</span>', message=result.message[:400]),
    ]


def _row(result: ResultRow) -> Html:
    return html('<span class="any">{message}</span>', message=_LINE.sub("", result.message)[:400])


def explanation(t: Language, explained: Sequence[Explained]) -> Html:
    """Why a result has its level: the worst items with their basis, or why it was not evaluated."""
    ranked = sorted(explained, key=lambda item: _RANKS.get(item.level, len(_RANKS)))
    several = len({item.level for item in explained}) > 1
    lines = [
        html('<small class="why any">{text}</small>', text=_explained(t, item, several=several))
        for item in ranked[:_EXPLAINED]
    ]
    if more := len(ranked) - len(lines):
        lines.append(html('<small class="why">{text}</small>', text=t.n("and one more", "and {n} more", more)))
    return join(lines)


def _explained(t: Language, explained: Explained, *, several: bool) -> str:
    item = check_name(t, explained.item)
    basis = t.render(BASES[explained.basis]) if explained.basis in BASES else _basis(t, explained.basis)
    level = t.render(LEVELS[explained.level]).lower() if several and explained.level in _LEVELLED else ""
    why = t.render(explained.why) if explained.why else ""
    return " · ".join(part for part in (item, level, basis, why) if part)


def _basis(t: Language, basis: str) -> str:
    prefix, _, rest = basis.partition(" ")
    return f"{t.render(BASIS_WORDS[prefix])} {rest}" if prefix in BASIS_WORDS else basis


def digests(t: Language, detail: EvidenceDetail) -> Html:
    """The files with their formats and hashes, and how to check them."""
    because = recognised(detail)
    return join(
        [
            section(t("Files"), t.n("{n} file", "{n} files", len(detail.files))),
            *(_file(t, detail.row.id, file, because.get(file.position)) for file in detail.files),
        ]
    )


def _file(t: Language, evidence: str, file: FileRow, because: Recognition | None) -> Html:
    hashed = html(
        '<p class="mono">sha256 {sha256}</p><small>{check} <span class="mono">sha256sum</span></small>',
        sha256=file.sha256,
        check=t("The hash is recomputed whenever the file is opened. Check it yourself with"),
    )
    return html(
        '<div class="digest"><a href="/api/v1/evidence/{evidence}/files/{n}" download>{icon}<span '
        'class="any">{name}</span></a> <small>{size}</small>{format}{hash}</div>',
        evidence=evidence,
        n=file.position,
        icon=icon("download"),
        name=file.name,
        size=size(t, file.size),
        format=fold(
            t("Read as {format}", format=title_of(because.format)), caption(set_apart(t.render(because.because)))
        )
        if because
        else "",
        hash=fold(t("Hash"), hashed),
    )


def reviews(t: Language, detail: EvidenceDetail) -> Html:
    """All reviews, newest first."""
    lines = join(
        html(
            '<p class="moved">{mark} <small>{name}, {at}</small><br>{remark}</p>',
            mark=review_mark(t, review.decision),
            name=review.reviewed_by,
            at=t.moment(review.recorded_at),
            remark=review.remark,
        )
        for review in detail.reviews
    )
    return join([section(t("Reviews")), lines or caption(t("Not reviewed yet."))])
