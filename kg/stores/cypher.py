"""Load a graph into a Cypher database over Bolt: the same statements for Neo4j and for the embedded ArcadeDB.

One statement per node label and per (edge type, source label, target label); rows are parameters, sorted, a few thousand to a transaction.
Every node and edge carries `digest`, a hash of its properties: a row whose digest is already there sets nothing, so a second load of
the same build changes nothing and its counters say so. (`SET n += row` counts `properties_set` on an unchanged row too.)
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import StoreError
from kg.graph import EDGE_TYPES, LABELS
from kg.schemas.cypher import statements
from kg.vocabulary import LITERALS

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, ServerInfo, SummaryCounters

    from kg.graph import Graph, Value

_LABEL_OF_PREFIX = {label.lower(): label for label in LABELS}

BATCH_BYTES = 4_000_000
"""A transaction's rows stay below this, whatever their number: ArcadeDB refuses a Bolt message of more than 16 MiB."""
ROW_BYTES = 12_000_000
"""A row of more is refused."""
NAME_BYTES = 8_000
"""A name of more is refused: the index on names (Neo4j's range index) holds no longer key, and would fail the whole transaction."""
_OPTIONAL = {label: {term.prop: None for term in LITERALS.get(label, LITERALS["Concept"]) if not term.required} for label in LABELS}
"""What a node of each label may lack; sent as null, so that a property which a newer build no longer has goes away."""
_DIGEST_FORM = "1"  # part of every digest: a change in what is stored for equal properties must change it

