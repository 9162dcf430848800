"""The named questions: files in pairs, NAME.rq and NAME.cypher, that return the same rows.

The comment at the top of both files is one text, of this form:

    # Which methods run on which hardware?
    #
    # parameter hardware (Hardware, optional): only this hardware
    # columns: method, hardware, paper

A parameter's type is `Paper`, one or several concept types (`Method|Task`), `Name` (any concept), `number`, `integer`, `confidence` (a number
from 0 to 1), or the words that it may be (`one of high|low`); then comes `required`, `optional` or `default VALUE`. In Cypher it is `$hardware`,
null where it is left out. In SPARQL a number or word is the variable of its name, and a node is the variable `?hardware_iri`; both also stand in
SELECT, where the engine needs to see them, and are no columns unless the header says so; an inner query that needs the value has it in its own
SELECT and GROUP BY. A parameter left out is a variable without a value, for which `COALESCE(?value >= ?min, true)` holds. (`BOUND(?min)` does not
do: Oxigraph decides it before it puts the value in.)

Every question that rests on claims takes `min_confidence`: it counts and shows only claims of at least that confidence. What a paper merely
mentions has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from kg.errors import QueryError
from kg.ontology import EntityType
from kg.stores import Language

MIN_CONFIDENCE = "min_confidence"
"""The parameter of every question that rests on claims."""
CONCEPTS: tuple[str, ...] = tuple(str(t) for t in EntityType)
_SUFFIXES: dict[Language, str] = {"sparql": ".rq", "cypher": ".cypher"}
_ONE_OF = "one of "
_PARAMETER = re.compile(r"parameter (\w+) \(([^,()]+), (required|optional|default ([^()]+))\): (.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question may be given.

    Attributes:
        type: as the file says it.
        required: there is no answer without it.
        default: the value taken when it is left out, as text.
        meaning: one line.
    """

    name: str
    type: str
    required: bool
    default: str | None
    meaning: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the nodes that it may name; empty for numbers and words."""
        if self.type == "Name":
            return CONCEPTS
        types = tuple(self.type.split("|"))
        return types if set(types) <= {*CONCEPTS, "Paper"} else ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words that it may be; empty for nodes and numbers."""
        return tuple(self.type.removeprefix(_ONE_OF).split("|")) if self.type.startswith(_ONE_OF) else ()

    def __str__(self) -> str:
        state = "required" if self.required else f"default {self.default}" if self.default is not None else "optional"
        return f"{self.name} ({self.type}, {state}): {self.meaning}"


@dataclass(frozen=True, slots=True)
class Question:
    """A named question.

    Attributes:
        question: in plain words; lines after the first explain it.
        columns: what its rows hold, in order.
        texts: its query in each language.
    """

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    texts: dict[Language, str] = field(repr=False)

    @property
    def takes(self) -> str:
        """Its parameters in one line, for messages."""
        return f"{self.name} takes " + ("; ".join(str(parameter) for parameter in self.parameters) or "no parameters")


@cache
def questions() -> dict[str, Question]:
    """All named questions by name, sorted.

    They are package data (`kg/_queries`) in an installed wheel, and the folder `queries` beside the package in a checkout.

    Raises:
        QueryError: a file is missing or its header is not of the form told above; the message names the file.
    """
    installed = resources.files("kg") / "_queries"
    folder: Traversable = installed if installed.is_dir() else Path(__file__).parents[2] / "queries"
    if not folder.is_dir():
        raise QueryError("the named questions are not there", where=str(folder), remedy="Install claimgraph again")
    names = sorted({file.name.rpartition(".")[0] for file in folder.iterdir() if file.name.endswith(tuple(_SUFFIXES.values()))})
    return {name: _read(folder, name) for name in names}


def _read(folder: Traversable, name: str) -> Question:
    texts: dict[Language, str] = {}
    headers = []
    for language, suffix in _SUFFIXES.items():
        file = folder / (name + suffix)
        if not file.is_file():
            raise QueryError("the question has no such file", where=str(file), remedy="Every question is a pair of files; see kg/queries/questions.py")
        texts[language] = file.read_text("utf-8")
        headers.append(_header(texts[language]))
    if headers[0] != headers[1]:
        raise QueryError("the two files of the question have different comments at their top", where=str(folder / name), remedy="Make them one text")
    return _parse(name, headers[0], str(folder / name), texts)


def _header(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        match = re.match(r"(?:#|//) ?(.*)", line)
        if match is None:
            break
        lines.append(match[1].rstrip())
    return lines


def _parse(name: str, header: list[str], where: str, texts: dict[Language, str]) -> Question:
    parameters = []
    columns: tuple[str, ...] = ()
    words = []
    for line in header:
        if match := _PARAMETER.fullmatch(line):
            parameters.append(Parameter(match[1], match[2], match[3] == "required", match[4], match[5]))
        elif line.startswith("parameter"):
            raise QueryError(f"{line!r} is not `parameter NAME (TYPE, required|optional|default VALUE): MEANING`", where=where, remedy="Mend the header")
        elif line.startswith("columns: "):
            columns = tuple(line.removeprefix("columns: ").split(", "))
        elif line:
            words.append(line)
    if not words or not columns:
        raise QueryError("the comment at the top names no question or no columns", where=where, remedy="Mend the header")
    return Question(name, "\n".join(words), tuple(parameters), columns, texts)
