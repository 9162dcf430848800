"""How good the claims of a claims file are, against gold annotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kg.errors import InputError
from kg.evaluation.annotation import Annotation
from kg.evaluation.bootstrap import intervals, rates
from kg.evaluation.calibration import Calibration, calibration
from kg.evaluation.gold import read_extracted, read_gold
from kg.evaluation.matching import FIELDS
from kg.evaluation.scoring import WHOLE, Counts, Judgement, judge
from kg.ontology import EntityType, Predicate

OVERALL = ("entity.strict", "entity.relaxed", "relation", "proposed", "number", "result", "result.full")
"""The scores over all types."""

_NAMES = (
    *OVERALL,
    *(f"{score}.{type}" for score in ("entity.strict", "entity.relaxed") for type in EntityType),
    *(f"relation.{predicate}" for predicate in Predicate),
)
_NONE: Counts = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % bootstrap interval over documents."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """Micro-averaged precision, recall and F1 with what they are made of: found and right, found, in gold."""

    precision: Estimate
    recall: Estimate
    f1: Estimate
    right: int
    found: int
    gold: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """In which share of the numbers that are both found and in gold a field agrees."""

    share: Estimate
    right: int
    numbers: int


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """One document: F1 over its entities (strict), relations and results together, 1 where neither side has any, and what is not right.

    Attributes:
        right, found, gold: what the F1 is made of.
        missing, extra: items of gold that were not found, and found items that gold has not.
        wrong: numbers that were found with another kind, direction, metric or method, with what is wrong.
        extracted: whether the claims file has the document at all.
    """

    id: str
    f1: float
    right: int
    found: int
    gold: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    wrong: tuple[str, ...]
    extracted: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        scores: by name: those of `OVERALL`, then of entities and relations by type (`entity.strict.Method`, `relation.USES`; relations that neither
            side has are absent).
        fields: field of a number (kind, direction, bound, the six links, baseline_value) -> accuracy; empty where no number was found.
        calibration: part -> whether its confidences can be believed: entities (right is a strict match), relations, numbers.
        documents: every document of the gold file, the worst first; of equal ones the one with more faults.
        missing: ids of gold documents that the claims file has not; they count as empty.
        ignored: how many documents of the claims file are not in gold.
    """

    scores: Mapping[str, Score]
    fields: Mapping[str, Accuracy]
    calibration: Mapping[str, Calibration]
    documents: tuple[DocumentScore, ...]
    missing: tuple[str, ...]
    ignored: int


def evaluate(gold: Path | str, claims: Path | str) -> Evaluation:
    """Compare a claims file with gold annotations of the same documents.

    Entities are compared by type and by the strings that name them, relations and links of numbers by their (relaxed) entities, numbers by value (1 %),
    range and unit. All counts are summed over the documents of the gold file; intervals are of 1,000 resamples of these, always the same ones.

    Args:
        gold: JSON Lines in the annotators' form (entities with a `key`, mentions as strings), or a claims file that somebody corrected.
        claims: a claims file. Either may be "-", standard input.

    Raises:
        InputError: a file cannot be read, a line of gold is not in its form, or the claims file has no document of the gold file.
        ClaimsError: a line of a claims file does not hold the claims model, or a document is in a file twice.
    """
    expected = read_gold(gold)
    found, ignored = read_extracted(claims, expected.keys())
    if not found:
        remedy = "Extract the abstracts that the gold file is about, with the ids that it has (--id-field of `kg extract`)"
        raise InputError(f"has none of the {len(expected)} documents of {gold}", where=str(claims), remedy=remedy)
    judgements = [judge(annotation, found.get(id, Annotation.empty(id))) for id, annotation in expected.items()]
    documents = sorted(map(_document, judgements, (id in found for id in expected)), key=lambda d: (d.f1, 2 * d.right - d.found - d.gold, d.id))
    return Evaluation(
        _scores([name for name in _NAMES if any(name in j.scores for j in judgements)], [j.scores for j in judgements]),
        {field: Accuracy(score.precision, score.right, score.found) for field, score in _scores(FIELDS, [j.fields for j in judgements]).items() if score.found},
        {part: _calibration(part, judgements) for part in judgements[0].judged},
        tuple(documents),
        tuple(id for id in expected if id not in found),
        ignored,
    )


def _scores(names: Sequence[str], documents: Sequence[Mapping[str, Counts]]) -> dict[str, Score]:
    counts = np.array([[counted.get(name, _NONE) for name in names] for counted in documents], dtype=np.float64)
    totals = counts.sum(axis=0)
    estimates = np.concatenate([rates(totals)[..., None], intervals(counts)], axis=-1)  # (scores, 3, 3)
    return {
        name: Score(*(Estimate(*map(float, three)) for three in estimates[place]), *map(int, totals[place]))  # type: ignore[arg-type]
        for place, name in enumerate(names)
    }


def _calibration(part: str, judgements: Iterable[Judgement]) -> Calibration:
    judged = [judgement.judged[part] for judgement in judgements]
    return calibration([c for one in judged for c in one.confidences], [good for one in judged for good in one.right])


def _document(judgement: Judgement, extracted: bool) -> DocumentScore:
    right, found, gold = (sum(judgement.scores[score][place] for score in WHOLE) for place in range(3))
    f1 = 2 * right / (found + gold) if found + gold else 1.0
    return DocumentScore(judgement.id, f1, right, found, gold, judgement.missing, judgement.extra, judgement.wrong, extracted)
