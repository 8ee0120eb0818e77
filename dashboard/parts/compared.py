"""A catalogue that is not followed: its controls beside the followed ones that they relate to, as those stand today."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from controls.views import ControlRow, Partner
from controls.words import CROSSWALK_RELATIONS
from dashboard.parts.badge import mark
from dashboard.parts.book import Book
from dashboard.parts.control_list import tag
from dashboard.parts.markup import Html, address, html, join, link, section
from locales import Language


def compared(t: Language, book: Book, controls: Sequence[ControlRow], today: Mapping[str, str]) -> Html:
    """One table a theme, in the catalogue's order."""
    themes = ((theme, list(group)) for theme, group in groupby(controls, key=lambda one: one.theme))
    return join(_theme(t, book, book.theme(t, group[0].catalogue, theme), group, today) for theme, group in themes)


def partners(t: Language, book: Book, control: ControlRow, today: Mapping[str, str]) -> Html:
    """What it relates to in followed catalogues: how, and the status of each today."""
    own = [one for one in control.partners if one.catalogue in book.followed]
    if not own:
        return html("<small>{words}</small>", words=t("Nothing in the catalogues that the organisation follows."))
    return join(_partner(t, book, one, today) for one in own)


def _theme(t: Language, book: Book, name: str, group: list[ControlRow], today: Mapping[str, str]) -> Html:
    rows = join(
        html(
            "<tr><td>{ref}</td><td>{title}{tag}</td><td>{partners}</td></tr>",
            ref=link(address("control", key=one.key), one.ref),
            title=link(address("control", key=one.key), t.title(one), "quiet"),
            tag=tag(t, one),
            partners=partners(t, book, one, today),
        )
        for one in group
    )
    heads = (t("Control"), "", t("Related controls, today"))
    head = join(html('<th scope="col">{name}</th>', name=one) for one in heads)
    return join(
        [
            section(name),
            html(
                '<table class="rows compared"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
                head=head,
                rows=rows,
            ),
        ]
    )


def _partner(t: Language, book: Book, one: Partner, today: Mapping[str, str]) -> Html:
    return html(
        "<p>{mark} {ref} <small>{title}, {relation}</small></p>",
        mark=mark(t, today.get(one.control, "unknown")),
        ref=link(address("control", key=one.control), book.reference(t, one.control)),
        title=t.title(one),
        relation=t.render(CROSSWALK_RELATIONS[one.relation]),
    )
