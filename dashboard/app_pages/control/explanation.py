"""A control in our own words: its purpose, what an auditor looks for, typical evidence and requirements."""

from controls.browse.rows import ControlDetail, ExplanationRow, RequirementRow
from controls.files.words import EVIDENCE_KINDS, POINTS, SCOPES
from dashboard.components import days
from dashboard.shell.html import Html, address, html, join, link, policy_link, section, table
from dashboard.shell.title_lookup import TitleLookup
from locales import Language


def explained(t: Language, titles: TitleLookup, detail: ControlDetail) -> Html:
    """What an auditor looks for and typical evidence, then the evidence required directly by the control."""
    found = detail.explanation
    parts = [_looks_for(t, found), _shown(t, found)] if found else []
    return join([*parts, _asked(t, titles, detail.requirements)])


def purpose(t: Language, found: ExplanationRow | None) -> Html:
    """The purpose of a control; nothing without an explanation."""
    return html('<div class="prose small"><p>{words}</p></div>', words=t.pick(found, "purpose")) if found else Html("")


def _looks_for(t: Language, found: ExplanationRow) -> Html:
    rows = join(
        html(
            '<tr><td><span class="tag {kind}">{word}</span></td><td>{words}</td></tr>',
            kind=point.kind,
            word=t.render(POINTS[point.kind]),
            words=point.nl if t.code == "nl" else point.en,
        )
        for point in found.looks_for
    )
    head = section(t("What an auditor looks for"), t("in our own words, not the standard's"))
    return join([head, html('<table class="rows points"><tbody>{rows}</tbody></table>', rows=rows)])


def _shown(t: Language, found: ExplanationRow) -> Html:
    words = html('<div class="prose small"><p>{words}</p></div>', words=t.pick(found, "shown"))
    return join([section(t("What a small supplier provides")), words])


def _asked(t: Language, titles: TitleLookup, requirements: tuple[RequirementRow, ...]) -> Html:
    if not requirements:
        return Html("")
    head = section(t("Evidence required directly by the control"))
    rows = [[_requirement(t, titles, one), t.pick(one, "judged")] for one in requirements]
    return join([head, table([t("Evidence requirement"), t("Acceptance criteria")], rows, "asked")])


def _judged_by(t: Language, policy: str) -> Html:
    return html("{words} {policy}", words=t("evaluated by"), policy=policy_link(policy))


def _requirement(t: Language, titles: TitleLookup, one: RequirementRow) -> Html:
    kind, scope = t.render(EVIDENCE_KINDS[one.kind]), t.render(SCOPES[one.scope])
    facts = [kind, days.renewal(t, one.renewal), scope, titles.team(t, one.team), ", ".join(one.formats)]
    return html(
        "<span class='two'><b>{title}</b> {documented}<small>{facts}{policy}</small></span>",
        title=link(address("upload", requirement=one.key), t.title(one), "soft-link"),
        documented=html('<span class="tag">{word}</span>', word=t("Mandatory documented information"))
        if one.documented
        else "",
        facts=" · ".join(facts),
        policy=html(" · {judged}", judged=_judged_by(t, one.policy)) if one.policy else "",
    )
