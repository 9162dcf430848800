"""A graph of any size and no sense, with every node label, every edge type, ties in every order and names from many scripts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from kg.graph import Edge, Graph, Node, Value, write_graph
from kg.ids import node_id
from kg.names import fold
from kg.ontology import RELATION_TERMS, RESULT_EDGES, Bound, Direction, EntityType, Kind

_WORDS = "alpha Beta gamma-Δ ÉCLAIR zeta ω 语言模型 نموذج delta Kappa lambda Ångström tau 𝔸𝕀 ｱ \ufb01ne A".split()  # noqa: SIM905
_UNITS = ["x", "%", "pp", "ms", None]


class RandomGraph:
    """Nodes and edges in canonical order, the same for the same seed."""

    def __init__(self, seed: int, papers: int) -> None:
        self.random = random.Random(seed)
        self._sure = random.Random(seed)
        self.papers = [self._paper(number) for number in range(papers)]
        self.concepts = {str(label): [self._concept(str(label), number) for number in range(max(3, papers // 4))] for label in EntityType}

    def write(self, folder: Path) -> Graph:
        edges = sorted(self.edges(), key=lambda edge: edge.order)
        nodes = [*self.papers, *(node for group in self.concepts.values() for node in group), *self.results]
        write_graph(sorted(nodes, key=lambda node: node.order), edges, folder)
        return Graph.open(folder)

    def edges(self) -> Iterator[Edge]:
        related = list(self._relations())
        for paper in self.papers:
            named = {end for edge in related if paper.id in edge.props["papers"] for end in (edge.source, edge.target)}  # type: ignore[operator]
            named |= {self._any("Method").id, self._any("Metric").id}
            for concept in sorted(named):
                mentions: dict[str, Value] = {"starts": [0, 9], "ends": [4, 12], "surfaces": [f"surface of {concept}", "again"]}
                yield Edge("MENTIONS", paper.id, concept, mentions)
                if self.random.random() < 0.3:
                    yield Edge("PROPOSES", paper.id, concept, {**mentions, "confidence": self._confidence()})
        yield from related
        self.results: list[Node] = []
        for paper in self.papers:
            for number in range(self.random.randrange(4)):
                yield from self._result(paper, number)

    def _paper(self, number: int) -> Node:
        key = f"{self.random.randrange(10**4):04d}.{number:05d}"
        title = f"On {self._word()} {self._word()}"
        return Node(node_id("Paper", key), "Paper", {"name": title, "key": key, "title": title, "text": title + "\ntext"})

    def _concept(self, label: str, number: int) -> Node:
        name = f"{self._word()} {self._word()} {number if number % 3 else ''}".strip()
        alias = f"alias{number}"
        props: dict[str, Value] = {"name": name, "aliases": [alias], "keys": sorted({fold(name), alias}), "papers": self.random.randrange(1, 4)}
        return Node(node_id(label, f"{fold(name)} {number}"), label, props)

    def _relations(self) -> Iterator[Edge]:
        seen = set()
        for predicate, term in RELATION_TERMS.items():
            for _ in range(2 * len(self.papers)):
                source_label, target_label = self.random.choice(term.pairs)
                source, target = self._any(source_label), self._any(target_label)
                if source.id == target.id or (predicate, source.id, target.id) in seen:
                    continue
                seen.add((predicate, source.id, target.id))
                stated = sorted(node.id for node in self.random.sample(self.papers, self.random.randrange(1, min(4, len(self.papers)))))
                sure = [self._confidence() for _ in stated]
                props: dict[str, Value] = {"support": len(stated), "confidence": max(sure), "papers": stated, "confidences": sure}
                props["quotes"] = [f"{self._word()} says {self._word()}" for _ in stated]
                yield Edge(str(predicate), source.id, target.id, {**props, "starts": [1] * len(stated), "ends": [5] * len(stated)})

    def _result(self, paper: Node, number: int) -> Iterator[Edge]:
        kind = self.random.choice(list(Kind))
        value = self.random.choice([0.5, 1.0, 2.31, 7.6, 92.3, 1e-7, 300.0])
        identifier = node_id("Result", f"{paper.props['key']}\x1f{number}")
        props: dict[str, Value | None] = {
            "name": f"{value} {number}",
            "value": value,
            "value_high": self.random.choice([None, value + 1]),
            "baseline_value": self.random.choice([None, 0.25]),
            "unit": "x" if kind is Kind.RATIO else self.random.choice(_UNITS),
            "kind": str(kind),
            "direction": None if kind is Kind.ABSOLUTE else str(self.random.choice(list(Direction))),
            "bound": str(self.random.choice(list(Bound))),
            "condition": self.random.choice([None, "zero-shot", self._word()]),
            "number": str(value),
            "quote": f"{self._word()} reaches {value}",
            "start": number,
            "end": number + 5,
            "paper": paper.id,
            "confidence": self._confidence(),
        }
        self.results.append(Node(identifier, "Result", {name: prop for name, prop in props.items() if prop is not None}))
        yield Edge("REPORTS", paper.id, identifier, {})
        for link, edge in RESULT_EDGES.items():
            if self.random.random() < 0.7:
                label = {"baseline": "Method"}.get(link, link.capitalize())
                if link in ("method", "baseline") and self.random.random() < 0.1:
                    label = "Hardware"
                for end in {self._any(label).id for _ in range(self.random.choice([1, 1, 1, 2]))}:
                    yield Edge(edge, identifier, end, {})

    def _any(self, label: str) -> Node:
        return self.random.choice(self.concepts[label])

    def _confidence(self) -> float:
        return self._sure.choice([0.0, 0.35, 0.6, 0.85, 0.9, 1.0])

    def _word(self) -> str:
        return self.random.choice(_WORDS)
