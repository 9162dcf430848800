"""What is right, wrong and missing in one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.evaluation.annotation import Annotation, Triple
from kg.evaluation.matching import FIELDS, RESULT_FIELDS, pair_numbers, pair_relaxed, pair_strict
from kg.ontology import EntityType, Predicate

Counts = tuple[int, int, int]
"""Found and right, found, in gold."""

WHOLE = ("entity.strict", "relation", "result")
"""What a document's own F1 is over."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Confidences of what was found and whether each is right."""

    confidences: tuple[float, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One document compared with gold.

    Attributes:
        scores: counts by the score's name: entity.strict, entity.relaxed, relation, proposed, number, result, result.full, and of the entities and
            relations by type (`entity.strict.Method`, `relation.USES`; of relations, those that either side has).
        fields: field of a number -> in how many of the numbers that are in both it agrees, and how many these are, twice.
        judged: part (entities, relations, numbers) -> what calibration is measured on: entities that match strictly, relations, numbers.
        missing, extra: items of gold that were not found, and found ones that gold has not, as a person would look them up.
        wrong: numbers found whose kind, direction, metric or method is another, with what is.
    """

    id: str
    scores: Mapping[str, Counts]
    fields: Mapping[str, Counts]
    judged: Mapping[str, Judged]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    wrong: tuple[str, ...]


def judge(gold: Annotation, found: Annotation) -> Judgement:
    """Compare what was found in a document with gold."""
    strict, relaxed = pair_strict(gold.entities, found.entities), pair_relaxed(gold.entities, found.entities)
    numbers = pair_numbers(gold, found, relaxed)
    # A relation whose ends are both in gold, written with gold's keys; relaxed matches are one to one, so no two become the same.
    mapped = {triple: (relaxed.get(triple[0], ""), triple[1], relaxed.get(triple[2], "")) for triple in found.relations}
    right = {triple for triple, twin in mapped.items() if twin in gold.relations}
    matched = {pair.found for pair in numbers}
    return Judgement(
        gold.id,
        {
            "entity.strict": (len(strict), len(found.entities), len(gold.entities)),
            "entity.relaxed": (len(relaxed), len(found.entities), len(gold.entities)),
            "relation": (len(right), len(found.relations), len(gold.relations)),
            "proposed": (
                sum(found.entities[id].proposed and gold.entities[key].proposed for id, key in relaxed.items()),
                sum(e.proposed for e in found.entities.values()),
                sum(e.proposed for e in gold.entities.values()),
            ),
            "number": (len(numbers), len(found.numbers), len(gold.numbers)),
            "result": (sum(pair.is_result for pair in numbers), len(found.numbers), len(gold.numbers)),
            "result.full": (sum(pair.is_full_result for pair in numbers), len(found.numbers), len(gold.numbers)),
            **_by_type("entity.strict", strict, gold, found),
            **_by_type("entity.relaxed", relaxed, gold, found),
            **_by_predicate(right, gold, found),
        },
        {field: (sum(pair.agrees[field] for pair in numbers), len(numbers), len(numbers)) for field in FIELDS},
        {
            "entities": Judged(tuple(e.confidence for e in found.entities.values()), tuple(id in strict for id in found.entities)),
            "relations": Judged(tuple(found.relations.values()), tuple(triple in right for triple in found.relations)),
            "numbers": Judged(tuple(n.confidence for n in found.numbers), tuple(place in matched for place in range(len(found.numbers)))),
        },
        missing=_named(gold, set(strict.values()), {mapped[triple] for triple in right}, {pair.gold for pair in numbers}),
        extra=_named(found, set(strict), right, matched),
        wrong=tuple(
            f'{", ".join(f for f in RESULT_FIELDS if not pair.agrees[f])} of "{gold.numbers[pair.gold].text}"'
            for pair in sorted(numbers, key=lambda pair: pair.gold)
            if not pair.is_result
        ),
    )


def _by_type(score: str, pairs: Mapping[str, str], gold: Annotation, found: Annotation) -> dict[str, Counts]:
    return {
        f"{score}.{type}": (
            sum(found.entities[id].type is type for id in pairs),
            sum(e.type is type for e in found.entities.values()),
            sum(e.type is type for e in gold.entities.values()),
        )
        for type in EntityType
    }


def _by_predicate(right: set[Triple], gold: Annotation, found: Annotation) -> dict[str, Counts]:
    seen = {triple[1] for triple in (*gold.relations, *found.relations)}
    return {f"relation.{p}": (_count(right, p), _count(found.relations, p), _count(gold.relations, p)) for p in Predicate if p in seen}


def _count(triples: Iterable[Triple], predicate: Predicate) -> int:
    return sum(triple[1] is predicate for triple in triples)


def _named(side: Annotation, entities: set[str], relations: set[Triple], numbers: set[int]) -> tuple[str, ...]:
    """The items of one side but those given."""
    return (
        *(f'{e.type} "{e.mentions[0]}"' for key, e in side.entities.items() if key not in entities),
        *(f'"{side.name(s)}" {p} "{side.name(o)}"' for s, p, o in side.relations if (s, p, o) not in relations),
        *(f'number "{n.text}"' for place, n in enumerate(side.numbers) if place not in numbers),
    )
