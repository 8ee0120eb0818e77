"""Generates the schema files."""

from controls.schemas import FOLDER, KINDS, schema

for name in KINDS:
    (FOLDER / f"{name}.json").write_text(schema(name), encoding="utf-8")
