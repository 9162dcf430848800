"""SciER (Zhang et al., EMNLP 2024): Method, Task and Dataset mentions and nine relations, in the sentences of full papers.

The sentences of one paper are detokenised and read together, a few at a time; what is found is mapped back to the tokenised
sentences and scored there, sentence by sentence, as the published systems are.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from benchmarks.external.detokenised import Detokenised, detokenise
from benchmarks.external.published import SCIER
from benchmarks.external.records import Record, read_records
from benchmarks.external.scores import Count, Labelled, align, exact, f1, overlapping
from benchmarks.external.table import Measured, Row
from kg.claims import Document, Paper
from kg.extractor.documents import documents, pipeline
from kg.names import fold
from kg.ontology import EntityType, Predicate

WINDOW = 600
"""Characters of a window of whole sentences, about four of them. Chosen on a third of SciER's dev split among 1 (each sentence alone), 600, 1200 and 2000."""

TYPES = (EntityType.METHOD, EntityType.TASK, EntityType.DATASET)

UNDIRECTED = frozenset(("Compare-With", "Synonym-Of"))

Link = tuple[int, str, int]
"""Position of a span, SciER's relation, position of a span."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one sentence, in its tokenised offsets."""

    spans: tuple[Labelled, ...]
    links: tuple[Link, ...]


def measure(data: Path, split: str, limit: int | None = None) -> Measured:
    """Score one split ("test", "test_ood").

    Raises:
        InputError: the set is missing or damaged.
        ModelError: the extractor's weights are.
    """
    records = read_records(data, "scier", split, limit)
    pipeline()  # loading the model is not reading
    began = time.monotonic()
    found = dict(read(records))
    seconds = time.monotonic() - began
    pairs = [(r["doc_id"], r, found[r["id"]]) for r in records]
    return Measured(
        set="SciER",
        part=split,
        texts=len(records),
        seconds=seconds,
        unit="papers",
        groups=len({r["doc_id"] for r in records}),
        rows=tuple(rows(split, pairs)),
        notes=NOTES,
    )


# --- reading


def read(records: Sequence[Record], width: int = WINDOW) -> Iterator[tuple[str, Found]]:
    """(id, what was found) of each sentence."""
    windows = list(_windows(records, width))
    papers = [Paper(id=str(k), abstract=" ".join(plain.text for _, plain in window)) for k, window in enumerate(windows)]
    for window, document in zip(windows, documents(papers), strict=True):
        at = 0
        for record, plain in window:
            yield record["id"], sentence(document, plain, at)
            at += len(plain.text) + 1


def _windows(records: Sequence[Record], width: int) -> Iterator[list[tuple[Record, Detokenised]]]:
    """Consecutive sentences of one paper, as many as fit."""
    window: list[tuple[Record, Detokenised]] = []
    size = 0
    for record in records:
        plain = detokenise(record["text"])
        if window and (record["doc_id"] != window[-1][0]["doc_id"] or size + len(plain.text) > width):
            yield window
            window, size = [], 0
        window.append((record, plain))
        size += len(plain.text) + 1
    if window:
        yield window


def sentence(document: Document, plain: Detokenised, at: int) -> Found:
    """The mentions and links of a document inside the sentence that begins at `at`, in SciER's types and its tokenised offsets.

    A relation joins entities of ours and mentions of SciER's: it is put on the nearest two mentions of every sentence that holds both.
    """
    end = at + len(plain.text)
    types = {e.id: e.type for e in document.entities}
    spans: list[Labelled] = []
    mentions: dict[str, list[int]] = {}
    links: list[Link] = []
    for entity in document.entities:
        if entity.type not in TYPES:
            continue
        named: list[tuple[str, int]] = []
        for mention in entity.mentions:
            if at <= mention.start and mention.end <= end:
                spans.append((*plain.back(mention.start - at, mention.end - at), entity.type.value))
                mentions.setdefault(entity.id, []).append(len(spans) - 1)
                named.append((fold(mention.text), len(spans) - 1))
        links += _synonyms(named)
    for relation in document.relations:
        pairs = [(i, j) for i in mentions.get(relation.subject, ()) for j in mentions.get(relation.object, ())]
        if pairs:
            a, b = min(pairs, key=lambda pair: (abs(spans[pair[0]][0] - spans[pair[1]][0]), pair))
            name = RELATIONS[relation.predicate, types[relation.subject]]
            links.append((b, name, a) if relation.predicate is Predicate.USES else (a, name, b))
    return Found(tuple(spans), tuple(links))


