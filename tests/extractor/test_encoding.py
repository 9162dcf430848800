from __future__ import annotations

import re
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extractor.encoding import MAX_PIECES, Tokenization, Window, sentences
from kg.extractor.model import DEFAULT


@pytest.fixture(scope="module")
def tokenization() -> Tokenization:
    return Tokenization(DEFAULT / "tokenizer.json")


def words(tokenization: Tokenization, text: str) -> list[str]:
    return [text[a:b] for w in tokenization.windows(text) for a, b in zip(w.start[w.own], w.end[w.own], strict=True)]


def test_a_hyphenated_word_is_one_word_and_a_dash_is_none(tokenization: Tokenization) -> None:
    assert words(tokenization, "bit-identical GPT-4 runs - long‑context, C++") == ["bit-identical", "GPT-4", "runs", "-", "long‑context", ",", "C", "+", "+"]


def test_the_title_is_a_segment_of_its_own_and_offsets_hold_across_it(tokenization: Tokenization) -> None:
    text = "A Title\nWe measure 2.31$\\times$."
    (window,) = tokenization.windows(text, 7)
    assert [text[a:b] for a, b in zip(window.start, window.end, strict=True)][:5] == ["A", "Title", "We", "measure", "2"]
    assert list(window.pieces).count(102) == 2


def owned(windows: list[Window]) -> list[tuple[int, int]]:
    """The owned words of all windows, in the order of the windows."""
    return [place for w in windows for place in zip(w.start[w.own].tolist(), w.end[w.own].tolist(), strict=True)]


def test_a_long_text_becomes_overlapping_windows_of_whole_sentences_that_repeat_the_title(tokenization: Tokenization) -> None:
    text = "Title\n" + "We study the speed of graph models on small devices. " * 200
    windows = tokenization.windows(text, 5)
    assert len(windows) > 3
    assert all(len(w.pieces) <= MAX_PIECES for w in windows)
    for window in windows[1:]:
        assert window.body == 1
        assert text[int(window.start[1]) :].startswith("We study")
        assert text[int(window.start[window.own.start]) :].startswith("We study")
    for left, right in pairwise(windows):
        assert text[int(left.end[-1]) - 1] == "."
        shared = np.isin(left.start, right.start[right.body :]).sum()
        assert MAX_PIECES // 4 <= shared <= MAX_PIECES * 3 // 8
        # both owners have read on beyond the border
        assert len(left.start) - left.own.stop >= MAX_PIECES // 16
        assert right.own.start - right.body >= MAX_PIECES // 16
    assert owned(windows) == [(m.start(), m.end()) for m in re.finditer(r"\w+|\.", text)]


def test_a_sentence_longer_than_a_window_is_cut_between_words_that_overlap_too(tokenization: Tokenization) -> None:
    text = "We compare graph models, small devices, and " * 200
    windows = tokenization.windows(text)
    assert len(windows) > 3
    for left, right in pairwise(windows):
        assert MAX_PIECES // 4 - 1 <= np.isin(left.start, right.start).sum() <= MAX_PIECES // 4 + 1
    assert owned(windows) == [(m.start(), m.end()) for m in re.finditer(r"\w+|,", text)]


@pytest.mark.parametrize("words", [60, 90, 400, 2000])
def test_nothing_of_a_long_title_is_cut(tokenization: Tokenization, words: int) -> None:
    title = " ".join(["model"] * words)
    for body in ("", "\nIt is fast."):
        windows = tokenization.windows(title + body, words * 6 - 1)
        assert all(len(w.pieces) <= MAX_PIECES for w in windows)
        assert len(owned(windows)) == words + 4 * bool(body)


STRETCHES = ("graph models ", "is fast. ", "bit-identical GPT-4 (2.31$\\times$), ", "a-" * 150 + " ", "数据集", "x" * 120 + " ", "7 + 1 = 8; ", "\n\n", "Café ")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STRETCHES), st.integers(1, 120)), max_size=25), st.integers(0, 120))
def test_every_letter_of_any_text_is_in_one_owned_word(tokenization: Tokenization, stretches: list[tuple[str, int]], title_end: int) -> None:
    text = "".join(stretch * times for stretch, times in stretches)
    title_end = min(title_end, len(text))
    text = text[:title_end].replace("\n", " ") + "\n" + text[title_end:]
    windows = tokenization.windows(text, title_end)
    held = np.zeros(len(text), dtype=int)
    for start, end in owned(windows):
        held[start:end] += 1
    assert held.max(initial=0) <= 1
    assert all(held[k] == 1 for k, c in enumerate(text) if c.isalpha())
    assert owned(windows) == sorted(owned(windows))
    for window in windows:
        assert len(window.pieces) <= MAX_PIECES
        assert window.body <= window.own.start < window.own.stop <= len(window.start) or not owned(windows)


def test_stretches_without_a_letter_are_not_read(tokenization: Tokenization) -> None:
    text = "SwiftDraft begins. " + "1 2 3 = 4. " * 5_000 + "SwiftDraft ends."
    windows = tokenization.windows(text)
    assert len(windows) < 5
    held = [text[start:end] for start, end in owned(windows)]
    assert held[:2] == ["SwiftDraft", "begins"]
    assert held[-3:] == ["SwiftDraft", "ends", "."]


@pytest.mark.parametrize("text", ["a-" * 300_000, "word " * 200_000, "x" * 1_000_000, "1" * 1_000_000])
def test_a_megabyte_of_anything_is_cut_in_seconds(tokenization: Tokenization, text: str) -> None:
    began = time.process_time()
    windows = tokenization.windows(text)
    assert all(len(w.pieces) <= MAX_PIECES for w in windows)
    assert time.process_time() - began < 30


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.integers(0, 40))
def test_any_text_gives_words_in_order_inside_it(tokenization: Tokenization, text: str, title_end: int) -> None:
    title_end = min(title_end, len(text))
    last = 0
    for window in tokenization.windows(text, title_end):
        for start, end in zip(window.start[window.own].tolist(), window.end[window.own].tolist(), strict=True):
            assert last <= start < end <= len(text)
            last = end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("We follow Smith et al. (2020), e.g. BERT. Then we stop.", ["We follow Smith et al. (2020), e.g. BERT.", "Then we stop."]),
        ("It is 2.31 times faster. 7.6% better.", ["It is 2.31 times faster.", "7.6% better."]),
        ("A line\nthat goes on. And\none more.\n\nA paragraph", ["A line\nthat goes on.", "And\none more.", "A paragraph"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


def test_the_title_is_a_sentence() -> None:
    assert [("A title\nOne. Two.")[a:b] for a, b in sentences("A title\nOne. Two.", 7)] == ["A title", "One.", "Two."]
