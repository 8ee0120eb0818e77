"""The panel of one promise: status and reason, systems, required evidence and controls."""

from collections.abc import Iterable, Sequence

from controls.browse.values import MeasureRow, RequirementRow
from controls.mapping import MappingRow
from dashboard.components import days
from dashboard.components.cells import CellView, long_fact, worst_status
from dashboard.shell.badge import badge, mark
from dashboard.shell.html import Html, address, html, icon, join, link, query
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import MappingRelation, ReviewMode
from readiness import CellExplanation

_CONTROLS = 8


def panel(
    t: Language,
    titles: TitleLookup,
    measure: MeasureRow,
    status: str,
    cells: Sequence[CellView],
    why: CellExplanation | None,
) -> Html:
    return html(
        '<div class="panel">{close}{badge}<h2>{title}</h2>{quotes}{why}{systems}{required}{controls}</div>{actions}',
        close=link(query(measure="none"), t("Close"), "narrow close"),
        badge=badge(t, status),
        title=t.title(measure),
        quotes=join(html("<blockquote>{quote}</blockquote>", quote=clause.quote) for clause in measure.clauses[:2]),
        why=_why(t, titles, cells, why),
        systems=_systems(t, titles, measure, cells),
        required=join(_requirement(t, titles, requirement) for requirement in measure.requirements[:3]),
        controls=_controls(t, titles, measure.mappings),
        actions=_actions(t, measure),
    )


def deciding_cell(cells: Iterable[CellView]) -> CellView | None:
    """The cell that sets the status: the first of the worst."""
    views = list(cells)
    status = worst_status(view.status for view in views)
    return next((view for view in views if view.status == status), None)


def _why(t: Language, titles: TitleLookup, cells: Sequence[CellView], why: CellExplanation | None) -> Html:
    deciding = deciding_cell(cells)
    title = t("Why this status")
    if why is None or deciding is None:
        words = t("No evidence has been specified for this yet.")
        return html("<h3>{title}</h3><p>{words}</p>", title=title, words=words)
    facts = [fact for fact in why.facts if fact.deciding] or why.facts
    words = join([t.render(fact.text) for fact in facts[:2]], " ")
    place = titles.place(t, deciding.cell.system, deciding.cell.target)
    last = t("The worst item sets the status.") if len(cells) > 1 else ""
    template = "<h3>{title}</h3><p><b>{place}</b>: {words} {last}</p>"
    return html(template, title=title, place=place, words=words, last=last)


def _systems(t: Language, titles: TitleLookup, measure: MeasureRow, cells: Sequence[CellView]) -> Html:
    by_system: dict[str, list[CellView]] = {}
    for view in cells:
        by_system.setdefault(view.cell.system, []).append(view)
    order = [system for system in ("", *titles.systems) if system in by_system]
    lines = join(_system(t, titles, measure, system, by_system[system]) for system in order)
    return html("<h3>{title}</h3>{lines}", title=t("Per system"), lines=lines) if lines else Html("")


def _system(t: Language, titles: TitleLookup, measure: MeasureRow, system: str, cells: Sequence[CellView]) -> Html:
    deciding = deciding_cell(cells)
    assert deciding is not None  # noqa: S101 - a system without cells is not listed
    return html(
        '<div class="line"><span>{name}<small>{fact}</small></span>{mark}</div>',
        name=link(address("measure", key=measure.key, system=system), titles.system(t, system), "soft-link"),
        fact=long_fact(t, deciding.cell, titles.today),
        mark=mark(t, deciding.status),
    )


def _requirement(t: Language, titles: TitleLookup, requirement: RequirementRow) -> Html:
    pairs = requirement_facts(t, titles, requirement)
    return html(
        '<h3>{title}</h3><dl class="pairs">{pairs}</dl>',
        title=t.title(requirement),
        pairs=join(html("<dt>{name}</dt><dd>{value}</dd>", name=name, value=value) for name, value in pairs),
    )


def requirement_facts(t: Language, titles: TitleLookup, requirement: RequirementRow) -> list[tuple[str, object]]:
    """Facts of a requirement as names and values: kind of evidence, frequency, team, policy, review."""
    scopes = {"organisation": t("once for the organisation"), "system": t("per system"), "target": t("per target")}
    kinds = {"test": t("test result"), "register": t("register"), "record": t("document")}
    facts = [
        (t("Evidence"), f"{kinds.get(requirement.kind, requirement.kind)} ({', '.join(requirement.formats)})"),
        (t("How often"), f"{days.renewal(t, requirement.renewal)}, {scopes.get(requirement.scope, requirement.scope)}"),
        (t("Team"), titles.team(t, requirement.team)),
    ]
    if policy := titles.policy_of(requirement):
        facts.append((t("Policy"), titles.policy_link(t, policy)))
    review = t("a second person") if requirement.review == ReviewMode.REQUIRED else t("automatically, by the policy")
    return [*facts, (t("Accepted by"), review)]


def _controls(t: Language, titles: TitleLookup, mappings: Sequence[MappingRow]) -> Html:
    primary = [row for row in mappings if row.relation == MappingRelation.PRIMARY and row.reviewed_at]
    lines = join(html("<p>{control}</p>", control=titles.control_link(t, row.control)) for row in primary[:_CONTROLS])
    more = (
        html("<p><small>{more}</small></p>", more=t("{n} more", n=len(primary) - _CONTROLS))
        if len(primary) > _CONTROLS
        else ""
    )
    return html("<h3>{title}</h3>{lines}{more}", title=t("Basis for"), lines=lines, more=more) if primary else Html("")


def _actions(t: Language, measure: MeasureRow) -> Html:
    requirement = measure.requirements[0].key if measure.requirements else ""
    upload = link(
        address("upload", requirement=requirement), join([icon("upload_file"), t("Upload evidence")]), "button first"
    )
    more = link(address("measure", key=measure.key), join([t("Open the measure"), icon("arrow_forward")]), "button")
    return html('<div class="actions below">{upload}{more}</div>', upload=upload, more=more)
