"""Ask a Cypher server over Bolt: the same for the embedded ArcadeDB and for Neo4j."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from kg.errors import QueryError
from kg.stores import Answer, Cell, Scalar
from kg.stores.cypher import speaking

if TYPE_CHECKING:
    from neo4j import Driver, EagerResult


class BoltStore:
    """A Cypher database behind a connected driver, which whoever opened it closes.

    Args:
        database: its name on the server; None is the server's default.
    """

    language: Literal["cypher"] = "cypher"

    def __init__(self, driver: Driver, database: str | None = None) -> None:
        self._driver, self._database = driver, database

    def query(self, text: str, params: Mapping[str, Scalar | None]) -> Answer:
        """Answer a reading query in a read transaction, which the driver retries when the server calls a failure transient.

        Raises:
            QueryError: the server calls the statement wrong.
            StoreError: the server is away or refuses otherwise.
        """
        from neo4j import RoutingControl
        from neo4j.exceptions import ClientError

        values = {name: str(value) if isinstance(value, str) else value for name, value in params.items()}  # a NodeId is a plain string here
        with speaking():
            try:
                result: EagerResult = self._driver.execute_query(
                    text,
                    parameters_=values,
                    routing_=RoutingControl.READ,
                    database_=self._database,
                )
            except ClientError as err:
                code = err.code or ""
                if code.endswith((".Security.Forbidden", ".Statement.AccessMode")):
                    raise QueryError("the query would write, or read a file", remedy="Ask a reading query") from err
                if ".Statement." not in code:
                    raise
                raise QueryError(f"the Cypher is refused: {str(err.message).strip().splitlines()[0][:500]}", remedy="Mend the query") from err
        return Answer(tuple(result.keys), [tuple(_cell(value) for value in record.values()) for record in result.records])


def _cell(value: Any) -> Cell:
    """A value of the driver as plain data: a node or edge as its properties with its labels or type, a path as its nodes and edges in turn."""
    from neo4j.graph import Node, Path, Relationship

    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Node):
        return {"labels": [*sorted(value.labels)], **{name: _cell(item) for name, item in value.items()}}
    if isinstance(value, Relationship):
        return {"type": value.type, **{name: _cell(item) for name, item in value.items()}}
    if isinstance(value, Path):
        steps: list[Any] = [value.start_node]
        for edge, node in zip(value.relationships, value.nodes[1:], strict=True):
            steps += [edge, node]
        return [_cell(step) for step in steps]
    if isinstance(value, dict):
        return {str(name): _cell(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cell(item) for item in value]
    return str(value)  # temporal and spatial values
