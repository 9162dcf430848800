"""Annotated abstracts -> examples: words, tags, mentions, and what joins them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kg.evaluation.matching import words
from kg.extractor.encoding import Ints, Tokenization, Window, sentences
from kg.extractor.numbers import find_numbers
from kg.extractor.pairs import NUMBER, TYPES, Mentions, group_mentions, link_rows, number_words, twin_rows
from kg.names import fold
from kg.ontology import RESULT_LINKS, Bound, Direction, EntityType, Kind, Predicate

PREDICATES, LINKS = tuple(Predicate), tuple(RESULT_LINKS)
KINDS, DIRECTIONS, BOUNDS = tuple(Kind), tuple(Direction), tuple(Bound)
IGNORE = -100


@dataclass(frozen=True)
class Annotated:
    """One annotated abstract in the form of the guidelines."""

    id: str
    title: str | None
    abstract: str
    entities: list[dict[str, Any]]
    relations: list[tuple[str, str, str]]
    results: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.abstract}" if self.title else self.abstract

    @property
    def title_end(self) -> int:
        return len(self.title) if self.title else 0


def load(path: Path, abstracts: Path | None = None) -> list[Annotated]:
    """Read annotations; `abstracts` is a JSON list with the texts where the annotations do not hold them."""
    texts = {a["id"]: a for a in json.loads(abstracts.read_text(encoding="utf-8"))} if abstracts else {}
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        d = json.loads(line)
        d = {**d, **{k: texts[d["id"]].get(k) for k in ("title", "abstract")}} if texts else d
        out.append(Annotated(d["id"], d.get("title") or None, d["abstract"], d["entities"], [tuple(r) for r in d["relations"]], d["results"]))
    return out


@dataclass(frozen=True)
class Example:
    """The first window of an abstract with its labels.

    Attributes:
        places: the sentences of the text.
        tags: BIO tag of each word, int64 (W,): 0 outside, 1 + 2t begin, 2 + 2t inside type t.
        mentions: gold mentions and all candidate numbers.
        links, twins: rows of `kg.extractor.pairs`.
        entity: entity of each mention (index into `types`), -1 for numbers, int64 (M,).
        types: type of each entity that has a mention, int64 (E,).
        proposed: 1 where the abstract introduces the entity, int64 (E,).
        relations: (subject, predicate, object) as indices.
        numbers: for each number mention in order: None (not a result) or kind, direction, bound and the six links (entity or -1).
        lost: gold mentions that do not fall on whole words.
    """

    text: str
    places: tuple[tuple[int, int], ...]
    window: Window
    tags: Ints
    mentions: Mentions
    links: Ints
    twins: Ints
    entity: Ints
    types: Ints
    proposed: Ints
    relations: frozenset[tuple[int, int, int]]
    numbers: tuple[tuple[int, int, int, tuple[int, ...]] | None, ...]
    lost: int


def occurrences(text: str, surface: str) -> list[tuple[int, int]]:
    """Whole-word places of a surface; letter case counts only for short or all-capital ones."""
    flags = re.IGNORECASE if len(surface) > 4 and not surface.isupper() else 0
    pattern = ("(?<![A-Za-z0-9])" if surface[:1].isalnum() else "") + re.escape(surface) + ("(?![A-Za-z0-9])" if surface[-1:].isalnum() else "")
    found = [m.span() for m in re.finditer(pattern, text, flags)]
    return found or [m.span() for m in re.finditer(re.escape(surface), text)]


def locate_value(text: str, evidence: str, value_text: str, taken: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Where a result's number stands: inside its evidence, no part of a longer number, not yet taken."""
    for clause in re.finditer(re.escape(evidence), text):
        for hit in re.finditer(re.escape(value_text), clause.group()):
            a, b = clause.start() + hit.start(), clause.start() + hit.end()
            if value_text[0].isalnum() and a and (text[a - 1].isalnum() or (text[a - 1] == "." and a > 1 and text[a - 2].isdigit())):
                continue
            if value_text[-1].isdigit() and b < len(text) and (text[b].isdigit() or (text[b] == "." and text[b + 1 : b + 2].isdigit())):
                continue
            if all(b <= x or a >= y for x, y in taken):
                return a, b
    return None


