"""Who works at the made-up organisation: one person of every role, invited and bound by the verbs themselves."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from access.people import accounts, agreements, tokens
from access.people.token_rules import FILING
from access.permissions import ADMINISTRATOR, AUDITOR, READER, REVIEWER, SECURITY_OFFICER, TEAM_MEMBER, Person
from access.sign_in import links
from demo.story import Story
from models.calendar import calendar_of

LAST_AUDIT, AUDIT = "audit-last-year", "audit-this-year"


@dataclass(frozen=True, slots=True)
class Figure:
    """Someone in the story. `team` of a team member."""

    key: str
    name: str
    role: str
    email: str
    language: str = "nl"
    team: str | None = None


CAST: Sequence[Figure] = (
    Figure("officer", "Eva Jansen", SECURITY_OFFICER, "eva@duinroos.example"),
    Figure("second", "Mark de Boer", SECURITY_OFFICER, "mark@duinroos.example", "en"),
    Figure("reviewer", "Noor Visser", REVIEWER, "noor@duinroos.example"),
    Figure("platform", "Sara Smit", TEAM_MEMBER, "sara@duinroos.example", team="platform"),
    Figure("applications", "Tom Bakker", TEAM_MEMBER, "tom@duinroos.example", "en", team="applications"),
    Figure("auditor", "Ruth Meijer", AUDITOR, "ruth@midden.example"),
    Figure("reader", "Piet Mulder", READER, "piet@duinroos.example"),
    Figure("administrator", "Iris Kok", ADMINISTRATOR, "iris@duinroos.example", "en"),
)


def arrive(story: Story, ago: int) -> None:
    """The first officer by the link of the set-up, then the others by her invitations, on one morning."""
    story.then(ago, partial(_first, story), "08:00")
    for number, figure in enumerate(CAST[1:], 5):
        if figure.role != AUDITOR:
            story.then(ago, partial(_invited, story, figure), f"08:{number:02}")


def audited_by(story: Story, ago: int, audit: str) -> None:
    """From this day the auditor may look at one audit, and no longer at the one before."""
    auditor = next(one for one in CAST if one.role == AUDITOR)
    story.then(ago, partial(_appointed, story, auditor, audit), "08:30")


def build_servers(story: Story, ago: int) -> None:
    """A token of each team that has a build server; a new one every year, as tokens end."""
    for team in ("platform", "applications"):
        story.then(ago, partial(_token, story, team), "08:45")


def _first(story: Story, session: Session, now: datetime) -> None:
    agreements.first_versions(session, now)
    link, figure = links.first_set_up(session, now), CAST[0]
    if link is None:
        raise LookupError("there is a security officer already")
    account = links.redeem(session, link, now, _password(), figure.name, figure.email, figure.language)
    _welcome(story, session, now, figure, account)


def _invited(story: Story, figure: Figure, session: Session, now: datetime, audit: str | None = None) -> None:
    officer = story.person(session, "officer", now)
    account = accounts.add(
        session, officer, figure.name, figure.email, figure.language, calendar_of(session).day_of(now), None, now
    )
    accounts.grant(session, officer, account, figure.role, now, team=figure.team, audit=audit)
    links.redeem(session, links.invite(session, officer, account, now), now, _password())
    _welcome(story, session, now, figure, account)


def _appointed(story: Story, auditor: Figure, audit: str, session: Session, now: datetime) -> None:
    if auditor.key not in story.people:
        _invited(story, auditor, session, now, audit)
        return
    officer = story.person(session, "officer", now)
    account = story.people[auditor.key]
    held = next(one for one in accounts.listed(session, officer, now) if one.id == account)
    for grant in held.grants:
        accounts.end_grant(session, officer, grant.id, now)
    accounts.grant(session, officer, account, AUDITOR, now, audit=audit)


def _welcome(story: Story, session: Session, now: datetime, figure: Figure, account: str) -> None:
    """They read and accept the agreement of their role."""
    story.people[figure.key] = account
    person = _there(accounts.person_of(session, account, now))
    for one in agreements.to_accept(session, account, person.roles, calendar_of(session).day_of(now)):
        agreements.accept(session, person, account, one.id, "192.0.2.10", now)


def _token(story: Story, team: str, session: Session, now: datetime) -> None:
    officer = story.person(session, "officer", now)
    last = calendar_of(session).day_of(now) + timedelta(days=370)
    story.machines[f"build-{team}"] = tokens.issue(session, officer, "build server", team, FILING, last, now)


def _there(person: Person | None) -> Person:
    if person is None:
        raise LookupError("someone who was just welcomed has no role")
    return person


def _password() -> str:
    """One that nobody knows: whoever looks at the demo gets in by a link."""
    return secrets.token_urlsafe(24)
