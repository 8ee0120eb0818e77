"""The three scores, the number of controls of each status, and what still stands in the way in the scenario."""

from dashboard.charts.scores import Score, scores
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, note, table
from dashboard.shell.status_styles import RULE_STATUSES, css_class
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from readiness import AuditReadiness, WhatIf


def three_scores(t: Language, result: WhatIf) -> Html:
    """Today, the audit if nobody acts, and the scenario, which stands out."""
    items = [
        _score(t, t("Today"), result.today),
        _score(t, t("If nobody acts"), result.forecast),
        _score(t, t("In this scenario"), result.outcome),
    ]
    return html('<div class="beside">{scores}</div>', scores=scores(t, items))


def _score(t: Language, label: str, score: AuditReadiness) -> Score:
    remark = t("{n} of {total}, {day}", n=score.demonstrated, total=score.applicable, day=t.short_date(score.on))
    return Score(label, score.demonstrated, score.applicable, remark, score.counts)


def counts(t: Language, result: WhatIf) -> Html:
    """A table of the number of controls of each status; what the scenario changes is coloured."""
    every = (result.today.counts, result.forecast.counts, result.outcome.counts)
    heads = (t("Controls"), t("today"), t("nobody acts"), t("scenario"))
    statuses = [status for status in RULE_STATUSES if any(numbers.get(status) for numbers in every)]
    rows = join(_row(t, status, *(numbers.get(status, 0) for numbers in every)) for status in statuses)
    return html(
        '<table class="status-counts three"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>',
        heads=join(html('<th scope="col">{head}</th>', head=head) for head in heads),
        rows=rows,
    )


def _row(t: Language, status: str, today: int, then: int, scenario: int) -> Html:
    return html(
        '<tr><th scope="row">{mark}</th><td>{today}</td><td>{then}</td><td class="{kind}">{scenario}</td></tr>',
        mark=mark(t, status),
        today=today,
        then=then,
        kind=f"changed {css_class(status)}" if scenario != then else "",
        scenario=scenario,
    )


def blocking(t: Language, titles: TitleLookup, result: WhatIf) -> Html:
    """Whether the audit would be ready, and the controls that would not be demonstrated, folded."""
    left = [*result.outcome.gaps, *result.outcome.waiting]
    if not left:
        return note("demonstrated", t("In this scenario every control is demonstrated on the day."), "check_circle")
    words = t.n(
        "Still not ready: {n} control is not demonstrated.",
        "Still not ready: {n} controls are not demonstrated.",
        len(left),
    )
    rows = [(titles.control_link(t, control.key), mark(t, control.status)) for control in left]
    return html(
        '{note}<details class="more"><summary>{title}</summary>{rows}</details>',
        note=note("lapsing", words),
        title=t("Which ones"),
        rows=table((t("Control"), t("Status")), rows),
    )
