"""JSON Schemas of the definition files, for checks and completion in editors.

`python -m controls.schemas` generates them. They describe a single file; checks across files (a control that is in no
catalogue, a quotation that is not in the text) are done when the product starts.
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


class _WithoutTitles(GenerateJsonSchema):
    """A generator that omits titles of fields, which would repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def schema(kind: str) -> str:
    """Return the JSON Schema of a kind of file, as written to `<kind>.json`."""
    content = KINDS[kind].model_json_schema(by_alias=True, schema_generator=_WithoutTitles)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