def _synonyms(named: Sequence[tuple[str, int]]) -> list[Link]:
    """Neighbouring mentions of one entity that write it differently ("recurrent networks (RNNs)")."""
    return [(j, "Synonym-Of", i) for (one, i), (other, j) in pairwise(named) if one != other]


RELATIONS = {
    (Predicate.TARGETS, EntityType.METHOD): "Used-For",
    (Predicate.USES, EntityType.METHOD): "Part-Of",  # what is used is part of what uses it: the ends change places
    (Predicate.IS_A, EntityType.METHOD): "SubClass-Of",
    (Predicate.IS_A, EntityType.TASK): "SubTask-Of",
    (Predicate.EVALUATED_ON, EntityType.METHOD): "Evaluated-With",
    (Predicate.TRAINED_ON, EntityType.METHOD): "Trained-With",
    (Predicate.OUTPERFORMS, EntityType.METHOD): "Compare-With",
    (Predicate.COMPARED_WITH, EntityType.METHOD): "Compare-With",
    (Predicate.BENCHMARK_FOR, EntityType.DATASET): "Benchmark-For",
}
"""Our predicate and the type of its subject -> SciER's relation. RUNS_ON has none: Hardware is no type of SciER."""

EXPRESSIBLE = frozenset(
    {("Method", "Used-For", "Task"), ("Method", "Part-Of", "Method"), ("Method", "Evaluated-With", "Dataset"), ("Method", "Trained-With", "Dataset")}
    | {("Method", "Compare-With", "Method"), ("Dataset", "Benchmark-For", "Task"), ("Method", "SubClass-Of", "Method"), ("Task", "SubTask-Of", "Task")}
    | {(t.value, "Synonym-Of", t.value) for t in TYPES}
)
"""The (type, relation, type) of SciER that ours can become; all others are missed from the start."""


# --- scoring


def rows(split: str, pairs: Sequence[tuple[str, Record, Found]]) -> Iterator[Row]:
    """The figures of (paper, gold sentence, what was found in it)."""
    spans = [(doc, [(a, b, t) for a, b, t in record["spans"]], found.spans) for doc, record, found in pairs]
    for strictly, count in (("exact", exact), ("overlap", overlapping)):
        for kind in ("", *(t.value for t in TYPES)):
            counts = [(doc, count(_of(kind, gold), _of(kind, ours))) for doc, gold, ours in spans]
            yield _row(split, f"{kind or 'all types'}, {strictly}", counts)
    for what, count_links in (("all relations, Rel+", strict), ("all relations, Rel", boundaries), ("all relations, overlap", loose)):
        row = _row(split, what, [(doc, count_links(record, found)) for doc, record, found in pairs])
        yield replace(row, remark=_reach([record for _, record, _ in pairs])) if count_links is strict else row
    for name in sorted({link[1] for _, record, _ in pairs for link in record["relations"]}):
        yield _row(split, f"{name}, Rel+", [(doc, strict(record, found, name)) for doc, record, found in pairs])


def _row(split: str, what: str, counts: Sequence[tuple[str, Count]]) -> Row:
    return Row(what, f1(counts), SCIER.get((split, what), ()), REMARKS.get(what, ""))


def _of(kind: str, spans: Sequence[Labelled]) -> list[Labelled]:
    return [span for span in spans if not kind or span[2] == kind]


def strict(record: Record, found: Found, name: str = "") -> Count:
    """Relations (of one name, where given) whose ends both have the gold's boundaries and types: Rel+."""
    return _shared(_links(record["spans"], record["relations"], name), _links(found.spans, found.links, name))


