"""Streamlit's own words in the reader's language: it has English ones only, and no setting for another language.

`links/words.js` puts the translation in the place of each, in texts and in names that screen readers read. Calendars
know every language, and are told the reader's (`language.js`). A test holds each word against the Streamlit that is
installed.
"""

from functools import cache
from string import Formatter
from typing import Final

from locales import Language, Text, text

#: The words as Streamlit has them; `{…}` stands for what it puts in.
WORDS: Final = (
    # files
    text("Upload"),
    text("Add files"),
    text("Upload directories"),
    text("Drag and drop a file here"),
    text("Drag and drop files here"),
    text("Drag and drop directories here"),
    text("{size} per file"),
    text("{size} per file • {kinds}"),
    text("Remove {name}"),
    text("This type of files are not allowed."),
    text("{kind} files are not allowed."),
    text("File type not allowed."),
    text("Error uploading file"),
    text("Download failed"),
    text("Network error"),
    # lists
    text("Choose an option"),
    text("Choose options"),
    text("No options to select"),
    text("No options to select."),
    text("No results"),
    text("{n} option available."),
    text("{n} options available."),
    text("Select all"),
    text("Select {n} matches"),
    text("Clear all"),
    text("Clear value"),
    text("Selected values"),
    text("Selectbox options"),
    text("Multiselect options"),
    # fields
    text("Press Enter to apply"),
    text("Press Enter to submit form"),
    text("Press {key}+Enter to apply"),
    text("Press {key}+Enter to submit form"),
    text("Clear entry"),
    text("Show password"),
    text("Hide password"),
    text("Invalid input."),
    text("Increment"),
    text("Decrement"),
    text("Number is above the allowed range."),
    text("Number is below the allowed range."),
    text("Help for {field}"),
    # days
    text("Choose date"),
    text("Choose date, {month}"),
    text("Next month"),
    text("Previous month"),
    text("Clear date"),
    text("Selected Date: {date}"),
    text("day, {field}"),
    text("month, {field}"),
    text("year, {field}"),
    text("yyyy"),
    text("Empty"),
    text("Use arrow keys to navigate dates. Enter to select. Escape to close."),
    # tables and code
    text("Search"),
    text("Download as CSV"),
    text("Show/hide columns"),
    text("Fullscreen"),
    text("Close fullscreen"),
    text("Add row"),
    text("Delete row(s)"),
    text("Clear selection"),
    text("Hide column"),
    text("Copy column name"),
    text("Dataframe column menu"),
    text("Next page"),
    text("Previous page"),
    text("Copy to clipboard"),
    text("Copied"),
    # the page itself
    text("Close"),
    text("Cancel"),
    text("view more"),
    text("view less"),
    text("Main menu"),
    text("Print"),
    text("Rerun"),
    text("Skip to main content"),
    text("Please wait..."),
    text("Running..."),
    text("Connecting"),
    text("Page not found"),
    text("Connection error"),
    text("Connection timed out."),
    text("Connection lost. Please wait for the app to reconnect, then try again."),
    text("Streamlit server is not responding. Are you connected to the internet?"),
    text("Reconnected to server."),
    text("Connection failed with status {status}"),
    text("Try again"),
    text("Unknown error"),
)


@cache
def page_words(code: str) -> dict[str, object]:
    """What a page's script needs: the language, and each English word in it; none for English itself."""
    words = {} if code == "en" else {word.message: Language(code).render(_with_places(word)) for word in WORDS}
    return {"language": code, "words": words}


def _with_places(word: Text) -> Text:
    """The word with its places left open."""
    return Text(word.message, {name: f"{{{name}}}" for _, name, *_ in Formatter().parse(word.message) if name})
