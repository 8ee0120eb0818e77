"""What the pages outside Streamlit show: sign-in, one-time links, agreements, the second factor, the password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote

import segno
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from starlette.responses import HTMLResponse

from access.people.agreement_text import AgreementRow
from access.sign_in.links import RESET, SET_UP, LinkInfo
from access.sign_in.login_log import EXPIRED, LOCKED
from access.sign_in.password_sign_in import Refused
from access.sign_in.second_factor import Enrolment
from access.web.fictional import IS_FICTIONAL
from locales import Language

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    digits: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What one page shows. `picture`: an SVG of ours; `codes`: shown to be written down; `ways`: label → address."""

    title: str
    lead: str = ""
    problem: str = ""
    action: str = ""
    button: str = ""
    other: str = ""
    fields: Sequence[Field] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    documents: Sequence[Mapping[str, object]] = ()
    picture: str = ""
    codes: Sequence[str] = ()
    ways: Mapping[str, str] = field(default_factory=dict)
    passkey: Mapping[str, str] = field(default_factory=dict)  # what the button of passkeys says, where there is one


def render_page(
    t: Language, page: Page, status: int = 200, template: str = "door.html", **more: object
) -> HTMLResponse:
    """The page as HTML, which nothing may keep. `more`: what a template that extends the first one shows."""
    shown = {name: getattr(page, name) for name in Page.__dataclass_fields__}
    made_up = t("Made up: an example organisation that does not exist.") if IS_FICTIONAL.get() else ""
    body = _template(template).render(shown | {"language": t.code, "made_up": made_up} | more)
    return HTMLResponse(body, status, {"cache-control": "no-store", "vary": "Accept-Language"})


@cache
def _template(name: str) -> Template:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape()).get_template(name)


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in_page(
    t: Language, after: str, problem: str = "", email: str = "", said: str = "", ways: Mapping[str, str] = {}
) -> Page:
    """`ways`: other ways in, such as the organisation's own sign-in."""
    return Page(
        t("Sign in"),
        said,
        problem=problem,
        action=f"/sign-in?next={quote(after)}",
        button=t("Sign in"),
        fields=[
            Field("email", t("E-mail address"), "email", "username", email),
            Field("password", t("Password"), "password", "current-password"),
        ],
        ways=ways,
        passkey={"button": t("Sign in with a passkey"), "nothing": no_passkey_message(t), "next": after},
    )


def no_passkey_message(t: Language) -> str:
    """What the script says when the device gave nothing: stopped by the person, or it has none."""
    return t("No passkey was given. Try again, or use your password.")


def passkey_first_page(t: Language) -> Page:
    return Page(
        t("Sign in with a passkey"),
        t("This account has a passkey. Sign out, and sign in with it: it is your second factor."),
        ways={t("Sign out"): "/sign-out"},
    )


def code_page(t: Language, ticket: str, after: str, problem: str = "") -> Page:
    return Page(
        t("Your second factor"),
        t("Give the code that your app shows now, or one of your recovery codes."),
        problem,
        action="/sign-in/code",
        button=t("Go on"),
        fields=[Field("code", t("Code"), autocomplete="one-time-code")],
        hidden={"ticket": ticket, "next": after},
    )


def refusal(t: Language, refused: Refused) -> str:
    """What a stranger is told: the same whatever was wrong, and how long to wait."""
    if refused.reason == LOCKED:
        return t.n(
            "Too many attempts failed. Wait {n} second, then try again.",
            "Too many attempts failed. Wait {n} seconds, then try again.",
            refused.wait_seconds,
        )
    if refused.reason == EXPIRED:
        return t("It took too long: give your e-mail address and password again.")
    return t("This e-mail address and password, or this code, do not let you in. Mind capitals, and try again.")


def password_refusal(t: Language, refused: Refused) -> str:
    """What someone is told who is signed in and gave another password than their own."""
    return refusal(t, refused) if refused.wait_seconds else t("The password now is not the one that was given.")


def sign_out_page(t: Language) -> Page:
    return Page(
        t("Sign out?"),
        t("Pages that are open in this browser end with it."),
        action="/sign-out",
        button=t("Sign out"),
        ways={t("Back"): "/"},
    )


# ── One-time links and passwords ─────────────────────────────────────────────────────────────────────────────────────


def link_page(t: Language, found: LinkInfo, action: str, problem: str = "", given: Mapping[str, str] = {}) -> Page:
    fields = [_new_password(t)]
    if found.purpose == SET_UP:
        title, lead = t("The first security officer"), t("You make the first account; you invite the others.")
        fields = [
            Field("name", t("Name"), autocomplete="name", value=given.get("name", "")),
            Field("email", t("E-mail address"), "email", "username", given.get("email", "")),
            *fields,
        ]
    elif found.purpose == RESET:
        title, lead = t("A new password"), t("For {name}. You are signed out everywhere.", name=found.name)
    else:
        title, lead = t("Welcome, {name}", name=found.name), t("Choose the password that you sign in with.")
    return Page(title, lead, problem, action, t("Save"), fields=fields)


