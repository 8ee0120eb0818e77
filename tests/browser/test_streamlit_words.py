"""Pages in Dutch hold no English of Streamlit's: not in texts, nor in the names that screen readers read."""

import re

from playwright.sync_api import Page

from dashboard.shell.streamlit_words import WORDS
from tests.browser.serving import signed_in

#: Words that Dutch does not have, in what Streamlit may say; its product names are not for readers at all.
ENGLISH = re.compile(
    r"\b(the|and|your|drag|browse|select|choose|press|per file|clear|show|hide|loading|running|close|next|previous|"
    r"copy|copied|rerun|deploy|connection|search|download|options?|results|today|date|month|year|day|streamlit|"
    r"january|february|march|may|june|july|august|october|monday|tuesday|wednesday|friday|sunday)\b",
    re.IGNORECASE,
)
_TEXTS = """() => {
  const ours = "[data-testid=stHtml], style, script, [translate=no], .stPlotlyChart, .stTextArea textarea, code";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (element.closest(ours)) continue;
    if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
    else for (const name of ["aria-label", "aria-valuetext", "placeholder", "title"]) texts.push(node.getAttribute(name) ?? "");
  }
  return texts.filter((text) => text.trim());
}"""


def english_of(page: Page) -> set[str]:
    """The texts on a page with an English word, also of what appears after a click."""
    page.wait_for_timeout(400)
    return english_texts(page)


def english_texts(page: Page) -> set[str]:
    """The texts on a page with an English word."""
    return {text for text in page.evaluate(_TEXTS) if ENGLISH.search(text)}


def test_dutch_pages_hold_no_english_of_streamlit(browser, address):
    context = signed_in(browser, address, locale="en-GB")  # the browser's language counts for nothing
    page = context.new_page()
    seen = {}
    for name in ("login-attempts", "setup", "people", "upload", "start", "account", "tokens"):
        page.goto(f"{address}/{name}?lang=nl")
        page.locator("h1").first.wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
        seen[name] = english_of(page)
        for kind in ("stDateInput", "stSelectbox", "stMultiSelect"):
            button = page.locator(f"[data-testid={kind}] button:visible").first
            if button.count():
                button.click()
                seen[f"{name}, {kind}"] = english_of(page)
                page.keyboard.press("Escape")
        for kind in ("stTextInput", "stTextArea", "stNumberInput"):
            field = page.locator(f"[data-testid={kind}] :is(input, textarea):visible").first
            if field.count():
                field.fill("7")
                seen[f"{name}, {kind}"] = english_of(page)
    assert {place: texts for place, texts in seen.items() if texts} == {}
    assert any("stDateInput" in place for place in seen)
    context.close()


def test_words_that_appear_later_are_replaced(browser, address):
    """Such as those of a lost connection, which no test can wait for."""
    context = signed_in(browser, address, locale="nl-NL")
    page = context.new_page()
    page.goto(f"{address}/account")
    page.locator("h1").first.wait_for()
    appear = """words => document.body.append(Object.assign(document.createElement("p"), { textContent: words }))"""
    for word in WORDS:
        page.evaluate(
            appear, re.sub(r"\{(\w+)\}", lambda name: "May 29, 2027" if name[1] == "date" else "7", word.message)
        )
    assert english_of(page) == set()
    context.close()


def test_english_returns_with_the_language(browser, address):
    context = signed_in(browser, address, locale="nl-NL")
    page = context.new_page()
    page.goto(f"{address}/account?lang=nl")
    page.locator("html[lang=nl]").wait_for(state="attached")
    page.locator(".switch a[lang=en]:visible").first.click()
    page.locator("html[lang=en]").wait_for(state="attached")
    assert page.evaluate("navigator.language") == "en-GB"
    context.close()
