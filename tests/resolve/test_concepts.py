"""Which entities of different papers become one concept, and which stay apart."""

from __future__ import annotations

import random

import pytest
from documents import BARE, DOCUMENTS, REPAIR, SEGMENT, SHARPNESS, TRIDENT, document, entity

from kg.claims import Document, Entity, Mention
from kg.ids import node_id
from kg.resolve import Concept, resolve


def paper(id: str, *names: str, type: str = "Method", title: str | None = None) -> Document:
    """A paper whose only entity e1 has these names."""
    return document(id, "Here are " + " and ".join(names) + ".", [entity("e1", type, *names)], title=title)


def concepts(*papers: Document) -> list[Concept]:
    """The concept of e1 of each paper."""
    resolved = resolve(papers)
    return [resolved.of(p.id, "e1") for p in papers]


def test_an_acronym_its_plural_and_its_long_form_are_one_concept() -> None:
    defining, bare = paper("a", "LLMs", "large language models"), paper("b", "LLM")
    found = concepts(defining, bare, paper("c", "Large Language Model"), paper("d", "Large-Language Models (LLMs)"))
    assert len({c.id for c in found}) == 1
    assert found[0].keys == ("largelanguagemodel", "llm")
    assert {found[0].name, *found[0].aliases} == {"LLMs", "LLM", "large language models", "Large Language Model", "Large-Language Models (LLMs)"}


def test_without_a_paper_that_defines_it_an_acronym_stays_apart() -> None:
    bare, long = concepts(paper("b", "LLM"), paper("c", "Large Language Model"))
    assert bare.id != long.id


def test_an_acronym_with_two_meanings_joins_none() -> None:
    segment, sharpness, bare = concepts(SEGMENT, SHARPNESS, paper("b", "SAM"))
    assert len({segment.id, sharpness.id, bare.id}) == 3
    assert [c.name for c in (segment, sharpness, bare)] == ["Segment Anything Model", "Sharpness-aware minimisation", "SAM"]
    assert "sam" in segment.keys
    assert "sam" in sharpness.keys


def test_a_bare_acronym_means_what_its_own_paper_says() -> None:
    defined, bare = entity("e1", "Method", "Sharpness-aware minimisation", "SAM"), entity("e2", "Method", "SAM")
    both = document("x", "Sharpness-aware minimisation (SAM). Later SAM again.", [defined, bare])
    resolved = resolve([both, SEGMENT, SHARPNESS])
    assert resolved.of("x", "e2") == resolved.of("x", "e1") == resolved.of(SHARPNESS.id, "e1")


def test_one_stray_definition_in_twenty_does_not_split_a_common_acronym() -> None:
    common = [paper(f"c{n}", "LLM", "large language model") for n in range(19)]
    bare, stray, first = concepts(paper("b", "LLMs"), paper("s", "LLM", "latent lattice memory"), *common)[:3]
    assert bare.id == first.id != stray.id
    bare, stray, first = concepts(paper("b", "LLMs"), paper("s", "LLM", "latent lattice memory"), *common[1:])[:3]
    assert len({bare.id, stray.id, first.id}) == 3


def test_long_forms_that_differ_by_inflection_are_one_meaning() -> None:
    found = concepts(paper("a", "CNN", "convolutional neural network"), paper("b", "CNNs", "convolution neural networks"), paper("c", "CNN"))
    assert len({c.id for c in found}) == 1


def test_types_are_never_joined() -> None:
    model, device = resolve(DOCUMENTS).of(SEGMENT.id, "e2"), resolve(DOCUMENTS).of(SHARPNESS.id, "e4")
    assert (model.type, device.type) == ("Method", "Hardware")
    assert model.id != device.id
    assert "transformer" in {device.name, *device.aliases}


@pytest.mark.parametrize(
    ("one", "other"),
    [("GPT-4", "GPT-4o"), ("ResNet-50", "ResNet-101"), ("Llama-2-7B", "Llama-2-13B"), ("C", "C++"), ("BERT", "BERTScore"), ("DARTS", "DART")],
)
def test_versions_stay_apart(one: str, other: str) -> None:
    first, second = concepts(paper("a", one), paper("b", other))
    assert first.id != second.id


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("Hardware", "A100", "A100 GPUs"),
        ("Dataset", "MNIST", "MNIST dataset"),
        ("Dataset", "image-net", "ImageNet benchmark"),
        ("Task", "code generation", "Code Generation tasks"),
        ("Method", "GRPO", "GRPO algorithm"),
        ("Metric", "F1", "$F_1$-score"),
    ],
)
def test_a_closing_noun_that_repeats_the_type_does_not_matter(type: str, one: str, other: str) -> None:
    first, second = concepts(paper("a", one, type=type), paper("b", other, type=type))
    assert first.id == second.id


