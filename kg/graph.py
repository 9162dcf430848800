"""The graph: its nodes and edges, the folder that holds them, and the handle that reads it.

A graph is a pure function of the claims file (`kg.assembly`). Its files are canonical: the same documents, in whatever order they
were read, give the same bytes, and the hash of these bytes is the `build` that every store made from them carries.

    DIR/manifest.json   {"format", "version", "build", "min_confidence", counts}: written last, removed first, so that a folder with one is whole
    DIR/nodes.jsonl     {"id", "label", "props"} a line, by label (order of `LABELS`), then id
    DIR/edges.jsonl     {"type", "source", "target", "props"} a line, by type, source, target
    DIR/claims.jsonl    the documents
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.claims import Document, read_claims
from kg.errors import GraphError, GraphVersion, OutputError
from kg.files import replacing
from kg.ids import node_id
from kg.ontology import RESULT_EDGES, EntityType, Predicate

if TYPE_CHECKING:
    import networkx

__all__ = ["EDGE_TYPES", "FORMAT", "LABELS", "Edge", "Graph", "Node", "Scalar", "Value", "node_id", "write_graph"]

Scalar = str | int | float | bool
Value = Scalar | list[str] | list[int] | list[float]

FORMAT = 1
"""Version of the folder's layout; a folder of another one is refused."""

LABELS: tuple[str, ...] = ("Paper", *(t.value for t in EntityType), "Result")
EDGE_TYPES: tuple[str, ...] = tuple(sorted([*(p.value for p in Predicate), "PROPOSES", "MENTIONS", "REPORTS", *RESULT_EDGES.values()]))

_LABEL_ORDER = {label: place for place, label in enumerate(LABELS)}
_REBUILD = "Build it again with `kg build`"


@dataclass(frozen=True, slots=True)
class Node:
    """A node; `props["name"]` comes first, what is unknown is absent."""

    id: str
    label: str
    props: dict[str, Value]

    @property
    def order(self) -> tuple[int, str]:
        """Its place in nodes.jsonl."""
        return _LABEL_ORDER[self.label], self.id


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge; there is at most one of a type between two nodes."""

    type: str
    source: str
    target: str
    props: dict[str, Value]

    @property
    def order(self) -> tuple[str, str, str]:
        """Its place in edges.jsonl."""
        return self.type, self.source, self.target


@dataclass(frozen=True)
class Graph:
    """Read handle of a graph folder: nothing is held but its manifest, everything streams from the files.

    Attributes:
        folder: where it is.
        build: hash of nodes and edges; a store made from them carries it.
        manifest: the whole manifest, with the counts `nodes` and `edges` (totals), `labels` and `types`, and `min_confidence`, which
            every claim of the graph reaches.
    """

    folder: Path
    build: str
    manifest: Mapping[str, Any] = field(repr=False)

    @classmethod
    def open(cls, folder: str | Path) -> Graph:
        """The graph in this folder.

        Raises:
            GraphError: there is none, or its build was cut off.
            GraphVersion: another version of claimgraph wrote it.
        """
        folder = Path(folder)
        place = folder / "manifest.json"
        try:
            manifest = json.loads(place.read_bytes())
        except FileNotFoundError:
            what = "the last build of this graph did not finish" if (folder / "nodes.jsonl").exists() else "holds no graph"
            raise GraphError(what, where=str(folder), remedy="Make one with `kg build INPUT… --graph DIR`") from None
        except OSError as err:
            raise GraphError(f"cannot be read: {err.strerror or err}", where=str(place), remedy="Check the folder and its permissions") from err
        except ValueError as err:
            raise GraphError(f"is no JSON: {err}", where=str(place), remedy=_REBUILD) from err
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            found = manifest.get("format") if isinstance(manifest, dict) else None
            raise GraphVersion(f"this graph has format {found}, this claimgraph reads {FORMAT}", where=str(folder), remedy=_REBUILD)
        if not isinstance(manifest.get("build"), str):
            raise GraphError("names no build", where=str(place), remedy=_REBUILD)
        return cls(folder, manifest["build"], manifest)

    def nodes(self) -> Iterator[Node]:
        """All nodes, by label, then id.

        Raises:
            GraphError: the file is missing or damaged; the message names the line.
        """
        for record in self._records("nodes.jsonl", ("id", "label", "props")):
            yield Node(*record)

    def edges(self) -> Iterator[Edge]:
        """All edges, by type, source and target.

        Raises:
            GraphError: the file is missing or damaged; the message names the line.
        """
        for record in self._records("edges.jsonl", ("type", "source", "target", "props")):
            yield Edge(*record)

    def documents(self) -> Iterator[Document]:
        """What the papers claim, whatever its confidence: the graph is made of `document.confident(manifest["min_confidence"])` of each.

        Raises:
            GraphError: the file is missing.
            ClaimsError: a line of it is damaged.
        """
        place = self.folder / "claims.jsonl"
        try:
            with place.open(encoding="utf-8", newline="\n") as lines:
                yield from read_claims(lines, str(place))
        except (OSError, UnicodeDecodeError) as err:
            raise GraphError(f"cannot be read: {err}", where=str(place), remedy=_REBUILD) from err

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The graph in memory: nodes by id with `label` and their properties, edges keyed by type with theirs; `graph["build"]` is the build id."""
        import networkx

        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(build=self.build)
        for node in self.nodes():
            graph.add_node(node.id, label=node.label, **node.props)
        for edge in self.edges():
            graph.add_edge(edge.source, edge.target, key=edge.type, **edge.props)
        return graph

    def _records(self, name: str, keys: tuple[str, ...]) -> Iterator[list[Any]]:
        place = self.folder / name
        number = 0
        try:
            with place.open("rb") as lines:
                for number, line in enumerate(lines, 1):  # noqa: B007  (the message below names the line)
                    record = json.loads(line)
                    yield [record[key] for key in keys]
        except OSError as err:
            raise GraphError(f"cannot be read: {err.strerror or err}", where=str(place), remedy=_REBUILD) from err
        except (ValueError, KeyError, TypeError) as err:
            raise GraphError("is damaged", where=f"{place}:{number}", remedy=_REBUILD) from err


