"""Tables of sign-in attempts, and of the names that are blocked now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from access.sign_in.login_log import AttemptRow
from access.sign_in.throttling import LockedName
from dashboard.charts.sign_in_attempts import OUTCOMES
from dashboard.components.data_table import Column
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, table, two_lines
from locales import Language, Text, text
from models.moments import wall_clock
from models.vocabulary import SignInMethod, SignInReason

REASONS: dict[str, Text] = {
    SignInReason.UNKNOWN: text("unknown name"),
    SignInReason.PASSWORD: text("wrong password"),
    SignInReason.SECOND_FACTOR: text("wrong code"),
    SignInReason.NOT_ACTIVE: text("account not active"),
    SignInReason.EXPIRED: text("expired"),
    SignInReason.PASSKEY: text("passkey not accepted"),
    SignInReason.UNVERIFIED: text("e-mail address not verified"),
    SignInReason.OTHER_IDENTITY: text("account of another person at the identity provider"),
    SignInReason.NO_ROLE: text("no role"),
    SignInReason.ANSWER: text("answer from the identity provider not accepted"),
}
METHODS: dict[str, Text] = {
    SignInMethod.PASSWORD: text("password"),
    SignInMethod.SECOND_FACTOR: text("code from an app"),
    SignInMethod.RECOVERY_CODE: text("recovery code"),
    SignInMethod.PASSKEY: text("passkey"),
    SignInMethod.SINGLE_SIGN_ON: text("single sign-on"),
    SignInMethod.LINK: text("one-time link"),
}
_AGENT = 60  # characters of what an unknown program calls itself
#: Part of a user agent → browser; first those whose user agent also contains a later part.
_BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_ON = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def columns(t: Language) -> list[Column[AttemptRow]]:
    """The columns of the table of attempts."""
    return [
        Column("when", t("When"), lambda row: row.at),
        Column("who", t("Who"), lambda row: row.name or row.tried, lambda row: _who(t, row)),
        Column("outcome", t("Outcome"), lambda row: _outcome_words(t, row), lambda row: outcome(t, row)),
        Column("how", t("How"), lambda row: how(t, row)),
        Column("from", t("From"), lambda row: row.address, where),
        Column("agent", t("Browser"), lambda row: browser(row.agent), is_extra=True),
    ]


def _outcome_words(t: Language, attempt: AttemptRow) -> str:
    label, why = t.render(OUTCOMES[attempt.outcome][1]), _why(t, attempt)
    return f"{label}: {why}" if why else label


def own_attempts(t: Language, rows: Sequence[AttemptRow]) -> Html:
    """The reader's own attempts; without a name."""
    return table(
        [t("When"), t("Outcome"), t("From")], [[t.moment(row.at), outcome(t, row), where(row)] for row in rows]
    )


def _who(t: Language, attempt: AttemptRow) -> Html:
    """The name of the account, if there is one, and the name that was typed, which is a stranger's text."""
    if attempt.attempts > 1 and not (attempt.name or attempt.tried):
        return html("<b>{words}</b>", words=t("various names"))
    return html(
        '<span class="two any"><b>{name}</b><small>{tried}</small></span>',
        name=attempt.name or attempt.tried,
        tried=attempt.tried if attempt.name else "",
    )


def outcome(t: Language, attempt: AttemptRow) -> Html:
    status, label, _ = OUTCOMES[attempt.outcome]
    return two_lines(mark(t, status, t.render(label)), _why(t, attempt))


def _why(t: Language, attempt: AttemptRow) -> str:
    if attempt.attempts > 1:
        return t.n("{n} attempt", "{n} attempts", attempt.attempts)
    return t.render(REASONS[attempt.reason]) if attempt.reason in REASONS and not attempt.succeeded else ""


def how(t: Language, attempt: AttemptRow) -> str:
    return t.render(METHODS[attempt.method]) if attempt.method in METHODS else attempt.method


def where(attempt: AttemptRow) -> Html:
    return html(
        '<span class="two any"><b>{address}</b><small>{agent}</small></span>',
        address=attempt.address,
        agent=browser(attempt.agent),
    )


def browser(agent: str) -> str:
    """Browser and system, such as "Firefox, Linux"; of another program the start of its user agent."""
    name = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    machine = next((name for sign, name in _ON.items() if sign in agent), "")
    return ", ".join(part for part in (name, machine) if part) if name else agent[:_AGENT]


def locked(t: Language, rows: Sequence[LockedName], now: datetime) -> Html:
    """The names that are blocked now, and until when."""
    now = wall_clock(now)
    return table(
        [t("Name used"), t("Blocked until")],
        [
            [
                html('<b class="any">{name}</b>', name=row.tried),
                t.moment(now + timedelta(seconds=row.wait_seconds)),
            ]
            for row in rows
        ],
    )


def legend(t: Language, numbers: dict[str, int]) -> Html:
    """The number of attempts of each outcome, in the order of the bars."""
    marks = (
        mark(t, status, f"{t.render(label)} {numbers[name]}")
        for name, (status, label, _) in OUTCOMES.items()
        if numbers.get(name)
    )
    return html('<p class="legend counts">{marks}</p>', marks=join(marks))