Row = dict[str, Any]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the database's own counters, summed over all transactions.

    Attributes:
        nodes, edges: rows sent, new or not.
        constraints_added, indexes_added, nodes_created, relationships_created, properties_set: what the server says that it changed.
        refused: one line for each node or edge that could not be sent, with the reason; all others are loaded.
        seconds: wall time.
    """

    nodes: int
    edges: int
    constraints_added: int
    indexes_added: int
    nodes_created: int
    relationships_created: int
    properties_set: int
    refused: tuple[str, ...]
    seconds: float

    @property
    def changed(self) -> bool:
        """Whether the database differs from what it was before the load."""
        return any((self.constraints_added, self.indexes_added, self.nodes_created, self.relationships_created, self.properties_set))


def load(driver: Driver, graph: Graph, database: str | None = None, batch: int = 2000, progress: Progress | None = None) -> Loaded:
    """Make the database hold every node and edge of the graph; what is there already and equal is left as it is.

    Args:
        database: its name on the server; None is the server's default.
        batch: rows of a transaction.
        progress: called with the number of rows after each transaction.

    Raises:
        StoreError: the server went away, refuses a statement, or lacks a node that an edge joins.
    """
    return _Load(driver, database, batch, progress).run(graph)


class _Load:
    def __init__(self, driver: Driver, database: str | None, batch: int, progress: Progress | None) -> None:
        self.driver, self.database, self.batch, self.progress = driver, database, batch, progress
        self.counts = {"constraints_added": 0, "indexes_added": 0, "nodes_created": 0, "relationships_created": 0, "properties_set": 0}
        self.refused: list[str] = []
        self.refused_ids: set[str] = set()

    def run(self, graph: Graph) -> Loaded:
        begun = time.monotonic()
        with speaking():
            address = reach(self.driver, self.database).address
        with speaking(f"{address[0]}:{address[1]}"):
            self._constrain()
            nodes = self._send(((label,), row, size) for label, row, size in self._node_rows(graph))
            edges = self._send(self._edge_rows(graph))
        return Loaded(nodes=nodes, edges=edges, refused=tuple(self.refused), seconds=time.monotonic() - begun, **self.counts)

    def _constrain(self) -> None:
        with self.driver.session(database=self.database) as session:
            for statement in statements():
                self._count(session.run(statement).consume().counters)

    def _node_rows(self, graph: Graph) -> Iterator[tuple[str, Row, int]]:
        for node in graph.nodes():
            if node.label not in LABELS:
                raise StoreError(f"{node.label!r} is no label of this version", where=node.id, remedy=_REBUILD)
            packed = self._pack(f"{node.label} {node.id}", {"id": node.id}, node.props, _OPTIONAL[node.label])
            if packed is None:
                self.refused_ids.add(node.id)
            else:
                yield (node.label, *packed)

    def _edge_rows(self, graph: Graph) -> Iterator[tuple[tuple[str, ...], Row, int]]:
        for edge in graph.edges():
            if edge.type not in EDGE_TYPES:
                raise StoreError(f"{edge.type!r} is no edge type of this version", where=edge.source, remedy=_REBUILD)
            what = f"{edge.type} from {edge.source} to {edge.target}"
            if not self.refused_ids.isdisjoint((edge.source, edge.target)):
                self.refused.append(f"{what}: one of its nodes was refused")
                continue
            packed = self._pack(what, {"source": edge.source, "target": edge.target}, edge.props, {})
            if packed is not None:
                yield (edge.type, _label(edge.source), _label(edge.target)), *packed

    def _pack(self, what: str, key: Row, props: dict[str, Value], absent: Row) -> tuple[Row, int] | None:
        """The row to send and its size in bytes; None, and a line in `refused`, where the wire or the database cannot hold it."""
        props = {name: value for name, value in props.items() if value is not None}
        reason = next((f"{name} {fault}" for name, value in {**key, **props}.items() if (fault := _fault(name, value))), None)
        if reason is None:
            text = json.dumps(props, ensure_ascii=False, sort_keys=True).encode()
            if len(text) <= ROW_BYTES:
                digest = hashlib.sha256(_DIGEST_FORM.encode() + text).hexdigest()[:32]
                return {**key, "props": {**props, **{name: None for name in absent if name not in props}, "digest": digest}}, len(text)
            reason = f"its properties take {len(text)} bytes, more than {ROW_BYTES}"
        self.refused.append(f"{what}: {reason}")
        return None

    def _send(self, rows: Iterator[tuple[tuple[str, ...], Row, int]]) -> int:
        """Send rows grouped by statement; rows of one group that are far apart in the stream still share transactions."""
        waiting: dict[tuple[str, ...], tuple[list[Row], int]] = {}
        sent = 0
        for group, row, size in rows:
            held, held_size = waiting.get(group, ([], 0))
            if held and held_size + size > BATCH_BYTES:
                sent += self._transact(group, held)
                held, held_size = [], 0
            held.append(row)
            waiting[group] = held, held_size + size
            if len(held) >= self.batch:
                sent += self._transact(group, waiting.pop(group)[0])
        for group in sorted(waiting):
            sent += self._transact(group, waiting[group][0])
        return sent

    def _transact(self, group: tuple[str, ...], rows: list[Row]) -> int:
        """One transaction, retried by the driver when the server calls the failure transient. Sorted, so that two loads lock in one order."""
        rows.sort(key=lambda row: row["id"] if "id" in row else (row["source"], row["target"]))
        statement = _node_statement(*group) if len(group) == 1 else _edge_statement(*group)
        with self.driver.session(database=self.database) as session:
            found, counters = session.execute_write(_write, statement, rows)
        if found != len(rows):
            raise StoreError(
                f"{len(rows) - found} of {len(rows)} {group[0]} edges join a node that the graph lacks",
                where=f"{rows[0]['source']} … {rows[-1]['source']}",
                remedy=_REBUILD,
            )
        self._count(counters)
        if self.progress:
            self.progress(len(rows))
        return len(rows)

    def _count(self, counters: SummaryCounters) -> None:
        for name in self.counts:
            self.counts[name] += getattr(counters, name)


_REBUILD = "Run `kg build` again to make the graph folder whole"


def _write(tx: ManagedTransaction, statement: str, rows: list[Row]) -> tuple[int, SummaryCounters]:
    result = tx.run(statement, rows=rows)
    record = result.single(strict=True)
    return record["found"], result.consume().counters


# Labels and types in these texts are from LABELS and EDGE_TYPES; all else is a parameter.
# FOREACH over a list of one or none is Cypher's "if": `WITH … WHERE` would also drop the row from the count.
_SET = "FOREACH (_ IN CASE WHEN {0}.digest = row.props.digest THEN [] ELSE [1] END | SET {0} += row.props)\nRETURN count(*) AS found"


def _node_statement(label: str) -> str:
    return f"UNWIND $rows AS row\nMERGE (n:{label} {{id: row.id}})\n{_SET.format('n')}"


def _edge_statement(kind: str, source: str, target: str) -> str:
    return f"UNWIND $rows AS row\nMATCH (a:{source} {{id: row.source}})\nMATCH (b:{target} {{id: row.target}})\nMERGE (a)-[r:{kind}]->(b)\n{_SET.format('r')}"


def _label(node: str) -> str:
    """The label that a node's id begins with."""
    label = _LABEL_OF_PREFIX.get(node.partition("-")[0])
    if label is None:
        raise StoreError("is no node's id", where=node, remedy=_REBUILD)
    return label


