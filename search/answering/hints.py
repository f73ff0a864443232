"""What was typed and probably meant otherwise -> what to type instead, as far as the archive shows that it was meant.

A name of several words after a field without quotes; the address of a page or a file. Every fix was run.
"""

from collections.abc import Iterator, Sequence

from search.answering.asking import Asker
from search.answering.relaxing import with_field
from search.engines.base import VALUE_FIELDS, Engine
from search.errors import Diagnostic
from search.query import Dialect, Query
from search.query.addresses import is_address, words_of_address
from search.query.context import TypedClause
from search.query.nodes import Field, Node, Or, Phrase, Term

# A name has so many words at most.
_LONGEST_NAME = 4


def hints(asker: Asker, query: Query) -> list[Diagnostic]:
    """Return the warnings of what was probably meant otherwise; a fix that finds nothing is left out."""
    found = [*_address_warnings(query, asker.generation.engine), *_quotes_warnings(asker, query)]
    return list(map(asker.with_fix_run, found))


def _address_warnings(query: Query, engine: Engine) -> Iterator[Diagnostic]:
    """Yield a warning for each web address, file name and e-mail address that no paragraph holds."""
    for clause in query.clauses:
        text = query.input[clause.start : clause.end]
        if is_address(text) and not isinstance(clause.node, Field) and not engine.count(clause.node):
            yield _address_warning(query, clause, text)


def _address_warning(query: Query, clause: TypedClause, text: str) -> Diagnostic:
    words = words_of_address(text)
    before, after = query.input[: clause.start], query.input[clause.end :]
    message = (
        f"{text!r} looks like an address or the name of a file, and no paragraph holds it; type words of the"
        " article's headline or text instead."
    )
    fix = " ".join(f"{before}{words}{after}".split()) if words else None
    return Diagnostic("address", message, clause.start, clause.end, fix, severity="warning")


def _quotes_warnings(asker: Asker, query: Query) -> Iterator[Diagnostic]:
    """Yield a warning for each name after a field that goes on beyond its first word, where the archive has the name.

    `place:New York` asks for the place New and for York in the text.
    """
    if query.dialect not in (Dialect.DATELINE, Dialect.LUCENE):
        return
    for index, clause in enumerate(query.clauses):
        node = clause.node
        whole = with_field(query.input, clause)
        if isinstance(node, Field) and node.name in VALUE_FIELDS and whole.start < clause.start:
            following = _following_words(query, index)
            if following and (name := _name(asker, query, node.name, [clause, *following])):
                yield _quotes_warning(query, node.name, whole.start, name)


def _following_words(query: Query, index: int) -> list[TypedClause]:
    """Return the clauses right after one that are bare words like it, with nothing but blanks between."""
    found: list[TypedClause] = []
    before = query.clauses[index]
    if not _is_bare(query, before):
        return found
    for clause in query.clauses[index + 1 : index + _LONGEST_NAME]:
        between = query.input[before.end : clause.start]
        if between.strip() or not between or isinstance(clause.node, Field) or not _is_bare(query, clause):
            break
        found.append(clause)
        before = clause
    return found


def _is_bare(query: Query, clause: TypedClause) -> bool:
    """Whether a clause is a word as it may stand in a name: letters, with nothing that means more."""
    text = query.input[clause.start : clause.end]
    node: Node = clause.node.child if isinstance(clause.node, Field) else clause.node
    is_word = isinstance(node, Term | Phrase | Or) and not any(sign in text for sign in '"“”„«»=^~*?')
    return is_word and any(character.isalpha() for character in text)


def _name(asker: Asker, query: Query, field: str, clauses: Sequence[TypedClause]) -> tuple[str, int] | None:
    """Return the longest beginning of what these clauses say that is a name in the archive, and where it ends."""
    start = clauses[0].start
    for last in reversed(clauses[1:]):
        text = query.input[start : last.end]
        terms = tuple(Term((word,), stemmed=False) for word in asker.generation.analyzer.query_words(text))
        if len(terms) > 1 and asker.generation.engine.count(Field(field, Phrase(terms))):
            return text, last.end
    return None


def _quotes_warning(query: Query, field: str, start: int, name: tuple[str, int]) -> Diagnostic:
    text, end = name
    quoted = f'"{" ".join(text.split())}"'
    written = f"{field}:{quoted}"
    first = text.split()[0]
    message = (
        f"Only {first!r} was asked in the field {field}, and the rest in the text; for this {field}, write {written}."
    )
    fix = f"{query.input[:start]}{written}{query.input[end:]}"
    return Diagnostic("value-without-quotes", message, start, end, fix, severity="warning")
