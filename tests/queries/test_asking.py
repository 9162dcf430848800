"""What a question may be given, how names are found, and what one's own query may hold."""

from __future__ import annotations

import io
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from documents import DOCUMENTS

from kg.assembly import assemble
from kg.errors import InputError, QueryError, UnknownName
from kg.graph import Graph, write_graph
from kg.queries import ask, questions, read_question
from kg.queries.lookup import find
from kg.queries.screens import screen_cypher, screen_sparql
from kg.resolve.concepts import resolve
from kg.stores.oxigraph import OxigraphStore


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = tmp_path_factory.mktemp("asked")
    write_graph(*assemble(DOCUMENTS, resolve(DOCUMENTS)), folder)
    return Graph.open(folder)


# the named questions


def test_there_are_at_least_fourteen_and_each_says_what_it_asks() -> None:
    assert len(questions()) >= 14
    for question in questions().values():
        assert question.question.splitlines()[0].endswith("?")
        assert all(parameter.meaning for parameter in question.parameters)
        assert len(set(question.columns)) == len(question.columns)


def test_speedups_come_with_hardware_and_baseline(graph: Graph) -> None:
    answer = ask(graph, "speedups", {"min": "2"})
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    trident = next(row for row in rows if row["method"] == "Trident")
    assert (trident["value"], trident["bound"], trident["baseline"]) == (2.31, "up_to", "EagleEye")
    assert str(trident["hardware"]).startswith("A100")
    assert trident["quote"] == "reaches up to 2.31× speedup over EagleEye"
    assert [row["value"] for row in rows] == sorted((row["value"] for row in rows), reverse=True)
    assert ask(graph, "speedups", {"min": "2.31"}).rows
    assert not [row for row in ask(graph, "speedups", {"min": "2.311"}).rows if row[0] == 2.31]


def test_a_limit_holds(graph: Graph) -> None:
    everything = ask(graph, "names", {"limit": "1000"}).rows
    assert ask(graph, "names", {"limit": "2"}).rows == everything[:2]
    assert ask(graph, "names", {"limit": "0"}).rows == []


def test_a_question_may_be_written_with_blanks(graph: Graph) -> None:
    assert ask(graph, "methods by hardware") == ask(graph, "methods-by-hardware")


