"""constraints.cypher: what a Cypher database is told before a graph is loaded."""

from __future__ import annotations

from kg.ontology import EntityType

LABELS: tuple[str, ...] = ("Paper", *(str(t) for t in EntityType), "Result")
"""Node labels of a graph."""


def statements() -> tuple[str, ...]:
    """One uniqueness constraint on the id of every label, then one index on every label's name; no semicolons, each may be run again."""
    constraints = (f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE" for label in LABELS)
    indexes = (f"CREATE INDEX {label.lower()}_name IF NOT EXISTS FOR (n:{label}) ON (n.name)" for label in LABELS if label != "Result")
    return (*constraints, *indexes)


def generate() -> str:
    """The text of constraints.cypher: one statement a line, each ended by a semicolon."""
    return "".join(statement + ";\n" for statement in statements())
