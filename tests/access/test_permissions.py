"""The table of permissions, that every verb checks it first, and the limits of limited permissions."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import access
import audits
import controls
import evidence
import jobs
import readiness
import reports
from access.people.preview_as_role import as_auditor, as_team
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
from access.print_permissions import render_table as printed
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
    "access.activity.read.list_entries": "OA",
    "access.activity.read.read_log_state": "OA",
    "access.people.agreements.accept": ITSELF,
    "access.people.agreements.list_upcoming": "OBS",
    "access.people.agreements.list_versions": "OBS",
    "access.people.agreements.coverage": "OBS",
    "access.people.agreements.export": "OBS",
    "access.people.agreements.publish": "OBS",
    "reports.mail.deliveries.mail_state": "OB",
    "access.people.digest_choice.choose_digest": ITSELF,
    "access.people.digest_choice.wants_digest": ITSELF,
    "access.people.calendar_feeds.list_feeds": "ORTALS",
    "access.people.calendar_feeds.make_feed": "ORTALS",
    "access.people.calendar_feeds.revoke_feed": "ORTALS",
    "access.people.links.invite": "OB",
    "access.people.links.reset": "OB",
    "access.sign_in.login_log.list_attempts": "OBS",
    "access.sign_in.login_log.count_by_day": "OBS",
    "access.sign_in.login_log.export": "OBS",
    "access.sign_in.passkeys.add": ITSELF,
    "access.sign_in.passkeys.begin_adding": ITSELF,
    "access.sign_in.passkeys.list_passkeys": ITSELF,
    "access.sign_in.passkeys.remove": ITSELF,
    "access.people.accounts.add": "OB",
    "access.people.accounts.change": "OB",
    "access.people.accounts.end": "OB",
    "access.people.accounts.end_grant": "OB",
    "access.people.accounts.grant": "OB",
    "access.people.accounts.list_accounts": "OB",
    "access.people.preview_as_role.as_auditor": "O",
    "access.people.preview_as_role.as_team": "O",
    "access.sign_in.second_factor.remove": "OB",
    "access.sign_in.second_factor.set_demanded_roles": "OB",
    "access.sign_in.password_sign_in.change_password": ITSELF,
    "access.sign_in.password_sign_in.confirm_password": ITSELF,
    "access.sign_in.throttling.list_locked_names": "OBS",
    "access.people.tokens.issue": "OB",
    "access.people.tokens.issue_own": ITSELF,
    "access.people.tokens.list_tokens": "OB",
    "access.people.tokens.list_own": ITSELF,
    "access.people.tokens.revoke": "OB",
    "access.people.tokens.revoke_own": ITSELF,
    "audits.applicability.decide": "O",
    "audits.applicability.history": "ORTALS",
    "audits.applicability_lines.applicability_lines": "ORTALS",
    "controls.audit.audit_bounds.audit_bounds": "OTRALBS",  # refuses nobody by itself: of a verb that has asked before
    "controls.audit.audit_bounds.audit_of": "ORTALS",
    "controls.audit.audit_bounds.audits": "ORTALBS",
    "controls.audit.audit_bounds.of_catalogues": "ORTALS",
    "controls.audit.audit_bounds.of_systems": "ORTALS",
    "audits.planning.plan_audit": "O",
    "audits.planned_days.plan_by_default": "OS",
    "audits.planned_days.plan_days": "OS",
    "audits.planned_days.propose_days": "OS",
    "audits.planned_days.set_renewal_margin": "OS",
    "audits.first_steps.first_steps": "O",
    "audits.first_steps.set_first_step": "O",
    "controls.assignments.assign": "OS",
    "controls.assignments.assignees": "OS",
    "controls.assignments.assignments": "ORTALS",
    "controls.browse.lookup.catalogues": "ORTALS",
    "controls.browse.lookup.control": "ORTALS",
    "controls.browse.lookup.controls": "ORTALS",
    "controls.browse.lookup.former_measures": "ORTALS",
    "controls.browse.lookup.in_scope": "ORTALS",
    "controls.browse.lookup.measure": "ORTALS",
    "controls.browse.lookup.measures": "ORTALS",
    "controls.browse.lookup.periods": "ORTALS",
    "controls.browse.lookup.requirements": "ORTALS",
    "controls.browse.lookup.standing_controls": "ORTALS",
    "controls.browse.lookup.statement": "ORTALS",
    "controls.browse.lookup.systems": "ORTALS",
    "controls.browse.lookup.teams": "ORTALBS",
    "controls.browse.shared_definitions.audit": "ORTALS",
    "controls.browse.shared_definitions.definitions": "ORTALS",
    "controls.browse.shared_definitions.scope": "ORTALS",
    "controls.publish_draft.publish_draft": "OS",
    "controls.browse.former_systems.systems_of_replaced_statements": "OS",
    "controls.statement.drafts.change_draft": "OS",
    "controls.statement.drafts.close": "OS",
    "controls.statement.drafts.create_draft": "OS",
    "controls.statement.drafts.discard_draft": "OS",
    "controls.statement.drafts.draft": "OS",
    "controls.statement.drafts.draft_statement": "OS",
    "controls.statement.drafts.drafts": "OS",
    "controls.statement.drafts.files_of": "OS",
    "evidence.collect.live.last_runs.live_check_states": "ORTALBS",
    "evidence.intake.documents.read_document": "OS",
    "controls.load.load": "OS",
    "controls.mapping.confirm": "OR",
    "controls.mapping.end": "OR",
    "controls.mapping.list_mappings": "ORTALS",
    "controls.mapping.review": "OR",
    "controls.scope.system_scope.add_system": "OS",
    "controls.scope.system_scope.add_team": "OS",
    "controls.scope.system_scope.bring_into_scope": "OS",
    "controls.scope.system_scope.change_attributes": "OS",
    "controls.scope.system_scope.end_scope": "OS",
    "controls.scope.system_scope.rename_system": "OS",
    "controls.scope.system_scope.withdraw": "OS",
    "controls.statement.proposed_promises.propose": "OS",
    "controls.statement.files_of_draft.make_files": "OS",
    "controls.statement.statement_versions.compare": "ORTALS",
    "controls.statement.statement_versions.reworded_measures": "ORTALS",
    "controls.statement.statement_versions.versions": "ORTALS",
    "controls.scope.live_checks.request_run": "OS",
    "controls.scope.live_checks.switch_off": "OS",
    "controls.scope.live_checks.switch_on": "OS",
    "controls.scope.target_addresses.end_address": "OS",
    "controls.scope.target_addresses.list_addresses": "ORTALS",
    "controls.scope.target_addresses.record_address": "OS",
    "controls.scope.target_addresses.withdraw_address": "OS",
    "evidence.intake.judged_again.policy_preview.preview_edition": "O",
    "evidence.judging.own_policies.editions.check_edition": "O",
    "evidence.judging.own_policies.editions.check_requirements": "O",
    "evidence.judging.own_policies.edition_start.start_edition": "O",
    "evidence.judging.own_policies.editions.judged_alike": "ORTALS",
    "evidence.judging.own_policies.editions.judged_instead": "ORTALS",
    "evidence.judging.own_policies.editions.list_editions": "ORTALS",
    "evidence.judging.own_policies.editions.list_own_policies": "ORTALS",
    "evidence.judging.own_policies.editions.publish_edition": "O",
    "evidence.judging.policy_descriptions.compare_policies": "ORTALS",
    "evidence.judging.policy_descriptions.list_policies": "ORTALS",
    "evidence.judging.policy_descriptions.describe_policy": "ORTALS",
    "evidence.judging.policy_descriptions.policies_by_name": "ORTALS",
    "evidence.judging.policy_descriptions.policy_template": "ORTALS",
    "evidence.intake.admission.admit": "OTS",
    "evidence.intake.judged_again.withdrawn_addresses.end_address": "OS",
    "evidence.intake.judged_again.withdrawn_addresses.withdraw_address": "OS",
    "evidence.intake.many_files.manifest_choice.proposed_choice": "OTS",
    "evidence.intake.proposed_requirements.candidates.candidates_for": "OTS",
    "evidence.intake.proposed_requirements.earlier_uploads.earlier_of_name": "OTS",
    "evidence.intake.proposed_requirements.earlier_uploads.earlier_of_places": "OTS",
    "evidence.intake.proposed_requirements.proposal.propose": "OTS",
    "readiness.effects.upload_rows.judge_row": "OTS",
    "evidence.intake.submission.record_evidence": "OTS",
    "evidence.decisions.closed_series.close_series": "O",
    "evidence.decisions.exceptions.grant_exception": "O",
    "evidence.decisions.exceptions.grant_exceptions": "O",
    "evidence.decisions.failing_checks.failing_checks": "O",
    "evidence.decisions.failing_checks.open_failures": "O",
    "evidence.decisions.exceptions.extend_exception": "O",
    "evidence.decisions.exceptions.revoke_exception": "O",
    "evidence.intake.submission.submit": "OTS",
    "evidence.intake.program_uploads.upload_rows.find_by_key": "OTS",
    "evidence.intake.program_uploads.upload_rows.read_upload": "ORTAS",
    "evidence.intake.program_uploads.upload_rows.receive": "OTS",
    "evidence.intake.program_uploads.upload_rows.remember": "OTS",
    "evidence.judging.own_policies.in_force.editions_in_force": "ORTALS",
    "evidence.intake.program_uploads.sent_uploads.sent_uploads": "ORTAS",
    "evidence.intake.judged_again.judging_again.files_to_judge": "ORTS",
    "evidence.intake.judged_again.judging_again.judge_again": "ORTS",
    "evidence.library.evidence_items.evidence": "ORTA",
    "evidence.library.evidence_items.require_readable": "ORTA",
    "evidence.library.evidence_items.file": "ORTA",
    "evidence.library.evidence_items.files": "ORTA",
    "evidence.decisions.exceptions.exceptions": "ORTA",
    "evidence.library.evidence_items.log_opening": "ORTA",
    "evidence.library.evidence_items.is_opened_today": "ORTA",
    "evidence.library.evidence_items.readable": "ORTA",
    "evidence.library.evidence_items.search": "ORTA",
    "evidence.library.evidence_items.search_all": "ORTA",
    "evidence.library.evidence_items.titles": "ORTA",
    "audits.nonconformities.close_nonconformity": "OA",
    "audits.nonconformities.nonconformities": "ORTALS",
    "audits.nonconformities.record_nonconformity": "OA",
    "evidence.visible_evidence.require_visible": "ORTA",
    "evidence.visible_evidence.visible": "ORTA",
    "evidence.library.requirement_search.search_requirements": "ORTALS",
    "evidence.library.recent_runs.recent_runs": "ORTA",
    "evidence.library.rejected_evidence.rejected": "ORTA",
    "evidence.library.waiting_for_review.waiting": "OR",
    "evidence.preview.document_changes.text_changes": "ORTA",
    "evidence.preview.preview.preview": "ORTA",
    "evidence.library.run_comparison.compare": "ORTA",
    "evidence.library.results.results": "ORTA",
    "evidence.decisions.review.review": "OR",
    "evidence.decisions.review.open_decisions": "ORTA",  # none for who may not decide
    "evidence.intake.reasons.seen_before.reason_of_same_bytes": "ORTAS",
    "evidence.intake.reasons.seen_before.seen_before": "ORTAS",
    "readiness.explanations.deciding_evidence.find_deciding_evidence": "ORTALS",
    "jobs.status.background": "OB",
    "jobs.status.last_verification": "OB",
    "readiness.tasks.calendar_entries.calendar_entries": "ORTALS",
    "readiness.tasks.calendar_entries.current_entries": "ORTALS",
    "readiness.over_time.continuity.continuity": "ORTALS",
    "readiness.over_time.continuity.control_continuity": "ORTALS",
    "readiness.over_time.continuity.measure_continuity": "ORTALS",
    "readiness.tasks.daily_digest.make_digest": "ORTALS",
    "readiness.tasks.due_days.due_tasks": "ORTALS",
    "readiness.tasks.due_days.due_tasks_between": "ORTALS",
    "readiness.tasks.due_days.tasks_of_all_cells": "ORTALS",
    "readiness.effects.upload_effect.current_outlook": "ORTALS",
    "readiness.effects.upload_effect.effect": "OTS",
    "readiness.effects.upload_effect.joint_effect": "OTS",
    "readiness.effects.upload_effect.judged_results": "ORTA",
    "readiness.explanations.explain_control.controls_needing": "ORTALS",
    "readiness.explanations.explain_cell.explain_cell": "ORTALS",
    "readiness.explanations.explain_control.explain_control": "ORTALS",
    "readiness.explanations.explain_control.explain_controls": "ORTALS",
    "readiness.explanations.explain_control.needed_requirements": "ORTALS",
    "readiness.effects.acceptance.acceptance_effect": "OR",
    "readiness.tasks.review_queue.review_queue": "OR",
    "readiness.tasks.review_queue.waiting_number": "OR",
    "readiness.evidence_ends.ends_of_cells": "ORTA",
    "readiness.evidence_ends.ends_on_upload": "OTS",
    "readiness.evidence_ends.evidence_ends": "ORTA",
    "readiness.status.audit_readiness": "ORTALS",
    "readiness.status.readiness": "ORTALS",
    "readiness.tasks.todo.to_do": "ORTALS",
    "readiness.over_time.trend.trend": "ORTALS",
    "readiness.effects.what_if.what_if": "ORTALS",
    "readiness.explanations.unconfirmed_mappings.controls_with_unconfirmed_mapping": "ORTALS",
}


#: What verbs ask and write with, and what stands before them: no verbs.
NO_VERBS = {
    "access.activity.record",
    "access.web.authentication",
    "access.people.delegation",
    "access.web.sign_in_routes",
    "access.web.fictional_data",
    "access.web.middleware",
    "access.people.account_rules",
    "access.permissions",
    "evidence.intake.delivery.declarations",
    "evidence.intake.judged_again.late_runs",
    "evidence.intake.records.changed_judgement",
    "evidence.intake.records.judgements",
    "evidence.intake.reasons.named_systems",
    "evidence.intake.reasons.own_evidence",
    "evidence.intake.delivery.token_limits",
    "evidence.intake.reasons.rejected_or_untested",
    "evidence.intake.reasons.reasons_to_review",
    "evidence.decisions.series",
    "evidence.intake.program_uploads.upload_context",
}


def verbs():
    """Every public function of these rooms that takes a person, by its name."""
    for room in (access, controls, evidence, readiness, audits, reports, jobs):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name in NO_VERBS or module.name.endswith("__main__"):
                continue
            for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
                public = not name.startswith("_") and function.__module__ == module.name
                if public and "person" in inspect.signature(function).parameters:
                    yield f"{module.name}.{name}", function


FOUND = dict(verbs())


class Touched(Exception):
    """A verb used an argument before checking the permission."""


class Untouchable:
    """An argument that may only be passed on."""

    def _touched(self, *_args):
        raise Touched

    __getattr__ = __iter__ = __len__ = __bool__ = __enter__ = __getitem__ = __add__ = __lt__ = __str__ = _touched


def called(verb, person):
    """Call it with a person and things that it may not touch."""
    names = inspect.signature(verb).parameters
    known = {"person": person, "account": "another"}  # what is about someone else needs more than what is one's own
    arguments = {
        name: known.get(name) or Untouchable()
        for name, value in names.items()
        if value.default is inspect.Parameter.empty or name == "person"
    }
    verb(**arguments)


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_person_without_role_has_no_permission(permission):
    stranger = Person("stranger", frozenset())
    with pytest.raises(NotAllowed, match="stranger may not do this"):
        require(stranger, permission)
    assert not may(stranger, permission)
    assert limits(stranger, permission).teams == limits(stranger, permission).audits == frozenset()
    require(BUILT_IN, permission)
    assert limits(BUILT_IN, permission) is None


def test_unknown_permission_raises_an_error():
    with pytest.raises(KeyError):
        require(BUILT_IN, "evidence.destroy")


def test_permissions_page_agrees_with_the_table():
    """`python -m access.print_permissions > docs/permissions.md` brings it up to date."""
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
    assert {permission for permission in own if not permission.endswith(".read")} == {"nonconformity.record"}


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


def test_preview_reads_and_changes_nothing():
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

#: These work for verbs that asked before: who has no role gets the conditions under which nothing is found, or none.
AFTERWARDS = {
    "controls.audit.audit_bounds.audit_bounds",
    "evidence.library.evidence_items.readable",
    "evidence.visible_evidence.require_visible",
    "evidence.visible_evidence.visible",
    "readiness.effects.upload_effect.current_outlook",
}
ASKING = sorted(name for name in FOUND if name not in AFTERWARDS and VERBS.get(name) != ITSELF)


def test_every_verb_is_in_the_table_of_this_test():
    assert sorted(FOUND) == sorted(VERBS)


@pytest.mark.parametrize("name", ASKING)
def test_verb_checks_the_permission_first(name):
    with pytest.raises(NotAllowed):
        called(FOUND[name], Person("stranger", frozenset(), teams=frozenset({"t"}), audits=frozenset({"a"})))


@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("letter", ROLES)
def test_verb_allows_exactly_these_roles(name, letter):
    person = Person("someone", frozenset({ROLES[letter]}), "id", frozenset({"t"}), frozenset({"a"}))
    allowed = True
    try:
        called(FOUND[name], person)
    except NotAllowed:
        allowed = False
    except (Touched, TypeError, Problem):
        pass
    assert allowed == (letter in VERBS[name])
