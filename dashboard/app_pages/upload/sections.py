"""Sections of the upload page: file field, effect, preview of results, saving, and what was changed."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

import streamlit as st

from access.permissions import require
from controls.browse import lookup
from dashboard.app_pages.evidence_item.sections import result_table
from dashboard.app_pages.upload.answers import Answers, delivery_of
from dashboard.app_pages.upload.changes import Stage, changes, control_moves, expiry_note, promises
from dashboard.app_pages.upload.dependent_controls import needed_evidence
from dashboard.app_pages.upload.dropped_files import DroppedFiles
from dashboard.app_pages.upload.policy_questions import missing_answers
from dashboard.app_pages.upload.reading import take
from dashboard.app_pages.upload.staged_work import StagedRow, Work, discard_work
from dashboard.components.drop_zone import draw_drop_zone_texts
from dashboard.components.evidence.declared_facts import review_note, same_file_note
from dashboard.components.evidence.outcomes import FAILURES, SHOWN, first_results, first_rows, verdicts
from dashboard.components.steps import steps
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import show_problem
from dashboard.shell.streamlit_adapter import UploadedFile
from evidence.formats import is_table
from evidence.formats.values import INFORMATIONAL, Result
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reasons.seen_before import seen_before
from evidence.intake.submission import submit
from evidence.library import evidence_items
from locales import Language, Problem
from models.transaction import writing
from models.vocabulary import Scope
from readiness import controls_needing, explain_controls, readiness
from readiness.effects.upload_effect import UploadEffect
from settings import engine, store

_TICK = timedelta(microseconds=1)


def progress_bar(t: Language, current: int) -> html.Html:
    """The three steps of an upload."""
    return steps([t("File"), t("Verify"), t("Saved")], current)


def file_field(t: Language) -> list[UploadedFile]:
    """Draw the file field and return the dropped files; each is a piece of evidence until files are joined."""
    hint = t("Up to 25 MB here; upload larger files through the API.")
    draw_drop_zone_texts(t, t("Choose files"), t("or drop them here, up to 25 MB each"))
    number = st.session_state.get("drops", 0)
    files = st.file_uploader(
        t("Files, or a ZIP file with files"), accept_multiple_files=True, help=hint, key=f"drop {number}"
    )
    with st.expander(t("A whole folder, or files with a manifest")), st.container(key="folder"):
        show(html.caption(t("A file manifest.csv in the folder may say what each file is evidence for.")))
        folder = st.file_uploader(t("Folder"), accept_multiple_files="directory", key=f"folder {number}")
    return [*files, *folder]


def take_files(t: Language, context: PageContext, work: Work | None, dropped: Sequence[UploadedFile]) -> None:
    """Read dropped files, empty the field, and show them."""
    require(context.person, "evidence.file")
    work = take(t, context, work, dropped)
    empty_field()
    st.query_params["work"] = work.id
    st.rerun()


def add_files(t: Language, context: PageContext, work: Work) -> None:
    """Draw the means to add files to those that are there."""
    with st.popover(t("Add files"), icon=":material/add:"):
        dropped = file_field(t)
    if dropped:
        try:
            take_files(t, context, work, dropped)
        except Problem as problem:
            show_problem(t, problem)


def empty_field() -> None:
    """Make the file field a new one, so that it no longer holds what was read."""
    st.session_state["drops"] = st.session_state.get("drops", 0) + 1


def effect(t: Language, context: PageContext, files: DroppedFiles, answers: Answers) -> UploadEffect | None:
    """Draw the effect of saving and acceptance. None: it cannot be saved."""
    show(html.section(t("What this changes"), t("before you save")))
    if not answers.requirements:
        show(html.note("unknown", t("Choose what this file is evidence for to see what it changes."), "arrow_back"))
        return None
    requirements = [context.titles.requirements[key] for key in answers.requirements]
    if answers.without_place:
        words = t("Choose what {target} is to see what it changes.", target=answers.without_place[0])
        show(html.note("unknown", words, "arrow_back"))
        return None
    if any(requirement.scope != Scope.ORGANISATION for requirement in requirements) and not (
        answers.systems or answers.places
    ):
        words = t("Choose the system that this is about to see what it changes.")
        show(html.note("unknown", words, "arrow_back"))
        return None
    if words := missing_answers(t, files.inspection, requirements, answers):
        show(html.note("unknown", words, "arrow_back"))
        return None
    try:
        expected = files.effect_of(context, answers)
    except Problem as problem:
        show_problem(t, problem)
        return None
    draw_effect(t, context, expected)
    return expected


def draw_effect(t: Language, context: PageContext, expected: UploadEffect) -> None:
    """Draw what an upload changes, stage by stage, with the verdicts and what to note."""
    named = [(t("Now"), expected.before), (t("After saving"), expected.saved)]
    named += [(t("After acceptance"), expected.accepted)] if expected.needs_acceptance else []
    stages = [Stage(name, outlook.today, outlook.audit) for name, outlook in named if outlook]
    touched = [cell.key for cell in expected.filed.covered]
    catalogues = context.criteria
    cells = [cell for cell in stages[-1].today.cells if cell.key in touched]
    notes = [html.note("unknown", t.render(warning), "warning") for warning in expected.filed.warnings]
    notes.append(review_note(t, expected.filed.review_reasons))
    if expected.needs_acceptance and not expected.filed.review_reasons:
        notes.append(
            html.note("in_review", t("This kind of evidence counts once someone other than you accepts it."), "pending")
        )
    requirements = [key for key, _, _ in touched]
    dependent = controls_needing(
        context.session, context.person, requirements, context.today, context.now, context.systems
    )
    show(
        changes(t, context.titles, stages, touched, catalogues, context.audit_day, dependent),
        verdicts(t, context.titles, expected.filed.covered),
        *notes,
        expiry_note(t, expected.filed.evidence, cells, context.audit_day),
    )


def earlier_uploads(t: Language, context: PageContext, inspection: Inspection) -> html.Html:
    """A note on earlier evidence with the same file."""
    return same_file_note(t, context.titles, seen_before(context.session, context.person, inspection.digests))


def preview(t: Language, inspection: Inspection, expected: UploadEffect | None) -> html.Html:
    """Some results with their levels; as the tool reported them while no policy applies yet."""
    total = sum(sum(file.counts.values()) for file in inspection.files)
    if not total:
        return html.Html("")
    if all(is_table(run.format) for run in inspection.runs) and not _are_test_results(expected):
        return first_rows(t, [result for file in inspection.files for result in file.spool.first], total)
    if expected is None:
        return first_results(t, _first_results(inspection), total)
    remark = t("{n} of {total} shown", n=len(expected.results), total=total)
    return html.join([html.section(t("Results"), remark), result_table(t, expected.results)])


def _are_test_results(expected: UploadEffect | None) -> bool:
    """Whether the rows of a table were judged as test results."""
    return expected is not None and any(result.outcome != INFORMATIONAL for result in expected.results)


def _first_results(inspection: Inspection) -> list[Result]:
    """The first failures, then the first results of the files."""
    failures = (
        result
        for file in inspection.files
        for batch in file.spool.batches()
        for result in batch
        if result.outcome in FAILURES
    )
    first = [result for file in inspection.files for result in file.spool.first if result.outcome not in FAILURES]
    return [*islice(failures, SHOWN), *first]


def save_bar(
    t: Language, context: PageContext, work: Work, row: StagedRow, answers: Answers | None, *, ready: bool
) -> None:
    """Draw the buttons to save, to add files, and to choose another file or go back to the others."""
    is_only = len(work.open_rows) == 1
    show(html.html('<div class="rule"></div>'))
    with st.container(horizontal=True, vertical_alignment="center"):
        save = st.button(t("Save this evidence"), type="primary", icon=":material/check:", disabled=not ready)
        other = st.button(t("Choose another file") if is_only else t("Back to all files"))
        show(html.caption(t("The file is hashed and cannot be changed afterwards.")))
    if other and is_only:
        begin_again(work)
    elif other:
        back_to_all()
    if save and answers is not None:
        _save(t, context, work, row, answers)


def back_to_all() -> None:
    """Show all files of the work."""
    st.query_params.pop("file", None)
    st.rerun()


def begin_again(work: Work | None = None) -> None:
    """Discard the work, and show the empty field."""
    if work is not None:
        discard_work(work)
    empty_field()
    st.query_params.clear()
    st.rerun()


def _save(t: Language, context: PageContext, work: Work, row: StagedRow, answers: Answers) -> None:
    assert row.files is not None  # noqa: S101 - its form is drawn
    try:
        inspection = row.files.inspection_for(answers.mapping)
        with writing(engine()) as (session, now):
            filed = submit(session, store(), context.person, delivery_of(inspection, answers), now)
    except Problem as problem:
        show_problem(t, problem)
        return
    is_only = len(work.rows) == 1
    row.saved = filed.evidence
    row.discard()
    work.version += 1
    if not is_only:
        back_to_all()
    discard_work(work)
    empty_field()
    st.session_state["filed before"] = not filed.is_new
    st.query_params.from_dict({"saved": filed.evidence})
    st.rerun()


def draw_saved(t: Language, context: PageContext, evidence: str) -> None:
    """Draw what the saved evidence changed: readiness just before it was recorded, and now."""
    detail = evidence_items.evidence(context.session, context.person, evidence)
    at = detail.row.recorded_at
    stages = []
    for name, moment in ((t("Before"), at - _TICK), (t("Now"), context.now)):
        today = readiness(context.session, context.person, context.today, moment, context.systems)
        then = (
            readiness(context.session, context.person, context.audit_day, moment, context.systems)
            if context.audit_day
            else None
        )
        stages.append(Stage(name, today, then))
    before, after = stages
    touched = [cell.key for cell in detail.coverage]
    changed_controls = control_moves(before.today.controls, after.today.controls)
    again = t("It was uploaded before, so nothing was added.") if st.session_state.get("filed before") else ""
    show(progress_bar(t, 4), html.answer(_saved_sentence(t, detail, after, changed_controls), "", again))
    catalogues = context.criteria
    measures = {
        requirement.measure
        for key, _, _ in touched
        if (requirement := context.titles.requirements.get(key)) and requirement.measure
    }
    left, right = st.columns([7, 5], gap="large")
    with left:
        requirement = [key for key, _, _ in touched]
        dependent = controls_needing(
            context.session, context.person, requirement, context.today, context.now, context.systems
        )
        moves = changes(t, context.titles, stages, touched, catalogues, context.audit_day, dependent)
        show(html.section(t("What it changed")), moves)
        why = explain_controls(context.session, context.person, dependent, context.today, context.now, context.systems)
        show(needed_evidence(t, context.titles, after.today, why))
        show(
            verdicts(t, context.titles, detail.coverage),
            expiry_note(t, evidence, after.today.cells, context.audit_day),
        )
    with right:
        clauses = lookup.statement(context.session, context.person).clauses if measures else ()
        show(
            html.section(t("Related promises")) if measures else "",
            promises(t, clauses, measures, after.today),
        )
        show(html.section(t("Next steps")), _next_steps(t, context, evidence))
    if st.button(t("Upload another file")):
        begin_again()


def _saved_sentence(t: Language, detail: evidence_items.EvidenceDetail, after: Stage, changed_controls: int) -> str:
    """One sentence: saved, the last day on which it counts, and how many controls changed status."""
    ends = [cell.valid_until for cell in after.today.cells if cell.evidence == detail.row.id and cell.valid_until]
    until = t(" It counts until {day}.", day=min(ends) - timedelta(days=1)) if ends else ""
    controls = (
        t.n("One control changed status because of it.", "{n} controls changed status because of it.", changed_controls)
        if changed_controls
        else t("No control changed status.")
    )
    return t("Saved.{until} {controls}", until=until, controls=controls)


def _next_steps(t: Language, context: PageContext, evidence: str) -> html.Html:
    item = html.link(html.address("evidence-item", id=evidence), t("Open the evidence"), "button first")
    team = html.link(html.address("my-team"), t("Back to my team"), "button") if context.person.teams else ""
    readiness_page = html.link(html.address("readiness"), t("Go to readiness"), "button")
    return html.html('<div class="actions">{item}{team}{ready}</div>', item=item, team=team, ready=readiness_page)
