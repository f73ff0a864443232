"""The engine's tree -> what it matches where its parts may stand anywhere in an article, and how well."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from search.engines.article_fields import OF_ARTICLES, ArticleFields
from search.engines.columns import Bools, Columns, Floats, Ints
from search.engines.dispatching import by_kind
from search.engines.evaluation import Evaluator, either
from search.engines.postings import Scored
from search.query.nodes import And, AtLeast, Boost, Node, Not, Or, Prefer

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


class AnywhereEvaluator:
    """Answers one question; what must stand in one paragraph is asked of `paragraphs`."""

    def __init__(self, paragraphs: Evaluator, fields: ArticleFields, columns: Columns) -> None:
        self._paragraphs = paragraphs
        self._fields = fields
        self._columns = columns

    def evaluate(self, node: Node) -> Scored:
        """Return the paragraphs that are shown of the articles that match, in order, with their scores."""
        return self._anywhere(node).shown(self._columns)

    @by_kind
    def _anywhere(self, node: Node) -> Anywhere:
        found = self._paragraphs.evaluate(node)
        return Anywhere(self._articles_of(found.units), found.units, (found,))

    @_anywhere.register(OF_ARTICLES)
    def _(self, node: Node) -> Anywhere:
        articles, scores = self._fields.find(node)
        return Anywhere(articles, _NO_DOCS, (), () if scores is None else (scores,))

    @_anywhere.register
    def _(self, node: AtLeast) -> Anywhere:
        found = self._paragraphs.counted(node)
        return Anywhere(self._fields.often(node), found.units, (found,))

    @_anywhere.register
    def _(self, node: And) -> Anywhere:
        found = [self._anywhere(child) for child in node.children]
        evidence = either([each.evidence for each in found], self._columns.paragraphs)
        near = tuple(Scored(evidence, each) for each in self._paragraphs.near_each_other(node, evidence))
        articles = np.logical_and.reduce([each.articles for each in found])
        return Anywhere(articles, evidence, (*_parts(found), *near), _spread(found))

    @_anywhere.register
    def _(self, node: Or) -> Anywhere:
        # A paragraph shows, and scores for, only an alternative that its article matches.
        found = [self._anywhere(child).within(self._columns) for child in node.children]
        evidence = either([each.evidence for each in found], self._columns.paragraphs)
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

    def _articles_of(self, docs: Ints) -> Bools:
        articles = np.zeros(self._columns.articles, np.bool_)
        articles[self._columns.article_of[docs]] = True
        return articles


def _parts(found: Iterable[Anywhere]) -> tuple[Scored, ...]:
    return tuple(part for each in found for part in each.parts)


def _spread(found: Iterable[Anywhere]) -> tuple[Floats, ...]:
    return tuple(spread for each in found for spread in each.spread)
