"""HTML that escapes: every value that is not `Html` (MarkupSafe's `Markup`) is escaped when it is put into a template.

Evidence comes from strangers; a test's name or a file's name may be HTML.
"""

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape_silent

from dashboard.shell.pages import PAGES
from dashboard.shell.status_styles import css_class

_NAME = re.compile(r"`([^`]*)`")  # set apart, as in Markdown
#: For an empty value.
NONE = "\N{EN DASH}"
#: The pages that the reader may not open, and uploads for other teams (`upload?requirement=…`): no links to these.
CLOSED: ContextVar[frozenset[str]] = ContextVar("closed", default=frozenset())
#: Values of the address that say which other day is shown, which links keep; None: the page shows today only.
DAY: ContextVar[Mapping[str, str] | None] = ContextVar("day", default=None)


#: Text that is HTML already.
Html = Markup


def html(template: str, **values: object) -> Html:
    """Fill a literal template with escaped values: `html("<b>{name}</b>", name=name)`. None becomes empty."""
    return Html(template.format(**{name: escape_silent(value) for name, value in values.items()}))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Put parts one after another, each escaped unless it is `Html`, with the HTML `between` them."""
    return Html(between.join(escape_silent(part) for part in parts))


def address(page: str, /, **query: object) -> str:
    """The address of a page with query values, such as `/measure?key=tls`; empty values are left out.

    While another day than today is shown, the address of a page that can show it keeps that day.
    """
    kept = DAY.get() or {} if not page or (page in PAGES and PAGES[page].any_day) else {}
    values = {name: str(value) for name, value in ({**kept, **query}).items() if value not in (None, "")}
    return f"/{page}" + (f"?{urlencode(values, quote_via=quote, safe=':')}" if values else "")


def query(**values: object) -> str:
    """The address of the present page with other query values; those not named stay as they are."""
    return address("", **values)[1:]


def is_closed(to: str) -> bool:
    """Whether the reader cannot open this address."""
    page, _, values = to.removeprefix("/").partition("?")
    return to.startswith("/") and not CLOSED.get().isdisjoint((page, f"{page}?{values.partition('&')[0]}"))


def link(to: str, label: object, kind: str = "", title: str = "") -> Html:
    """A link that stays in the session (`links/links.js` catches it) and also works without.

    To a page that the reader cannot open there is no link: only its label, and of a button or an action nothing.
    """
    if is_closed(to):
        return Html("") if kind.startswith(("button", "action")) else escape_silent(label)
    return html(
        '<a href="{to}" data-go class="{kind}"{title}>{label}</a>',
        to=to,
        kind=kind,
        label=label,
        title=html(' title="{title}"', title=title) if title else Html(""),
    )


def set_apart(words: str, titles: Mapping[str, str] | None = None) -> Html:
    """Text in which names between backticks are set apart; one with a title by its title."""
    known, parts = titles or {}, _NAME.split(words)
    return join(
        html("<i>{name}</i>", name=known[part])
        if number % 2 and part in known
        else html("<code>{name}</code>", name=part)
        if number % 2
        else part
        for number, part in enumerate(parts)
    )


def icon(name: str) -> Html:
    """A Material Symbol, hidden from screen readers."""
    return html('<span class="mi" aria-hidden="true" translate="no">{name}</span>', name=name)


def section(title: str, remark: object = "", level: int = 2) -> Html:
    """The heading of a section: title left, remark right."""
    return html(
        '<div class="section"><h{level}>{title}</h{level}><span class="remark">{remark}</span></div>',
        title=title,
        remark=remark,
        level=level,
    )


def answer(sentence: object, place: object = "", remark: object = "") -> Html:
    """The top of a page: place, one sentence that answers the page's question, and a remark."""
    return html(
        '<div class="answer"><p class="where">{where}</p><h1>{sentence}</h1><p class="lead">{remark}</p></div>',
        where=place,
        sentence=sentence,
        remark=remark,
    )


def crumbs(*steps: object) -> Html:
    """The path to a page: links and, last, the page itself."""
    return html("{steps}", steps=join(steps, '<span class="step" aria-hidden="true"> / </span>'))


def facts(items: Iterable[tuple[object, object, object]]) -> Html:
    """A row of facts: label, value and remark."""
    cells = (
        html(
            "<div><dt>{label}</dt><dd>{value}<small>{remark}</small></dd></div>",
            label=label,
            value=value,
            remark=remark,
        )
        for label, value, remark in items
    )
    return html('<dl class="facts">{cells}</dl>', cells=join(cells))


def pairs(items: Iterable[tuple[object, object]]) -> Html:
    """Names and values, one pair per line, in small type."""
    lines = join(html("<div><dt>{name}</dt><dd>{value}</dd></div>", name=name, value=value) for name, value in items)
    return html('<dl class="inline">{lines}</dl>', lines=lines)


def table(head: Iterable[object], rows: Iterable[Iterable[object]], kind: str = "") -> Html:
    """A table; on a phone each row becomes a block, its cells named by their column."""
    names = list(head)
    heads = join(html('<th scope="col">{cell}</th>', cell=name) for name in names)
    lines = join(html("<tr>{cells}</tr>", cells=_cells(names, row)) for row in rows)
    return html(
        '<table class="rows {kind}"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>',
        kind=kind,
        heads=heads,
        lines=lines,
    )


def _cells(names: Iterable[object], row: Iterable[object]) -> Html:
    cells = zip(names, row, strict=True)
    return join(html('<td data-head="{name}">{cell}</td>', name=name, cell=cell) for name, cell in cells)


def fold(title: object, body: object) -> Html:
    """What one opens to read: the title, and below it the body."""
    return html('<details class="more"><summary>{title}</summary>{body}</details>', title=title, body=body)


def caption(words: object) -> Html:
    """A line of small explanation."""
    return html('<p class="caption">{words}</p>', words=words)


def empty(title: str, why: str, action: object = "") -> Html:
    """A block for an empty list: what belongs here, why it matters, and where to start."""
    return html(
        '<div class="empty"><h2>{title}</h2><p>{why}</p><p>{action}</p></div>', title=title, why=why, action=action
    )


#: marks anywhere, `:red[`, `:icon:` and `http:`, `&amp;`, the begin of a heading, quote or list, and bare addresses
_MARKUP = re.compile(r"[\\`*_\[\]<~$]|:(?=[\w/+-])|&(?=[#\w])|^[#>+-]|(?<=^\d)[.)]|(?<=www)\.|@")


def note(status: str, body: object, symbol: str = "info") -> Html:
    """A note in the soft colour of a status."""
    return html(
        '<div class="note {look}">{icon}<div>{body}</div></div>', look=css_class(status), icon=icon(symbol), body=body
    )


def two_lines(first: object, second: object = "") -> Html:
    """A fact with a remark below it."""
    return html('<span class="two"><b>{first}</b><small>{second}</small></span>', first=first, second=second)


def widget_label(label: str) -> str:
    """A label of a widget as it is: Streamlit reads labels as Markdown.

    Only what Markdown would read as markup is escaped, since screen readers hear the label with its escapes.
    """
    return _MARKUP.sub(r"\\\g<0>", label)
