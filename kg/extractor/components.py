"""The extractor as spaCy components: `spacy.blank("en")`, then `add_pipe` of "kg_tagger" and "kg_linker"; "kg_numbers" works alone.

What they set:

- `doc.spans["kg"]`: mentions, labelled by type; `span.id_` is the entity's id once the linker has run.
- `doc.spans["kg_numbers"]`: the numbers of the text, labelled by unit: all of them by "kg_numbers", those reported as results by "kg_linker", with
  the id of the result as `span.id_`.
- `doc._.kg_claims`: entities, relations and results (`kg.extractor.linker.Linked`), offsets in code points of `doc.text`.
- `doc._.kg_title_end`: set it before the pipeline runs where the text begins with a title and a line break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.extractor.linker import link
from kg.extractor.model import DEFAULT, Model
from kg.extractor.numbers import find_numbers
from kg.extractor.pairs import TYPES
from kg.extractor.tagger import tag

BATCH = 64
"""Documents that are sorted by length together."""


def _extensions() -> None:
    for name in ("kg_claims", "kg_draft"):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)
    if not Doc.has_extension("kg_title_end"):
        Doc.set_extension("kg_title_end", default=0)


@cache
def _model(folder: str) -> Model:
    """One model a process, whatever number of pipelines is made."""
    return Model(Path(folder))


class Numbers:
    """Finds every number of a text with its value, range, unit and bound; needs no model."""

    def __init__(self, name: str = "kg_numbers") -> None:
        self.name = name
        _extensions()

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["kg_numbers"] = [_span(doc, n.start, n.end, n.unit or "number") for n in find_numbers(doc.text)]
        return doc


class Tagger:
    """Tags the mentions of methods, tasks, datasets, metrics and hardware."""

    def __init__(self, model: Model, name: str = "kg_tagger") -> None:
        self.model, self.name = model, name
        _extensions()

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = BATCH) -> Iterator[Doc]:
        """Tag documents in batches sorted by length; they come out in the order they came in."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            for doc, draft in zip(batch, tag(self.model, [(doc.text, doc._.kg_title_end) for doc in batch]), strict=True):
                doc._.kg_draft = draft
                doc.spans["kg"] = [
                    _span(doc, int(window.start[m.word0]), int(window.end[m.word1]), TYPES[m.type].value)
                    for window, found in zip(draft.windows, draft.mentions, strict=True)
                    for m in found
                ]
                yield doc


class Linker:
    """Joins mentions into entities and finds relations and results; needs "kg_tagger" before it."""

    def __init__(self, model: Model, name: str = "kg_linker") -> None:
        self.model, self.name = model, name
        _extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Set `doc._.kg_claims`.

        Raises:
            ValueError: the pipeline has no "kg_tagger" before this component.
        """
        if doc._.kg_draft is None:
            raise ValueError('kg_linker needs the component "kg_tagger" before it in the pipeline')
        claims = link(self.model, doc._.kg_draft)
        doc._.kg_draft = None  # hidden states are large
        doc._.kg_claims = claims
        doc.spans["kg"] = [_span(doc, m.start, m.end, e.type.value, e.id) for e in claims.entities for m in e.mentions]
        doc.spans["kg_numbers"] = [_span(doc, r.number.start, r.number.end, r.unit or "number", r.id) for r in claims.results]
        return doc


def _span(doc: Doc, start: int, end: int, label: str, span_id: str = "") -> Span:
    """The tokens that hold a range: spaCy's tokens may be longer than a mention ("A100/H100"), the exact range is in `doc._.kg_claims`."""
    span = doc.char_span(start, end, label=label, alignment_mode="expand", span_id=span_id)
    assert span is not None  # every range holds a character that is no white space
    return span


@Language.factory("kg_numbers", assigns=["doc.spans"])
def make_numbers(nlp: Language, name: str) -> Numbers:
    return Numbers(name)


@Language.factory("kg_tagger", assigns=["doc.spans", "doc._.kg_draft"], default_config={"weights": str(DEFAULT)})
def make_tagger(nlp: Language, name: str, weights: str) -> Tagger:
    return Tagger(_model(weights), name)


@Language.factory("kg_linker", requires=["doc._.kg_draft"], assigns=["doc.spans", "doc._.kg_claims"], default_config={"weights": str(DEFAULT)})
def make_linker(nlp: Language, name: str, weights: str) -> Linker:
    return Linker(_model(weights), name)
