"""Files of a statement that was started from a pasted text: its YAML and its text, ready to be loaded.

Unconfirmed sentences are marked `confirmed: false`, and a file with such a sentence is refused at start: a proposal
never becomes a promise by itself. Mapping rows are proposed: the file names no review.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

import yaml

from access.permissions import Person, require
from controls.errors import NotPossible, Unknown
from controls.files.statement_file import StatementFile
from controls.files.yaml_tree import Tree
from controls.names import key_of, plain
from controls.statement.deadlines import Deadline, deadline, other_deadline, with_deadline
from controls.statement.known_measures import KnownMeasure, read_lexicon
from controls.statement.own_measures import OwnMeasure, entry_of
from locales import LANGUAGES, text

_INSTRUCTIONS: Final = """\
# Started from a pasted text. Next steps:
#
# 1. A sentence with `confirmed: false` is a proposal, and the file is refused while there is one. Read each sentence,
#    then remove that line, remove the sentence, or move it to another measure.
# 2. Give `title` the name of the statement in each language, and fill in the empty fields. `catalogues` are those that
#    you follow; remove the others, with the mapping rows that name them.
# 3. Add your systems under *Set up* (or here; see README.md beside the statement that is included).
# 4. Say under `no_measure` why the other sentences have no measure; the page Statement shows them (Without a measure).
# 5. Put this file and its text in one folder, set AANTOONBAAR_STATEMENTS to that folder, and restart.
#
# Measures, mapping and evidence requirements come from other statements: change them where your organisation differs.
# The mapping waits for review by your security officer and does not count until then.

"""


#: the catalogues that the mapping of the known measures names
ISO, NEN = "iso27001-2022", "nen7510-2024"
CATALOGUES: Final = (ISO, NEN)


@dataclass(frozen=True, slots=True)
class StatementDetails:
    """Details of the statement that a person enters; empty where still to be filled in."""

    key: str
    title: str = ""
    organisation: str = ""
    language: str = "nl"
    effective: date | None = None
    source: str = ""
    other_title: str = ""  # in the other language; the same if it is empty
    catalogues: tuple[str, ...] = CATALOGUES
    replaces: str = ""  # the key of the version before


@dataclass(frozen=True, slots=True)
class AssignedSentence:
    """A quoted sentence with the keys of the measures that it promises; confirmed by a person, or only proposed."""

    quote: str
    measures: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ReasonedQuotes:
    """Quotes without a measure, and the reason in each language."""

    quotes: tuple[str, ...]
    reason_nl: str
    reason_en: str


class StatementText(Protocol):
    """A text and its language: proposals or a draft."""

    @property
    def text(self) -> str:
        """The normalised text."""

    @property
    def language(self) -> str:
        """`nl` or `en`."""


@dataclass(frozen=True, slots=True)
class StatementFiles:
    """The content of the two files, `<key>.yaml` and `<key>.md`."""

    key: str
    yaml: str
    text: str


class _PlainDumper(yaml.SafeDumper):
    """A dumper without aliases, which a statement's file may not contain."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's
        return True


def statement_details(
    title: str,
    organisation: str,
    language: str,
    effective: date | None,
    source: str,
    *,
    other_title: str = "",
    catalogues: Sequence[str] = CATALOGUES,
    replaces: str = "",
) -> StatementDetails:
    """Check the details that a person typed. Raises `NotPossible`.

    The key is made of the organisation and the effective day; typed text is never used as a file name.
    """
    checked_organisation = plain(organisation, text("The organisation"), 120)
    if effective is None:
        raise NotPossible(text("The effective date is missing; enter the day on which the statement takes effect."))
    if language not in LANGUAGES:
        raise NotPossible(text("{language} is not supported; expected nl or en.", language=language))
    address = plain(source, text("The address"), 500)
    if not address.startswith(("https://", "http://")) or len(address.split()) > 1 or address.endswith("//"):
        raise NotPossible(text("{address} is not an address; expected one that begins with https://.", address=address))
    key = f"{key_of(checked_organisation)[:60].strip('-') or 'statement'}-{effective.isoformat()}"
    if ISO not in catalogues or not set(catalogues) <= set(CATALOGUES):
        raise NotPossible(text("Choose from {known}; the first is required.", known=", ".join(CATALOGUES)))
    checked_title, other = plain(title, text("The title"), 120), other_title.strip()
    other = plain(other, text("The title"), 120) if other else ""
    return StatementDetails(
        key, checked_title, checked_organisation, language, effective, address, other, tuple(catalogues), replaces
    )


def make_files(
    person: Person,
    details: StatementDetails,
    published: StatementText,
    sentences: Sequence[AssignedSentence],
    reasons: Sequence[ReasonedQuotes] = (),
    own_measures: Sequence[OwnMeasure] = (),
) -> StatementFiles:
    """Return the files of a statement with these sentences; requires permission to load statements.

    Raises `NotPossible` without sentences, `Unknown` for an unknown measure.
    """
    require(person, "controls.load")
    files = build_files(details, published, sentences, reasons, own_measures)
    StatementFile.model_validate(Tree(f"{files.key}.yaml", files.yaml.encode()).values)
    return files