def _fault(name: str, value: object) -> str | None:
    """What forbids storing the property, or None. NUL is allowed: both databases keep it."""
    items = value if isinstance(value, list) else [value]
    if len({type(item) for item in items}) > 1:
        return "is a list of mixed types"
    for item in items:
        if isinstance(item, str):
            try:
                size = len(item.encode())
            except UnicodeEncodeError as err:
                return f"holds half a surrogate pair (U+{ord(item[err.start]):04X} at {err.start}), which UTF-8 cannot write"
            if name == "name" and size > NAME_BYTES:
                return f"takes {size} bytes, more than the {NAME_BYTES} that an index of names holds"
        elif isinstance(item, int):
            if not -(2**63) <= item < 2**63:
                return f"is {item}, more than 64 bits hold"
        elif not isinstance(item, float):
            return f"is a {type(item).__name__}, which no property can be"
    return None


def reach(driver: Driver, database: str | None) -> ServerInfo:
    """Speak to the server once, without retry: login and database are good when this returns; what it raises is the driver's."""
    with driver.session(database=database) as session:
        return session.run("RETURN 1").consume().server


@contextmanager
def speaking(address: str | None = None) -> Iterator[None]:
    """Turn what the driver raises within into a StoreError of one line with its remedy."""
    from neo4j import exceptions

    try:
        yield
    except exceptions.ServiceUnavailable as err:
        raise StoreError(f"no Cypher server answers ({_line(err)})", where=address, remedy="Start the server, or check host and port of the address") from err
    except exceptions.AuthError as err:
        raise StoreError(f"the server refuses the login ({_line(err)})", where=address, remedy="Check the user name and the password") from err
    except exceptions.Neo4jError as err:
        raise StoreError(f"the server refuses ({_line(err)})", where=address, remedy=_remedy(err.code or "")) from err
    except exceptions.DriverError as err:
        raise StoreError(f"the connection failed ({_line(err)})", where=address, remedy="Check the address and the server's log, then run again") from err


def _line(error: Exception) -> str:
    """The first line of what the server or driver says, without the status block that newer drivers add."""
    text = getattr(error, "message", None) or str(error)
    return str(text).strip().partition("\n")[0][:300]


def _remedy(code: str) -> str:
    if "CredentialsExpired" in code:
        return "Change the first password: `ALTER CURRENT USER SET PASSWORD FROM 'old' TO 'new'` in the database `system`"
    if "AuthenticationRateLimit" in code:
        return "Wait a few seconds: the server has seen too many wrong passwords"
    if "DatabaseNotFound" in code:
        return "Name a database that the server has (`SHOW DATABASES` lists them)"
    if "Forbidden" in code or "AccessMode" in code or "ReadOnly" in code or "WriteOnReadOnly" in code:
        return "Log in as a user who may write there, or choose a database that is not read-only"
    if "ConstraintValidationFailed" in code or "ConstraintCreationFailed" in code:
        return "The database holds nodes of the same labels that break the constraint; load into a database of its own"
    if "Transient" in code or "OutOfMemory" in code:
        return "The server is overloaded or out of memory or disk; free some and run again, what is loaded stays"
    return "See the server's log; what is loaded stays, so run again when it is mended"
