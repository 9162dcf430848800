"""The command `kg`: parses, calls, prints. Everything else is imported when a command runs, so that `kg --help` is quick."""

from __future__ import annotations

import functools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import KGError

if TYPE_CHECKING:
    from kg.sources import Fields, Skipped
    from kg.stores import Language

SHOWN = 10
"""Skipped records named in a summary; all are counted."""


def _told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn errors that a user can act on into one line and an exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KGError as err:
            click.echo(f"kg: {err}", err=True)
            sys.exit(err.exit_code)
        except BrokenPipeError:
            sys.stderr.close()  # whoever read our output has seen enough
            sys.exit(0)

    return run


def _reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that reads papers."""
    for option in reversed(
        [
            click.option("--id-field", help="Field of a JSON or CSV record that holds its id."),
            click.option("--title-field", help="Field that holds the title."),
            click.option("--text-field", help="Field that holds the abstract."),
            click.option("--workers", type=click.IntRange(1), help="Processes to extract with.  [default: all cores]"),
            click.option("--strict", is_flag=True, help="Exit with 1 where a record was skipped."),
        ]
    ):
        command = option(command)
    return command


_graph = click.option("--graph", "folder", type=click.Path(path_type=Path), default=Path("graph"), show_default=True, help="The graph folder.")


class _Confidence(click.FloatRange):
    """A number from 0 to 1; NaN, which lies below no bound of click's and above none, is refused too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = super().convert(value, param, ctx)
        return number if number == number else self.fail("nan is no confidence.", param, ctx)


_CONFIDENCE = _Confidence(0, 1)
_inputs = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="claimgraph", prog_name="kg")
def main() -> None:
    """A graph of what paper abstracts claim: methods, tasks, datasets, metrics, hardware and reported numbers, each with its sentence."""


@main.command()
@_inputs
@click.option("-o", "--output", default="-", show_default=True, help="The claims file; - is standard output.")
@click.option("--min-confidence", type=_CONFIDENCE, default=0, help="Write only claims of at least this confidence.")
@_reading
@_told
def extract(inputs: tuple[str, ...], output: str, min_confidence: float, workers: int | None, strict: bool, **fields: str | None) -> None:
    """Read abstracts and write what each states, one JSON document a line.

    INPUT is a file of abstracts (one a line, a saved page of daily papers, JSON Lines, JSON or CSV: told by the content), or - for
    standard input.
    """
    from kg.api import extract as run
    from kg.files import writing

    skipped: list[Skipped] = []
    counts: Counter[str] = Counter()
    began = time.monotonic()
    with writing(output) as out, _progress() as tell:
        found = run(inputs, workers=workers or _cores(), fields=_fields(fields), skipped=skipped.append, min_confidence=min_confidence)
        for document in found:
            out.write(document.to_json().encode() + b"\n")
            counts.update(papers=1, entities=len(document.entities), relations=len(document.relations), results=len(document.results))
            tell("papers", counts["papers"])
    _summary([_counted(counts[name], name) for name in ("papers", "entities", "relations", "results")], time.monotonic() - began, skipped)
    sys.exit(1 if strict and skipped else 0)


@main.command()
@_inputs
@_graph
@click.option("--cypher", is_flag=True, help="Make the embedded Cypher database now; else the first Cypher question makes it.")
@click.option("--min-confidence", type=_CONFIDENCE, help="Make the graph of claims of at least this confidence.  [default: as it was built before, or 0]")
@_reading
@_told
def build(inputs: tuple[str, ...], folder: Path, cypher: bool, min_confidence: float | None, workers: int | None, strict: bool, **fields: str | None) -> None:
    """Extract abstracts into a graph folder, or add to the one that is there.

    INPUT is what `kg extract` takes, or a claims file. Papers already read are not read again; a build that was killed carries on. With
    --min-confidence, claims.jsonl in the folder still keeps every claim, so that the graph can be made again with another.
    """
    from kg.building import build as run

    began = time.monotonic()
    with _progress() as tell:
        built = run(inputs, folder, fields=_fields(fields), workers=workers or _cores(), min_confidence=min_confidence, cypher=cypher, progress=tell)
    labels, types = built.graph.manifest["labels"], built.graph.manifest["types"]
    counts = [
        _counted(labels["Paper"], "papers"),
        f"{built.read:,} read now",
        _counted(sum(n for label, n in labels.items() if label not in ("Paper", "Result")), "concepts"),
        _counted(labels["Result"], "results"),
        _counted(sum(types.values()), "edges"),
    ]
    _summary(counts, time.monotonic() - began, built.skipped)
    least = built.graph.manifest["min_confidence"]
    click.echo(f"{folder}: build {built.graph.build[:12]}" + (f", of claims of confidence {least:g} or more" if least else ""), err=True)
    sys.exit(1 if strict and built.skipped else 0)


