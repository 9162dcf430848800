"""Concepts: what the entities of many papers have in common, one concept for one thing.

Entities are joined by *keys*: a type and a name, folded and without a noun that repeats the type (`kg.resolve.heads`).

1. Every entity has one **primary** key: that of its long form where one of its names abbreviates another (`kg.names.is_acronym`), else of
   its first proper name in the text (capitals or digits that neither a title nor a sentence's first word asks for), else of its first name.
   Entities with the same primary key are one concept.
2. An acronym **stands for** the primary key of the entities that write it out. Long forms of one acronym that differ by inflection or a slip
   ("convolution neural network") are one. Where 19 of 20 papers that define an acronym mean the same concept, the acronym joins it: papers that
   write a bare "LLM" mean what the others write out. Otherwise it is **ambiguous** and joins nothing: bare, it is a concept of its own.
   In a paper that defines it, the paper's own definition holds.
3. An entity's other names are its aliases, but join nothing: in another paper "decoding system" may mean another thing.

The concept's canonical key is the one that stands for no other (the long form); of several, the longest, then the first by code points.
Nothing depends on the order of documents or entities.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, permutations

from kg.claims import Document, Entity
from kg.ids import node_id
from kg.names import is_acronym
from kg.ontology import EntityType
from kg.resolve.heads import Key, folded, key


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing, over all papers that name it.

    Attributes:
        id: the id of its node.
        type: its type; concepts of different types are never one.
        name: the surface that most papers use (of equally used ones the longest, then the first by code points); surfaces that are an ambiguous
            acronym, an alias that joins nothing or carry LaTeX commands come last.
        aliases: all other surfaces, sorted.
        keys: folded forms of all surfaces as written and in lower case, of hardware and datasets also without a noun that repeats the type, sorted: what a
            name is looked up by.
    """

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...]
    keys: tuple[str, ...]


class Concepts:
    """The concept of every entity of the documents that were resolved; iterates over the concepts by id."""

    def __init__(self, concepts: dict[tuple[str, str], Concept]) -> None:
        self._concepts = concepts

    def of(self, document_id: str, entity_id: str) -> Concept:
        """The concept of an entity. Raises KeyError where it was not among the documents resolved."""
        return self._concepts[document_id, entity_id]

    def __iter__(self) -> Iterator[Concept]:
        return iter(sorted({c.id: c for c in self._concepts.values()}.values(), key=lambda c: c.id))


