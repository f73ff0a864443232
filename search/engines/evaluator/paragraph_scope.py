"""The engine's tree -> what it matches and how well, over posting arrays. A store keeps them, this evaluates.

A `ParagraphScope` answers one question: it walks the tree once and never looks at text. Exact throughout: nothing is
sampled, cut or estimated.

Two questions are asked of every node: what it matches of everything (`_all`), and what of some paragraphs (`_at`). Of
an And only its rarest part is asked of everything. Which part that is never depends on what was asked before, so that
sums are made in the same order and scores come out the same to the last digit.
"""

from collections.abc import Iterable, Sequence
from itertools import takewhile

import numpy as np

from search import deadlines
from search.engines.evaluator.article_filters import OF_ARTICLES, ArticleFilters, EvaluationContext
from search.engines.evaluator.dispatching import by_kind
from search.engines.evaluator.field_searcher import LEAVES, POSITIONAL
from search.engines.evaluator.scored_docs import ScoredDocs
from search.engines.sorted_arrays import Bools, Floats, Ints, either, ranges
from search.query.nodes import (
    And,
    AnnualDay,
    AtLeast,
    Boost,
    DateRange,
    Everything,
    Exactly,
    Field,
    InArticles,
    Length,
    Node,
    Not,
    Or,
    Prefer,
    Undated,
)

# So many scores are computed at once; of more, only those that may be among the best.
_SETTLED = 200
# Fewer articles than one for so many paragraphs are looked up among those; of more, all are looked at.
_SPARSE = 16
# Which of some paragraphs match, and what each scores (0 where it does not); None where none of them scores.
At = tuple[Bools, Floats | None]


