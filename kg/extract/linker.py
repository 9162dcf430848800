"""Mentions -> entities, relations and results of one text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kg.claims import Entity, Mention, Relation, Result, Span
from kg.extract.encoding import Ints, sentences
from kg.extract.model import Floats, Model, Scores
from kg.extract.numbers import Number
from kg.extract.pairs import NUMBER, TYPES, Mentions, group_mentions, link_rows, number_words, twin_rows
from kg.extract.tagger import Draft, Tagged
from kg.names import find_abbreviations, fold
from kg.ontology import ALLOWED, RESULT_LINKS, Bound, Direction, Kind, Predicate, Role, link_allows

PREDICATES, LINKS = tuple(Predicate), tuple(RESULT_LINKS)
KINDS, DIRECTIONS = tuple(Kind), tuple(Direction)


@dataclass
class _Concept:
    """An entity of one text while it is put together: its mentions and what the windows' heads say of it."""

    type: int
    mentions: list[tuple[int, int, float]] = field(default_factory=list)
    proposed: float = -np.inf


@dataclass(frozen=True, slots=True)
class Linked:
    """What one text states."""

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The best row that joins two entities: its score, and the mentions' ranges in the text."""

    score: float
    source: tuple[int, int]
    target: tuple[int, int]


def link(model: Model, draft: Draft, numbers: Sequence[Number]) -> Linked:
    """Join the mentions of a draft into entities, and find what the text states of them and which numbers it reports."""
    settings = model.settings
    places = sentences(draft.text)
    keys = _surface_keys(draft)
    parents: dict[tuple[int, str], tuple[int, str]] = {key: key for found in keys for key in found}
    _join_abbreviations(draft, parents)
    views = [_view(draft, n, [x for x in numbers if _within(draft, n, x)]) for n in range(len(draft.windows))]
    scored: list[tuple[_View, Scores]] = []
    for view in views:
        if len(view.mentions.type):
            scores = model.link(view.hidden, view.pieces, view.links, view.twins)
            _join_twins(view, scores, parents, settings["coreference_threshold"])
            scored.append((view, scores))

    # entities, in the order of their first mention
    concepts: dict[tuple[int, str], _Concept] = {}
    for n, window in enumerate(draft.windows):
        for mention, key in zip(draft.mentions[n], keys[n], strict=True):
            concept = concepts.setdefault(_root(parents, key), _Concept(mention.type))
            concept.mentions.append((int(window.start[mention.word0]), int(window.end[mention.word1]), mention.confidence))
    order = sorted(concepts, key=lambda key: (min(concepts[key].mentions), key))
    index = {key: k for k, key in enumerate(order)}

    relations: dict[tuple[int, int], dict[int, list[_Pair]]] = {}
    results: list[tuple[Number, Any]] = []
    for view, scores in scored:
        owner = np.array([index[_root(parents, k)] if k else -1 for k in view.keys], dtype=np.int64)
        for e, logit in _pooled(owner[owner >= 0], scores.proposed[owner >= 0]):
            concepts[order[e]].proposed = max(concepts[order[e]].proposed, logit)
        _collect_relations(view, scores, owner, [concepts[k].type for k in order], relations)
    for view, scores in scored:
        owner = np.array([index[_root(parents, k)] if k else -1 for k in view.keys], dtype=np.int64)
        results += _collect_results(view, scores, owner, [concepts[k] for k in order], settings)

    entities = tuple(_entity(draft.text, f"e{k + 1}", concepts[key], settings) for k, key in enumerate(order))
    return Linked(
        entities,
        tuple(_relations(relations, places, settings)),
        tuple(_result(draft.text, f"r{k + 1}", number, found, places) for k, (number, found) in enumerate(sorted(results, key=lambda r: r[0].start))),
    )


# --- entities


def _surface_keys(draft: Draft) -> list[list[tuple[int, str]]]:
    return [[(m.type, fold(draft.surface(n, m))) for m in found] for n, found in enumerate(draft.mentions)]


def _root(parents: dict[tuple[int, str], tuple[int, str]], key: tuple[int, str]) -> tuple[int, str]:
    while parents[key] != key:
        parents[key] = parents[parents[key]]
        key = parents[key]
    return key


def _join(parents: dict[tuple[int, str], tuple[int, str]], a: tuple[int, str], b: tuple[int, str]) -> None:
    low, high = sorted((_root(parents, a), _root(parents, b)))
    parents[high] = low


def _join_abbreviations(draft: Draft, parents: dict[tuple[int, str], tuple[int, str]]) -> None:
    """A long form and the acronym that the text itself gives it are one entity."""
    for s0, s1, l0, l1 in find_abbreviations(draft.text):
        short, long = fold(draft.text[s0:s1]), fold(draft.text[l0:l1])
        for kind in range(len(TYPES)):
            if (kind, short) in parents and (kind, long) in parents:
                _join(parents, (kind, short), (kind, long))


