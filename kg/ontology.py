"""Types, relations, domains and ranges: the single place that says them.

Everything else (claims, extractor, stores, RDF, shapes, constraints) reads these tables. What each
term means in an abstract is told in the comments, which also become the ontology's `rdfs:comment`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntityType(StrEnum):
    """What a concept is."""

    METHOD = "Method"
    TASK = "Task"
    DATASET = "Dataset"
    METRIC = "Metric"
    HARDWARE = "Hardware"


class Predicate(StrEnum):
    """A relation between two concepts that an abstract states."""

    TARGETS = "TARGETS"
    RUNS_ON = "RUNS_ON"
    EVALUATED_ON = "EVALUATED_ON"
    TRAINED_ON = "TRAINED_ON"
    USES = "USES"
    IS_A = "IS_A"
    OUTPERFORMS = "OUTPERFORMS"
    COMPARED_WITH = "COMPARED_WITH"
    BENCHMARK_FOR = "BENCHMARK_FOR"


class Kind(StrEnum):
    """What a reported number is."""

    ABSOLUTE = "absolute"
    CHANGE = "change"
    RATIO = "ratio"


class Direction(StrEnum):
    """What the measured quantity does; an absolute value has none."""

    INCREASE = "increase"
    DECREASE = "decrease"


class Bound(StrEnum):
    """How the text bounds a number."""

    EXACT = "exact"
    UP_TO = "up_to"
    AT_LEAST = "at_least"
    ABOUT = "about"


class Role(StrEnum):
    """What a paper does with a concept beyond naming it."""

    PROPOSED = "proposed"


@dataclass(frozen=True)
class Term:
    """A class or property of the ontology with its English label and comment."""

    label: str
    comment: str


@dataclass(frozen=True)
class RelationTerm(Term):
    """A property with the (domain, range) pairs that it allows."""

    pairs: tuple[tuple[str, str], ...]


_M, _T, _D, _X, _H = (t.value for t in EntityType)

ENTITY_TERMS: dict[EntityType, Term] = {
    EntityType.METHOD: Term("method", "A technique, algorithm, model, architecture, system, framework, tool, theory or estimator."),
    EntityType.TASK: Term("task", "A task, problem or application that a method is for."),
    EntityType.DATASET: Term("dataset", "A dataset, benchmark, corpus, test suite, survey sample or catalogue."),
    EntityType.METRIC: Term("metric", "A quantity by which something is measured or compared."),
    EntityType.HARDWARE: Term("hardware", "A processor, accelerator, device, memory or machine that something runs on or targets."),
}

RELATION_TERMS: dict[Predicate, RelationTerm] = {
    Predicate.TARGETS: RelationTerm("targets", "The method is made for, applied to or addresses the task.", ((_M, _T),)),
    Predicate.RUNS_ON: RelationTerm("runs on", "The method runs on, is measured on or is designed for the hardware.", ((_M, _H),)),
    Predicate.EVALUATED_ON: RelationTerm("evaluated on", "The method is tested or measured on the dataset.", ((_M, _D),)),
    Predicate.TRAINED_ON: RelationTerm("trained on", "The method is trained, fine-tuned or fitted on the dataset.", ((_M, _D),)),
    Predicate.USES: RelationTerm("uses", "The method uses, extends, combines, fine-tunes or contains the other one.", ((_M, _M),)),
    Predicate.IS_A: RelationTerm("is a", "The method or task is a kind of the other.", ((_M, _M), (_T, _T))),
    Predicate.OUTPERFORMS: RelationTerm("outperforms", "An abstract claims that the method is better than the other.", ((_M, _M),)),
    Predicate.COMPARED_WITH: RelationTerm("compared with", "The methods are compared without a stated winner, or are on par.", ((_M, _M),)),
    Predicate.BENCHMARK_FOR: RelationTerm("benchmark for", "The dataset tests the task.", ((_D, _T),)),
}

RESULT_LINKS: dict[str, EntityType] = {
    "metric": EntityType.METRIC,
    "method": EntityType.METHOD,
    "baseline": EntityType.METHOD,
    "dataset": EntityType.DATASET,
    "task": EntityType.TASK,
    "hardware": EntityType.HARDWARE,
}
"""The six links of a result and the type each prefers. What is measured, and against what, may also be a dataset, a task or a
piece of hardware ("the A100 is 2× faster than the V100"), so `method` and `baseline` accept any type but Metric."""

ANY_SUBJECT = frozenset({EntityType.METHOD, EntityType.TASK, EntityType.DATASET, EntityType.HARDWARE})


def link_allows(link: str, entity_type: EntityType) -> bool:
    """Whether a result's link may point at an entity of this type."""
    return entity_type in ANY_SUBJECT if link in ("method", "baseline") else entity_type is RESULT_LINKS[link]


RESULT_EDGES: dict[str, str] = {
    "metric": "ON_METRIC",
    "method": "OF_METHOD",
    "baseline": "AGAINST",
    "dataset": "ON_DATASET",
    "task": "FOR_TASK",
    "hardware": "ON_HARDWARE",
}
"""Result link -> edge type in the graph."""

ALLOWED: dict[tuple[EntityType, EntityType], tuple[Predicate, ...]] = {
    pair: tuple(p for p, term in RELATION_TERMS.items() if (pair[0].value, pair[1].value) in term.pairs)
    for pair in ((a, b) for a in EntityType for b in EntityType)
    if any((pair[0].value, pair[1].value) in term.pairs for term in RELATION_TERMS.values())
}
"""(subject type, object type) -> predicates that may join them; pairs that none may join are absent."""
