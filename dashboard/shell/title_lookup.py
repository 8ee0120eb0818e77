"""Titles of systems, teams, measures, requirements and controls, by key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from controls.browse.values import RequirementRow
from controls.files.words import THEMES
from dashboard.shell.html import Html, address, html, link
from locales import Language


@dataclass(frozen=True, slots=True)
class TitleLookup:
    """The rows of all things that have a title today, by key. The values carry `title_nl` and `title_en`.

    `own_policies`: the edition of the organisation's own that judges a requirement today, by requirement; `policies`:
    all policies and editions, by the name in requirements and judgements.
    """

    today: date
    systems: Mapping[str, Any]
    teams: Mapping[str, Any]
    measures: Mapping[str, Any]
    requirements: Mapping[str, Any]
    controls: Mapping[str, Any]
    catalogues: Mapping[str, Any]
    own_policies: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, Any] = field(default_factory=dict)

    @property
    def followed(self) -> tuple[str, ...]:
        """The catalogues that the organisation follows."""
        return tuple(key for key, catalogue in self.catalogues.items() if catalogue.followed)

    def measure(self, t: Language, key: str) -> str:
        return _title(t, self.measures, key)

    def requirement(self, t: Language, key: str) -> str:
        return _title(t, self.requirements, key)

    def system(self, t: Language, key: str) -> str:
        """A system's title; the organisation's cells have none."""
        return _title(t, self.systems, key) if key else t("Organisation")

    def team(self, t: Language, key: str | None) -> str:
        return _title(t, self.teams, key) if key else t("No team yet")

    def place(self, t: Language, system: str, target: str) -> str:
        """Where a cell is: the organisation, a system, or a target of it."""
        name = self.system(t, system)
        return f"{name}, {target}" if target and target != system else name

    def edition(self, t: Language, catalogue: str) -> str:
        """ISO 27001 (2022)."""
        known = self.catalogues.get(catalogue)
        return f"{t.pick(known, 'short')} ({known.edition})" if known else catalogue

    def reference(self, t: Language, control: str) -> str:
        """ISO 27001 A.8.24."""
        catalogue, _, ref = control.partition(":")
        known = self.catalogues.get(catalogue)
        return f"{t.pick(known, 'short') if known else catalogue} {ref}"

    def theme(self, t: Language, catalogue: str, theme: str) -> str:
        """A chapter of a catalogue: one that every catalogue may use, or its own."""
        if theme in THEMES:
            return t.render(THEMES[theme])
        own = self.catalogues[catalogue].themes if catalogue in self.catalogues else {}
        return str(own.get(theme, {}).get(t.code, theme))

    def control_link(self, t: Language, control: str) -> Html:
        """Its reference as a link, its title beside it."""
        to = link(address("control", key=control), self.reference(t, control))
        return html("{to} {title}", to=to, title=_title(t, self.controls, control))

    def policy(self, t: Language, key: str) -> str:
        return _title(t, self.policies, key)

    def policy_of(self, requirement: RequirementRow) -> str:
        """The id of the policy that judges a requirement today: the organisation's own, else the one that came along.

        Empty where none does.
        """
        return self.own_policies.get(requirement.key) or requirement.policy or ""

    def policy_name(self, t: Language, key: str) -> str:
        """A policy's title and edition; of one that is not known here, its key."""
        known = self.policies.get(key)
        return t.render(known.name) if known else key

    def policy_link(self, t: Language, key: str) -> Html:
        """A link to a policy's page, by its title and edition."""
        return link(address("policy", key=key), self.policy_name(t, key), "soft-link")

    def criteria(self, t: Language, requirement: RequirementRow) -> str:
        """The acceptance criteria; also that a policy of the organisation's own decides where it says otherwise."""
        words = t.pick(requirement, "judged")
        if not words or requirement.key not in self.own_policies:
            return words
        own = t("A policy of your own judges it: where it says otherwise than this, the policy applies.")
        return f"{words} {own}"

    def home(self, requirement: str, cell: tuple[str, str, str] | None = None) -> str:
        """The page of what a requirement belongs to: a measure, with a cell of it opened if given; or a control."""
        row = self.requirements.get(requirement)
        if row is None:
            return address("measures")
        if row.measure:
            return address("measure", key=row.measure, cell="|".join(cell) if cell else "")
        return address("control", key=row.control)


def _title(t: Language, things: Mapping[str, Any], key: str) -> str:
    """The title; of a thing that no longer exists, its key."""
    return t.title(things[key]) if key in things else key
