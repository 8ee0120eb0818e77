"""The API's reference as one page of HTML, from its OpenAPI description: no scripts, no external resources."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from locales import Language

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
:root{color-scheme:light dark}
h2{margin-top:2.5rem;border-bottom:1px solid #8886}summary{cursor:pointer;padding:.35rem 0}code,pre{font-size:.9em}
pre{overflow:auto;padding:.75rem;border:1px solid #8886;border-radius:6px}b.m{display:inline-block;min-width:4.5rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top}"""
_MOST_DEEP = 6

Schema = Mapping[str, Any]


def page(openapi: Schema, t: Language) -> str:
    """The page: every operation with its parameters, its body and its answers."""
    about = "".join(f"<p>{escape(part)}</p>" for part in openapi["info"]["description"].split("\n\n"))
    groups: dict[str, list[str]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", [""])[0]
            groups.setdefault(tag, []).append(_operation(openapi, t, method, path, operation))
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(operations)}" for tag, operations in groups.items())
    return (
        f'<!doctype html><html lang="{t.code}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Aantoonbaar API</title><style>{_STYLE}</style><h1>Aantoonbaar API</h1>{about}"
        f'<p><a href="openapi.json">openapi.json</a></p>{_security(openapi, t)}{body}</html>'
    )


def _security(openapi: Schema, t: Language) -> str:
    """How a program authenticates."""
    schemes = openapi.get("components", {}).get("securitySchemes", {}).values()
    body = "".join(
        f"<p><code>{escape(scheme['type'])} {escape(scheme['scheme'])}</code> {escape(scheme['description'])}</p>"
        for scheme in schemes
    )
    return f"<h2>{escape(t('Authentication'))}</h2>{body}" if body else ""


def _operation(openapi: Schema, t: Language, method: str, path: str, operation: Schema) -> str:
    parts = [f"<p>{escape(operation.get('description', ''))}</p>"]
    if parameters := operation.get("parameters"):
        rows = "".join(
            _row(t, parameter["name"], parameter["schema"], parameter.get("required", False))
            for parameter in parameters
        )
        parts.append(f"<table>{rows}</table>")
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>{escape(t('Body'))} <code>{escape(media)}</code></p>{_body(openapi, t, content['schema'])}")
    for status, answer in operation["responses"].items():
        parts.append(_answer(openapi, t, status, answer))
    summary = f"<b class=m>{method.upper()}</b><code>/api{escape(path)}</code> {escape(operation['summary'])}"
    return f"<details><summary>{summary}</summary>{''.join(parts)}</details>"


def _body(openapi: Schema, t: Language, schema: Schema) -> str:
    resolved = _resolved(openapi, schema)
    required = resolved.get("required", [])
    rows = "".join(_row(t, name, field, name in required) for name, field in resolved.get("properties", {}).items())
    return f"<table>{rows}</table>"


def _row(t: Language, name: str, schema: Schema, required: bool) -> str:  # noqa: FBT001 - a column
    description = escape(str(schema.get("description", "")))
    requirement = escape(t("required")) if required else ""
    return f"<tr><td><code>{escape(name)}</code><td>{escape(_type(schema))}<td>{requirement}<td>{description}"


def _type(schema: Schema) -> str:
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(repr(value) for value in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _answer(openapi: Schema, t: Language, status: str, answer: Schema) -> str:
    heading = f"<p>{escape(t('Answer'))} <b>{escape(status)}</b> {escape(answer.get('description', ''))}</p>"
    schema = next((content.get("schema") for content in answer.get("content", {}).values()), None)
    if not schema or status in ("422", "4XX"):
        return heading
    example = json.dumps(_example(openapi, schema, 0), indent=2, ensure_ascii=False)
    return f"{heading}<pre>{escape(example)}</pre>"


def _example(openapi: Schema, schema: Schema, depth: int) -> Any:
    """A value of the schema's shape."""
    resolved = _resolved(openapi, schema)
    if "examples" in resolved:
        return resolved["examples"][0]
    if depth > _MOST_DEEP:
        return "…"
    if "anyOf" in resolved:
        return _example(openapi, resolved["anyOf"][0], depth + 1)
    if "properties" in resolved:
        return dict(_fields(openapi, resolved, depth))
    if resolved.get("type") == "array":
        return [_example(openapi, resolved.get("items", {}), depth + 1)]
    return resolved.get("enum", [_type(resolved) or "any"])[0]


def _fields(openapi: Schema, schema: Schema, depth: int) -> Iterator[tuple[str, Any]]:
    for name, field in schema["properties"].items():
        yield name, _example(openapi, field, depth + 1)


def _resolved(openapi: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    target: Schema = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return target
