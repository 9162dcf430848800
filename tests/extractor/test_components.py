from __future__ import annotations

import pytest
import spacy

TEXT = "We propose SwiftDraft for speculative decoding. It gives a 2.31x speedup on an A100 GPU."


def test_the_factories_are_found_by_name_alone() -> None:
    nlp = spacy.blank("en")
    for name in ("kg_tagger", "kg_linker"):
        nlp.add_pipe(name)
    doc = nlp(TEXT)
    assert "SwiftDraft" in {span.text for span in doc.spans["kg"]}
    assert all(span.label_ and span.id_ for span in doc.spans["kg"])
    assert [(span.text, span.label_, span.id_) for span in doc.spans["kg_numbers"]] == [("2.31x", "x", "r1")]
    assert doc._.kg_claims.results[0].value == 2.31


def test_numbers_need_no_model_and_no_other_component() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_numbers")
    doc = nlp("It rises by 7.6% to 10%.")
    assert [(span.text, span.label_) for span in doc.spans["kg_numbers"]] == [("7.6% to 10%", "%")]


def test_displacy_draws_the_mentions() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_tagger")
    html = spacy.displacy.render(nlp(TEXT), style="span", options={"spans_key": "kg"}, page=False)
    assert "Method" in html


def test_the_linker_says_what_it_needs() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_linker")
    with pytest.raises(ValueError, match="kg_tagger"):
        nlp(TEXT)


def test_a_piped_stream_keeps_its_order() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_tagger")
    texts = [f"{'word ' * (k * 7 % 40)} SwiftDraft{k}" for k in range(70)]
    assert [doc.text for doc in nlp.pipe(texts)] == texts
