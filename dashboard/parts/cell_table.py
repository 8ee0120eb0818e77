"""The cells of one requirement: where, status, the day that matters, the evidence behind it, and why."""

from collections.abc import Mapping, Sequence

from dashboard.parts.badge import mark
from dashboard.parts.book import Book
from dashboard.parts.cells import Shown, long_fact
from dashboard.parts.markup import Html, address, html, join, link, query
from locales import Language
from readiness import CellExplanation

Key = tuple[str, str, str]
_NO_CELL = "none"  # a link only changes the values that it names, so closing needs a word of its own


def cell_table(
    t: Language, book: Book, cells: Sequence[Shown], why: Mapping[Key, CellExplanation], system: str = ""
) -> Html:
    """Each row opens its facts below it; those of `system` are told apart."""
    order = {key: at for at, key in enumerate(("", *book.systems))}
    found = sorted(cells, key=lambda one: (order.get(one.cell.system, len(order)), one.cell.target))
    rows = join(_row(t, book, one, why.get(one.cell.key), system) for one in found)
    head = join(
        html('<th scope="col">{name}</th>', name=name)
        for name in (t("Where"), t("Status"), t("Until when"), t("Evidence"), "")
    )
    return html(
        '<table class="rows cells"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>', head=head, rows=rows
    )


def name_of(key: Key) -> str:
    """A cell in an address."""
    return "|".join(key)


def _row(t: Language, book: Book, one: Shown, why: CellExplanation | None, system: str) -> Html:
    cell = one.cell
    evidence = (
        link(address("evidence-item", id=cell.evidence), t("Open the evidence"))
        if cell.evidence
        else t("none that decides")
    )
    line = html(
        '<tr class="{kind}"><td>{place}</td><td>{status}</td><td>{fact}</td><td>{evidence}</td><td>{more}</td></tr>',
        kind="chosen" if system and cell.system == system else "",
        place=html("<b>{place}</b>", place=book.place(t, cell.system, cell.target)),
        status=mark(t, one.status, with_exception=cell.with_exception),
        fact=long_fact(t, cell, book.today),
        evidence=evidence,
        more=link(query(cell=_NO_CELL), t("Close")) if why else link(query(cell=name_of(cell.key)), t("Why?")),
    )
    return join([line, _facts(t, why)]) if why else line


def _facts(t: Language, why: CellExplanation) -> Html:
    facts = join(_fact(t, fact.text, fact.evidence, deciding=fact.deciding) for fact in why.facts)
    return html('<tr class="facts-of"><td colspan="5"><ul>{facts}</ul></td></tr>', facts=facts)


def _fact(t: Language, words: object, evidence: str | None, *, deciding: bool) -> Html:
    said = t.render(words)  # type: ignore[arg-type]
    decides = html(" <b>{words}</b>", words=t("This decides.")) if deciding else ""
    opens = html(" {link}", link=link(address("evidence-item", id=evidence), t("Open"))) if evidence else ""
    return html("<li>{said}{decides}{opens}</li>", said=said, decides=decides, opens=opens)
