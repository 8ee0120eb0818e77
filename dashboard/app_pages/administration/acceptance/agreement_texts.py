"""Agreements: the roles with how many accepted, the text in force, and the form for a new version."""

from collections.abc import Callable, Sequence

import streamlit as st

from access.people import agreements
from access.people.agreement_text import terms
from access.people.agreements import AgreementRow, CoverageRow
from controls.statement.differences import ADDED, REMOVED, UNCHANGED, Words, word_changes
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, fold, html, join, link, pairs, query, section, table
from dashboard.shell.page_context import PageContext
from dashboard.shell.role_names import LANGUAGES, ROLES
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT
from locales import Language

_HEIGHT = 320


def roles(t: Language, rows: Sequence[CoverageRow], chosen: str) -> Html:
    """The roles with the version in force and how many accepted it; the chosen one is marked."""
    items = join(_role(t, row, is_chosen=row.role == chosen) for row in rows)
    return html('{head}<ul class="roles">{items}</ul>', head=section(t("Roles"), t("accepted")), items=items)


def _role(t: Language, row: CoverageRow, *, is_chosen: bool) -> Html:
    label = html(
        "<span>{role} <small>{version}</small></span>{accepted}",
        role=t.render(ROLES[row.role]),
        version=t("version {n}", n=row.version),
        accepted=_accepted(t, row),
    )
    here = Html(' class="chosen" aria-current="true"') if is_chosen else ""
    return html("<li{here}>{to}</li>", here=here, to=link(query(role=row.role), label, "quiet"))


def _accepted(t: Language, row: CoverageRow) -> Html:
    if not row.holders:
        return html("<small>{words}</small>", words=t("nobody yet"))
    words = t("{accepted} of {holders}", accepted=row.accepted, holders=row.holders)
    return mark(t, "demonstrated" if row.accepted == row.holders else "missing", words)


def upcoming(t: Language, rows: Sequence[AgreementRow]) -> Html:
    return table(
        [t("Role"), t("Version"), t("From")],
        [[t.render(ROLES[row.role]), t("version {n}", n=row.version), t.date(row.in_force)] for row in rows],
    )


def agreement_text(t: Language, versions: Sequence[AgreementRow]) -> Html:
    """The text of the newest of these versions in the reader's language; what is about it is folded."""
    newest = versions[0]
    remark = t("version {n}, in force from {day}", n=newest.version, day=newest.in_force)
    parts = [
        section(t.render(ROLES[newest.role]), remark),
        term_list(newest.text_in(t.code)),
        _changes(t, versions),
        _rights(t, newest),
        _other(t, versions),
    ]
    return html('<div class="agreement">{parts}</div>', parts=join(parts))


def term_list(content: str) -> Html:
    """The paragraphs of a text, each beside its name; the page on which people accept has the same."""
    rows = join(
        html("<div><dt>{name}</dt><dd>{words}</dd></div>", name=name, words=words) for name, words in terms(content)
    )
    return html('<dl class="terms">{rows}</dl>', rows=rows)


def _changes(t: Language, versions: Sequence[AgreementRow]) -> Html:
    """What differs from the version before."""
    if len(versions) == 1:
        return Html("")
    newest, before = versions[0], versions[1]
    body = join(_WORDS[words.kind](words) for words in word_changes(before.text_in(t.code), newest.text_in(t.code)))
    compared = html('<p class="reason compared">{body}</p>', body=body)
    return fold(t("What differs from version {n}", n=before.version), compared)


_WORDS: dict[str, Callable[[Words], Html]] = {
    UNCHANGED: lambda words: html("{words}", words=words.new),
    REMOVED: lambda words: html("<del>{words}</del> ", words=words.old),
    ADDED: lambda words: html("<ins>{words}</ins> ", words=words.new),
}


def _rights(t: Language, agreement: AgreementRow) -> Html:
    rights = join(html("<li>{right}</li>", right=t.render(right)) for right in agreement.rights)
    return fold(t("What this role may do"), html('<ul class="plain small">{rights}</ul>', rights=rights))


def _other(t: Language, versions: Sequence[AgreementRow]) -> Html:
    """The text in the other language, the digest, and earlier versions."""
    newest = versions[0]
    code = next(code for code in LANGUAGES if code != t.code)
    digests = pairs(
        (
            t("version {n}, in force from {day}", n=each.version, day=each.in_force),
            html('<span class="mono">SHA-256 {digest}</span>', digest=each.sha256),
        )
        for each in versions
    )
    other = html('<div lang="{code}">{terms}</div>', code=code, terms=term_list(newest.text_in(code)))
    return fold(t("Text in the other language, hashes and versions"), join([other, digests]))


def publish(t: Language, context: PageContext, role: str, now_in_force: AgreementRow | None) -> None:
    """Draw the form for a new version; it starts with the text in force, so that only changes are typed."""
    version = now_in_force.version if now_in_force else 0
    texts_by_language: dict[str, str] = {}
    with st.form(f"publish-{role}-{version}", border=False):
        for column, (code, name) in zip(st.columns(2), LANGUAGES.items(), strict=True):
            with column:
                value = now_in_force.text_in(code) if now_in_force else ""
                texts_by_language[code] = st.text_area(
                    name, value=value, height=_HEIGHT, help=t("A blank line begins a paragraph.")
                )
        with st.columns([1, 2])[0]:
            first = st.date_input(t("In force from"), value=context.today, min_value=context.today, format=DAY_FORMAT)
        if st.form_submit_button(t("Publish")):
            save(
                t,
                lambda s, now: agreements.publish(
                    s, context.person, role, texts_by_language["nl"], texts_by_language["en"], first, now
                ),
                t(
                    "Published. From {day}, everyone with the role {role} is asked to accept it.",
                    role=ROLES[role],
                    day=first,
                ),
            )
