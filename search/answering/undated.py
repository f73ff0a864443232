"""A filter on dates -> how many matching articles it leaves out because they have no date, and the query for them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from search.answering.asking import Asker
from search.answering.relaxing import with_field
from search.engines.base import Ask, Found
from search.errors import Diagnostic, EngineUnavailable, QueryError
from search.query import Dialect, Match, Query
from search.query.context import TypedClause
from search.query.dates import NONE
from search.query.nodes import And, AnnualDay, Boost, DateRange, Node, Not, Or, Undated, Words, children_of, leaves

UNDATED = f"date:{NONE}"
_DAYS = (DateRange, AnnualDay)
_OR = re.compile(r"\bOR\b")
_REPEATED = re.compile(rf"{UNDATED}(?:\s+(?:AND\s+|OR\s+)?{UNDATED})+")
_ALONE_IN_BRACKETS = re.compile(rf"\({UNDATED}\)")


@dataclass(frozen=True, slots=True)
class _Filter:
    """A filter on dates in a tree.

    It is `positive` where it is under no NOT, so that it leaves the undated out, and `simple` where all that matches
    must also pass it, or one of the other filters on dates beside it.
    """

    node: Node
    positive: bool
    simple: bool


def undated_query(text: str) -> str:
    """Return a query in our own language for what this one finds without a date."""
    if not text.strip():
        return UNDATED
    return f"({text}) {UNDATED}" if _OR.search(text) else f"{text} {UNDATED}"


def left_out_note(asker: Asker, query: Query, match: Match, found: Found) -> Diagnostic | None:
    """Return how many more articles match but for their missing date; None where the filters on dates leave out none.

    `match` is what was applied to `query` when it found `found`. This takes one count, and none where no filter on
    dates is asked or the archive has no undated article.
    """
    if found.partial or not asker.generation.manifest.undated:
        return None
    try:
        own = query if query.dialect is Dialect.DATELINE else _read(asker, query.canonical)
        wanted = _without_date_filters(own, asker.parameters.from_ or asker.parameters.to, match)
        undated = _found(asker, _read(asker, wanted), match) if wanted else None
    except (QueryError, EngineUnavailable):  # too long when it is written out, or too slow to be counted
        message = f"Articles that have no date are left out here; {UNDATED} finds them."
        return Diagnostic("undated-left-out", message, severity="warning")
    return _note(asker, query, found, undated, wanted) if wanted and undated and undated.articles else None


def _without_date_filters(query: Query, has_range: str | None, match: Match) -> str | None:
    """Return the query for what only its filters on dates leave out; None where there is no such query.

    `has_range` says that the parameters have a filter on dates, too.
    """
    filters = list(_filters(query.node))
    if any(isinstance(leaf, Undated) for leaf in leaves(query.node)):
        return None  # who asks for the undated knows of them
    if not any(each.positive for each in filters):
        return undated_query(query.input) if has_range else None
    clauses = [clause for clause in query.clauses if isinstance(clause.node, _DAYS)]
    if [clause.node for clause in clauses] != [each.node for each in filters]:
        return None
    waived = _waived(query.input, filters, clauses)
    if all(each.simple for each in filters if each.positive):
        return _ALONE_IN_BRACKETS.sub(UNDATED, _REPEATED.sub(UNDATED, waived))
    if has_range:
        return f"({waived}) {UNDATED}"
    # What matches without passing the filter was found already. Under NOT, words side by side are always all of them.
    return None if match is Match.ANY else f"({waived}) {UNDATED} NOT ({query.input})"


def _filters(node: Node, *, positive: bool = True, simple: bool = True) -> Iterator[_Filter]:
    """Yield the filters on dates of a tree, in the order they were typed."""
    match node:
        case DateRange() | AnnualDay():
            yield _Filter(node, positive, simple)
        case Not(child=child):
            yield from _filters(child, positive=not positive, simple=False)
        case And() | Words() | Boost():
            for child in children_of(node):
                yield from _filters(child, positive=positive, simple=simple)
        case _:
            only_dates = isinstance(node, Or) and all(isinstance(child, _DAYS) for child in node.children)
            for child in children_of(node):
                yield from _filters(child, positive=positive, simple=simple and only_dates)


def _waived(text: str, filters: Sequence[_Filter], clauses: Sequence[TypedClause]) -> str:
    """Return a query with `date:none` in place of its filters on dates that leave out the undated."""
    for each, clause in reversed(list(zip(filters, clauses, strict=True))):
        if each.positive:
            whole = with_field(text, clause)
            instead = UNDATED if whole.start < clause.start else NONE
            text = text[: whole.start] + instead + text[clause.end :]
    return text


def _read(asker: Asker, text: str) -> Query:
    return asker.understood.read(text, asker.generation, Dialect.DATELINE, asker.today)


def _found(asker: Asker, query: Query, match: Match) -> Found:
    """Return what following the query finds: without from and to, and as its words were matched before."""
    parameters = asker.parameters.model_copy(update={"from_": None, "to": None, "cursor": None})
    wider = replace(asker, parameters=parameters)
    relaxes = match is Match.ANY and parameters.match is Match.AUTO
    for attempt in (Match.ALL, Match.ANY) if relaxes else (match,):
        ask = Ask(wider.tree(query, attempt), scope=parameters.scope, size=0)
        found = asker.generation.engine.search(ask)
        if found.articles:
            break
    return found


def _note(asker: Asker, query: Query, found: Found, undated: Found, wanted: str) -> Diagnostic:
    number = undated.articles
    more = "more " if found.articles else ""
    message = f"{number:,} {more}{'article matches' if number == 1 else 'articles match'} but "
    message += "has no date." if number == 1 else "have no date."
    given = [name for name, text in (("from", asker.parameters.from_), ("to", asker.parameters.to)) if text]
    if given:
        message += f" Leave out {' and '.join(given)} to see {'it' if number == 1 else 'them'}."
    is_own = query.dialect is Dialect.DATELINE
    if not is_own:
        message += f" In Dateline's own query language: {wanted}"
    clause = next((each for each in query.clauses if isinstance(each.node, _DAYS)), None)
    typed = with_field(query.input, clause) if clause else None
    return Diagnostic(
        "undated-left-out",
        message,
        start=typed.start if typed else None,
        end=typed.end if typed else None,
        fix=wanted if is_own else None,
        severity="warning",
        total=undated.paragraphs if is_own else None,
        without=tuple(given) if is_own else (),
    )
