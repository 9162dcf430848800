"""MeasEval (Harper et al., SemEval-2021 Task 8): the quantities of paragraphs of natural science.

Only the number grammar is measured (`kg.extractor.numbers`), with every number that it finds: what of them an abstract reports
as a finding is another question, which MeasEval does not ask.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.external.published import MEASEVAL
from benchmarks.external.records import Record, read_records
from benchmarks.external.scores import Count, align, exact, f1, overlapping, share
from benchmarks.external.table import Measured, Row
from kg.extractor.numbers import Number, find_numbers

SPLITS = {"eval": ("eval",), "train and trial": ("train", "trial"), "train, trial and eval": ("train", "trial", "eval")}
"""The part of a table -> the files it is made of. The shared task was scored on "eval"; the figures of others that could be had are on the other two."""

QUANTITY = "Quantity"

UNITS = {"percent": "%", "per cent": "%", "percentage": "%", "times": "x", "fold": "x", "-fold": "x", "×": "x", "percentage points": "pp", "µ": "μ"}
"""Units as MeasEval writes them -> as the grammar names them."""


NOTES = (
    "The grammar alone, no model. It was written for abstracts of computer science; MeasEval is earth science, medicine, materials, astronomy, in paragraphs "
    "of full papers.",
    "What differs: MeasEval takes words of bound, tolerance and list into the span (`less than 2%`, `between 100 and 200 ms`, `1, 5 and 10 μg/L` as one "
    "quantity), the grammar reads them and keeps them out, one number a span; of counts it leaves out what is counted (`56` of `56 iterations`), which the "
    "grammar takes as the unit. Its gold has no years, citations, figure and table numbers; abstracts have few, so the grammar finds them and "
    'calls most of them a setting: see the rows "but settings".',
)


def measure(data: Path, part: str, limit: int | None = None) -> Measured:
    """Score one part of `SPLITS`.

    Raises:
        InputError: the set is missing or damaged.
    """
    records = [record for split in SPLITS[part] for record in read_records(data, "measeval", split, limit)]
    began = time.monotonic()
    found = [find_numbers(record["text"]) for record in records]
    seconds = time.monotonic() - began
    return Measured(
        set="MeasEval",
        part=part,
        texts=len(records),
        seconds=seconds,
        unit="articles",
        groups=len({article(record) for record in records}),
        rows=tuple(rows(part, records, found)),
        notes=NOTES,
    )


def article(record: Record) -> str:
    """The article that a paragraph is from: its id up to the last hyphen."""
    return str(record["id"]).rpartition("-")[0]


def rows(part: str, records: Sequence[Record], found: Sequence[Sequence[Number]]) -> Iterator[Row]:
    """The figures of gold paragraphs and the numbers found in each."""
    gold = [[(a, b, t) for a, b, t in record["spans"] if t == QUANTITY] for record in records]
    ours = [[(n.start, n.end, QUANTITY) for n in numbers] for numbers in found]
    findings = [[(n.start, n.end, QUANTITY) for n in numbers if not n.setting] for numbers in found]
    groups = [article(record) for record in records]
    for what, spans, count, remark in (
        ("quantities, exact", ours, exact, "start and end as in the gold"),
        ("quantities, overlap", ours, overlapping, "a character in common, one to one"),
        ("but settings, exact", findings, exact, "without the numbers that the grammar itself calls a size, setting, date or list place"),
        ("but settings, overlap", findings, overlapping, ""),
    ):
        yield Row(what, f1(zip(groups, map(count, gold, spans), strict=True)), MEASEVAL.get((part, what), ()), remark)
    what = "quantities, overlap score"
    means = share((group, overlap_score(record["text"], g, o)) for group, record, g, o in zip(groups, records, gold, ours, strict=True))
    yield Row(what, means, MEASEVAL.get((part, what), ()), "mean word overlap as in the task's own scorer; gold = rows that it averages")
    what = "units"
    right = share((group, units(record, numbers)) for group, record, numbers in zip(groups, records, found, strict=True))
    yield Row(what, right, MEASEVAL.get((part, what), ()), "share right of the gold units whose quantity was found (overlap)")


def overlap_score(text: str, gold: Sequence[tuple[int, int, str]], predicted: Sequence[tuple[int, int, str]]) -> Count:
    """The sum of SQuAD-like F1 over overlapping pairs, and the number of rows that the task's scorer averages over.

    A row is an overlapping pair (F1 over words, the best of a predicted span's pairs) or a span of either side without a partner (0); see
    `eval/measeval-eval.py` in github.com/harperco/MeasEval. Unlike there, spans that only touch do not overlap.
    """
    total, pairs = 0.0, 0
    missed = set(gold)
    for a, b, _ in predicted:
        credits = []
        for c, d, kind in gold:
            if a < d and c < b:
                shared = _words(text[max(a, c) : min(b, d)])
                credits.append(2 * shared / (_words(text[a:b]) + _words(text[c:d])))
                missed.discard((c, d, kind))
        total += max(credits, default=0.0) * len(credits)
        pairs += max(len(credits), 1)
    return Count(total, len(predicted), pairs + len(missed))


def _words(text: str) -> int:
    return len(text.split(" "))


def units(record: Record, numbers: Sequence[Number]) -> Count:
    """The gold units that are found, of the quantities that have one and overlap a number."""
    quantities = {int(k): q for k, q in record.get("quantities", {}).items() if q.get("unit")}
    gold = [(record["spans"][k][0], record["spans"][k][1], QUANTITY) for k in quantities]
    wanted = [q["unit"] for q in quantities.values()]
    pairs = align(gold, [(n.start, n.end, QUANTITY) for n in numbers])
    right = sum(unit(wanted[g]) == unit(numbers[p].unit or "") for p, g in pairs.items())
    return Count(right, len(pairs), len(pairs))


def unit(name: str) -> str:
    """A unit without spaces, LaTeX signs and differences of writing that both sides know."""
    plain = UNITS.get(name.strip().lower(), name)
    for written, meant in (("µ", "μ"), ("−", "-"), ("–", "-"), ("⁻", "-"), ("¹", "1"), ("²", "2"), ("³", "3"), ("^", ""), ("·", ""), (" ", "")):
        plain = plain.replace(written, meant)
    return plain
