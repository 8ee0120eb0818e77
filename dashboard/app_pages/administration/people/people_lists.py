"""The columns of the table of people and their roles."""

from collections.abc import Mapping
from dataclasses import dataclass

from access.people.accounts import AccountRow, GrantRow
from dashboard.components.data_table import Column
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, link, query, two_lines
from dashboard.shell.role_names import ROLES
from locales import Language, Text, text


@dataclass(frozen=True, slots=True)
class GroupNames:
    """Names of teams and audits, by key."""

    teams: Mapping[str, str]
    audits: Mapping[str, str]


def columns(t: Language, named: GroupNames, opened: str) -> list[Column[AccountRow]]:
    """The columns of the table of people. `opened`: the account whose details stand beside it."""
    return [
        Column("name", t("Person"), lambda row: row.name, lambda row: _person(row, opened)),
        Column("email", t("E-mail address"), lambda row: row.email, is_extra=True),
        Column(
            "roles", t("Roles"), lambda row: ", ".join(_roles(t, named, row)), lambda row: _role_list(t, named, row)
        ),
        Column("access", t("Access"), lambda row: _access_words(t, row), lambda row: _access(t, row)),
        Column("first", t("First day"), lambda row: row.starts_on, is_extra=True),
        Column("last", t("Last day"), lambda row: row.ends_on, is_extra=True),
        Column("factor", t("Second factor"), lambda row: ", ".join(_ways(t, row)), lambda row: _second_factor(t, row)),
        Column("seen", t("Last signed in"), lambda row: row.last_sign_in, lambda row: _last_seen(t, row)),
    ]


def _person(account: AccountRow, opened: str) -> Html:
    name = (
        html("<b>{name}</b>", name=account.name)
        if account.id == opened
        else link(query(person=account.id), account.name)
    )
    return html('<span class="two any">{name}<small>{email}</small></span>', name=name, email=account.email)


def _roles(t: Language, named: GroupNames, account: AccountRow) -> list[str]:
    return [role(t, named, grant) for grant in account.grants]


def _role_list(t: Language, named: GroupNames, account: AccountRow) -> Html:
    names = join(html("<div>{role}</div>", role=name) for name in _roles(t, named, account))
    return names or html("<small>{words}</small>", words=t("none: no access to any page"))


def _last_seen(t: Language, account: AccountRow) -> object:
    at = account.last_sign_in
    return t.moment(at) if at else html("<small>{words}</small>", words=t("never"))


def role(t: Language, named: GroupNames, grant: GrantRow) -> str:
    """The name of a role with the team or audit that it is bound to."""
    name = t.render(ROLES[grant.role]) if grant.role in ROLES else grant.role
    team, audit = grant.team or "", grant.audit or ""
    bound = named.teams.get(team, team) or named.audits.get(audit, audit)
    return f"{name}: {bound}" if bound else name


def _ways(t: Language, account: AccountRow) -> list[str]:
    ways = [t("app")] if account.second_factor else []
    return ways + ([t.n("{n} passkey", "{n} passkeys", account.passkeys)] if account.passkeys else [])


def _second_factor(t: Language, account: AccountRow) -> Html:
    ways = _ways(t, account)
    return mark(t, "demonstrated", ", ".join(ways)) if ways else html("<small>{words}</small>", words=t("none"))


def _state(account: AccountRow) -> tuple[str, Text]:
    """The status whose colour it has, and the words."""
    if not account.active:
        return "excluded", text("No access")
    return ("demonstrated", text("Can sign in")) if account.has_password else ("in_review", text("Invited"))


def _access_words(t: Language, account: AccountRow) -> str:
    return t.render(_state(account)[1])


def _access(t: Language, account: AccountRow) -> Html:
    status, label = _state(account)
    return two_lines(mark(t, status, t.render(label)), _days(t, account))


def _days(t: Language, account: AccountRow) -> str:
    if account.ends_on is None:
        return t("since {day}", day=account.starts_on)
    return t("{first} to {last}", first=account.starts_on, last=account.ends_on)
