"""The linker with the shipped model, on sentences whose claims no reader would dispute."""

from __future__ import annotations

import pytest

from kg.claims import Document, Paper
from kg.extractor.documents import documents
from kg.ontology import Kind, Predicate, Role

TITLE = "SwiftDraft: Speculative Decoding for Long Sequence Generation"
ABSTRACT = (
    "Large language models (LLMs) are slow to decode. We propose SwiftDraft, a speculative decoding method for long sequence generation. "
    "SwiftDraft uses a small draft model to fill the key-value cache. "
    "On an A100 GPU, our method achieves up to 2.31$\\times$ speedup over Medusa, and LLMs keep their accuracy on LongBench."
)


@pytest.fixture(scope="module")
def document() -> Document:
    (found,) = documents([Paper(id="x", title=TITLE, abstract=ABSTRACT)])
    return found


def entity(document: Document, surface: str):  # type: ignore[no-untyped-def]
    return next(e for e in document.entities if any(m.text == surface for m in e.mentions))


def test_a_long_form_its_acronym_and_its_plural_are_one_entity(document: Document) -> None:
    assert {m.text for m in entity(document, "LLMs").mentions} >= {"LLMs", "Large language models"}


def test_the_method_that_a_paper_introduces_has_the_role_proposed(document: Document) -> None:
    assert entity(document, "SwiftDraft").role is Role.PROPOSED
    assert entity(document, "Medusa").role is None


def test_relations_carry_the_sentence_that_states_them(document: Document) -> None:
    names = {e.id: e.name for e in document.entities}
    runs = [r for r in document.relations if r.predicate is Predicate.RUNS_ON and names[r.subject] == "SwiftDraft"]
    assert runs
    assert "A100" in document.text[runs[0].evidence.start : runs[0].evidence.end]


def test_our_method_in_a_result_means_the_method_proposed(document: Document) -> None:
    (result,) = document.results
    assert (result.value, result.unit, result.kind, result.bound.value) == (2.31, "x", Kind.RATIO, "up_to")
    assert result.method == entity(document, "SwiftDraft").id
    assert result.metric == entity(document, "speedup").id
    assert result.hardware == entity(document, "A100 GPU").id
    assert document.text[result.number.start : result.number.end] == "2.31$\\times$"


@pytest.mark.parametrize("text", ["", " ", "?", "1", "…", "مرحبا بالعالم 5%", "é" * 700, "a\u0300b", "\u202eRTL\u202c 3x", "🙂 2x faster 🙂"])
def test_any_text_however_odd_gives_a_valid_document(text: str) -> None:
    (found,) = documents([Paper(id="x", abstract=text or "-")])
    assert found.text == (text or "-")


def test_a_text_of_many_windows_is_read_to_its_end() -> None:
    filler = "The remaining part of this report describes other things at length. " * 150
    (found,) = documents([Paper(id="x", title=TITLE, abstract=ABSTRACT + " " + filler + "SwiftDraft runs on an RTX 4090 GPU.")])
    last = max(m.start for e in found.entities for m in e.mentions)
    assert last > len(ABSTRACT + filler)
    assert sum(any(m.text == "SwiftDraft" for m in e.mentions) for e in found.entities) == 1


def test_versions_of_one_product_stay_apart() -> None:
    text = "We compare an RTX 4090, an RTX 3060 and an A100 with an H100. Llama-2-7B is faster than Llama-2-13B, and GPT-4 than GPT-3.5."
    (found,) = documents([Paper(id="x", abstract=text)])
    for found_entity in found.entities:
        assert len({m.text for m in found_entity.mentions}) == 1, found_entity
