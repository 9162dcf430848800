"""What the graph holds about one id, with the sentences: the claims file joined with nodes and edges."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import islice

from kg.claims import Document, Mention, Result, Span
from kg.errors import QueryError
from kg.explain.account import Explanation, Fact, Link, Passage, Section
from kg.explain.finding import Local, identify
from kg.explain.scanning import edges_where, nodes_of
from kg.explain.statements import Reading, Statement, read, statements
from kg.extractor.encoding import sentences
from kg.graph import Edge, Graph, Node
from kg.ids import result_id
from kg.ontology import ENTITY_TERMS, RESULT_EDGES, RESULT_LINKS, EntityType, Predicate
from kg.vocabulary import CLAIMED

SHOWN = 10
"""Facts of a kind that a concept's explanation holds."""

_NORMAL_FORM = ("value", "value_high", "baseline_value", "unit", "kind", "direction", "bound", "condition")
_RESULT_EDGES = frozenset(RESULT_EDGES.values())


def explain(graph: Graph, text: str) -> Explanation:
    """What the graph holds about what an id names (`kg.explain.finding.identify`), each fact with its sentence.

    Raises:
        QueryError: the id is ambiguous, or the paper has no such entity or result.
        UnknownName: nothing has this id or name; it carries near names.
        GraphError: the graph's files are missing, damaged, or do not belong together.
        ClaimsError: the line of a paper is damaged.
    """
    target = identify(graph, text)
    what = target.what
    if isinstance(what, Statement):
        return _claim(graph, what)
    if isinstance(what, Local):
        return _local(graph, what)
    if what.label == "Paper":
        return _paper(graph, what, target.notes)
    return _result(graph, what) if what.label == "Result" else _concept(graph, what, target.notes)


def _result(graph: Graph, node: Node) -> Explanation:
    facts = _Facts(graph, [], [node])
    paper = facts.papers[str(node.props["paper"])]
    return Explanation(node.id, node.label, str(node.props["name"]), (("paper", _title(paper)),), (), (Section("", (facts.result(node),)),))


def _claim(graph: Graph, asked: Statement) -> Explanation:
    """The claim, then the other papers that state the same."""
    others = [one for one in statements(asked.edge) if one.id != asked.id]
    shown = nsmallest(SHOWN, others, key=lambda one: (-one.confidence, one.paper))
    facts = _Facts(graph, [asked, *shown], [])
    fact = facts.statement(asked)
    sections = [Section("", (fact,))]
    if others:
        sections.append(Section("the same is stated by", tuple(map(facts.statement, shown)), len(others) - len(shown)))
    return Explanation(asked.id, "Claim", fact.name, (("paper", fact.paper),), (), tuple(sections))


def _concept(graph: Graph, node: Node, notes: tuple[str, ...]) -> Explanation:
    proposals: list[Statement] = []
    relations: list[Statement] = []
    results: set[str] = set()
    for edge in edges_where(graph, (*CLAIMED, *_RESULT_EDGES), naming=node.id):
        if edge.type in _RESULT_EDGES:
            results.add(edge.source)
        else:
            best = min(statements(edge), key=lambda one: (-one.confidence, one.paper))
            (proposals if edge.type == "PROPOSES" else relations).append(best)
    shown_proposals = nsmallest(SHOWN, proposals, key=lambda one: (-one.confidence, one.paper))
    shown_relations = nsmallest(SHOWN, relations, key=lambda one: (-_support(one.edge), -one.confidence, one.edge.order))
    shown_results = nsmallest(SHOWN, nodes_of(graph, results).values(), key=lambda one: (-_confidence(one), str(one.props["paper"]), _start(one), one.id))
    facts = _Facts(graph, [*shown_proposals, *shown_relations], shown_results)
    sections = (
        Section("proposed by", tuple(map(facts.statement, shown_proposals)), len(proposals) - len(shown_proposals)),
        Section("relations", tuple(map(facts.statement, shown_relations)), len(relations) - len(shown_relations)),
        Section("results", tuple(map(facts.result, shown_results)), len(results) - len(shown_results)),
    )
    passages: Sequence[Passage] = () if proposals or relations or results else _namings(graph, node)
    aliases: list[str] = node.props["aliases"]  # type: ignore[assignment]
    about = [("is", ENTITY_TERMS[EntityType(node.label)].comment), ("also called", ", ".join(aliases)), ("named by", _papers(int(str(node.props["papers"]))))]
    return Explanation(node.id, node.label, str(node.props["name"]), _known(about), tuple(passages), _filled(sections), notes)


