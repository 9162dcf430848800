"""claims.schema.json: the JSON Schema of one line of a claims file."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from kg import claims

SCHEMA_ID = "https://w3id.org/claimgraph/schemas/claims.schema.json"

_ATTRIBUTE = re.compile(r"^    (\w+(?:, \w+)*): (.+(?:\n     +.+)*)", re.MULTILINE)
"""An entry of a docstring's `Attributes:` section; several names may share one, and it may go on on deeper lines."""


class _Untitled(GenerateJsonSchema):
    """Without titles of fields, which only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _describe(model: type[BaseModel], schema: dict[str, Any]) -> None:
    """Move what the model's docstring says of attributes to the properties."""
    summary, _, attributes = inspect.cleandoc(model.__doc__ or "").partition("\n\nAttributes:\n")
    schema["description"] = " ".join(summary.split())
    for names, text in _ATTRIBUTE.findall(attributes):
        for name in names.split(", "):
            schema["properties"][name]["description"] = " ".join(text.split())


def document_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of `kg.claims.Document`.

    What compares one part of a document with another (quotes with offsets, links with entities) only `read_claims` checks.
    """
    schema = claims.Document.model_json_schema(schema_generator=_Untitled)
    for name, definition in schema["$defs"].items():
        model = getattr(claims, name)
        if issubclass(model, BaseModel):
            _describe(model, definition)
    _describe(claims.Document, schema)
    # The rule of Result._direction_fits_kind.
    absolute = {"properties": {"kind": {"const": "absolute"}}}
    schema["$defs"]["Result"] |= {
        "if": absolute,
        "then": {"properties": {"direction": {"type": "null"}}},
        "else": {"properties": {"direction": {"type": "string"}}, "required": ["direction"]},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def generate() -> str:
    """The text of claims.schema.json."""
    return json.dumps(document_schema(), indent=2, ensure_ascii=False) + "\n"
