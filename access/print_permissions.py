"""Prints the permissions: `python -m access.print_permissions > docs/permissions.md`, which a test holds equal."""

import sys

from access.people.agreement_text import RIGHTS, TITLES
from access.permissions import (
    AUDITOR,
    OF_OWN_TEAMS,
    PERMISSIONS,
    READING,
    SYSTEM,
    SYSTEM_ROLE,
    TEAM_MEMBER,
    WITHIN_AUDIT,
)

_ROLES = [*TITLES, SYSTEM_ROLE]
_INTRODUCTION = f"""\
# Roles and permissions
Printed from the table in `access/permissions.py` by `python -m access.print_permissions > docs/permissions.md`; a test
holds the two equal. Every verb checks this table before anything else; what is not in it is refused. Pages use it only
to decide what to show.

A person may have several roles, and has the permissions of all of them. A limit holds only if every role of theirs that
has the permission is limited.

- **own teams**: for the requirements of the teams that the person is a member of, as they are defined now. Evidence is
  read if it covers at least one of them. A team member without a team reads and uploads nothing.
- **own audit**: within the latest plan of the audits that the person is an auditor of. Its catalogues: other controls
  are not found. Its systems: readiness is narrowed to them, and another is refused; evidence is read if it covers the
  organisation or one of them. Its days: readiness from the first day of the period to the day of the audit; evidence if
  it counts on one of these days: it represents that day, is valid on it, or is part of its series when the period
  begins. Findings are on controls of its catalogues.
- **{SYSTEM.name}**: what the process does by itself. Nobody can be given this role.

"""
_SEPARATION_OF_DUTIES = f"""
## Separation of duties
The table says what a role may do. The following rules hold for every role; the verbs themselves enforce them.

- Nobody reviews their own uploads. Whoever uploaded evidence may withdraw it, and so may a reviewer.
- Nobody gives themselves a role or ends one of their own; the last security officer stays.
- Nobody passes on more than they have: a role that one may not do oneself is neither given nor ended, and an account
  that may do more is not opened (no link, no other e-mail address, no longer days, no second factor taken away). Ending
  an account passes nothing on, so whoever manages people may do that. The roles that an administrator gives are those
  of administrators; a security officer gives the others.
- A link is of no use once its account may do more than who made it, and no role is given to an account whose password
  was chosen by a link of someone who may not do what the role does. A token does what its maker may do at that moment,
  and ends with its maker's account.
- Whoever manages people may require a second factor for a role; only a security officer can undo that. An administrator
  can make signing in stricter for people with more permissions, never weaker.
- Whoever previews what an auditor or a team sees may read what that role reads, and change nothing: of the table only
  {", ".join(f"`{name}`" for name in sorted(READING))}.
"""


def render_table() -> str:
    """The page, in Markdown."""
    head = f"| permission | what it lets one do | {' | '.join(_ROLES)} |\n|---|---|{'---|' * len(_ROLES)}\n"
    rows = (
        f"| `{permission}` | {RIGHTS[permission].message} | "
        f"{' | '.join(_cell(permission, role) for role in _ROLES)} |\n"
        for permission in PERMISSIONS
    )
    return _INTRODUCTION + head + "".join(rows) + _SEPARATION_OF_DUTIES


def _cell(permission: str, role: str) -> str:
    if role not in PERMISSIONS[permission]:
        return ""
    if role == TEAM_MEMBER and permission in OF_OWN_TEAMS:
        return "own teams"
    return "own audit" if role == AUDITOR and permission in WITHIN_AUDIT else "yes"


if __name__ == "__main__":
    sys.stdout.write(render_table())
