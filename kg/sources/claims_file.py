"""Claims files, which hold papers that were extracted before: recognised here, read by `kg.claims.read_claims`."""

from __future__ import annotations

from collections.abc import Iterator

from kg.claims import Paper
from kg.errors import InputError
from kg.sources import jsonl
from kg.sources.record import Fields, Report
from kg.sources.stream import Stream

NAME = "claims"

_KEYS = {"text", "entities", "relations", "results"}


def matches(head: str, fields: Fields) -> bool:
    """Whether the text is JSON Lines whose records are documents of the claims model."""
    records = jsonl.objects(head)
    return bool(records) and records[0].keys() >= _KEYS


def read(stream: Stream, fields: Fields, report: Report) -> Iterator[Paper]:
    """Refuse: there is nothing left to extract.

    Raises:
        InputError: always.
    """
    raise InputError("is a claims file: its papers are extracted already", where=stream.label, remedy=f"Make a graph of it: kg build {stream.label}")
