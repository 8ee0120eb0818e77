"""The scripts of pages: where each file is, and running one within another page."""

from functools import cache
from pathlib import Path
from types import CodeType

_PAGES = Path(__file__).parents[1] / "app_pages"


_FOLDERS = (_PAGES, _PAGES / "administration")


@cache
def script(name: str) -> Path:
    """The file of a page by its address: its own, or `page.py` in the folder of a page that has more files."""
    file = name.replace("-", "_")
    places = (place for folder in _FOLDERS for place in (folder / file / "page.py", folder / f"{file}.py"))
    return next(place for place in places if place.exists())


def run_script(file: Path) -> None:
    """Draw a page within the script that runs now, in a namespace of its own."""
    exec(_code(file), {"__name__": "__page__", "__file__": str(file)})  # noqa: S102 - a page of ours


@cache
def _code(file: Path) -> CodeType:
    return compile(file.read_text(encoding="utf-8"), str(file), "exec")