@pytest.mark.parametrize(
    ("type", "one", "other"), [("Hardware", "consumer GPUs", "consumer"), ("Metric", "error rate", "error"), ("Dataset", "dataset", "benchmark")]
)
def test_other_closing_nouns_do(type: str, one: str, other: str) -> None:
    first, second = concepts(paper("a", one, type=type), paper("b", other, type=type))
    assert first.id != second.id


def test_a_common_noun_beside_a_name_is_an_alias_but_joins_nothing() -> None:
    trident, medusa, bare = concepts(paper("a", "decoding system", "TriDent"), paper("b", "MedUsa", "decoding system"), paper("c", "decoding system"))
    assert len({trident.id, medusa.id, bare.id}) == 3
    assert trident.name == "TriDent"
    assert trident.aliases == ("decoding system",)


def test_title_case_is_no_sign_of_a_name() -> None:
    titled = document("a", "We show Fluxnet, which decodes fast.", [entity("e1", "Method", "Decoding Fast", "Fluxnet")], title="Decoding Fast")
    assert concepts(titled, paper("b", "Fluxnet"))[0].id == concepts(paper("b", "Fluxnet"))[0].id


def test_two_entities_of_a_paper_may_share_a_surface() -> None:
    twice = document("a", "Mixers mix.", [entity("e1", "Method", "Mixers"), entity("e2", "Method", "Mixers")])
    resolved = resolve([twice])
    assert resolved.of("a", "e1") == resolved.of("a", "e2")


def test_the_name_is_the_surface_of_most_papers_then_the_longest() -> None:
    assert concepts(paper("a", "speed-up", type="Metric"), paper("b", "speedup", type="Metric"), paper("c", "speedup", type="Metric"))[0].name == "speedup"
    assert concepts(paper("a", "speed-up", type="Metric"), paper("b", "speedup", type="Metric"))[0].name == "speed-up"
    assert concepts(paper("a", "\\textbf{Mixer}"), paper("b", "\\textbf{Mixer}"), paper("c", "Mixer"))[0].name == "Mixer"


def test_the_id_is_the_hash_of_type_and_long_form() -> None:
    assert concepts(BARE)[0].id == node_id("Method", "gpt4")
    assert resolve([REPAIR, TRIDENT]).of(TRIDENT.id, "e2").id == node_id("Method", "trident")
    bare, *_ = concepts(paper("b", "RLHF"), paper("a", "RLHF", "reinforcement learning from human feedback"))
    assert bare.id == node_id("Method", "reinforcementlearningfromhumanfeedback")


def test_lookup_keys_hold_the_lower_case_of_an_acronym_that_ends_in_s() -> None:
    assert concepts(paper("a", "DARTS"))[0].keys == ("dart", "darts")


def test_odd_names_are_concepts_too() -> None:
    text = "… and \u0001 and 数据集"
    odd = Document(
        id="a",
        text=text,
        entities=tuple(
            Entity(id=f"e{n}", type="Dataset", name=s, mentions=(Mention(text=s, start=text.index(s), end=text.index(s) + len(s)),), confidence=0.5)
            for n, s in enumerate(("…", "\u0001", "数据集"))
        ),
    )
    assert len(list(resolve([odd]))) == 3


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_papers_does_not_matter(seed: int) -> None:
    papers = [
        *DOCUMENTS,
        paper("a", "CNN", "convolutional neural network"),
        paper("b", "CNN", "convolution neural network"),
        paper("c", "CNN", "cellular nonlinear networks"),
        paper("d", "CNN"),
        paper("e", "LM", "language model"),
        paper("f", "LMs"),
    ]
    shuffled = random.Random(seed).sample(papers, len(papers))
    assert list(resolve(shuffled)) == list(resolve(papers))


def test_an_entity_that_was_not_resolved_is_an_error() -> None:
    with pytest.raises(KeyError):
        resolve(DOCUMENTS).of("no such paper", "e1")
