"""A table of people and their roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access.people.accounts import AccountRow, GrantRow
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, link, query, table, two_lines
from dashboard.shell.role_names import ROLES
from locales import Language


@dataclass(frozen=True, slots=True)
class GroupNames:
    """Names of teams and audits, by key."""

    teams: Mapping[str, str]
    audits: Mapping[str, str]


def people(t: Language, named: GroupNames, rows: Sequence[AccountRow], opened: str) -> Html:
    heads = [t("Person"), t("Roles"), t("Access"), t("Second factor"), t("Last signed in")]
    return table(heads, [_row(t, named, row, opened) for row in rows], "people")


def _row(t: Language, named: GroupNames, account: AccountRow, opened: str) -> Sequence[object]:
    name = (
        html("<b>{name}</b>", name=account.name)
        if account.id == opened
        else link(query(person=account.id), account.name)
    )
    return [
        html('<span class="two any">{name}<small>{email}</small></span>', name=name, email=account.email),
        join(html("<div>{role}</div>", role=role(t, named, grant)) for grant in account.grants)
        or html("<small>{words}</small>", words=t("none: no access to any page")),
        _access(t, account),
        _second_factor(t, account),
        t.moment(account.last_sign_in) if account.last_sign_in else html("<small>{words}</small>", words=t("never")),
    ]


def role(t: Language, named: GroupNames, grant: GrantRow) -> str:
    """The name of a role with the team or audit that it is bound to."""
    name = t.render(ROLES[grant.role]) if grant.role in ROLES else grant.role
    team, audit = grant.team or "", grant.audit or ""
    bound = named.teams.get(team, team) or named.audits.get(audit, audit)
    return f"{name}: {bound}" if bound else name


def _second_factor(t: Language, account: AccountRow) -> Html:
    ways = [t("app")] if account.second_factor else []
    ways += [t.n("{n} passkey", "{n} passkeys", account.passkeys)] if account.passkeys else []
    return mark(t, "demonstrated", ", ".join(ways)) if ways else html("<small>{words}</small>", words=t("none"))


def _access(t: Language, account: AccountRow) -> Html:
    if not account.active:
        return two_lines(mark(t, "excluded", t("No access")), _days(t, account))
    if not account.has_password:
        return two_lines(mark(t, "in_review", t("Invited")), _days(t, account))
    return two_lines(mark(t, "demonstrated", t("Can sign in")), _days(t, account))


def _days(t: Language, account: AccountRow) -> str:
    if account.ends_on is None:
        return t("since {day}", day=account.starts_on)
    return t("{first} to {last}", first=account.starts_on, last=account.ends_on)
