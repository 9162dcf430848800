"""One text an id: what comes twice is told, not read twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from kg.claims import Document, Paper
from kg.sources.record import Report, Skipped


class Ids:
    """The ids that are taken. Memory: the id, 16 bytes and a place for each.

    Args:
        otherwise: what to do with a paper whose id has another text, beside giving it another id.
    """

    def __init__(self, otherwise: str) -> None:
        self._otherwise = otherwise
        self._taken: dict[str, tuple[bytes, str]] = {}

    def take(self, id: str, text: str, place: str) -> None:
        """The id is that of this text, which stands at this place."""
        self._taken[id] = _digest(text), place

    def refuse(self, item: Paper | Document) -> Skipped | None:
        """None where the id was free and is now the item's; else what it is: a copy (`duplicate`), or another text under the id (`conflict`)."""
        place = f"{item.source.name}:{item.source.record}" if item.source else item.id
        if item.id not in self._taken:
            self.take(item.id, item.text, place)
            return None
        digest, before = self._taken[item.id]
        if digest == _digest(item.text):
            return Skipped(place, f"duplicate of {before}", "It is read once; nothing is lost", "duplicate")
        reason = f"the id {item.id!r} has another text at {before}, which is the one that is kept"
        return Skipped(place, reason, f"Give the two papers different ids, or {self._otherwise}", "conflict")


def unique(papers: Iterable[Paper], report: Report) -> Iterator[Paper]:
    """Yield the first paper of each id; later ones are reported, as copies or, where their text differs, as conflicts."""
    ids = Ids("take one out")
    for paper in papers:
        refused = ids.refuse(paper)
        if refused is None:
            yield paper
        else:
            report(refused)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
