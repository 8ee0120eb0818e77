"""The sentence that answers whether the organisation is ready, today and on the day of the audit, with its numbers."""

from dashboard.charts.scores import Score
from dashboard.components import days
from dashboard.shell.html import Html, html
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status
from readiness import AuditReadiness


def verdict(t: Language, current: AuditReadiness, then: AuditReadiness | None) -> str:
    """One sentence; "ready" only if every applicable control is demonstrated. Waiting for review is no gap."""
    lost = losses(current, then) if then else 0
    total = current.applicable
    if words := _not_judged(t, current):
        return words
    if current.demonstrated == 0:
        return t.n(
            "Not ready: the one control is not demonstrated yet.",
            "Not ready: none of the {n} controls is demonstrated yet.",
            total,
        )
    if current.ready:
        return _ready(t, total, lost, then)
    gaps = len(current.gaps)
    if not gaps:
        n = len(current.waiting)
        return t.n(
            "Almost ready: {n} of {total} controls awaits only our own review.",
            "Almost ready: {n} of {total} controls await only our own review.",
            n,
            total=total,
        )
    if not lost:
        return t.n(
            "Not ready: {n} of {total} controls has no valid evidence today.",
            "Not ready: {n} of {total} controls have no valid evidence today.",
            gaps,
            total=total,
        )
    first = t.n(
        "Not ready: {n} of {total} controls has no valid evidence today",
        "Not ready: {n} of {total} controls have no valid evidence today",
        gaps,
        total=total,
    )
    return t.n(
        "{first}, and the evidence for {n} more expires before the audit.",
        "{first}, and the evidence for {n} more will expire before the audit.",
        lost,
        first=first,
    )


def _not_judged(t: Language, current: AuditReadiness) -> str:
    """Of which controls there is no judgement at all; empty if there is of all."""
    if not current.applicable:
        return t("No catalogue has been loaded yet, so there are no controls to assess.")
    keys = ", ".join(current.not_followed)
    if not keys:
        return ""
    return t("Not ready: {keys} is a criterion of the audit and is no longer followed, so not judged.", keys=keys)


def _ready(t: Language, total: int, lost: int, then: AuditReadiness | None) -> str:
    if lost:
        return t.n(
            "Ready today, but the evidence for {n} of {total} controls expires before the audit.",
            "Ready today, but the evidence for {n} of {total} controls will expire before the audit.",
            lost,
            total=total,
        )
    if then:
        return t.n(
            "Ready: the one control is demonstrated today and remains so until the audit.",
            "Ready: all {n} controls are demonstrated today and remain so until the audit.",
            total,
        )
    return t.n(
        "Ready: the one control is demonstrated today.", "Ready: all {n} controls are demonstrated today.", total
    )


def losses(current: AuditReadiness, then: AuditReadiness) -> int:
    """The number of controls that are demonstrated today but no longer on the day of the audit."""
    later = then.readiness.controls
    open_then = {control.key for control in (*then.gaps, *then.waiting)}
    demonstrated = (key for key, control in current.readiness.controls.items() if control.status == Status.DEMONSTRATED)
    return sum(1 for key in demonstrated if key in open_then and key in later)


def where(t: Language, title: str, day: object, titles: TitleLookup, systems: int) -> Html:
    """The audit, its day, the days left and the number of systems, on one line."""
    return html(
        "<b>{title}</b> · {day}, {left} · {systems}",
        title=title,
        day=t.value(day),
        left=days.due(t, day, titles.today),  # type: ignore[arg-type]
        systems=t.n("{n} system", "{n} systems", systems),
    )


def score(t: Language, label: str, readiness_score: AuditReadiness, *, forecast: bool = False) -> Score:
    """A score with its numerator, denominator and the number of controls with an exception."""
    held, applicable = readiness_score.demonstrated, readiness_score.applicable
    of = (
        t("{n} of {total} if nobody acts", n=held, total=applicable)
        if forecast
        else t.n("{held} of {n} control", "{held} of {n} controls", applicable, held=held)
    )
    excepted = t(", {n} with exception", n=readiness_score.with_exception) if readiness_score.with_exception else ""
    return Score(label, readiness_score.demonstrated, readiness_score.applicable, of + excepted, readiness_score.counts)
