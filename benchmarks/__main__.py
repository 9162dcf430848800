"""Speed and memory of extraction beside the bare runtime, and quality against a gold file.

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
@click.option("--sizes", default="1000,20000", show_default=True, help="Numbers of abstracts to compare.")
@click.option("--workers", type=int, help="Processes.  [default: all cores]")
def memory(data: tuple[Path, ...], sizes: str, workers: int | None) -> None:
    """Peak resident memory of each process, for several numbers of abstracts."""
    from benchmarks.memory import compare
    from kg.extractor.workers import cores

    compare(data or (examples.path(),), [int(n) for n in sizes.split(",")], workers or cores())


@main.command()
def startup() -> None:
    """Seconds of `kg --help` beside a bare interpreter and `import click`."""
    from benchmarks.startup import compare

    compare()


if __name__ == "__main__":
    main()
