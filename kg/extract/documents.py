"""Papers -> documents, through the spaCy pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.claims import Document, Paper
from kg.extract.model import DEFAULT

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@cache
def pipeline(weights: Path = DEFAULT) -> Language:
    """The extractor: a blank English tokenizer, "kg_tagger", "kg_numbers", "kg_linker".

    Raises:
        ModelError: the weights are missing or damaged.
    """
    import spacy

    from kg.extract import components  # noqa: F401  (registers the factories where the package is not installed)

    nlp = spacy.blank("en")
    nlp.max_length = 10**9  # spaCy's limit guards its parser, which is not used
    nlp.add_pipe("kg_tagger", config={"weights": str(weights)})
    nlp.add_pipe("kg_numbers")
    nlp.add_pipe("kg_linker", config={"weights": str(weights)})
    return nlp


def documents(papers: Iterable[Paper], weights: Path = DEFAULT) -> Iterator[Document]:
    """Extract each paper's claims, in the order of the papers, in this process."""
    nlp = pipeline(weights)

    def docs() -> Iterator[tuple[str | Doc, Paper]]:
        for paper in papers:
            doc = nlp.make_doc(paper.text)
            doc._.kg_title_end = len(paper.title) if paper.title else 0
            yield doc, paper

    for doc, paper in nlp.pipe(docs(), as_tuples=True):
        claims = doc._.kg_claims
        yield Document(
            id=paper.id,
            title=paper.title,
            text=paper.text,
            source=paper.source,
            meta=paper.meta,
            entities=claims.entities,
            relations=claims.relations,
            results=claims.results,
        )
