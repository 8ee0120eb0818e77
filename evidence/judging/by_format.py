"""A requirement that can be shown in several ways: which policy judges a file follows from its format."""

from typing import Any

from controls.files.yaml_source import Given, Source
from evidence.judging.shapes import PolicyFile, PolicyId
from locales import text


class Rules(PolicyFile):
    """For each format that is read, the policy that judges it."""

    by: dict[Given, PolicyId]

    def check(self, source: Source[Any]) -> None:
        """The formats that it reads are those that it leaves to others."""
        if set(self.formats) != set(self.by):
            raise source.wrong(text("expected a policy for each format, and for no other."), "by")