def example(doc: Annotated, tokenization: Tokenization) -> Example:
    """Labels of one abstract; mentions are all whole-word places of an entity's strings, longest first, without overlap."""
    text = doc.text
    window = tokenization.windows(text, doc.title_end)[0]
    word_at_start = {int(s): k for k, s in enumerate(window.start)}
    word_at_end = {int(e): k for k, e in enumerate(window.end)}

    values: list[tuple[int, int]] = []
    found: list[tuple[int, int] | None] = []
    for r in doc.results:
        place = locate_value(text, r["evidence"], r["value_text"], values)
        found.append(place)
        if place:
            values.append(place)

    spans: list[tuple[int, int, int]] = []  # word0, word1, entity key index
    used: list[tuple[int, int]] = list(values)
    lost = 0
    surfaces = sorted(((s, i) for i, e in enumerate(doc.entities) for s in e["mentions"]), key=lambda p: (-len(p[0]), p[1], p[0]))
    for surface, i in surfaces:
        for a, b in occurrences(text, surface):
            if any(a < y and b > x for x, y in used):
                continue
            used.append((a, b))
            w0, w1 = word_at_start.get(a), word_at_end.get(b)
            if w0 is None or w1 is None or w1 < w0:
                lost += 1
                continue
            spans.append((w0, w1, i))
    spans.sort()

    tags = np.zeros(len(window.first), dtype=np.int64)
    for w0, w1, i in spans:
        t = TYPES.index(EntityType(doc.entities[i]["type"]))
        tags[w0], tags[w0 + 1 : w1 + 1] = 1 + 2 * t, 2 + 2 * t

    present = sorted({i for _, _, i in spans})
    index = {i: k for k, i in enumerate(present)}
    by_key = {e["key"]: index.get(i, -1) for i, e in enumerate(doc.entities)}

    numbers = []
    rows: list[tuple[int, int, int, int, str]] = [
        (w0, w1, TYPES.index(EntityType(doc.entities[i]["type"])), index[i], text[window.start[w0] : window.end[w1]]) for w0, w1, i in spans
    ]
    free = dict.fromkeys(k for k, place in enumerate(found) if place)
    for number in find_numbers(text):
        words = number_words(window, number.start, number.end)
        if words is None:
            continue
        overlaps = [(min(number.end, found[k][1]) - max(number.start, found[k][0]), -k) for k in free]  # type: ignore[index]
        best = max(overlaps, default=(0, 0))
        if best[0] > 0:
            del free[-best[1]]
            r = doc.results[-best[1]]
            direction = DIRECTIONS.index(Direction(r["direction"])) if r["direction"] else IGNORE
            links = tuple(by_key.get(r[name], -1) if r.get(name) else -1 for name in LINKS)
            numbers.append((KINDS.index(Kind(r["kind"])), direction, BOUNDS.index(Bound(r["bound"])), links))
        else:
            numbers.append(None)
        rows.append((*words, NUMBER, -1, ""))
    places = sentences(text, doc.title_end)
    mentions, names = group_mentions(places, window, [(r[0], r[1], r[2], r[4]) for r in rows])
    relations = frozenset((by_key[a], PREDICATES.index(Predicate(p)), by_key[b]) for a, p, b in doc.relations if min(by_key.get(a, -1), by_key.get(b, -1)) >= 0)
    return Example(
        text=text,
        places=tuple(places),
        window=window,
        tags=tags,
        mentions=mentions,
        links=link_rows(mentions),
        twins=twin_rows(mentions, names),
        entity=np.array([r[3] for r in rows], dtype=np.int64),
        types=np.array([TYPES.index(EntityType(doc.entities[i]["type"])) for i in present], dtype=np.int64),
        proposed=np.array([int(doc.entities[i].get("role") == "proposed") for i in present], dtype=np.int64),
        relations=relations,
        numbers=tuple(numbers),
        lost=lost,
    )


def with_proposals(x: Example, spans: Iterable[tuple[int, int, int]]) -> Example:
    """The example with spans (first word, last word, type) that a tagger holds for mentions, besides the annotated ones.

    One that shares half of its words with a mention of an entity of its type stands for that entity, as the scorer sees it; of the others each name is
    an entity of its own, which is not proposed, has no relation and no part in any result.
    """
    window, m = x.window, x.mentions
    known = set(m.spans())
    new = sorted(span for span in spans if span not in known)
    if not new:
        return x

    def surface(w0: int, w1: int) -> str:
        return x.text[int(window.start[w0]) : int(window.end[w1])]

    gold = [(t, e, words(surface(a, b))) for (a, b, t), e in zip(m.spans(), x.entity.tolist(), strict=True) if e >= 0]
    types, entity, own = x.types.tolist(), x.entity.tolist(), dict[tuple[int, str], int]()
    for w0, w1, kind in new:
        own_words = words(surface(w0, w1))
        shared = [(len(own_words & other) / (len(own_words | other) or 1), -e) for t, e, other in gold if t == kind]
        best, e = max(shared, default=(0.0, 0))
        if best < 0.5:
            key = (kind, fold(surface(w0, w1)))
            if key not in own:
                own[key] = len(types)
                types.append(kind)
            e = -own[key]
        entity.append(-e)
    rows = [(a, b, t, surface(a, b)) for a, b, t in [*m.spans(), *new]]
    mentions, names = group_mentions(x.places, window, rows)
    return replace(
        x,
        mentions=mentions,
        links=link_rows(mentions),
        twins=twin_rows(mentions, names),
        entity=np.array(entity, dtype=np.int64),
        types=np.array(types, dtype=np.int64),
        proposed=np.concatenate([x.proposed, np.zeros(len(types) - len(x.types), dtype=np.int64)]),
    )
