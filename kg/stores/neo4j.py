"""A Neo4j server: connect to it, and load a graph into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.stores.cypher import Loaded, Progress, load, reach, speaking

if TYPE_CHECKING:
    from neo4j import Driver

    from kg.graph import Graph

OLDEST = (5, 7)
"""The first Neo4j that takes what `connect` asks of it; 5.26, the long-term release, is what the tests run."""
CONNECT_SECONDS = 15


def connect(uri: str, user: str, password: str, database: str | None = None) -> Driver:
    """A driver that has spoken to the server; whoever asks for it closes it (`with connect(…) as driver`).

    Args:
        uri: `bolt://host:port`, or `neo4j://` for a cluster, each with `+s` for TLS.
        database: its name on the server, checked; None is the user's default.

    Raises:
        StoreError: the address is malformed, the server is away or too old, or refuses the login or the database.
    """
    from neo4j import GraphDatabase
    from neo4j.exceptions import ConfigurationError

    if not re.match(r"(bolt|neo4j)(\+s|\+ssc)?://", uri):
        raise _no_address(uri, "its scheme is neither bolt nor neo4j")
    try:
        driver = GraphDatabase.driver(
            uri,
            auth=(user, password),
            connection_timeout=CONNECT_SECONDS,
            notifications_min_severity="OFF",  # hints such as "no such label yet" are no message for whoever loads or asks
            telemetry_disabled=True,
        )
    except (ConfigurationError, ValueError) as err:
        raise _no_address(uri, err) from err
    try:
        with speaking(uri):
            try:
                agent = reach(driver, database).agent
            except ConfigurationError as err:
                raise _too_old("the server", uri) from err
            except ValueError as err:  # a port that is no number shows only now
                raise _no_address(uri, err) from err
        found = re.match(r"Neo4j/(\d+)\.(\d+)", agent)
        if found and (int(found[1]), int(found[2])) < OLDEST:
            raise _too_old(agent, uri)
    except BaseException:
        driver.close()
        raise
    return driver


def load_neo4j(graph: Graph, uri: str, user: str, password: str, database: str | None = None, batch: int = 2000, progress: Progress | None = None) -> Loaded:
    """Load a graph into a Neo4j server; loading it twice changes nothing. Arguments and errors are those of `connect` and `kg.stores.cypher.load`."""
    with connect(uri, user, password, database) as driver:
        return load(driver, graph, database, batch, progress)


def _no_address(uri: str, fault: object) -> StoreError:
    return StoreError(f"is no address of a Neo4j server ({fault})", where=uri or "''", remedy="Write it as bolt://host:7687 or neo4j://host:7687")


def _too_old(server: str, uri: str) -> StoreError:
    return StoreError(f"{server} is older than Neo4j {OLDEST[0]}.{OLDEST[1]}", where=uri, remedy="Use Neo4j 5.26 or newer")
