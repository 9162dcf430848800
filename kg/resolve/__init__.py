"""Mentions -> concepts: what the entities of many papers have in common."""

from kg.resolve.concepts import Concept, Concepts, resolve

__all__ = ["Concept", "Concepts", "resolve"]
