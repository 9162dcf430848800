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
_inputs = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="claimgraph", prog_name="kg")
def main() -> None:
    """A graph of what paper abstracts claim: methods, tasks, datasets, metrics, hardware and reported numbers, each with its sentence."""


@main.command()
@_inputs
@click.option("-o", "--output", default="-", show_default=True, help="The claims file; - is standard output.")
@_reading
@_told
def extract(inputs: tuple[str, ...], output: str, workers: int | None, strict: bool, **fields: str | None) -> None:
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
        for document in run(inputs, workers=workers or _cores(), fields=_fields(fields), skipped=skipped.append):
            out.write(document.to_json().encode() + b"\n")
            counts.update(papers=1, entities=len(document.entities), relations=len(document.relations), results=len(document.results))
            tell("papers", counts["papers"])
    _summary({name: counts[name] for name in ("papers", "entities", "relations", "results")}, time.monotonic() - began, skipped)
    sys.exit(1 if strict and skipped else 0)


@main.command()
@_inputs
@_graph
@click.option("--cypher", is_flag=True, help="Make the embedded Cypher database now; else the first Cypher question makes it.")
@_reading
@_told
def build(inputs: tuple[str, ...], folder: Path, cypher: bool, workers: int | None, strict: bool, **fields: str | None) -> None:
    """Extract abstracts into a graph folder, or add to the one that is there.

    INPUT is what `kg extract` takes, or a claims file. Papers already read are not read again; a build that was killed carries on.
    """
    from kg.building import build as run

    began = time.monotonic()
    with _progress() as tell:
        built = run(inputs, folder, fields=_fields(fields), workers=workers or _cores(), cypher=cypher, progress=tell)
    labels, types = built.graph.manifest["labels"], built.graph.manifest["types"]
    counts = {
        "papers": labels["Paper"],
        "read now": built.read,
        "concepts": sum(n for label, n in labels.items() if label not in ("Paper", "Result")),
        "results": labels["Result"],
        "edges": sum(types.values()),
    }
    _summary(counts, time.monotonic() - began, built.skipped)
    click.echo(f"{folder}: build {built.graph.build[:12]}", err=True)
    sys.exit(1 if strict and built.skipped else 0)


@main.command()
@click.argument("question")
@_graph
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the question; names are found whatever their case.")
@click.option("--lang", type=click.Choice(["sparql", "cypher"]), help="Language to ask in.  [default: sparql, or a query file's suffix]")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv", "markdown"]), default="table", show_default=True)
@_told
def query(question: str, folder: Path, params: tuple[str, ...], lang: Language | None, form: str) -> None:
    """Answer a named question (see `kg queries`), a query in a file, or one on standard input (-)."""
    from kg.graph import Graph
    from kg.queries import ask, read_question
    from kg.table import write

    text, language = read_question(question, lang)
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
        f"{done.nodes} nodes and {done.edges} edges sent in {done.seconds:.1f} s: {done.nodes_created} nodes and {done.relationships_created} edges created, "
        f"{done.properties_set} properties set, {len(done.refused)} refused"
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


def _summary(counts: Mapping[str, int], seconds: float, skipped: list[Skipped]) -> None:
    """What was done, on standard error: standard output is for answers."""
    for one in skipped[:SHOWN]:
        click.echo(f"skipped {one}", err=True)
    if len(skipped) > SHOWN:
        click.echo(f"… and {len(skipped) - SHOWN} more", err=True)
    parts = [f"{n:,} {name}" for name, n in counts.items()] + [f"{seconds:.1f} s"]
    reasons = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(one.kind for one in skipped).items()))
    click.echo(", ".join(parts) + (f"; skipped {len(skipped)}: {reasons}" if skipped else "; none skipped"), err=True)
