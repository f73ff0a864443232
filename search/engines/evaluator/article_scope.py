"""The engine's tree -> what it matches where its parts may stand anywhere in an article, and how well."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from search.engines.evaluator.article_filters import OF_ARTICLES, ArticleFilters
from search.engines.evaluator.dispatching import by_kind
from search.engines.evaluator.doc_values import DocValues
from search.engines.evaluator.field_searcher import POSITIONAL
from search.engines.evaluator.paragraph_scope import ParagraphScope
from search.engines.evaluator.scored_docs import ScoredDocs
from search.engines.sorted_arrays import Bools, Floats, Ints, either
from search.query.nodes import And, AtLeast, Boost, Node, Not, Or, Prefer

_NO_DOCS: Ints = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class ArticleMatches:
    """What a node matches where its parts may stand anywhere in an article.

    `evidence` are the paragraphs that show it, in order. A paragraph's score is the sum of what it has in each of
    `parts`, what its article has in each of `spread`, and what it gains by parts of the nodes in `near` that stand
    near each other.
    """

    articles: Bools
    evidence: Ints
    parts: tuple[ScoredDocs, ...] = ()
    spread: tuple[Floats, ...] = ()
    near: tuple[And, ...] = ()

    def within(self, doc_values: DocValues) -> "ArticleMatches":
        """Return it, with nothing in `near`, without what articles show and score that do not match."""
        inside = self.articles[doc_values.article_of]
        return ArticleMatches(
            self.articles,
            self.evidence[inside[self.evidence]],
            tuple(ScoredDocs(part.units, part.scores * inside[part.units]) for part in self.parts),
            tuple(spread * self.articles for spread in self.spread),
        )

    def shown(self, doc_values: DocValues) -> ScoredDocs:
        """Return the paragraphs that are shown of the articles that match, with their scores but for `near`."""
        has_evidence = np.zeros(doc_values.articles, np.bool_)
        has_evidence[doc_values.article_of[self.evidence]] = True
        # An article found by its fields alone is found with all its paragraphs.
        shown = (self.articles & ~has_evidence)[doc_values.article_of]
        shown[self.evidence] = True
        docs = np.flatnonzero(shown & self.articles[doc_values.article_of])
        scores = np.zeros(doc_values.paragraphs)
        for part in self.parts:
            scores[part.units] += part.scores
        of_articles = sum(self.spread, np.zeros(doc_values.articles))
        return ScoredDocs(docs, scores[docs] + of_articles[doc_values.article_of[docs]])


class ArticleScope:
    """Answers one question; what must stand in one paragraph is asked of `paragraphs`."""

    def __init__(self, paragraphs: ParagraphScope, fields: ArticleFilters, doc_values: DocValues) -> None:
        self._paragraphs = paragraphs
        self._fields = fields
        self._doc_values = doc_values

    def evaluate(self, node: Node) -> ScoredDocs:
        """Return the paragraphs that are shown of the articles that match, in order, with their scores."""
        found = self._anywhere(node)
        shown = found.shown(self._doc_values)
        for each in found.near:
            shown = self._paragraphs.with_closeness(each, shown)
        return shown

    def _alone(self, node: Node) -> ArticleMatches:
        """Return what a node matches, its scores complete, to be changed or cut."""
        found = self._anywhere(node)
        near = (
            closeness for each in found.near for closeness in self._paragraphs.near_each_other(each, found.evidence)
        )
        return replace(found, parts=(*found.parts, *(ScoredDocs(found.evidence, each) for each in near)), near=())

    def _inside(self, node: Node) -> ArticleMatches:
        """Return what a node matches, without what articles show and score that do not match."""
        found = self._alone(node)
        # What stands in one paragraph is found in no other article.
        return found if isinstance(node, POSITIONAL) else found.within(self._doc_values)

    @by_kind
    def _anywhere(self, node: Node) -> ArticleMatches:
        found = self._paragraphs.evaluate(node)
        return ArticleMatches(self._articles_of(found.units), found.units, (found,))

    @_anywhere.register(OF_ARTICLES)
    def _(self, node: Node) -> ArticleMatches:
        articles, scores = self._fields.find(node)
        return ArticleMatches(articles, _NO_DOCS, (), () if scores is None else (scores,))

    @_anywhere.register
    def _(self, node: AtLeast) -> ArticleMatches:
        found = self._paragraphs.counted(node)
        return ArticleMatches(self._fields.often(node), found.units, (found,))

    @_anywhere.register
    def _(self, node: And) -> ArticleMatches:
        found = [self._anywhere(child) for child in node.children]
        evidence = either([each.evidence for each in found], self._doc_values.paragraphs)
        articles = np.logical_and.reduce([each.articles for each in found])
        near = (*(each for child in found for each in child.near), node)
        return ArticleMatches(articles, evidence, _parts(found), _spread(found), near)

    @_anywhere.register
    def _(self, node: Or) -> ArticleMatches:
        # A paragraph shows, and scores for, only an alternative that its article matches.
        found = list(map(self._inside, node.children))
        evidence = either([each.evidence for each in found], self._doc_values.paragraphs)
        articles = np.logical_or.reduce([each.articles for each in found])
        return ArticleMatches(articles, evidence, _parts(found), _spread(found))

    @_anywhere.register
    def _(self, node: Not) -> ArticleMatches:
        return ArticleMatches(~self._anywhere(node.child).articles, _NO_DOCS)

    @_anywhere.register
    def _(self, node: Prefer) -> ArticleMatches:
        must = self._anywhere(node.must)
        found = [must, *map(self._inside, node.should)]
        return ArticleMatches(must.articles, must.evidence, _parts(found), _spread(found), must.near)

    @_anywhere.register
    def _(self, node: Boost) -> ArticleMatches:
        found = self._alone(node.child)
        parts = tuple(ScoredDocs(each.units, each.scores * node.factor) for each in found.parts)
        return ArticleMatches(found.articles, found.evidence, parts, tuple(each * node.factor for each in found.spread))

    def _articles_of(self, docs: Ints) -> Bools:
        articles = np.zeros(self._doc_values.articles, np.bool_)
        articles[self._doc_values.article_of[docs]] = True
        return articles


def _parts(found: Iterable[ArticleMatches]) -> tuple[ScoredDocs, ...]:
    return tuple(part for each in found for part in each.parts)


def _spread(found: Iterable[ArticleMatches]) -> tuple[Floats, ...]:
    return tuple(spread for each in found for spread in each.spread)
