"""The router: the frame, the pages, and which of them is open."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from access.permissions import may
from dashboard.parts import frame
from dashboard.parts.opening import signed_in
from models.transaction import reading
from settings import engine

HERE = Path(__file__).parent / "app_pages"

st.set_page_config(page_icon=str(frame.MARK), layout="wide")
t = frame.language()

#: address → title and the permission that it takes; the first that a person may open stands at `/`.
SHOWN = {
    "": (t("Readiness"), "readiness.read"),
    "statement": (t("Statement"), "readiness.read"),
    "measures": (t("Measures"), "readiness.read"),
    "controls": (t("Controls"), "readiness.read"),
    "evidence": (t("Evidence"), "evidence.read"),
    "upload": (t("Upload"), "evidence.file"),
    "setup": (t("Set up"), "scope.change"),
    "people": (t("People"), "people.manage"),
}
#: address → the page that it belongs to, its title and permission
OBJECTS = {
    "measure": ("measures", t("Measure"), "readiness.read"),
    "control": ("controls", t("Control"), "readiness.read"),
    "evidence-item": ("evidence", t("Evidence"), "evidence.read"),
    "account": ("", t("My account"), ""),
}


def page(name: str, title: str, *, first: bool) -> st.Page:
    file = HERE / f"{(name or 'readiness').replace('-', '_')}.py"
    return st.Page(file, title=f"{title} · Aantoonbaar", url_path=name or None, default=first)


frame.style()
with reading(engine()) as session:
    person = signed_in(session, datetime.now(UTC))
shown = {name: title for name, (title, permission) in SHOWN.items() if may(person, permission)}
pages = {name: page(name, title, first=name == next(iter(shown))) for name, title in shown.items()}
pages |= {
    name: page(name, title, first=not shown and name == "account")
    for name, (_, title, permission) in OBJECTS.items()
    if not permission or may(person, permission)
}
opened = st.navigation(list(pages.values()), position="hidden")
here = next(name for name, one in pages.items() if one == opened)
frame.follow_links(pages)
frame.bar(t, shown, OBJECTS[here][0] if here in OBJECTS else here)
try:
    opened.run()
except Exception as trouble:  # noqa: BLE001 - whatever it is, the reader is told in their language and the log has the rest
    frame.failed(t, trouble)
frame.foot(t, person.name)
