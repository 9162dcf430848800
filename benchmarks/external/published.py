"""What others published on the same sets: F1 in percent and where it stands. No figure without a place to look it up.

A figure quoted by a page that is not the paper itself says so in its source; look at the paper before building on it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure: F1 in percent, where it stands, and what differs from ours."""

    system: str
    f1: float
    source: str
    differs: str = ""


_BENCHMARKS = "github.com/ottowg/generalizing-sciere-benchmarks"
_ZHANG = f"Zhang et al., SciER, EMNLP 2024 (arXiv 2410.21155), as quoted in {_BENCHMARKS}, reports/reproduce_results/baseline_results.md"
_ZHANG_LLM = "Zhang et al., SciER, EMNLP 2024 (arXiv 2410.21155), second hand: few-shot figures as quoted in public notes, not seen in the paper itself"
_REPRODUCED = f"{_BENCHMARKS}, reports/reproduce_results/baseline_results.md (HGERE trained again on SciER)"
_ACROSS = f"{_BENCHMARKS}, reports/ere_performance/entity_performance_overview.md (HGERE, partial match, labels of three schemes unified)"
_ACROSS_RE = f"{_BENCHMARKS}, reports/ere_performance/relation_performance_overview.md (HGERE, partial match, seven unified relations)"
_HGNET = "Joshi and Rekik, HGNet (arXiv 2603.23136), tables 1, 2 and 7, read in a plain-text copy"

_TRAINED = "trained on SciER"
_ZERO = "zero-shot"
_GSAP = "trained on GSAP-ERE, not on SciER"
_SCINLP = "trained on SciNLP, not on SciER"

SCIER: dict[tuple[str, str], tuple[Published, ...]] = {
    ("test", "all types, exact"): (
        Published("HGERE", 86.85, _ZHANG, _TRAINED),
        Published("HGERE", 88.4, _REPRODUCED, _TRAINED),
        Published("HGERE", 81.19, _HGNET, _TRAINED),
        Published("SciBERT", 70.71, _HGNET, _TRAINED),
        Published("Qwen2-72B", 71.44, _ZHANG_LLM, "few-shot examples from SciER"),
        Published("Llama-3.3-70B", 49.57, _HGNET, _ZERO),
        Published("Qwen3-32B", 46.52, _HGNET, _ZERO),
    ),
    ("test", "Method, exact"): (Published("HGERE", 88.9, _REPRODUCED, _TRAINED),),
    ("test", "Task, exact"): (Published("HGERE", 87.5, _REPRODUCED, _TRAINED),),
    ("test", "Dataset, exact"): (Published("HGERE", 87.8, _REPRODUCED, _TRAINED),),
    ("test", "all types, overlap"): (
        Published("HGERE", 91.0, _ACROSS, _TRAINED),
        Published("HGERE", 86.9, _ACROSS, _GSAP),
        Published("HGERE", 84.4, _ACROSS, _SCINLP),
    ),
    ("test", "Method, overlap"): (Published("HGERE", 88.6, _ACROSS, _GSAP), Published("HGERE", 85.4, _ACROSS, _SCINLP)),
    ("test", "Task, overlap"): (Published("HGERE", 80.7, _ACROSS, _GSAP), Published("HGERE", 80.2, _ACROSS, _SCINLP)),
    ("test", "Dataset, overlap"): (Published("HGERE", 88.5, _ACROSS, _GSAP), Published("HGERE", 86.7, _ACROSS, _SCINLP)),
    ("test", "all relations, Rel+"): (
        Published("HGERE", 61.10, _ZHANG, _TRAINED),
        Published("HGERE", 65.0, _REPRODUCED, _TRAINED),
        Published("HGERE", 58.47, _HGNET, _TRAINED),
        Published("PURE", 49.35, _HGNET, _TRAINED),
        Published("Qwen2-72B", 41.22, _ZHANG_LLM, "few-shot examples from SciER"),
        Published("HGERE", 28.34, _HGNET, "trained on synthetic text, not on SciER"),
        Published("gpt-oss-120b", 27.64, _HGNET, _ZERO),
        Published("Llama-3.3-70B", 24.59, _HGNET, _ZERO),
    ),
    ("test", "all relations, Rel"): (Published("HGERE", 62.32, _ZHANG, _TRAINED), Published("HGERE", 66.2, _REPRODUCED, _TRAINED)),
    ("test", "all relations, overlap"): (
        Published("HGERE", 67.7, _ACROSS_RE, _TRAINED),
        Published("HGERE", 43.6, _ACROSS_RE, _GSAP),
        Published("HGERE", 30.8, _ACROSS_RE, _SCINLP),
    ),
    **{
        ("test", f"{name}, Rel+"): (Published("HGERE", figure, _REPRODUCED, _TRAINED),)
        for name, figure in (
            ("Used-For", 65.6), ("Trained-With", 62.3), ("Synonym-Of", 86.6), ("SubTask-Of", 74.4), ("SubClass-Of", 60.5), ("Part-Of", 47.6),
            ("Evaluated-With", 68.1), ("Compare-With", 60.2), ("Benchmark-For", 76.2),
        )
    },
}  # fmt: skip
"""(split, what) -> figures. For test_ood no figure was found in a place that could be read."""

