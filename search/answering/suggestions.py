"""Words that are not in the archive, and what was probably meant; words that fit but were not asked.

Every suggestion was run.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from search.answering.answer import Suggestion
from search.engines.base import VALUE_FIELDS, Engine
from search.errors import Diagnostic, QueryError
from search.language import Analyzer
from search.query import Dialect, Query
from search.query.context import PATTERN_PIECES, TypedClause, is_shouted, pattern_text
from search.query.nodes import (
    And,
    AtLeast,
    Boost,
    Field,
    Fuzzy,
    Near,
    Node,
    NotNear,
    Or,
    Phrase,
    Prefer,
    Term,
    Together,
    Wildcard,
    Window,
    children_of,
    leaves,
)
from search.query.syntax import MAX_FUZZY_FORMS, TEXT_FIELDS

_WHERE = {None: "paragraph", "title": "title", "hlead": "title or first paragraph"}
_SUGGESTIONS = 3
_FORMS_TRIED = 4
_AFTER_WORDS = re.compile(r"(?:~\d*)?(?:\^[\d.]*)?$")


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word or pattern of the query that is not in the archive, where it stands in what was typed.

    `field` names the field it was asked of, None being the text; `term` is what was asked for a word alone.
    """

    word: str
    start: int
    end: int
    field: str | None = None
    term: Term | None = None


def found_with(tree: Node) -> Iterator[Node]:
    """Yield the words, patterns and fields that are in the archive where the engine's tree found anything at all."""
    match tree:
        case Term() | Wildcard() | Fuzzy():
            yield tree
        case Field(name=name, child=child):
            yield tree
            yield from (Field(name, part) for part in found_with(child))
        case Prefer(must=child) | Boost(child=child) | AtLeast(child=child) | NotNear(left=child):
            yield from found_with(child)
        case And(children=parts) | Phrase(parts=parts) | Window(parts=parts):
            for part in parts:
                yield from found_with(part)
        case Near(left=left, right=right) | Together(left=left, right=right):
            yield from found_with(left)
            yield from found_with(right)


def unknown_words(query: Query, engine: Engine, analyzer: Analyzer, held: Collection[Node] = ()) -> list[UnknownWord]:
    """Return the words asked of text or titles that are not there, in any form where any was asked, and the patterns.

    `held`, here and below, is known to be in the archive; the engine is asked for the rest.
    """

    def is_unknown(asked: Node) -> bool:
        return asked not in held and not engine.count(asked)

    unknown: list[UnknownWord] = []
    for clause in query.clauses:
        asked = _asked_of_text(clause.node)
        if all(part in held for part in asked):
            continue
        if any(isinstance(_without_field(part), Wildcard | Fuzzy) for part in asked):
            unknown += _unknown_parts(query, clause, analyzer, is_unknown)
        elif not _is_escaped(query, clause):
            unknown += _unknown_in_words(query, clause, analyzer, is_unknown)
    return unknown


def _unknown_in_words(
    query: Query, clause: TypedClause, analyzer: Analyzer, is_unknown: Callable[[Node], bool]
) -> Iterator[UnknownWord]:
    field = _field_of(clause.node)
    for word, start, end in _words(query.input, clause.start, _end_of_words(query.input, clause), analyzer):
        term = _term(clause.node, word, analyzer)
        if is_unknown(_in_field(field, term)):
            yield UnknownWord(word, start, end, field, term)


def _unknown_parts(
    query: Query, clause: TypedClause, analyzer: Analyzer, is_unknown: Callable[[Node], bool]
) -> Iterator[UnknownWord]:
    """Yield what is unknown of a clause with patterns: each part of it, or all of it where its place is not known."""
    field, bare = _field_of(clause.node), _bare(clause.node)
    alternatives = bare.children if isinstance(bare, Or) else (bare,)
    unknown = [dict.fromkeys(filter(is_unknown, _asked_of_text(each))) for each in alternatives]
    if not all(unknown):
        return
    is_one = len(unknown) == 1 and next(iter(unknown[0])) != bare
    places = _places(query, clause, analyzer) if is_one else {}
    whole = UnknownWord(query.input[clause.start : clause.end], clause.start, clause.end, field)
    yield from dict.fromkeys(places.get(_without_field(part), whole) for part in unknown[0])


