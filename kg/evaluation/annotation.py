"""What is compared: the claims about one document, without offsets, in one form for gold and for what was extracted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.claims import Document
from kg.ontology import RESULT_LINKS, Bound, Direction, EntityType, Kind, Predicate, Role

Triple = tuple[str, Predicate, str]
"""Subject, predicate, object; the ends are keys of `Annotation.entities`."""


@dataclass(frozen=True, slots=True)
class Concept:
    """An entity: its type and the strings that name it in the text, the first as its name. `confidence` is 1 in gold."""

    type: EntityType
    mentions: tuple[str, ...]
    proposed: bool
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Number:
    """A reported number; `text` is how it stands in the abstract, `links` has every link of `RESULT_LINKS`, None where nothing is linked."""

    text: str
    value: float
    value_high: float | None
    baseline_value: float | None
    unit: str | None
    kind: Kind
    direction: Direction | None
    bound: Bound
    links: Mapping[str, str | None]
    confidence: float = 1.0

    @classmethod
    def of(cls, text: str, result: Any, confidence: float = 1.0) -> Number:
        """From what has the fields of `kg.claims.Result`."""
        links = {link: getattr(result, link) for link in RESULT_LINKS}
        fields = (result.value, result.value_high, result.baseline_value, result.unit, result.kind, result.direction, result.bound)
        return cls(text, *fields, links, confidence)


@dataclass(frozen=True, slots=True)
class Annotation:
    """All claims about one document; `relations` has the confidence of each triple."""

    id: str
    entities: Mapping[str, Concept]
    relations: Mapping[Triple, float]
    numbers: tuple[Number, ...]

    @classmethod
    def empty(cls, id: str) -> Annotation:
        """A document of which nothing is known."""
        return cls(id, {}, {}, ())

    @classmethod
    def of(cls, document: Document) -> Annotation:
        """The claims of a document of a claims file; of a relation that is stated several times the greatest confidence counts."""
        relations: dict[Triple, float] = {}
        for relation in document.relations:
            triple = relation.subject, relation.predicate, relation.object
            relations[triple] = max(relation.confidence, relations.get(triple, 0.0))
        return cls(
            document.id,
            {e.id: Concept(e.type, tuple(dict.fromkeys(m.text for m in e.mentions)), e.role is Role.PROPOSED, e.confidence) for e in document.entities},
            relations,
            tuple(Number.of(r.number.text, r, r.confidence) for r in document.results),
        )

    def name(self, key: str) -> str:
        """How the text names an entity."""
        return self.entities[key].mentions[0]
