"""A control in our own words: its purpose, what an auditor looks for, typical evidence and requirements."""

from controls.browse.values import ControlDetail, ExplanationRow, RequirementRow
from controls.files.words import EVIDENCE_KINDS, POINTS, SCOPES
from dashboard.components import days
from dashboard.shell.html import Html, address, html, join, link, section, table
from dashboard.shell.title_lookup import TitleLookup
from locales import Language


def explanation_section(t: Language, titles: TitleLookup, detail: ControlDetail) -> Html:
    """What an auditor looks for and typical evidence, then the evidence required directly by the control."""
    explanation = detail.explanation
    parts = [_looks_for(t, explanation), _shown(t, explanation)] if explanation else []
    return join([*parts, _required_evidence(t, titles, detail.requirements)])


def purpose(t: Language, explanation: ExplanationRow | None) -> Html:
    """The purpose of a control in one sentence; nothing without an explanation."""
    if explanation is None:
        return Html("")
    return html('<div class="prose small"><p>{words}</p></div>', words=_sentences(t.pick(explanation, "purpose"))[0])


def purpose_rest(t: Language, explanation: ExplanationRow | None) -> Html:
    """The sentences after the first."""
    rest = _sentences(t.pick(explanation, "purpose"))[1] if explanation else ""
    return html('<div class="prose small"><p>{words}</p></div>', words=rest) if rest else Html("")


def _sentences(words: str) -> tuple[str, str]:
    """The first sentence, and the rest."""
    first, dot, rest = words.partition(". ")
    return (f"{first}.", rest) if dot else (words, "")


def _looks_for(t: Language, explanation: ExplanationRow) -> Html:
    rows = join(
        html(
            '<tr><td><span class="tag {kind}">{label}</span></td><td>{words}</td></tr>',
            kind=point.kind,
            label=t.render(POINTS[point.kind]),
            words=point.nl if t.code == "nl" else point.en,
        )
        for point in explanation.looks_for
    )
    head = section(t("What an auditor looks for"), t("in our own words, not the standard's"))
    return join([head, html('<table class="rows points"><tbody>{rows}</tbody></table>', rows=rows)])


def _shown(t: Language, explanation: ExplanationRow) -> Html:
    words = html('<div class="prose small"><p>{words}</p></div>', words=t.pick(explanation, "shown"))
    return join([section(t("What a small supplier provides"), t("an example, not a requirement")), words])


def _required_evidence(t: Language, titles: TitleLookup, requirements: tuple[RequirementRow, ...]) -> Html:
    if not requirements:
        return Html("")
    whose = t("with this product's acceptance criteria; they may ask more than the control, such as a number or a term")
    head = section(t("Evidence required directly by the control"), whose)
    rows = [[_requirement(t, titles, requirement), titles.criteria(t, requirement)] for requirement in requirements]
    return join([head, table([t("Evidence requirement"), t("Acceptance criteria")], rows, "asked")])


def _judged_by(t: Language, titles: TitleLookup, policy: str) -> Html:
    return html("{words} {policy}", words=t("evaluated by"), policy=titles.policy_link(t, policy))


def _requirement(t: Language, titles: TitleLookup, requirement: RequirementRow) -> Html:
    kind, scope = t.render(EVIDENCE_KINDS[requirement.kind]), t.render(SCOPES[requirement.scope])
    renewal, team = days.renewal(t, requirement.renewal), titles.team(t, requirement.team)
    facts = [kind, renewal, scope, team, ", ".join(requirement.formats)]
    policy = titles.policy_of(requirement)
    documented = html('<span class="tag">{label}</span>', label=t("Mandatory documented information"))
    return html(
        "<span class='two'><b>{title}</b> {documented}<small>{facts}{policy}</small></span>",
        title=link(address("upload", requirement=requirement.key), t.title(requirement), "soft-link"),
        documented=documented if requirement.documented else "",
        facts=" · ".join(facts),
        policy=html(" · {judged}", judged=_judged_by(t, titles, policy)) if policy else "",
    )
