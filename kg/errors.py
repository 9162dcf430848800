"""Every error that claimgraph raises on purpose.

KGError                 something a user can act on; the message says what, where and what to do
├── InputError          an input file or record that cannot be read
├── OutputError         a file or folder that cannot be written
├── ModelError          the extractor's weights are missing or damaged
├── ClaimsError         a line of a claims file that does not hold the model of `kg.claims`
├── GraphError          a graph folder that cannot be used
│   ├── GraphLocked     another process is building it
│   └── GraphVersion    another version of claimgraph wrote it
├── StoreError          a database that cannot be reached, or refuses what it is given
└── QueryError          a question that is unknown, malformed or lacks a parameter
    └── UnknownName     a name that the graph does not hold; carries near ones
"""

from __future__ import annotations

from collections.abc import Sequence


class KGError(Exception):
    """Base of all errors that claimgraph raises on purpose.

    Args:
        what: what happened, one clause.
        where: file, line, folder or address, as a person would look it up.
        remedy: what to do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what, self.where, self.remedy = what, where, remedy
        message = f"{where}: {what}" if where else what
        super().__init__(f"{message}. {remedy}" if remedy else message)


class InputError(KGError):
    """An input file or record cannot be read."""


class OutputError(KGError):
    """A file or folder cannot be written."""


class ModelError(KGError):
    """The extractor's weights are missing or damaged."""


class ClaimsError(KGError):
    """A line of a claims file does not hold the claims model."""


class GraphError(KGError):
    """A graph folder cannot be used."""


class GraphLocked(GraphError):
    """Another process is building this graph folder."""


class GraphVersion(GraphError):
    """Another version of claimgraph wrote this graph folder."""


class StoreError(KGError):
    """A database cannot be reached, or refuses what it is given."""


class QueryError(KGError):
    """A question is unknown, malformed or lacks a parameter."""


class UnknownName(QueryError):
    """The graph holds no concept of this name.

    Attributes:
        near: names that the graph does hold, nearest first.
    """

    def __init__(self, name: str, *, kind: str, near: Sequence[str] = ()) -> None:
        self.name, self.near = name, tuple(near)
        hint = "Near names: " + ", ".join(near) if near else "`kg query names` lists what it holds"
        super().__init__(f"no {kind} is called {name!r}", remedy=hint)