@main.command()
@click.argument("question")
@_graph
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the question; names are found whatever their case.")
@click.option("--min-confidence", type=_CONFIDENCE, help="Count and show only claims of at least this confidence: --param min_confidence=….")
@click.option("--lang", type=click.Choice(["sparql", "cypher"]), help="Language to ask in.  [default: sparql, or a query file's suffix]")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv", "markdown"]), default="table", show_default=True)
@_told
def query(question: str, folder: Path, params: tuple[str, ...], min_confidence: float | None, lang: Language | None, form: str) -> None:
    """Answer a named question (see `kg queries`), a query in a file, or one on standard input (-)."""
    from kg.graph import Graph
    from kg.queries import ask, read_question
    from kg.table import write

    text, language = read_question(question, lang)
    if min_confidence is not None:
        params = (*params, f"min_confidence={min_confidence}")
    answer = ask(Graph.open(folder), text, _parameters(params), language)
    for note in answer.notes:
        click.echo(f"note: {note}", err=True)
    write(answer.columns, answer.rows, sys.stdout, form)
    if not answer.rows and form == "table":
        click.echo("no rows", err=True)


@main.command()
@click.option("--format", "form", type=click.Choice(["table", "json", "csv", "markdown"]), default="table", show_default=True)
@_told
def queries(form: str) -> None:
    """List the named questions with their parameters."""
    from kg.queries import questions
    from kg.table import write

    if form == "table":
        for q in questions().values():
            click.echo(click.style(q.name, bold=True))
            click.echo("    " + q.question.replace("\n", "\n    "))
            for parameter in q.parameters:
                click.echo(f"    --param {parameter}")
        return
    rows = [(q.name, q.question, "; ".join(map(str, q.parameters))) for q in questions().values()]
    write(("name", "question", "parameters"), rows, sys.stdout, form)


@main.command("eval")
@click.argument("gold", metavar="GOLD")
@click.argument("claims", metavar="CLAIMS")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
@click.option("--worst", type=click.IntRange(0), default=5, show_default=True, help="How many of the worst documents to show.")
@_told
def evaluate(gold: str, claims: str, form: str, worst: int) -> None:
    """Compare a claims file with gold annotations: scores with 95 % intervals, calibration, the worst documents.

    GOLD is a file of annotations or a corrected claims file, CLAIMS what `kg extract` wrote (- is standard input). See the README for their form.
    """
    import json

    from kg.evaluation import evaluate as run
    from kg.evaluation.report import record, tables
    from kg.table import printable, write

    found = run(gold, claims)
    if found.missing:
        more = f" … and {len(found.missing) - SHOWN} more" if len(found.missing) > SHOWN else ""
        named = ", ".join(map(printable, found.missing[:SHOWN]))
        click.echo(f"note: {len(found.missing)} documents of {gold} are not in {claims} and count as empty: {named}{more}", err=True)
    if found.ignored:
        click.echo(f"note: {found.ignored} documents of {claims} are not in {gold} and are ignored", err=True)
    if form == "json":
        click.echo(json.dumps(record(found, worst), indent=1))
        return
    for number, table in enumerate(tables(found, worst)):
        click.echo("\n" * (number > 0) + (f"### {table.title}\n" if form == "markdown" else click.style(table.title, bold=True)))
        write(table.columns, table.rows, sys.stdout, form)


@main.command()
@click.argument("id")
@_graph
@click.option("--html", metavar="FILE", help="Write a web page instead; - is standard output.")
@_told
def explain(id: str, folder: Path, html: str | None) -> None:
    """Show why a fact stands: its sentence with what was found in it, the number as it was read, the links and their confidence.

    ID is that of a node or a claim or the beginning of one, PAPER (a paper's own key), PAPER#r1 or PAPER#e1 (a result or an entity of
    it), or a name.
    """
    from kg.explain import explain as run
    from kg.graph import Graph

    explanation = run(Graph.open(folder), id)
    for note in explanation.notes:
        click.echo(f"note: {note}", err=True)
    if html is not None:
        from kg.explain.page import write_page
        from kg.files import writing

        with writing(html) as out:
            out.write(write_page(explanation).encode())
        return
    import os
    import shutil

    from kg.explain.terminal import write_text

    terminal = sys.stdout.isatty()
    text = write_text(explanation, colour=terminal and not os.environ.get("NO_COLOR"), width=shutil.get_terminal_size().columns if terminal else None)
    click.echo(text, nl=False)