def _namings(graph: Graph, node: Node) -> list[Passage]:
    """Where a concept is first named in some papers: all there is of one that nothing is said about."""
    mentions = edges_where(graph, ["MENTIONS"], naming=node.id)
    naming = [edge.source for edge in islice(mentions, SHOWN)]
    facts = _Facts(graph, [], [], papers=naming)
    return [passage for id in naming for passage in _sentences_with(facts.readings[id], node.id)[:1]]


def _paper(graph: Graph, node: Node, notes: tuple[str, ...]) -> Explanation:
    edges = edges_where(graph, (*CLAIMED, "REPORTS"), naming=node.id)
    facts = _Facts(graph, *_stated(graph, edges, node.id), papers=[node.id], whole=True)
    reading = facts.readings[node.id]
    text, title = reading.document.text, len(reading.document.title or "")
    places = [Span(start=0, end=title), Span(start=title + 1, end=len(text))] if title else [Span(start=0, end=len(text))]
    about = [("key", reading.document.id), ("source", str(node.props.get("source", "")))]
    return Explanation(node.id, node.label, str(node.props["name"]), _known(about), tuple(map(reading.passage, places)), facts.sections(), notes)


def _local(graph: Graph, local: Local) -> Explanation:
    """An entity or result by the paper's own key: of an entity where it is named and what this paper states of it."""
    id = local.paper.id
    reading = read(graph, {id: str(local.paper.props["key"])})[id]
    result = next((r for r in reading.document.results if r.id == local.key), None)
    if result is not None:
        node = result_id(reading.document.id, result.number.start, result.number.end, result.value)
        return _result(graph, nodes_of(graph, {node})[node])
    entity = next((e for e in reading.document.entities if e.id == local.key), None)
    if entity is None:
        raise _nothing(graph, reading.document, local.key)
    concept = reading.concepts[entity.id]
    edges = edges_where(graph, (*Predicate, *_RESULT_EDGES), naming=concept)
    facts = _Facts(graph, *_stated(graph, edges, id), papers=[id])
    about = [
        ("is", f"{entity.type.value}, confidence {entity.confidence:g}"),
        ("role", entity.role.value if entity.role else ""),
        ("paper", _title(facts.papers[id])),
        ("node", concept),
    ]
    return Explanation(f"{reading.document.id}#{entity.id}", "Entity", entity.name, _known(about), tuple(_sentences_with(reading, concept)), facts.sections())


def _nothing(graph: Graph, document: Document, key: str) -> QueryError:
    keys = [*(e.id for e in document.entities), *(r.id for r in document.results)]
    least = float(graph.manifest.get("min_confidence", 0.0))
    return QueryError(
        f"the paper {document.id!r} has no entity or result {key!r}" + (f" of at least confidence {least:g}" if least else ""),
        where=str(graph.folder),
        remedy="It has " + (", ".join(keys) or "none"),
    )


def _stated(graph: Graph, edges: Iterable[Edge], paper: str) -> tuple[list[Statement], list[Node]]:
    """What these edges state in one paper: its statements and its results."""
    said: list[Statement] = []
    results: set[str] = set()
    for edge in edges:
        if edge.type == "REPORTS":
            results.add(edge.target)
        elif edge.type in _RESULT_EDGES:
            results.add(edge.source)
        else:
            said += [one for one in statements(edge) if one.paper == paper]
    return said, [node for node in nodes_of(graph, results).values() if node.props["paper"] == paper]


