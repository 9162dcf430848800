"""A table for spreadsheets and data frames: one row a claim."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import IO, Any

from kg.graph import Edge, Graph, Node
from kg.ontology import RESULT_EDGES, Predicate

COLUMNS = (
    "claim", "subject_id", "subject_type", "subject", "predicate", "object_id", "object_type", "object",
    "value", "value_high", "baseline_value", "unit", "kind", "direction", "bound", "condition",
    "baseline", "dataset", "task", "hardware", "paper", "paper_title", "quote", "start", "end", "confidence",
)  # fmt: skip
"""The columns. `claim` is relation, proposal or result; `paper` is the paper's own id."""

_RELATIONS = frozenset(p.value for p in Predicate)
_LINKS = {edge: link for link, edge in RESULT_EDGES.items()}
_Named = Mapping[str, tuple[str, ...]]


def write_csv(graph: Graph, stream: IO[bytes]) -> None:
    """Write every claim of the graph as a row of a CSV file (RFC 4180 quoting, UTF-8, line feeds).

    A relation has a row for each paper that states it, a proposal one (its quote is the first mention; start and end are those), a result one: its method is
    the subject, REPORTS the predicate, its metric the object. Text that a spreadsheet would run as a formula (it begins with = + - @, a tab or
    a return) has an apostrophe before it, which spreadsheets hide (OWASP, "CSV Injection"); the other formats give it as it stands.
    Memory: the names of all concepts and papers, and the links of all results.
    """
    names = {node.id: _naming(node) for node in graph.nodes() if node.label != "Result"}
    links: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    try:
        table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        for edge in graph.edges():
            if edge.type in _LINKS:
                links[edge.source][_LINKS[edge.type]].append(edge.target)
            for row in _claims(edge, names):
                table.writerow({column: _cell(value) for column, value in row.items()})
        for node in graph.nodes():
            if node.label == "Result":
                table.writerow({column: _cell(value) for column, value in _result(node, links.pop(node.id, {}), names).items()})
    finally:
        text.detach()  # the stream is the caller's to close


def _naming(node: Node) -> tuple[str, ...]:
    """What a row says of a node: id, label and name; of a paper its key and title."""
    return (str(node.props["key"]), str(node.props.get("title", ""))) if node.label == "Paper" else (node.id, node.label, str(node.props["name"]))


def _claims(edge: Edge, names: _Named) -> Iterator[dict[str, Any]]:
    props: Mapping[str, Any] = edge.props
    if edge.type in _RELATIONS:
        lists = (props[name] for name in ("papers", "confidences", "quotes", "starts", "ends"))
        for paper, confidence, quote, start, end in zip(*lists, strict=True):
            row = {**_end("subject", names[edge.source]), "predicate": edge.type, **_end("object", names[edge.target])}
            yield {"claim": "relation", **row, **_paper(names[paper]), "quote": quote, "start": start, "end": end, "confidence": confidence}
    elif edge.type == "PROPOSES":
        key, title = names[edge.source]
        row = {"subject_id": edge.source, "subject_type": "Paper", "subject": title or key, "predicate": edge.type, **_end("object", names[edge.target])}
        place = {"quote": props["surfaces"][0], "start": props["starts"][0], "end": props["ends"][0]}
        yield {"claim": "proposal", **row, **_paper(names[edge.source]), **place, "confidence": props["confidence"]}


def _result(node: Node, links: Mapping[str, list[str]], names: _Named) -> dict[str, Any]:
    row: dict[str, Any] = {"claim": "result", "predicate": "REPORTS"}
    for side, link in (("subject", "method"), ("object", "metric")):
        if link in links:
            row |= _end(side, tuple("; ".join(parts) for parts in zip(*(names[id] for id in links[link]), strict=True)))
    row |= {link: "; ".join(names[id][2] for id in links.get(link, ())) for link in ("baseline", "dataset", "task", "hardware")}
    copied = ("value", "value_high", "baseline_value", "unit", "kind", "direction", "bound", "condition", "quote", "start", "end", "confidence")
    return row | {name: node.props[name] for name in copied if name in node.props} | _paper(names[str(node.props["paper"])])


def _end(side: str, naming: tuple[str, ...]) -> dict[str, Any]:
    return dict(zip((f"{side}_id", f"{side}_type", side), naming, strict=True))


def _paper(naming: tuple[str, ...]) -> dict[str, Any]:
    return {"paper": naming[0], "paper_title": naming[1]}


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
