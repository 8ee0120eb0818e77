"""Branches of code that reports name: a scan or test of one that is not released shows nothing of what runs."""

import re
from collections.abc import Iterable

from evidence.formats.values import storable
from locales import Text, text

#: branches of which releases are made, and tags; HEAD says nothing
_RELEASED = re.compile(
    r"(?:refs/)?(?:heads/|remotes/)?(?:origin/)?"
    r"(?:head|main|master|trunk|default|stable|prod(?:uction)?|(?:release|hotfix)s?(?:[/_-].*)?|v?\d+(?:\.\d+)*)"
    r"|(?:refs/)?tags/.*",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:.*[._-])?(?:branch(?:[-_. ]?name)?|ref[-_. ]?name|git[-_. ]?ref|github[-_. ]?ref)")
_NO_BRANCH = frozenset(("", "true", "false", "yes", "no", "none", "null", "unknown", "n/a", "-"))
_LONGEST, _MOST = 80, 3


def branch_in(name: str, value: str) -> str:
    """The branch that a property of a run names, if it is not known as one of releases; else empty."""
    is_branch = _NAME.fullmatch(name[:_LONGEST].lower()) is not None
    return unreleased(value) if is_branch and value.strip().lower() not in _NO_BRANCH else ""


def unreleased(branch: str) -> str:
    """The branch, if it is not known as one of which releases are made; else empty."""
    written = storable(branch.strip(), _LONGEST)
    return "" if not written or _RELEASED.fullmatch(written) else written


def doubt_of_branches(branches: Iterable[str]) -> Text | None:
    """The doubt about a run of these branches, as `unreleased` gives them; None if there are none."""
    named = list(dict.fromkeys(filter(None, branches)))[:_MOST]
    if not named:
        return None
    return text("The report is of the branch {branch}, which may not be what runs.", branch=", ".join(named))
