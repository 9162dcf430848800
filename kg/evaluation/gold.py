"""Gold annotations and claims files, read for comparison."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kg.claims import NonEmpty, parse_claims
from kg.errors import ClaimsError, InputError
from kg.evaluation.annotation import Annotation, Concept, Number
from kg.ontology import RESULT_LINKS, Bound, Direction, EntityType, Kind, Predicate, Role
from kg.sources.stream import Stream, Unread

_GOLD = "Give JSON Lines: an object a line with id, entities, relations and results, or a corrected claims file"
_CLAIMS = "Give a claims file, as `kg extract` writes it"
_CORRECT = "Correct the line, or leave it out"
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _Entity(BaseModel):
    model_config = _STRICT

    key: NonEmpty
    type: EntityType
    mentions: Annotated[tuple[NonEmpty, ...], Field(min_length=1)]
    role: Role | None = None


class _Result(BaseModel):
    model_config = _STRICT

    evidence: str | None = None  # for people; not compared
    value_text: NonEmpty
    value: float
    value_high: float | None = None
    baseline_value: float | None = None
    unit: str | None = None
    kind: Kind
    direction: Direction | None = None
    bound: Bound = Bound.EXACT
    metric: str | None = None
    method: str | None = None
    baseline: str | None = None
    dataset: str | None = None
    task: str | None = None
    hardware: str | None = None
    condition: str | None = None  # not compared


class _Gold(BaseModel):
    """A line as an annotator writes it: mentions are strings, entities have keys, a relation is a list of three."""

    model_config = ConfigDict(frozen=True, strict=True)

    id: NonEmpty
    entities: tuple[_Entity, ...]
    relations: tuple[tuple[str, Predicate, str], ...]
    results: tuple[_Result, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        keys = {entity.key for entity in self.entities}
        if len(keys) != len(self.entities):
            raise ValueError("an entity key is used twice")
        for subject, predicate, object in self.relations:
            if not {subject, object} <= keys:
                raise ValueError(f"{predicate} joins an unknown entity: {subject}, {object}")
        for result in self.results:
            for link in RESULT_LINKS:
                key = getattr(result, link)
                if key is not None and key not in keys:
                    raise ValueError(f"result {result.value_text!r}: {link} {key!r} is no entity's key")
        return self

    def annotation(self) -> Annotation:
        return Annotation(
            self.id,
            {e.key: Concept(e.type, e.mentions, e.role is Role.PROPOSED) for e in self.entities},
            dict.fromkeys(self.relations, 1.0),
            tuple(Number.of(r.value_text, r) for r in self.results),
        )


def read_gold(path: Path | str) -> dict[str, Annotation]:
    """The gold annotations of a file by the document's id, in the file's order.

    A line is either in the annotators' form (entities have a `key`, mentions are strings) or a document of a claims file that somebody corrected.

    Raises:
        InputError: the file cannot be read, or a line is not in the annotators' form.
        ClaimsError: a line of a claims file does not hold the claims model.
    """
    found: dict[str, Annotation] = {}
    places: dict[str, str] = {}
    for where, line in _lines(path, _GOLD):
        annotation = _gold(line, where)
        _once(annotation.id, where, places)
        found[annotation.id] = annotation
    return found


def read_extracted(path: Path | str, wanted: Collection[str]) -> tuple[dict[str, Annotation], int]:
    """The claims of a claims file about the documents that are wanted, by id, and how many other documents it has.

    Raises:
        InputError: the file cannot be read.
        ClaimsError: a line does not hold the claims model, or a document is there twice.
    """
    found: dict[str, Annotation] = {}
    places: dict[str, str] = {}
    for where, line in _lines(path, _CLAIMS):
        document = parse_claims(line, where)
        _once(document.id, where, places)
        if document.id in wanted:
            found[document.id] = Annotation.of(document)
    return found, len(places) - len(found)


def _gold(line: str, where: str) -> Annotation:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as err:
        raise InputError(f"is no JSON: {err}", where=where, remedy=_GOLD) from err
    if not isinstance(record, dict):
        raise InputError("is no JSON object", where=where, remedy=_GOLD)
    if _is_claims(record):
        try:
            return Annotation.of(parse_claims(line, where))
        except ClaimsError as err:
            raise ClaimsError(err.what, where=where, remedy=_CORRECT) from err
    try:
        return _Gold.model_validate_json(line).annotation()
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place + ': ' if place else ''}{first['msg']}", where=where, remedy=_CORRECT) from err


def _is_claims(record: dict[str, object]) -> bool:
    """Whether a line is of the claims file's form: it has the text that offsets refer to, and no entity with an annotator's key."""
    entities = record.get("entities")
    return "text" in record and not (isinstance(entities, list) and any(isinstance(e, dict) and "key" in e for e in entities))


def _once(id: str, where: str, places: dict[str, str]) -> None:
    if id in places:
        raise ClaimsError(f"document {id!r} is there already, in {places[id]}", where=where, remedy="Leave one of the two out")
    places[id] = where


def _lines(path: Path | str, remedy: str) -> Iterator[tuple[str, str]]:
    """Yield place and text of every line that is not blank."""
    try:
        with Stream(path) as stream:
            for number, line in stream.lines():
                if isinstance(line, Unread):
                    raise InputError(line.reason, where=f"{stream.label}:{number}", remedy=remedy)
                if line.strip():
                    yield f"{stream.label}:{number}", line
    except InputError as err:  # the stream's remedies are about abstracts to extract
        raise InputError(err.what, where=err.where, remedy=remedy) from err
