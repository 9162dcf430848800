"""The seeds that everybody tries first, where they are at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.claims import Paper
from kg.sources import Fields, Skipped, read_papers

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason=f"no seeds in {SEEDS}")


def seed(name: str) -> list[Paper]:
    skipped: list[Skipped] = []
    papers = list(read_papers(SEEDS / name, Fields(), skipped.append))
    assert not skipped
    return papers


@pytest.mark.parametrize("name", ["abstracts-a.txt", "abstracts-b.txt"])
def test_each_line_is_a_paper_also_the_last_one_without_a_line_break(name: str) -> None:
    papers = seed(name)
    assert len(papers) == 11
    assert [paper.abstract for paper in papers] == [line.strip() for line in (SEEDS / name).read_text().split("\n")]
    assert [paper.source.record for paper in papers if paper.source] == list(range(1, 12))


def test_the_daily_page_gives_every_paper_with_its_title() -> None:
    papers = seed("daily-papers.txt")
    # 39 papers have a line "N authors"; the fortieth names an organisation there instead, and is a paper all the same.
    assert len(papers) == 40
    assert sum("author_count" in paper.meta for paper in papers) == 39
    assert [paper.meta["organization"] for paper in papers if "author_count" not in paper.meta] == ["microsoft Microsoft"]
    assert all(paper.title and "date" in paper.meta for paper in papers)
    assert len({paper.id for paper in papers}) == 40


def test_nothing_of_the_pages_furniture_gets_into_a_paper() -> None:
    furniture = re.compile(r"Subscribe|\d+ authors|[•·]|Daily Papers|inbox|research community|microsoft Microsoft|^(?:Jan|Feb|Mar|Dec) \d+", re.MULTILINE)
    for paper in seed("daily-papers.txt"):
        assert paper.title is not None
        assert not furniture.search(paper.text)
        assert len(paper.title.split()) < 25 < 150 < len(paper.abstract.split())
