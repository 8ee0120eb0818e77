"""The content of the pages outside Streamlit: sign-in, one-time links, agreements, second factor, password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote

import segno
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from starlette.responses import HTMLResponse

from access.people.agreement_text import AgreementRow, terms
from access.people.links import RESET, SET_UP
from access.sign_in.link_redemption import LinkInfo
from access.sign_in.outcomes import Refusal, Refused
from access.sign_in.second_factor import Enrolment
from access.web.fictional_data import IS_FICTIONAL
from locales import Language

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form."""

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    digits: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The content of one page. `picture`: our own SVG; `codes`: to write down; `ways`: links, label → address."""

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
    passkey: Mapping[str, str] = field(default_factory=dict)  # the texts of the passkey button, where there is one


def render_page(
    t: Language, page: Page, status: int = 200, template: str = "page.html", **more: object
) -> HTMLResponse:
    """The page as HTML that is not cached. `more`: values of a template that extends `page.html`."""
    values = {name: getattr(page, name) for name in Page.__dataclass_fields__}
    fictional = t("Fictional: an example organisation that does not exist.") if IS_FICTIONAL.get() else ""
    body = _template(template).render(values | {"language": t.code, "fictional": fictional} | more)
    return HTMLResponse(body, status, {"cache-control": "no-store", "vary": "Accept-Language"})


@cache
def _template(name: str) -> Template:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape()).get_template(name)


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in_page(
    t: Language, after: str, problem: str = "", email: str = "", lead: str = "", ways: Mapping[str, str] = {}
) -> Page:
    """The first step. `ways`: links to other ways to sign in, such as single sign-on."""
    return Page(
        t("Sign in"),
        lead,
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
    """The script's message if the device gave no passkey: the person stopped, or it has none."""
    return t("No passkey was used. Try again, or use your password.")


def passkey_first_page(t: Language) -> Page:
    return Page(
        t("Sign in with a passkey"),
        t("This account has a passkey. Sign out and sign in with the passkey: it is your second factor."),
        ways={t("Sign out"): "/sign-out"},
    )


def code_page(t: Language, ticket: str, after: str, problem: str = "") -> Page:
    return Page(
        t("Your second factor"),
        t("Enter the code that your app shows, or one of your recovery codes."),
        problem,
        action="/sign-in/code",
        button=t("Continue"),
        fields=[Field("code", t("Code"), autocomplete="one-time-code")],
        hidden={"ticket": ticket, "next": after},
    )


def refusal(t: Language, refused: Refused) -> str:
    """The message of a refusal: the same whatever was wrong, or how long to wait."""
    if refused.reason == Refusal.LOCKED:
        return t.n(
            "Too many attempts failed. Wait {n} second, then try again.",
            "Too many attempts failed. Wait {n} seconds, then try again.",
            refused.wait_seconds,
        )
    if refused.reason == Refusal.EXPIRED:
        return t("It took too long: enter your e-mail address and password again.")
    return t("The e-mail address, the password or the code is not right. Check capitals and try again.")


def password_refusal(t: Language, refused: Refused) -> str:
    """The message for someone who is signed in and entered another password than their own."""
    return refusal(t, refused) if refused.wait_seconds else t("The current password is not right.")


def sign_out_page(t: Language) -> Page:
    return Page(
        t("Sign out?"),
        t("Pages that are open in this browser will close."),
        action="/sign-out",
        button=t("Sign out"),
        ways={t("Back"): "/"},
    )


# ── One-time links and passwords ─────────────────────────────────────────────────────────────────────────────────────


def link_page(t: Language, link: LinkInfo, action: str, problem: str = "", entered: Mapping[str, str] = {}) -> Page:
    """The page of a one-time link. `entered`: what the person typed before, to be shown again."""
    fields = [_new_password(t)]
    if link.purpose == SET_UP:
        title = t("The first security officer")
        lead = t("You create the first account; you invite the others afterwards.")
        fields = [
            Field("name", t("Name"), autocomplete="name", value=entered.get("name", "")),
            Field("email", t("E-mail address"), "email", "username", entered.get("email", "")),
            *fields,
        ]
    elif link.purpose == RESET:
        title, lead = t("A new password"), t("For {name}. You are signed out everywhere.", name=link.name)
    else:
        title, lead = t("Welcome, {name}", name=link.name), t("Choose the password that you will sign in with.")
    return Page(title, lead, problem, action, t("Save"), fields=fields)


