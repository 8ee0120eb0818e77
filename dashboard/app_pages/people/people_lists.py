"""A table of people and their roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access.people.accounts import AccountRow, GrantRow
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, link, query, table, two_lines
from dashboard.shell.role_names import ROLES
from locales import Language


@dataclass(frozen=True, slots=True)
class Named:
    """Names of teams and audits, by key."""

    teams: Mapping[str, str]
    audits: Mapping[str, str]


def people(t: Language, named: Named, rows: Sequence[AccountRow], opened: str) -> Html:
    heads = [t("Person"), t("Roles"), t("Access"), t("Second factor"), t("Last signed in")]
    return table(heads, [_row(t, named, one, opened) for one in rows], "people")


def _row(t: Language, named: Named, one: AccountRow, opened: str) -> Sequence[object]:
    name = html("<b>{name}</b>", name=one.name) if one.id == opened else link(query(person=one.id), one.name)
    return [
        html('<span class="two any">{name}<small>{email}</small></span>', name=name, email=one.email),
        join(html("<div>{role}</div>", role=role(t, named, grant)) for grant in one.grants)
        or html("<small>{words}</small>", words=t("none: no access to any page")),
        _access(t, one),
        _second_factor(t, one),
        t.moment(one.last_sign_in) if one.last_sign_in else html("<small>{words}</small>", words=t("never")),
    ]


def role(t: Language, named: Named, grant: GrantRow) -> str:
    """The name of a role with the team or audit that it is bound to."""
    name = t.render(ROLES[grant.role]) if grant.role in ROLES else grant.role
    team, audit = grant.team or "", grant.audit or ""
    bound = named.teams.get(team, team) or named.audits.get(audit, audit)
    return f"{name}: {bound}" if bound else name


def _second_factor(t: Language, one: AccountRow) -> Html:
    ways = [t("app")] if one.second_factor else []
    ways += [t.n("{n} passkey", "{n} passkeys", one.passkeys)] if one.passkeys else []
    return mark(t, "demonstrated", ", ".join(ways)) if ways else html("<small>{words}</small>", words=t("none"))


def _access(t: Language, one: AccountRow) -> Html:
    if not one.active:
        return two_lines(mark(t, "excluded", t("No access")), _days(t, one))
    if not one.has_password:
        return two_lines(mark(t, "in_review", t("Invited")), _days(t, one))
    return two_lines(mark(t, "demonstrated", t("Can sign in")), _days(t, one))


def _days(t: Language, one: AccountRow) -> str:
    if one.ends_on is None:
        return t("since {day}", day=one.starts_on)
    return t("{first} to {last}", first=one.starts_on, last=one.ends_on)
