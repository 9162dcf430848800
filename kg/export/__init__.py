"""A graph as a file: one module a format.

ttl nt nq trig jsonld   RDF           kg.export.rdf
graphml                 XML           kg.export.graphml
csv                     a row a claim kg.export.table
json                    node-link     kg.export.nodelink
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import IO

from kg.errors import OutputError
from kg.files import writing
from kg.graph import Graph

Writer = Callable[[Graph, IO[bytes]], None]


def _later(module: str, name: str) -> Writer:
    """The writer of this name; its module is imported when it is first used."""

    def write(graph: Graph, stream: IO[bytes]) -> None:
        getattr(import_module(module), name)(graph, stream)

    return write


def _rdf(syntax: str) -> Writer:
    def write(graph: Graph, stream: IO[bytes]) -> None:
        import_module("kg.export.rdf").write_rdf(graph, stream, syntax)

    return write


FORMATS: dict[str, Writer] = {
    **{syntax: _rdf(syntax) for syntax in ("ttl", "nt", "nq", "trig", "jsonld")},
    "graphml": _later("kg.export.graphml", "write_graphml"),
    "csv": _later("kg.export.table", "write_csv"),
    "json": _later("kg.export.nodelink", "write_json"),
}
"""Name of a format -> what writes a graph in it to a binary stream."""


def export(graph: Graph, format: str, path: str | Path) -> None:
    """Write a graph to a file, or to standard output where `path` is "-".

    The file appears when it is whole: it is written beside its place and renamed.

    Raises:
        OutputError: the format is unknown, the file cannot be written, or the disk is full; what was at `path` is still there.
        GraphError: a file of the graph is missing or damaged.
    """
    if format not in FORMATS:
        raise OutputError(f"no format is called {format!r}", remedy=f"Known ones: {', '.join(FORMATS)}")
    with writing(path) as stream:
        FORMATS[format](graph, stream)
