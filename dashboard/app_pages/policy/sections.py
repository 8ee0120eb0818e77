"""The sections of a policy's page: prose, what must hold, examples, and how to provide it."""

from collections.abc import Mapping, Sequence
from typing import Final

from controls.browse.values import RequirementRow
from controls.files.words import SCOPES
from dashboard.components import days
from dashboard.components.download import download
from dashboard.shell.html import Html, address, html, icon, join, link, pairs, section, set_apart, table
from dashboard.shell.status_styles import css_class
from dashboard.shell.title_lookup import TitleLookup
from evidence.judging.policies import titles_of_policies
from evidence.judging.policy_descriptions import PolicyPage
from evidence.judging.policy_in_words import ColumnInWords, ExampleInWords, PolicyInWords
from locales import Language, Text, text
from models.vocabulary import ReviewMode, Status

Rest = Sequence[tuple[str, str]]
_SHORT: Final = 400  # characters of a part that stays open
_ITEMS: Final = 2  # of an example that are shown before the rest folds
#: The outcome of an example: its words, icon and status colour.
_OUTCOMES: Final[Mapping[str, tuple[Text, str, str]]] = {
    "pass": (text("Good"), "check_circle", Status.DEMONSTRATED),
    "fail": (text("Fails"), "dangerous", Status.FAILING),
    "review": (text("Good, after a review"), "pending", Status.IN_REVIEW),
    "none": (text("No verdict"), "help", Status.UNKNOWN),
}


def sentence(t: Language, page: PolicyPage) -> str:
    """The policy's title, with how many rules must hold."""
    title = t.title(page.policy)
    rules = sum(len(words.rules) for words in page.in_words)
    if not rules:
        return title
    return t.n("{title}: good if this rule holds.", "{title}: good if {n} rules hold.", rules, title=title)


def lead(t: Language, requirements: Sequence[RequirementRow]) -> str:
    """Who judges: the product, or a reviewer after it."""
    if not requirements:
        return ""
    if all(row.review == ReviewMode.AUTOMATIC for row in requirements):
        return t("Aantoonbaar checks this itself; what it can't tell goes to a reviewer.")
    return t("Aantoonbaar checks this itself; then a reviewer looks at it.")


def about(t: Language, words: PolicyInWords) -> Html:
    """What the evidence must show, in prose, and what applies to the file as a whole."""
    titles = _titles(t, words.columns)
    sentences = join(html("<li>{words}</li>", words=set_apart(line, titles)) for line in words.sentences)
    about_all = html(
        '<details class="more"><summary>{title}</summary><ul class="plain small">{lines}</ul></details>',
        title=t("What applies to the file as a whole"),
        lines=sentences,
    )
    prose = html('<div class="prose serif"><p>{words}</p></div>', words=words.about)
    return join([section(t("What we want to see")), prose, about_all if words.sentences else ""])


def rules(t: Language, words: PolicyInWords) -> Html:
    """The table of what must hold; columns without content are left out."""
    if not words.rules:
        return Html("")
    titles = _titles(t, words.columns)
    columns = {
        t("This must hold"): [_first_upper(rule.must) for rule in words.rules],
        t("How we check it"): [rule.checked for rule in words.rules],
        t("If not, the report says"): [rule.otherwise for rule in words.rules],
        t("Basis"): [rule.basis for rule in words.rules],
    }
    if len(set(columns[t("How we check it")])) == 1 and any(columns[t("If not, the report says")]):
        del columns[t("How we check it")]  # the same for every rule
    shown = {head: cells for head, cells in columns.items() if any(cells)}
    rows = zip(
        *([_cell(cell, titles, number) for cell in cells] for number, cells in enumerate(shown.values())), strict=True
    )
    count = t.n("{n} rule", "{n} rules", len(words.rules))
    return join([section(t("When is it good"), count), table(shown, rows, "judged")])


def _cell(words: str, titles: Mapping[str, str], number: int) -> Html:
    return set_apart(words, titles) if not number else html("<small>{words}</small>", words=set_apart(words, titles))


def examples(t: Language, words: PolicyInWords) -> Html:
    """Examples with their outcome; the same are tested with each version."""
    if not words.examples:
        return Html("")
    titles = _titles(t, words.columns)
    rows = [[_outcome(t, example), _content(t, example, titles), _why(example)] for example in words.examples]
    heads = [t("Outcome"), t("What differs") if words.start else t("In the file"), t("Why")]
    start = pairs((titles.get(name, name), cell) for name, cell in words.start.items())
    base = html(
        '<details class="more"><summary>{title}</summary>{start}</details>',
        title=t("The row from which the others differ"),
        start=start,
    )
    remark = t("the same that we test with each version")
    return join([section(t("Examples"), remark), table(heads, rows, "examples"), base if words.start else ""])


