from __future__ import annotations

import numpy as np

from kg.extractor.encoding import Tokenization, sentences
from kg.extractor.model import DEFAULT
from kg.extractor.pairs import NEAREST, NUMBER, TYPES, distance_bin, group_mentions, link_rows, number_words, twin_rows
from kg.ontology import EntityType

METHOD, METRIC = TYPES.index(EntityType.METHOD), TYPES.index(EntityType.METRIC)


def rows(text: str, *mentions: tuple[str, int]):  # type: ignore[no-untyped-def]
    (window,) = Tokenization(DEFAULT / "tokenizer.json").windows(text)
    found, at = [], 0
    for surface, kind in mentions:
        at = text.index(surface, at)
        words = number_words(window, at, at + len(surface))
        assert words is not None
        found.append((*words, kind, "" if kind == NUMBER else surface))
        at += len(surface)
    return group_mentions(sentences(text), window, found)


def test_spellings_of_one_name_are_one_group_and_each_number_its_own() -> None:
    mentions, names = rows("LLMs beat an LLM by 2% and 3%.", ("LLMs", METHOD), ("LLM", METHOD), ("2%", NUMBER), ("3%", NUMBER))
    assert mentions.group.tolist() == [0, 0, 1, 2]
    assert names[0] == "LLMs"


def test_only_types_that_a_relation_or_a_result_may_join_are_paired() -> None:
    mentions, _ = rows("Alpha has accuracy 2%.", ("Alpha", METHOD), ("accuracy", METRIC), ("2%", NUMBER))
    assert {(int(a), int(b)) for a, b in link_rows(mentions)[:, :2]} == {(2, 0), (2, 1)}


def test_of_many_mentions_the_nearest_pairs_are_kept() -> None:
    text = "Alpha " * 6 + "Beta " * 6
    mentions, _ = rows(text, *[("Alpha", METHOD)] * 6, *[("Beta", METHOD)] * 6)
    pairs = link_rows(mentions)
    forward = [tuple(p[:2]) for p in pairs.tolist() if p[0] < p[1]]
    assert len(forward) == NEAREST
    assert (5, 6) in forward


def test_twins_are_pairs_of_one_type_with_how_alike_they_are() -> None:
    mentions, names = rows("large language models (LLMs) reach accuracy", ("large language models", METHOD), ("LLMs", METHOD), ("accuracy", METRIC))
    (row,) = twin_rows(mentions, names).tolist()
    assert row[:2] == [0, 1]
    assert row[4] & 4  # acronym


def test_distances_are_exact_when_near_and_coarse_when_far() -> None:
    assert distance_bin(np.array([0, 5, 11, 12, 24, 10_000])).tolist() == [0, 5, 11, 12, 15, 23]


def test_a_text_without_mentions_has_no_rows() -> None:
    mentions, names = rows("Nothing here.")
    assert link_rows(mentions).shape == (0, 4)
    assert twin_rows(mentions, names).shape == (0, 5)