def _join_twins(view: _View, scores: Scores, parents: dict[tuple[int, str], tuple[int, str]], threshold: float) -> None:
    """Join surface groups that the coreference head holds for one entity: best first, as long as the groups agree on average."""
    pairs: dict[tuple[int, int], list[float]] = defaultdict(list)
    for row, logit in zip(view.twins.tolist(), scores.same.tolist(), strict=True):
        pairs[int(view.mentions.group[row[0]]), int(view.mentions.group[row[1]])].append(logit)
    chance = {pair: float(_sigmoid(_log_sum_exp(logits))) for pair, logits in pairs.items()}
    key = {int(g): k for g, k in zip(view.mentions.group, view.keys, strict=True) if k}
    for (a, b), p in sorted(chance.items(), key=lambda item: (-round(item[1], 4), item[0])):
        if p < threshold:
            break
        left, right = _root(parents, key[a]), _root(parents, key[b])
        if left == right:
            continue
        members = [[g for g in key if _root(parents, key[g]) == side] for side in (left, right)]
        agreement = [chance.get((min(x, y), max(x, y)), 0.0) for x in members[0] for y in members[1]]
        if np.mean(agreement) >= 0.8 * threshold:
            _join(parents, left, right)


def _entity(text: str, name: str, concept: _Concept, settings: dict[str, Any]) -> Entity:
    places = sorted({(a, b) for a, b, _ in concept.mentions})
    surfaces: dict[str, int] = defaultdict(int)
    for a, b in places:
        surfaces[text[a:b]] += 1
    proposed = bool(_sigmoid(concept.proposed) > settings["proposed_threshold"])
    return Entity(
        id=name,
        type=TYPES[concept.type],
        name=min(surfaces, key=lambda s: (-surfaces[s], -len(s), s)),
        role=Role.PROPOSED if proposed else None,
        mentions=tuple(Mention(text=text[a:b], start=a, end=b) for a, b in places),
        confidence=_round(max(c for _, _, c in concept.mentions)),
    )


# --- what a window's heads see


@dataclass(frozen=True, slots=True)
class _View:
    """Mentions and numbers of one window in the form that the heads read; `keys` is None for numbers."""

    mentions: Mentions
    ranges: tuple[tuple[int, int], ...]
    keys: tuple[tuple[int, str] | None, ...]
    numbers: tuple[Number, ...]
    pieces: Ints
    links: Ints
    twins: Ints
    hidden: Floats


def _within(draft: Draft, n: int, number: Number) -> bool:
    window = draft.windows[n]
    begin = int(window.start[window.body]) if window.body < len(window.start) else 0
    return bool(len(window.start)) and (n == 0 or begin <= number.start) and number.start < int(window.end[-1])


def _view(draft: Draft, n: int, numbers: Sequence[Number]) -> _View:
    window = draft.windows[n]
    rows: list[tuple[int, int, int, str]] = [(m.word0, m.word1, m.type, draft.surface(n, m)) for m in draft.mentions[n]]
    keys: list[tuple[int, str] | None] = [(m.type, fold(draft.surface(n, m))) for m in draft.mentions[n]]
    ranges = [(int(window.start[m.word0]), int(window.end[m.word1])) for m in draft.mentions[n]]
    kept = []
    for number in numbers:
        words = number_words(window, number.start, number.end)
        if words is not None:
            rows.append((*words, NUMBER, ""))
            keys.append(None)
            ranges.append((number.start, number.end))
            kept.append(number)
    mentions, names = group_mentions(draft.text, window, rows)
    pieces = np.stack([window.first[mentions.word0], window.last[mentions.word1], mentions.type], axis=1) if rows else np.zeros((0, 3), dtype=np.int64)
    return _View(mentions, tuple(ranges), tuple(keys), tuple(kept), pieces, link_rows(mentions), twin_rows(mentions, names), draft.hidden[n])


# --- relations


def _collect_relations(view: _View, scores: Scores, owner: Ints, types: Sequence[int], found: dict[tuple[int, int], dict[int, list[_Pair]]]) -> None:
    """Add this window's rows to the pairs of entities: pooled score first, then the single rows, by predicate."""
    source, target = owner[view.links[:, 0]], owner[view.links[:, 1]]
    rows = np.flatnonzero((source >= 0) & (target >= 0) & (source != target))
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for r in rows.tolist():
        groups[int(source[r]), int(target[r])].append(r)
    for (s, t), members in groups.items():
        for predicate in ALLOWED.get((TYPES[types[s]], TYPES[types[t]]), ()):
            column = PREDICATES.index(predicate)
            logits = scores.relations[members, column]
            pair = _best(view, members, logits)
            total = _Pair(float(_log_sum_exp(logits)), pair.source, pair.target)
            found.setdefault((s, t), {}).setdefault(column, []).append(total)


