"""A table of the cells of one requirement: place, status, day, evidence, and the reason for the status."""

from collections.abc import Mapping, Sequence

from dashboard.components.cells import CellView, long_fact
from dashboard.components.evidence.deciding_evidence import Key, declared, evidence_line, exception_words, folded
from dashboard.shell.badge import mark
from dashboard.shell.html import NONE, Html, address, html, join, link, query
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status
from readiness import CellExplanation, CellStatus, EvidenceFacts, Fact

_NO_CELL = "none"  # a link only changes the values that it names, so closing needs a value of its own


def cell_table(
    t: Language,
    titles: TitleLookup,
    cells: Sequence[CellView],
    evidence_by_cell: Mapping[Key, EvidenceFacts],
    why: Mapping[Key, CellExplanation],
    shares: Mapping[Key, str],
    system: str = "",
) -> Html:
    """One row per cell, which opens to show its facts; rows of `system` are highlighted."""
    order = {key: at for at, key in enumerate(("", *titles.systems))}
    ordered = sorted(cells, key=lambda view: (order.get(view.cell.system, len(order)), view.cell.target))
    rows = join(
        join(
            [
                _row(t, titles, view, evidence_by_cell.get(view.cell.key), system, opened=view.cell.key in why),
                _facts(t, view, why[view.cell.key], shares.get(view.cell.key, "")) if view.cell.key in why else "",
            ]
        )
        for view in ordered
    )
    return html(
        '<table class="rows cells"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
        head=_head(t),
        rows=rows,
    )


def _head(t: Language) -> Html:
    names = (t("Where"), t("Status"), t("Until"), t("Evidence"))
    heads = join(html('<th scope="col">{name}</th>', name=name) for name in names)
    return html('{heads}<th scope="col"><span class="unseen">{why}</span></th>', heads=heads, why=t("Why?"))


def cell_in_address(key: Key) -> str:
    """A cell's key as it is written in an address."""
    return "|".join(key)


def _row(
    t: Language, titles: TitleLookup, view: CellView, evidence: EvidenceFacts | None, system: str, *, opened: bool
) -> Html:
    cell = view.cell
    return html(
        '<tr class="{kind}"><td>{place}</td><td>{status}</td><td>{fact}</td><td>{evidence}</td><td>{more}</td></tr>',
        kind="chosen" if system and cell.system == system else "",
        place=html("<b>{place}</b>", place=titles.place(t, cell.system, cell.target)),
        status=mark(t, view.status, with_exception=cell.with_exception),
        fact=long_fact(t, cell, titles.today),
        evidence=evidence_line(t, evidence) if evidence else html("<small>{none}</small>", none=_no_evidence(t, cell)),
        more=link(query(cell=_NO_CELL), t("Close"))
        if opened
        else link(query(cell=cell_in_address(cell.key)), t("Why?")),
    )


def _no_evidence(t: Language, cell: CellStatus) -> str:
    """The word "none" if nothing was uploaded; a dash if there is evidence that the reader cannot see."""
    return NONE if cell.status in (Status.DEMONSTRATED, Status.LAPSED, Status.FAILING, Status.IN_REVIEW) else t("none")


def _facts(t: Language, view: CellView, why: CellExplanation, share: str) -> Html:
    """The evidence that decides, the first in full; all other evidence folded."""
    deciding = [fact for fact in why.facts if fact.deciding]
    rest = [fact for fact in why.facts if not fact.deciding]
    lines = [_fact(t, fact, decides=at == 0) for at, fact in enumerate(deciding)]
    again = address("upload", requirement=view.cell.requirement, system=view.cell.system)
    every = address("evidence", requirement=view.cell.requirement, system=view.cell.system)
    words = t.n("and one more", "and {n} more", why.more)
    more = [html("<li>{to}</li>", to=link(every, words))] if why.more else []
    folds = [*(_fact(t, fact, decides=False) for fact in rest), *more]
    return html(
        '<tr class="facts-of"><td colspan="5"><ul>{lines}</ul>{rest}<p class="caption">{share} {upload}</p></td></tr>',
        lines=join(lines),
        rest=folded(t("Other evidence ({n})", n=len(rest) + why.more), folds),
        share=share,
        upload=link(again, t("Upload evidence for this"), "action"),
    )


def _fact(t: Language, fact: Fact, *, decides: bool) -> Html:
    sentence = join(
        [
            t.render(fact.text),
            html(" <b>{words}</b>", words=t("This sets the status.")) if decides else "",
            html(" {words}.", words=_first_upper(t.render(fact.accepted))) if fact.accepted else "",
            html(" {link}", link=link(address("evidence-item", id=fact.evidence), t("Open"))) if fact.evidence else "",
        ]
    )
    exceptions = join(
        html("<br><small>{words}</small>", words=exception_words(t, exception)) for exception in fact.exceptions
    )
    words = html("<small>{words}</small>", words=declared(t, fact.declared))
    return html("<li>{sentence}{declared}{exceptions}</li>", sentence=sentence, declared=words, exceptions=exceptions)


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
