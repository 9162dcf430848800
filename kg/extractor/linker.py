"""Mentions -> entities, relations and results of one text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.claims import Entity, Mention, Relation, Result, Span
from kg.extractor.encoding import Ints, Window
from kg.extractor.model import Floats, Model, Scores
from kg.extractor.numbers import Number
from kg.extractor.pairs import NUMBER, TYPES, Mentions, group_mentions, link_rows, number_words, twin_rows
from kg.extractor.tagger import Draft
from kg.names import find_abbreviations, fold
from kg.ontology import ALLOWED, RESULT_LINKS, Bound, Direction, Kind, Predicate, Role, link_allows

PREDICATES, LINKS = tuple(Predicate), tuple(RESULT_LINKS)
KINDS, DIRECTIONS = tuple(Kind), tuple(Direction)


Doubles = npt.NDArray[np.float64]


@dataclass
class _Concept:
    """An entity of one text while it is put together: its mentions and what the windows' heads say of it."""

    type: int
    mentions: list[tuple[int, int, float]] = field(default_factory=list)
    proposed: float = -np.inf

    @property
    def score(self) -> float:
        """Logit of its surest mention."""
        return max(score for _, _, score in self.mentions)


@dataclass(frozen=True, slots=True)
class Linked:
    """What one text states."""

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class _Stated:
    """A relation's score, a logit, and the ranges of the two mentions that state it best."""

    score: float
    source: tuple[int, int]
    target: tuple[int, int]


