"""An explanation as one web page that needs nothing else: no script, no font, no network; the sentences are drawn by displaCy.

Everything that comes from a paper is escaped, and set apart from the direction of what stands around it (`<bdi>`): an Arabic name or a
stray mark of direction turns nothing but itself around. The page is also well-formed XML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape

from kg.explain.account import NUMBER, Explanation, Fact, Passage, Section
from kg.ontology import EntityType

COLOURS: dict[str, str] = {
    EntityType.METHOD.value: "#7aecec",
    EntityType.TASK.value: "#bfeeb7",
    EntityType.DATASET.value: "#feca74",
    EntityType.METRIC.value: "#d4c6ff",
    EntityType.HARDWARE.value: "#ffb08a",
    NUMBER: "#f2f0a1",
}
"""Backgrounds of the marks, all light enough for black text; the names are displaCy's labels."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_MARK = '<mark class="entity{central}" style="background: {bg}"><bdi>{text}</bdi><span class="label">{label}</span>{kb_link}</mark>'

_STYLE = """
:root { color-scheme: light dark; --text: #1b1b1f; --page: #ffffff; --soft: #5c5c66; --line: #d9d9e0; --card: #f6f6f9; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e8ec; --page: #16161a; --soft: #a3a3ad; --line: #3a3a42; --card: #202026; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: var(--text); background: var(--page); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; } h3 { font-size: 1rem; margin: 0; }
.kind, .soft { color: var(--soft); } .kind { text-transform: uppercase; letter-spacing: 0.06em; font-size: 0.8rem; margin: 0; }
code { font-size: 0.85em; color: var(--soft); overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; margin: 0.8rem 0; } dt { color: var(--soft); } dd { margin: 0; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.8rem 1rem; margin: 0.8rem 0; }
.entities { overflow-wrap: anywhere; margin: 0.6rem 0; }
.entity { color: #000; padding: 0.25em 0.4em; margin: 0 0.15em; line-height: 1; border-radius: 0.35em;
  -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.entity.central { outline: 2px solid var(--text); }
.label { font-size: 0.65em; font-weight: bold; margin-inline-start: 0.5em; vertical-align: middle; }
table { border-collapse: collapse; width: 100%; margin-top: 0.6rem; font-size: 0.9rem; }
th { text-align: start; font-weight: normal; color: var(--soft); } td, th { border-top: 1px solid var(--line); padding: 0.2rem 0.8rem 0.2rem 0; }
meter { width: 5rem; } .swatch { border-radius: 0.2em; color: #000; padding: 0 0.4em; }
"""


def write_page(explanation: Explanation) -> str:
    """The explanation as a whole HTML document; light or dark as the reader's system is."""
    parts = [
        f'<p class="kind">{_text(explanation.kind)}</p>',
        f"<h1>{_text(explanation.name)}</h1>",
        _pairs([("id", explanation.id), *explanation.about]),
        *(f'<p class="soft">{_text(note)}</p>' for note in explanation.notes),
        *map(_drawn, explanation.passages),
    ]
    papers = {value for _, value in explanation.about}
    for section in explanation.sections:
        parts.extend(_section(section, papers, explanation.kind == "Paper"))
    parts.append("<p>" + " ".join(f'<span class="swatch" style="background: {colour}">{label}</span>' for label, colour in COLOURS.items()) + "</p>")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n<meta name="viewport" content="width=device-width"/>\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
        f"<title>{_escaped(explanation.name)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
    )


def _section(section: Section, papers: set[str], one_paper: bool) -> Iterator[str]:
    if section.title:
        yield f"<h2>{_text(section.title)}</h2>"
    for fact in section.facts:
        yield "<article>"
        if section.title:
            yield f"<h3>{_text(fact.name)}</h3>"
            paper = "" if one_paper or fact.paper in papers else _text(fact.paper) + " "
            yield f'<p class="soft">{paper}<code>{_text(fact.id)}</code></p>'
        yield from _fact(fact)
        yield "</article>"
    if section.more:
        yield f'<p class="soft">… and {section.more:,} more: <code>kg query about</code> lists all</p>'


def _fact(fact: Fact) -> Iterator[str]:
    if fact.passage:
        yield _drawn(fact.passage)
    support = [("stated by", f"{fact.support} {'paper' if fact.support == 1 else 'papers'}")] if fact.support is not None else []
    yield _pairs([*fact.number, ("confidence", f"{fact.confidence:g}"), *support])
    if fact.links:
        yield "<table><tr><th>link</th><th>entity</th><th>type</th><th>confidence</th><th>in the sentence</th><th>node</th></tr>"
        for link in fact.links:
            swatch = f'<span class="swatch" style="background: {COLOURS[link.type]}">{_text(link.type)}</span>'
            meter = f'<meter value="{link.confidence:g}"></meter> {link.confidence:g}'
            cells = (_text(link.role), _text(link.name), swatch, meter, "yes" if link.here else "no", f"<code>{_text(link.node)}</code>")
            yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        yield "</table>"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in pairs) + "</dl>"


def _drawn(passage: Passage) -> str:
    """The passage as displaCy draws entities, in the direction of its own first letter."""
    from spacy import displacy

    text = _UNWRITABLE.sub("\ufffd", passage.text).replace("\n", " ")  # one for one: the marks' places stay
    ents = [{"start": m.start, "end": m.end, "label": m.label, "params": {"central": " central" if m.central else ""}} for m in passage.marks]
    manual = {"text": text, "ents": ents, "settings": {"direction": _direction(text), "lang": "en"}}
    drawn: str = displacy.render(manual, style="ent", manual=True, jupyter=False, options={"colors": COLOURS, "template": _MARK})
    return drawn


def _direction(text: str) -> str:
    """That of the first letter which has one (Unicode Bidirectional Algorithm, rule P2)."""
    return next(("ltr" if kind == "L" else "rtl" for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "ltr")


def _text(text: str) -> str:
    return f"<bdi>{_escaped(text)}</bdi>"


def _escaped(text: str) -> str:
    return escape(_UNWRITABLE.sub("\ufffd", text))
