"""What a query of one's own may hold: it reads, and it stays in this graph.

SPARQL: the engine's reading entry knows no update, but it follows SERVICE to any address, and has no switch for it. Cypher: the embedded
database does not refuse writes in a read transaction. Both are therefore read as tokens before they are sent, so that a word in a
string, a name or a comment is no reason to refuse. Where a token can be read in two ways, it is refused.
"""

from __future__ import annotations

import re

from kg.errors import QueryError

_SPARQL = re.compile(
    r"""
    (?P<iri> <[^<>"{}|^`\\\x00-\x20]*> )
  | (?P<string> \"{3}(?:[^"\\]|\\.|\"(?!\"\"))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3} | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
  | (?P<comment> \#[^\r\n]* )
  | (?P<escape> \\. )
  | [?$](?P<variable> \w+ )
  | :(?P<local> \w* )
  | (?P<word> [^\W\d_]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}

_CYPHER = re.compile(
    r"""
    (?P<string> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
  | (?P<quoted> `(?:[^`]|``)*` )
  | (?P<comment> //[^\r\n]* | /\*.*?\*/ )
  | \$(?P<parameter> \w+ | `(?:[^`]|``)*` )
  | (?P<word> [^\W\d]\w* )
  | (?P<sign> \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_WRITES = {"CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "FOREACH", "INSERT", "DROP", "ALTER", "RENAME", "GRANT", "DENY", "REVOKE"}
_ADMINISTERS = {"START", "STOP", "ENABLE", "DEALLOCATE", "REALLOCATE", "TERMINATE", "DRYRUN", "IMPORT"}
"""Only where a statement begins: START may also be a variable."""
_PROCEDURE = re.compile(r"(?:\s*\w+\s*\.)*\s*\w+")
_READING_PROCEDURES = re.compile(r"db\.(labels|relationshiptypes|propertykeys|schema\.\w+|index\.fulltext\.query\w+)|dbms\.components")


def screen_sparql(text: str) -> frozenset[str]:
    """The variables of a reading query that asks no other server.

    Raises:
        QueryError: it holds SERVICE, or is an update.
    """
    variables = set()
    first = None
    declaring = False
    for token in _SPARQL.finditer(text):
        if token["iri"]:
            declaring = False
        if token["variable"]:
            variables.add(token["variable"])
        word = (token["word"] or "").upper()
        if "SERVICE" in word:
            raise QueryError("SERVICE asks another server, which this query may not", remedy="Ask that server itself, or rename the prefix of that name")
        if not word or first is not None:
            continue
        if word in ("PREFIX", "BASE"):
            declaring = True  # until its IRI: a prefix may be called anything
        elif not declaring:
            first = word
    if first in _UPDATES:
        raise QueryError(f"{first} changes the graph, and queries only read it", remedy="Change the claims or corrections and run `kg build` again")
    return frozenset(variables)


def screen_cypher(text: str) -> frozenset[str]:
    """The parameters of a statement that only reads.

    Raises:
        QueryError: it holds a clause that writes or administers, or calls a procedure that may.
    """
    # Neo4j decodes \\uXXXX anywhere in the text before it reads it, ArcadeDB does not: both readings must be harmless.
    decoded = re.sub(r"\\u+([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), text)
    for reading in {text, decoded}:
        _refuse_writes(reading)
    return frozenset(match["parameter"].strip("`") for match in _CYPHER.finditer(text) if match["parameter"])


def _refuse_writes(text: str) -> None:
    tokens = [match for match in _CYPHER.finditer(text) if not match["comment"]]
    for place, token in enumerate(tokens):
        word = (token["word"] or "").upper()
        if not word:
            continue
        before = [tokens[i][0] if i >= 0 else ";" for i in (place - 2, place - 1)]
        after = tokens[place + 1][0] if place + 1 < len(tokens) else ""
        is_property = before[1] == "." and not before[0].isdigit()  # `1.SET` may be a number and a clause
        if is_property or before[1] in (":", "|", "&", "!") or after == ":":
            continue  # a property, a label, a type or a map's key; FOREACH, where a clause follows |, is refused itself
        begins = before[1] == ";" or before[1].upper() in ("EXPLAIN", "PROFILE")
        if word in _WRITES or (word in _ADMINISTERS and begins) or (word == "LOAD" and after.upper() == "CSV"):
            raise QueryError(f"{word} changes the database, and queries only read it", remedy=f"If it is a name, put it in backticks: `{word.lower()}`")
        if word == "CALL" and after not in ("{", "("):
            name = _PROCEDURE.match(text, token.end())
            if name is None or not _READING_PROCEDURES.fullmatch(re.sub(r"\s", "", name[0]).lower()):
                called = name[0].strip() if name else after
                raise QueryError(f"the procedure {called!r} may change the database", remedy="Ask with MATCH, or call it in the database itself")
