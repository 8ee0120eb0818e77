"""The pages of the dashboard by address: the title of each, and who may open it. The files are in `app_pages/`."""

from dataclasses import dataclass

from locales import Text, text


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    `permissions`: one of these is needed; none: it is open to everyone. `under`: the page of the navigation bar that it
    belongs to, or itself if the bar has another place for it; None: it is in the navigation, in this order. `of_teams`:
    in the navigation only of people who have a team.
    `any_day`: it can show another day than today.
    """

    title: Text
    permissions: tuple[str, ...]
    under: str | None = None
    of_teams: bool = False
    any_day: bool = False


#: The first in a person's bar is also at `/`; other addresses are not found.
PAGES = {
    "my-team": Page(text("My team"), ("evidence.file",), of_teams=True),
    "readiness": Page(text("Readiness"), ("readiness.read",), any_day=True),
    "statement": Page(text("Statement"), ("readiness.read",), any_day=True),
    "measures": Page(text("Measures"), ("readiness.read",), "statement", any_day=True),
    "controls": Page(text("Controls"), ("readiness.read",), any_day=True),
    "evidence": Page(text("Evidence"), ("evidence.read",), any_day=True),
    "review": Page(text("Review"), ("evidence.review",)),
    "calendar": Page(text("Calendar"), ("readiness.read",)),
    "setup": Page(text("Set up"), ("scope.change", "audit.plan", "mapping.review")),
    "people": Page(text("People"), ("people.manage",)),
    "activity": Page(text("Activity"), ("activity.read",)),
    "tasks": Page(text("Tasks"), ("readiness.read",), "readiness"),
    "what-if": Page(text("What if"), ("readiness.read",), "readiness"),
    "start": Page(text("Start from a text"), ("controls.load",), "statement"),
    "measure": Page(text("Measure"), ("readiness.read",), "statement", any_day=True),
    "policy": Page(text("Policy"), ("readiness.read",), "controls"),
    "policy-edition": Page(text("Change a policy"), ("policy.publish",), "controls"),
    "applicability": Page(text("Statement of Applicability"), ("readiness.read",), "controls"),
    "exceptions": Page(text("Exceptions"), ("evidence.read",), "controls"),
    "findings": Page(text("Nonconformities"), ("readiness.read",), "controls"),
    "control": Page(text("Control"), ("readiness.read",), "controls", any_day=True),
    "evidence-item": Page(text("Evidence"), ("evidence.read",), "evidence", any_day=True),
    "login-attempts": Page(text("Login attempts"), ("login_log.read",), "people"),
    "acceptance": Page(text("Agreements"), ("agreement.read",), "people"),
    "tokens": Page(text("Tokens"), ("token.manage",), "people"),
    "status": Page(text("Status"), ("status.read",), "people"),
    "upload": Page(text("Upload"), ("evidence.file",), "upload"),
    "account": Page(text("My account"), (), "account"),
}
#: pages that are tabs of each other, in this order
TABS = (
    (text("Pages about readiness"), ("readiness", "tasks", "what-if")),
    (text("Pages about the statement"), ("statement", "measures")),
    (text("Pages about people and access"), ("people", "login-attempts", "acceptance", "tokens", "activity", "status")),
    (text("Pages about controls"), ("controls", "applicability", "exceptions", "findings")),
)
