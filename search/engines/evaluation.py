"""The engine's tree -> what it matches and how well, over posting arrays. Whoosh stores, this evaluates.

A `Space` is something with token positions: the paragraphs' text, or the articles' titles. An `Evaluator` answers one
question: it walks the tree once and never looks at text. Exact throughout: nothing is sampled, cut or estimated.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from itertools import pairwise

import numpy as np

from search.engines.base import Scope
from search.engines.cache import ArrayCache
from search.engines.columns import Bools, Columns, Floats, Ints
from search.engines.postings import Scored
from search.engines.spaces import Space
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
    Fuzzy,
    Length,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Term,
    Wildcard,
)

_LEAVES = (Term, Wildcard, Fuzzy, Phrase)


@dataclass(frozen=True, slots=True)
class Spaces:
    """What an evaluator works on: the two spaces with positions, the columns, and the fields with few values."""

    text: Space
    title: Space
    columns: Columns
    analyzer: Analyzer
    cache: ArrayCache

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


class Evaluator:
    """Answers one question, within `seconds`."""

    def __init__(self, spaces: Spaces, *, seconds: float) -> None:
        self._spaces = spaces
        self._columns = spaces.columns
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def evaluate(self, node: Node, scope: Scope) -> Scored:
        """Return the paragraphs that match, in order, with their scores."""
        if scope is Scope.PARAGRAPH:
            return self._paragraphs(node)
        articles, evidence, scores = self._articles(node)
        has_evidence = np.zeros(self._columns.articles, np.bool_)
        has_evidence[self._columns.article_of[evidence]] = True
        # An article found by its fields alone is found with all its paragraphs.
        shown = evidence | (articles & ~has_evidence)[self._columns.article_of]
        docs = np.flatnonzero(shown & articles[self._columns.article_of])
        return Scored(docs, scores[docs])

    def _check_time(self) -> None:
        if time.monotonic() > self._until:
            raise EngineUnavailable(
                f"The search took longer than {self._seconds:g} seconds; ask for fewer or rarer words."
            )

    # In one paragraph

    def _paragraphs(self, node: Node) -> Scored:
        self._check_time()
        return self._in_paragraph(node)

    @singledispatchmethod
    def _in_paragraph(self, node: Node) -> Scored:
        return self._spaces.text.scored(node)

    @_in_paragraph.register
    def _(self, node: And) -> Scored:
        found = [self._paragraphs(child) for child in node.children]
        docs = _intersection([each.units for each in found], self._columns.paragraphs)
        return Scored(docs, self._sum([*found, *self._near_each_other(node.children)])[docs])

    @_in_paragraph.register
    def _(self, node: Or) -> Scored:
        found = [self._paragraphs(child) for child in node.children]
        mask = _mask([each.units for each in found], self._columns.paragraphs)
        docs = np.flatnonzero(mask)
        return Scored(docs, self._sum(found)[docs])

    @_in_paragraph.register
    def _(self, node: Not) -> Scored:
        mask = _mask([self._paragraphs(node.child).units], self._columns.paragraphs)
        return _unscored(np.flatnonzero(~mask))

    @_in_paragraph.register
    def _(self, node: Prefer) -> Scored:
        must = self._paragraphs(node.must)
        scores = self._sum([must, *(self._paragraphs(child) for child in node.should)])
        return Scored(must.units, scores[must.units])

    @_in_paragraph.register
    def _(self, node: Boost) -> Scored:
        found = self._paragraphs(node.child)
        return Scored(found.units, found.scores * node.factor)

    @_in_paragraph.register
    def _(self, node: Field) -> Scored:
        articles, scores = self._field(node)
        docs = self._columns.docs_of(articles)
        return Scored(docs, scores[self._columns.article_of[docs]])

    @_in_paragraph.register
    def _(self, node: AtLeast) -> Scored:
        docs = self._columns.docs_of(self._often(node))
        return Scored(docs, self._sum([self._spaces.text.scored(node.child)])[docs])

    @_in_paragraph.register(DateRange | AnnualDay | Length | Exactly | Everything)
    def _(self, node: Node) -> Scored:
        return _unscored(self._columns.docs_of(self._article_filter(node)))

    def _near_each_other(self, children: Sequence[Node]) -> list[Scored]:
        leaves = [child for child in children if isinstance(child, _LEAVES)]
        pairs = [(left, right) for left, right in pairwise(leaves) if left != right]
        return [self._spaces.text.closeness(left, right) for left, right in pairs]

    def _sum(self, found: Sequence[Scored]) -> Floats:
        total = np.zeros(self._columns.paragraphs)
        for each in found:
            total[each.units] += each.scores
        return total

    # Anywhere in one article

    def _articles(self, node: Node) -> tuple[Bools, Bools, Floats]:
        """Return the articles that match, the paragraphs that show it, and the score of every paragraph."""
        self._check_time()
        return self._in_article(node)

    @singledispatchmethod
    def _in_article(self, node: Node) -> tuple[Bools, Bools, Floats]:
        if isinstance(node, Field | DateRange | AnnualDay | Length | Exactly | Everything):
            articles, scores = self._field(node) if isinstance(node, Field) else (self._article_filter(node), None)
            spread = np.zeros(self._columns.paragraphs) if scores is None else scores[self._columns.article_of]
            return articles, np.zeros(self._columns.paragraphs, np.bool_), spread
        found = self._paragraphs(node)
        articles = _mask([self._columns.article_of[found.units]], self._columns.articles)
        return articles, _mask([found.units], self._columns.paragraphs), self._sum([found])

    @_in_article.register
    def _(self, node: AtLeast) -> tuple[Bools, Bools, Floats]:
        found = self._spaces.text.scored(node.child)
        return self._often(node), _mask([found.units], self._columns.paragraphs), self._sum([found])

    @_in_article.register
    def _(self, node: And) -> tuple[Bools, Bools, Floats]:
        found = [self._articles(child) for child in node.children]
        scores = sum((each[2] for each in found), self._sum(self._near_each_other(node.children)))
        return (
            np.logical_and.reduce([each[0] for each in found]),
            np.logical_or.reduce([e[1] for e in found]),
            scores,
        )

    @_in_article.register
    def _(self, node: Or) -> tuple[Bools, Bools, Floats]:
        found = [self._articles(child) for child in node.children]
        # A paragraph shows, and scores for, only an alternative that its article matches.
        article_of = self._columns.article_of
        shown = [evidence & articles[article_of] for articles, evidence, _ in found]
        scores = sum((each * articles[article_of] for articles, _, each in found), np.zeros(self._columns.paragraphs))
        return np.logical_or.reduce([each[0] for each in found]), np.logical_or.reduce(shown), scores

    @_in_article.register
    def _(self, node: Not) -> tuple[Bools, Bools, Floats]:
        paragraphs = self._columns.paragraphs
        return ~self._articles(node.child)[0], np.zeros(paragraphs, np.bool_), np.zeros(paragraphs)

    @_in_article.register
    def _(self, node: Prefer) -> tuple[Bools, Bools, Floats]:
        articles, evidence, scores = self._articles(node.must)
        for child in node.should:
            preferred, _, more = self._articles(child)
            scores = scores + more * preferred[self._columns.article_of]
        return articles, evidence, scores

    @_in_article.register
    def _(self, node: Boost) -> tuple[Bools, Bools, Floats]:
        articles, evidence, scores = self._articles(node.child)
        return articles, evidence, scores * node.factor

    # Of the article's fields

    def _field(self, node: Field) -> tuple[Bools, Floats]:
        if node.name in ("title", "hlead"):
            found = self._spaces.title.scored(node.child)
            scores = np.zeros(self._columns.articles)
            scores[found.units] = found.scores
            mask = _mask([found.units], self._columns.articles)
            return (mask, scores) if node.name == "title" else self._with_first_paragraphs(node, mask, scores)
        return self._spaces.with_value_matching(node), np.zeros(self._columns.articles)

    def _with_first_paragraphs(self, node: Field, mask: Bools, scores: Floats) -> tuple[Bools, Floats]:
        found = self._spaces.text.scored(node.child)
        articles = self._columns.article_of[found.units]
        is_first = self._columns.first_doc[articles] == found.units
        mask[articles[is_first]] = True
        scores[articles[is_first]] += found.scores[is_first]
        return mask, scores

    def _often(self, node: AtLeast) -> Bools:
        """Return the articles that hold the child often enough."""
        text = self._spaces.text
        articles = self._columns.article_of[text.units_of(text.spans(node.child).starts)]
        return np.asarray(np.bincount(articles, minlength=self._columns.articles) >= node.count)

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


def _unscored(docs: Ints) -> Scored:
    return Scored(docs, np.zeros(len(docs)))


def _mask(found: Sequence[Ints], size: int) -> Bools:
    mask = np.zeros(size, np.bool_)
    for units in found:
        mask[units] = True
    return mask


def _intersection(found: Sequence[Ints], size: int) -> Ints:
    found = sorted(found, key=len)
    docs = found[0]
    for units in found[1:]:
        docs = docs[_mask([units], size)[docs]]
    return docs
