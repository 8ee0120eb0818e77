"""The facts of an entry of the activity log: its subject, and its values before and after."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from access.activity.read import Entry
from dashboard.app_pages.administration.activity.names import subject_title, with_names
from dashboard.app_pages.administration.activity.words import FIELDS, VERBS
from dashboard.components.evidence.live_check_table import title_of
from dashboard.shell.html import NONE, Html, address, html, join, link, pairs
from dashboard.shell.role_names import ROLES
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import LiveCheckKind

_LONGEST = 160  # characters of a value; the whole of it is its title
_DIGEST = 64  # hexadecimal signs of a SHA-256, of which the first are enough to recognise it
_ISO_DAY = 10  # characters
_OF_EVIDENCE = ("evidence.file", "evidence.judge", "evidence.open", "evidence.review")
_NOTHING: tuple[object, ...] = (None, "", [], {})


def facts(t: Language, titles: TitleLookup, entry: Entry) -> Html:
    """The entry's number, moment and kind, and all its values."""
    head = pairs(
        [
            (t("Entry"), str(entry.id)),
            (t("When"), t.moment(entry.at)),
            (t("What"), html('<span title="{name}">{verb}</span>', name=entry.verb, verb=label(t, entry))),
            *([(t("Key"), html('<span class="mono">{key}</span>', key=entry.subject))] if entry.subject else []),
        ]
    )
    return join([head, _details(t, with_names(t, titles, entry.details))])


def details_text(t: Language, titles: TitleLookup, entry: Entry) -> str:
    """All values of an entry in one text, for a file."""
    values = with_names(t, titles, entry.details)
    return "; ".join(
        f"{_field(t, name)}: {_words(t, value)}" for name, value in values.items() if value not in _NOTHING
    )


def label(t: Language, entry: Entry) -> str:
    return t.render(VERBS[entry.verb]) if entry.verb in VERBS else entry.verb


def subject(t: Language, titles: TitleLookup, entry: Entry, evidence_titles: Mapping[str, str]) -> Html:
    """What an entry is about, by name or title, with a link where there is a page; its key as tooltip."""
    if entry.subject in evidence_titles:
        return link(address("evidence-item", id=entry.subject), evidence_titles[entry.subject])
    if entry.subject in titles.controls:
        return titles.control_link(t, entry.subject)
    if entry.verb.endswith("_live_check"):
        return html('<b class="subject">{name}</b>', name=_live_check(t, titles, entry.details))
    if entry.verb == "policy.publish":
        return titles.policy_link(t, entry.subject)
    title_of_subject = entry.about or _agreement(t, entry)
    if not title_of_subject and entry.verb in _OF_EVIDENCE:
        title_of_subject = t("evidence that you cannot open")
    title = subject_title(t, titles, entry.verb, entry.subject)
    key, name = entry.subject if title else "", title_of_subject or title or entry.subject
    return html('<b class="subject" title="{key}">{name}</b>', key=key, name=name)


def _live_check(t: Language, titles: TitleLookup, details: Mapping[str, Any]) -> str:
    """The kind of a live check with what it looks at."""
    kind, system, target = (str(details.get(name) or "") for name in ("requirement", "system", "target"))
    title = title_of(t, kind) if kind in list(LiveCheckKind) else kind
    place = titles.place(t, system, target) if system else str(details.get("address") or "")
    return f"{title}: {place}" if place else title


def _agreement(t: Language, entry: Entry) -> str:
    """The role and version in the subject of an agreement's entry."""
    role, _, version = entry.subject.rpartition(" ")
    if not entry.verb.startswith("agreement.") or role not in ROLES:
        return ""
    return t("{role}, version {n}", role=ROLES[role], n=version)


def _details(t: Language, details: Mapping[str, Any]) -> Html:
    """Changed values as before and after; the other values as recorded."""
    before, after = details.get("before"), details.get("after")
    rest = {name: value for name, value in details.items() if name not in ("before", "after")}
    values = {name: value for name, value in rest.items() if value not in _NOTHING}
    lines = [*_changes(t, before, after), *(_line(t, name, value) for name, value in values.items())]
    return html('<div class="changed">{lines}</div>', lines=join(lines))


def _changes(t: Language, before: Any, after: Any) -> list[Html]:
    if before is None and after is None:
        return []
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return [_change(t, "", before, after)]
    return [_change(t, name, before.get(name), after.get(name)) for name in {**before, **after}]


def _change(t: Language, name: str, before: Any, after: Any) -> Html:
    return html(
        '<p><small>{name}</small> <del aria-label="{was}">{before}</del> → <ins aria-label="{now}">{after}</ins></p>',
        name=_field(t, name),
        was=t("before"),
        now=t("after"),
        before=_value(t, before),
        after=_value(t, after),
    )


def _line(t: Language, name: str, value: Any) -> Html:
    return html("<p><small>{name}</small> {value}</p>", name=_field(t, name), value=_value(t, value))


def _field(t: Language, name: str) -> str:
    return t.render(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def _value(t: Language, value: Any) -> Html:
    """A value for people to read, cut where it would fill the page."""
    if value in _NOTHING:
        return html("<span>{none}</span>", none=NONE)
    words = _words(t, value)
    long = len(words) > _LONGEST or _is_digest(words)
    short = f"{words[: 12 if _is_digest(words) else _LONGEST]}…" if long else words
    return html('<span class="any" title="{words}">{short}</span>', words=words if short != words else "", short=short)


def _words(t: Language, value: Any) -> str:
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(t, inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(filter(None, (_words(t, item) for item in value)))
    words = str(value)
    return t.render(ROLES[words]) if words in ROLES else _day_or_moment(t, words)


def _day_or_moment(t: Language, value: str) -> str:
    """Format a recorded day (2027-03-16) or moment; other text is returned unchanged."""
    try:
        return t.date(date.fromisoformat(value)) if len(value) == _ISO_DAY else t.moment(_moment(value))
    except ValueError:
        return value


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:  # a number of a version can look like one
        raise ValueError
    return at


def _is_digest(words: str) -> bool:
    return len(words) == _DIGEST and set(words) <= set("0123456789abcdef")
