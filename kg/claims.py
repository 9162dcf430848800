"""The claims model: what one paper states, with the place in its text that states it.

A claims file is JSON Lines, one `Document` a line. Offsets are Unicode code points into `Document.text` (title, line break,
abstract; the abstract alone where there is no title), end exclusive, so that `text[start:end]` is the quote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kg.errors import ClaimsError
from kg.ontology import ALLOWED, RESULT_LINKS, Bound, Direction, EntityType, Kind, Predicate, Role, link_allows

Confidence = Annotated[float, Field(ge=0, le=1)]
Offset = Annotated[int, Field(ge=0)]
NonEmpty = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Source(_Model):
    """Where a paper was read: the file's name (no folder), its format, and the record's place (line or position, from 1)."""

    name: str
    format: str
    record: int


class Paper(_Model):
    """One record of an input: what the extractor reads.

    Attributes:
        id: the record's own id, or a hash of its text where the input has none.
        title: None where the input has none.
        abstract: the raw text.
        meta: what else the record knows (authors, date, DOI …), kept as given.
    """

    id: NonEmpty
    title: str | None = None
    abstract: NonEmpty
    source: Source | None = None
    meta: dict[str, Any] = Field(default_factory=dict)

    @property
    def text(self) -> str:
        """Title, line break, abstract: what all offsets refer to."""
        return f"{self.title}\n{self.abstract}" if self.title else self.abstract


class Span(_Model):
    """A range of the document's text, in code points, end exclusive."""

    start: Offset
    end: Offset

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}")
        return self


class Mention(Span):
    """A string that names an entity, at its place."""

    text: NonEmpty


class Entity(_Model):
    """One concept of the abstract with every place that names it. `id` is unique within the document only."""

    id: NonEmpty
    type: EntityType
    name: NonEmpty
    role: Role | None = None
    mentions: tuple[Mention, ...] = Field(min_length=1)
    confidence: Confidence


class Relation(_Model):
    """A statement that joins two entities, with the passage that makes it."""

    subject: str
    predicate: Predicate
    object: str
    evidence: Span
    confidence: Confidence


class Result(_Model):
    """A number that the abstract reports as a finding.

    Attributes:
        value: the number in `unit`; of a range its first end, as written.
        value_high: the second end of a range.
        baseline_value: the number it is compared with, where stated.
        unit: "%", "x" (a factor), "pp" (points) or the unit as written; None for plain numbers.
        kind: absolute (the measured value itself), change (relative or in points), ratio (a factor).
        direction: what the quantity does, for change and ratio.
        number: the number with its unit, as it stands in the text.
        metric, method, baseline, dataset, task, hardware: ids of entities of the same document.
        condition: other stated circumstances, as in the text.
    """

    id: NonEmpty
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
    condition: str | None = None
    number: Mention
    evidence: Span
    confidence: Confidence

    @model_validator(mode="after")
    def _direction_fits_kind(self) -> Self:
        if (self.direction is None) != (self.kind is Kind.ABSOLUTE):
            raise ValueError(f"direction {self.direction} does not fit kind {self.kind}")
        return self


class Document(_Model):
    """What one paper states. Validated: every quote is the text at its offsets, every link points at an entity of a fitting type."""

    id: NonEmpty
    title: str | None = None
    text: NonEmpty
    source: Source | None = None
    meta: dict[str, Any] = Field(default_factory=dict)
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    results: tuple[Result, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        types = {e.id: e.type for e in self.entities}
        if len(types) != len(self.entities):
            raise ValueError("an entity id is used twice")
        for mention in [m for e in self.entities for m in e.mentions] + [r.number for r in self.results]:
            if self.text[mention.start : mention.end] != mention.text:
                raise ValueError(f"text[{mention.start}:{mention.end}] is not {mention.text!r}")
        for span in [r.evidence for r in self.relations] + [r.evidence for r in self.results]:
            if span.end > len(self.text):
                raise ValueError(f"evidence ends at {span.end}, after the text ({len(self.text)})")
        for rel in self.relations:
            pair = types.get(rel.subject), types.get(rel.object)
            if None in pair:
                raise ValueError(f"{rel.predicate} joins an unknown entity: {rel.subject}, {rel.object}")
            if rel.predicate not in ALLOWED.get(pair, ()):  # type: ignore[arg-type]
                raise ValueError(f"{rel.predicate} cannot join {pair[0]} to {pair[1]}")
        for result in self.results:
            for link in RESULT_LINKS:
                key = getattr(result, link)
                if key is not None and (key not in types or not link_allows(link, types[key])):
                    raise ValueError(f"result {result.id}: {link} {key!r} is no entity that may stand there")
        return self

    def confident(self, least: float) -> Document:
        """The part of the document that is claimed with at least this confidence.

        A relation goes with either of its ends; a result stays when an entity that it links to goes, without that link.

        Raises:
            ValueError: `least` is not from 0 to 1.
        """
        if not 0 <= least <= 1:
            raise ValueError(f"a confidence is from 0 to 1, not {least}")
        entities = tuple(e for e in self.entities if e.confidence >= least)
        kept = {e.id for e in entities}
        return self.model_copy(
            update={
                "entities": entities,
                "relations": tuple(r for r in self.relations if r.confidence >= least and kept.issuperset((r.subject, r.object))),
                "results": tuple(_linked_to(kept, r) for r in self.results if r.confidence >= least),
            }
        )

    def to_json(self) -> str:
        """The document as one line of a claims file, without the line break; equal documents give equal bytes."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))


def _linked_to(kept: set[str], result: Result) -> Result:
    lost = [link for link in RESULT_LINKS if getattr(result, link) not in {None, *kept}]
    return result.model_copy(update=dict.fromkeys(lost)) if lost else result


def read_claims(lines: Iterable[str], name: str = "<claims>") -> Iterator[Document]:
    """Yield the documents of a claims file, line by line.

    Raises:
        ClaimsError: a line is not JSON or does not hold the model; the message names file and line.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield parse_claims(line, f"{name}:{number}")


def parse_claims(line: str, where: str) -> Document:
    """The document of one line of a claims file.

    Raises:
        ClaimsError: it is not JSON or does not hold the model; the message begins with `where`.
    """
    try:
        return Document.model_validate_json(line)
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ClaimsError(
            f"{place + ': ' if place else ''}{first['msg']}",
            where=where,
            remedy="Write the line again with `kg extract`, or leave it out",
        ) from err
