"""A search that finds nothing -> what each of its clauses finds by itself, and what would find something.

Every number was counted. What is too wide or too slow to be counted is not offered.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search.answering.asking import Asker
from search.engines.base import FACETS, Scope
from search.errors import EngineUnavailable, QueryError
from search.query import Match, Query, plan
from search.query.context import TypedClause
from search.query.nodes import And

# Who typed more clauses than this is shown the first ones.
_CLAUSES_COUNTED = 12
_OPERATOR = r"(?:AND|OR|NOT|not\s+(?:w|pre)/\w+|(?:w|pre|near)/\w+)"
_OPERATOR_BEFORE = re.compile(rf"(?:\b{_OPERATOR}\s+)+$|(?<!\S)[-+]$", re.IGNORECASE)
_OPERATOR_AFTER = re.compile(rf"^\s*{_OPERATOR}\b", re.IGNORECASE)
_FIELD_BEFORE = re.compile(r"\w+:$")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)")
_FILTERS = {"place": (), "agency": (), "section": (), "from_": None, "to": None}
_FILTERS |= {**{f"not_{name}": () for name in FACETS}, "article": ()}


@dataclass(frozen=True, slots=True)
class ClauseCount:
    """A clause as it was typed, and how many paragraphs it finds by itself, without any filter."""

    text: str
    start: int
    end: int
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A wider search: why it is wider, which parameters are changed, and how many paragraphs it finds; never 0.

    `reason` is "without" (a clause less, which is in `left_out`), "filters", "any" or "article".
    """

    reason: str
    changes: Mapping[str, Any]
    paragraphs: int
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing where nothing was found."""

    clauses: tuple[ClauseCount, ...]
    relaxations: tuple[Relaxation, ...]


def what_is_missing(asker: Asker, query: Query) -> Missing:
    """Return why a query, which found nothing as it was asked, did so, and what to ask instead."""
    clauses = [with_field(query.input, clause) for clause in query.clauses[:_CLAUSES_COUNTED]]
    counted = tuple(
        ClauseCount(query.input[clause.start : clause.end], clause.start, clause.end, total)
        for clause in clauses
        if (total := _count_alone(asker, clause)) is not None
    )
    return Missing(counted, tuple(_relaxations(asker, query, clauses)))


def with_field(text: str, clause: TypedClause) -> TypedClause:
    """Return a clause that begins with its field's name, where that stands directly before it."""
    field = _FIELD_BEFORE.search(text[: clause.start])
    return clause if field is None else replace(clause, start=field.start())


def _count_alone(asker: Asker, clause: TypedClause) -> int | None:
    try:
        return asker.generation.engine.count(plan(clause.node, Match.ALL), asker.parameters.scope)
    except (QueryError, EngineUnavailable):
        return None


def _relaxations(asker: Asker, query: Query, clauses: Sequence[TypedClause]) -> Iterator[Relaxation]:
    parameters = asker.parameters
    filters = {name: off for name, off in _FILTERS.items() if getattr(parameters, name) != off}
    if filters and (total := _count(asker, filters)):
        yield Relaxation("filters", filters, total)
    if len(clauses) > 1:
        any_of = _any_of(asker, query, clauses)
        if any_of and (total := _count(asker, any_of)):
            yield Relaxation("any", any_of, total)
        # All of them, so that it is not some of them anywhere.
        anywhere = {"scope": Scope.ARTICLE, "match": Match.ALL}
        if parameters.scope is Scope.PARAGRAPH and (total := _count(asker, anywhere)):
            yield Relaxation("article", anywhere, total)
    for clause in clauses if len(clauses) > 1 else ():
        text = without(query.input, clause)
        if text and (total := _count(asker, {"q": text})):
            yield Relaxation("without", {"q": text}, total, query.input[clause.start : clause.end])


def _any_of(asker: Asker, query: Query, clauses: Sequence[TypedClause]) -> Mapping[str, Any] | None:
    """Return what asks for any of the clauses instead of all; None where all were not asked for in so many words."""
    if asker.parameters.match is Match.ALL:
        return {"match": Match.ANY}
    is_plain = isinstance(query.node, And) and len(query.node.children) == len(clauses) == len(query.clauses)
    texts = [query.input[clause.start : clause.end] for clause in clauses]
    return {"q": " OR ".join(texts)} if is_plain and _all_joined(query.input, texts) else None


def _all_joined(text: str, clauses: Sequence[str]) -> bool:
    """Whether the clauses and AND between them are all that was typed."""
    return text.split() == " AND ".join(clauses).split()


def _count(asker: Asker, changes: Mapping[str, Any]) -> int:
    """Return how many paragraphs the search finds with some parameters changed; 0 where that cannot be counted."""
    changed = asker.parameters.model_copy(update={"cursor": None, **changes})
    wider = replace(asker, parameters=changed, _totals={})
    try:
        return wider.count(wider.query())
    except (QueryError, EngineUnavailable):
        return 0


def without(text: str, clause: TypedClause) -> str:
    """Return a query's text without one of its clauses and the operator that stands before it, or else after it."""
    before, after = text[: clause.start], text[clause.end :]
    shorter = _OPERATOR_BEFORE.sub("", before)
    if shorter == before:
        after = _OPERATOR_AFTER.sub("", after)
    return " ".join(_EMPTY_BRACKETS.sub(" ", f"{shorter} {after}").split())
