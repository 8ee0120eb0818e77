"""The files that somebody just made of a pasted text: kept for them alone, in the memory of this process only.

They are gone when the process ends, when they make others, or when many others made theirs.
"""

import threading
from collections import OrderedDict
from typing import Final

from access.permissions import Person, require
from controls.errors import Unknown
from controls.statement.draft_files import Files
from locales import text

_MOST: Final = 20  # people
_kept: Final[OrderedDict[str, Files]] = OrderedDict()
_lock: Final = threading.Lock()


def keep(person: Person, files: Files) -> None:
    """In the place of what they made before."""
    require(person, "controls.load")
    with _lock:
        _kept.pop(person.account, None)
        _kept[person.account] = files
        while len(_kept) > _MOST:
            _kept.popitem(last=False)


def draft(person: Person) -> Files:
    """What they made last, and nobody else's."""
    require(person, "controls.load")
    with _lock:
        found = _kept.get(person.account)
    if found is None:
        raise Unknown(text("There are no files of yours any more; make them again under Start from a pasted text."))
    return found
