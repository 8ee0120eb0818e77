"""Whose review a mapping rests on: the organisation's own, the editors' of the statement, or nobody's yet."""

from controls.mapping import MappingRow
from dashboard.components.badge import mark
from dashboard.shell.html import Html, html
from locales import Language


def reviewed(t: Language, row: MappingRow) -> Html | str:
    """Who reviewed it and when; a review that came with the statement says that nobody here has confirmed it."""
    if row.reviewed_at is None:
        return mark(t, "in_review", t("waits for review"))
    if row.confirmed_at is None:
        return html(
            '<span class="two">{by}<small>{words}</small></span>',
            by=t("the editors' review ({name})", name=row.reviewed_by),
            words=t("came with the statement; not confirmed by your organisation"),
        )
    if row.confirmed_by == row.reviewed_by:
        return t("reviewed by {name}, {day}", name=row.reviewed_by, day=t.day_of(row.reviewed_at))
    return t("confirmed by {name}, {day}", name=row.confirmed_by, day=t.day_of(row.confirmed_at))
