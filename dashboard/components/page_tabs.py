"""Tabs between pages that belong together."""

from access.permissions import Person, may
from dashboard.shell.html import Html, address, html, join
from dashboard.shell.pages import PAGES, TABS
from locales import Language


def page_tabs(t: Language, person: Person, current: str) -> Html:
    """Tabs of the pages that belong with the current one and that the reader can open; nothing if there is only one."""
    label, names = next((label, names) for label, names in TABS if current in names)
    open_to = {name: PAGES[name].title for name in names if any(may(person, item) for item in PAGES[name].permissions)}
    if len(open_to) < 2:  # noqa: PLR2004 - one tab is no choice
        return Html("")
    links = join(_tab(name, t.render(title), is_current=name == current) for name, title in open_to.items())
    return html('<nav class="tabs" aria-label="{label}">{links}</nav>', label=t.render(label), links=links)


def _tab(name: str, title: str, *, is_current: bool) -> Html:
    here = Html(' aria-current="page"') if is_current else ""
    return html('<a href="{to}" data-go{here}>{title}</a>', to=address(name), title=title, here=here)
