"""The id of a node: a hash of what it is, the same in every store, file and page."""

from __future__ import annotations

from hashlib import sha256


def node_id(label: str, key: str) -> str:
    """The id of the node of this label and canonical key: `label-` and 16 hexadecimal digits (64 bits of SHA-256)."""
    digest = sha256(f"{label}\x1f{key}".encode()).hexdigest()
    return f"{label.lower()}-{digest[:16]}"


def claim_id(predicate: str, subject: str, object: str, paper: str) -> str:
    """The id of what one paper states; the ends and the paper are ids of nodes."""
    return node_id("Claim", f"{predicate}\x1f{subject}\x1f{object}\x1f{paper}")


def result_id(paper_key: str, start: int, end: int, value: float) -> str:
    """The id of a reported number: the paper's own key, where the number stands in its text, and its value."""
    return node_id("Result", f"{paper_key}\x1f{start}\x1f{end}\x1f{value!r}")
