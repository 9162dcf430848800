"""Why a fact stands: what the graph holds about one id, each statement with its coloured sentence and its confidence."""

from __future__ import annotations

from kg.explain.account import Explanation, Fact, Link, Mark, Passage, Section
from kg.explain.explaining import explain

__all__ = ["Explanation", "Fact", "Link", "Mark", "Passage", "Section", "explain"]