def invalid_link_page(t: Language) -> Page:
    return Page(
        t("This link does not work any more"),
        t("It was used before, its time is over, or a newer one has taken its place. Ask for a new one."),
        ways={t("Sign in"): "/sign-in"},
    )


def not_found_page(t: Language) -> Page:
    return Page(t("There is nothing here"), t("This address leads nowhere."), ways={t("Sign in"): "/sign-in"})


def password_page(t: Language, problem: str = "") -> Page:
    return Page(
        t("Change my password"),
        t("Afterwards you are signed out everywhere else."),
        problem,
        "/password",
        t("Save"),
        fields=[Field("current", t("Password now"), "password", "current-password"), _new_password(t)],
        ways={t("Back"): "/account"},
    )


def _new_password(t: Language) -> Field:
    hint = t("At least 12 characters; a few words that do not belong together are easy to remember and hard to guess.")
    return Field("password", t("New password"), "password", "new-password", hint=hint)


# ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────────


def agreements_page(t: Language, waiting: Sequence[AgreementRow], problem: str = "") -> Page:
    documents = [
        {
            "title": t.render(one.title),
            "paragraphs": (one.text_nl if t.code == "nl" else one.text_en).split("\n\n"),
            "rights": [t.render(right) for right in one.rights],
            "remark": t("Version {version}, in force from {day}", version=one.version, day=one.in_force),
        }
        for one in waiting
    ]
    return Page(
        t.n("An agreement to accept", "Agreements to accept", len(waiting)),
        t("Read it first: nothing can be used before. Recorded are who accepts, which version, when and from where."),
        problem,
        action="/agreements",
        button=t("I accept"),
        other=t("I do not accept; sign out"),
        hidden={"agreements": ",".join(str(one.id) for one in waiting)},
        documents=documents,
    )


# ── The second factor ────────────────────────────────────────────────────────────────────────────────────────────────


def begin_enrolment_page(t: Language, *, demanded: bool) -> Page:
    """Before the key is made: opening this page changes nothing."""
    lead = t("Have an authenticator app at hand: you scan a picture with it, and give the code that it shows.")
    return Page(
        t("Set up a second factor"),
        f"{t('Your role needs a second factor before you can go on.')} {lead}" if demanded else lead,
        action="/second-factor",
        button=t("Begin"),
        ways={t("Sign out"): "/sign-out"} if demanded else {t("Back"): "/account"},
    )


def enrol_page(t: Language, enrolment: Enrolment, *, demanded: bool, problem: str = "") -> Page:
    """The QR code and the key, shown once."""
    lead = t("Scan the picture with an authenticator app, or type the key over; then give the code that it shows.")
    if demanded:
        lead = f"{t('Your role needs a second factor before you can go on.')} {lead}"
    return Page(
        t("Set up a second factor"),
        lead,
        problem,
        action="/second-factor",
        button=t("Confirm"),
        fields=[Field("code", t("Code"), autocomplete="one-time-code", digits=True)],
        picture=segno.make(enrolment.uri, micro=False).svg_inline(scale=5, border=4, light="#ffffff", dark="#1b2733"),
        codes=[enrolment.in_groups],
        ways={t("Sign out"): "/sign-out"} if demanded else {t("Back"): "/account"},
    )


def retry_code_page(t: Language, problem: str) -> Page:
    """A wrong code does not make a new key: the app holds the one that was shown."""
    return Page(
        t("Set up a second factor"),
        t("Give the code that your app shows now."),
        problem,
        action="/second-factor",
        button=t("Confirm"),
        fields=[Field("code", t("Code"), autocomplete="one-time-code", digits=True)],
        other=t("Begin again"),
        ways={t("Back"): "/account"},
    )


def recovery_codes_page(t: Language, codes: Sequence[str]) -> Page:
    return Page(
        t("Your recovery codes"),
        t("Each lets you in once when your app is not at hand. Keep them apart from it: they are not shown again."),
        codes=codes,
        ways={t("I have kept them; go on"): "/"},
    )


def second_factor_page(t: Language, left: int, problem: str = "") -> Page:
    return Page(
        t("Your second factor"),
        t.n(
            "It is set up; {n} recovery code is left. To set up another app, or to have new codes, remove it first.",
            "It is set up; {n} recovery codes are left. To set up another app, or to have new codes, remove it first.",
            left,
        ),
        problem,
        action="/second-factor",
        button=t("Remove it"),
        fields=[Field("password", t("Password now"), "password", "current-password")],
        ways={t("Back"): "/account"},
    )