def invalid_link_page(t: Language) -> Page:
    return Page(
        t("This link no longer works"),
        t("It was used, expired or replaced by a newer one. Ask for a new one."),
        ways={t("Sign in"): "/sign-in"},
    )


def not_found_page(t: Language, *, signed_in: bool) -> Page:
    way = {t("Go to the first page"): "/"} if signed_in else {t("Sign in"): "/sign-in"}
    return Page(t("Page not found"), t("There is no page at this address."), ways=way)


def password_page(t: Language, problem: str = "") -> Page:
    return Page(
        t("Change my password"),
        t("You will be signed out everywhere else."),
        problem,
        "/password",
        t("Save"),
        fields=[Field("current", t("Current password"), "password", "current-password"), _new_password(t)],
        ways={t("Back"): "/account"},
    )


def _new_password(t: Language) -> Field:
    hint = t("At least 12 characters. A few unrelated words are easy to remember and hard to guess.")
    return Field("password", t("New password"), "password", "new-password", hint=hint)


# ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────────


def agreements_page(t: Language, agreements: Sequence[AgreementRow], problem: str = "") -> Page:
    documents = [
        {
            "title": t.render(agreement.title),
            "terms": terms(agreement.text_in(t.code)),
            "rights": [t.render(right) for right in agreement.rights],
            "rights_title": t("What this role may do"),
            "remark": t("Version {version}, in force from {day}", version=agreement.version, day=agreement.in_force),
        }
        for agreement in agreements
    ]
    return Page(
        t.n("An agreement to accept", "Agreements to accept", len(agreements)),
        t("Accept first; then you get access. Your name, the version, the time and your network address are recorded."),
        problem,
        action="/agreements",
        button=t("I accept"),
        other=t("Decline and sign out"),
        hidden={"agreements": ",".join(str(agreement.id) for agreement in agreements)},
        documents=documents,
    )


# ── The second factor ────────────────────────────────────────────────────────────────────────────────────────────────


def begin_enrolment_page(t: Language, *, is_demanded: bool) -> Page:
    """The page before the secret is made: opening it changes nothing."""
    lead = t("You need an authenticator app: scan a QR code with it and enter the code that it shows.")
    return Page(
        t("Set up a second factor"),
        f"{t('Your role requires a second factor before you can continue.')} {lead}" if is_demanded else lead,
        action="/second-factor",
        button=t("Start"),
        ways={t("Sign out"): "/sign-out"} if is_demanded else {t("Back"): "/account"},
    )


def enrol_page(t: Language, enrolment: Enrolment, *, is_demanded: bool, problem: str = "") -> Page:
    """The QR code and the secret, shown once."""
    lead = t("Scan the QR code with an authenticator app, or type the key. Then enter the code that the app shows.")
    if is_demanded:
        lead = f"{t('Your role requires a second factor before you can continue.')} {lead}"
    return Page(
        t("Set up a second factor"),
        lead,
        problem,
        action="/second-factor",
        button=t("Confirm"),
        fields=[Field("code", t("Code"), autocomplete="one-time-code", digits=True)],
        picture=segno.make(enrolment.uri, micro=False).svg_inline(scale=5, border=4, light="#ffffff", dark="#1b2733"),
        codes=[enrolment.in_groups],
        ways={t("Sign out"): "/sign-out"} if is_demanded else {t("Back"): "/account"},
    )


def retry_code_page(t: Language, problem: str) -> Page:
    """The page after a wrong code; the secret stays, since the app holds the one that was shown."""
    return Page(
        t("Set up a second factor"),
        t("Enter the code that your app shows."),
        problem,
        action="/second-factor",
        button=t("Confirm"),
        fields=[Field("code", t("Code"), autocomplete="one-time-code", digits=True)],
        other=t("Start again"),
        ways={t("Back"): "/account"},
    )


def recovery_codes_page(t: Language, codes: Sequence[str]) -> Page:
    return Page(
        t("Your recovery codes"),
        t("Each code works once, when you do not have your app. Keep them elsewhere: they are not shown again."),
        codes=codes,
        ways={t("I have saved them; continue"): "/"},
    )


def second_factor_page(t: Language, codes_left: int, problem: str = "") -> Page:
    return Page(
        t("Your second factor"),
        t.n(
            "It is set up; {n} recovery code is left. To use another app or get new codes, remove it first.",
            "It is set up; {n} recovery codes are left. To use another app or get new codes, remove it first.",
            codes_left,
        ),
        problem,
        action="/second-factor",
        button=t("Remove"),
        fields=[Field("password", t("Current password"), "password", "current-password")],
        ways={t("Back"): "/account"},
    )
