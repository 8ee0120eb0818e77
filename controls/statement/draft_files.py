"""The files of a statement that somebody started from a pasted text: its YAML and its text, ready to be loaded.

What nobody confirmed stands in it as `confirmed: false`, and a file with that is refused at the start: a proposal never
becomes a promise by itself. Mapping rows stand as proposed: the file names no review.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import yaml

from access.permissions import Person, require
from controls.errors import NotPossible, Unknown
from controls.files.statement_file import StatementFile
from controls.files.yaml_tree import Tree
from controls.names import key_of, plain
from controls.statement.known_measures import Known, knowledge
from controls.statement.proposals import Proposals
from locales import LANGUAGES, text

_FIRST_LINES: Final = """\
# Started from a pasted text. What to do with it:
#
# 1. A sentence with `confirmed: false` is a proposal, and the file is refused while there is one: read it, then take
#    that line away, or the sentence, or put it under another measure.
# 2. Say in `title` how the statement is called in each language, and fill in what is empty. `catalogues` are those that
#    you answer to; take out what you do not, with the mapping rows that name it.
# 3. Name your systems under *Set up* (or here, see README.md beside the statement that comes along).
# 4. Put this file and its text into one folder, say AANTOONBAAR_STATEMENTS=<that folder>, and restart.
#
# Measures, mapping and evidence requirements are those of other statements: change what is otherwise with you. The
# mapping waits for review by your security officer, and counts nowhere until then.

"""


#: the catalogues that the mapping of the known measures names
ISO, NEN = "iso27001-2022", "nen7510-2024"
ANSWERED_TO: Final = (ISO, NEN)


@dataclass(frozen=True, slots=True)
class About:
    """What a person says of the text; empty where it is still to be filled in."""

    key: str
    title: str = ""
    organisation: str = ""
    language: str = "nl"
    effective: date | None = None
    source: str = ""
    other_title: str = ""  # in the other language; the same if it is empty
    catalogues: tuple[str, ...] = ANSWERED_TO


@dataclass(frozen=True, slots=True)
class Decided:
    """A sentence under the measures that it promises; `confirmed` by a person, or proposed."""

    quote: str
    measures: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The two files, by the key that is their name."""

    key: str
    yaml: str
    text: str


class _Plain(yaml.SafeDumper):
    """Writes everything out: no aliases, which a statement's file may not have."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's
        return True


def about(
    title: str,
    organisation: str,
    language: str,
    effective: date | None,
    source: str,
    *,
    other_title: str = "",
    catalogues: Sequence[str] = ANSWERED_TO,
) -> About:
    """What a person typed, checked. The key is made of organisation and day; nothing typed is a file's name."""
    named = plain(organisation, text("The organisation"), 120)
    if effective is None:
        raise NotPossible(text("The effective day is missing."))
    if language not in LANGUAGES:
        raise NotPossible(text("{language} is no language of Aantoonbaar.", language=language))
    address = plain(source, text("The address"), 500)
    if not address.startswith(("https://", "http://")) or len(address.split()) > 1 or address.endswith("//"):
        raise NotPossible(text("{address} is no address; expected one that begins with https://.", address=address))
    key = f"{key_of(named)[:60].strip('-') or 'statement'}-{effective.isoformat()}"
    if ISO not in catalogues or not set(catalogues) <= set(ANSWERED_TO):
        raise NotPossible(text("Expected {known}; the first always.", known=", ".join(ANSWERED_TO)))
    named_so, other = plain(title, text("The title"), 120), other_title.strip()
    other = plain(other, text("The title"), 120) if other else ""
    return About(key, named_so, named, language, effective, address, other, tuple(catalogues))


def make_files(person: Person, said: About, proposals: Proposals, decided: Sequence[Decided]) -> Files:
    """The files of what somebody decided, for who may load statements."""
    require(person, "controls.load")
    files = written(said, proposals, decided)
    StatementFile.model_validate(Tree(f"{files.key}.yaml", files.yaml.encode()).values)
    return files


def written(said: About, proposals: Proposals, decided: Sequence[Decided]) -> Files:
    """The files, read back after writing: what stands in them is what was decided."""
    if not decided:
        raise NotPossible(text("No sentence is left; confirm at least one."))
    known = {one.key: one for one in knowledge(proposals.language).measures}
    if missing := sorted({key for one in decided for key in one.measures} - known.keys()):
        raise Unknown(text("There is no measure {measure}.", measure=missing[0]))
    content = _content(said, proposals.text, decided, [one for one in known.values() if _is_used(one, decided)])
    made = _FIRST_LINES + yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=118)
    if Tree(f"{said.key}.yaml", made.encode()).values != _as_read(content):
        raise NotPossible(
            text("The file could not be written as it would be read; take unusual signs out of the text.")
        )
    return Files(said.key, made, proposals.text)


def _is_used(known: Known, decided: Iterable[Decided]) -> bool:
    return any(known.key in one.measures for one in decided)


def _content(said: About, kept: str, decided: Sequence[Decided], used: Sequence[Known]) -> dict[str, Any]:
    measures = [_measure(one, [d for d in decided if one.key in d.measures], said.catalogues) for one in used]
    asked = {entry["team"] for one in measures for entry in one["evidence"] if isinstance(entry, Mapping)}
    teams = {team.key: team.model_dump() for one in used for team in one.teams if team.key in asked}
    return {
        "statement": {
            "key": said.key,
            "text": f"{said.key}.md",
            "sha256": hashlib.sha256(kept.encode()).hexdigest(),
            "effective": said.effective.isoformat() if said.effective else "",
            "organisation": said.organisation,
            "language": said.language,
            "source": said.source,
            "title": {
                code: said.title if code == said.language else said.other_title or said.title for code in LANGUAGES
            },
        },
        "catalogues": list(said.catalogues),
        "teams": list(teams.values()),
        "measures": measures,
    }


def _measure(known: Known, decided: Sequence[Decided], catalogues: Sequence[str]) -> dict[str, Any]:
    """Its entry, with the mapping to the catalogues that are answered to."""
    given = known.entry.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    quotes = [{"quote": one.quote} | ({} if one.confirmed else {"confirmed": False}) for one in decided]
    parts = {name: given.get(name, []) for name in ("mapping", "requires", "evidence")}
    parts["mapping"] = [row for row in parts["mapping"] if row["control"].partition(":")[0] in catalogues]
    return {"key": known.key, "title": given["title"], "clauses": quotes, **parts}


def _as_read(value: Any) -> Any:
    """The same as it comes out of a file, where every scalar is text."""
    if isinstance(value, Mapping):
        return {key: _as_read(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_read(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