def build_files(
    details: StatementDetails,
    published: StatementText,
    sentences: Sequence[AssignedSentence],
    reasons: Sequence[ReasonedQuotes] = (),
    own_measures: Sequence[OwnMeasure] = (),
) -> StatementFiles:
    """Return the files without checking a permission; the YAML is read back to prove that it holds the same values."""
    if not sentences:
        raise NotPossible(text("No sentence is left; confirm at least one."))
    known = {measure.key: measure for measure in read_lexicon(published.language).measures}
    own = [measure for measure in own_measures if _is_assigned(measure, sentences)]
    assigned = {key for sentence in sentences for key in sentence.measures}
    if missing := sorted(assigned - known.keys() - {measure.key for measure in own}):
        raise Unknown(text("There is no measure {measure}.", measure=missing[0]))
    used = [measure for measure in known.values() if _is_assigned(measure, sentences)]
    content = _content(details, published.text, sentences, used, own)
    content |= {"no_measure": [_reasoned(entry) for entry in reasons]} if reasons else {}
    file_text = _INSTRUCTIONS + yaml.dump(content, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=118)
    if Tree(f"{details.key}.yaml", file_text.encode()).values != _as_strings(content):
        raise NotPossible(text("The file would not be read back as written; remove unusual characters from the text."))
    return StatementFiles(details.key, file_text, published.text)


def _is_assigned(measure: KnownMeasure | OwnMeasure, sentences: Iterable[AssignedSentence]) -> bool:
    return any(measure.key in sentence.measures for sentence in sentences)


def _content(
    details: StatementDetails,
    statement_text: str,
    sentences: Sequence[AssignedSentence],
    measures: Sequence[KnownMeasure],
    own: Sequence[OwnMeasure],
) -> dict[str, Any]:
    known = [_measure(measure, _promising(measure.key, sentences), details.catalogues) for measure in measures]
    added = [
        entry_of(each, _quotes(_promising(each.key, sentences)), details.catalogues, details.language) for each in own
    ]
    entries = [*known, *added]
    team_keys = {entry["team"] for measure in entries for entry in measure["evidence"] if isinstance(entry, Mapping)}
    teams = {team.key: team.model_dump() for measure in measures for team in measure.teams if team.key in team_keys}
    return {
        "statement": {
            "key": details.key,
            "text": f"{details.key}.md",
            "sha256": hashlib.sha256(statement_text.encode()).hexdigest(),
            "effective": details.effective.isoformat() if details.effective else "",
            "organisation": details.organisation,
            "language": details.language,
            "source": details.source,
            "title": {
                code: details.title if code == details.language else details.other_title or details.title
                for code in LANGUAGES
            },
        }
        | ({"replaces": details.replaces} if details.replaces else {}),
        "catalogues": list(details.catalogues),
        "teams": list(teams.values()),
        "measures": entries,
    }


def _promising(measure: str, sentences: Iterable[AssignedSentence]) -> list[AssignedSentence]:
    return [sentence for sentence in sentences if measure in sentence.measures]


def _quotes(sentences: Iterable[AssignedSentence]) -> list[dict[str, Any]]:
    return [{"quote": sentence.quote} | ({} if sentence.confirmed else {"confirmed": False}) for sentence in sentences]


def _reasoned(entry: ReasonedQuotes) -> dict[str, Any]:
    return {"quotes": list(entry.quotes), "reason": {"nl": entry.reason_nl, "en": entry.reason_en}}


def _measure(measure: KnownMeasure, sentences: Sequence[AssignedSentence], catalogues: Sequence[str]) -> dict[str, Any]:
    """Return the measure's entry, with the mapping to the catalogues that are followed."""
    entry = measure.entry.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    parts = {name: entry.get(name, []) for name in ("mapping", "requires", "evidence")}
    title = entry["title"]
    if (other := _other_deadline(measure, sentences)) is not None:
        title = {code: with_deadline(words, code, other.promised) for code, words in title.items()}
        parts["evidence"] = [_with_deadline(row, other.promised) for row in parts["evidence"]]
    parts["mapping"] = [row for row in parts["mapping"] if row["control"].partition(":")[0] in catalogues]
    return {"key": measure.key, "title": title, "clauses": _quotes(sentences), **parts}


@dataclass(frozen=True, slots=True)
class _OtherDeadline:
    """The sentences of a measure have another deadline than its title: the shortest of theirs, or none."""

    promised: Deadline | None


def _other_deadline(measure: KnownMeasure, sentences: Sequence[AssignedSentence]) -> _OtherDeadline | None:
    if not sentences or any(other_deadline(row.quote, measure.entry.title.en) is None for row in sentences):
        return None
    promised = [found for row in sentences if (found := deadline(row.quote)) is not None]
    return _OtherDeadline(min(promised, key=lambda each: each.length) if promised else None)


def _with_deadline(requirement: dict[str, Any], promised: Deadline | None) -> dict[str, Any]:
    """An evidence requirement that a person reviews, since its policy knows the measure's own deadline only."""
    judged = requirement.get("judged")
    if promised is None or judged is None or not any(deadline(words) for words in judged.values()):
        return requirement
    changed = {code: with_deadline(words, code, promised) for code, words in judged.items()}
    return requirement | {"judged": changed, "review": "required"}


def _as_strings(value: Any) -> Any:
    """Return the value as read from a file, where every scalar is text."""
    if isinstance(value, Mapping):
        return {key: _as_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_strings(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
