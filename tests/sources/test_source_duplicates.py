"""A paper that comes twice is read once, and what was left out is told."""

from __future__ import annotations

from kg.claims import Paper, Source
from kg.sources import Skipped, unique


def paper(name: str, text: str, file: str, line: int) -> Paper:
    return Paper(id=name, abstract=text, source=Source(name=file, format="lines", record=line))


def test_copies_and_conflicts_are_told_apart() -> None:
    skipped: list[Skipped] = []
    papers = [
        paper("a", "We boil.", "one.txt", 1),
        paper("b", "We stir.", "one.txt", 2),
        paper("a", "We boil.", "two.txt", 7),
        paper("a", "We freeze.", "two.txt", 8),
        paper("c", "We boil.", "two.txt", 9),
    ]
    assert [kept.id for kept in unique(papers, skipped.append)] == ["a", "b", "c"]
    assert [(report.where, report.kind) for report in skipped] == [("two.txt:7", "duplicate"), ("two.txt:8", "conflict")]
    assert skipped[0].reason == "duplicate of one.txt:1"
    assert "'a'" in skipped[1].reason
    assert "one.txt:1" in skipped[1].reason
    assert skipped[1].remedy


def test_the_same_file_given_twice_adds_nothing() -> None:
    skipped: list[Skipped] = []
    once = [paper("a", "We boil.", "one.txt", 1)]
    assert list(unique(once + once, skipped.append)) == once
    assert [report.kind for report in skipped] == ["duplicate"]
