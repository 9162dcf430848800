"""Databases that hold one build of a graph and answer questions about it.

`kg.stores.oxigraph` answers SPARQL in this process; `kg.stores.arcadedb` and `kg.stores.neo4j` speak to a Cypher server over Bolt, whose
answers `kg.stores.bolt` reads. Whoever asks sees the one interface `Store`; what is asked, and how names become ids, is told in `kg.queries`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Language = Literal["sparql", "cypher"]
Scalar = str | int | float | bool
Cell = Scalar | None | list["Cell"] | dict[str, "Cell"]
"""A value of a row; lists and maps come only from people's own Cypher."""


class NodeId(str):
    """A node's id where a parameter names a node: an IRI in RDF, a plain string in Cypher."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that a question got.

    Attributes:
        columns: names, in the order that the query returns them.
        rows: one tuple a row, as long as `columns`; None where a row has no value.
        notes: what a reader should know about how the answer came to be, one sentence each.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()


class Store(Protocol):
    """A database that can be asked.

    Attributes:
        language: what it speaks.
    """

    @property
    def language(self) -> Language: ...

    def query(self, text: str, params: Mapping[str, Scalar | None]) -> Answer:
        """Answer a reading query; parameters reach the engine as values, never as text. A parameter of None is left open.

        Raises:
            QueryError: the query is malformed or would write.
            StoreError: the database cannot be reached or read.
        """
        ...
