"""A catalogue that is not followed: its controls with the followed controls that they relate to."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from controls.browse.values import ControlRow, Partner
from controls.files.words import CROSSWALK_RELATIONS
from dashboard.components.control_list import folded_theme, tag
from dashboard.shell.badge import mark
from dashboard.shell.html import NONE, Html, address, html, join, link, table
from dashboard.shell.title_lookup import TitleLookup
from locales import Language


def comparison_tables(
    t: Language, titles: TitleLookup, controls: Sequence[ControlRow], today: Mapping[str, str]
) -> Html:
    """One table per theme, which unfolds, in the order of the catalogue."""
    themes = ((theme, list(group)) for theme, group in groupby(controls, key=lambda control: control.theme))
    tables = (_theme(t, titles, titles.theme(t, group[0].catalogue, theme), group, today) for theme, group in themes)
    return html('<div class="themes">{tables}</div>', tables=join(tables))


def related_table(t: Language, titles: TitleLookup, control: ControlRow, today: Mapping[str, str]) -> Html:
    """A table of the related controls in followed catalogues, with status, relation and reason."""
    own = _followed(titles, control)
    rows = [
        [
            mark(t, today.get(partner.control, "unknown")),
            titles.control_link(t, partner.control),
            _relation(t, partner),
        ]
        for partner in own
    ]
    heads = [t("Today"), t("Control"), t("Relation")]
    none = t("Nothing in the catalogues that your organisation follows.")
    return table(heads, rows, "related") if rows else html("<p>{words}</p>", words=none)


def _relation(t: Language, partner: Partner) -> Html:
    note = html("<br><small>{note}</small>", note=t.pick(partner, "note"))
    return join([t.render(CROSSWALK_RELATIONS[partner.relation]), note])


def sources(t: Language, control: ControlRow) -> Html:
    """The sources of the crosswalk."""
    names = "; ".join(
        dict.fromkeys(part for partner in control.partners for part in t.pick(partner, "source").split("; ") if part)
    )
    return html("<p><small>{words}</small></p>", words=t("Source: {sources}.", sources=names)) if names else Html("")


def _followed(titles: TitleLookup, control: ControlRow) -> list[Partner]:
    return [partner for partner in control.partners if partner.catalogue in titles.followed]


def _partners(t: Language, titles: TitleLookup, control: ControlRow, today: Mapping[str, str]) -> Html:
    own = _followed(titles, control)
    return join(_partner(t, titles, partner, today) for partner in own) if own else html("{none}", none=NONE)


def _theme(t: Language, titles: TitleLookup, name: str, group: list[ControlRow], today: Mapping[str, str]) -> Html:
    rows = join(
        html(
            "<tr><td>{ref}</td><td>{title}{tag}</td><td>{partners}</td></tr>",
            ref=link(address("control", key=control.key), control.ref),
            title=link(address("control", key=control.key), t.title(control), "quiet"),
            tag=tag(t, control),
            partners=_partners(t, titles, control, today),
        )
        for control in group
    )
    heads = (t("Control"), "", t("Related controls today"))
    head = join(html('<th scope="col">{name}</th>', name=name) for name in heads)
    template = '<table class="rows compared"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return folded_theme(t, name, len(group), html(template, head=head, rows=rows))


def _partner(t: Language, titles: TitleLookup, partner: Partner, today: Mapping[str, str]) -> Html:
    return html(
        '<p class="partner">{mark}<span>{ref} <small>{title}</small></span></p>',
        mark=mark(t, today.get(partner.control, "unknown")),
        ref=link(address("control", key=partner.control), titles.reference(t, partner.control)),
        title=t.title(partner),
    )
