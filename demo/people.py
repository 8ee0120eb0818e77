"""People of the fictional organisation: one of every role, invited through the product's own verbs."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from access.people import accounts, agreements, links, tokens
from access.people.token_rules import UPLOAD_PERMISSIONS
from access.permissions import ADMINISTRATOR, AUDITOR, READER, REVIEWER, SECURITY_OFFICER, TEAM_MEMBER, Person
from access.sign_in import link_redemption
from demo.scenario import Scenario
from models.calendar import calendar_of

LAST_AUDIT, AUDIT = "audit-last-year", "audit-this-year"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo. `team`: of a team member."""

    key: str
    name: str
    role: str
    email: str
    language: str = "nl"
    team: str | None = None


PEOPLE: Sequence[DemoPerson] = (
    DemoPerson("officer", "Eva Jansen", SECURITY_OFFICER, "eva@duinroos.example"),
    DemoPerson("second", "Mark de Boer", SECURITY_OFFICER, "mark@duinroos.example", "en"),
    DemoPerson("reviewer", "Noor Visser", REVIEWER, "noor@duinroos.example"),
    DemoPerson("platform", "Sara Smit", TEAM_MEMBER, "sara@duinroos.example", team="platform"),
    DemoPerson("applications", "Tom Bakker", TEAM_MEMBER, "tom@duinroos.example", "en", team="applications"),
    DemoPerson("auditor", "Ruth Meijer", AUDITOR, "ruth@midden.example"),
    DemoPerson("reader", "Piet Mulder", READER, "piet@duinroos.example"),
    DemoPerson("administrator", "Iris Kok", ADMINISTRATOR, "iris@duinroos.example", "en"),
)


def arrive(scenario: Scenario, ago: int) -> None:
    """Plan the first officer by the set-up link, then the others by invitations, on one morning."""
    scenario.then(ago, partial(_first, scenario), "08:00")
    for number, demo_person in enumerate(PEOPLE[1:], 5):
        if demo_person.role != AUDITOR:
            scenario.then(ago, partial(_invited, scenario, demo_person), f"08:{number:02}")


def audited_by(scenario: Scenario, ago: int, audit: str) -> None:
    """Give the auditor access to one audit from this day, and end access to the audit before."""
    auditor = next(row for row in PEOPLE if row.role == AUDITOR)
    scenario.then(ago, partial(_appointed, scenario, auditor, audit), "08:30")


def build_servers(scenario: Scenario, ago: int) -> None:
    """Issue a token for each team with a build server; a new one every year, because tokens expire."""
    for team in ("platform", "applications"):
        scenario.then(ago, partial(_token, scenario, team), "08:45")


def _first(scenario: Scenario, session: Session, now: datetime) -> None:
    agreements.publish_first_versions(session, now)
    link, demo_person = links.first_set_up(session, now), PEOPLE[0]
    if link is None:
        raise LookupError("there is a security officer already")
    account = link_redemption.redeem(
        session, link, now, _password(), demo_person.name, demo_person.email, demo_person.language
    )
    _welcome(scenario, session, now, demo_person, account)


def _invited(
    scenario: Scenario, demo_person: DemoPerson, session: Session, now: datetime, audit: str | None = None
) -> None:
    officer = scenario.person(session, "officer", now)
    account = accounts.add(
        session,
        officer,
        demo_person.name,
        demo_person.email,
        demo_person.language,
        calendar_of(session).day_of(now),
        None,
        now,
    )
    accounts.grant(session, officer, account, demo_person.role, now, team=demo_person.team, audit=audit)
    link_redemption.redeem(session, links.invite(session, officer, account, now), now, _password())
    _welcome(scenario, session, now, demo_person, account)


def _appointed(scenario: Scenario, auditor: DemoPerson, audit: str, session: Session, now: datetime) -> None:
    if auditor.key not in scenario.people:
        _invited(scenario, auditor, session, now, audit)
        return
    officer = scenario.person(session, "officer", now)
    account = scenario.people[auditor.key]
    held = next(row for row in accounts.list_accounts(session, officer, now) if row.id == account)
    for grant in held.grants:
        accounts.end_grant(session, officer, grant.id, now)
    accounts.grant(session, officer, account, AUDITOR, now, audit=audit)


def _welcome(scenario: Scenario, session: Session, now: datetime, demo_person: DemoPerson, account: str) -> None:
    """Accept the agreements of the person's role."""
    scenario.people[demo_person.key] = account
    person = _require_person(accounts.find_person(session, account, now))
    for row in agreements.list_to_accept(session, account, person.roles, calendar_of(session).day_of(now)):
        agreements.accept(session, person, account, row.id, "192.0.2.10", now)


def _token(scenario: Scenario, team: str, session: Session, now: datetime) -> None:
    officer = scenario.person(session, "officer", now)
    last = calendar_of(session).day_of(now) + timedelta(days=370)
    scenario.machines[f"build-{team}"] = tokens.issue(
        session, officer, "build server", team, UPLOAD_PERMISSIONS, last, now
    )


def _require_person(person: Person | None) -> Person:
    if person is None:
        raise LookupError("someone who was just welcomed has no role")
    return person


def _password() -> str:
    """Return a random password; people enter the demo by a link."""
    return secrets.token_urlsafe(24)
