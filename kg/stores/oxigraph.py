"""The SPARQL store of a graph folder: Oxigraph in this process, in GRAPH/oxigraph.

It is made in a fresh folder beside its place and renamed when whole, with a file `BUILD` in it that names the build it holds; whatever a
killed process leaves is not that folder, and is cleared by the next load. One process at a time makes it (GRAPH/oxigraph.lock); any
number reads the finished one.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kg.errors import QueryError, StoreError
from kg.locking import hold
from kg.stores import Answer, Cell, NodeId, Scalar
from kg.vocabulary import ID, PREFIXES, XSD

if TYPE_CHECKING:
    import pyoxigraph

    from kg.graph import Graph

LOCK_SECONDS = 600
"""How long to wait for another process that makes this store: a million papers take some minutes."""
_FORM = "1"  # part of BUILD: a change in what the store holds for an equal graph must make it again
_REMAKE = "Remove that folder; it is made again"
_INTEGERS = {XSD + "integer", XSD + "int", XSD + "long"}
_FLOATS = {XSD + "double", XSD + "float", XSD + "decimal"}


class OxigraphStore:
    """The SPARQL store of a graph folder, made when it is first asked and again when the graph has changed."""

    language: Literal["sparql"] = "sparql"

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.folder = Path(graph.folder) / "oxigraph"
        self._opened: pyoxigraph.Store | None = None

    @property
    def fresh(self) -> bool:
        """Whether the store holds this build, whole."""
        try:
            return (self.folder / "BUILD").read_text("utf-8") == self._wanted()
        except OSError:
            return False

    def _wanted(self) -> str:
        return f"{self.graph.build}\nform {_FORM}\n"

    def load(self) -> None:
        """Make the store hold exactly this build; nothing happens when it already does.

        Raises:
            StoreError: the folder cannot be written, the disk is full, or another process has been making the store for too long.
            GraphError: the graph's files are damaged.
        """
        try:
            with hold(self.folder.with_name("oxigraph.lock"), LOCK_SECONDS, self._taken):
                if not self.fresh:
                    self._make()
        except OSError as err:
            raise StoreError(
                f"the SPARQL store cannot be made: {err.strerror or err}",
                where=str(err.filename or self.folder),
                remedy="Check that the folder may be written and the disk has room, then run again",
            ) from err

    def _make(self) -> None:
        import pyoxigraph

        from kg.export.rdf import quads

        for left in self.folder.parent.glob("oxigraph.*.part"):
            shutil.rmtree(left)
        making, old = self.folder.with_name("oxigraph.new.part"), self.folder.with_name("oxigraph.old.part")
        try:
            store = pyoxigraph.Store(str(making))
            store.bulk_extend(quads(self.graph))
            store.flush()
            del store  # closes it: the files may only be renamed then
            (making / "BUILD").write_text(self._wanted(), "utf-8")
            if self.folder.exists():
                self.folder.rename(old)
            making.rename(self.folder)
        finally:
            for left in (making, old):
                shutil.rmtree(left, ignore_errors=True)

    def _taken(self, holder: str) -> StoreError:
        return StoreError(f"process {holder} is still making this SPARQL store", where=str(self.folder), remedy="Wait until it ends, or end it")

    def open(self) -> pyoxigraph.Store:
        """The finished store, read-only; it is made first where it is missing or of another build.

        Raises:
            StoreError: it cannot be made, or what is there is damaged.
        """
        import pyoxigraph

        if self._opened is None:
            if not self.fresh:
                self.load()
            try:
                self._opened = pyoxigraph.Store.read_only(str(self.folder))
            except (OSError, RuntimeError) as err:  # damage is a RuntimeError
                raise StoreError(f"the SPARQL store is damaged: {err}", where=str(self.folder), remedy=_REMAKE) from err
        return self._opened

    def query(self, text: str, params: Mapping[str, Scalar | None]) -> Answer:
        """Answer SELECT, ASK, CONSTRUCT or DESCRIBE; the prefixes of `kg.vocabulary.PREFIXES` are known without a declaration.

        A parameter is the variable of its name, which must also stand in SELECT: the engine puts values only into variables that it returns.

        Raises:
            QueryError: the query is malformed, or does not select the variable of a parameter.
            StoreError: the store cannot be made or read.
        """
        import pyoxigraph

        given: dict[pyoxigraph.Variable, Any] = {pyoxigraph.Variable(name): _term(value) for name, value in params.items() if value is not None}
        store = self.open()
        try:
            result = store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True, substitutions=given)
            if isinstance(result, pyoxigraph.QueryBoolean):
                return Answer(("answer",), [(bool(result),)])
            if isinstance(result, pyoxigraph.QueryTriples):
                return Answer(("subject", "predicate", "object"), [(_cell(t.subject), _cell(t.predicate), _cell(t.object)) for t in result])
            shown = [variable.value for variable in result.variables]
            return Answer(tuple(shown), [tuple(_cell(solution[name]) for name in shown) for solution in result])
        except SyntaxError as err:
            raise QueryError(f"the SPARQL is malformed: {err.msg}", remedy="Mend the query") from err
        except (OSError, RuntimeError) as err:
            if "SELECT projection" in str(err):
                raise QueryError(f"the SPARQL is refused: {err}", remedy="A parameter's variable must stand in SELECT, as in `SELECT ?name ?min …`") from err
            raise StoreError(f"the SPARQL store cannot be read: {err}", where=str(self.folder), remedy=_REMAKE) from err


def _term(value: Scalar) -> pyoxigraph.NamedNode | pyoxigraph.Literal:
    import pyoxigraph

    return pyoxigraph.NamedNode(ID + value) if isinstance(value, NodeId) else pyoxigraph.Literal(value)


def _cell(term: Any) -> Cell:
    """A term as plain data: numbers and booleans as such, an IRI, a blank node or any other literal as its text."""
    import pyoxigraph

    if term is None:
        return None
    if not isinstance(term, pyoxigraph.Literal):
        return str(term.value) if hasattr(term, "value") else str(term)
    datatype = term.datatype.value
    if datatype in _INTEGERS:
        return int(term.value)
    if datatype in _FLOATS:
        return float(term.value)
    if datatype == XSD + "boolean":
        return term.value in ("true", "1")
    return term.value