def link(model: Model, draft: Draft) -> Linked:
    """Join the mentions of a draft into entities, and find what the text states of them and which numbers it reports."""
    settings = model.settings
    places = draft.sentences
    keys = _surface_keys(draft)
    mentions = _by_place(draft, keys)
    parents: dict[tuple[int, str], tuple[int, str]] = {key: key for found in keys for key in found}
    _join_abbreviations(draft, parents)
    numbers = _by_window(draft)
    scored: list[tuple[_View, Scores]] = []
    for n, (window, hidden) in enumerate(zip(draft.windows, draft.hidden, strict=True)):
        view = _view(draft, n, mentions, numbers[n])
        if len(view.mentions.type):
            scores = model.link(model.encode([window])[0].hidden if hidden is None else hidden, view.pieces, view.links, view.twins)
            _join_twins(view, scores, parents, settings["coreference_threshold"])
            scored.append((view, scores))

    # entities, in the order of their first mention
    concepts: dict[tuple[int, str], _Concept] = {}
    for n, window in enumerate(draft.windows):
        for mention, key in zip(draft.mentions[n], keys[n], strict=True):
            concept = concepts.setdefault(_root(parents, key), _Concept(mention.type))
            concept.mentions.append((int(window.start[mention.word0]), int(window.end[mention.word1]), mention.score))
    order = sorted(concepts, key=lambda key: (min(concepts[key].mentions), key))
    index = {key: k for k, key in enumerate(order)}

    relations: dict[tuple[int, int, int], _Stated] = {}
    results: list[tuple[Number, dict[str, Any]]] = []
    owners = [np.array([index[_root(parents, k)] if k else -1 for k in view.keys], dtype=np.int64) for view, _ in scored]
    for (_, scores), owner in zip(scored, owners, strict=True):
        named = owner >= 0
        found, logits = _pool(owner[named], scores.proposed[named, None])
        for e, logit in zip(found.tolist(), logits[:, 0].tolist(), strict=True):
            concepts[order[e]].proposed = max(concepts[order[e]].proposed, logit)
    types = np.array([concepts[key].type for key in order], dtype=np.int64)
    proposed = np.array([concepts[key].proposed for key in order])
    certain = _log_sigmoid(np.array([concepts[key].score for key in order]))
    for (view, scores), owner in zip(scored, owners, strict=True):
        for triple, stated in _relations(view, scores, owner, types, certain, settings):
            if triple not in relations or relations[triple].score < stated.score:
                relations[triple] = stated
        results += _results(view, scores, owner, types, proposed, settings, draft)
    _drop_contradictions(relations)

    entities = tuple(_entity(draft.text, f"e{k + 1}", concepts[key], settings) for k, key in enumerate(order))
    return Linked(
        entities,
        tuple(_relation(triple, stated, places, settings) for triple, stated in sorted(relations.items(), key=lambda item: item[0])),
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
    groups = view.mentions.group
    size = int(groups.max()) + 1
    pairs, logits = _pool(groups[view.twins[:, 0]] * size + groups[view.twins[:, 1]], scores.same[:, None])
    chance = {divmod(pair, size): p for pair, p in zip(pairs.tolist(), np.round(_sigmoid(logits[:, 0]), 4).tolist(), strict=True)}
    key = {int(g): k for g, k in zip(view.mentions.group, view.keys, strict=True) if k}
    for (a, b), p in sorted(chance.items(), key=lambda item: (-item[1], item[0])):
        if p < threshold:
            break
        left, right = _root(parents, key[a]), _root(parents, key[b])
        if left == right:
            continue
        members = [[g for g in key if _root(parents, key[g]) == side] for side in (left, right)]
        if any(_versions_differ(x[1], y[1]) for x in set(map(key.get, members[0])) for y in set(map(key.get, members[1])) if x and y):
            continue
        agreement = [chance.get((min(x, y), max(x, y)), 0.0) for x in members[0] for y in members[1]]
        if np.mean(agreement) >= 0.8 * threshold:
            _join(parents, left, right)


def _versions_differ(a: str, b: str) -> bool:
    """Whether two folded names both hold numbers, and not the same ones: "rtx4090" and "rtx3060" are never one thing."""
    left, right = _DIGITS.findall(a), _DIGITS.findall(b)
    return bool(left and right) and not (set(left) <= set(right) or set(right) <= set(left))


def _entity(text: str, name: str, concept: _Concept, settings: dict[str, Any]) -> Entity:
    places = sorted({(a, b) for a, b, _ in concept.mentions})
    surfaces = Counter(text[a:b] for a, b in places)
    proposed = bool(_sigmoid(concept.proposed) > settings["proposed_threshold"])
    return Entity(
        id=name,
        type=TYPES[concept.type],
        name=min(surfaces, key=lambda s: (-surfaces[s], -len(s), s)),
        role=Role.PROPOSED if proposed else None,
        mentions=tuple(Mention(text=text[a:b], start=a, end=b) for a, b in places),
        confidence=_confidence(concept.score, settings["calibration"]["entities"]),
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


_Named = tuple[int, int, int, tuple[int, str]]  # a mention as start, end, type index, key


def _by_place(draft: Draft, keys: Sequence[Sequence[tuple[int, str]]]) -> list[_Named]:
    """The mentions of all windows in reading order."""
    found: list[_Named] = []
    for window, mentions, named in zip(draft.windows, draft.mentions, keys, strict=True):
        found += [(int(window.start[m.word0]), int(window.end[m.word1]), m.type, key) for m, key in zip(mentions, named, strict=True)]
    return found


def _by_window(draft: Draft) -> list[list[Number]]:
    """The numbers that each window reads: those that begin in the words it owns."""
    found: list[list[Number]] = [[] for _ in draft.windows]
    ends = [int(w.end[w.own.stop - 1]) if len(w.end) else 0 for w in draft.windows]
    for number in draft.numbers:
        n = bisect_right(ends, number.start)
        if n < len(found):
            found[n].append(number)
    return found


def _held(window: Window, named: Sequence[_Named]) -> Sequence[_Named]:
    """The mentions that lie wholly in a window, whichever window owns them; the title's lie in all."""
    if not len(window.start):
        return ()
    title = bisect_right(named, int(window.end[window.body - 1]), key=lambda m: m[1]) if window.body else 0
    body = bisect_left(named, int(window.start[window.body]), lo=title, key=lambda m: m[0])
    return [*named[:title], *named[body : bisect_right(named, int(window.end[-1]), key=lambda m: m[1])]]


def _view(draft: Draft, n: int, named: Sequence[_Named], numbers: Sequence[Number]) -> _View:
    window = draft.windows[n]
    held = _held(window, named)
    ranges = [(start, end) for start, end, _, _ in held]
    keys: list[tuple[int, str] | None] = [key for _, _, _, key in held]
    first, last = np.searchsorted(window.start, [start for start, _ in ranges]), np.searchsorted(window.end, [end for _, end in ranges])
    rows: list[tuple[int, int, int, str]] = [
        (a, b, kind, draft.text[start:end]) for a, b, (start, end, kind, _) in zip(first.tolist(), last.tolist(), held, strict=True)
    ]
    kept = []
    for number in numbers:
        words = number_words(window, number.start, number.end)
        if words is not None:
            rows.append((*words, NUMBER, ""))
            keys.append(None)
            ranges.append((number.start, number.end))
            kept.append(number)
    mentions, names = group_mentions(draft.sentences, window, rows)
    pieces = np.stack([window.first[mentions.word0], window.last[mentions.word1], mentions.type], axis=1) if rows else np.zeros((0, 3), dtype=np.int64)
    return _View(mentions, tuple(ranges), tuple(keys), tuple(kept), pieces, link_rows(mentions), twin_rows(mentions, names))


# --- relations


_ALLOWED = np.zeros((NUMBER, NUMBER, len(PREDICATES)), dtype=bool)
for (_a, _b), _found in ALLOWED.items():
    for _p in _found:
        _ALLOWED[TYPES.index(_a), TYPES.index(_b), PREDICATES.index(_p)] = True


def _relations(
    view: _View, scores: Scores, owner: Ints, types: Ints, certain: Doubles, settings: dict[str, Any]
) -> Iterator[tuple[tuple[int, int, int], _Stated]]:
    """(subject, object, predicate) of the pairs of entities whose pooled score passes the predicate's threshold in this window.

    `certain` holds the log probabilities of the entities: a statement stands no firmer than its ends.
    """
    source, target = owner[view.links[:, 0]], owner[view.links[:, 1]]
    rows = np.flatnonzero((source >= 0) & (target >= 0) & (source != target))
    if not len(rows):
        return
    size = len(types)
    pairs, logits = _pool(source[rows] * size + target[rows], scores.relations[rows])
    subject, obj = pairs // size, pairs % size
    chance = np.round(np.exp(_log_sigmoid(logits) + settings["end_weight"] * (certain[subject] + certain[obj])[:, None]), 4)
    thresholds = np.array([settings["relation_thresholds"][p.value] for p in PREDICATES])
    passed = (chance > thresholds) & _ALLOWED[types[subject], types[obj]]
    for k, column in zip(*np.nonzero(passed), strict=True):
        s, t = divmod(int(pairs[k]), size)
        members = rows[(source[rows] == s) & (target[rows] == t)]
        row = _telling(view, members, scores.relations[members, column])
        ends = view.ranges[int(view.links[row, 0])], view.ranges[int(view.links[row, 1])]
        yield (s, t, int(column)), _Stated(_logit(float(chance[k, column])), *ends)


_ASYMMETRIC = {PREDICATES.index(p) for p in (Predicate.OUTPERFORMS, Predicate.IS_A)}
_WINS, _EVEN = PREDICATES.index(Predicate.OUTPERFORMS), PREDICATES.index(Predicate.COMPARED_WITH)


def _drop_contradictions(relations: dict[tuple[int, int, int], _Stated]) -> None:
    """Of statements that cannot both hold keep the surer: a is better than (a kind of) b and b than a; a is better than b and on par with it."""
    for one in sorted(relations, key=lambda key: (-relations[key].score, key)):
        s, t, column = one
        if one not in relations:
            continue
        if column in _ASYMMETRIC:
            relations.pop((t, s, column), None)
        if column in (_WINS, _EVEN):
            other = _EVEN if column == _WINS else _WINS
            relations.pop((s, t, other), None)
            relations.pop((t, s, other), None)


def _telling(view: _View, rows: Ints, logits: Floats) -> int:
    """The row that states a pair best; one whose mentions share a sentence is worth a point more than one whose mentions do not."""
    return int(rows[int(np.round(logits - (view.links[rows, 3] > 0), 3).argmax())])


def _relation(key: tuple[int, int, int], stated: _Stated, places: Sequence[tuple[int, int]], settings: dict[str, Any]) -> Relation:
    subject, obj, column = key
    return Relation(
        subject=f"e{subject + 1}",
        predicate=PREDICATES[column],
        object=f"e{obj + 1}",
        evidence=_passage(places, stated.source, stated.target),
        confidence=_confidence(stated.score, settings["calibration"]["relations"]),
    )


_begin, _end = itemgetter(0), itemgetter(1)


def _passage(places: Sequence[tuple[int, int]], *ranges: tuple[int, int]) -> Span:
    """The sentence that holds the ranges, or the two neighbours that do; of ranges further apart the sentence of the last ("it runs on …")."""
    touched = sorted({k for low, high in ranges for k in range(bisect_right(places, low, key=_end), bisect_left(places, high, key=_begin))})
    if touched and touched[-1] - touched[0] > 1:
        ranges = (max(ranges),)
        touched = [k for k in touched if places[k][0] < ranges[0][1] and places[k][1] > ranges[0][0]]
    inside = [places[k] for k in touched]
    return Span(start=min(a for a, _ in (*ranges, *inside)), end=max(b for _, b in (*ranges, *inside)))


# --- results


_LINK_ALLOWED = np.array([[link_allows(link, t) for link in LINKS] for t in TYPES])


def _results(
    view: _View, scores: Scores, owner: Ints, types: Ints, proposed: Doubles, settings: dict[str, Any], draft: Draft
) -> Iterator[tuple[Number, dict[str, Any]]]:
    """The numbers of a window that are findings, with what they measure; a link goes to the best entity, or to none where none scores higher."""
    at = np.flatnonzero(view.mentions.type == NUMBER)
    for m, number in zip(at.tolist(), view.numbers, strict=True):
        reported = float(scores.numbers["reported"][m, 0]) - (settings["setting_penalty"] if number.setting else 0.0)
        if round(float(_sigmoid(reported)), 4) <= settings["number_threshold"]:
            continue
        kind, direction = _kind(scores, m, number, draft.text)
        rows = np.flatnonzero(view.links[:, 0] == m)
        candidates, logits = _pool(owner[view.links[rows, 1]], scores.links[rows])
        weight = settings["own_weight"] if _speaks_of_itself(draft, number) else settings["proposed_weight"]
        logits[:, LINKS.index("method")] += weight * proposed[candidates]
        logits = np.where(_LINK_ALLOWED[types[candidates]], logits, -np.inf)
        found = _best_links(logits, scores.numbers["null"][m]) if len(candidates) else {}
        links = {name: f"e{candidates[k] + 1}" for name, k in found.items()}
        yield number, {"kind": kind, "direction": direction, "confidence": _confidence(reported, settings["calibration"]["results"]), **links}


def _best_links(logits: Doubles, null: Floats) -> dict[str, int]:
    """The candidate (row of (C, 6) logits) for each link that has one; method and baseline, which cannot be one entity, are chosen together."""
    table = np.round(np.concatenate([logits, null[None].astype(np.float64)]), 4)
    nothing = len(logits)
    found = {name: int(table[:, column].argmax()) for column, name in enumerate(LINKS)}
    # every result measures something; the other links may be open
    metric = logits[:, LINKS.index("metric")]
    found["metric"] = int(np.round(metric, 4).argmax()) if np.isfinite(metric).any() else nothing
    if found["method"] == found["baseline"] != nothing:
        method, baseline = table[:, LINKS.index("method")], table[:, LINKS.index("baseline")]
        both = method[:, None] + baseline[None, :]
        both[np.arange(nothing), np.arange(nothing)] = -np.inf
        found["method"], found["baseline"] = (int(k) for k in np.unravel_index(int(both.argmax()), both.shape))
    return {name: k for name, k in found.items() if k != nothing}


_DIGITS = re.compile(r"\d+")
_OWN = re.compile(r"\b(?:we|our|ours)\b|\b(?:this|the proposed) (?:method|approach|model|framework|system|algorithm|technique|work)\b", re.IGNORECASE)


def _speaks_of_itself(draft: Draft, number: Number) -> bool:
    """Whether the sentence of a number says "we" or "our method", which mean what the paper proposes."""
    passage = _passage(draft.sentences, (number.start, number.end))
    return _OWN.search(draft.text, passage.start, passage.end) is not None


def _kind(scores: Scores, row: int, number: Number, text: str) -> tuple[Kind, Direction | None]:
    """What a reported number is. A factor is a ratio and points are a change; a plus or minus sign says change, and which way; else the heads decide."""
    chances = dict(zip(KINDS, scores.numbers["kind"][row].tolist(), strict=True))
    plus = text[number.start : number.end].lstrip("$(~ ").startswith("+")
    if number.unit == "x":
        kind = Kind.RATIO
    elif number.unit == "pp" or plus or chances[Kind.CHANGE] > chances[Kind.ABSOLUTE]:
        kind = Kind.CHANGE
    else:
        return Kind.ABSOLUTE, None
    if kind is Kind.CHANGE and (plus or number.value < 0):
        return kind, Direction.INCREASE if plus else Direction.DECREASE
    return kind, DIRECTIONS[int(scores.numbers["direction"][row].argmax())]


def _result(text: str, name: str, number: Number, found: dict[str, Any], places: Sequence[tuple[int, int]]) -> Result:
    value, high = number.value, number.high
    if found["kind"] is Kind.CHANGE:  # its direction says what the sign said
        value, high = abs(value), None if high is None else abs(high)
    return Result(
        id=name,
        value=value,
        value_high=high,
        baseline_value=number.baseline,
        unit=number.unit,
        bound=Bound(number.bound),
        number=Mention(text=text[number.start : number.end], start=number.start, end=number.end),
        evidence=_passage(places, (number.start, number.end)),
        **found,
    )


# --- arithmetic


def _pool(group: Ints, logits: Floats) -> tuple[Ints, Doubles]:
    """Log-sum-exp of rows (N, K) by group: the groups that occur, ascending, and their (G, K) pooled logits."""
    order = np.argsort(group, kind="stable")
    ordered = logits[order].astype(np.float64)
    found, starts = np.unique(group[order], return_index=True)
    if not len(found):
        return found, np.zeros((0, logits.shape[1]))
    top = np.maximum.reduceat(ordered, starts)
    spread = np.repeat(top, np.diff(np.r_[starts, len(order)]), axis=0)
    return found, top + np.log(np.add.reduceat(np.exp(ordered - spread), starts))


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(np.asarray(value, dtype=np.float64), -60, 60)))


def _log_sigmoid(value: Any) -> Any:
    return -np.logaddexp(0, -np.asarray(value, dtype=np.float64))


def _logit(chance: float) -> float:
    return float(np.log(max(chance, 1e-6)) - np.log(max(1 - chance, 1e-6)))


def _confidence(score: float, scale: Sequence[float]) -> float:
    """A logit as the probability that it stands for (Platt 1999): slope and offset were fitted on held-back abstracts. Two digits: what differs between
    CPUs lies far below them."""
    slope, offset = scale
    return round(float(_sigmoid(slope * score + offset)), 2)
