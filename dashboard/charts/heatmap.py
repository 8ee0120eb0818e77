"""Measures by system: rows in groups, worst first; each tile links to its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.shell.badge import legend
from dashboard.shell.html import Html, html, icon, join, link
from dashboard.shell.status_styles import STATUSES, css_class
from locales import Language


@dataclass(frozen=True, slots=True)
class Tile:
    """One measure on one system: its worst status, a short fact, a title and an address."""

    status: str
    fact: str
    title: str
    to: str


@dataclass(frozen=True, slots=True)
class Row:
    """A measure with its tiles; None where nothing is required."""

    title: str
    to: str
    tiles: Sequence[Tile | None]
    flag: object = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; a `calm` group is folded on a phone. `counted`: whether the heading has their number."""

    title: str
    rows: Sequence[Row]
    calm: bool = False
    counted: bool = True


def heatmap(t: Language, columns: Sequence[str], groups: Sequence[Group]) -> Html:
    head = join(
        html('<th scope="col"><span title="{name}">{name}</span></th>', name=name) for name in [t("Measure"), *columns]
    )
    body = join(_group(group, len(columns) + 1) for group in groups if group.rows)
    used = {tile.status for group in groups for row in group.rows for tile in row.tiles if tile}
    return html(
        '<table class="heat"><thead><tr>{head}</tr></thead>{body}</table>{legend}',
        head=head,
        body=body,
        legend=legend(t, [status for status in STATUSES if status in used]),
    )


def _group(group: Group, width: int) -> Html:
    return html(
        '<tbody class="{kind}"><tr class="group"><th colspan="{width}" scope="rowgroup">{title}</th></tr>'
        "{rows}</tbody>",
        kind="calm" if group.calm else "",
        width=width,
        title=f"{group.title} · {len(group.rows)}" if group.counted else group.title,
        rows=join(_row(row) for row in group.rows),
    )


def _row(row: Row) -> Html:
    tiles = join(_tile(tile) for tile in row.tiles)
    title = join([link(row.to, row.title, "quiet"), row.flag])
    return html('<tr><th scope="row">{title}</th>{tiles}</tr>', title=title, tiles=tiles)


def _tile(tile: Tile | None) -> Html:
    if tile is None:
        return Html('<td class="none">·</td>')
    look = STATUSES[tile.status]
    inside = html("{icon}<span>{fact}</span>", icon=icon(look.icon), fact=tile.fact)
    kind = f"tile {look.cell} {css_class(tile.status)}"
    label = html('<span class="unseen">{title}</span>', title=tile.title)
    return html("<td>{link}</td>", link=link(tile.to, join([inside, label]), kind, tile.title))