def write_graph(nodes: Iterable[Node], edges: Iterable[Edge], folder: str | Path, min_confidence: float = 0.0) -> str:
    """Write nodes.jsonl, edges.jsonl and the manifest, and return the build id.

    Both files are written beside their place and renamed when both are whole; the manifest goes away before the first rename and comes back
    after the last, so that a reader never takes the nodes of one build with the edges of another. Nodes and edges stream: they come in their
    canonical order (`order`), each once, as `kg.assembly.assemble` yields them.

    Args:
        min_confidence: what the claims were chosen by, for the manifest.

    Raises:
        OutputError: the folder cannot be written, or the disk is full; the graph that was there is still there.
        ValueError: nodes or edges come out of order or twice.
    """
    folder = Path(folder)
    build = sha256()
    labels: Counter[str] = Counter()
    types: Counter[str] = Counter()
    manifest = folder / "manifest.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("nodes.jsonl", "edges.jsonl", "manifest.json"):
            for left in folder.glob(f".{name}.*.part"):  # of a build that was killed
                left.unlink()
    except OSError as err:
        raise OutputError(f"cannot be written: {err.strerror or err}", where=str(folder), remedy="Choose another folder with --graph") from err
    with replacing(manifest) as about:
        with replacing(folder / "edges.jsonl") as edge_file, replacing(folder / "nodes.jsonl") as node_file:
            before: tuple[Any, ...] = ()
            for node in nodes:
                before = _after(before, node.order)
                line = _line({"id": node.id, "label": node.label, "props": node.props})
                build.update(line)
                node_file.write(line)
                labels[node.label] += 1
            before = ()
            for edge in edges:
                before = _after(before, edge.order)
                line = _line({"type": edge.type, "source": edge.source, "target": edge.target, "props": edge.props})
                build.update(line)
                edge_file.write(line)
                types[edge.type] += 1
            node_file.flush()
            edge_file.flush()  # a full disk shows here, before anything of the old graph is touched
            manifest.unlink(missing_ok=True)
        about.write(
            json.dumps(
                {
                    "format": FORMAT,
                    "version": _version(),
                    "build": build.hexdigest(),
                    "min_confidence": min_confidence,
                    "nodes": labels.total(),
                    "edges": types.total(),
                    "labels": {label: labels[label] for label in LABELS},
                    "types": {name: types[name] for name in EDGE_TYPES},
                },
                indent=1,
            ).encode()
            + b"\n"
        )
    return build.hexdigest()


def _after(before: tuple[Any, ...], order: tuple[Any, ...]) -> tuple[Any, ...]:
    if before and order <= before:
        raise ValueError(f"{order} does not come after {before}: sort by `order`, each once")
    return order


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _version() -> str:
    try:
        return metadata.version("claimgraph")
    except metadata.PackageNotFoundError:
        return "0"  # run from a checkout that is not installed
