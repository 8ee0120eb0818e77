"""What the files of all policies share."""

from typing import Annotated, Any

from controls.files.yaml_source import Both, Given, Shape, Source, matching
from locales import Text, text

PolicyId = Annotated[
    str, matching(r"[a-z0-9][a-z0-9-]*(@[A-Za-z0-9.-]+)?", text("a policy's id, such as tls-ncsc-nl@2025-05"))
]


class PolicyFile(Shape):
    """The head of every policy."""

    id: PolicyId
    title: Both
    edition: Given
    judges: Given
    formats: list[Given]

    def check(self, source: Source[Any]) -> None:
        """What the shape alone can't say. Raises `WrongFile`."""


def said(both: Both) -> Text:
    """A text that a policy's file gives in both languages; each reader gets their own, the other takes no room."""
    return text("{nl:.0}{en}", nl=both.nl, en=both.en)
