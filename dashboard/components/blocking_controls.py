"""A table of the controls that stand in the way of the audit, worst first, each with what decides its status."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from dashboard.shell.badge import badge
from dashboard.shell.html import Html, address, html, join, link, section, table
from dashboard.shell.status_styles import STATUSES
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import LineKind
from readiness import AuditReadiness, ControlExplanation, ControlLine, ControlStatus

SHOWN = 6
_NAMED = 2


def blocking_table(
    t: Language, titles: TitleLookup, score: AuditReadiness, why: Mapping[str, ControlExplanation]
) -> Html:
    """The gaps that are explained in `why`, with links to all gaps of each catalogue."""
    if not score.gaps:
        return Html("")
    head = [t("Status"), t("Control"), t("Why"), t("Team")]
    rows = [_row(t, titles, gap, why[gap.key]) for gap in score.gaps if gap.key in why]
    more = join((_all_gaps(t, titles, key, number) for key, number in _by_catalogue(score).items()), " ")
    remark = t.n("{n} control, worst first", "{n} controls, worst first", len(score.gaps))
    return join(
        [
            section(t("What stands in the way of the audit"), remark),
            table(head, rows, "blocking"),
            html("<p>{more}</p>", more=more),
        ]
    )


def _by_catalogue(score: AuditReadiness) -> Counter[str]:
    """The number of gaps by catalogue."""
    return Counter(gap.key.split(":")[0] for gap in score.gaps)


def _all_gaps(t: Language, titles: TitleLookup, catalogue: str, number: int) -> Html:
    words = t.n(
        "The one gap of {catalogue}", "All {n} gaps of {catalogue}", number, catalogue=titles.edition(t, catalogue)
    )
    return link(address("controls", catalogue=catalogue, status="gaps"), words, "button")


def _row(t: Language, titles: TitleLookup, gap: ControlStatus, why: ControlExplanation) -> Sequence[Html | str]:
    deciding = [line for line in why.lines if line.deciding]
    deciding_titles = ", ".join(dict.fromkeys(title(t, titles, line) for line in deciding[:_NAMED]))
    reason = html(
        "{titles}{more}",
        titles=deciding_titles,
        more=t(" and {n} more", n=len(deciding) - _NAMED) if len(deciding) > _NAMED else "",
    )
    return [
        badge(t, gap.status, with_exception=gap.with_exception),
        titles.control_link(t, gap.key),
        reason,
        _teams(t, titles, deciding),
    ]


def title(t: Language, titles: TitleLookup, line: ControlLine) -> str:
    """The title of what a line of an explanation is about."""
    if line.kind == LineKind.MEASURE:
        return titles.measure(t, line.key)
    if line.kind == LineKind.REQUIREMENT:
        return titles.requirement(t, line.key)
    if line.kind == LineKind.NONCONFORMITY:
        return line.key or t.render(STATUSES[line.status].label)
    return t.render(line.text)


def _teams(t: Language, titles: TitleLookup, lines: Iterable[ControlLine]) -> str:
    """The teams that provide the evidence of the deciding lines."""
    keys = {line.key for line in lines}
    teams = (
        requirement.team
        for requirement in titles.requirements.values()
        if requirement.key in keys or requirement.measure in keys
    )
    names = list(dict.fromkeys(titles.team(t, team) for team in teams if team))
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