def resolve(documents: Iterable[Document]) -> Concepts:
    """Join the entities of all documents into concepts, as this module's heading says; the time is near-linear in the number of mentions."""
    entities = [_names(document, entity) for document in documents for entity in document.entities]
    meanings: defaultdict[Key, Counter[Key]] = defaultdict(Counter)
    own: defaultdict[tuple[str, Key], set[Key]] = defaultdict(set)
    for entity in entities:
        for short in entity.shorts:
            meanings[short][entity.primary] += 1
            own[entity.document, short].add(entity.primary)
    classes = _Classes()
    ambiguous = _join(classes, meanings)
    canonical: dict[Key, Key] = {}
    for name in sorted({e.primary for e in entities} | meanings.keys(), key=lambda name: (name in meanings and name not in ambiguous, _rank(name))):
        canonical.setdefault(classes.find(name), name)
    members: defaultdict[Key, list[_Names]] = defaultdict(list)
    for entity in entities:
        meant = {classes.find(long) for long in own.get((entity.document, entity.primary), ())}
        members[meant.pop() if len(meant) == 1 else classes.find(entity.primary)].append(entity)
    concepts: dict[tuple[str, str], Concept] = {}
    for root, group in members.items():
        concept = _concept(canonical[root], group, ambiguous)
        concepts |= {(entity.document, entity.id): concept for entity in group}
    return Concepts(concepts)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of one entity: surface -> key, the primary key, and the keys of its acronyms."""

    document: str
    id: str
    surfaces: dict[str, Key]
    primary: Key
    shorts: frozenset[Key]


_acronym = lru_cache(maxsize=1 << 16)(is_acronym)


def _names(document: Document, entity: Entity) -> _Names:
    first: dict[str, int] = {}
    proper: set[str] = set()
    for mention in entity.mentions:
        surface = _surface(mention.text)
        first[surface] = min(mention.start, first.get(surface, mention.start))
        if _is_proper(document, mention.start, mention.text):
            proper.add(surface)
    first.setdefault(_surface(entity.name), len(document.text))
    surfaces = {surface: key(entity.type, surface) for surface in first}
    shorts: set[Key] = set()
    longs: set[str] = set()
    if len(set(surfaces.values())) > 1:
        for short, long in permutations(surfaces, 2):
            if len(short) < len(long) and surfaces[short] != surfaces[long] and _acronym(short, long):
                shorts.add(surfaces[short])
                longs.add(long)
    written_out = {surface for surface in surfaces if surfaces[surface] not in shorts}
    candidates = longs & written_out or proper & written_out or written_out or surfaces.keys()
    primary = surfaces[min(candidates, key=lambda surface: (first[surface], -len(surface), surface))]
    return _Names(document.id, entity.id, surfaces, primary, frozenset(shorts - {primary}))


def _surface(text: str) -> str:
    return " ".join(text.split()) or text


def _rank(key: Key) -> tuple[int, Key]:
    return -len(key[1]), key


_TELLING = re.compile(r"\d|\w[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]")


def _is_proper(document: Document, start: int, text: str) -> bool:
    """Whether a mention looks like a name of its own: a digit, a capital inside a word, or a capital that no title or sentence asks for."""
    if _TELLING.search(text):
        return True
    if not text[0].isupper() or (document.title and start < len(document.title)):
        return False
    before = document.text[max(0, start - 3) : start].rstrip(" \"'“‘(")
    return bool(before) and before[-1] not in ".!?:\n"


class _Classes:
    """Disjoint sets of keys: union by rank of the key (any fixed rule does, as only the sets count), path halving."""

    def __init__(self) -> None:
        self._parent: dict[Key, Key] = {}

    def find(self, key: Key) -> Key:
        parent = self._parent
        while (above := parent.get(key, key)) != key:
            parent[key] = key = parent.get(above, above)
        return key

    def union(self, a: Key, b: Key) -> None:
        low, high = sorted((self.find(a), self.find(b)), key=_rank)
        if low != high:
            self._parent[high] = low


def _join(classes: _Classes, meanings: Mapping[Key, Counter[Key]]) -> frozenset[Key]:
    """Join each acronym to the one class that it stands for, and return those that stand for several.

    A join can make two classes one and so settle another acronym; classes only grow, so that repeating it until nothing changes ends in the same
    sets whatever the order. Each round looks only at acronyms that are still undecided.
    """
    for meant in meanings.values():
        for one, other in combinations(sorted(meant), 2):
            if _differ_by_a_slip(one[1], other[1]):
                classes.union(one, other)
    undecided = set(meanings)
    while True:
        settled: dict[Key, Key] = {}
        for short in undecided:
            papers: Counter[Key] = Counter()
            for long, count in meanings[short].items():
                papers[classes.find(long)] += count
            (sense, count), *_ = papers.most_common(1)
            if count * 20 >= papers.total() * 19:
                settled[short] = sense
        if not settled:
            return frozenset(undecided)
        for short, sense in settled.items():
            classes.union(short, sense)
        undecided -= settled.keys()


def _differ_by_a_slip(one: str, other: str) -> bool:
    """Whether nine tenths of two folded names are the same letters in the same order (Ratcliff and Obershelp, 1988) and all their digits are."""
    if 9 * max(len(one), len(other)) > 11 * min(len(one), len(other)) or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= _SLIP and matcher.ratio() >= _SLIP


_DIGITS = re.compile(r"\d+")
_SLIP = 0.9


def _concept(canonical: Key, group: list[_Names], ambiguous: frozenset[Key]) -> Concept:
    papers: defaultdict[str, set[str]] = defaultdict(set)
    telling: set[str] = set()
    for entity in group:
        for surface, its_key in entity.surfaces.items():
            papers[surface].add(entity.document)
            if its_key == canonical or (its_key not in ambiguous and (its_key == entity.primary or its_key in entity.shorts)):
                telling.add(surface)
    used = Counter({surface: len(ids) for surface, ids in papers.items()})
    name = min(used, key=lambda s: (s not in telling, "\\" in s or "$" in s, -used[s], -len(s), s))
    keys = {folded(spelling) for surface in used for spelling in (surface, surface.lower())}
    if canonical[0] in (EntityType.HARDWARE, EntityType.DATASET):  # "A100" and "MNIST" name what papers write "A100 GPU" and "MNIST dataset"
        keys |= {key(canonical[0], surface)[1] for surface in used}
    return Concept(node_id(canonical[0], canonical[1]), canonical[0], name, tuple(sorted(used.keys() - {name})), tuple(sorted(keys)))
