"""A measure that no statement promises any more: since when, and the mapping that it had."""

from collections.abc import Sequence

from controls.browse.values import MeasureRow
from controls.mapping import MappingRow
from dashboard.shell.html import Html, address, answer, crumbs, join, link, section, table
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import MappingRelation


def retired_measure(t: Language, titles: TitleLookup, measure: MeasureRow, mappings: Sequence[MappingRow]) -> Html:
    """Its answer, and each row of its mapping with when it ended and by whom."""
    way = crumbs(link(address("measures"), t("Measures")), t.title(measure))
    remark = t(
        "It has not counted since {moment}. Its evidence and its mapping stay on record.",
        moment=measure.retired_at,
    )
    head = [t("Control"), t("Relation"), t("Reason for the mapping"), t("Ended")]
    rows = [_row(t, titles, row) for row in mappings]
    history = join([section(t("Controls")), table(head, rows, "mapped")]) if rows else Html("")
    return join([answer(t("{title} is no longer promised.", title=t.title(measure)), way, remark), history])


def _row(t: Language, titles: TitleLookup, row: MappingRow) -> list[object]:
    relation = t("primary") if row.relation == MappingRelation.PRIMARY else t("supporting")
    return [titles.control_link(t, row.control), relation, t.pick(row, "rationale"), _ended(t, row)]


def _ended(t: Language, row: MappingRow) -> str:
    if row.ended_at is None:
        return ""
    if row.ended_by:
        return t("{moment}, by {name}", moment=row.ended_at, name=row.ended_by)
    return t("{moment}, by a load of the files", moment=row.ended_at)