@main.command()
@_graph
@click.option("--format", "form", required=True, metavar="FORMAT", help="ttl, nt, nq, trig, jsonld (RDF), graphml, csv or json.")
@click.option("-o", "--output", default="-", show_default=True, help="The file; - is standard output.")
@_told
def export(folder: Path, form: str, output: str) -> None:
    """Write the graph to one file."""
    from kg.export import export as run
    from kg.graph import Graph

    run(Graph.open(folder), form, output)


@main.group()
def load() -> None:
    """Load the graph into a database."""


@load.command()
@_graph
@click.option("--uri", envvar="NEO4J_URI", required=True, help="bolt://host:port or neo4j://host:port.  [env: NEO4J_URI]")
@click.option("--user", envvar="NEO4J_USER", default="neo4j", show_default=True)
@click.option("--password-file", type=click.File(), help="File that holds the password; else NEO4J_PASSWORD, else a prompt.")
@click.option("--database", help="Database of the server.  [default: the user's]")
@_told
def neo4j(folder: Path, uri: str, user: str, password_file: Any, database: str | None) -> None:
    """Load the graph into a Neo4j server; loading again changes only what is new."""
    from kg.graph import Graph
    from kg.stores.neo4j import load_neo4j

    graph = Graph.open(folder)
    with _progress() as tell:
        done = load_neo4j(graph, uri, user, _password(password_file), database, progress=lambda rows: tell("rows", rows))
    for line in done.refused[:SHOWN]:
        click.echo(f"refused: {line}", err=True)
    click.echo(
        f"{_counted(done.nodes, 'nodes')} and {_counted(done.edges, 'edges')} sent in {done.seconds:.1f} s: {_counted(done.nodes_created, 'nodes')} and "
        f"{_counted(done.relationships_created, 'edges')} created, {_counted(done.properties_set, 'properties')} set, {len(done.refused)} refused"
    )
    sys.exit(1 if done.refused else 0)


def _password(file: Any) -> str:
    import os

    if file is not None:
        return str(file.read()).rstrip("\r\n")
    return os.environ.get("NEO4J_PASSWORD") or str(click.prompt("Password", hide_input=True))


def _fields(given: Mapping[str, str | None]) -> Fields:
    from kg.sources import Fields

    return Fields(given["id_field"], given["title_field"], given["text_field"])


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    out = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"{one!r} is not NAME=VALUE", param_hint="--param")
        out[name.strip()] = value
    return out


def _cores() -> int:
    from kg.extractor.workers import cores

    return cores()


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A bar on a terminal with what is done and how fast; nothing in a pipe."""
    from tqdm import tqdm

    with tqdm(file=sys.stderr, disable=not sys.stderr.isatty(), unit=" papers", dynamic_ncols=True, leave=False) as bar:

        def tell(step: str, done: int) -> None:
            if done:
                bar.unit = f" {step}"
                bar.update(done - bar.n)
            else:
                bar.set_description(step)

        yield tell


def _counted(n: int, nouns: str) -> str:
    """`2 papers`, and `1 paper`."""
    if n == 1:
        nouns = nouns.removesuffix("ies") + "y" if nouns.endswith("ies") else nouns.removesuffix("s")
    return f"{n:,} {nouns}"


def _summary(counts: list[str], seconds: float, skipped: list[Skipped]) -> None:
    """What was done, on standard error: standard output is for answers."""
    for one in skipped[:SHOWN]:
        click.echo(f"skipped {one}", err=True)
    if len(skipped) > SHOWN:
        click.echo(f"… and {len(skipped) - SHOWN} more", err=True)
    reasons = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(one.kind for one in skipped).items()))
    click.echo(", ".join([*counts, f"{seconds:.1f} s"]) + (f"; skipped {len(skipped)}: {reasons}" if skipped else "; none skipped"), err=True)