def _outcome(t: Language, example: ExampleInWords) -> Html:
    label, symbol, status = _OUTCOMES[example.outcome]
    border = html('<small class="block">{words}</small>', words=t("at the border")) if example.border else ""
    return html(
        '<span class="mark {kind}">{icon}<span>{label}</span></span>{border}',
        kind=css_class(status),
        icon=icon(symbol),
        label=t.render(label),
        border=border,
    )


def _content(t: Language, example: ExampleInWords, titles: Mapping[str, str]) -> Html:
    """What the file holds; of a long list the first items, the rest folded."""
    parts = example.content.split("; ")
    if len(parts) <= _ITEMS:
        return _lines(parts, titles)
    rest = html(
        '<details class="more"><summary>{title}</summary>{rest}</details>',
        title=t("{n} more", n=len(parts) - _ITEMS),
        rest=_lines(parts[_ITEMS:], titles),
    )
    return join([_lines(parts[:_ITEMS], titles), rest])


def _lines(parts: Sequence[str], titles: Mapping[str, str]) -> Html:
    return join(html("<div>{part}</div>", part=set_apart(part, titles)) for part in parts)


def _why(example: ExampleInWords) -> Html:
    return html("<small>{why}</small>", why=example.why)


def provide(t: Language, page: PolicyPage) -> Html:
    """How to provide it: a template with its columns, or the formats and the smallest file."""
    parts: list[object] = [section(t("How to provide it"))]
    if page.has_template:
        to = f"api/v1/policies/{page.policy.id}/template"
        names = {"xlsx": t("Template for Excel"), "csv": t("CSV")}
        buttons = [download(address(to, format=form, language=t.code), name) for form, name in names.items()]
        parts.append(html('<p class="actions">{buttons}</p>', buttons=join(buttons)))
        parts.append(
            html(
                '<p class="caption">{words}</p>', words=t("Your own headings will do as well: we propose how they fit.")
            )
        )
    parts += [_columns(t, words) if words.columns else _smallest(t, words) for words in page.in_words]
    return join(parts)


def _columns(t: Language, words: PolicyInWords) -> Html:
    titles = _titles(t, words.columns)
    rows = (
        html(
            '<div title="{names}"><dt>{title}<small>{needed}</small></dt><dd>{holds}</dd></div>',
            names=column.names,
            title=column.title,
            needed="" if column.needed == t("required") else set_apart(column.needed, titles),
            holds=set_apart(column.holds, titles),
        )
        for column in words.columns
    )
    return html('<dl class="columns">{rows}</dl>', rows=join(rows))


def _smallest(t: Language, words: PolicyInWords) -> Html:
    if not words.smallest:
        return Html("")
    return html(
        '<details class="more pipeline"{open}><summary>{title}</summary><pre tabindex="0">{words}</pre></details>',
        open=Html(" open") if is_short(words.smallest) else "",
        title=t("A small example"),
        words=words.smallest,
    )


def used_by(t: Language, titles: TitleLookup, requirements: Sequence[RequirementRow]) -> Html:
    """The evidence requirements that the policy judges, each with its upload."""
    if not requirements:
        return join(
            [section(t("Used by")), html("<p>{words}</p>", words=t("No evidence requirement uses this policy."))]
        )
    rows = (
        html(
            '<p class="used">{to}<small>{words}</small></p>',
            to=link(address("upload", requirement=row.key), t.title(row)),
            words=", ".join([t.render(SCOPES[row.scope]), days.renewal(t, row.renewal), titles.team(t, row.team)]),
        )
        for row in requirements
    )
    count = t.n("{n} evidence requirement", "{n} evidence requirements", len(requirements))
    return join([section(t("Used by"), count), *rows])


def version(t: Language, page: PolicyPage) -> Html:
    """Edition, formats and key, folded."""
    values = pairs(
        [
            (t("Named in requirements as"), html('<span class="mono">{key}</span>', key=page.policy.id)),
            (t("Formats"), ", ".join(page.policy.formats)),
        ]
    )
    return html(
        '<details class="more version"><summary>{title}</summary>{values}</details>',
        title=t("Edition {edition}", edition=page.policy.edition),
        values=values,
    )


def is_short(body: str) -> bool:
    """Whether a part stays open."""
    return len(body) <= _SHORT


def _titles(t: Language, columns: Sequence[ColumnInWords]) -> dict[str, str]:
    """The titles of other policies, which rules may name, and of the columns, by key."""
    return titles_of_policies(t) | {column.key: column.title for column in columns}


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
