"""An explanation as text: coloured for a terminal, with the types written out where there is no colour."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kg.explain.account import NUMBER, Explanation, Fact, Mark, Passage, Section
from kg.ontology import EntityType
from kg.table import printable, render, text_width

COLOURS: dict[str, str] = {
    EntityType.METHOD.value: "cyan",
    EntityType.TASK.value: "green",
    EntityType.DATASET.value: "yellow",
    EntityType.METRIC.value: "magenta",
    EntityType.HARDWARE.value: "bright_blue",
    NUMBER: "red",
}


def write_text(explanation: Explanation, *, colour: bool = False, width: int | None = None) -> str:
    """The explanation as lines of text; nothing in it moves the cursor, whatever a paper's text holds.

    Args:
        colour: marks are coloured by type, those that the fact is about underlined; else a mark is `[A100 GPU|Hardware]`.
        width: columns to wrap the passages to; None leaves each on one line.
    """
    return "".join(line.rstrip() + "\n" for line in _lines(explanation, _Pen(colour, width)))


class _Pen:
    """Draws passages and headings."""

    def __init__(self, colour: bool, width: int | None) -> None:
        self.colour, self.width = colour, width

    def strong(self, text: str) -> str:
        text = printable(text)
        return click.style(text, bold=True) if self.colour else text

    def passage(self, passage: Passage, indent: str) -> str:
        """The passage, wrapped between words."""
        pieces = [(self._bare(text, mark), mark) for text, mark in passage.pieces()]
        breaks = self._breaks("".join(text for text, _ in pieces), len(indent))
        drawn, at = [], 0
        for text, mark in pieces:
            broken = "".join("\n" + indent if at + place in breaks else char for place, char in enumerate(text))
            at += len(text)
            drawn.append(self._coloured(broken, mark) if mark and self.colour else broken)
        return indent + "".join(drawn)

    def _bare(self, text: str, mark: Mark | None) -> str:
        return f"[{printable(text)}|{mark.label}]" if mark and not self.colour else printable(text)

    def _coloured(self, text: str, mark: Mark) -> str:
        return click.style(text, fg=COLOURS[mark.label], bold=mark.central or None, underline=mark.central or None)

    def _breaks(self, text: str, indent: int) -> set[int]:
        """Places of the blanks that become line breaks."""
        if self.width is None:
            return set()
        breaks, column, blank, since = set(), indent, -1, 0
        for place, char in enumerate(text):
            size = text_width(char)
            if char == " ":
                blank, since = place, 0
            else:
                since += size
            column += size
            if column > self.width and blank >= 0:
                breaks.add(blank)
                column, blank = indent + since, -1
        return breaks


def _lines(explanation: Explanation, pen: _Pen) -> Iterator[str]:
    yield f"{explanation.kind}  {pen.strong(explanation.name)}"
    about = [("id", explanation.id), *explanation.about]
    widest = max(len(name) for name, _ in about)
    for name, value in about:
        yield f"  {name:{widest}}  {printable(value)}"
    for passage in explanation.passages:
        yield ""
        yield pen.passage(passage, "  ")
    papers = {value for _, value in explanation.about}
    for section in explanation.sections:
        yield ""
        yield from _section(section, pen, papers, explanation.kind == "Paper")
    if pen.colour:
        labels = {mark.label for passage in _passages(explanation) for mark in passage.marks}
        yield ""
        yield "colours: " + "  ".join(click.style(label, fg=colour) for label, colour in COLOURS.items() if label in labels)


def _passages(explanation: Explanation) -> Iterator[Passage]:
    yield from explanation.passages
    for section in explanation.sections:
        yield from (fact.passage for fact in section.facts if fact.passage)


def _section(section: Section, pen: _Pen, papers: set[str], one_paper: bool) -> Iterator[str]:
    if not section.title:
        for fact in section.facts:
            yield from _whole(fact, pen)
        return
    yield pen.strong(section.title)
    for fact in section.facts:
        yield from _brief(fact, pen, None if one_paper or fact.paper in papers else fact.paper)
    if section.more:
        yield f"  … and {section.more:,} more: `kg query about` lists all"


def _whole(fact: Fact, pen: _Pen) -> Iterator[str]:
    """The fact that was asked for."""
    if fact.passage:
        yield pen.passage(fact.passage, "  ")
        yield ""
    for name, value in fact.number:
        yield f"  {name:14}  {printable(value)}"
    yield f"  {'confidence':14}  {fact.confidence:g}"
    if fact.support is not None:
        yield f"  {'stated by':14}  {fact.support} {'paper' if fact.support == 1 else 'papers'}"
    if fact.links:
        yield ""
        rows = [(link.role, link.name, link.type, link.confidence, "yes" if link.here else "no", link.node) for link in fact.links]
        columns = ("link", "entity", "type", "confidence", "in the sentence", "node")
        for line in render(columns, rows, width=pen.width and pen.width - 2).splitlines():
            yield "  " + line


def _brief(fact: Fact, pen: _Pen, paper: str | None) -> Iterator[str]:
    """One of many facts."""
    support = f", stated by {fact.support} papers" if fact.support and fact.support > 1 else ""
    yield f"  {pen.strong(fact.name)}  confidence {fact.confidence:g}{support}  {fact.id}"
    if paper:
        yield f"    {printable(paper)}"
    if fact.passage:
        yield pen.passage(fact.passage, "    ")
    if fact.number:
        yield "    " + ", ".join(f"{name} {printable(value)}" for name, value in fact.number)
    if fact.links:
        yield "    " + ", ".join(f"{link.role} {printable(link.name)} {link.confidence:g}" for link in fact.links)
