"""The table of live checks with what each saw last, on Set up and Status."""

from collections.abc import Sequence

from controls.scope.live_checks import LiveCheckRow
from dashboard.components.evidence.evidence_list import VERDICTS
from dashboard.shell.badge import mark
from dashboard.shell.html import NONE, Html, address, empty, link, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from evidence.collect.live.kinds import LIVE_KINDS
from evidence.collect.live.last_runs import LastRun, LiveCheckState
from locales import Language, Text, text
from models.vocabulary import LiveCheckKind, LiveCheckResult

#: result without evidence → the status that lends its look, and its label
RESULTS: dict[LiveCheckResult, tuple[str, Text]] = {
    LiveCheckResult.NOTHING: ("unknown", text("Nothing to look at")),
    LiveCheckResult.FAILED: ("lapsed", text("Not reached: no evidence")),
}


def live_check_table(t: Language, titles: TitleLookup, states: Sequence[LiveCheckState]) -> Html:
    """A row for each check, or that none is on."""
    if not states:
        return empty(
            t("No live check is on"),
            t("Aantoonbaar connects to nothing until a security officer switches a check on for a target or a page."),
        )
    heads = [t("Check"), t("Of"), t("State"), t("Last result"), t("Looks next")]
    return table(heads, [_row(t, titles, state) for state in states])


def _row(t: Language, titles: TitleLookup, state: LiveCheckState) -> list[object]:
    check = state.check
    switch = mark(t, "demonstrated", t("On")) if check.is_on else mark(t, "excluded", t("Off"))
    by = t("by {person} on {day}", person=check.recorded_by, day=t.date(t.day_of(check.recorded_at)))
    return [
        title_of(t, check.requirement),
        place_of(t, titles, check),
        two_lines(switch, by),
        _last(t, state.last),
        _next(t, state),
    ]


def title_of(t: Language, requirement: str) -> str:
    """The name of a kind of check."""
    return t.render(LIVE_KINDS[LiveCheckKind(requirement)].title)


def place_of(t: Language, titles: TitleLookup, check: LiveCheckRow) -> str:
    """What it looks at: a target, a page or a domain."""
    if check.system:
        return titles.place(t, check.system, check.target)
    return check.address or t("the address that the statement names as its source")


def _next(t: Language, state: LiveCheckState) -> str:
    if not state.check.is_on:
        return NONE
    return t.moment(state.looks_next) if state.looks_next else t("within a few minutes")


def _last(t: Language, last: LastRun | None) -> Html:
    if last is None:
        return mark(t, "unknown", t("Not run yet"))
    if last.evidence is None:
        status, label = RESULTS[LiveCheckResult(last.result)]
        why = [t.render(last.reason)] if last.reason else []
        return two_lines(mark(t, status, t.render(label)), ": ".join([t.moment(last.at), *why]))
    status, label = VERDICTS[last.verdict or "none"]
    verdict = link(address("evidence-item", id=last.evidence), t.render(label))
    return two_lines(mark(t, status, verdict), t.moment(last.at))
