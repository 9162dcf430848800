"""The bundled abstracts: readable, within the size of real ones, and holding what the rest of the product is shown with."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from kg import examples
from kg.claims import Paper


def papers() -> list[Paper]:
    lines = examples.path().read_text(encoding="utf-8").splitlines()
    return [Paper.model_validate(json.loads(line)) for line in lines]


TEXTS = [paper.text for paper in papers()]
CORPUS = "\n\n".join(TEXTS)


def papers_naming(pattern: str) -> int:
    return sum(bool(re.search(pattern, text)) for text in TEXTS)


def test_the_file_lies_in_the_package() -> None:
    assert examples.path().is_file()
    assert examples.path().parent == Path(examples.__file__).parent


def test_ids_run_from_ex_01_to_ex_32() -> None:
    assert [paper.id for paper in papers()] == [f"ex-{number:02d}" for number in range(1, 33)]


def test_no_paper_stands_twice() -> None:
    titles = Counter(paper.title for paper in papers())
    assert titles.pop(None) == 1, "one record has no title"
    assert set(titles.values()) == {1}
    assert len({paper.abstract for paper in papers()}) == 32


@pytest.mark.parametrize("paper", papers(), ids=lambda paper: paper.id)
def test_abstracts_are_as_long_as_real_ones(paper: Paper) -> None:
    assert 90 <= len(paper.abstract.split()) <= 220


@pytest.mark.parametrize(
    "trap",
    [
        r"up to 2.31$\times$ speedup on an A100",
        "64times faster",
        r"85\%",
        r"+5.2\%",
        r"$\unicode{x2014}$",
        "+7.6% Top-10",
        "by 7.6% to 10%",
        "from 74.4% to 33.4%",
        "two orders of magnitude",
        "one order of magnitude",
        "twice as fast",
        "half the DSP blocks",
        "3.5-fold reduction",
        "0.108s/token",
        "2.94 FID",
        "an F1 of 92.3",
        "2-2.5%",
        "2-3x",
        "43times/31times",
        "12.2x higher",
        "1/100",
        "−39%",
        "~180 MB",
        "≈5× faster",
        "1,250,000 rows/s",
        "4 V100 GPUs",
        "7B parameters",
        "GPT-4",
        "CIFAR-10 ",
        "ResNet-50",
        "large language models (LLMs)",
        "Field-programmable gate arrays (FPGAs)",
        "field programmable gate arrays (FPGAs)",
        "Segment Anything Model (SAM)",
        "Sharpness-aware minimization (SAM)",
        "our method",
        "Erdős–Rényi",
    ],
)
def test_a_trap_of_real_text_is_there(trap: str) -> None:
    assert trap in CORPUS


def test_one_record_has_hard_line_breaks() -> None:
    assert [paper.id for paper in papers() if "\n" in paper.abstract] == ["ex-22"]


def test_one_paper_is_theory_without_any_number() -> None:
    assert [paper.id for paper in papers() if not re.search(r"\d", paper.text)] == ["ex-18"]


@pytest.mark.parametrize(
    ("pattern", "least"),
    [
        (r"\bA100\b", 8),
        (r"\bNVIDIA A100 GPU\b", 3),
        (r"\bH100\b", 3),
        (r"\bV100 GPUs\b", 4),
        (r"\bRTX 4090\b", 7),
        (r"\bRTX 3060\b", 4),
        (r"\bFPGAs?\b", 2),
        (r"\bJetson\b", 5),
        (r"\bmobile CPU", 4),
        (r"\bRaspberry Pi\b", 5),
        (r"\bLLMs?\b", 8),
        (r"\b[Ll]arge language models\b", 8),
        (r"\b[Ss]peculative decoding\b", 3),
        (r"\bprogram repair\b", 2),
        (r"\bobject detection\b", 2),
        (r"\b[Cc]ode generation\b", 3),
        (r"\bImageNet\b", 3),
        (r"\bHumanEval\b", 3),
        (r"\bGPT-4\b", 4),
        (r"\bPebbleQuant\b", 3),
        (r"\bU-Net\b", 2),
        (r"\btop-1 accuracy\b", 2),
        (r"\bperplexity\b", 3),
        (r"\bmAP\b", 2),
    ],
)
def test_concepts_recur_across_papers(pattern: str, least: int) -> None:
    assert papers_naming(pattern) >= least
