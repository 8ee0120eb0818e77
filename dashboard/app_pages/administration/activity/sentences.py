"""Entries of the activity log as sentences; an entry without a sentence shows its label and subject."""

from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Any

from access.activity.read import Entry
from dashboard.app_pages.administration.activity.words import VERBS
from dashboard.shell.html import Html, html
from dashboard.shell.role_names import ROLES
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, Text, text

#: By verb, or by verb and the value that tells its variants apart.
SENTENCES: dict[str, Text] = {
    "agreement.accept": text("{who} accepted the agreement for {what}."),
    "agreement.publish": text("{who} published the agreement for {what}."),
    "applicability.decide False": text("{who} set {what} to not applicable."),
    "applicability.decide True": text("{who} set {what} to applicable."),
    "audit.plan": text("{who} planned the audit {title} on {day}."),
    "controls.load": text("{who} loaded catalogues and statement."),
    "evidence.file": text("{who} uploaded {what}."),
    "evidence.judge": text("{who} evaluated {what} again."),
    "evidence.open": text("{who} opened {what}."),
    "evidence.open file": text("{who} opened a file of {what}."),
    "evidence.review accepted": text("{who} accepted {what}."),
    "evidence.review rejected": text("{who} rejected {what}."),
    "evidence.review withdrawn": text("{who} withdrew {what}."),
    "exception.grant": text("{who} accepted the risk of {check} ({what}) on {place} until {last_day}."),
    "exception.revoke": text("{who} ended an exception for {what}."),
    "feed.make": text("{who} made a calendar feed."),
    "feed.revoke": text("{who} revoked a calendar feed."),
    "link.invitation": text("{who} set a first password, invited by {made_by}."),
    "link.make invitation": text("{who} made an invitation for {what}; it ends on {until}."),
    "link.reset": text("{who} set a new password with a link from {made_by}."),
    "link.set-up": text("{who} set up the first account."),
    "mapping.confirm": text("{who} confirmed mappings that came with the statement."),
    "mapping.review": text("{who} reviewed mappings."),
    "nonconformity.close": text("{who} closed a nonconformity on {what}."),
    "nonconformity.record": text("{who} recorded a nonconformity on {what}: {title}."),
    "passkey.add": text("{who} added a passkey."),
    "passkey.remove": text("{who} removed a passkey."),
    "password.change": text("{who} changed their password."),
    "people.add": text("{who} created an account for {what}."),
    "people.change": text("{who} changed the account of {what}."),
    "people.end_grant": text("{who} ended the role {role} of {what}."),
    "people.grant": text("{who} gave {what} the role {role}."),
    "policy.publish": text("{who} published edition {number} of the policy {policy}, which applies from {first_day}."),
    "requirement.assign": text("{who} assigned {what}."),
    "scope.add_system": text("{who} added the system {what}."),
    "scope.add_team": text("{who} added the team {what}."),
    "scope.bring_into_scope": text("{who} brought {what} into scope."),
    "scope.change_attributes": text("{who} changed the attributes of {what}."),
    "scope.end_address": text("{who} ended the address {address} of {what}."),
    "scope.end_scope": text("{who} took {what} out of scope."),
    "scope.record_address": text("{who} recorded the address {address} of {what}."),
    "scope.request_live_check": text("{who} asked for the live check {what}."),
    "scope.rename_system": text("{who} renamed the system {what}."),
    "scope.switch_off_live_check": text("{who} switched the live check {what} off."),
    "scope.switch_on_live_check": text("{who} switched the live check {what} on."),
    "scope.withdraw": text("{who} withdrew a period in scope of {what}."),
    "scope.withdraw_address": text("{who} withdrew the address {address} of {what}."),
    "second_factor.confirm": text("{who} set up a new second factor."),
    "second_factor.recovery_code": text("{who} used a recovery code."),
    "session.end": text("{who} signed out."),
    "statement.create_draft": text("{who} started a statement from a text."),
    "statement.discard_draft": text("{who} threw a draft of a statement away."),
    "statement.publish": text("{who} published a statement."),
    "task.plan": text("{who} planned {what} on {place} for {day}."),
    "task.plan-default": text("{who} planned days for evidence that had none."),
    "token.issue": text("{who} created the token {what}; it ends on {last_day}."),
    "token.revoke": text("{who} revoked the token {what}."),
}
#: The value of an entry that tells variants of a verb apart.
_VARIANTS = ("decision", "applicable", "purpose")
#: Where an entry keeps the reason that a person gave.
_REASONS = ("remark", "reason", "justification", "why")
_NAMED = ("address", "check", "made_by", "number", "title")
_ISO_DAY = 10  # characters of a date, also at the start of a moment


def sentence(t: Language, titles: TitleLookup, entry: Entry, what: Html) -> Html:
    """What happened. `what`: the entry's subject, by name."""
    template = next((SENTENCES[key] for key in _keys(entry) if key in SENTENCES), None)
    values = {"who": html("<b>{name}</b>", name=entry.person), "what": what, **_values(t, titles, entry.details)}
    if template is None or not all(values.get(name) for name in _fields(template)):
        label = t.render(VERBS[entry.verb]) if entry.verb in VERBS else entry.verb
        return html("<b>{who}</b>: {label} {what}", who=entry.person, label=label, what=what)
    return html(t(template.message, **{name: f"{{{name}}}" for name in _fields(template)}), **values)


def reason(entry: Entry) -> str:
    """The reason or remark that a person gave with it."""
    return next((str(entry.details[name]) for name in _REASONS if entry.details.get(name)), "")


def _keys(entry: Entry) -> list[str]:
    variants = [f"{entry.verb} {entry.details[name]}" for name in _VARIANTS if name in entry.details]
    of_a_file = [f"{entry.verb} file"] if "file" in entry.details else []
    return [*variants, *of_a_file, entry.verb]


def _fields(template: Text) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template.message) if name]


def _values(t: Language, titles: TitleLookup, details: Mapping[str, Any]) -> dict[str, str]:
    """The values of an entry that sentences name, in words."""
    days = {name: _day(t, details.get(name)) for name in ("day", "first_day", "last_day", "until")}
    role, system = str(details.get("role", "")), details.get("system")
    return days | {
        "role": t.render(ROLES[role]) if role in ROLES else role,
        "place": titles.place(t, str(system or ""), str(details.get("target") or "")) if "system" in details else "",
        **{name: str(details.get(name) or "") for name in _NAMED},
        "policy": titles.policy(t, str(details.get("policy") or "")),
    }


def _day(t: Language, value: object) -> str:
    try:
        return t.date(date.fromisoformat(str(value)[:_ISO_DAY]))
    except ValueError:
        return ""
