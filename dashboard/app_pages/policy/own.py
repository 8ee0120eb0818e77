"""The organisation's own policies on the page of a policy: its editions, or the copies that were made of it."""

from collections.abc import Sequence

from dashboard.app_pages.policy_edition import words
from dashboard.shell.html import Html, address, fold, html, join, link, section
from dashboard.shell.page_context import PageContext
from evidence.judging.own_policies.editions import EditionRow, in_force
from evidence.judging.policy_descriptions import compare_policies, describe_policy
from locales import Language


def copies(t: Language, context: PageContext, policy: str, own: Sequence[EditionRow]) -> Html:
    """The copies of a policy that came along, and the way to make one."""
    made = [edition for edition in own if edition.copy_of == policy]
    rows = join(
        html(
            '<p class="used">{to}<small>{words}</small></p>',
            to=link(address("policy", key=edition.policy), _title(t, context, edition)),
            words=t.n("{n} evidence requirement", "{n} evidence requirements", len(edition.requirements)),
        )
        for edition in made
    )
    why = t(
        "Other limits or terms? A copy of your own judges the evidence that you choose; this policy stays as it is."
    )
    button = link(address("policy-edition", key=policy), t("Make a copy of your own"), "button")
    if not made and not button:
        return Html("")
    caption = html('<p class="caption">{why}</p>', why=why) if button else ""
    return join(
        [section(t("Of your own"), len(made) or ""), rows, caption, html('<p class="actions">{b}</p>', b=button)]
    )


def _title(t: Language, context: PageContext, edition: EditionRow) -> str:
    return t.title(describe_policy(context.session, context.person, edition.id, t).policy)


def editions(t: Language, context: PageContext, rows: Sequence[EditionRow], shown: str) -> Html:
    """The editions of one's own policy, newest first, each with what it changed in words."""
    current = in_force(rows, context.today)
    policy = rows[0].policy
    button = link(address("policy-edition", key=policy), t("Change this policy"), "button")
    copied = link(address("policy", key=rows[0].copy_of), rows[0].copy_of)
    head = html('<p class="caption">{words} {link}</p>', words=t("A copy of"), link=copied)
    entries = join(_edition(t, context, row, _state(t, context, row, current), shown) for row in rows)
    return join([section(t("Editions"), len(rows)), html('<p class="actions">{b}</p>', b=button), head, entries])


def _state(t: Language, context: PageContext, row: EditionRow, current: EditionRow | None) -> str:
    if row == current:
        return t("applies now, since {day}", day=row.first_day)
    if row.first_day > context.today:
        return t("applies from {day}", day=row.first_day)
    return t("applied from {day}", day=row.first_day)


def _edition(t: Language, context: PageContext, row: EditionRow, state: str, shown: str) -> Html:
    name = t("Edition {edition}", edition=row.number)
    return html(
        '<div class="used edition"><p>{name}<small>{state}</small></p><p>{reason}<small>{who}</small></p>{more}</div>',
        name=html("<b>{name}</b>", name=name)
        if str(row.number) == shown
        else link(address("policy", key=row.id), name),
        state=state,
        reason=row.reason,
        who=t("{person}, {moment}", person=row.recorded_by, moment=row.recorded_at),
        more=_changed(t, context, row),
    )


def _changed(t: Language, context: PageContext, row: EditionRow) -> Html:
    """What the edition says otherwise than the one before, or than the policy that it is a copy of."""
    before = f"{row.policy}@{row.number - 1}" if row.number > 1 else row.copy_of
    changes = compare_policies(context.session, context.person, before, row.id, t)
    title = t.n("{n} sentence differs", "{n} sentences differ", len(changes))
    return fold(title, words.changed(t, changes)) if changes else Html("")
