"""The best of what a frequent word or any of some match, by blocks: most are not looked at, and nothing lists it all.

Beside `Matched`, which lists everything, this is what a page of the best is taken from, and what facets are counted by;
whatever else is asked is asked of the list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from search.engines.article_fields import ArticleFields, Spaces
from search.engines.bitmaps import Peaks, Words, number_of, numbers_between, numbers_in_each, units_within
from search.engines.columns import Ints
from search.engines.evaluation import Evaluator
from search.engines.matched import Matched, best_first
from search.engines.postings import Scored
from search.engines.spaces import LEAVES
from search.query.nodes import Boost, Field, Node, Or, Prefer

# Bounds are sums in single precision, each within some roundings of what it bounds.
_ROUNDED_UP = np.float32(1 + 2e-4)


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What any of some words match; `evaluate` finds those of some blocks.

    No paragraph scores more than its block does in `most`.
    """

    listed: Words
    of_articles: Words
    most: Peaks
    evaluate: Callable[[Ints], Scored]
    spaces: Spaces

    @property
    def paragraphs(self) -> int:
        """How many paragraphs match."""
        return number_of(self.listed)

    @property
    def number_of_articles(self) -> int:
        """How many articles they are of."""
        return number_of(self.of_articles)

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.listed.nbytes + self.of_articles.nbytes + self.most.nbytes

    def leading(self, size: int) -> Matched:
        """Return what may be among the best of so many articles."""
        tried = size * self.spaces.text.limits.tried
        return best_first(self.most, tried, self.evaluate, size, self.spaces.columns)

    def counts_of(self, articles: Ints) -> Ints:
        """Return how many paragraphs of each of these articles match."""
        columns = self.spaces.columns
        first = columns.first_doc[articles]
        return numbers_between(self.listed, first, first + columns.paragraphs_of[articles])

    def by_article(self) -> tuple[Ints, Ints]:
        """Return the articles in order, and how many paragraphs of each match."""
        numbers = numbers_in_each(self.listed, self.spaces.borders)
        articles = (numbers != 0).nonzero()[0]
        return articles, numbers[articles]


def long_list(node: Node, spaces: Spaces, *, counts: bool) -> Sequence[Node] | None:
    """Return the words and phrases any of which a node asks for, where they match much; None where it asks otherwise.

    They may be weighed, and preferred by titles. `counts` says that facets are asked too.
    """
    either, titles = _bare(node)
    leaves = [_unweighed(child) for child in either.children] if isinstance(either, Or) else [either]
    if not all(isinstance(leaf, LEAVES) for leaf in leaves) or not all(map(_is_title, titles)):
        return None
    number, limits = sum(len(spaces.text.scored(leaf).units) for leaf in leaves), spaces.text.limits
    if len(leaves) == 1:
        number //= limits.counted if counts else limits.alone
    return leaves if spaces.text.is_long(number) else None


def alternatives(node: Node, leaves: Sequence[Node], spaces: Spaces, *, seconds: float) -> Alternatives:
    """Return what a node matches that asks for any of some leaves, weighed and preferred by titles."""
    parts = [spaces.blocks(leaf) for leaf in leaves]
    listed = reduce(np.bitwise_or, (part.listed.words for part in parts))
    of_articles = reduce(np.bitwise_or, (part.articles for part in parts))
    most = _most(node, spaces) * _ROUNDED_UP * (listed != 0)

    def evaluate(blocks: Ints) -> Scored:
        return _Within(blocks, listed, spaces, seconds=seconds).evaluate(node)

    return Alternatives(listed, of_articles, most, evaluate, spaces)


def _most(node: Node, spaces: Spaces) -> Peaks:
    """Return the most that a paragraph can score, for each block."""
    match node:
        case Boost(child=child, factor=factor):
            return _most(child, spaces) * np.float32(factor)
        case Prefer(must=must, should=should):
            return sum((_most(each, spaces) for each in should), _most(must, spaces))
        case Or(children=children):
            return sum((_most(each, spaces) for each in children[1:]), _most(children[0], spaces))
        case Field(child=child):
            return spaces.title_peaks(child)
    return spaces.blocks(node).peaks


def _bare(node: Node) -> tuple[Node, tuple[Node, ...]]:
    """Return a node without what weighs it, and what is preferred around it."""
    preferred: tuple[Node, ...] = ()
    while isinstance(node, Boost | Prefer):
        preferred += node.should if isinstance(node, Prefer) else ()
        node = node.must if isinstance(node, Prefer) else node.child
    return node, preferred


def _unweighed(node: Node) -> Node:
    return _unweighed(node.child) if isinstance(node, Boost) else node


def _is_title(node: Node) -> bool:
    field = _unweighed(node)
    return isinstance(field, Field) and field.name == "title"


class _Within(Evaluator):
    """Answers one question of the paragraphs of some blocks only, which are in order; all that match are listed."""

    def __init__(self, blocks: Ints, listed: Words, spaces: Spaces, *, seconds: float) -> None:
        super().__init__(spaces, ArticleFields(spaces), seconds=seconds)
        self._blocks = blocks
        self._listed = listed

    def _in_any(self, found: Sequence[Ints]) -> Ints:  # noqa: ARG002 - only all together are asked for: those listed
        return units_within(self._listed, self._blocks)

    def _leaf(self, node: Node) -> Scored:
        found = self._spaces.text.scored(node)
        places = self._spaces.blocks(node).listed.within(self._blocks)
        return Scored(found.units[places], found.scores[places])
