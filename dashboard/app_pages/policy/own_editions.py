"""The organisation's own policies on the page of a policy: its editions, or the copies that were made of it."""

from collections.abc import Mapping, Sequence

from dashboard.app_pages.policy_edition import words
from dashboard.shell.html import Html, address, fold, html, join, link, section
from dashboard.shell.page_context import PageContext
from evidence.judging.own_policies.editions import EditionRow, in_force, list_own_policies
from evidence.judging.policies import titles_of_columns, titles_of_policies
from evidence.judging.policy_descriptions import compare_policies, describe_policy
from locales import Language


def copies(t: Language, context: PageContext, policy: str, instead: Mapping[str, EditionRow]) -> Html:
    """The copies of a policy that came along, what each judges in its place (`instead`), and the way to make one."""
    own = list_own_policies(context.session, context.person)
    made = [edition for edition in own if edition.copy_of == policy]
    button = link(address("policy-edition", key=policy), t("Make a copy of your own"), "button")
    if not made and not button:
        return Html("")
    rows = join(
        html(
            '<p class="used">{to}<small>{words}</small></p>',
            to=link(address("policy", key=edition.policy), _title(t, context, edition.id)),
            words=_judges(t, context, edition, instead),
        )
        for edition in made
    )
    why = t(
        "Other limits or terms? A copy of your own judges the evidence that you choose; this policy stays as it is."
    )
    action = html('<p class="caption">{why}</p><p class="actions">{button}</p>', why=why, button=button)
    return join([section(t("Of your own"), len(made) or ""), rows, action if button else ""])


def _judges(t: Language, context: PageContext, edition: EditionRow, instead: Mapping[str, EditionRow]) -> str:
    """What a copy judges today in the place of the copied policy."""
    titles = context.titles.requirements
    keys = [key for key, other in instead.items() if other.policy == edition.policy]
    names = ", ".join(t.title(titles[key]) if key in titles else key for key in keys)
    return t("now judges {names}", names=names) if names else t("judges no evidence today")


def _title(t: Language, context: PageContext, policy: str) -> str:
    return t.title(describe_policy(context.session, context.person, policy, t).policy)


def state(t: Language, context: PageContext, rows: Sequence[EditionRow], row: EditionRow) -> str:
    """Which edition it is, and whether it applies now."""
    return f"{t('Edition {edition}', edition=row.number)}, {_applies(t, context, rows, row)}"


def _applies(t: Language, context: PageContext, rows: Sequence[EditionRow], row: EditionRow) -> str:
    if row == in_force(rows, context.today):
        return t("applies now, since {day}", day=row.first_day)
    if row.first_day > context.today:
        return t("applies from {day}", day=row.first_day)
    return t("applied from {day}", day=row.first_day)


def editions(t: Language, context: PageContext, rows: Sequence[EditionRow], shown: EditionRow) -> Html:
    """The editions of one's own policy, newest first, each with what it changed in words."""
    button = link(address("policy-edition", key=shown.policy), t("Change this policy"), "button")
    copied = link(address("policy", key=shown.copy_of), _title(t, context, shown.copy_of))
    head = html(
        '<p class="actions">{button}</p><p class="caption">{words} {link}</p>',
        button=button,
        words=t("A copy of"),
        link=copied,
    )
    titles = titles_of_policies(t) | {key: t.render(title) for key, title in titles_of_columns().items()}
    entries = join(_edition(t, context, rows, row, titles, is_shown=row == shown) for row in rows)
    return join([section(t("Editions"), len(rows)), head, entries])


def _edition(
    t: Language,
    context: PageContext,
    rows: Sequence[EditionRow],
    row: EditionRow,
    titles: Mapping[str, str],
    *,
    is_shown: bool,
) -> Html:
    name = t("Edition {edition}", edition=row.number)
    return html(
        '<div class="used edition"><p>{name}<small>{state}</small></p><p>{reason}<small>{who}</small></p>{more}</div>',
        name=html("<b>{name}</b>", name=name) if is_shown else link(address("policy", key=row.id), name),
        state=_applies(t, context, rows, row),
        reason=row.reason,
        who=t("{person}, {moment}", person=row.recorded_by, moment=row.recorded_at),
        more=_changed(t, context, row, titles),
    )


def _changed(t: Language, context: PageContext, row: EditionRow, titles: Mapping[str, str]) -> Html:
    """What the edition says otherwise than the one before, or than the policy that it is a copy of."""
    before = f"{row.policy}@{row.number - 1}" if row.number > 1 else row.copy_of
    changes = compare_policies(context.session, context.person, before, row.id, t)
    title = t.n("{n} sentence differs", "{n} sentences differ", len(changes))
    return fold(title, words.changed(t, changes, titles)) if changes else Html("")
