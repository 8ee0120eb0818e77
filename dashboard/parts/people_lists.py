"""People and their roles, attempts to sign in, and tokens: one line each."""

from collections.abc import Sequence
from datetime import date

from access.login_log import AttemptRow
from access.people import AccountRow
from dashboard.parts.badge import mark
from dashboard.parts.book import Book
from dashboard.parts.markup import Html, html, join, table, two_lines
from locales import Language, Text, text
from models import ApiToken

ROLES: dict[str, Text] = {
    "security officer": text("Security officer"),
    "reviewer": text("Reviewer"),
    "team member": text("Team member"),
    "auditor": text("Auditor"),
    "reader": text("Reader"),
    "administrator": text("Administrator"),
}
REASONS: dict[str, Text] = {
    "unknown": text("unknown name"),
    "password": text("wrong password"),
    "second-factor": text("wrong code"),
    "locked": text("too many attempts"),
    "not-active": text("account not active"),
    "expired": text("too late"),
    "awaiting": text("second factor asked"),
    "unverified": text("e-mail address not verified"),
    "other-identity": text("account of another person at the provider"),
    "no-role": text("no role"),
    "answer": text("answer of the provider not accepted"),
}
METHODS: dict[str, Text] = {
    "password": text("password"),
    "second-factor": text("second factor"),
    "recovery-code": text("recovery code"),
    "link": text("one-time link"),
    "single-sign-on": text("single sign-on"),
}


def people(t: Language, book: Book, rows: Sequence[AccountRow]) -> Html:
    return table(
        [t("Person"), t("Roles"), t("Access")],
        [
            [
                two_lines(one.name, one.email),
                join(html("<div>{role}</div>", role=role(t, book, grant)) for grant in one.grants)
                or html("<small>{words}</small>", words=t("none: nothing can be opened")),
                _access(t, one),
            ]
            for one in rows
        ],
    )


def role(t: Language, book: Book, grant: object) -> str:
    """A role, and the team or audit that it is bound to."""
    name = t.render(ROLES[grant.role]) if grant.role in ROLES else grant.role  # type: ignore[attr-defined]
    bound = book.team(t, grant.team) if grant.team else grant.audit or ""  # type: ignore[attr-defined]
    return f"{name}: {bound}" if bound else name


def _access(t: Language, one: AccountRow) -> Html:
    if not one.active:
        return mark(t, "excluded", t("No access"))
    if not one.has_password:
        return mark(t, "in_review", t("Invited"))
    return two_lines(
        mark(t, "demonstrated", t("Can sign in")), t("until {day}", day=one.ends_on) if one.ends_on else ""
    )


def attempts(t: Language, rows: Sequence[AttemptRow]) -> Html:
    return table(
        [t("When"), t("Who"), t("Outcome"), t("How"), t("From")],
        [
            [
                t.moment(one.at),
                one.tried,
                mark(t, "demonstrated", t("Signed in"))
                if one.succeeded
                else two_lines(
                    mark(t, "failing", t("Failed")),
                    t.render(REASONS[one.reason]) if one.reason in REASONS else one.reason,
                ),
                t.render(METHODS[one.method]) if one.method in METHODS else one.method,
                two_lines(one.address, one.agent[:60]),
            ]
            for one in rows
        ],
    )


def tokens(t: Language, book: Book, rows: Sequence[ApiToken], today: date) -> Html:
    return table(
        [t("Token"), t("Team"), t("May"), t("Until"), t("Last used")],
        [
            [
                two_lines(one.label, t("made by {name}", name=one.issued_by)),
                book.team(t, one.team),
                ", ".join(one.permissions),
                _until(t, one, today),
                t.moment(one.used_at) if one.used_at else t("never"),
            ]
            for one in rows
        ],
    )


def _until(t: Language, one: ApiToken, today: date) -> Html | str:
    if one.revoked_at:
        return mark(t, "excluded", t("Revoked"))
    return t.date(one.last_day) if one.last_day >= today else mark(t, "lapsed", t("Ended"))
