"""What there is to say about one id: plain data that `kg.explain.terminal` and `kg.explain.page` draw."""

from __future__ import annotations

from dataclasses import dataclass

NUMBER = "Number"
"""Label of a reported number; the other labels of a mark are the entity types."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A coloured range of a passage.

    Attributes:
        start, end: code points in the passage's text, end exclusive.
        label: an entity type, or `NUMBER`.
        central: the fact that the passage stands for is about this; else it is only named beside it.
    """

    start: int
    end: int
    label: str
    central: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a paper's raw text with its marks, in order; no two overlap."""

    text: str
    marks: tuple[Mark, ...]

    def pieces(self) -> list[tuple[str, Mark | None]]:
        """The whole text in order, cut at the marks."""
        found: list[tuple[str, Mark | None]] = []
        at = 0
        for mark in self.marks:
            found += [(self.text[at : mark.start], None), (self.text[mark.start : mark.end], mark)]
            at = mark.end
        return [(text, mark) for text, mark in [*found, (self.text[at:], None)] if text]


@dataclass(frozen=True, slots=True)
class Link:
    """An entity that a fact links to.

    Attributes:
        role: what it is in the fact: `subject`, `object`, or a link of a result (`metric`, `method`, …).
        name: as the paper names it.
        type: its entity type.
        confidence: of the entity; the model gives none to a link of a result alone.
        node: the id of its concept in the graph.
        here: whether the passage names it.
    """

    role: str
    name: str
    type: str
    confidence: float
    node: str
    here: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A result, or what one paper states.

    Attributes:
        id: of the result, or of the claim as RDF has it.
        name: the caption of a result, or "subject PREDICATE object".
        paper: its title and its own key.
        confidence: as the graph has it.
        support: how many papers state it; None for a result, which is one paper's.
        number: the normal form of a result's number, name and value; empty for what is no result.
        links: what it links to.
        passage: the sentence that states it; None where the whole text stands above.
    """

    id: str
    name: str
    paper: str
    confidence: float
    support: int | None
    number: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class Section:
    """Facts of one kind, strongest first; `more` are known and not among them."""

    title: str
    facts: tuple[Fact, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """What there is to say about one id.

    Attributes:
        id: of the node or claim, or PAPER#e3 for an entity of one paper.
        kind: what it is: a label of the graph, `Claim` or `Entity`.
        name: what a person calls it.
        about: name and value of what is known of it as a whole.
        passages: what the paper says as a whole, or where it names the entity.
        sections: the facts.
        notes: what a reader should know about how the id was understood, one sentence each.
    """

    id: str
    kind: str
    name: str
    about: tuple[tuple[str, str], ...]
    passages: tuple[Passage, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
