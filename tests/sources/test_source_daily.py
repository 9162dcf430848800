"""A page of daily papers saved as text: the papers come out, menus and buttons stay behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Read = Callable[..., Any]

KETTLE = (
    "Kettles waste heat when they boil more water than a cup holds. We present CupSense, a controller that weighs the water and stops the heater early, "
    "and we test it in forty kitchens over one winter. It saves 2.1x energy against a plain kettle."
)
PAN = (
    "Pans warp when they are heated unevenly, which spoils pancakes and moods alike. We study the warp of thirty pans with a laser and a patient cook, "
    "and give a simple model that predicts it within half a millimetre for steel and for copper."
)
SPOON = "Spoons are underrated. We count them."

PAGE = f"""Models
Datasets
Pricing

new

Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

Mar 3

CupSense: Weighing Water
for Thrifty Kettles

{KETTLE}

  • 3 authors
·
Mar 2, 2024 5

Submitted by cook42

128

The Warp of Pans

{PAN}

acme Acme Kitchens
·
Feb 27

Upvote
12

+9

How Many Spoons?

{SPOON}

  • 1,204 authors
·
3 days ago

Previous

Next

TOS
Privacy
"""


def test_titles_abstracts_and_what_the_footers_say(read: Read) -> None:
    papers = read(PAGE).papers
    assert [(paper.title, paper.abstract) for paper in papers] == [
        ("CupSense: Weighing Water for Thrifty Kettles", KETTLE),
        ("The Warp of Pans", PAN),
        ("How Many Spoons?", SPOON),
    ]
    assert [paper.meta for paper in papers] == [
        {"author_count": 3, "date": "Mar 2, 2024"},
        {"organization": "acme Acme Kitchens", "date": "Feb 27"},
        {"author_count": 1204, "date": "3 days ago"},
    ]


def test_the_place_of_a_paper_is_the_line_of_its_title(read: Read) -> None:
    lines = PAGE.split("\n")
    titles = [lines[paper.source.record - 1] for paper in read(PAGE).papers if paper.source]
    assert titles == ["CupSense: Weighing Water", "The Warp of Pans", "How Many Spoons?"]


def test_no_record_of_a_whole_page_is_reported_as_skipped(read: Read) -> None:
    assert read(PAGE).skipped == []


def test_a_page_without_blank_lines_gives_the_same_papers(read: Read) -> None:
    dense = "\n".join(line for line in PAGE.replace("Weighing Water\nfor", "Weighing Water for").split("\n") if line)
    # The last abstract is as short as a title; only the blank line tells them apart.
    assert [(paper.title, paper.abstract) for paper in read(dense).papers[:2]] == [(paper.title, paper.abstract) for paper in read(PAGE).papers[:2]]


def test_the_footer_may_stand_on_one_line(read: Read) -> None:
    page = PAGE.replace("  • 3 authors\n·\nMar 2, 2024 5", "3 authors · Mar 2, 2024")
    assert [paper.text for paper in read(page).papers] == [paper.text for paper in read(PAGE).papers]
    assert read(page).papers[0].meta == {"author_count": 3, "date": "Mar 2, 2024"}


def test_an_abstract_of_several_paragraphs_stays_whole(read: Read) -> None:
    assert read(PAGE.replace(PAN, f"{PAN}\n\n{KETTLE}")).papers[1].abstract == f"{PAN}\n\n{KETTLE}"


def test_an_abstract_without_a_title_is_a_paper(read: Read) -> None:
    paper = read(PAGE.replace("The Warp of Pans", "")).papers[1]
    assert paper.abstract == PAN
    assert paper.title is None


def test_a_paper_without_an_abstract_is_reported_with_its_title(read: Read) -> None:
    reading = read(PAGE.replace(PAN, ""))
    assert len(reading.papers) == 2
    [skipped] = reading.skipped
    assert "The Warp of Pans" in skipped.reason
    assert skipped.where.endswith(f":{PAGE.split(chr(10)).index('The Warp of Pans') + 1}")


def test_a_page_cut_off_inside_an_abstract_says_so(read: Read) -> None:
    reading = read(PAGE[: PAGE.index("acme")])
    assert len(reading.papers) == 1
    [skipped] = reading.skipped
    assert skipped.reason == "the page ends inside the paper 'The Warp of Pans'"


def test_windows_line_breaks_and_a_byte_order_mark(read: Read) -> None:
    crlf = read(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode()).papers
    assert [paper.text for paper in crlf] == [paper.text for paper in read(PAGE).papers]
