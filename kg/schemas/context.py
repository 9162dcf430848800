"""context.jsonld: the JSON-LD context in which a graph is exported."""

from __future__ import annotations

import json
from typing import Any

from kg.vocabulary import CLASS_TERMS, EDGE_TERMS, LITERALS, PREFIXES, predicate_name


def context() -> dict[str, Any]:
    """The context document: `{"@context": {…}}` with one term for every class and property.

    What may have several values is a set, thus always an array; doubles and node references are typed, so that plain strings stand for them.
    """
    terms: dict[str, Any] = {"id": "@id", "type": "@type", **PREFIXES}
    terms |= {name: f"kg:{name}" for name in CLASS_TERMS}
    for literals in LITERALS.values():
        for literal in literals:
            term: dict[str, str] = {"@id": literal.curie}
            if literal.datatype != "xsd:string":
                term["@type"] = literal.datatype
            if literal.many or literal.curie == "kg:key":
                term["@container"] = "@set"
            terms[literal.curie.split(":")[1]] = term
    for name in map(predicate_name, EDGE_TERMS):
        terms[name] = {"@id": f"kg:{name}", "@type": "@id", "@container": "@set"}
    for name in ("subject", "predicate", "object"):
        terms[name] = {"@id": f"rdf:{name}", "@type": "@id"}
    terms["paper"] = {"@id": "kg:paper", "@type": "@id"}
    return {"@context": terms}


def generate() -> str:
    """The text of context.jsonld."""
    return json.dumps(context(), indent=2, ensure_ascii=False) + "\n"
