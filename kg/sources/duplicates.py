"""One paper an id: what comes twice is told, not read twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from kg.claims import Paper
from kg.sources.record import Report, Skipped


def unique(papers: Iterable[Paper], report: Report) -> Iterator[Paper]:
    """Yield the first paper of each id; later ones are reported, as copies or, where their text differs, as conflicts.

    Memory: the id, 16 bytes and a place for each paper.
    """
    seen: dict[str, tuple[bytes, str, int]] = {}
    for paper in papers:
        digest = hashlib.blake2b(paper.text.encode(), digest_size=16).digest()
        name, record = (paper.source.name, paper.source.record) if paper.source else ("<memory>", 0)
        first = seen.get(paper.id)
        if first is None:
            seen[paper.id] = (digest, name, record)
            yield paper
            continue
        where, before = f"{name}:{record}", f"{first[1]}:{first[2]}"
        if first[0] == digest:
            report(Skipped(where, f"duplicate of {before}", "It is read once; nothing is lost", "duplicate"))
        else:
            reason = f"the id {paper.id!r} has another text at {before}, which is the one that is kept"
            report(Skipped(where, reason, "Give the two papers different ids, or take one out", "conflict"))
