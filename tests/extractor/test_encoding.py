from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extractor.encoding import MAX_PIECES, Tokenization, sentences
from kg.extractor.model import DEFAULT


@pytest.fixture(scope="module")
def tokenization() -> Tokenization:
    return Tokenization(DEFAULT / "tokenizer.json")


def words(tokenization: Tokenization, text: str) -> list[str]:
    return [text[a:b] for w in tokenization.windows(text) for a, b in zip(w.start[w.body :], w.end[w.body :], strict=True)]


def test_a_hyphenated_word_is_one_word_and_a_dash_is_none(tokenization: Tokenization) -> None:
    assert words(tokenization, "bit-identical GPT-4 runs - long‑context, C++") == ["bit-identical", "GPT-4", "runs", "-", "long‑context", ",", "C", "+", "+"]


def test_the_title_is_a_segment_of_its_own_and_offsets_hold_across_it(tokenization: Tokenization) -> None:
    text = "A Title\nWe measure 2.31$\\times$."
    (window,) = tokenization.windows(text, 7)
    assert [text[a:b] for a, b in zip(window.start, window.end, strict=True)][:5] == ["A", "Title", "We", "measure", "2"]
    assert list(window.pieces).count(102) == 2


def test_a_long_text_becomes_windows_of_whole_sentences_that_repeat_the_title(tokenization: Tokenization) -> None:
    text = "Title\n" + "We study the speed of graph models on small devices. " * 200
    windows = tokenization.windows(text, 5)
    assert len(windows) > 3
    assert all(len(w.pieces) <= MAX_PIECES for w in windows)
    for window in windows[1:]:
        assert window.body == 1
        assert text[int(window.start[1]) :].startswith("We study")
    starts = np.concatenate([w.start[w.body :] for w in windows])
    assert (np.diff(starts) > 0).all()
    assert len(starts) == len(words(tokenization, text))


@pytest.mark.parametrize("text", ["a-" * 300_000, "word " * 200_000, "x" * 1_000_000, "1" * 1_000_000])
def test_a_megabyte_of_anything_is_cut_in_seconds(tokenization: Tokenization, text: str) -> None:
    began = time.monotonic()
    windows = tokenization.windows(text)
    assert all(len(w.pieces) <= MAX_PIECES for w in windows)
    assert time.monotonic() - began < 30


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.integers(0, 40))
def test_any_text_gives_words_in_order_inside_it(tokenization: Tokenization, text: str, title_end: int) -> None:
    title_end = min(title_end, len(text))
    last = 0
    for window in tokenization.windows(text, title_end):
        for start, end in zip(window.start[window.body :].tolist(), window.end[window.body :].tolist(), strict=True):
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
