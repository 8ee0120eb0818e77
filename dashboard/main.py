"""The router: the frame, the pages, and which of them is open."""

from pathlib import Path

import streamlit as st

from dashboard.parts import frame

HERE = Path(__file__).parent / "app_pages"

st.set_page_config(page_icon=str(frame.MARK), layout="wide")
t = frame.language()

#: address → title; the first stands at `/`. The others open one object of the page named beside them.
SHOWN = {
    "": t("Readiness"),
    "statement": t("Statement"),
    "measures": t("Measures"),
    "controls": t("Controls"),
    "evidence": t("Evidence"),
    "upload": t("Upload"),
    "setup": t("Set up"),
}
OBJECTS = {
    "measure": ("measures", t("Measure")),
    "control": ("controls", t("Control")),
    "evidence-item": ("evidence", t("Evidence")),
}


def page(name: str, title: str) -> st.Page:
    file = HERE / f"{(name or 'readiness').replace('-', '_')}.py"
    return st.Page(file, title=f"{title} · Aantoonbaar", url_path=name or None, default=not name)


pages = {name: page(name, title) for name, title in SHOWN.items()}
pages |= {name: page(name, title) for name, (_, title) in OBJECTS.items()}
opened = st.navigation(list(pages.values()), position="hidden")
here = next(name for name, one in pages.items() if one == opened)
frame.style()
frame.follow_links(pages)
frame.bar(t, SHOWN, OBJECTS[here][0] if here in OBJECTS else here)
try:
    opened.run()
except Exception as trouble:  # noqa: BLE001 - whatever it is, the reader is told in their language and the log has the rest
    frame.failed(t, trouble)
frame.foot(t)
