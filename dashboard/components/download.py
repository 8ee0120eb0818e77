"""A link that downloads a file from one of our routes, without passing through Streamlit."""

from dashboard.shell.html import Html, html, icon


def download(to: str, words: str) -> Html:
    return html(
        '<a class="button" href="{to}" target="_self" download>{icon}{words}</a>',
        to=to,
        icon=icon("download"),
        words=words,
    )
