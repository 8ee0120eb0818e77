"""The table of permissions, that every verb asks it first, and how far a limited permission reaches."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import access
import controls
import evidence
import jobs
import readiness
from access.permission_table import table as printed
from access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    BUILT_IN,
    PERMISSIONS,
    READER,
    REVIEWER,
    SECURITY_OFFICER,
    SYSTEM_ROLE,
    TEAM_MEMBER,
    NotAllowed,
    Person,
    limits,
    may,
    require,
    scoped_audits,
    scoped_teams,
)
from access.preview import as_auditor, as_team
from locales import Problem

ROLES = {
    "O": SECURITY_OFFICER,
    "R": REVIEWER,
    "T": TEAM_MEMBER,
    "A": AUDITOR,
    "L": READER,
    "B": ADMINISTRATOR,
    "S": SYSTEM_ROLE,
}

ITSELF = "itself"  # asks no permission: whoever acts, acts on their own account, which a test of that room holds

#: Every verb of these rooms, and who may: Officer, Reviewer, Team member, Auditor, reader (Lezer), administrator
#: (Beheerder), the System itself.
VERBS = {
    "access.activity_log.listed": "OA",
    "access.activity_log.state": "OA",
    "access.agreements.accept": ITSELF,
    "access.agreements.coming": "OBS",
    "access.agreements.coverage": "OBS",
    "access.agreements.export": "OBS",
    "access.agreements.publish": "OBS",
    "access.links.invite": "OB",
    "access.links.reset": "OB",
    "access.login_log.attempts": "OBS",
    "access.login_log.by_day": "OBS",
    "access.login_log.export": "OBS",
    "access.passkeys.add": ITSELF,
    "access.passkeys.begin_adding": ITSELF,
    "access.passkeys.listed": ITSELF,
    "access.passkeys.remove": ITSELF,
    "access.people.add": "OB",
    "access.people.change": "OB",
    "access.people.end": "OB",
    "access.people.end_grant": "OB",
    "access.people.grant": "OB",
    "access.people.listed": "OB",
    "access.preview.as_auditor": "O",
    "access.preview.as_team": "O",
    "access.second_factor.remove": "OB",
    "access.second_factor.require_for": "OB",
    "access.sign_in.change_password": ITSELF,
    "access.sign_in.confirm_oneself": ITSELF,
    "access.sign_in.locked_names": "OBS",
    "access.tokens.issue": "OB",
    "access.tokens.issue_own": ITSELF,
    "access.tokens.listed": "OB",
    "access.tokens.own": ITSELF,
    "access.tokens.revoke": "OB",
    "access.tokens.revoke_own": ITSELF,
    "controls.applicability.decide": "O",
    "controls.audit_bounds.audit_bounds": "OTRALBS",  # refuses nobody by itself: of a verb that has asked before
    "controls.audit_bounds.audit_of": "ORTALS",
    "controls.audit_bounds.audits": "ORTALBS",
    "controls.audit_bounds.of_catalogues": "ORTALS",
    "controls.audit_bounds.of_systems": "ORTALS",
    "controls.audit_plan.plan": "O",
    "controls.browse.catalogues": "ORTALS",
    "controls.browse.control": "ORTALS",
    "controls.browse.controls": "ORTALS",
    "controls.browse.former_measures": "ORTALS",
    "controls.browse.in_scope": "ORTALS",
    "controls.browse.measure": "ORTALS",
    "controls.browse.measures": "ORTALS",
    "controls.browse.periods": "ORTALS",
    "controls.browse.requirements": "ORTALS",
    "controls.browse.statement": "ORTALS",
    "controls.browse.systems": "ORTALS",
    "controls.browse.teams": "ORTALBS",
    "controls.draft.draft": "OS",
    "controls.draft.keep": "OS",
    "controls.load.load": "OS",
    "controls.mapping.confirm": "OR",
    "controls.mapping.end": "OR",
    "controls.mapping.list_mappings": "ORTALS",
    "controls.mapping.review": "OR",
    "controls.scope.add_system": "OS",
    "controls.scope.add_team": "OS",
    "controls.scope.bring_into_scope": "OS",
    "controls.scope.change_attributes": "OS",
    "controls.scope.end_scope": "OS",
    "controls.scope.rename_system": "OS",
    "controls.scope.withdraw": "OS",
    "controls.start.propose": "OS",
    "controls.start_file.make_files": "OS",
    "controls.statement_versions.compare": "ORTALS",
    "controls.statement_versions.reworded": "ORTALS",
    "controls.statement_versions.versions": "ORTALS",
    "controls.target_addresses.end_address": "OS",
    "controls.target_addresses.list_addresses": "ORTALS",
    "controls.target_addresses.record_address": "OS",
    "controls.target_addresses.withdraw_address": "OS",
    "evidence.policy_reading.listed": "ORTALS",
    "evidence.policy_reading.told": "ORTALS",
    "evidence.admit.admit": "OTS",
    "evidence.decisions.close_series": "O",
    "evidence.decisions.grant_exception": "O",
    "evidence.decisions.revoke_exception": "O",
    "evidence.failing.failing_check": "O",
    "evidence.intake.file": "OTS",
    "evidence.judging_again.files_to_judge": "ORTS",
    "evidence.judging_again.judge_again": "ORTS",
    "evidence.library.evidence": "ORTA",
    "evidence.library.exists": "ORTA",
    "evidence.library.file": "ORTA",
    "evidence.library.files": "ORTA",
    "evidence.exceptions.exceptions": "ORTA",
    "evidence.library.log_opening": "ORTA",
    "evidence.library.opened_today": "ORTA",
    "evidence.library.readable": "ORTA",
    "evidence.library.search": "ORTA",
    "evidence.library.titles": "ORTA",
    "evidence.nonconformities.close_nonconformity": "OA",
    "evidence.nonconformities.nonconformities": "ORTALS",
    "evidence.nonconformities.record_nonconformity": "OA",
    "evidence.reachable.reachable": "ORTA",
    "evidence.reachable.require_reachable": "ORTA",
    "evidence.results.compare": "ORTA",
    "evidence.results.results": "ORTA",
    "evidence.review.review": "OR",
    "evidence.seen_before.reason": "ORTAS",
    "evidence.seen_before.seen_before": "ORTAS",
    "readiness.behind.behind": "ORTALS",
    "jobs.status.background": "OB",
    "jobs.status.last_verification": "OB",
    "readiness.continuity.continuity": "ORTALS",
    "readiness.continuity.control_continuity": "ORTALS",
    "readiness.continuity.measure_continuity": "ORTALS",
    "readiness.explain.controls_needing": "ORTALS",
    "readiness.explain_cell.explain_cell": "ORTALS",
    "readiness.explain.explain_control": "ORTALS",
    "readiness.explain.explain_controls": "ORTALS",
    "readiness.status.audit_readiness": "ORTALS",
    "readiness.status.readiness": "ORTALS",
    "readiness.todo.to_do": "ORTALS",
    "readiness.trend.trend": "ORTALS",
    "readiness.unconfirmed.unconfirmed": "ORTALS",
}


#: What verbs ask and write with, and what stands before them: no verbs.
NO_VERBS = {
    "access.activity",
    "access.admission",
    "access.delegation",
    "access.doors",
    "access.fictional",
    "access.gate",
    "access.people_rules",
    "access.permissions",
    "evidence.declared",
    "evidence.judgement",
    "evidence.named_systems",
    "evidence.narrowed",
    "evidence.review_reasons",
    "evidence.policies",
}


def verbs():
    """Every public function of these rooms that takes a person, by its name."""
    for room in (access, controls, evidence, readiness, jobs):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name in NO_VERBS or module.name.endswith("__main__"):
                continue
            for name, found in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
                public = not name.startswith("_") and found.__module__ == module.name
                if public and "person" in inspect.signature(found).parameters:
                    yield f"{module.name}.{name}", found


FOUND = dict(verbs())


class Touched(Exception):
    """A verb did something with what it was given."""


class Untouchable:
    """An argument that may only be passed on."""

    def _touched(self, *_args):
        raise Touched

    __getattr__ = __iter__ = __len__ = __bool__ = __enter__ = __getitem__ = __add__ = __lt__ = __str__ = _touched


def called(verb, person):
    """Call it with a person and things that it may not touch."""
    names = inspect.signature(verb).parameters
    known = {"person": person, "account": "another"}  # what is about someone else needs more than what is one's own
    given = {
        name: known.get(name) or Untouchable()
        for name, one in names.items()
        if one.default is inspect.Parameter.empty or name == "person"
    }
    verb(**given)


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_nobody_may_without_a_role(permission):
    stranger = Person("stranger", frozenset())
    with pytest.raises(NotAllowed, match="stranger may not do this"):
        require(stranger, permission)
    assert not may(stranger, permission)
    assert limits(stranger, permission).teams == limits(stranger, permission).audits == frozenset()
    require(BUILT_IN, permission)
    assert limits(BUILT_IN, permission) is None


def test_a_permission_that_is_not_in_the_table_is_a_mistake_in_the_code():
    with pytest.raises(KeyError):
        require(BUILT_IN, "evidence.destroy")


def test_the_page_is_the_table():
    """`python -m access.permission_table > docs/permissions.md` brings it up to date."""
    page = Path(__file__).parents[2] / "docs" / "permissions.md"
    assert page.read_text(encoding="utf-8") == printed()


def test_an_administrator_sees_no_evidence_and_no_readiness():
    own = {permission for permission, roles in PERMISSIONS.items() if ADMINISTRATOR in roles}
    assert own == {
        "people.manage",
        "login_log.read",
        "agreement.publish",
        "agreement.read",
        "token.manage",
        "second_factor.demand",
        "settings.change",
        "status.read",
    }


def test_an_auditor_changes_nothing_but_findings():
    own = {permission for permission, roles in PERMISSIONS.items() if AUDITOR in roles}
    assert {one for one in own if not one.endswith(".read")} == {"nonconformity.record"}


def test_several_roles_give_the_union():
    member = Person("m", frozenset({TEAM_MEMBER}), teams=frozenset({"a"}), audits=frozenset({"x"}))
    assert scoped_teams(member, "evidence.read") == {"a"}
    assert scoped_audits(member, "evidence.read") == frozenset()  # audits say nothing without the role
    assert limits(member, "readiness.read") is None
    both = Person("b", member.roles | {AUDITOR}, teams=member.teams, audits=member.audits)
    assert (scoped_teams(both, "evidence.read"), scoped_audits(both, "evidence.read")) == ({"a"}, {"x"})
    assert scoped_teams(both, "evidence.file") == {"a"}
    assert limits(both, "readiness.read") is None  # as a team member they read all of it
    also = Person("c", both.roles | {REVIEWER}, teams=both.teams, audits=both.audits)
    assert limits(also, "evidence.read") is None
    assert scoped_teams(also, "evidence.file") == {"a"}


def test_who_previews_looks_and_changes_nothing():
    as_one = as_auditor(BUILT_IN, "x")
    assert scoped_audits(as_one, "evidence.read") == {"x"}
    assert not may(as_one, "nonconformity.record")
    member = as_team(BUILT_IN, "platform")
    assert member.name == BUILT_IN.name
    assert scoped_teams(member, "evidence.read") == {"platform"}
    assert {permission for permission in PERMISSIONS if may(member, permission)} == {
        "evidence.read",
        "readiness.read",
        "controls.read",
    }
    for person in (member, Person("r", frozenset({REVIEWER}))):
        with pytest.raises(NotAllowed):
            as_auditor(person, "x")
        with pytest.raises(NotAllowed):
            as_team(person, "other")


# ── Every verb asks ──────────────────────────────────────────────────────────────────────────────────────────────────

#: These work for verbs that asked before: who has no role gets the conditions under which nothing is found.
AFTERWARDS = {
    "controls.audit_bounds.audit_bounds",
    "evidence.library.readable",
    "evidence.reachable.reachable",
    "evidence.reachable.require_reachable",
}
ASKING = sorted(name for name in FOUND if name not in AFTERWARDS and VERBS.get(name) != ITSELF)


def test_every_verb_is_in_the_table_of_this_test():
    assert sorted(FOUND) == sorted(VERBS)


@pytest.mark.parametrize("name", ASKING)
def test_a_verb_refuses_who_has_no_role_before_anything_else(name):
    with pytest.raises(NotAllowed):
        called(FOUND[name], Person("stranger", frozenset(), teams=frozenset({"t"}), audits=frozenset({"a"})))


@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("letter", ROLES)
def test_a_verb_lets_in_just_these_roles(name, letter):
    person = Person("someone", frozenset({ROLES[letter]}), "id", frozenset({"t"}), frozenset({"a"}))
    allowed = True
    try:
        called(FOUND[name], person)
    except NotAllowed:
        allowed = False
    except (Touched, TypeError, Problem):
        pass
    assert allowed == (letter in VERBS[name])
