"""Questions to a graph: the named ones of the folder `queries`, and people's own in SPARQL or Cypher."""

from kg.queries.asking import ask, ask_store, prepare
from kg.queries.own import read_question
from kg.queries.questions import Parameter, Question, questions

__all__ = ["Parameter", "Question", "ask", "ask_store", "prepare", "questions", "read_question"]
