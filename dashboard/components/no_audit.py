"""What pages that count towards the audit show while none has been planned."""

from access.permissions import may
from dashboard.shell import html
from dashboard.shell.html import Html
from dashboard.shell.page_context import PageContext
from locales import Language


def no_audit(t: Language, context: PageContext, title: str, why: str) -> Html:
    """Why the page is empty, and where to plan the audit, if the reader may."""
    if not may(context.person, "audit.plan"):
        return html.empty(title, why, t("The security officer plans the audit."))
    return html.empty(title, why, html.link(html.address("setup", part="audit"), t("Plan the audit"), "button first"))
