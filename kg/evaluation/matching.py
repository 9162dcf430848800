"""Which extracted item stands for which gold item.

The rules are those of the annotation's own scorer, so that both give the same figures: strings are compared without case, outer punctuation and runs of
blanks; pairs are made one to one, the most alike first, then by id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kg.evaluation.annotation import Annotation, Concept, Number
from kg.ontology import RESULT_LINKS

TOLERANCE = 0.01
"""Two values are the same number where they differ by at most this share of the greater one."""

OVERLAP = 0.5
"""Two strings name the same thing, relaxed, where they share at least this part of their words (Jaccard)."""

FIELDS = ("kind", "direction", "bound", *RESULT_LINKS, "baseline_value")
"""What is compared of two numbers that are the same."""

RESULT_FIELDS = ("kind", "direction", "metric", "method")
"""What must agree for a number to be the same result."""

_UNITS = {"pp": "%", "percent": "%", "points": "%", "×": "x", "times": "x", "fold": "x"}
Form = TypeVar("Form")
_WORD = re.compile(r"[\w.+#]+")


def fold(text: str) -> str:
    """The text as it is compared: lower case, no punctuation around it, single blanks."""
    return re.sub(r"\s+", " ", text.strip().lower().strip(".,;:()[]\"'"))


def words(text: str) -> frozenset[str]:
    """The words of a text, folded, a plural's s taken off."""
    return frozenset(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in _WORD.findall(fold(text)))


def pair_strict(gold: Mapping[str, Concept], found: Mapping[str, Concept]) -> dict[str, str]:
    """Found id -> gold key of entities that are of one type and have a mention in common."""
    return _pair(gold, found, lambda concept: frozenset(map(fold, concept.mentions)), lambda a, b: float(not a.isdisjoint(b)), least=1.0)


def pair_relaxed(gold: Mapping[str, Concept], found: Mapping[str, Concept]) -> dict[str, str]:
    """Found id -> gold key of entities that are of one type and have mentions that share at least `OVERLAP` of their words."""
    return _pair(gold, found, lambda concept: [(fold(m), words(m)) for m in concept.mentions], _alike, least=OVERLAP)


def _pair(
    gold: Mapping[str, Concept], found: Mapping[str, Concept], form: Callable[[Concept], Form], likeness: Callable[[Form, Form], float], least: float
) -> dict[str, str]:
    golden = [(key, concept.type, form(concept)) for key, concept in gold.items()]
    candidates = []
    for id, concept in found.items():
        own = form(concept)
        candidates += [(-like, id, key) for key, type, other in golden if type is concept.type and (like := likeness(own, other)) >= least]
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, id, key in sorted(candidates):
        if id not in pairs and key not in taken:
            pairs[id] = key
            taken.add(key)
    return pairs


def _alike(one: Sequence[tuple[str, frozenset[str]]], other: Sequence[tuple[str, frozenset[str]]]) -> float:
    return max(1.0 if text == text2 else _jaccard(bag, bag2) for text, bag in one for text2, bag2 in other)


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    if one and other:
        return len(one & other) / len(one | other)
    return float(fold("".join(one)) == fold("".join(other)))  # two strings without a word count as one


@dataclass(frozen=True, slots=True)
class SameNumber:
    """A found number that is a gold one: their places in their documents, and for each of `FIELDS` whether it agrees."""

    found: int
    gold: int
    agrees: Mapping[str, bool]

    @property
    def is_result(self) -> bool:
        """Whether it says the same of the same: kind, direction, metric and method agree."""
        return all(self.agrees[field] for field in RESULT_FIELDS)

    @property
    def is_full_result(self) -> bool:
        """Whether bound, baseline, dataset and hardware agree too."""
        return self.is_result and all(self.agrees[field] for field in ("bound", "baseline", "dataset", "hardware"))


def pair_numbers(gold: Annotation, found: Annotation, entities: Mapping[str, str]) -> list[SameNumber]:
    """Numbers with the same value, second value and unit, one to one, those of which most fields agree first.

    Args:
        entities: found id -> gold key, by which links are compared; an absent link agrees with an absent one.
    """
    candidates = [
        SameNumber(i, j, _agreement(number, other, entities))
        for i, number in enumerate(found.numbers)
        for j, other in enumerate(gold.numbers)
        if _close(number.value, other.value) and _close(number.value_high, other.value_high) and _unit(number.unit) == _unit(other.unit)
    ]
    pairs, taken, matched = [], set(), set()
    for pair in sorted(candidates, key=lambda pair: (-sum(pair.agrees.values()), pair.found, pair.gold)):
        if pair.found not in matched and pair.gold not in taken:
            pairs.append(pair)
            matched.add(pair.found)
            taken.add(pair.gold)
    return pairs


def _agreement(found: Number, gold: Number, entities: Mapping[str, str]) -> dict[str, bool]:
    agrees = {"kind": found.kind is gold.kind, "direction": found.direction is gold.direction, "bound": found.bound is gold.bound}
    for link in RESULT_LINKS:
        one, other = found.links[link], gold.links[link]
        agrees[link] = other is None if one is None else other is not None and entities.get(one) == other
    agrees["baseline_value"] = _close(found.baseline_value, gold.baseline_value)
    return agrees


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def _unit(unit: str | None) -> str:
    if not unit:
        return ""
    folded = fold(unit).replace(" ", "")
    return _UNITS.get(folded, folded)
