"""Ask a named question, or a query of one's own, with parameters checked before anything is sent."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.queries.lookup import find
from kg.queries.own import own_parameters, to_number
from kg.queries.questions import MIN_CONFIDENCE, Parameter, Question, questions
from kg.stores import Answer, Language, Scalar, Store

if TYPE_CHECKING:
    from kg.graph import Graph

MOST = 2**31 - 1
"""The largest integer that a parameter may be."""
_CONFIDENT_GRAPH = "`kg build --min-confidence` makes a graph that holds only what is at least so sure"


def ask(graph: Graph, question: str, params: Mapping[str, str] | None = None, language: Language = "sparql") -> Answer:
    """Ask a graph folder, in SPARQL (in this process) or in Cypher (an embedded server for this one question); its store is made where it is stale.

    Args:
        question: the name of one of `questions()`, or the text of a query of one's own (which holds a blank, as no name does).
        params: values as a person writes them; names of concepts are looked up.

    Raises:
        QueryError: the question is unknown, a parameter is missing, unknown or malformed, or the query is malformed or would write.
        UnknownName: a parameter names nothing in the graph; it carries near names.
        StoreError: the store cannot be made or read.
    """
    with ExitStack() as stack:
        store: Store
        if language == "sparql":
            from kg.stores.oxigraph import OxigraphStore

            store = OxigraphStore(graph)
        else:
            from kg.stores.arcadedb import EmbeddedCypher
            from kg.stores.bolt import BoltStore

            prepare(question, params or {}, language)  # a mistake should not wait for the server to start
            store = BoltStore(stack.enter_context(EmbeddedCypher.open(graph)))
        answer = ask_store(store, question, params)
    least, asked = graph.manifest.get(MIN_CONFIDENCE, 0.0), to_number((params or {}).get(MIN_CONFIDENCE, ""))
    if asked is not None and asked < least:
        answer = replace(answer, notes=(*answer.notes, f"this graph holds no claim below {least:g}: it was built with --min-confidence {least:g}"))
    return answer


def ask_store(store: Store, question: str, params: Mapping[str, str] | None = None) -> Answer:
    """Ask an open store, such as `kg.stores.bolt.BoltStore` of a Neo4j server, in its own language; arguments and errors are those of `ask`."""
    known, values = prepare(question, params or {}, store.language)
    if known is None:
        return store.query(question, values)
    notes = []
    sent: dict[str, Scalar | None] = {}
    for parameter in known.parameters:
        value = values[parameter.name]
        if parameter.labels and value is not None:
            found = find(store, str(value), parameter.labels)
            value = found.id
            if found.note:
                notes.append(found.note)
        sent[f"{parameter.name}_iri" if parameter.labels and store.language == "sparql" else parameter.name] = value
    limit = sent.pop("limit", None) if store.language == "sparql" else None  # SPARQL takes no variable after LIMIT
    answer = store.query(known.texts[store.language], sent)
    if not answer.rows:  # ArcadeDB then names no columns either
        return Answer(known.columns, [], tuple(notes))
    places = [answer.columns.index(column) for column in known.columns]
    rows = answer.rows[: int(limit)] if limit is not None else answer.rows
    return Answer(known.columns, [tuple(row[place] for place in places) for row in rows], tuple(notes))


def prepare(question: str, params: Mapping[str, str], language: Language) -> tuple[Question | None, dict[str, Scalar | None]]:
    """The named question (None for a query of one's own) and its parsed parameters; names of nodes are still names.

    Raises:
        QueryError: as for `ask`.
    """
    known = questions().get("-".join(question.split()))
    if known is None and len(question.split()) > 1:
        return None, own_parameters(question, params, language)
    if known is None:
        near = difflib.get_close_matches(question, questions(), 3, 0.5) or [name for name in questions() if question.casefold() in name][:3]
        hint = f"Near ones: {', '.join(near)}. " if near else ""
        raise QueryError(f"no question is called {question!r}", remedy=f"{hint}`kg queries` lists all")
    names = {parameter.name for parameter in known.parameters}
    for name in params:
        if name not in names:
            if name == MIN_CONFIDENCE:
                raise QueryError(f"{known.name} asks for no claim, and what papers only mention has no confidence", remedy=_CONFIDENT_GRAPH)
            near = difflib.get_close_matches(name, names, 1)
            raise QueryError(f"unknown parameter {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""), remedy=known.takes)
    return known, {parameter.name: _parse(parameter, params.get(parameter.name), known) for parameter in known.parameters}


def _parse(parameter: Parameter, text: str | None, question: Question) -> Scalar | None:
    text = (text or "").strip() or parameter.default
    if text is None:
        if parameter.required:
            raise QueryError(f"parameter {parameter.name!r} is missing", remedy=question.takes)
        return None
    if parameter.labels:
        return text
    if parameter.words:
        word = next((word for word in parameter.words if word.casefold() == text.casefold()), None)
        if word is None:
            raise QueryError(f"{parameter.name} is {text!r}, not one of {', '.join(parameter.words)}", remedy=question.takes)
        return word
    number = to_number(text)
    if parameter.type == "confidence":
        if number is None or not 0 <= number <= 1:
            raise QueryError(f"{parameter.name} is {text!r}, not a number from 0 to 1", remedy=question.takes)
        return float(number)
    if parameter.type == "integer":
        if not isinstance(number, int) or not 0 <= number <= MOST:
            raise QueryError(f"{parameter.name} is {text!r}, not a whole number from 0 to {MOST}", remedy=question.takes)
        return number
    if number is None:
        raise QueryError(f"{parameter.name} is {text!r}, not a number", remedy=question.takes)
    return float(number)
