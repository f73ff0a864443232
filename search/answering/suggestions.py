"""Words that are not in the archive, and what was probably meant. Every suggestion was run."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from search.answering.answer import Suggestion
from search.engines.base import VALUE_FIELDS, Engine
from search.errors import Diagnostic, QueryError
from search.language import Analyzer
from search.query import Dialect, Query
from search.query.context import TypedClause, is_shouted
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Field,
    Fuzzy,
    Length,
    Near,
    Node,
    NotNear,
    Phrase,
    Prefer,
    Term,
    Together,
    Wildcard,
    Window,
    leaves,
)

_SUGGESTIONS = 3
_FORMS_TRIED = 4
_AFTER_WORDS = re.compile(r"(?:~\d*)?(?:\^[\d.]*)?$")


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word of the query that no paragraph has, where it stands in what was typed."""

    word: str
    start: int
    end: int


def found_with(tree: Node) -> Iterator[Node]:
    """Yield the words, patterns and fields that are in the archive where the engine's tree found anything at all."""
    match tree:
        case Term() | Wildcard() | Fuzzy() | Field():
            yield tree
        case Prefer(must=child) | Boost(child=child) | AtLeast(child=child) | NotNear(left=child):
            yield from found_with(child)
        case And(children=parts) | Phrase(parts=parts) | Window(parts=parts):
            for part in parts:
                yield from found_with(part)
        case Near(left=left, right=right) | Together(left=left, right=right):
            yield from found_with(left)
            yield from found_with(right)


def unknown_words(query: Query, engine: Engine, analyzer: Analyzer, held: Collection[Node] = ()) -> list[UnknownWord]:
    """Return the words asked of the text that are not in the archive, in any form where any was asked.

    `held`, here and below, is known to be in the archive; the engine is asked for the rest.
    """
    return [
        UnknownWord(word, start, end)
        for clause in query.clauses
        if not (all(leaf in held for leaf in leaves(clause.node)) or _is_of_article(clause.node))
        if not (_holds_pattern(clause.node) or _is_escaped(query, clause))
        for word, start, end in _words(query.input, clause.start, _end_of_words(query.input, clause), analyzer)
        if (asked := _asked(clause.node, word, analyzer)) not in held and not engine.count(asked)
    ]


def unknown_patterns(query: Query, engine: Engine, held: Collection[Node] = ()) -> list[UnknownWord]:
    """Return the wildcards and words with edits that fit no word of the archive."""
    return [
        UnknownWord(query.input[clause.start : clause.end], clause.start, clause.end)
        for clause in query.clauses
        if isinstance(node := _bare(clause.node), Wildcard | Fuzzy) and node not in held and not engine.count(node)
    ]


def unknown_values(query: Query, engine: Engine, held: Collection[Node] = ()) -> list[UnknownWord]:
    """Return the clauses that ask for a place, agency, section or byline that no article has."""
    return [
        UnknownWord(query.input[clause.start : clause.end], clause.start, clause.end)
        for clause in query.clauses
        if isinstance(node := _bare(clause.node), Field)
        and node.name in VALUE_FIELDS
        and node not in held
        and not engine.count(node)
    ]


def unknown_value_warning(unknown: UnknownWord) -> Diagnostic:
    """Return the warning that travels with the answer."""
    message = f"No article of this archive has {unknown.word!r} there; an empty search lists what is there."
    return Diagnostic("unknown-value", message, unknown.start, unknown.end, severity="warning")


def unknown_word_warning(unknown: UnknownWord, suggestion: Suggestion | None) -> Diagnostic:
    """Return the warning that travels with the answer."""
    message = f"No paragraph of this archive holds {unknown.word!r}."
    fix, total = (suggestion.q, suggestion.total) if suggestion else (None, None)
    return Diagnostic("unknown-word", message, unknown.start, unknown.end, fix, "warning", total=total)


def spelling_suggestions(
    query: Query,
    unknown: list[UnknownWord],
    engine: Engine,
    *,
    read: Callable[[str], Query],
    count: Callable[[Query], int],
) -> tuple[Suggestion, ...]:
    """Return the query with its unknown words replaced by similar ones of the archive, where that finds something."""
    found: list[Suggestion] = []
    asked: list[Node] = []
    for text in _corrected(query.input, unknown, engine):
        try:
            corrected = read(text)
        except QueryError:  # the correction made it longer than allowed
            continue
        # Two forms of one stem ask the same.
        total = 0 if corrected.node in asked else count(corrected)
        asked.append(corrected.node)
        if total:
            found.append(Suggestion(text, total, "spelling"))
        if len(found) == _SUGGESTIONS:
            break
    return tuple(found)


def _corrected(text: str, unknown: list[UnknownWord], engine: Engine) -> Iterator[str]:
    forms = [[form.word for form in engine.similar_forms(each.word, limit=_FORMS_TRIED)] for each in unknown]
    if not forms or not all(forms):
        return
    best = [each[0] for each in forms]
    yield _replaced(text, unknown, best)
    for index, each in enumerate(forms):
        for other in each[1:]:
            yield _replaced(text, unknown, [*best[:index], other, *best[index + 1 :]])


def _replaced(text: str, unknown: list[UnknownWord], words: list[str]) -> str:
    for each, word in sorted(zip(unknown, words, strict=True), key=lambda pair: -pair[0].start):
        text = text[: each.start] + word + text[each.end :]
    return text


def _end_of_words(text: str, clause: TypedClause) -> int:
    """Return where the words of a clause end, before its weight and its distance."""
    return clause.start + len(_AFTER_WORDS.sub("", text[clause.start : clause.end]))


def _words(text: str, start: int, end: int, analyzer: Analyzer) -> Iterator[tuple[str, int, int]]:
    for token in analyzer.tokens(text[start:end]):
        # One word alone is never shouted, see Analyzer.query_words.
        word = analyzer.query_words(text[start + token.start : start + token.end])
        if word:
            yield word[0].lower() if is_shouted(text) else word[0], start + token.start, start + token.end


def _asked(node: Node, word: str, analyzer: Analyzer) -> Term:
    stemmed = any(isinstance(leaf, Term) and leaf.stemmed for leaf in leaves(node))
    words = analyzer.forms_of(word)
    return Term(tuple(map(analyzer.stem, words)) if stemmed else words, stemmed)


def _is_escaped(query: Query, clause: TypedClause) -> bool:
    """Whether the words of a clause are not what was typed there."""
    return query.dialect is Dialect.LUCENE and "\\" in query.input[clause.start : clause.end]


def _is_of_article(node: Node) -> bool:
    return isinstance(_bare(node), Field | DateRange | AnnualDay | Length)


def _bare(node: Node) -> Node:
    return _bare(node.child) if isinstance(node, Boost) else node


def _holds_pattern(node: Node) -> bool:
    return any(isinstance(part, Wildcard | Fuzzy) for part in leaves(node))
