"""Folded names, acronyms and the abbreviations that a text defines."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import find_abbreviations, fold, is_acronym


@pytest.mark.parametrize(
    "names",
    [
        ("LLM", "LLMs", "llm"),
        ("large language model", "Large Language Models", "large-language models", "Large Language Model (LLM)", "LLMs (large language models)"),
        ("GPT-4", "GPT 4", "gpt4", "GPT‑4", "GPT−4", "gpt_4"),
        ("ResNet-50", "ResNet50", "resnet 50"),
        ("GPU", "GPUs", "gpus", "a GPU", "the GPUs"),
        ("A100", "A100s", "the A100"),
        ("RTX 4090", "RTX 4090s", "RTX-4090"),
        ("Llama-2-7B", "Llama 2 7B", "Llama2-7B"),
        ("key-value cache", "key-value (KV) caches", "key value cache"),
        ("F1 score", "F_1-score", "$F_1$ score", "F1 scores"),
        ("self-attention", "\\textit{self-attention}", "$\\textit{self-attention}$", "self\u00adattention", "Self Attention"),
        ("Schrödinger bridge", 'Schr\\"odinger bridges', 'Schr\\"{o}dinger bridge', "SCHRÖDINGER BRIDGE"),
        ("analysis", "analyses"),
        ("loss", "losses"),
        ("study", "studies"),
        ("matrix", "matrices"),
        ("corpus", "corpora"),
        ("“BERT”", "BERT", "(BERT)", "\u200bBERT", "ＢＥＲＴ"),
        ("speed-up", "speedup", "speedups", "speed ups"),
    ],
)
def test_spellings_of_one_name_are_equal(names: tuple[str, ...]) -> None:
    assert len({fold(name) for name in names}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("GPT-4", "GPT-4o", "GPT-3.5", "GPT-35"),
        ("ResNet-50", "ResNet-101"),
        ("Llama-2-7B", "Llama-27B", "Llama-2-13B"),
        ("C", "C++", "C#"),
        ("A", "A*"),
        ("DARTS", "DART"),
        ("LMS", "LMs"),
        ("L40", "L40S"),
        ("YOLOv5", "YOLOv5s"),
        ("ImageNet", "ImageNet-1k"),
        ("数据集", "数据", "データ"),
        ("+", "++", "-", "…"),
        ("", " "),
    ],
)
def test_different_names_stay_apart(names: tuple[str, ...]) -> None:
    assert len({fold(name) for name in names}) == len(names)


@pytest.mark.parametrize("word", ["loss", "corpus", "analysis", "bias", "GPS", "Bayes", "series", "chess", "status", "class"])
def test_a_word_that_only_looks_like_a_plural_keeps_its_s(word: str) -> None:
    assert fold(word) == word.lower()


@pytest.mark.parametrize("name", ["---", "++", "  ", "…", "$$", "\\", "(", "%"])
def test_a_name_without_letters_folds_to_itself(name: str) -> None:
    assert fold(name) == name


@pytest.mark.parametrize("name", ["数据集", "الشبكات", "база", "β", "नेटवर्क"])
def test_other_scripts_keep_their_letters(name: str) -> None:
    assert fold(name) == name


@given(st.text(min_size=1))
def test_every_name_folds_to_something(name: str) -> None:
    assert fold(name)


@given(st.from_regex(r"[a-z]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True))
def test_case_and_hyphens_do_not_matter(name: str) -> None:
    assert fold(name.capitalize()) == fold(name) == fold(name.replace("-", " ")) == fold(f" {name} ")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("LLM", "large language models"),
        ("LLMs", "large language model"),
        ("SAM", "Segment Anything Model"),
        ("SAM", "sharpness-aware minimization"),
        ("KV", "key-value"),
        ("mAP", "mean average precision"),
        ("fps", "frames per second"),
        ("CoT", "chain-of-thought"),
        ("EEG", "electroencephalography"),
        ("RLHF", "reinforcement learning from human feedback"),
    ],
)
def test_an_acronym_is_known_by_its_long_form(short: str, long: str) -> None:
    assert is_acronym(short, long)
    assert not is_acronym(long, short)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("BERT", "BERTScore"),
        ("A100", "A100 GPU"),
        ("LLM", "frontier large language models"),
        ("SAM", "speculative decoding"),
        ("fast", "forward adaptive step"),
        ("", "nothing"),
        ("LLM", ""),
        ("LLM", "LLM"),
    ],
)
def test_what_is_no_acronym(short: str, long: str) -> None:
    assert not is_acronym(short, long)


def test_abbreviations_are_found_in_both_orders_with_their_places() -> None:
    text = (
        "Large language models (LLMs) meet SAM (segment anything model; see below). A key-value (KV) cache, e.g. (e.g., GPT), at 60 frames per second (fps). "
        "We report mean Average Precision (mAP, in %). The end. Reinforcement learning from human\nfeedback (RLHF) (sic) ( ) ((X)) (Y)"
    )
    found = [(text[a:b], text[c:d]) for a, b, c, d in find_abbreviations(text)]
    assert found == [
        ("LLMs", "Large language models"),
        ("SAM", "segment anything model"),
        ("KV", "key-value"),
        ("fps", "frames per second"),
        ("mAP", "mean Average Precision"),
        ("RLHF", "Reinforcement learning from human\nfeedback"),
    ]


def test_a_long_form_does_not_cross_a_sentence() -> None:
    assert find_abbreviations("We use large. Language Models (LLM) are big.") == []


@given(st.text(alphabet="aAbB ().,;\n", max_size=200))
def test_abbreviations_lie_inside_the_text(text: str) -> None:
    for short_start, short_end, long_start, long_end in find_abbreviations(text):
        assert 0 <= short_start < short_end <= len(text)
        assert 0 <= long_start < long_end <= len(text)


@pytest.mark.parametrize("unit", ["(", "(a", "x", "a (AB) ", "(AB)", "(a b c d e) ", ". "])
def test_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        find_abbreviations(text)
        return time.process_time() - start

    assert seconds(80_000) < 16 * max(min(seconds(20_000), seconds(20_000)), 0.01)
