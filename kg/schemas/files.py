"""All generated files by name, and the folder that holds them."""

from __future__ import annotations

from pathlib import Path

from kg.errors import OutputError
from kg.files import replacing
from kg.schemas import context, cypher, jsonschema, ontology_ttl, shapes


def generate() -> dict[str, str]:
    """Every schema file: name -> text. Deterministic."""
    return {
        "claims.schema.json": jsonschema.generate(),
        "ontology.ttl": ontology_ttl.generate(),
        "shapes.ttl": shapes.generate(),
        "context.jsonld": context.generate(),
        "constraints.cypher": cypher.generate(),
    }


def stale(directory: Path) -> list[str]:
    """Names of the files that are missing in a folder or differ from what is generated."""
    return [name for name, text in generate().items() if not _holds(directory / name, text.encode())]


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def write(directory: Path) -> None:
    """Write every schema file into a folder, which is made where it is missing.

    Raises:
        OutputError: the folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise OutputError(f"cannot be made: {err.strerror or err}", where=str(directory), remedy="Name a folder that may be written") from err
    for name, text in generate().items():
        with replacing(directory / name) as stream:
            stream.write(text.encode())
