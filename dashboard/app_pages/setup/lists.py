"""Tables of the set up page: systems and targets, teams, the audit, and the mapping."""

from collections.abc import Mapping, Sequence

from controls.audit.audit_plan import AuditPlan
from controls.files.words import SYSTEM_ATTRIBUTES
from controls.mapping import MappingRow
from controls.scope.system_scope import SystemInScope, TargetInScope
from controls.statement.statement_versions import RewordedMeasure
from dashboard.components import days
from dashboard.components.mapping_review import review_of_mapping
from dashboard.components.version_comparison import reason
from dashboard.shell.html import Html, html, join, table, two_lines
from dashboard.shell.html import facts as facts_of
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import MappingRelation


def systems(t: Language, scope: Sequence[SystemInScope]) -> Html:
    rows = [
        [
            two_lines(t.title(system), t("in scope since {day}", day=system.first_day)),
            _attributes(t, system) or html("<small>{words}</small>", words=_without_attributes(t)),
            _targets(t, system),
        ]
        for system in scope
    ]
    return table([t("System"), t("Attributes"), t("Targets")], rows)


def _attributes(t: Language, system: SystemInScope) -> Html:
    known = [SYSTEM_ATTRIBUTES[attribute] for attribute in system.attributes if attribute in SYSTEM_ATTRIBUTES]
    return join((t.render(name) for name in known), "; ")


def _without_attributes(t: Language) -> str:
    return t("none: evidence that depends on an attribute is not requested of this system")


def _targets(t: Language, system: SystemInScope) -> Html:
    """The targets with their addresses; of a system without targets its own addresses."""
    if not system.targets:
        words = t("none: the system is tested as a whole")
        return html("<small>{words}</small>{others}", words=words, others=_other_addresses(t, system))
    return join(
        html("<div>{target}{others}</div>", target=target.target, others=_other_addresses(t, target))
        for target in system.targets
    )


def _other_addresses(t: Language, place: SystemInScope | TargetInScope) -> Html:
    """Today's addresses of a system or target, besides its own name."""
    named = ", ".join(address_row.address for address_row in place.addresses)
    return html("<br><small>{words}</small>", words=t("also {addresses}", addresses=named)) if named else Html("")


def teams(t: Language, titles: TitleLookup) -> Html:
    rows = []
    for key, team in titles.teams.items():
        owned = [t.title(requirement) for requirement in titles.requirements.values() if requirement.team == key]
        named = ", ".join(owned[:4]) + (" …" if len(owned) > 4 else "")  # noqa: PLR2004 - four fit on a line
        rows.append(
            [two_lines(t.title(team), t.n("{n} evidence requirement", "{n} evidence requirements", len(owned))), named]
        )
    return table([t("Team"), t("Provides")], rows)


def audit(t: Language, titles: TitleLookup, plan: AuditPlan) -> Html:
    names = [
        f"{t.pick(titles.catalogues[key], 'short')} ({titles.catalogues[key].edition})"
        for key in plan.catalogues
        if key in titles.catalogues
    ]
    systems = ", ".join(titles.system(t, key) for key in plan.systems) or t("all systems in scope")
    return facts_of(
        [
            (t("Audit"), plan.title, ""),
            (t("Date"), t.date(plan.day), days.due(t, plan.day, titles.today)),
            (t("Period"), days.between(t, plan.period_first, plan.period_last), ""),
            (t("Criteria and scope"), join(html("<div>{name}</div>", name=name) for name in names), systems),
        ]
    )


def mappings(
    t: Language, titles: TitleLookup, rows: Sequence[MappingRow], why: Mapping[str, RewordedMeasure], *, of_one: bool
) -> Html:
    """A table of mappings; of one measure without its name. `why`: changed sentences by measure."""
    head = [t("Control"), t("Relation"), t("Reason for the mapping"), t("Review")]
    lines = [
        [
            titles.control_link(t, row.control),
            t("primary") if row.relation == MappingRelation.PRIMARY else t("supporting"),
            t.pick(row, "rationale"),
            join(
                [
                    review_of_mapping(t, row),
                    "" if row.reviewed_at else reason(t, _reason_to_review_again(rows, number, why)),
                ]
            ),
        ]
        for number, row in enumerate(rows)
    ]
    if of_one:
        return table(head, lines, "mapping")
    named = [[t.pick(row, "measure"), *line] for row, line in zip(rows, lines, strict=True)]
    return table([t("Measure"), *head], named, "mapping-all")


def _reason_to_review_again(
    rows: Sequence[MappingRow], number: int, why: Mapping[str, RewordedMeasure]
) -> RewordedMeasure | None:
    """Changes since the version that the row was proposed with; only at a measure's first row."""
    row = rows[number]
    changed = why.get(row.measure)
    before = number > 0 and rows[number - 1].measure == row.measure and rows[number - 1].reviewed_at is None
    if before or changed is None or changed.since is None or row.proposed_at < changed.since:
        return None
    return changed
