"""The parser's tree -> the engine's: what clauses side by side mean under `match`, and what ranks higher.

Afterwards there is no `Words` left; `must` decides what is found, `should` only in which order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial

from search.errors import TooManyForms
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Exactly,
    Field,
    Fuzzy,
    InArticles,
    Length,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Prefer,
    Term,
    Together,
    Undated,
    Wildcard,
    Window,
    Words,
    mapped,
)
from search.query.syntax import TEXT_FIELDS

# How much a word found in the article's title adds, against the same word in the paragraph.
TITLE_WEIGHT = 0.6
# Of more words a pattern is held against each word that is shown: they are fewer.
_MOST_SPELT_OUT = 1_000


class Match(StrEnum):
    """Whether clauses side by side must all be found."""

    AUTO = "auto"
    ALL = "all"
    ANY = "any"


def plan(node: Node, match: Match) -> Node:
    """Return the engine's tree: clauses side by side as all or any of them, a match in the title counting more.

    Stop words beside other words never exclude; filters (fields, dates, lengths, atleast, NOT) always do.
    """
    assert match is not Match.AUTO, "the service decides between all and any"
    tree = _resolved(node, match)
    titles = tuple(Boost(Field("title", leaf), TITLE_WEIGHT) for leaf in _asked_of_text(tree))
    return Prefer(tree, titles) if titles else tree


def can_relax(node: Node) -> bool:
    """Whether asking for any of the clauses finds more than asking for all."""
    return _resolved(node, Match.ALL) != _resolved(node, Match.ANY)


def with_forms(node: Node, forms: Callable[[Term | Wildcard | Fuzzy], Sequence[str]]) -> Node:
    """Return the tree with stems, patterns and words that are so many edits away spelt out, to be marked.

    A pattern of too many words stays one, and so does what is asked of values: they have words of their own.
    """
    if isinstance(node, Field) and node.name not in TEXT_FIELDS:
        return node
    if isinstance(node, Term):
        return replace(node, tokens=tuple(forms(node)), stemmed=False) if node.stemmed else node
    if isinstance(node, Wildcard | Fuzzy):
        try:
            words = tuple(forms(node))
        except TooManyForms:
            return node
        return Term(words, stemmed=False) if len(words) <= _MOST_SPELT_OUT else node
    return mapped(node, partial(with_forms, forms=forms))


def _resolved(node: Node, match: Match) -> Node:
    if isinstance(node, Words):
        return _words(node, match)
    if isinstance(node, And | Or):
        return replace(node, children=tuple(_resolved(child, match) for child in node.children))
    if isinstance(node, Not):
        # Any of the words under NOT would exclude more than was asked.
        return Not(_resolved(node.child, Match.ALL))
    return node


def _words(node: Words, match: Match) -> Node:
    children = [_resolved(child, match) for child in node.children]
    filters = [child for child in children if _is_filter(child)]
    common = [child for child in children if _is_common(child)]
    content = [child for child in children if child not in filters and not _is_common(child)]
    if not content:
        content, common = common, []
    if match is Match.ANY and len(content) > 1:
        content = [Or(tuple(content))]
    must = content + filters
    tree = must[0] if len(must) == 1 else And(tuple(must))
    return Prefer(tree, tuple(common)) if common else tree


def _is_filter(node: Node) -> bool:
    if isinstance(node, Boost):
        return _is_filter(node.child)
    if isinstance(node, And | Or):
        return all(map(_is_filter, node.children))
    return isinstance(node, Not | Field | DateRange | AnnualDay | Undated | Length | AtLeast | Exactly | InArticles)


def _is_common(node: Node) -> bool:
    if isinstance(node, Boost):
        return _is_common(node.child)
    return isinstance(node, Term) and node.common


def _asked_of_text(node: Node) -> Iterator[Node]:
    """Yield what a match is looked for in the paragraphs' text, each once."""
    seen: set[Node] = set()
    for found in _text_leaves(node):
        if found not in seen:
            seen.add(found)
            yield found


def _text_leaves(node: Node) -> Iterator[Node]:
    match node:
        case Term() | Phrase() | Wildcard() | Fuzzy():
            yield node
        case Window(parts=parts):
            yield from parts
        case NotNear(left=left):
            yield from _text_leaves(left)
        case AtLeast(child=child):
            yield from _text_leaves(child)
        case Near(left=left, right=right) | Together(left=left, right=right):
            yield from _text_leaves(left)
            yield from _text_leaves(right)
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _text_leaves(child)
        case Prefer(must=must):
            yield from _text_leaves(must)
        case Boost(child=child):
            yield from _text_leaves(child)