class _Facts:
    """Statements and results as facts, once the nodes that they name and the papers that state them are read.

    Attributes:
        papers: the nodes of the papers, by id.
        readings: the papers joined to the graph, by id.
    """

    def __init__(self, graph: Graph, said: Collection[Statement], results: Collection[Node], papers: Collection[str] = (), whole: bool = False) -> None:
        self._said, self._results, self._whole = said, results, whole
        stating = {*papers, *(one.paper for one in said), *(str(node.props["paper"]) for node in results)}
        self._nodes = nodes_of(graph, stating | {end for one in said for end in (one.edge.source, one.edge.target)})
        self.papers = {id: self._nodes[id] for id in stating}
        self.readings = read(graph, {id: str(node.props["key"]) for id, node in self.papers.items()})

    def sections(self) -> tuple[Section, ...]:
        """All of them, proposals, results and relations apart, in the order of the text."""
        said = sorted(self._said, key=lambda one: (one.start, one.edge.order))
        proposals = [one for one in said if one.edge.type == "PROPOSES"]
        relations = [one for one in said if one.edge.type != "PROPOSES"]
        numbers = {node.id: self.readings[str(node.props["paper"])].results(node.id)[0].number for node in self._results}
        results = sorted(self._results, key=lambda node: (numbers[node.id].start, node.id))
        return _filled(
            (
                Section("proposes", tuple(map(self.statement, proposals))),
                Section("results", tuple(map(self.result, results))),
                Section("relations", tuple(map(self.statement, relations))),
            )
        )

    def statement(self, one: Statement) -> Fact:
        """A relation or proposal: both ends central in its passage."""
        reading = self.readings[one.paper]
        if one.edge.type == "PROPOSES":
            ends = {"object": reading.entities(one.edge.target)[0].id}
            place = _sentence(reading.document, one.start, one.end)
            name = f"the paper PROPOSES {self._nodes[one.edge.target].props['name']}"
        else:
            relation = reading.relation(one)
            ends = {"subject": relation.subject, "object": relation.object}
            place = relation.evidence
            name = f"{self._nodes[one.edge.source].props['name']} {one.edge.type} {self._nodes[one.edge.target].props['name']}"
        links = tuple(reading.link(role, entity, place) for role, entity in ends.items())
        passage = None if self._whole else reading.passage(place, [e.id for link in links for e in reading.entities(link.node)])
        support = None if one.edge.type == "PROPOSES" else _support(one.edge)
        return Fact(one.id, name, _title(self.papers[one.paper]), one.confidence, support, (), links, passage)

    def result(self, node: Node) -> Fact:
        """A result: its number and what it links to central in its passage."""
        reading = self.readings[str(node.props["paper"])]
        results = reading.results(node.id)
        place = _covering(results[0])
        links = _result_links(reading, results, place)
        passage = None if self._whole else reading.passage(place, [e.id for link in links for e in reading.entities(link.node)], results[0].number)
        return Fact(node.id, str(node.props["name"]), _title(self.papers[reading.id]), _confidence(node), None, _normal_form(results[0]), links, passage)


def _result_links(reading: Reading, results: Iterable[Result], place: Span) -> tuple[Link, ...]:
    found: dict[tuple[str, str], Link] = {}
    for result in results:
        for role in RESULT_LINKS:
            entity: str | None = getattr(result, role)
            if entity is not None:
                found.setdefault((role, entity), reading.link(role, entity, place))
    return tuple(sorted(found.values(), key=lambda link: list(RESULT_LINKS).index(link.role)))


def _normal_form(result: Result) -> tuple[tuple[str, str], ...]:
    values: Mapping[str, object] = {name: getattr(result, name) for name in _NORMAL_FORM}
    read = {name: f"{value:.15g}" if isinstance(value, float) else str(value) for name, value in values.items() if value is not None}
    return ("as written", result.number.text), *read.items()


def _covering(result: Result) -> Span:
    return Span(start=min(result.evidence.start, result.number.start), end=max(result.evidence.end, result.number.end))


def _sentences_with(reading: Reading, concept: str) -> list[Passage]:
    """The sentences of a paper that name a concept, in order."""
    entities = reading.entities(concept)
    mentions: list[Mention] = sorted((m for e in entities for m in e.mentions), key=lambda m: (m.start, m.end))
    places = dict.fromkeys((place.start, place.end) for place in (_sentence(reading.document, m.start, m.end) for m in mentions))
    return [reading.passage(Span(start=start, end=end), [e.id for e in entities]) for start, end in places]


def _sentence(document: Document, start: int, end: int) -> Span:
    """The sentences that a range of the text lies in."""
    touched = [(a, b) for a, b in sentences(document.text, len(document.title) if document.title else 0) if a < end and b > start]
    return Span(start=min([start, *(a for a, _ in touched)]), end=max([end, *(b for _, b in touched)]))


def _title(paper: Node) -> str:
    return f"{paper.props['name']} ({paper.props['key']})"


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"


def _support(edge: Edge) -> int:
    return int(str(edge.props["support"]))


def _confidence(node: Node) -> float:
    return float(str(node.props["confidence"]))


def _start(node: Node) -> int:
    return int(str(node.props["start"]))


def _known(about: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in about if value)


def _filled(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(section for section in sections if section.facts)
