"""`build`: inputs -> a graph folder, resumable at any point and the same bytes however often it is run.

    DIR/claims.jsonl    the record: one document a line, sorted by id
    DIR/journal.jsonl   documents read since claims.jsonl was written; gone when the build is done
    DIR/nodes.jsonl …   the graph (kg.graph), made from the confident part of claims.jsonl
    DIR/graph.stamp     what it was made from: hash of claims.jsonl (null until it is made), least confidence
    DIR/oxigraph/ …     the stores, made from the graph

Each step is skipped where its result is there: papers that the record or the journal holds are not read again; the graph is made again only
when claims.jsonl is not the one that it was made from, or the least confidence is another.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kg.claims import Document, Paper, read_claims
from kg.errors import ClaimsError, GraphError, GraphLocked, GraphVersion, OutputError
from kg.files import replacing
from kg.graph import FORMAT, Graph
from kg.locking import hold
from kg.sources import Fields, Report, Skipped, read_inputs
from kg.sources.duplicates import Ids

Progress = Callable[[str, int], None]
"""Told of what is counted and how much of it is done, and, with 0, of each step that begins."""


@dataclass
class Built:
    """What a build did.

    Attributes:
        graph: the finished graph.
        read: papers extracted in this run.
        known: papers that were there already.
        skipped: records that were not read, each with its reason.
    """

    graph: Graph
    read: int = 0
    known: int = 0
    skipped: list[Skipped] = field(default_factory=list)


def build(
    inputs: Sequence[str | Path],
    folder: str | Path = "graph",
    *,
    fields: Fields | None = None,
    workers: int = 1,
    min_confidence: float | None = None,
    cypher: bool = False,
    progress: Progress | None = None,
) -> Built:
    """Extract the inputs into a graph folder, join what is plainly the same, and load the SPARQL store.

    Adds to what the folder holds. Killed at any point, the next run carries on and ends with the same bytes.

    Args:
        inputs: files ("-" is standard input) of any format of `kg.sources`, or claims files.
        folder: the graph folder; made where it is missing.
        fields: names of the id, title and text fields of JSON Lines and CSV.
        workers: processes to extract with.
        min_confidence: the least confidence, from 0 to 1, of a claim in the graph; claims.jsonl keeps all. None is what the folder was built
            with, and 0 for a new one.
        cypher: make the embedded Cypher database too, which is else made by the first Cypher question.
        progress: told of each paper and step.

    Raises:
        InputError: the only input cannot be read.
        GraphError, GraphLocked, GraphVersion: the folder is none of ours, in use, or of another version.
        OutputError: the folder cannot be written, or the disk is full.
        StoreError: a store cannot be made.
        ValueError: `min_confidence` is not from 0 to 1.
    """
    if min_confidence is not None and not 0 <= min_confidence <= 1:
        raise ValueError(f"a confidence is from 0 to 1, not {min_confidence}")
    folder = Path(folder)
    tell = progress or (lambda step, done: None)
    skipped: list[Skipped] = []
    with _folder(folder):
        record = _Record(folder)
        read = record.add(read_inputs(inputs, fields or Fields(), skipped.append, claims=True), workers, skipped.append, tell)
        record.settle()
        graph = _graph(folder, min_confidence, tell)
    from kg.stores.oxigraph import OxigraphStore

    tell("SPARQL store", 0)
    OxigraphStore(graph).load()
    if cypher:
        from kg.stores.arcadedb import EmbeddedCypher

        tell("Cypher store", 0)
        with EmbeddedCypher.open(graph):
            pass
    return Built(graph, read, record.known_again, skipped)


class _Record:
    """The documents of a graph folder: claims.jsonl, and the journal of a run that is not finished."""

    def __init__(self, folder: Path) -> None:
        self.claims, self.journal = folder / "claims.jsonl", folder / "journal.jsonl"
        self.extractor = _extractor()
        self.known_again = 0
        self._ids = Ids("build into a new folder")
        self._places: dict[str, tuple[Path, int, int]] = {}  # id -> file, offset, length
        self._check_version(folder)
        self._index(self.claims)
        self._mend_journal()
        self._index(self.journal)
        self._dirty = self.journal.exists() or not self.claims.exists()

    def _check_version(self, folder: Path) -> None:
        about = folder / "extractor.json"
        if about.exists():
            try:
                found = json.loads(about.read_bytes())
            except (OSError, ValueError):
                found = {}
            if found.get("format") != FORMAT:
                raise GraphVersion(f"this folder has format {found.get('format')}, this claimgraph writes {FORMAT}", where=str(folder), remedy=_NEW)
            if found.get("extractor") != self.extractor:
                raise GraphVersion(
                    f"its claims were read by extractor {found.get('extractor')}, this is {self.extractor}",
                    where=str(folder),
                    remedy=f"{_NEW}. Its claims.jsonl is also an input, if you would keep the old claims",
                )
            return
        if self.claims.exists() or self.journal.exists():
            raise GraphVersion("does not say which extractor read its claims", where=str(folder), remedy=_NEW)
        with replacing(about) as stream:
            stream.write(json.dumps({"format": FORMAT, "extractor": self.extractor}).encode() + b"\n")

    def _index(self, path: Path) -> None:
        if not path.exists():
            return
        offset = 0
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    d = json.loads(line)
                    self._note(d["id"], d["text"], f"{path.name}:{number}", path, offset, len(line))
                except (ValueError, KeyError, TypeError) as err:
                    raise ClaimsError("is no document", where=f"{path}:{number}", remedy="Restore the file, or remove it to read its papers again") from err
                offset += len(line)

    def _note(self, id: str, text: str, place: str, path: Path, offset: int, length: int) -> None:
        self._ids.take(id, text, place)
        self._places[id] = path, offset, length

    def _mend_journal(self) -> None:
        """Cut off the last line where the process was killed while it wrote it."""
        if not self.journal.exists():
            return
        with self.journal.open("r+b") as stream:
            end = stream.seek(0, os.SEEK_END)
            at = end
            while at > 0:
                at = max(0, at - 65536)
                stream.seek(at)
                cut = stream.read(min(65536, end - at)).rfind(b"\n")
                if cut >= 0:
                    stream.truncate(at + cut + 1)
                    return
            stream.truncate(0)

    def add(self, items: Iterable[Paper | Document], workers: int, skipped: Report, tell: Progress) -> int:
        """Append to the journal what the record does not hold: documents as they are, papers extracted. Returns how many that were."""
        from kg.extractor.workers import extract_papers

        done = 0
        try:
            with self.journal.open("ab") as journal:

                def keep(document: Document) -> None:
                    nonlocal done
                    journal.write(document.to_json().encode() + b"\n")
                    journal.flush()  # survives the death of the process; the power of the machine is guarded at the end
                    done += 1
                    self._dirty = True
                    tell("papers", done)

                def papers() -> Iterator[Paper]:
                    for item in self._unknown(items, skipped):
                        if isinstance(item, Document):
                            keep(item)
                        else:
                            yield item

                for document in extract_papers(papers(), workers, skipped):
                    keep(document)
                os.fsync(journal.fileno())
        except OSError as err:
            raise OutputError(
                f"cannot be written: {err.strerror or err}", where=str(self.journal), remedy="Free some space and run again: what was read is kept"
            ) from err
        self._index(self.journal)
        return done

    def _unknown(self, items: Iterable[Paper | Document], skipped: Report) -> Iterator[Paper | Document]:
        """Those whose id the record does not hold; another text under a known id is reported."""
        for item in items:
            refused = self._ids.refuse(item)
            if refused is None:
                yield item
            elif refused.kind == "duplicate":
                self.known_again += 1
            else:
                skipped(refused)

    def settle(self) -> None:
        """Merge the journal into claims.jsonl, sorted by id, and remove it."""
        if self._dirty:
            with replacing(self.claims) as out:
                streams: dict[Path, IO[bytes]] = {p: p.open("rb") for p in {place[0] for place in self._places.values()}}
                try:
                    for _, (path, offset, length) in sorted(self._places.items()):
                        streams[path].seek(offset)
                        out.write(streams[path].read(length))
                finally:
                    for stream in streams.values():
                        stream.close()
                out.flush()
                os.fsync(out.fileno())
        self.journal.unlink(missing_ok=True)


_NEW = "Build into a new folder: `kg build INPUT… --graph DIR`"


def _graph(folder: Path, min_confidence: float | None, tell: Progress) -> Graph:
    """The graph of the claims in claims.jsonl that are at least so sure, made again where it was made from others."""
    from kg.assembly import assemble
    from kg.graph import write_graph
    from kg.resolve.concepts import resolve

    claims, stamp = folder / "claims.jsonl", folder / "graph.stamp"
    digest = hashlib.sha256()
    with claims.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    made = _stamped(stamp)
    least = float(made.get("min_confidence", 0.0) if min_confidence is None else min_confidence)
    wanted = {"claims": digest.hexdigest(), "min_confidence": least}
    if made == wanted:
        try:
            return Graph.open(folder)
        except GraphError:
            pass
    tell("graph", 0)
    _stamp(stamp, {**wanted, "claims": None})  # a run that is killed from here on leaves no doubt about either
    with claims.open(encoding="utf-8", newline="\n") as lines:
        documents = [document.confident(least) for document in read_claims(lines, str(claims))]
    write_graph(*assemble(documents, resolve(documents)), folder, least)
    _stamp(stamp, wanted)
    return Graph.open(folder)


def _stamped(stamp: Path) -> dict[str, Any]:
    try:
        made = json.loads(stamp.read_bytes())
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


def _stamp(stamp: Path, made: dict[str, Any]) -> None:
    with replacing(stamp) as out:
        out.write(json.dumps(made).encode() + b"\n")


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """The folder, made and held for this process."""

    def taken(holder: str) -> GraphLocked:
        return GraphLocked(f"process {holder} is building it", where=str(folder), remedy="Wait until it ends, or build into another folder")

    try:
        if folder.exists() and not folder.is_dir():
            raise GraphError("is a file, not a folder", where=str(folder), remedy="Name a folder with --graph")
        if folder.is_dir() and any(folder.iterdir()) and not any((folder / name).exists() for name in ("extractor.json", ".lock")):
            raise GraphError("is not empty and no graph folder", where=str(folder), remedy="Name another folder with --graph")
        folder.mkdir(parents=True, exist_ok=True)
        lock = hold(folder / ".lock", 0, taken)
    except OSError as err:
        raise OutputError(f"cannot be written: {err.strerror or err}", where=str(folder), remedy="Choose another folder with --graph") from err
    with lock:
        yield


def _extractor() -> str:
    from kg.extractor.model import Model

    return Model().version