def test_an_unknown_question_gets_near_ones(graph: Graph) -> None:
    with pytest.raises(QueryError, match="methods-by-hardware"):
        ask(graph, "method-by-hardware")
    with pytest.raises(QueryError, match="kg queries"):
        ask(graph, "zzz")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"mni": "2"}, "unknown parameter 'mni' .did you mean 'min'.*speedups takes min .number, default 1.*hardware"),
        ({"min": "fast"}, "min is 'fast', not a number.*speedups takes"),
        ({"min": "nan"}, "not a number"),
        ({"min": "1e999"}, "not a number"),
        ({"min": "9" * 200}, "not a number"),
    ],
)
def test_a_wrong_parameter_says_what_the_question_takes(graph: Graph, params: dict[str, str], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        ask(graph, "speedups", params)


def test_other_wrong_parameters(graph: Graph) -> None:
    with pytest.raises(QueryError, match=r"parameter 'method' is missing.*results-of-method takes method"):
        ask(graph, "results-of-method", {"method": "  "})
    with pytest.raises(QueryError, match="not a whole number"):
        ask(graph, "names", {"limit": "2.5"})
    with pytest.raises(QueryError, match="not a whole number"):
        ask(graph, "names", {"limit": "-1"})
    with pytest.raises(QueryError, match="type is 'Banana', not one of Method, Task"):
        ask(graph, "names", {"type": "Banana"})
    assert ask(graph, "names", {"type": "hardware"}).rows == ask(graph, "names", {"type": "Hardware"}).rows


# names


@pytest.mark.parametrize("text", ["trident", "TRIDENT", "  Trident ", "Method:trident", "method: TRIDENT"])
def test_names_are_found_whatever_their_case(graph: Graph, text: str) -> None:
    assert find(OxigraphStore(graph), text, ("Method",)).name == "Trident"


def test_names_are_found_by_plural_hyphen_and_alias(graph: Graph) -> None:
    store = OxigraphStore(graph)
    assert find(store, "llms", ("Method",)).id == find(store, "Large-Language Model", ("Method",)).id == find(store, "LLMS", ("Method",)).id
    assert find(store, "a100", ("Hardware",)).id == find(store, "A100 GPUs", ("Hardware",)).id or find(store, "a100", ("Hardware",)).name == "A100"


def test_a_paper_is_found_by_its_id_and_by_its_title(graph: Graph) -> None:
    store = OxigraphStore(graph)
    assert find(store, "2401.00002", ("Paper",)).id == find(store, "patchpal REPAIRS programs", ("Paper",)).id


def test_a_name_of_several_concepts_is_told_and_a_type_chooses(graph: Graph) -> None:
    answer = ask(graph, "about", {"name": "transformer"})
    assert len(answer.notes) == 1
    assert "Hardware:transformer" in answer.notes[0]
    assert "Write the type before the name" in answer.notes[0]
    chosen = ask(graph, "about", {"name": "Hardware:transformer"})
    assert chosen.notes == ()
    assert chosen.rows != answer.rows


def test_one_acronym_of_two_methods_is_told(graph: Graph) -> None:
    answer = ask(graph, "results-of-method", {"method": "SAM"})
    if answer.notes:  # resolution may leave a third, ambiguous concept of that name
        assert "Segment Anything Model" in answer.notes[0] or "Sharpness" in answer.notes[0]
    assert ask(graph, "results-of-method", {"method": "segment anything model"}).rows


@pytest.mark.parametrize(
    ("typed", "near"),
    [("tridant", "Trident"), ("Tri\udcffdent", "Trident"), ("Patch", "PatchPal"), ("Eye", "EagleEye"), ("Segmnt Anything", "Segment Anything Model")],
)
def test_an_unknown_name_gets_near_ones(graph: Graph, typed: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        ask(graph, "results-of-method", {"method": typed})
    assert near in caught.value.near
    assert len(caught.value.near) <= 5
    assert near in str(caught.value)


def test_near_names_are_of_the_type_that_is_asked_for(graph: Graph) -> None:
    with pytest.raises(UnknownName) as caught:
        ask(graph, "methods-by-hardware", {"hardware": "Trident"})
    assert "Trident" not in caught.value.near
    with pytest.raises(UnknownName, match="no paper is called"):
        ask(graph, "paper", {"paper": "2401.99999"})


# one's own queries


def test_ones_own_sparql(graph: Graph) -> None:
    answer = ask(graph, "SELECT ?value ?least WHERE { ?r kg:value ?value FILTER(?value >= ?least) } ORDER BY ?value", {"least": "90"})
    assert answer.columns == ("value", "least")
    assert [row[0] for row in answer.rows] == [92.3, 12800.0]
    assert ask(graph, "ASK { ?s a kg:Paper }").rows == [(True,)]
    assert ask(graph, "CONSTRUCT { ?s kg:x ?l } WHERE { ?s a kg:Paper ; rdfs:label ?l }").columns == ("subject", "predicate", "object")
    text = "SELECT ?name ?m WHERE { ?m rdfs:label ?name FILTER(?name = ?wanted) }".replace("?m WHERE", "?wanted WHERE")
    assert ask(graph, text, {"wanted": '" } DROP ALL #'}).rows == []
    assert ask(graph, text, {"wanted": "Trident"}).rows == [("Trident", "Trident")]


def test_ones_own_sparql_that_is_wrong(graph: Graph) -> None:
    with pytest.raises(QueryError, match="malformed"):
        ask(graph, "SELECT * WHERE {")
    with pytest.raises(QueryError, match=r"no \?x.*has \?s"):
        ask(graph, "SELECT ?s WHERE { ?s a kg:Paper }", {"x": "1"})
    with pytest.raises(QueryError, match="must stand in SELECT"):
        ask(graph, "SELECT ?s WHERE { ?s kg:value ?v }", {"v": "1"})


@pytest.mark.parametrize("verb", ["INSERT DATA", "delete where", "PREFIX insert: <http://x/> DELETE DATA", "CLEAR", "LOAD <http://127.0.0.1:9/> ; "])
def test_updates_are_refused(graph: Graph, verb: str) -> None:
    with pytest.raises(QueryError, match="changes the graph"):
        ask(graph, verb + " { <a:a> <a:b> <a:c> }")


SERVICES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { serVice SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p true SERVICE<URL>{ ?s ?p ?o } }",
    'SELECT * { ?s ?p "a" SERVICE <URL> { ?s ?p ?o } }',
    "SELECT * { ?s ?p '''a'b''' SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { # comment\n SERVICE # another\n <URL> { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { ?s ?p x:a\\# . SERVICE <URL> { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { ?s ?p x:a\\' . SERVICE <URL> { ?s ?p ?o }  # '\n }",
    "BASE <URL> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE :a { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE: { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?u) SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { ?a ?b ?c FILTER(?a<?b && ?c>?b) SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT <URL> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("text", SERVICES)
def test_no_query_reaches_another_server(graph: Graph, text: str) -> None:
    hits = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(QueryError):
                ask(graph, text.replace("URL", f"http://127.0.0.1:{server.server_port}/"))
        finally:
            server.shutdown()
            thread.join()
    assert hits == []


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?service WHERE { ?service ?p "SERVICE" }',
        "SELECT * { ?s <http://x/SERVICE> ?o } # SERVICE",
        "SELECT * { ?s kg:service ?o , 'SERVICE' }",
    ],
)
def test_the_word_service_may_stand_where_it_is_none(text: str) -> None:
    assert screen_sparql(text)


