"""The schema of a TLS policy: items by level, as in a guideline."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from controls.files.yaml_source import Given, Shape, Source, Whole, one_of
from evidence.judging.policy_file import PolicyFile
from evidence.judging.tls.readings import COMMON, FOLDER, readings
from locales import text

LEVELS = ("good", "sufficient", "phase-out", "insufficient")


def as_list(value: Any) -> Any:
    """A single name as a list of one; anything else unchanged."""
    return [value] if isinstance(value, str) else value


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
    """The file of a TLS policy. `days_left`: days that a certificate must still be valid.

    `readings`: names of the files that say how records are read; a single name stands for a list of one.
    """

    judges: Literal["tls"]
    readings: Annotated[list[Given], BeforeValidator(as_list)]
    days_left: Whole
    not_read: list[Given]
    groups: list[Group]

    def check(self, source: Source[Any]) -> None:
        """Check that items are unique and the readings exist. Raises `WrongFile`."""
        if set(self.readings) != set(self.formats):
            raise source.wrong(text("expected the readings of each of the formats, and of no other."), "readings")
        for name in self.readings:
            if name == COMMON or not (FOLDER / f"{name}.yaml").is_file():
                raise source.wrong(text("there are no readings of this name: {name}.", name=name), "readings")
        readings(*self.readings)
        seen: set[tuple[str, str]] = set()
        for index, group in enumerate(self.groups):
            for level, items in group.levels():
                for item in items:
                    if (group.kind, item) in seen:
                        raise source.wrong(text("{item} is given twice.", item=item), "groups", index, level)
                    seen.add((group.kind, item))
