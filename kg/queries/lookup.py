"""From a name that a person types to the node that it names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.errors import UnknownName
from kg.names import fold
from kg.ontology import EntityType
from kg.stores import Language, NodeId, Store

NEAR = 5
"""How many near names an unknown one gets."""
_SHORTLIST = 400
"""How many names are compared letter by letter: the ones that share the most pairs of letters."""

_BY_KEY: dict[Language, str] = {
    "sparql": """
SELECT ?id ?class ?name ?papers ?key WHERE {
  ?id kg:key ?key ; rdf:type ?class ; rdfs:label ?name .
  OPTIONAL { ?id kg:papers ?papers }
}""",
    "cypher": """
MATCH (n:Method|Task|Dataset|Metric|Hardware) WHERE $key IN n.keys RETURN n.id AS id, labels(n)[0] AS class, n.name AS name, n.papers AS papers
UNION ALL
MATCH (n:Paper) WHERE n.key = $key RETURN n.id AS id, 'Paper' AS class, n.name AS name, null AS papers""",
}
_ALL: dict[Language, str] = {
    "sparql": """
SELECT ?id ?class ?name ?key WHERE {
  ?id kg:key ?key ; rdf:type ?class ; rdfs:label ?name .
}""",
    "cypher": """
MATCH (n:Method|Task|Dataset|Metric|Hardware) UNWIND n.keys AS key RETURN n.id AS id, labels(n)[0] AS class, n.name AS name, key
UNION ALL
MATCH (n:Paper) RETURN n.id AS id, 'Paper' AS class, n.name AS name, n.key AS key""",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The node that a name names.

    Attributes:
        note: which others the name may also mean and how to say so; None where it means one.
    """

    id: NodeId
    label: str
    name: str
    note: str | None


@dataclass(frozen=True, slots=True)
class _Named:
    id: str
    label: str
    name: str
    papers: int


def find(store: Store, text: str, labels: Sequence[str]) -> Found:
    """The node of one of these labels that the text names, whatever its case, plural or hyphens; a paper by its own id or its title.

    A type before a colon says which one is meant where several have the name: `Hardware:Transformer`. Of several, the one whose name is
    written so comes first, then the one that most papers name.

    Raises:
        UnknownName: there is none; it carries near names.
    """
    text = text.encode("utf-8", "replace").decode()  # an argument that is no UTF-8 has lone surrogates, which no database takes
    named = _named(store, text, labels)
    prefix, colon, rest = text.partition(":")
    if not named and colon and rest.strip():
        label = next((label for label in labels if label.casefold() == prefix.strip().casefold()), None)
        if label is not None:
            text, labels = rest.strip(), (label,)
            named = _named(store, text, labels)
    if not named:
        raise UnknownName(text, kind=" or ".join(labels).lower() if len(labels) < len(EntityType) else "concept", near=_near(store, text, labels))
    written = text.strip().casefold()
    first, *others = sorted(named, key=lambda one: (one.name.casefold() != written, -one.papers, one.label, one.name, one.id))
    return Found(NodeId(first.id), first.label, first.name, _note(text, first, others) if others else None)


def _note(text: str, first: _Named, others: list[_Named]) -> str:
    said = [f"{one.label}:{one.name}" for one in others]
    same = [one for one in others if one.label == first.label]
    how = "Write the type before the name to choose, as in " + repr(said[0]) if len(same) < len(others) else "Write its full name to choose"
    return f"{text!r} is taken as {first.label}:{first.name}; it may also mean {', '.join(said)}. {how}"


def _named(store: Store, text: str, labels: Sequence[str]) -> list[_Named]:
    # Folding reads a plural off the case (DARTS is none, darts is one), and people type in any case.
    keys = {fold(text), fold(text.upper()), fold(text.lower())}
    found: dict[str, _Named] = {}
    for key in sorted(keys | {text.strip()}):
        for id, label, name, papers in _rows(store, _BY_KEY[store.language], key):
            if label in labels and (key in keys if label != "Paper" else key == text.strip()):
                found[id] = _Named(id, label, name, papers)
    if not found and "Paper" in labels:
        for id, label, name in _all(store):
            if label == "Paper" and fold(name) in keys:
                found[id] = _Named(id, label, name, 1)
    return list(found.values())


def _rows(store: Store, query: str, key: str) -> Iterable[tuple[str, str, str, int]]:
    for id, label, name, papers, *_ in store.query(query, {"key": key}).rows:
        yield _local(str(id)), _local(str(label)), str(name), papers if isinstance(papers, int) else 0


def _all(store: Store) -> Iterable[tuple[str, str, str]]:
    """Every (id, label, name or key) of the graph: a node's name and each of its keys."""
    seen = set()
    for id, label, name, key in store.query(_ALL[store.language], {}).rows:
        for one in (str(name), str(key)):
            row = _local(str(id)), _local(str(label)), one
            if row not in seen:
                seen.add(row)
                yield row


def _local(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition("#")[2]


def _near(store: Store, text: str, labels: Sequence[str]) -> list[str]:
    """Names that begin with the text, hold it, or are spelt like it, nearest first; never two of one node.

    Spelling is compared by the ratio of Ratcliff and Obershelp (difflib), over those names that share the most letter pairs with the text.
    """
    wanted = fold(text)
    pairs = _pairs(wanted)
    names: dict[str, str] = {}
    keys: dict[str, set[str]] = {}
    for id, label, one in _all(store):
        if label in labels:
            names.setdefault(id, one)  # the name comes before its keys
            keys.setdefault(id, set()).add(fold(one) if one == names[id] else one)
    ranked = sorted(((max(_likeness(pairs, _pairs(key)) for key in forms), id, forms) for id, forms in keys.items()), key=lambda row: (-row[0], names[row[1]]))
    scored = []
    for likeness, id, forms in ranked[:_SHORTLIST]:
        best = max(_score(wanted, key) for key in forms)
        if likeness > 0 and best >= 0.5:
            scored.append((-best, names[id]))
    return list(dict.fromkeys(name for _, name in sorted(scored)))[:NEAR]


def _pairs(key: str) -> set[str]:
    return {key[i : i + 2] for i in range(len(key) - 1)} or {key}


def _likeness(wanted: set[str], pairs: set[str]) -> float:
    """Shared pairs, over those of the one and over those of the other: a part of a name is like it, a short name is not like everything."""
    shared = len(wanted & pairs)
    return shared / len(wanted) + shared / len(pairs)


def _score(wanted: str, key: str) -> float:
    ratio = difflib.SequenceMatcher(None, wanted, key).ratio()
    if len(wanted) >= 2 and key.startswith(wanted):
        return 1 + ratio
    if len(wanted) >= 3 and (wanted in key or (len(key) >= 3 and key in wanted)):
        return 0.75 + ratio / 4
    return ratio
