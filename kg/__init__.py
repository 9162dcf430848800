"""claimgraph: a knowledge graph of what paper abstracts claim, every fact with its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.api import build, extract, query
    from kg.claims import Document, Paper
    from kg.graph import Graph

__all__ = ["Document", "Graph", "Paper", "build", "extract", "query"]

_PLACES = {"Document": "kg.claims", "Graph": "kg.graph", "Paper": "kg.claims", "build": "kg.api", "extract": "kg.api", "query": "kg.api"}


def __getattr__(name: str) -> object:
    """Import the public names when they are asked for: `kg --help` needs none of them."""
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
