"""The key under which a name of a type is compared: folded, without a closing noun that only repeats the type ("MNIST dataset", "A100 GPU")."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.names import fold, without_abbreviation
from kg.ontology import EntityType

Key = tuple[EntityType, str]

folded = lru_cache(maxsize=1 << 18)(fold)
"""`kg.names.fold`, remembered: the names of a corpus come again and again."""

_HEADS: dict[EntityType, str] = {
    EntityType.METHOD: "models?|methods?|algorithms?|frameworks?|approach(?:es)?|techniques?|architectures?",
    EntityType.TASK: "tasks?|problems?",
    EntityType.DATASET: "data[ -]?sets?|benchmarks?|corpus|corpora",
    EntityType.METRIC: "scores?|values?|metrics?",
}
_COMMON = {type: re.compile(rf"(.*\S)[\s-]+(?:{heads})", re.IGNORECASE | re.DOTALL) for type, heads in _HEADS.items()}
_NUMBERED = re.compile(r"(.*\d\S*)[\s-]+(?:GPUs?|graphics cards?|cards?|chips?|boards?|devices?|accelerators?|processors?)", re.IGNORECASE | re.DOTALL)
"""Hardware: only behind a model number, as a "consumer GPU" is no "consumer"."""


def key(type: EntityType, name: str) -> Key:
    """The type and the folded name; one closing head noun of the type is left out where something else is left."""
    if "(" in name:
        name = without_abbreviation(name)
    match = (_NUMBERED if type is EntityType.HARDWARE else _COMMON[type]).fullmatch(name.rstrip("$}\"'”’."))
    return type, folded(match[1] if match else name)
