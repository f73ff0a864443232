"""The engine's tree -> what it matches and how well, over posting arrays. A store keeps them, this evaluates.

A `Space` is something with token positions: the paragraphs' text, or the articles' titles. An `Evaluator` answers one
question: it walks the tree once and never looks at text. Exact throughout: nothing is sampled, cut or estimated.

Two questions are asked of every node: what it matches of everything (`_all`), and what of some paragraphs (`_at`). Of
an And only its rarest part is asked of everything. Which part that is never depends on what was asked before, so that
sums are made in the same order and scores come out the same to the last digit.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, singledispatchmethod
from itertools import pairwise

import numpy as np

from search.engines.base import Scope
from search.engines.cache import ArrayCache
from search.engines.columns import Bools, Columns, Floats, Ints
from search.engines.postings import Scored
from search.engines.scratch import Sums
from search.engines.spaces import LEAVES, Space
from search.errors import EngineUnavailable
from search.language import Analyzer
from search.query.matching import matches, token_texts
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Everything,
    Exactly,
    Field,
    Length,
    Node,
    Not,
    Or,
    Prefer,
)

_OF_ARTICLES = Field | DateRange | AnnualDay | Length | Exactly | Everything

# Which of some paragraphs match, and what each scores (0 where it does not); None where none of them scores.
At = tuple[Bools, Floats | None]


@dataclass(frozen=True)
class Spaces:
    """What an evaluator works on: the two spaces with positions, the columns, and the fields with few values."""

    text: Space
    title: Space
    columns: Columns
    analyzer: Analyzer
    cache: ArrayCache

    @cached_property
    def sums(self) -> Sums:
        """Room for adding up the scores of paragraphs."""
        return Sums(self.columns.paragraphs)

    def with_value_matching(self, node: Field) -> Bools:
        """Return the articles whose value of a field matches."""
        return self.cache.get(("value", node), lambda: self._with(node.name, lambda value: self._matches(node, value)))

    def with_value_in(self, name: str, folded: Sequence[str]) -> Bools:
        """Return the articles whose whole value of a field is one of these, after folding."""
        key = ("values", name, tuple(folded))
        return self.cache.get(key, lambda: self._with(name, lambda value: self.analyzer.fold(value) in folded))

    def _with(self, name: str, fits: Callable[[str], bool]) -> Bools:
        fitting = [fits(value) for value in self.columns.values[name]]
        # The last place stands for articles without a value, whose index is -1.
        return np.array([*fitting, False], np.bool_)[self.columns.value_of[name]]

    def _matches(self, node: Field, value: str) -> bool:
        tokens = token_texts(self.analyzer.tokens(value), self.analyzer)
        return matches(node.child, tokens)


_NO_DOCS: Ints = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Anywhere:
    """What a node matches where its parts may stand anywhere in an article.

    `evidence` are the paragraphs that show it, in order. A paragraph's score is the sum of what it has in each of
    `parts` and what its article has in each of `spread`.
    """

    articles: Bools
    evidence: Ints
    parts: tuple[Scored, ...] = ()
    spread: tuple[Floats, ...] = ()

    def within(self, columns: Columns) -> "Anywhere":
        """Return it without what articles show and score that do not match."""
        inside = self.articles[columns.article_of]
        return Anywhere(
            self.articles,
            self.evidence[inside[self.evidence]],
            tuple(Scored(part.units, part.scores * inside[part.units]) for part in self.parts),
            tuple(spread * self.articles for spread in self.spread),
        )

    def shown(self, columns: Columns) -> Scored:
        """Return the paragraphs that are shown of the articles that match, with their scores."""
        has_evidence = np.zeros(columns.articles, np.bool_)
        has_evidence[columns.article_of[self.evidence]] = True
        # An article found by its fields alone is found with all its paragraphs.
        shown = (self.articles & ~has_evidence)[columns.article_of]
        shown[self.evidence] = True
        docs = np.flatnonzero(shown & self.articles[columns.article_of])
        scores = np.zeros(columns.paragraphs)
        for part in self.parts:
            scores[part.units] += part.scores
        of_articles = sum(self.spread, np.zeros(columns.articles))
        return Scored(docs, scores[docs] + of_articles[columns.article_of[docs]])


class Evaluator:
    """Answers one question, within `seconds`."""

    def __init__(self, spaces: Spaces, *, seconds: float) -> None:
        self._spaces = spaces
        self._columns = spaces.columns
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._of_articles_known: dict[Node, tuple[Bools, Floats | None]] = {}

    def evaluate(self, node: Node, scope: Scope) -> Scored:
        """Return the paragraphs that match, in order, with their scores."""
        if scope is Scope.PARAGRAPH:
            return self._all(node)
        return self._anywhere(node).shown(self._columns)

    def _check_time(self) -> None:
        if time.monotonic() > self._until:
            raise EngineUnavailable(
                f"The search took longer than {self._seconds:g} seconds; ask for fewer or rarer words."
            )

    # In one paragraph, of all

    @singledispatchmethod
    def _all(self, node: Node) -> Scored:
        self._check_time()
        return self._spaces.text.scored(node)

    @_all.register
    def _(self, node: And) -> Scored:
        rarest, *others = sorted(node.children, key=self._estimate)
        found = self._all(rarest)
        docs, scores = found.units, found.scores
        for child in others:
            matching, more = self._at(child, docs)
            docs = docs[matching]
            scores = _added(scores, more)[matching]
        return Scored(docs, sum(self._near_each_other(node, docs), scores))

    @_all.register
    def _(self, node: Or) -> Scored:
        return self._union([self._all(child) for child in node.children])

    @_all.register
    def _(self, node: Not) -> Scored:
        matching = np.ones(self._columns.paragraphs, np.bool_)
        matching[self._all(node.child).units] = False
        return _unscored(np.flatnonzero(matching))

    @_all.register
    def _(self, node: Prefer) -> Scored:
        must = self._all(node.must)
        return Scored(must.units, _added(must.scores, self._preferred(node, must.units)))

    @_all.register
    def _(self, node: Boost) -> Scored:
        found = self._all(node.child)
        return Scored(found.units, found.scores * node.factor)

    @_all.register
    def _(self, node: AtLeast) -> Scored:
        docs = self._columns.docs_of(self._often(node))
        return Scored(docs, self._spaces.text.scores_at(node.child, docs))

    @_all.register(_OF_ARTICLES)
    def _(self, node: Node) -> Scored:
        articles, scores = self._of_articles(node)
        docs = self._columns.docs_of(articles)
        return _unscored(docs) if scores is None else Scored(docs, scores[self._columns.article_of[docs]])

    # In one paragraph, of some

    @singledispatchmethod
    def _at(self, node: Node, docs: Ints) -> At:
        self._check_time()
        scores = self._spaces.text.scores_at(node, docs)
        return scores > 0, scores

    @_at.register
    def _(self, node: And, docs: Ints) -> At:
        found = [self._at(child, docs) for child in node.children]
        matching = np.logical_and.reduce([each for each, _ in found])
        scores = _total([*(each for _, each in found), *self._near_each_other(node, docs)])
        return matching, None if scores is None else np.where(matching, scores, 0.0)

    @_at.register
    def _(self, node: Or, docs: Ints) -> At:
        found = [self._at(child, docs) for child in node.children]
        return np.logical_or.reduce([each for each, _ in found]), _total([each for _, each in found])

    @_at.register
    def _(self, node: Not, docs: Ints) -> At:
        return ~self._at(node.child, docs)[0], None

    @_at.register
    def _(self, node: Prefer, docs: Ints) -> At:
        matching, scores = self._at(node.must, docs)
        scores = _total([scores, self._preferred(node, docs)])
        return matching, None if scores is None else np.where(matching, scores, 0.0)

    @_at.register
    def _(self, node: Boost, docs: Ints) -> At:
        matching, scores = self._at(node.child, docs)
        return matching, None if scores is None else scores * node.factor

    @_at.register
    def _(self, node: AtLeast, docs: Ints) -> At:
        matching = self._often(node)[self._columns.article_of[docs]]
        return matching, np.where(matching, self._spaces.text.scores_at(node.child, docs), 0.0)

    @_at.register(_OF_ARTICLES)
    def _(self, node: Node, docs: Ints) -> At:
        articles, scores = self._of_articles(node)
        if not articles.any():
            return np.zeros(len(docs), np.bool_), None
        article_of = self._columns.article_of[docs]
        return articles[article_of], None if scores is None else scores[article_of]

    # What both need

    def _preferred(self, node: Prefer, docs: Ints) -> Floats | None:
        """Return what the alternatives add to the score of each of these paragraphs."""
        of_articles = [self._added_by_article(child) for child in node.should]
        by_article = _total(of_articles)
        others = (child for child, known in zip(node.should, of_articles, strict=True) if known is None)
        scores = [self._at(child, docs)[1] for child in others]
        return _total([*scores, None if by_article is None else by_article[self._columns.article_of[docs]]])

    def _added_by_article(self, node: Node) -> Floats | None:
        """Return what each article's paragraphs score for a node that asks of its fields; None for other nodes."""
        if isinstance(node, Boost):
            scores = self._added_by_article(node.child)
            return None if scores is None else scores * node.factor
        return self._of_articles(node)[1] if isinstance(node, _OF_ARTICLES) else None

    def _estimate(self, node: Node) -> int:
        """Return about how many paragraphs match: at least as many as do."""
        match node:
            case And(children=children):
                return min(map(self._estimate, children))
            case Or(children=children):
                return sum(map(self._estimate, children))
            case Prefer(must=child) | Boost(child=child):
                return self._estimate(child)
            case Not() | AtLeast() | Everything():
                return self._columns.paragraphs
            case Field() | DateRange() | AnnualDay() | Length() | Exactly():
                return int(self._columns.paragraphs_of[self._of_articles(node)[0]].sum())
        return self._spaces.text.estimate(node)

    def _near_each_other(self, node: And, docs: Ints) -> list[Floats]:
        leaves = [child for child in node.children if isinstance(child, LEAVES)]
        pairs = [(left, right) for left, right in pairwise(leaves) if left != right]
        return [self._spaces.text.closeness_at(left, right, docs) for left, right in pairs]

    def _union(self, found: Sequence[Scored]) -> Scored:
        """Return what any found, each with the sum of what it scores in all."""
        if len(found) == 1:
            return found[0]
        docs = _either([each.units for each in found], self._columns.paragraphs)
        total = self._spaces.sums.zeros
        for each in found:
            total[each.units] += each.scores
        scores = total[docs]
        total[docs] = 0
        return Scored(docs, scores)

    # Anywhere in one article

    @singledispatchmethod
    def _anywhere(self, node: Node) -> Anywhere:
        found = self._all(node)
        return Anywhere(self._articles_of(found.units), found.units, (found,))

    @_anywhere.register(_OF_ARTICLES)
    def _(self, node: Node) -> Anywhere:
        articles, scores = self._of_articles(node)
        return Anywhere(articles, _NO_DOCS, (), () if scores is None else (scores,))

    @_anywhere.register
    def _(self, node: AtLeast) -> Anywhere:
        found = self._spaces.text.scored(node.child)
        return Anywhere(self._often(node), found.units, (found,))

    @_anywhere.register
    def _(self, node: And) -> Anywhere:
        found = [self._anywhere(child) for child in node.children]
        evidence = _either([each.evidence for each in found], self._columns.paragraphs)
        near = tuple(Scored(evidence, each) for each in self._near_each_other(node, evidence))
        articles = np.logical_and.reduce([each.articles for each in found])
        return Anywhere(articles, evidence, (*_parts(found), *near), _spread(found))

    @_anywhere.register
    def _(self, node: Or) -> Anywhere:
        # A paragraph shows, and scores for, only an alternative that its article matches.
        found = [self._anywhere(child).within(self._columns) for child in node.children]
        evidence = _either([each.evidence for each in found], self._columns.paragraphs)
        articles = np.logical_or.reduce([each.articles for each in found])
        return Anywhere(articles, evidence, _parts(found), _spread(found))

    @_anywhere.register
    def _(self, node: Not) -> Anywhere:
        return Anywhere(~self._anywhere(node.child).articles, _NO_DOCS)

    @_anywhere.register
    def _(self, node: Prefer) -> Anywhere:
        must = self._anywhere(node.must)
        found = [must, *(self._anywhere(child).within(self._columns) for child in node.should)]
        return Anywhere(must.articles, must.evidence, _parts(found), _spread(found))

    @_anywhere.register
    def _(self, node: Boost) -> Anywhere:
        found = self._anywhere(node.child)
        parts = tuple(Scored(each.units, each.scores * node.factor) for each in found.parts)
        return Anywhere(found.articles, found.evidence, parts, tuple(each * node.factor for each in found.spread))

    # Of the article's fields

    def _of_articles(self, node: Node) -> tuple[Bools, Floats | None]:
        """Return which articles match, and what each scores, None where that is nothing."""
        if node not in self._of_articles_known:
            known = self._field(node) if isinstance(node, Field) else (self._article_filter(node), None)
            self._of_articles_known[node] = known
        return self._of_articles_known[node]

    def _field(self, node: Field) -> tuple[Bools, Floats | None]:
        if node.name not in ("title", "hlead"):
            return self._spaces.with_value_matching(node), None
        found = self._spaces.title.scored(node.child)
        articles = np.zeros(self._columns.articles, np.bool_)
        articles[found.units] = True
        scores = np.zeros(self._columns.articles)
        scores[found.units] = found.scores
        return (articles, scores) if node.name == "title" else self._with_first_paragraphs(node, articles, scores)

    def _with_first_paragraphs(self, node: Field, articles: Bools, scores: Floats) -> tuple[Bools, Floats]:
        found = self._spaces.text.scored(node.child)
        first = self._columns.article_of[found.units]
        is_first = self._columns.first_doc[first] == found.units
        articles[first[is_first]] = True
        scores[first[is_first]] += found.scores[is_first]
        return articles, scores

    def _often(self, node: AtLeast) -> Bools:
        """Return the articles that hold the child often enough."""
        text = self._spaces.text
        articles = self._columns.article_of[text.layout.units_of(text.spans(node.child).starts)]
        return np.asarray(np.bincount(articles, minlength=self._columns.articles) >= node.count)

    def _articles_of(self, docs: Ints) -> Bools:
        articles = np.zeros(self._columns.articles, np.bool_)
        articles[self._columns.article_of[docs]] = True
        return articles

    def _article_filter(self, node: Node) -> Bools:
        match node:
            case DateRange(start=start, end=end):
                low = start.toordinal() if start else 1
                day = self._columns.day
                return np.asarray((day >= low) & (day <= end.toordinal()) if end else day >= low)
            case AnnualDay(month=month, day=None):
                return np.asarray(self._columns.annual_day // 100 == month)
            case AnnualDay(month=month, day=int(day)):
                return np.asarray(self._columns.annual_day == month * 100 + day)
            case Length(low=low, high=high):
                words = self._columns.words_of
                return np.asarray((words >= (low or 0)) & (words <= (words.max(initial=0) if high is None else high)))
            case Exactly(name=name, values=values):
                return self._spaces.with_value_in(name, values)
        return np.ones(self._columns.articles, np.bool_)


def _added(scores: Floats, more: Floats | None) -> Floats:
    return scores if more is None else scores + more


def _total(scores: Iterable[Floats | None]) -> Floats | None:
    known = [each for each in scores if each is not None]
    return sum(known[1:], known[0]) if known else None


def _unscored(docs: Ints) -> Scored:
    return Scored(docs, np.zeros(len(docs)))


def _either(found: Iterable[Ints], size: int) -> Ints:
    matching = np.zeros(size, np.bool_)
    for docs in found:
        matching[docs] = True
    return np.flatnonzero(matching)


def _parts(found: Iterable[Anywhere]) -> tuple[Scored, ...]:
    return tuple(part for each in found for part in each.parts)


def _spread(found: Iterable[Anywhere]) -> tuple[Floats, ...]:
    return tuple(spread for each in found for spread in each.spread)
