"""A text longer than the encoder's window: nothing of it is lost, told twice, or kept apart by where the windows meet."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from kg.claims import Document, Paper
from kg.extractor import tagger
from kg.extractor.documents import documents
from kg.extractor.encoding import Tokenization, Window
from kg.extractor.model import DEFAULT
from kg.extractor.tagger import Tagged, owned
from kg.ontology import EntityType, Predicate

TITLE = "SwiftDraft: Speculative Decoding for Long Sequence Generation"
FILLER = "as the remaining part of this long report goes on to tell at length, "
STATED = "we propose SwiftDraft, and our SwiftDraft runs on an RTX 4090 GPU with a 2.31x speedup over Medusa, "


def windows(paper: Paper) -> list[Window]:
    return Tokenization(DEFAULT / "tokenizer.json").windows(paper.text, len(paper.title) if paper.title else 0)


def read(paper: Paper) -> Document:
    (found,) = documents([paper])
    return found


def mentions(document: Document) -> list[tuple[int, int]]:
    return sorted((m.start, m.end) for e in document.entities for m in e.mentions)


@pytest.fixture(scope="module")
def three() -> Document:
    """Three windows of sentences that each name the same three things and one number."""
    sentences = [f"On an RTX 4090 GPU, SwiftDraft achieves a {k}.5x speedup over Medusa. " for k in range(2, 42)]
    paper = Paper(id="x", title=TITLE, abstract="".join(sentences).strip())
    assert len(windows(paper)) == 3
    return read(paper)


def test_every_sentence_of_three_windows_gives_its_mentions_once(three: Document) -> None:
    found = mentions(three)
    assert all(end <= start for (_, end), (start, _) in pairwise(found))
    for surface in ("RTX 4090 GPU", "SwiftDraft", "Medusa"):
        places = [(m.start(), m.end()) for m in re.finditer(surface, three.text)]
        assert len(set(places) & set(found)) > 0.95 * len(places)
        assert sum(any(m.text == surface for m in e.mentions) for e in three.entities) == 1


def test_every_number_of_three_windows_is_a_result_once(three: Document) -> None:
    assert [r.value for r in three.results] == [k + 0.5 for k in range(2, 42)]
    names = {e.id: e.name for e in three.entities}
    assert {names[r.method] for r in three.results if r.method} == {"SwiftDraft"}
    assert len({(r.subject, r.predicate, r.object) for r in three.relations}) == len(three.relations)


def test_what_a_sentence_states_is_found_wherever_the_border_cuts_it() -> None:
    """One endless sentence, so that the border of two windows can fall on each word of a statement."""
    cut = 0
    for lead in range(27, 31):
        paper = Paper(id="x", abstract=FILLER * lead + STATED + FILLER * 25)
        left, *_ = windows(paper)
        border = int(left.end[left.own.stop - 1])
        begin = len(FILLER * lead)
        if not begin < border < begin + len(STATED):
            continue
        cut += 1
        document = read(paper)
        found = {(paper.text[a:b], a) for a, b in mentions(document)}
        assert {surface for surface, _ in found} >= {"SwiftDraft", "RTX 4090 GPU", "Medusa"}
        names = {e.id: e.name for e in document.entities}
        assert ("SwiftDraft", Predicate.RUNS_ON, "RTX 4090 GPU") in {(names[r.subject], r.predicate, names[r.object]) for r in document.relations}
        (result,) = document.results
        assert result.value == 2.31
    assert cut


def window(start: int, words: int, own: slice) -> Window:
    """A window of one-letter words from the code point `start` on, without a title."""
    k = np.arange(words)
    return Window(k, k, k, k, start + 2 * k, start + 2 * k + 1, 0, own)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([(14, 16)], [(4, 6)], [[(14, 16)], []]),  # both see the mention that crosses the border between words 14 and 15
        ([(14, 16)], [], [[(14, 16)], []]),
        ([], [(4, 6)], [[], [(4, 6)]]),
        ([(15, 16)], [(5, 6)], [[], [(5, 6)]]),
        ([(13, 14)], [(3, 4)], [[(13, 14)], []]),
        ([(14, 15)], [(6, 7)], [[(14, 15)], [(6, 7)]]),
        ([(14, 16)], [(6, 7)], [[(14, 16)], []]),  # they differ: what the earlier one saw stays
        ([(15, 16)], [(4, 6)], [[], [(4, 6)]]),
    ],
)
def test_a_mention_at_the_border_of_two_windows_is_kept_once(
    left: list[tuple[int, int]], right: list[tuple[int, int]], expected: list[list[tuple[int, int]]]
) -> None:
    neighbours = [window(0, 20, slice(0, 15)), window(20, 20, slice(5, 20))]
    kept = owned(neighbours, [[Tagged(a, b, 0, 1.0) for a, b in found] for found in (left, right)])
    assert [[(m.word0, m.word1) for m in found] for found in kept] == expected


def test_a_text_whose_hidden_states_were_not_kept_gives_the_same_claims(three: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagger, "KEPT_PIECES", 1_000)
    assert read(Paper(id="x", title=TITLE, abstract=three.text[len(TITLE) + 1 :])).to_json() == three.to_json()


def test_the_hardware_of_each_window_meets_the_method_of_the_title() -> None:
    abstract = FILLER.capitalize() * 40 + "It runs on an RTX 4090 GPU."
    paper = Paper(id="x", title=TITLE, abstract=abstract)
    assert len(windows(paper)) > 1
    document = read(paper)
    types = {e.id: e.type for e in document.entities}
    assert EntityType.HARDWARE in types.values()
    assert any(r.predicate is Predicate.RUNS_ON and types[r.object] is EntityType.HARDWARE for r in document.relations)