def _best(view: _View, rows: Sequence[int], logits: Floats) -> _Pair:
    """The row that states a pair best: of those within one point of the top score the one whose mentions share a sentence, else the top."""
    apart = view.links[rows, 3]
    value = logits - np.where(apart > 0, 1.0, 0.0)
    k = rows[int(np.round(value, 3).argmax())]
    return _Pair(float(logits.max()), view.ranges[int(view.links[k, 0])], view.ranges[int(view.links[k, 1])])


def _relations(found: dict[tuple[int, int], dict[int, list[_Pair]]], places: Sequence[tuple[int, int]], settings: dict[str, Any]) -> Iterator[Relation]:
    thresholds = settings["relation_thresholds"]
    for (s, t), columns in sorted(found.items()):
        for column, pairs in sorted(columns.items()):
            pair = max(pairs, key=lambda p: (round(p.score, 3), (-p.source[0], -p.target[0])))
            chance = float(_sigmoid(pair.score))
            if chance > thresholds[PREDICATES[column].value]:
                yield Relation(
                    subject=f"e{s + 1}",
                    predicate=PREDICATES[column],
                    object=f"e{t + 1}",
                    evidence=_passage(places, pair.source, pair.target),
                    confidence=_round(chance),
                )


def _passage(places: Sequence[tuple[int, int]], *ranges: tuple[int, int]) -> Span:
    """The sentences from the first to the last of the ranges."""
    low, high = min(a for a, _ in ranges), max(b for _, b in ranges)
    inside = [(a, b) for a, b in places if a < high and b > low]
    return Span(start=min([low] + [a for a, _ in inside]), end=max([high] + [b for _, b in inside]))


# --- results


def _collect_results(
    view: _View, scores: Scores, owner: Ints, concepts: Sequence[_Concept], settings: dict[str, Any]
) -> Iterator[tuple[Number, dict[str, Any]]]:
    rows_of: dict[int, list[int]] = defaultdict(list)
    for r, source in enumerate(view.links[:, 0].tolist()):
        rows_of[source].append(r)
    at = np.flatnonzero(view.mentions.type == NUMBER)
    for m, number in zip(at.tolist(), view.numbers, strict=True):
        reported = float(_sigmoid(scores.numbers["reported"][m, 0] - (settings["setting_penalty"] if number.setting else 0.0)))
        if reported <= settings["number_threshold"]:
            continue
        kind = KINDS[int(scores.numbers["kind"][m].argmax())]
        direction = None if kind is Kind.ABSOLUTE else DIRECTIONS[int(scores.numbers["direction"][m].argmax())]
        links: dict[str, str] = {}
        confidence = reported
        by_entity: dict[int, list[int]] = defaultdict(list)
        for r in rows_of[m]:
            by_entity[int(owner[view.links[r, 1]])].append(r)
        for column, name in enumerate(LINKS):
            best = float(scores.numbers["null"][m, column]), -1
            if name == "metric":
                best = -1e3, -1  # every result measures something
            for e, rows in sorted(by_entity.items()):
                if not link_allows(name, TYPES[concepts[e].type]):
                    continue
                score = float(_log_sum_exp(scores.links[rows, column]))
                if name == "method":
                    score += settings["proposed_weight"] * concepts[e].proposed
                if round(score, 4) > round(best[0], 4):
                    best = score, e
            if best[1] >= 0:
                links[name] = f"e{best[1] + 1}"
        if links.get("baseline") == links.get("method"):
            links.pop("baseline", None)
        yield number, {"kind": kind, "direction": direction, "confidence": _round(confidence), **links}


def _result(text: str, name: str, number: Number, found: dict[str, Any], places: Sequence[tuple[int, int]]) -> Result:
    return Result(
        id=name,
        value=number.value,
        value_high=number.high,
        baseline_value=number.baseline,
        unit=number.unit,
        bound=Bound(number.bound),
        number=Mention(text=text[number.start : number.end], start=number.start, end=number.end),
        evidence=_passage(places, (number.start, number.end)),
        **found,
    )


# --- arithmetic


def _log_sum_exp(values: Any) -> float:
    array = np.asarray(values, dtype=np.float64)
    top = array.max()
    return float(top + np.log(np.exp(array - top).sum()))


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(np.asarray(value, dtype=np.float64), -60, 60)))


def _pooled(group: Ints, logits: Floats) -> Iterator[tuple[int, float]]:
    for g in np.unique(group).tolist():
        yield g, _log_sum_exp(logits[group == g])


def _round(confidence: float) -> float:
    """Two digits: what differs between CPUs lies far below them."""
    return round(min(max(confidence, 0.0), 1.0), 2)


__all__ = ["Linked", "Tagged", "link"]
