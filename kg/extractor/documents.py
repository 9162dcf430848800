"""Papers -> documents, through the spaCy pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kg.claims import Document, Paper
from kg.extractor.model import DEFAULT

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    from kg.extractor.linker import Linked


BATCH = 64
"""Papers that are sorted by length together, and whose words spaCy may forget together."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\s")


@cache
def pipeline(weights: Path = DEFAULT) -> Language:
    """The extractor: "kg_tagger" and "kg_linker".

    Raises:
        ModelError: the weights are missing or damaged.
    """
    import spacy

    from kg.extractor import components  # noqa: F401  (registers the factories where the package is not installed)

    nlp = spacy.blank("en")
    nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]  # nothing here asks for a word's shape
    nlp.add_pipe("kg_tagger", config={"weights": str(weights)})
    nlp.add_pipe("kg_linker", config={"weights": str(weights)})
    return nlp


def documents(papers: Iterable[Paper], weights: Path = DEFAULT) -> Iterator[Document]:
    """Extract each paper's claims, in the order of the papers, in this process."""
    nlp = pipeline(weights)
    stream = iter(papers)
    while batch := list(islice(stream, BATCH)):
        with nlp.memory_zone():  # the vocabulary does not grow with the number of papers
            docs = [_doc(nlp.vocab, paper) for paper in batch]
            found = [_document(paper, doc._.kg_claims) for paper, doc in zip(batch, nlp.pipe(docs, batch_size=BATCH), strict=True)]
            del docs
        yield from found


def _doc(vocab: Vocab, paper: Paper) -> Doc:
    """The text as words, single signs and white space: spaCy's own tokenizer takes quadratic time on a long run of signs."""
    from spacy.tokens import Doc

    words: list[str] = []
    spaces: list[bool] = []
    for token in _TOKEN.findall(paper.text):
        if token == " " and words and not spaces[-1]:
            spaces[-1] = True
        else:
            words.append(token)
            spaces.append(False)
    doc = Doc(vocab, words, spaces)
    doc._.kg_title_end = len(paper.title) if paper.title else 0
    return doc


def _document(paper: Paper, claims: Linked) -> Document:
    return Document(
        id=paper.id,
        title=paper.title,
        text=paper.text,
        source=paper.source,
        meta=paper.meta,
        entities=claims.entities,
        relations=claims.relations,
        results=claims.results,
    )
