"""What each first step says: its title, the facts, and where it is taken."""

from dataclasses import dataclass
from typing import Final

from audits.first_steps import FirstSteps, Step
from dashboard.shell import html
from dashboard.shell.html import Html
from dashboard.shell.page_context import PageContext
from locales import Language, Text, text

TITLES: Final[dict[Step, Text]] = {
    Step.STATEMENT: text("Your statement"),
    Step.SYSTEMS: text("Systems and addresses"),
    Step.AUDIT: text("The day of the audit"),
    Step.COLLEAGUES: text("Your colleagues"),
    Step.MAPPING: text("Mapping to the standards"),
    Step.UPLOAD: text("Your first evidence"),
}
_PLACES: Final[dict[Step, tuple[str, dict[str, str]]]] = {
    Step.STATEMENT: ("start", {}),
    Step.SYSTEMS: ("setup", {"part": "systems"}),
    Step.AUDIT: ("setup", {"part": "audit"}),
    Step.COLLEAGUES: ("people", {}),
    Step.MAPPING: ("setup", {"part": "mapping"}),
    Step.UPLOAD: ("upload", {}),
}
_ACTIONS: Final[dict[Step, tuple[Text, Text]]] = {
    Step.STATEMENT: (text("Choose"), text("Choose another")),
    Step.SYSTEMS: (text("Add"), text("Change")),
    Step.AUDIT: (text("Plan"), text("Change")),
    Step.COLLEAGUES: (text("Invite"), text("Invite more")),
    Step.MAPPING: (text("Look at it"), text("Look at it")),
    Step.UPLOAD: (text("Upload"), text("Upload more")),
}


@dataclass(frozen=True, slots=True)
class StepWords:
    """`action`: the words of the link while the step is open, `again` once it is finished."""

    title: str
    facts: object
    to: str
    action: str
    again: str


def of(t: Language, context: PageContext, steps: FirstSteps, step: Step) -> StepWords:
    """The words of a step."""
    page, values = _PLACES[step]
    action, again = _ACTIONS[step]
    facts = {
        Step.STATEMENT: _statement,
        Step.SYSTEMS: _systems,
        Step.AUDIT: _audit,
        Step.COLLEAGUES: _colleagues,
        Step.MAPPING: _mapping,
        Step.UPLOAD: _upload,
    }[step](t, context, steps)
    return StepWords(t.render(TITLES[step]), facts, html.address(page, **values), t.render(action), t.render(again))


def _statement(t: Language, _context: PageContext, steps: FirstSteps) -> object:
    if not steps.statements:
        return t("There is no statement yet: start from your own text.")
    row = steps.statements[0]
    of_whom = t.n(
        "of {organisation}, in effect since {day}. {n} sentence makes promises.",
        "of {organisation}, in effect since {day}. {n} sentences make promises.",
        row.clauses,
        organisation=row.organisation,
        day=row.effective,
    )
    question = t("Is this your statement?") if Step.STATEMENT in steps.open else ""
    return html.html("<em>{title}</em>, {of_whom} {question}", title=t.title(row), of_whom=of_whom, question=question)


def _systems(t: Language, context: PageContext, steps: FirstSteps) -> object:
    if not steps.systems:
        return t("Which services does your statement cover? Tests count for an address of a system.")
    names = ", ".join(t.title(row) for row in context.scope if row.key in steps.systems)
    targets = t.n("with {n} address or component", "with {n} addresses and components", steps.targets)
    end = t("Add the addresses that are tested, and end what is not yours.") if not steps.targets else ""
    return t("{names}, {targets}. {end}", names=names, targets=targets, end=end).strip()


def _audit(t: Language, _context: PageContext, steps: FirstSteps) -> object:
    if steps.audit_day:
        return t("On {day}.", day=steps.audit_day)
    return t("From the day follows which evidence expires before it, and who must provide what by when.")


def _colleagues(t: Language, _context: PageContext, steps: FirstSteps) -> object:
    have = t.n("{n} colleague has an account.", "{n} colleagues have an account.", steps.colleagues)
    without = steps.teams_without_people
    empty = t.n(
        "{n} team has nobody yet: invite one colleague for it, or do its work yourself at first.",
        "{n} teams have nobody yet: invite one colleague for each, or do their work yourself at first.",
        without,
    )
    return " ".join([*([have] if steps.colleagues else []), *([empty] if without else [])]) or have


def _mapping(t: Language, _context: PageContext, steps: FirstSteps) -> object:
    if steps.waiting:
        return t.n(
            "{n} proposal: which measure demonstrates which control? It counts once you have reviewed it.",
            "{n} proposals: which measure demonstrates which control? They count once you have reviewed them.",
            steps.waiting,
        )
    if steps.unconfirmed:
        return t.n(
            "{n} mapping came with the statement and counts; confirm that it is right for you.",
            "{n} mappings came with the statement and count; confirm that they are right for you.",
            steps.unconfirmed,
        )
    return t("Your organisation reviewed every mapping.")


def _upload(t: Language, _context: PageContext, _steps: FirstSteps) -> object:
    return t("Drop a test report or a document; it is recognised by its content.")


def ready_made(t: Language, context: PageContext, steps: FirstSteps) -> Html:
    """What is there already, and what the product did by itself."""
    controls = sum(1 for row in context.titles.controls.values() if row.catalogue in context.criteria)
    standards = ", ".join(t.title(context.titles.catalogues[key]) for key in context.criteria)
    items = [
        ("menu_book", t.n("{n} control", "{n} controls", controls), standards),
        (
            "fact_check",
            t.n("{n} kind of evidence", "{n} kinds of evidence", len(context.titles.requirements)),
            t("with a team, a validity and the tests that judge them"),
        ),
    ]
    if steps.has_own_system:
        own = t("It keeps your evidence, so your audit covers it. You can end it under Systems.")
        items.append(("shield", t("Aantoonbaar itself, as a system"), own))
    lines = html.join(
        html.html(
            "<li>{icon}<div><b>{what}</b><small>{why}</small></div></li>", icon=html.icon(icon), what=what, why=why
        )
        for icon, what, why in items
    )
    return html.html('{head}<ul class="ready-made">{lines}</ul>', head=html.section(t("Already there")), lines=lines)
