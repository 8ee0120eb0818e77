"""Someone at a page whose clicks are counted, so that a test can hold how many a task takes."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from playwright.sync_api import Locator, Page, expect

AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"
_KINDS = {
    "json": "application/json",
    "md": "text/markdown",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Walk:
    """A click is one on a link, a button or into a field; a choice from a list is two, and files are one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        self.rest()
        target.first.click()
        self.clicks += 1

    def press(self, name: str) -> None:
        """Click a button by its words."""
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def fill(self, label: str, words: str) -> None:
        """Click into a field and type."""
        self.rest()
        self.page.get_by_label(label, exact=True).first.fill(words)
        self.page.keyboard.press("Tab")
        self.clicks += 1

    def choose(self, label: str, option: str) -> None:
        """Open a list and click an option."""
        place = self.page.get_by_role("combobox", name=label).first
        place.wait_for()  # it may appear while the page is still being drawn, which would close an open list
        self.rest()
        place.click()
        place.fill(option)  # a long list draws only the options around its first
        self.page.get_by_role("option", name=option).first.click()
        self.clicks += 2

    def drop(self, files: Mapping[str, bytes]) -> None:
        """Give files to the area of the page, by their names."""
        self.rest()
        given = [
            {"name": name, "mimeType": _KINDS[name.rpartition(".")[2]], "buffer": data} for name, data in files.items()
        ]
        self.page.locator("input[type=file]").first.set_input_files(given)
        self.clicks += 1

    def rest(self) -> None:
        """Wait until the page has been drawn."""
        if self.page.locator("[data-testid=stApp]").count():
            self.page.locator("html[data-follows]").wait_for(state="attached")
            expect(self.page.locator(AT_REST)).to_be_attached()


def workbook(head: Sequence[str], *rows: Sequence[str | int | date]) -> bytes:
    """An Excel file with one sheet."""
    book, content = Workbook(), io.BytesIO()
    for row in (head, *rows):
        book.active.append(list(row))
    book.save(content)
    return content.getvalue()
