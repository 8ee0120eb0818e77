"""Who reviewed a mapping: the organisation, the editors of the statement, or nobody yet."""

from controls.mapping import MappingRow
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html
from locales import Language


def review_of_mapping(t: Language, row: MappingRow) -> Html | str:
    """Who reviewed a mapping and when; says so if a review came with the statement and is not confirmed."""
    if row.reviewed_at is None:
        return mark(t, "in_review", t("awaiting review"))
    if row.confirmed_at is None:
        return html(
            '<span class="two">{by}<small>{words}</small></span>',
            by=t("editors' review ({name})", name=row.reviewed_by),
            words=t("came with the statement; not yet confirmed by your organisation"),
        )
    if row.confirmed_by == row.reviewed_by:
        return t("reviewed by {name}, {day}", name=row.reviewed_by, day=t.day_of(row.reviewed_at))
    return t("confirmed by {name}, {day}", name=row.confirmed_by, day=t.day_of(row.confirmed_at))
