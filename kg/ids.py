"""The id of a node: a hash of what it is, the same in every store, file and page."""

from __future__ import annotations

from hashlib import sha256


def node_id(label: str, key: str) -> str:
    """The id of the node of this label and canonical key: `label-` and 16 hexadecimal digits (64 bits of SHA-256)."""
    digest = sha256(f"{label}\x1f{key}".encode()).hexdigest()
    return f"{label.lower()}-{digest[:16]}"
