"""The files of `schemas/`, made from `kg.ontology`, `kg.vocabulary` and `kg.claims`; `python -m kg.schemas` writes them."""

from kg.schemas.files import generate, stale, write

__all__ = ["generate", "stale", "write"]
