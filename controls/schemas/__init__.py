"""The JSON Schema of each kind of file, so that an editor checks and completes it while someone writes.

`python -m controls.schemas` writes them anew. They say what one file may look like; what only the files together can
say (a control that is in no catalogue, a quote that is not in the text) is checked when the product starts.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema

from controls.files.catalogue import CatalogueFile
from controls.files.crosswalk import CrosswalkFile
from controls.files.explanation_file import ExplanationsFile, TeamsFile
from controls.files.statement_file import StatementFile
from controls.files.yaml_source import Shape
from controls.statement.known_measures import MeasuresFile

FOLDER: Final = Path(__file__).parent
KINDS: Final[Mapping[str, type[Shape]]] = {
    "catalogue": CatalogueFile,
    "crosswalk": CrosswalkFile,
    "explanations": ExplanationsFile,
    "measures": MeasuresFile,
    "statement": StatementFile,
    "teams": TeamsFile,
}


class _Plain(GenerateJsonSchema):
    """Without a title for every field: its name says it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def schema(kind: str) -> str:
    """One kind's schema, as it stands in its file."""
    content = KINDS[kind].model_json_schema(by_alias=True, schema_generator=_Plain)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
