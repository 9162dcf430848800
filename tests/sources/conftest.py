"""Inputs written on the spot, and what reading them gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.claims import Paper
from kg.sources import Fields, Skipped, read_papers


@dataclass(frozen=True)
class Reading:
    papers: list[Paper]
    skipped: list[Skipped]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Write content to a file, read it, give papers and skipped records."""

    def reading(content: str | bytes, fields: Fields | None = None, name: str = "input") -> Reading:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        skipped: list[Skipped] = []
        return Reading(list(read_papers(path, fields or Fields(), skipped.append)), skipped)

    return reading
