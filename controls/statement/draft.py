"""Draft statement files that a person made from a pasted text: for that person only, in the memory of this process.

A draft is lost when the process ends, when the person makes another, or when many others made theirs since.
"""

import threading
from collections import OrderedDict
from typing import Final

from access.permissions import Person, require
from controls.errors import Unknown
from controls.statement.draft_files import StatementFiles
from locales import text

_MOST_PEOPLE: Final = 20  # people
_drafts: Final[OrderedDict[str, StatementFiles]] = OrderedDict()
_lock: Final = threading.Lock()


def keep_draft(person: Person, files: StatementFiles) -> None:
    """Keep the files as the person's draft; an earlier draft is replaced."""
    require(person, "controls.load")
    with _lock:
        _drafts.pop(person.account, None)
        _drafts[person.account] = files
        while len(_drafts) > _MOST_PEOPLE:
            _drafts.popitem(last=False)


def draft(person: Person) -> StatementFiles:
    """Return the person's own draft. Raises `Unknown` when there is none (any more)."""
    require(person, "controls.load")
    with _lock:
        files = _drafts.get(person.account)
    if files is None:
        raise Unknown(
            text("Your draft files are no longer available; create them again under Start with a pasted text.")
        )
    return files
