"""OSCAL: assessment results of NIST's Open Security Controls Assessment Language, as JSON and XML.

Models: https://pages.nist.gov/OSCAL/resources/concepts/layer/assessment/assessment-results/. A result per finding
(satisfied passes, not-satisfied fails), and per observation that no finding refers to, by its property `result`, which
tools that convert scans write; without that it is informational. Other documents of OSCAL are recognised and hold no
results, except for the items of a plan of action, which are informational. Trestle writes an array of assessments
without a document around it. The file is read twice, as findings come after the observations that they refer to.

The assessments are finished if each has an end and some finding or observation says whether something holds.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from evidence.formats.configuration.oscal_assessments import (
    FINDING,
    ITEM,
    OBSERVATION,
    RISK,
    SELECTION,
    START,
    Assessments,
)
from evidence.formats.configuration.oscal_xml import Gathered, Written
from evidence.formats.reading.json_stream import begins, values
from evidence.formats.reading.xml_stream import prolog, read_head, results
from evidence.formats.values import HEAD, Result, Run, Unreadable
from locales import text

NAME = "oscal"
TITLE = "OSCAL"
ABOUT = text(
    "Each finding of assessment results is read (satisfied or not), and each observation that no finding refers to, "
    "from JSON and XML. The assessment is finished if it has an end and says of something whether it holds. What an "
    "assessor concludes without an automated test, findings whose risk was accepted, risks that are not closed, "
    "controls that were left out or have no finding, and observations of before the assessment wait for someone "
    "else's review. Plans, profiles and catalogues of OSCAL are recognised, but show nothing."
)
RECOGNISED_BY = text("It has the model of an OSCAL document: its name in JSON, or its namespace in XML.")
COMMANDS: tuple[str, ...] = ()

ASSESSMENT, PLAN_OF_ACTION = "assessment-results", "plan-of-action-and-milestones"
_MODELS = (
    ASSESSMENT,
    PLAN_OF_ACTION,
    "assessment-plan",
    "catalog",
    "component-definition",
    "mapping-collection",
    "profile",
    "system-security-plan",
)
_ROOT = re.compile(r'\{\s*(?:"\$schema"\s*:\s*"[^"]*"\s*,\s*)?"([a-z-]+)"\s*:\s*\{')
_FRAGMENT = re.compile(r'\{\s*"results"\s*:\s*\[')
_DOCUMENTS = (f"{ASSESSMENT}.", "")  # a document, or its assessments alone
_LISTS = {
    "results[].observations[]": OBSERVATION,
    "results[].findings[]": FINDING,
}
_FACTS = {
    "results[].start": "start",
    "results[].end": "end",
    "results[].title": "title",
    "results[].risks[]": RISK,
    "results[].reviewed-controls.control-selections[]": SELECTION,
    "metadata.oscal-version": "version",
    **{
        f"{place}local-definitions.{name}[]": kind
        for place in ("", "results[].")
        for name, kind in {
            "components": "component",
            "inventory-items": "inventory-item",
            "assessment-assets.components": "tool",
        }.items()
    },
}
_ITEMS = f"{PLAN_OF_ACTION}.poam-items[]"
_STARTS = frozenset(f"{document}results[]" for document in _DOCUMENTS)
_RESULTS = {f"{document}{place}": kind for document in _DOCUMENTS for place, kind in _LISTS.items()} | {_ITEMS: ITEM}
_GATHERED = {f"{document}{place}": kind for document in _DOCUMENTS for place, kind in (_LISTS | _FACTS).items()}
_LEFT_OUT = frozenset(("links", "relevant-evidence", "assessment-log", "attestations"))


def recognises(head: bytes) -> bool:
    """Whether it is a document of OSCAL, or assessments without one."""
    beginning = prolog(head)
    if beginning is not None:
        return beginning.root in _MODELS and b"csrc.nist.gov/ns/oscal" in head.replace(b"\0", b"")
    return bool(_model(head))


def _model(head: bytes) -> str:
    """The model of a document as JSON; empty if it is none of OSCAL."""
    content = begins(head)
    root = _ROOT.match(content)
    if root and root[1] in _MODELS:
        return root[1] if '"oscal-version"' in content or '"metadata"' in content else ""
    is_fragment = _FRAGMENT.match(content) and '"observations"' in content and '"reviewed-controls"' in content
    return ASSESSMENT if is_fragment else ""


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = stream.read(HEAD)
    stream.seek(0)
    if prolog(head) is None:
        assessments = Assessments(NAME, _model(head) or ASSESSMENT)
        return assessments.scan.run, _of_json(stream, assessments)
    beginning = read_head(stream, TITLE, frozenset(_MODELS))
    assessments = Assessments(NAME, getattr(prolog(head), "root", ASSESSMENT))
    return assessments.scan.run, _of_xml(stream, beginning, assessments)


def _of_json(stream: BinaryIO, assessments: Assessments) -> Iterator[Result]:
    for place, content in values(stream, TITLE, frozenset(_GATHERED), _LEFT_OUT, starts=_STARTS):
        assessments.gather(START if place in _STARTS else _GATHERED[place], content)
    stream.seek(0)
    assessments.begin_results()
    for place, content in values(stream, TITLE, frozenset(_RESULTS), _LEFT_OUT, starts=_STARTS):
        if place in _STARTS:
            assessments.next_assessment()
        elif result := assessments.result(_RESULTS[place], _object(content, assessments)):
            yield result
    assessments.finish()


def _object(content: Any, assessments: Assessments) -> dict[str, Any]:
    if not isinstance(content, dict):
        number = assessments.position + 1
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=number))
    return content


def _of_xml(stream: BinaryIO, beginning: Any, assessments: Assessments) -> Iterator[Result]:
    yield from results(stream, beginning, Gathered(assessments), TITLE)
    stream.seek(0)
    assessments.begin_results()
    yield from results(stream, read_head(stream, TITLE, frozenset(_MODELS)), Written(assessments), TITLE)