WRITES = [
    "CREATE (n)",
    "match (n) set n.x = 1",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n) WHERE n.v > 1.SET n.x = 2",
    "MERGE (n:X {id: 1})",
    "MATCH (n)/* */REMOVE/* */n.x",
    "FOREACH (i IN [1] | CREATE (n))",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "CALL { CREATE (n) } RETURN 1",
    "CALL apoc.cypher.doIt('x', {})",
    "CALL  db . create . something()",
    "CALL `db`.labels()",
    "\\u0053ET n.x = 1 RETURN 1",
    "RETURN '\\u0027 SET n.x = 1 //'",
    "MATCH (n) RETURN 'a\\'' SET n.x = 1",
    "RETURN `a``b` SET n.x = 1",
    "DROP INDEX x",
    "EXPLAIN CREATE (n)",
    "START DATABASE x",
    "INSERT (n)",
]


@pytest.mark.parametrize("text", WRITES)
def test_cypher_that_may_write_is_refused(graph: Graph, text: str) -> None:
    with pytest.raises(QueryError, match=r"changes the database|may change the database"):
        ask(graph, text if " " in text else text + " ", language="cypher")


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n:Set {delete: 'SET'}) WHERE n.create = $x RETURN n.set AS `SET` // CREATE",
        "MATCH (a)-[r:MERGE|CREATE]->(b) RETURN r.start AS start",
        'MATCH (n) /* DELETE */ RETURN "DETACH DELETE n", {set: 1}',
        "CALL db.labels() YIELD label RETURN label",
        "CALL (n) { RETURN 1 AS x } RETURN x",
    ],
)
def test_cypher_that_reads_is_let_through(text: str) -> None:
    assert screen_cypher(text) == ({"x"} if "$x" in text else frozenset())


def test_parameters_of_ones_own_cypher_are_checked_before_a_server_starts(graph: Graph) -> None:
    with pytest.raises(QueryError, match=r"'x' is missing.*\$x"):
        ask(graph, "MATCH (n {id: $x}) RETURN n", language="cypher")
    with pytest.raises(QueryError, match=r"no \$y"):
        ask(graph, "MATCH (n) RETURN n", {"y": "1"}, language="cypher")


def test_a_question_is_read_from_its_name_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_question("names") == ("names", "sparql")
    assert read_question("names", "cypher") == ("names", "cypher")
    file = tmp_path / "mine.cypher"
    file.write_text("\ufeffRETURN 1", "utf-8")
    assert read_question(str(file)) == ("RETURN 1", "cypher")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"ASK {}")))
    assert read_question("-") == ("ASK {}", "sparql")
    with pytest.raises(InputError, match="cannot be read"):
        read_question(str(tmp_path / "none.rq"))
    (tmp_path / "bad.rq").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_question(str(tmp_path / "bad.rq"))
    (tmp_path / "empty.rq").write_text(" \n")
    with pytest.raises(QueryError, match="holds no query"):
        read_question(str(tmp_path / "empty.rq"))
