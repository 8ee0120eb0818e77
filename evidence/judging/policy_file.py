"""The fields that the files of all policies share."""

from typing import Annotated, Any

from controls.files.yaml_source import Both, Given, Shape, Source, matching
from locales import Text, Title, text

PolicyId = Annotated[
    str, matching(r"[a-z0-9][a-z0-9-]*(@[A-Za-z0-9.-]+)?", text("a policy's id, such as tls-ncsc-nl@2025-05"))
]


class PolicyFile(Shape):
    """The head of every policy's file; each kind adds its own rules. `judges` names the kind."""

    id: PolicyId
    title: Both
    edition: Given
    judges: Given
    formats: list[Given]

    def check(self, source: Source[Any]) -> None:
        """Check what the schema cannot express, such as references. Raises `WrongFile`."""


def with_edition(title: Title, edition: str) -> Text:
    """A policy's title with its edition, for readers; not again where the title says it."""
    if edition in title.en:
        return Text("{title}", {"title": title})
    return text("{title}, edition {edition}", title=title, edition=edition)


def in_both_languages(both: Both) -> Text:
    """A text that a policy's file gives in both languages, rendered in the reader's language."""
    return text("{nl:.0}{en}", nl=both.nl, en=both.en)
