"""What is asked of articles: their fields, days and lengths, and how often something stands in them.

Each answer is a mask over the articles, and where a field is text (the title, the lead), a score for each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.engines.evaluator.cache import ArrayCache
from search.engines.evaluator.doc_values import DocValues
from search.engines.evaluator.field_index import FieldIndex
from search.engines.evaluator.field_searcher import FieldSearcher
from search.engines.evaluator.field_values import FieldValues
from search.engines.evaluator.leaves import LeafSelector
from search.engines.sorted_arrays import Bools, Floats
from search.language import Analyzer
from search.query.nodes import (
    AnnualDay,
    AtLeast,
    DateRange,
    Everything,
    Exactly,
    Field,
    InArticles,
    Length,
    Node,
    Undated,
)
from search.query.syntax import TEXT_FIELDS

OF_ARTICLES = Field | DateRange | AnnualDay | Undated | Length | Exactly | InArticles | Everything


@dataclass(frozen=True)
class Index:
    """An open index: its two fields and its doc values. Safe for threads."""

    text: FieldIndex
    title: FieldIndex
    selector: LeafSelector
    doc_values: DocValues
    analyzer: Analyzer
    cache: ArrayCache

    def context(self) -> "EvaluationContext":
        """Return what one search is evaluated with."""
        return EvaluationContext(self, FieldSearcher(self.text), FieldSearcher(self.title))

    @cached_property
    def values(self) -> dict[str, FieldValues]:
        """The values of the fields that have few."""
        return {name: FieldValues(values, self.analyzer) for name, values in self.doc_values.values.items()}

    def with_value(self, name: str, values: Sequence[int]) -> Bools:
        """Return the articles that have one of some values of a field."""
        # The last place stands for articles without a value, whose index is -1.
        is_asked = np.zeros(len(self.doc_values.values[name]) + 1, np.bool_)
        is_asked[values] = True
        return is_asked[self.doc_values.value_of[name]]


@dataclass(frozen=True)
class EvaluationContext:
    """What one search is evaluated with, in one thread: the index, and its fields with what was computed of them."""

    index: Index
    text: FieldSearcher
    title: FieldSearcher

    @property
    def doc_values(self) -> DocValues:
        """The doc values of the index."""
        return self.index.doc_values


class ArticleFilters:
    """Answers one question's parts that ask of articles, each once."""

    def __init__(self, context: EvaluationContext) -> None:
        self._context = context
        self._index = context.index
        self._doc_values = context.doc_values
        self._known: dict[Node, tuple[Bools, Floats | None]] = {}

    def find(self, node: Node) -> tuple[Bools, Floats | None]:
        """Return which articles match, and what each scores, None where that is nothing."""
        if node not in self._known:
            if isinstance(node, Field) and node.name in TEXT_FIELDS:
                self._known[node] = self._text_field(node)
            else:
                self._known[node] = self._passing(node), None
        return self._known[node]

    def paragraphs(self, node: Node) -> int:
        """Return how many paragraphs the articles have that match."""
        return int(self._index.cache.get(("paragraphs", node), lambda: self._paragraphs(self.find(node)[0])))

    def _paragraphs(self, articles: Bools) -> np.int64:
        return np.int64(self._doc_values.paragraphs_of[articles.nonzero()[0]].sum())

    def _text_field(self, node: Field) -> tuple[Bools, Floats]:
        found = self._context.title.scored(node.child)
        articles = np.zeros(self._doc_values.articles, np.bool_)
        articles[found.units] = True
        scores = np.zeros(self._doc_values.articles)
        scores[found.units] = found.scores
        return (articles, scores) if node.name == "title" else self._with_first_paragraphs(node, articles, scores)

    def _with_first_paragraphs(self, node: Field, articles: Bools, scores: Floats) -> tuple[Bools, Floats]:
        found = self._context.text.scored(node.child)
        first = self._doc_values.article_of[found.units]
        is_first = self._doc_values.first_paragraph[first] == found.units
        articles[first[is_first]] = True
        scores[first[is_first]] += found.scores[is_first]
        return articles, scores

    def often(self, node: AtLeast) -> Bools:
        """Return the articles that hold the child often enough."""
        found = self._context.text.counts(node.child)
        articles = self._doc_values.article_of[found.units]
        return np.asarray(np.bincount(articles, found.frequencies, minlength=self._doc_values.articles) >= node.count)

    def _passing(self, node: Node) -> Bools:
        """Return the articles that pass a filter: filters stay while words change."""
        return self._index.cache.get(("filter", node), lambda: self._filter(node))

    def _filter(self, node: Node) -> Bools:
        match node:
            case DateRange(start=start, end=end):
                low = start.toordinal() if start else 1
                day = self._doc_values.day
                return np.asarray((day >= low) & (day <= end.toordinal()) if end else day >= low)
            case AnnualDay(month=month, day=None):
                return np.asarray(self._doc_values.annual_day // 100 == month)
            case AnnualDay(month=month, day=int(day)):
                return np.asarray(self._doc_values.annual_day == month * 100 + day)
            case Undated():
                return np.asarray(self._doc_values.day == 0)
            case Length(low=low, high=high):
                words = self._doc_values.words_of
                return np.asarray((words >= (low or 0)) & (words <= (words.max(initial=0) if high is None else high)))
            case Exactly(name=name, values=values):
                return self._index.with_value(name, self._index.values[name].equal(values))
            case Field(name=name, child=child):
                return self._index.with_value(name, self._index.values[name].matching(child))
            case InArticles(ids=ids):
                return self._with_ids(ids)
        return np.ones(self._doc_values.articles, np.bool_)

    def _with_ids(self, ids: Sequence[str]) -> Bools:
        articles = np.zeros(self._doc_values.articles, np.bool_)
        known = (self._doc_values.article_number(each) for each in ids)
        articles[[number for number in known if number is not None]] = True
        return articles