def boundaries(record: Record, found: Found) -> Count:
    """Relations whose ends both have the gold's boundaries, whatever their types: Rel."""
    bare = [[(a, b, "") for a, b, _ in spans] for spans in (record["spans"], found.spans)]
    return _shared(_links(bare[0], record["relations"]), _links(bare[1], found.links))


def loose(record: Record, found: Found) -> Count:
    """Relations whose ends both overlap the gold's and have its types."""
    gold: list[Labelled] = [(a, b, t) for a, b, t in record["spans"]]
    matched = align(gold, found.spans)
    spans = [gold[matched[k]] if k in matched else (-1 - k, -1 - k, "") for k in range(len(found.spans))]
    return _shared(_links(gold, record["relations"]), _links(spans, found.links))


def _links(spans: Sequence[Labelled], links: Sequence[Link], name: str = "") -> set[tuple[Labelled, str, Labelled]]:
    """The links by what their ends are; the undirected ones in one order."""
    out: set[tuple[Labelled, str, Labelled]] = set()
    for i, kind, j in links:
        if not name or kind == name:
            (a0, a1, a2), (b0, b1, b2) = spans[i], spans[j]  # lists where they come from a record
            a, b = (a0, a1, a2), (b0, b1, b2)
            out.add((min(a, b), kind, max(a, b)) if kind in UNDIRECTED else (a, kind, b))
    return out


def _shared(gold: set[tuple[Labelled, str, Labelled]], predicted: set[tuple[Labelled, str, Labelled]]) -> Count:
    return Count(len(gold & predicted), len(predicted), len(gold))


REMARKS = {
    "all types, exact": "span and type as in the gold",
    "all types, overlap": "type as in the gold, a character in common, one to one",
    "all relations, Rel": "boundaries of both ends",
    "all relations, overlap": "both ends overlap the gold's, with its types",
    "Part-Of, Rel+": "our USES, turned round",
    "Used-For, Rel+": "our TARGETS",
    "Evaluated-With, Rel+": "our EVALUATED_ON",
    "Trained-With, Rel+": "our TRAINED_ON",
    "Benchmark-For, Rel+": "our BENCHMARK_FOR",
    "SubClass-Of, Rel+": "our IS_A between methods",
    "SubTask-Of, Rel+": "our IS_A between tasks",
    "Compare-With, Rel+": "our OUTPERFORMS and COMPARED_WITH, no direction",
    "Synonym-Of, Rel+": "neighbouring mentions of one entity that are written differently, no direction",
}


NOTES = (
    f"Ours was trained on abstracts annotated by another guideline and saw nothing of SciER. Sentences are detokenised, read in windows of up to {WINDOW} "
    "characters of consecutive sentences of one paper, and mapped back to the tokenised offsets.",
    "What differs in the spans: SciER leaves type words and modifiers out (`NLP` of `NLP tasks`, `LSTM` of `LSTM layers`, `BERT` of `pre-trained BERT`), "
    "ours takes the full noun phrase; ours also marks unnamed methods (`static word embeddings`) that SciER skips. Both cost exact matches and precision. "
    "Our Metric and Hardware mentions are left out: SciER has no such types.",
    "What differs in the relations: ours join entities of the whole text; one is put on the nearest two mentions of every sentence that holds both. "
    "Gold relations between types that ours never join (Method Used-For Method, Task Used-For Task …) count as missed. "
    "Compare-With and Synonym-Of are read without direction here; the published scorers may not do so.",
    "Full papers, not abstracts: citations, section numbers and list signs stand in the sentences.",
)


def _reach(records: Sequence[Record]) -> str:
    triples = [(r["spans"][i][2], name, r["spans"][j][2]) for r in records for i, name, j in r["relations"]]
    return f"boundaries and types of both ends; {sum(t in EXPRESSIBLE for t in triples):,} of {len(triples):,} join types that ours can join"
