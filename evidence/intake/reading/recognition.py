"""By what the format of a file was recognised, or that a person chose it."""

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.formats import recognised_by, title_of
from evidence.intake.reading.inspection import InspectedFile
from locales import Text, text


@dataclass(frozen=True, slots=True)
class Recognition:
    """The format that a file was read as, and why. `is_chosen`: a person chose another than its content shows."""

    file: str
    format: str
    because: Text
    is_chosen: bool = False


def recognition(file: str, format_name: str, overruled: str | None) -> Recognition:
    """Why a file is read as a format. `overruled`: the format that its content shows, where a person chose another."""
    if overruled is not None:
        return Recognition(file, format_name, _chosen(overruled), is_chosen=True)
    return Recognition(file, format_name, recognised_by(format_name) or text("It was recognised by its content."))


def recognitions(files: Iterable[InspectedFile]) -> list[Recognition]:
    """Those of the files that were read as a format of results or tables."""
    return [recognition(file.name, file.format, file.overruled) for file in files if file.format]


def _chosen(shown: str) -> Text:
    if not shown:
        return text("A person chose this format; the content shows no format that is known.")
    because = recognised_by(shown)
    if because is None:
        return text("A person chose this format; the content shows {other}.", other=title_of(shown))
    return text(
        "A person chose this format; the content shows {other}: {because}", other=title_of(shown), because=because
    )