class ParagraphScope:
    """Answers one question, in the time that it has (`deadlines`).

    Where it is not to be `scored`, only what matches counts, and nobody asks what stands how near to what.
    """

    def __init__(self, context: EvaluationContext, fields: ArticleFilters, *, scored: bool = True) -> None:
        self._scored = scored
        self._context = context
        self._fields = fields
        self._doc_values = context.doc_values

    def evaluate(self, node: Node) -> ScoredDocs:
        """Return the paragraphs that match, in order, with their scores."""
        return self.bounded(node).settled()

    def bounded(self, node: Node) -> ScoredDocs:
        """Return the same with scores that may have to be settled."""
        return self._all(node)

    # In one paragraph, of all

    @by_kind
    def _all(self, node: Node) -> ScoredDocs:
        deadlines.check()
        return self._context.text.scored(node)

    @_all.register
    def _(self, node: And) -> ScoredDocs:
        children = sorted(node.children, key=self._estimate)
        of_text = list(takewhile(lambda child: isinstance(child, POSITIONAL), children)) or children[:1]
        found = self._context.text.conjunction(of_text) if len(of_text) > 1 else self.evaluate(of_text[0])
        docs, scores = found.units, found.scores
        for child in children[len(of_text) :]:
            matching, more = self._at(child, docs)
            docs = docs[matching]
            scores = _added(scores, more)[matching]
        return self.with_closeness(node, ScoredDocs(docs, scores))

    @_all.register
    def _(self, node: Or) -> ScoredDocs:
        return self._union([self.evaluate(child) for child in node.children])

    @_all.register
    def _(self, node: Not) -> ScoredDocs:
        matching = np.ones(self._doc_values.paragraphs, np.bool_)
        matching[self._all(node.child).units] = False
        return _unscored(np.flatnonzero(matching))

    @_all.register
    def _(self, node: Prefer) -> ScoredDocs:
        must = self._all(node.must)
        articles = self._doc_values.article_of[must.units] if must.articles is None else must.articles
        preferred = self._preferred(node, must.units, articles)
        if preferred is None:
            return ScoredDocs(must.units, must.scores, articles, must.settle)
        return must.map(lambda scores, places: scores + preferred[places], articles)

    @_all.register
    def _(self, node: Boost) -> ScoredDocs:
        found = self._all(node.child)
        return found.map(lambda scores, _: scores * node.factor, found.articles)

    @_all.register
    def _(self, node: AtLeast) -> ScoredDocs:
        docs = self._doc_values.docs_of(self._fields.often(node))
        return ScoredDocs(docs, self._context.text.scores_at(node.child, docs))

    @_all.register(OF_ARTICLES)
    def _(self, node: Node) -> ScoredDocs:
        articles, scores = self._fields.find(node)
        docs = self._doc_values.docs_of(articles)
        return _unscored(docs) if scores is None else ScoredDocs(docs, scores[self._doc_values.article_of[docs]])

    # In one paragraph, of some

    @by_kind
    def _at(self, node: Node, docs: Ints) -> At:
        deadlines.check()
        scores = self._context.text.scores_at(node, docs)
        return scores > 0, scores

    @_at.register
    def _(self, node: And, docs: Ints) -> At:
        found = [self._at(child, docs) for child in node.children]
        matching = np.logical_and.reduce([each for each, _ in found])
        scores = _total([*(each for _, each in found), *self.near_each_other(node, docs)])
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
        scores = _total([scores, self._preferred(node, docs, self._doc_values.article_of[docs])])
        return matching, None if scores is None else np.where(matching, scores, 0.0)

    @_at.register
    def _(self, node: Boost, docs: Ints) -> At:
        matching, scores = self._at(node.child, docs)
        return matching, None if scores is None else scores * node.factor

    @_at.register
    def _(self, node: AtLeast, docs: Ints) -> At:
        matching = self._fields.often(node)[self._doc_values.article_of[docs]]
        return matching, np.where(matching, self._context.text.scores_at(node.child, docs), 0.0)

    @_at.register(OF_ARTICLES)
    def _(self, node: Node, docs: Ints) -> At:
        articles, scores = self._fields.find(node)
        if not articles.any():
            return np.zeros(len(docs), np.bool_), None
        article_of = self._doc_values.article_of[docs]
        return articles[article_of], None if scores is None else scores[article_of]

    # What both need

    def _preferred(self, node: Prefer, docs: Ints, article_of: Ints) -> Floats | None:
        """Return what the alternatives add to the score of each of these paragraphs of these articles."""
        of_titles = [self._scored_in_titles(child) for child in node.should]
        others = (child for child, titles in zip(node.should, of_titles, strict=True) if titles is None)
        scores = [self._at(child, docs)[1] for child in others]
        found = [titles for titles in of_titles if titles is not None and len(titles.units)]
        if found:
            scores.append(_of_articles(found, article_of, self._doc_values.articles))
        return _total(scores)

    def _scored_in_titles(self, node: Node) -> ScoredDocs | None:
        """Return the articles whose titles hold what a node asks of them, with their scores; None for other nodes."""
        match node:
            case Boost(child=child, factor=factor):
                titles = self._scored_in_titles(child)
                return None if titles is None else ScoredDocs(titles.units, titles.scores * factor)
            case Field(name="title", child=child):
                return self._context.title.scored(child)
        return None

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
                return self._doc_values.paragraphs
            case Field() | DateRange() | AnnualDay() | Undated() | Length() | Exactly() | InArticles():
                return self._fields.paragraphs(node)
        return self._context.text.estimate(node)

    def counted(self, node: AtLeast) -> ScoredDocs:
        """Return the paragraphs that hold what is counted: alternatives weigh as one word, as they count as one."""
        return self._context.text.scored(node.child)

    def near_each_other(self, node: And, docs: Ints) -> list[Floats]:
        """Return what each of these paragraphs gains by neighbouring parts that stand near each other there."""
        return self._context.text.closeness_at(_leaves(node), docs) if self._scored else []

    def with_closeness(self, node: And, found: ScoredDocs) -> ScoredDocs:
        """Return what was found with what it gains by closeness; of much, only the most that this can be."""
        text, leaves = self._context.text, _leaves(node)
        if len(leaves) < 2 or not self._scored:
            return found
        docs = found.units
        if len(docs) <= _SETTLED:
            return ScoredDocs(docs, sum(text.closeness_at(leaves, docs), found.settled().scores))
        # Added in the same order, so that none is below the score by a rounding.
        most = found.scores
        for each in text.most_by_closeness(leaves):
            most = most + each

        def settle(at: Ints) -> Floats:
            scores = found.scores[at] if found.settle is None else found.settle(at)
            return sum(text.closeness_at(leaves, docs[at]), scores)

        return ScoredDocs(docs, most, settle=settle)

    def _union(self, found: Sequence[ScoredDocs]) -> ScoredDocs:
        """Return what any found, each with the sum of what it scores in all."""
        if len(found) == 1:
            return found[0]
        docs = either([each.units for each in found], self._doc_values.paragraphs)
        total = np.zeros(self._doc_values.paragraphs)
        first, *others = found
        total[first.units] = first.scores
        for each in others:
            total[each.units] += each.scores
        return ScoredDocs(docs, total[docs])


def _leaves(node: And) -> list[Node]:
    return [child for child in node.children if isinstance(child, LEAVES)]


def _added(scores: Floats, more: Floats | None) -> Floats:
    return scores if more is None else scores + more


def _total(scores: Iterable[Floats | None]) -> Floats | None:
    known = [each for each in scores if each is not None]
    return sum(known[1:], known[0]) if known else None


def _of_articles(found: Sequence[ScoredDocs], article_of: Ints, articles: int) -> Floats:
    """Return what the articles of some paragraphs score in all, of so many articles; those of paragraphs ascend."""
    if sum(len(each.units) for each in found) * _SPARSE > len(article_of):
        total = np.zeros(articles)
        for each in found:
            total[each.units] += each.scores
        return total[article_of]
    scores = np.zeros(len(article_of))
    for each in found:
        units = each.units.astype(article_of.dtype)
        starts, ends = article_of.searchsorted(units), article_of.searchsorted(units, "right")
        scores[ranges(starts, ends)] += each.scores.repeat(ends - starts)
    return scores


def _unscored(docs: Ints) -> ScoredDocs:
    return ScoredDocs(docs, np.zeros(len(docs)))
