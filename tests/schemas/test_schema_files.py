"""The generated files are fresh, and each is what its format asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from kg.claims import Document
from kg.schemas import generate, stale, write
from kg.schemas.__main__ import main
from kg.schemas.cypher import statements

SCHEMAS = Path(__file__).parents[2] / "schemas"

LINE: dict[str, Any] = {
    "id": "p1",
    "title": None,
    "text": "FastNet parses 2.5x faster.",
    "source": {"name": "papers.jsonl", "format": "jsonl", "record": 1},
    "meta": {},
    "entities": [
        {
            "id": "e1",
            "type": "Method",
            "name": "FastNet",
            "role": "proposed",
            "mentions": [{"start": 0, "end": 7, "text": "FastNet"}],
            "confidence": 0.9,
        }
    ],
    "relations": [],
    "results": [
        {
            "id": "r1",
            "value": 2.5,
            "unit": "x",
            "kind": "ratio",
            "direction": "increase",
            "bound": "exact",
            "method": "e1",
            "number": {"start": 15, "end": 19, "text": "2.5x"},
            "evidence": {"start": 0, "end": 26},
            "confidence": 0.9,
        }
    ],
}


def test_the_files_in_the_repository_are_fresh() -> None:
    assert stale(SCHEMAS) == []


def test_generating_twice_gives_the_same_text() -> None:
    assert generate() == generate()


def test_the_command_writes_files_that_it_then_finds_fresh(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "schemas"
    assert main([str(folder)]) == 0
    assert main(["--check", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == set(generate())


def test_the_check_names_what_is_stale_or_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)
    (tmp_path / "shapes.ttl").write_text("# changed by hand\n")
    (tmp_path / "ontology.ttl").unlink()
    assert main(["--check", str(tmp_path)]) == 1
    named = capsys.readouterr().err
    assert "shapes.ttl" in named
    assert "ontology.ttl" in named
    assert "context.jsonld" not in named


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main([str(tmp_path / "file" / "schemas")]) == 1
    assert "cannot be made" in capsys.readouterr().err


def test_a_constraint_or_index_stands_on_each_line() -> None:
    text = generate()["constraints.cypher"]
    assert text.splitlines() == [statement + ";" for statement in statements()]
    assert all(re.fullmatch(r"CREATE (CONSTRAINT|INDEX) \w+ IF NOT EXISTS FOR \(n:\w+\) [^;]+;", line) for line in text.splitlines())


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(generate()["claims.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_a_line_of_a_claims_file_holds_the_json_schema(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(LINE)
    validator.validate(json.loads(Document.model_validate(LINE).to_json()))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), ""),
        (("text",), None),
        (("surprise",), 1),
        (("entities", 0, "type"), "Planet"),
        (("entities", 0, "mentions"), []),
        (("entities", 0, "confidence"), 1.5),
        (("results", 0, "kind"), "absolute"),
        (("results", 0, "direction"), None),
        (("results", 0, "bound"), "roughly"),
        (("results", 0, "number", "start"), -1),
    ],
)
def test_the_json_schema_rejects_what_the_model_rejects(validator: jsonschema.Draft202012Validator, path: tuple[str | int, ...], value: object) -> None:
    line: Any = json.loads(json.dumps(LINE))
    place = line
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator.is_valid(line)
    with pytest.raises(ValueError, match="validation error"):
        Document.model_validate(line)


def test_every_attribute_of_a_result_is_described() -> None:
    properties = json.loads(generate()["claims.schema.json"])["$defs"]["Result"]["properties"]
    assert properties["value_high"]["description"] == "the second end of a range."
    assert properties["hardware"]["description"] == properties["metric"]["description"]