def _places(query: Query, clause: TypedClause, analyzer: Analyzer) -> Mapping[Node, UnknownWord]:
    """Return the words and patterns of a clause as they were typed, by what was asked for each."""
    text, end, field = query.input, _end_of_words(query.input, clause), _field_of(clause.node)
    found: dict[Node, UnknownWord] = {}
    for match in PATTERN_PIECES.finditer(text, clause.start, end):
        found.setdefault(Wildcard(pattern_text(match.group())), UnknownWord(match.group(), *match.span(), field))
    for word, first, last in _words(text, clause.start, end, analyzer):
        # What stands beside a wildcard is no word.
        if not {text[first - 1 : first], text[last : last + 1]} & {"*", "?"}:
            term = _term(clause.node, word, analyzer)
            found.setdefault(term, UnknownWord(word, first, last, field, term))
    return found


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
    message = f"No {_WHERE[unknown.field]} of this archive holds {unknown.word!r}."
    fix, total = (suggestion.q, suggestion.total) if suggestion else (None, None)
    return Diagnostic("unknown-word", message, unknown.start, unknown.end, fix, "warning", total=total)


def left_out_warnings(query: Query, engine: Engine) -> Iterator[Diagnostic]:
    """Yield the warnings that a word with edits fits more words of the archive than were asked."""
    for clause in query.clauses if "~" in query.input else ():
        for node in map(_without_field, _asked_of_text(clause.node)):
            if isinstance(node, Fuzzy) and (number := engine.number_within(node)) > MAX_FUZZY_FORMS:
                message = (
                    f"{node.word}~{node.edits} fits {number:,} words of this archive; asked were the"
                    f" {MAX_FUZZY_FORMS} most frequent of them. Write a longer word"
                    f"{', or ~1 instead of ~2' if node.edits > 1 else ''}."
                )
                yield Diagnostic("forms-left-out", message, clause.start, clause.end, severity="warning")


def spelling_suggestions(
    query: Query,
    unknown: list[UnknownWord],
    engine: Engine,
    *,
    read: Callable[[str], Query],
    count: Callable[[Query], int],
) -> tuple[Suggestion, ...]:
    """Return the query with its unknown words replaced by similar ones of the archive, where that finds something."""
    # A word that the text has is spelt right, though no title has it.
    misspelt = [each for each in unknown if each.term and not (each.field and engine.count(each.term))]
    found: list[Suggestion] = []
    asked: list[Node] = []
    for text in _corrected(query.input, misspelt, engine):
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


def _term(node: Node, word: str, analyzer: Analyzer) -> Term:
    """Return what a word of a clause asks for."""
    stemmed = any(isinstance(leaf, Term) and leaf.stemmed for leaf in leaves(node))
    words = analyzer.forms_of(word)
    return Term(tuple(map(analyzer.stem, words)) if stemmed else words, stemmed)


def _is_escaped(query: Query, clause: TypedClause) -> bool:
    """Whether the words of a clause are not what was typed there."""
    return query.dialect is Dialect.LUCENE and "\\" in query.input[clause.start : clause.end]


def _asked_of_text(node: Node) -> Sequence[Node]:
    """Return the words and patterns of a clause that are asked of text or titles, each in its field."""
    match node:
        case Field(name=name, child=child):
            return [Field(name, leaf) for leaf in leaves(child)] if name in TEXT_FIELDS else []
        case Term() | Wildcard() | Fuzzy():
            return [node]
    return [part for child in children_of(node) for part in _asked_of_text(child)]


def _field_of(node: Node) -> str | None:
    """Return the name of the field that all of a clause is asked of."""
    if isinstance(node, Field):
        return node.name
    return next(filter(None, map(_field_of, children_of(node))), None)


def _in_field(name: str | None, node: Node) -> Node:
    return node if name is None else Field(name, node)


def _without_field(node: Node) -> Node:
    return node.child if isinstance(node, Field) else node


def _bare(node: Node) -> Node:
    return _bare(node.child) if isinstance(node, Boost) else node
