"""The texts of agreements: how many people accepted each version, both languages, and the form for a new version."""

from collections.abc import Sequence

import streamlit as st

from access.people import agreements
from access.people.agreements import AgreementRow, CoverageRow
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, html, join, link, query, table, two_lines
from dashboard.shell.page_context import PageContext
from dashboard.shell.role_names import LANGUAGES, ROLES
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT
from locales import Language

_HEIGHT = 320


def coverage(t: Language, rows: Sequence[CoverageRow]) -> Html:
    heads = [t("Role"), t("Version"), t("Accepted by"), t("Still to accept")]
    return table(
        heads,
        [
            [
                link(query(role=row.role), t.render(ROLES[row.role])),
                two_lines(t("version {n}", n=row.version), t("from {day}", day=row.in_force)),
                _accepted(t, row),
                ", ".join(row.missing),
            ]
            for row in rows
        ],
        "coverage",
    )


def _accepted(t: Language, row: CoverageRow) -> Html:
    if not row.holders:
        return html("<small>{words}</small>", words=t("nobody has this role"))
    words = t("{accepted} of {holders}", accepted=row.accepted, holders=row.holders)
    if not row.current:
        return html("{words}", words=words)
    return mark(t, "demonstrated" if row.accepted == row.holders else "in_review", words)


def upcoming(t: Language, rows: Sequence[AgreementRow]) -> Html:
    return table(
        [t("Role"), t("Version"), t("From")],
        [[t.render(ROLES[row.role]), t("version {n}", n=row.version), t.date(row.in_force)] for row in rows],
    )


def texts(t: Language, agreement: AgreementRow) -> Html:
    """Show an agreement in both languages side by side, with the permissions of its role."""
    columns = join(
        html(
            '<div lang="{code}"><h3>{name}</h3>{paragraphs}</div>',
            code=code,
            name=name,
            paragraphs=join(html("<p>{words}</p>", words=words) for words in text_in(agreement, code).split("\n\n")),
        )
        for code, name in LANGUAGES.items()
    )
    rights = join(html("<li>{right}</li>", right=t.render(right)) for right in agreement.rights)
    return html(
        '<p class="caption">{about}<br><span class="mono">SHA-256 {digest}</span></p>'
        '<div class="languages">{columns}</div>'
        "<details><summary>{title}</summary><ul class='plain small'>{rights}</ul></details>",
        about=t(
            "{title}, version {n}, in force from {day}",
            title=agreement.title,
            n=agreement.version,
            day=agreement.in_force,
        ),
        digest=agreement.sha256,
        columns=columns,
        title=t("Permissions of the role, as shown with the agreement"),
        rights=rights,
    )


def text_in(agreement: AgreementRow, code: str) -> str:
    return agreement.text_nl if code == "nl" else agreement.text_en


def publish(t: Language, context: PageContext, role: str, now_in_force: AgreementRow | None) -> None:
    """Draw the form for a new version; it starts with the text in force, so that only changes are typed."""
    version = now_in_force.version if now_in_force else 0
    texts_by_language: dict[str, str] = {}
    with st.form(f"publish-{role}-{version}", border=False):
        for column, (code, name) in zip(st.columns(2), LANGUAGES.items(), strict=True):
            with column:
                value = text_in(now_in_force, code) if now_in_force else ""
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
