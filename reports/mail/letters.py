"""The letters with a one-time link: an invitation, and a link for a new password."""

from datetime import datetime

from access.people.links import INVITATION
from locales import Language
from reports.mail.message import Letter, Line


def link_letter(t: Language, name: str, by: str, purpose: str, address: str, until: datetime) -> Letter:
    """The letter with a link. `purpose`: invitation or reset; `by`: who made the link; `until`: when it expires."""
    invited = purpose == INVITATION
    what = (
        t("{by} has made an account for you in Aantoonbaar. Choose a password to begin.", by=by)
        if invited
        else t("{by} has made a link with which you can choose a new password in Aantoonbaar.", by=by)
    )
    unexpected = t("If you did not expect this message, do not use the link, and tell your security officer.")
    return Letter(
        subject=t("Your invitation to Aantoonbaar") if invited else t("A new password for Aantoonbaar"),
        opening=[t("Dear {name},", name=name), what, t("The link works once, until {moment}.", moment=until)],
        button=Line(t("Choose a password"), address),
        closing=[Line(unexpected)],
    )
