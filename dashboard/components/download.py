"""A link to one of our own routes that gives a file: the browser fetches it, so that Streamlit never holds it."""

from dashboard.shell.html import Html, html, icon


def download(to: str, words: str) -> Html:
    return html(
        '<a class="button" href="{to}" target="_self" download>{icon}{words}</a>',
        to=to,
        icon=icon("download"),
        words=words,
    )
