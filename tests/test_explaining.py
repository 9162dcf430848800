"""Why a fact stands: whatever kind of id is given, its sentence is shown with what was found in it, on a terminal, in a pipe and as a page."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from click.testing import CliRunner
from documents import DOCUMENTS, HOSTILE, TRIDENT, document, entity

from kg.assembly import assemble
from kg.claims import Document
from kg.cli import main
from kg.errors import GraphError, QueryError, UnknownName
from kg.explain import Explanation, Fact, Passage, explain
from kg.explain.page import write_page
from kg.explain.terminal import write_text
from kg.export.rdf import write_rdf
from kg.graph import Graph, write_graph
from kg.resolve.concepts import resolve
from kg.vocabulary import ID

ARABIC = document(
    "arabic",
    "يقدّم هذا البحث نظام نبراس للترجمة الآلية على A100 بسرعة 3x.",
    [entity("e1", "Method", "نبراس", proposed=True), entity("e2", "Hardware", "A100"), entity("e3", "Metric", "بسرعة")],
    [("e1", "RUNS_ON", "e2", "نبراس للترجمة الآلية على A100")],
    [{"value": 3.0, "unit": "x", "kind": "ratio", "direction": "increase", "number": "3x", "evidence": "بسرعة 3x", "metric": "e3", "method": "e1"}],
)
NESTED = document(
    "nested",
    "Our $\\mathrm{CNN}_2$ net scores 91% in ImageNet top-5 accuracy.",
    [entity("e1", "Metric", "ImageNet top-5 accuracy"), entity("e2", "Dataset", "ImageNet"), entity("e3", "Method", "$\\mathrm{CNN}_2$ net")],
    [("e3", "EVALUATED_ON", "e2", "Our $\\mathrm{CNN}_2$ net scores 91% in ImageNet top-5 accuracy.")],
    [{"value": 91.0, "unit": "%", "kind": "absolute", "number": "91%", "evidence": "scores 91% in ImageNet top-5 accuracy", "metric": "e1", "method": "e3"}],
)
TWIN = document(
    "2401.00009",
    "Trident beats EagleEye in our hands too, unlike in juggling.",
    [entity("e1", "Method", "Trident"), entity("e2", "Method", "EagleEye"), entity("e3", "Task", "juggling", confidence=0.2)],
    [("e1", "OUTPERFORMS", "e2", "Trident beats EagleEye")],
    confidence=0.6,
)
ALL = (*DOCUMENTS, ARABIC, NESTED, TWIN)


def make(folder: Path, documents: tuple[Document, ...], min_confidence: float = 0.0) -> Graph:
    confident = [one.confident(min_confidence) for one in documents]
    write_graph(*assemble(confident, resolve(confident)), folder, min_confidence)
    lines = [one.to_json() for one in sorted(documents, key=lambda one: one.id)]
    (folder / "claims.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return Graph.open(folder)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return make(tmp_path_factory.mktemp("explained") / "graph", ALL)


def kg(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "kg", "explain", *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **environment})


def facts(explanation: Explanation, title: str) -> tuple[Fact, ...]:
    return next(section.facts for section in explanation.sections if section.title == title)


def marked(passage: Passage | None, central: bool = False) -> list[tuple[str, str]]:
    assert passage is not None
    return [(text, mark.label) for text, mark in passage.pieces() if mark and (mark.central or not central)]


# what an id may be


def test_every_node_and_every_claim_of_rdf_has_an_explanation_under_its_id(graph: Graph) -> None:
    rdf = io.BytesIO()
    write_rdf(graph, rdf, "nt")
    ids = {str(id) for id in re.findall(f"^<{ID}([^>]+)>", rdf.getvalue().decode(), re.MULTILINE)}
    assert {id.partition("-")[0] for id in ids} == {"paper", "method", "task", "dataset", "metric", "hardware", "result", "claim"}
    for id in sorted(ids):
        explanation = explain(graph, id)
        assert explanation.id == id
        assert explanation.name
        assert explanation.passages or explanation.sections, id


def test_a_result_has_its_sentence_its_number_and_its_links(graph: Graph) -> None:
    explanation = explain(graph, "2401.00001#r1")
    assert (explanation.kind, explanation.name) == ("Result", "up to 2.31× speedup")
    (fact,) = explanation.sections[0].facts
    assert fact.passage
    assert fact.passage.text == "reaches up to 2.31× speedup over EagleEye"
    assert marked(fact.passage) == [("2.31×", "Number"), ("speedup", "Metric"), ("EagleEye", "Method")]
    assert dict(fact.number) == {"as written": "2.31×", "value": "2.31", "unit": "x", "kind": "ratio", "direction": "increase", "bound": "up_to"}
    assert [(link.role, link.name, link.confidence, link.here) for link in fact.links] == [
        ("metric", "speedup", 0.9, True),
        ("method", "Trident", 0.97, False),
        ("baseline", "EagleEye", 0.9, True),
        ("task", "long sequence generation", 0.9, False),
        ("hardware", "A100", 0.9, False),
    ]
    assert all(explain(graph, link.node).kind == link.type for link in fact.links)
    assert explain(graph, explanation.id) == explanation


def test_the_normal_form_says_range_and_baseline(graph: Graph) -> None:
    assert dict(explain(graph, "2401.00002#r1").sections[0].facts[0].number)["value_high"] == "10"
    assert dict(explain(graph, "2401.00002#r2").sections[0].facts[0].number)["baseline_value"] == "74.4"


def test_a_claim_has_both_ends_marked_and_the_other_papers_that_state_it(graph: Graph) -> None:
    fact = next(fact for fact in facts(explain(graph, "Trident"), "relations") if fact.name == "Trident OUTPERFORMS EagleEye")
    assert fact.support == 3
    twin = next(one for one in facts(explain(graph, fact.id), "the same is stated by") if "2401.00009" in one.paper)
    explanation = explain(graph, twin.id)
    assert (explanation.id, explanation.kind, explanation.name) == (twin.id, "Claim", "Trident OUTPERFORMS EagleEye")
    (asked,), others = (section.facts for section in explanation.sections)
    assert marked(asked.passage, central=True) == [("Trident", "Method"), ("EagleEye", "Method")]
    assert [(link.role, link.name) for link in asked.links] == [("subject", "Trident"), ("object", "EagleEye")]
    assert (asked.confidence, [one.confidence for one in others]) == (0.6, [0.8, 0.8])
    assert len({one.paper for one in (asked, *others)}) == 3


def test_a_concept_has_who_proposes_it_its_relations_and_its_results(graph: Graph) -> None:
    explanation = explain(graph, "Trident")
    assert explanation.kind == "Method"
    assert ("named by", "4 papers") in explanation.about
    assert [section.title for section in explanation.sections] == ["proposed by", "relations", "results"]
    supports = [fact.support or 0 for fact in facts(explanation, "relations")]
    assert supports == sorted(supports, reverse=True)
    assert {fact.name for fact in facts(explanation, "results")} == {"up to 2.31× speedup", "−39% latency", "0.108 s/token latency"}


def test_a_concept_with_more_facts_than_are_shown_says_how_many(graph: Graph, tmp_path: Path) -> None:
    others = [f"Rival{number}" for number in range(14)]
    text = " ".join(f"Champion beats {name}." for name in others)
    entities = [entity("e0", "Method", "Champion"), *(entity(f"e{number + 1}", "Method", name) for number, name in enumerate(others))]
    relations = [("e0", "OUTPERFORMS", f"e{number + 1}", f"Champion beats {name}.") for number, name in enumerate(others)]
    many = make(tmp_path / "many", (document("many", text, entities, relations),))
    (section,) = explain(many, "champion").sections
    assert (len(section.facts), section.more) == (10, 4)
    assert "… and 4 more" in write_text(explain(many, "champion"))
    assert "… and 4 more" in write_page(explain(many, "champion"))


def test_a_concept_that_nothing_is_said_of_shows_where_it_is_named(graph: Graph) -> None:
    explanation = explain(graph, "juggling")
    assert not explanation.sections
    assert [marked(passage, central=True) for passage in explanation.passages] == [[("juggling", "Task")]]


def test_a_paper_has_its_whole_text_and_all_it_states(graph: Graph) -> None:
    explanation = explain(graph, "2401.00001")
    assert (explanation.kind, explanation.name) == ("Paper", TRIDENT.title)
    assert "\n".join(passage.text for passage in explanation.passages) == TRIDENT.text
    named = [mark for passage in explanation.passages for mark in marked(passage)]
    assert len(named) == sum(len(e.mentions) for e in TRIDENT.entities) + len(TRIDENT.results)
    assert len(facts(explanation, "results")) == len(TRIDENT.results)
    assert len(facts(explanation, "relations")) == len(TRIDENT.relations)


def test_an_entity_has_every_sentence_that_names_it_and_what_its_paper_states_of_it(graph: Graph) -> None:
    explanation = explain(graph, "2401.00001#e8")
    assert (explanation.id, explanation.kind, explanation.name) == ("2401.00001#e8", "Entity", "latency")
    assert all(("latency", "Metric") in marked(passage, central=True) for passage in explanation.passages)
    assert {fact.name for fact in facts(explanation, "results")} == {"−39% latency", "0.108 s/token latency"}


def test_an_id_may_be_an_iri_or_the_beginning_of_one(graph: Graph) -> None:
    whole = explain(graph, "2401.00001#r1").id
    assert explain(graph, ID + whole).id == whole
    assert explain(graph, f" kgid:{whole} ").id == whole
    assert explain(graph, whole[:-6]).id == whole


def test_the_beginning_of_several_ids_names_them(graph: Graph) -> None:
    ids = sorted(node.id for node in graph.nodes() if node.label == "Method")
    first = next(digit for digit in "0123456789abcdef" if sum(id.startswith(f"method-{digit}") for id in ids) > 1)
    with pytest.raises(QueryError, match=r"begins \d+ ids") as error:
        explain(graph, f"method-{first}")
    assert all(id in str(error.value) for id in [id for id in ids if id.startswith(f"method-{first}")][:8])


def test_a_name_is_found_whatever_its_case_and_another_meaning_is_noted(graph: Graph) -> None:
    assert explain(graph, "tRIDENT").id == explain(graph, "Method:Trident").id
    (note,) = explain(graph, "transformer").notes
    assert "it may also mean" in note


def test_an_unknown_name_gets_near_ones_and_an_unknown_id_says_so(graph: Graph) -> None:
    with pytest.raises(UnknownName, match="Trident"):
        explain(graph, "Tridnt")
    with pytest.raises(UnknownName):
        explain(graph, "\udcff")
    with pytest.raises(QueryError, match="no id begins with 'result-0000000000000000'"):
        explain(graph, "result-0000000000000000")
    with pytest.raises(QueryError, match=r"has no entity or result 'e77'.*e1, e2"):
        explain(graph, "2401.00001#e77")


def test_a_claim_that_is_not_sure_enough_for_the_graph_is_not_explained(tmp_path: Path) -> None:
    graph = make(tmp_path / "sure", ALL, 0.5)
    assert explain(graph, "2401.00009#e2").name == "EagleEye"
    with pytest.raises(QueryError, match=r"no entity or result 'e3' of at least confidence 0.5"):
        explain(graph, "2401.00009#e3")
    with pytest.raises(UnknownName):
        explain(graph, "juggling")


def test_claims_that_do_not_belong_to_the_graph_are_an_error_with_a_remedy(tmp_path: Path) -> None:
    graph = make(tmp_path / "torn", ALL)
    result = explain(graph, "2401.00001#r1").id
    claims = graph.folder / "claims.jsonl"
    lines = claims.read_text(encoding="utf-8").splitlines()
    claims.write_text("\n".join(line for line in lines if '"2401.00001"' not in line), encoding="utf-8")
    with pytest.raises(GraphError, match=r"holds no claims of the paper '2401.00001'.*kg build"):
        explain(graph, result)
    bare = TRIDENT.model_copy(update={"results": ()})
    claims.write_text(bare.to_json() + "\n", encoding="utf-8")
    with pytest.raises(GraphError, match=f"do not hold {result}"):
        explain(graph, result)


# how it is drawn


def test_where_mentions_overlap_the_inner_one_is_on_top_and_no_letter_is_lost(graph: Graph) -> None:
    explanation = explain(graph, "nested")
    (passage,) = explanation.passages
    assert "".join(text for text, _ in passage.pieces()) == passage.text == NESTED.text
    assert marked(passage) == [("$\\mathrm{CNN}_2$ net", "Method"), ("91%", "Number"), ("ImageNet", "Dataset"), (" top-5 accuracy", "Metric")]


def test_in_a_pipe_marks_are_brackets_and_there_is_no_escape(graph: Graph) -> None:
    run = kg("2401.00001#r1", "--graph", graph.folder)
    assert run.returncode == 0, run.stderr
    assert "reaches up to [2.31×|Number] [speedup|Metric] over [EagleEye|Method]" in run.stdout
    assert "\x1b" not in run.stdout


def on_terminal(graph: Graph, id: str, **environment: str) -> str:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "kg", "explain", id, "--graph", str(graph.folder)]
    base = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(command, stdout=follower, stderr=follower, env={**base, "COLUMNS": "60", **environment}):
        os.close(follower)
        shown = b""
        while True:
            try:
                block = os.read(leader, 4096)
            except OSError:  # the other end is closed
                break
            if not block:
                break
            shown += block
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_and_lines_of_its_width(graph: Graph) -> None:
    shown = on_terminal(graph, "2401.00001")
    assert "\x1b[31m2.31×\x1b[0m" in shown
    assert "|Number]" not in shown
    passages = re.sub(r"\x1b\[\d+m", "", shown).partition("proposes")[0].splitlines()[3:]
    assert max(map(len, passages)) <= 60
    assert "".join(passages).replace(" ", "").endswith("outperformsEagleEye.")


def test_no_color_is_obeyed(graph: Graph) -> None:
    shown = on_terminal(graph, "2401.00001#r1", NO_COLOR="1")
    assert "\x1b" not in shown
    assert "[2.31×|Number]" in shown


def test_a_text_cannot_move_the_cursor(graph: Graph) -> None:
    for colour in (False, True):
        text = re.sub(r"\x1b\[\d+m", "", write_text(explain(graph, HOSTILE.id), colour=colour))
        assert all(char == "\n" or char.isprintable() for char in text)


def test_the_page_is_well_formed_escaped_and_needs_nothing_else(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "why.html"
    run = CliRunner().invoke(main, ["explain", HOSTILE.id, "--graph", str(graph.folder), "--html", str(file)])
    assert (run.exit_code, run.output) == (0, "")
    page = file.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(" in page
    assert not re.search(r"(?:src|href)=|url\(|@import", page)
    shown = "".join(ElementTree.fromstring(page).itertext())
    assert "for O'Neil & Sons' retrieval" in shown
    assert "\\textbf{bold} names" in shown
    assert CliRunner().invoke(main, ["explain", HOSTILE.id, "--graph", str(graph.folder), "--html", "-"]).stdout == page


def test_the_page_marks_what_the_fact_is_about_in_the_colour_of_its_type(graph: Graph) -> None:
    page = ElementTree.fromstring(write_page(explain(graph, "2401.00001#r1")))
    marks = {mark[0].text: mark for mark in page.iter("mark")}
    assert list(marks) == ["2.31×", "speedup", "EagleEye"]
    assert all(mark.get("class") == "entity central" for mark in marks.values())
    assert len({mark.get("style") for mark in marks.values()}) == 3


def test_arabic_runs_from_right_to_left_and_english_does_not(graph: Graph) -> None:
    assert 'direction: rtl">' in write_page(explain(graph, "arabic"))
    assert 'direction: rtl">' not in write_page(explain(graph, "2401.00001"))
