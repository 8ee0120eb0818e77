"""Sections of a measure's page: sentence, facts, quotes and controls."""

from collections.abc import Mapping, Sequence
from datetime import date

from controls.browse.values import MeasureRow
from dashboard.components.cells import CellView, long_fact
from dashboard.components.mapping_review import review_of_mapping
from dashboard.components.timeline import audit_day_fact, share_fact
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, join, link, section, table
from dashboard.shell.html import facts as facts_of
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import MappingRelation, Status
from readiness import Continuity, Readiness

_HELD = ("demonstrated", "lapsing")


def sentence(t: Language, measure: MeasureRow, status: str, cells: Sequence[CellView]) -> str:
    """One sentence: how many of the required items are demonstrated."""
    title = t.title(measure)
    required = [view for view in cells if view.status != Status.EXCLUDED]
    if status == Status.EXCLUDED:
        return t("{title}: not applicable.", title=title)
    if not required:
        return t("{title}: no evidence has been specified yet.", title=title)
    demonstrated = [view for view in required if view.status in _HELD]
    if len(demonstrated) == len(required):
        return t.n(
            "{title} is demonstrated for the one item required.",
            "{title} is demonstrated for all {n} items required.",
            len(required),
            title=title,
        )
    return t.n(
        "{title} is not demonstrated for the one item required.",
        "{title} is demonstrated for {held} of {n} items required.",
        len(required),
        title=title,
        held=len(demonstrated),
    )


def place_and_fact(t: Language, titles: TitleLookup, deciding: CellView, today: date) -> str:
    """The place of the worst cell, and the day behind its status."""
    place = titles.place(t, deciding.cell.system, deciding.cell.target)
    fact = long_fact(t, deciding.cell, today)
    return f"{place}: {fact}." if fact else ""


def quotes(measure: MeasureRow) -> Html:
    """The passages with the promise, each with a link to its place in the statement."""
    each = join(
        html(
            '<blockquote class="quote">{quote} {to}</blockquote>',
            quote=clause.quote,
            to=link(address("statement", measure=measure.key), clause.section),
        )
        for clause in measure.clauses
    )
    return html('<div class="quotes">{each}</div>', each=each)


def facts(
    t: Language, context: PageContext, measure: MeasureRow, then: Readiness | None, over_time: Continuity
) -> Html:
    primary = [row for row in measure.mappings if row.relation == MappingRelation.PRIMARY]
    later = then.measures.get(measure.key) if then else None
    teams = dict.fromkeys(context.titles.team(t, requirement.team) for requirement in measure.requirements)
    return facts_of(
        [
            (
                t("Promised in"),
                t.n("{n} passage", "{n} passages", len(measure.clauses)),
                ", ".join(dict.fromkeys(clause.section for clause in measure.clauses)),
            ),
            audit_day_fact(t, context, later.status if later else None),
            share_fact(t, over_time),
            (t("Basis for"), t.n("{n} control", "{n} controls", len(primary)), ", ".join(teams)),
        ]
    )


def controls(t: Language, titles: TitleLookup, measure: MeasureRow, statuses: Mapping[str, str]) -> Html:
    """A table of the controls mapped to the measure, primary ones first."""
    head = [t("Status"), t("Control"), t("Relation"), t("Reason for the mapping"), t("Review")]
    mappings = sorted(measure.mappings, key=lambda row: (row.relation != MappingRelation.PRIMARY, row.catalogue))
    rows = [
        [
            mark(t, statuses.get(row.control, "unknown")),
            titles.control_link(t, row.control),
            t("primary") if row.relation == MappingRelation.PRIMARY else t("supporting"),
            t.pick(row, "rationale"),
            review_of_mapping(t, row),
        ]
        for row in mappings
    ]
    remark = t("a supporting or unreviewed mapping is never enough to demonstrate a control")
    return join([section(t("Controls"), remark), table(head, rows, "mapped")]) if rows else Html("")
