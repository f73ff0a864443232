"""What a person typed -> Query: a tree, its canonical text, located diagnostics. What was typed goes no further."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from search.errors import Diagnostic, QueryError
from search.language import Analyzer
from search.query import dialects, syntax
from search.query.context import Clause, Context, TypedClause
from search.query.dialects import Dialect
from search.query.nodes import AnnualDay, DateRange, Everything, Field, Length, Node, Not, Undated, children_of, leaves
from search.query.reader import read_query

# How often, and over how many characters in all, one query may be mended and read again to find fixes that hold.
_MENDINGS = 6
_MENDED_CHARACTERS = syntax.MAX_CHARACTERS // 2

_BRACKETS = re.compile("[()]")


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood. Parsing `canonical` again gives the same `node`; `diagnostics` are warnings.

    `clauses` are the words, phrases and filters it is made of, in the order they were typed. `input` is written in
    `dialect`, `canonical` in our own language.
    """

    input: str
    node: Node
    canonical: str
    diagnostics: tuple[Diagnostic, ...]
    clauses: tuple[TypedClause, ...] = ()
    dialect: Dialect = Dialect.DATELINE


def parse(
    text: str,
    analyzer: Analyzer,
    *,
    dialect: Dialect = Dialect.DATELINE,
    today: datetime.date | None = None,
    fields: Collection[str] = syntax.FIELDS,
) -> Query:
    """Parse a query; one without any text asks for everything.

    `today` is the day that date:last-7-days ends with, by default the computer's; `fields` can be searched.

    Raises:
        QueryError: it cannot be understood as it stands, or passes a limit; every error is located.
    """
    day = today or datetime.datetime.now().astimezone().date()

    def read(text: str) -> Query:
        return _read(Context(text, analyzer, day), dialect, fields)

    try:
        return read(text)
    except QueryError as error:
        raise QueryError(list(_with_sound_fixes(error.diagnostics, read))) from error


def _with_sound_fixes(diagnostics: Sequence[Diagnostic], read: Callable[[str], Query]) -> Iterator[Diagnostic]:
    """Yield the diagnostics with fixes that can be understood: where one leaves other errors, theirs are mended too.

    After so many attempts the rest has no fix: who typed so many mistakes mends the first ones first.
    """
    attempts = characters = 0
    for diagnostic in diagnostics:
        fix, is_sound = diagnostic.fix, False
        while fix is not None and not is_sound and attempts < _MENDINGS:
            attempts += 1
            characters += len(fix)
            if characters > _MENDED_CHARACTERS:
                break
            try:
                read(fix)
                is_sound = True
            except QueryError as error:
                fixes = [each.fix for each in error.diagnostics if each.severity == "error" and each.fix != fix]
                fix = fixes[0] if fixes else None
        yield replace(diagnostic, fix=fix if is_sound else None)


def _read(context: Context, dialect: Dialect, fields: Collection[str]) -> Query:
    text = context.text
    _check_length(context)
    if not text.strip():
        return Query(text, Everything(), "", (), dialect=dialect)
    clause = read_query(context) if dialect is Dialect.DATELINE else dialects.read_query(context, dialect)
    if clause is None:
        message = "There is no word to search for; type a word, or nothing to see everything."
        context.error("nothing-to-search", message, 0, len(text))
    else:
        context.check_size(sum(1 for _ in leaves(clause.node)), syntax.MAX_TERMS)
        _check_canonical(context, clause)
        _check_fields(context, fields)
    context.raise_errors()
    assert clause is not None
    return Query(text, clause.node, clause.canonical, tuple(context.diagnostics), tuple(context.clauses), dialect)


def _check_length(context: Context) -> None:
    text = context.text
    if len(text) > syntax.MAX_CHARACTERS:
        message = f"A query has at most {syntax.MAX_CHARACTERS:,} characters; this one has {len(text):,}."
        context.error("too-long", message, syntax.MAX_CHARACTERS, len(text))
    # One character can be a whole sentence: the ligatures of Arabic.
    elif (length := len(unicodedata.normalize("NFKC", text))) > 3 * syntax.MAX_CHARACTERS // 2:
        message = f"Written out, this is {length:,} characters; a query has at most {syntax.MAX_CHARACTERS:,}."
        context.error("too-long", message, 0, len(text))
    context.raise_errors()


def _check_canonical(context: Context, clause: Clause) -> None:
    """Note a query whose canonical text would pass a limit that the query itself did not."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(clause.canonical):
        depth += 1 if bracket == "(" else -1
        deepest = max(deepest, depth)
    if max(deepest, _negations(clause.node)) > syntax.MAX_DEPTH:
        message = f"Written out with all of its brackets, this stands more than {syntax.MAX_DEPTH} deep; ask for less."
        context.error("too-deep", message, 0, len(context.text))
    if (length := len(clause.canonical)) > syntax.MAX_CHARACTERS:
        message = f"Written out, this is {length:,} characters; a query has at most {syntax.MAX_CHARACTERS:,}."
        context.error("too-long", message, 0, len(context.text))


def _negations(node: Node) -> int:
    below = max((_negations(child) for child in children_of(node)), default=0)
    return below + isinstance(node, Not)


def _check_fields(context: Context, fields: Collection[str]) -> None:
    for clause in context.clauses:
        for name in _fields_of(clause.node):
            if name not in fields:
                message = f"This index cannot search the field {name}; it can search {', '.join(fields)}."
                context.error("unsearchable-field", message, clause.start, clause.end, instead="")


def _fields_of(node: Node) -> Iterator[str]:
    match node:
        case Field(name=name):
            yield name
        case DateRange() | AnnualDay() | Undated():
            yield "date"
        case Length():
            yield "words"
    for child in children_of(node):
        yield from _fields_of(child)
