"""The product in a process of its own, and browsers in which someone is signed in."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import Engine, select

from access.people import sessions
from access.permissions import SECURITY_OFFICER
from access.web.fictional_data import is_fictional
from demo.people import PEOPLE
from models import Account
from models.transaction import make_engine, reading, writing
from tests.days import CALENDAR
from tests.people import colleague, officer
from tests.process import running

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
_DATA: dict[str, Path] = {}
_TOKENS: dict[str, dict[str, str]] = {}
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def served(data: Path) -> Iterator[str]:
    """`python app.py` on a free port; gives its address."""
    with running(data) as address:
        _DATA[address] = data
        yield address


def signed_in(browser: Browser, address: str, **options: Any) -> BrowserContext:
    """A browser of its own, in which a security officer is signed in who reads the browser's language."""
    language = str(options.get("locale", "nl"))[:2]
    if address not in _TOKENS:
        engine = database(address)
        with reading(engine) as session:
            is_demo = is_fictional(session)
        _TOKENS[address] = _of_the_demo(engine) if is_demo else _newcomers(engine)
        engine.dispose()
    context = browser.new_context(**options)
    context.add_cookies([{"name": "aantoonbaar", "value": _TOKENS[address][language], "url": address}])
    return context


def _newcomers(engine: Engine) -> dict[str, str]:
    """A session of each of two first officers, by language."""
    first, token = officer(engine)
    return {"nl": token, "en": colleague(engine, first, "Ben Clark", SECURITY_OFFICER, language="en")[1]}


def _of_the_demo(engine: Engine) -> dict[str, str]:
    """The same of the officers of the made-up organisation."""
    tokens = {}
    for figure in (person for person in PEOPLE if person.role == SECURITY_OFFICER):
        with writing(engine, visit=True) as (session, now):
            account = session.execute(select(Account.id).where(Account.email == figure.email)).scalar_one()
            tokens[figure.language] = sessions.start(session, account, now, "127.0.0.1", "test", second_factor=False)
    return tokens


def database(address: str) -> Engine:
    """The database of a process that is served here."""
    return make_engine(f"sqlite:///{_DATA[address] / 'aantoonbaar.db'}", CALENDAR)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