_HOU = "Hou et al., TDMSci, EACL 2021 (arXiv 2101.10273), second hand: as quoted in public notes"
_RELEASED = "counted by this project from gold and predictions in github.com/IBM/science-result-extractor, data/TDMSci/conllFormat/eval_brat"
_PEOPLE = "four experts against each other on 100 pilot sentences"

TDMSCI: dict[str, tuple[Published, ...]] = {
    "all types, exact": (
        Published("Flair-TDM", 62.05, _HOU, "trained on TDMSci"),
        Published("released BERT tagger", 62.0, _RELEASED, "trained on TDMSci"),
        Published("people", 74.3, _HOU, _PEOPLE),
    ),
    "all types, overlap": (Published("Flair-TDM", 76.47, _HOU, "trained on TDMSci; its own partial match"),),
    "Task, exact": (Published("released BERT tagger", 58.9, _RELEASED, "trained on TDMSci"), Published("people", 72.0, _HOU, _PEOPLE)),
    "Dataset, exact": (Published("released BERT tagger", 54.5, _RELEASED, "trained on TDMSci"), Published("people", 75.2, _HOU, _PEOPLE)),
    "Metric, exact": (Published("released BERT tagger", 76.8, _RELEASED, "trained on TDMSci"), Published("people", 75.7, _HOU, _PEOPLE)),
}

_UPB = "UPB at SemEval-2021 Task 8 (arXiv 2104.04549), abstract"
_GROBID = "github.com/lfoppiano/grobid-quantities, doc/evaluation-scores.md"
_LUMEN = "github.com/lfoppiano/MatSci-LumEn, docs/evaluation/ner/measeval.md"
_STRINGS = "same string, not same place"

MEASEVAL: dict[tuple[str, str], tuple[Published, ...]] = {
    ("eval", "quantities, overlap score"): (Published("UPB", 36.91, _UPB, "mean over all nine components, not over quantities alone"),),
    ("train and trial", "quantities, exact"): (Published("grobid-quantities", 54.28, _GROBID, f"{_STRINGS}; 1,137 quantities"),),
    ("train, trial and eval", "quantities, exact"): (
        Published("grobid-quantities (SciBERT)", 54.63, _LUMEN, _STRINGS),
        Published("GPT-4", 57.85, _LUMEN, f"best of three runs; {_STRINGS}"),
        Published("GPT-4 Turbo, few-shot", 59.03, _LUMEN, f"best of three runs; {_STRINGS}"),
    ),
}
"""(split, what) -> figures. The shared task's own figures for quantities alone stand in a paper that could not be read here."""
