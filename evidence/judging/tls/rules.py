"""The schema of a TLS policy: items by level, as in a guideline."""

from typing import Annotated, Any, Literal

from pydantic import Field

from controls.files.yaml_source import Given, Shape, Source, Whole, one_of
from evidence.judging.policy_file import PolicyFile
from evidence.judging.tls.readings import FOLDER, readings
from locales import text

LEVELS = ("good", "sufficient", "phase-out", "insufficient")


class Group(Shape):
    """Items of a kind, by level. `basis`: the place in the guideline."""

    kind: Given
    basis: Given
    good: list[Given] = Field(default_factory=list)
    sufficient: list[Given] = Field(default_factory=list)
    phase_out: list[Given] = Field(default_factory=list, alias="phase-out")
    insufficient: list[Given] = Field(default_factory=list)
    other: Annotated[str, one_of(LEVELS)] | None = None

    def levels(self) -> list[tuple[str, list[str]]]:
        return list(zip(LEVELS, (self.good, self.sufficient, self.phase_out, self.insufficient), strict=True))


class Rules(PolicyFile):
    """The file of a TLS policy. `days_left`: days that a certificate must still be valid."""

    judges: Literal["tls"]
    readings: Given
    days_left: Whole
    not_read: list[Given]
    groups: list[Group]

    def check(self, source: Source[Any]) -> None:
        """Check that items are unique and the readings exist. Raises `WrongFile`."""
        if not (FOLDER / f"{self.readings}.yaml").is_file():
            raise source.wrong(text("there are no readings of this name; expected testssl."), "readings")
        readings(self.readings)
        seen: set[tuple[str, str]] = set()
        for index, group in enumerate(self.groups):
            for level, items in group.levels():
                for item in items:
                    if (group.kind, item) in seen:
                        raise source.wrong(text("{item} is given twice.", item=item), "groups", index, level)
                    seen.add((group.kind, item))
