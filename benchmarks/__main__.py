"""Speed and memory of extraction beside the bare runtime, and quality on annotated sets of others.

Every speed is printed beside a limit measured in the same run, interleaved with it: machines are noisy, ratios less so.
"""

from __future__ import annotations

from pathlib import Path

import click

from kg import examples


@click.group()
def main() -> None:
    """Measure claimgraph on this machine."""


@main.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), multiple=True, help="Files of abstracts.  [default: the bundled examples]")
@click.option("--limit", type=int, default=2000, show_default=True, help="Abstracts to read.")
@click.option("--workers", type=int, help="Processes.  [default: all cores]")
@click.option("--rounds", type=int, default=3, show_default=True)
def speed(data: tuple[Path, ...], limit: int, workers: int | None, rounds: int) -> None:
    """Throughput of extraction as a share of a bare onnxruntime loop over the same batches on the same cores."""
    from benchmarks.throughput import compare, papers
    from kg.extractor.workers import cores

    compare(papers(data or (examples.path(),), limit), workers or cores(), rounds)


@main.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), multiple=True, help="Files of abstracts.  [default: the bundled examples]")
@click.option("--limit", type=int, default=200, show_default=True, help="Abstracts to read.")
@click.option("--rounds", type=int, default=3, show_default=True)
def heads(data: tuple[Path, ...], limit: int, rounds: int) -> None:
    """What relations and results cost beside the tags alone."""
    from benchmarks.throughput import compare_heads, papers

    compare_heads(papers(data or (examples.path(),), limit), rounds)


@main.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), multiple=True, help="Files of abstracts.  [default: the bundled examples, repeated]")
@click.option("--papers", type=int, default=20_000, show_default=True, help="Abstracts to compare with the first 1,000 of them.")
@click.option("--workers", type=int, help="Processes.  [default: all cores]")
def memory(data: tuple[Path, ...], papers: int, workers: int | None) -> None:
    """Peak resident memory of the processes of `kg extract` at 1,000 and at more abstracts, and the ratio of the two."""
    from benchmarks.memory import compare
    from kg.extractor.workers import cores

    compare(data or (examples.path(),), papers, workers or cores())


@main.command()
def startup() -> None:
    """Seconds of `kg --help` beside a bare interpreter and `import click`."""
    from benchmarks.startup import compare

    compare()


@main.command()
@click.argument("sets", nargs=-1, type=click.Choice(["scier", "tdmsci", "measeval"]))
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True, help="Folder with scier/, tdmsci/ and measeval/.")
@click.option("--limit", type=click.IntRange(min=1), help="Records of each file to read.  [default: all]")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures to this file too.")
def external(sets: tuple[str, ...], data: Path, limit: int | None, json_file: Path | None) -> None:
    """SciER, TDMSci and MeasEval, never trained on: our figures beside the published ones. Names of SETS restrict it."""
    from benchmarks.external import compare
    from kg.errors import KGError

    try:
        compare(sets or ("scier", "tdmsci", "measeval"), data, limit, json_file)
    except KGError as err:
        raise click.ClickException(str(err)) from err


if __name__ == "__main__":
    main()
