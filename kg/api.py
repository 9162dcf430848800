"""The Python interface: `from kg import extract, build, query, Graph`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.claims import Document, Paper
from kg.graph import Graph

if TYPE_CHECKING:
    from kg.sources import Fields, Report
    from kg.stores import Answer, Language


def extract(
    papers: Iterable[Paper] | Sequence[str | Path],
    *,
    workers: int = 1,
    fields: Fields | None = None,
    skipped: Report | None = None,
    min_confidence: float = 0.0,
) -> Iterator[Document]:
    """Yield what each paper states, in the order of the papers.

    Args:
        papers: papers, or a list of files that hold them ("-" is standard input).
        workers: processes; the claims are the same for any number.
        fields: names of the id, title and text fields of JSON Lines and CSV.
        skipped: told of every record that was not read; without it, the first one raises.
        min_confidence: the least confidence, from 0 to 1, of what is yielded of a document (`Document.confident`).

    Raises:
        InputError: a file cannot be read, or a record cannot and `skipped` is not given.
        ModelError: the weights are missing or damaged.
        ValueError: `min_confidence` is not from 0 to 1.
    """
    from kg.errors import InputError
    from kg.extractor.workers import extract_papers
    from kg.sources import Fields, Skipped, read_inputs, unique

    def report(record: Skipped) -> None:
        if skipped is not None:
            skipped(record)
        elif record.kind != "duplicate":
            raise InputError(record.reason, where=record.where, remedy=record.remedy)

    paths = [one for one in papers if not isinstance(one, Paper)] if isinstance(papers, Sequence) else []
    found = read_inputs(paths, fields or Fields(), report) if paths else papers
    for document in extract_papers(unique((one for one in found if isinstance(one, Paper)), report), workers, report):
        yield document.confident(min_confidence)


def build(
    inputs: Sequence[str | Path], folder: str | Path = "graph", *, workers: int = 1, fields: Fields | None = None, min_confidence: float | None = None
) -> Graph:
    """Extract files into a graph folder, or add to the one that is there; arguments and errors are those of `kg.building.build`."""
    from kg.building import build as run

    return run(inputs, folder, workers=workers, fields=fields, min_confidence=min_confidence).graph


def query(graph: Graph, question: str, /, language: Language = "sparql", **params: object) -> Answer:
    """Ask a graph one of the named questions, or a query of one's own; arguments and errors are those of `kg.queries.ask`.

    >>> query(graph, "methods-by-hardware", hardware="a100").rows  # doctest: +SKIP
    """
    from kg.queries import ask

    return ask(graph, question, {name: str(value) for name, value in params.items()}, language)
