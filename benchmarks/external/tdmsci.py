"""TDMSci (Hou et al., EACL 2021): Task, Dataset and Metric mentions in single sentences of NLP papers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.external.published import TDMSCI
from benchmarks.external.records import Record, read_records
from benchmarks.external.scores import Labelled, exact, f1, overlapping
from benchmarks.external.table import Measured, Row
from kg.claims import Paper
from kg.extractor.documents import documents, pipeline
from kg.ontology import EntityType

TYPES = {"TASK": EntityType.TASK, "DATASET": EntityType.DATASET, "METRIC": EntityType.METRIC}

REMARKS = {
    "all types, exact": "span and type as in the gold",
    "all types, overlap": "type as in the gold, a character in common, one to one",
}

NOTES = (
    "Ours was trained on abstracts annotated by another guideline and saw nothing of TDMSci. Each sentence is read alone: their papers are not known.",
    "What differs: TDMSci marks the shortest span that names the thing (`text8` of `text8 test set`), splits `translation accuracy` into a Task and a Metric, "
    "takes a long form with its acronym in brackets as one mention, and skips tasks that are only described; ours takes full noun phrases, one mention for "
    "each form of a name, and every metric. Our Method and Hardware mentions are left out: TDMSci has no such types.",
)


def measure(data: Path, limit: int | None = None) -> Measured:
    """Score the test split.

    Raises:
        InputError: the set is missing or damaged.
        ModelError: the extractor's weights are.
    """
    records = read_records(data, "tdmsci", "test", limit)
    pipeline()  # loading the model is not reading
    began = time.monotonic()
    found = list(read(records))
    seconds = time.monotonic() - began
    return Measured(
        set="TDMSci",
        part="test",
        texts=len(records),
        seconds=seconds,
        unit="sentences",
        groups=len(records),
        rows=tuple(rows(records, found)),
        notes=NOTES,
    )


def read(records: Sequence[Record]) -> Iterator[list[Labelled]]:
    """The mentions of each sentence, in TDMSci's types."""
    names = {ours: theirs for theirs, ours in TYPES.items()}
    for document in documents(Paper(id=r["id"], abstract=r["text"]) for r in records):
        yield [(m.start, m.end, names[e.type]) for e in document.entities if e.type in names for m in e.mentions]


def rows(records: Sequence[Record], found: Sequence[Sequence[Labelled]]) -> Iterator[Row]:
    """The figures of gold sentences and what was found in each."""
    for strictly, count in (("exact", exact), ("overlap", overlapping)):
        for kind in (None, *TYPES):
            what = f"{TYPES[kind].value if kind else 'all types'}, {strictly}"
            counts = []
            for record, ours in zip(records, found, strict=True):
                gold = [(a, b, t) for a, b, t in record["spans"] if kind in (None, t)]
                counts.append((record["id"], count(gold, [span for span in ours if kind in (None, span[2])])))
            yield Row(what, f1(counts), TDMSCI.get(what, ()), REMARKS.get(what, ""))
