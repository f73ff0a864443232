"""What is asked of articles: their fields, days and lengths, and how often something stands in them.

Each answer is a mask over the articles, and where a field is text (the title, the lead), a score for each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.engines.cache import ArrayCache
from search.engines.columns import Bools, Columns, Floats
from search.engines.evaluator.field_index import FieldIndex
from search.engines.evaluator.field_searcher import FieldSearcher
from search.engines.scratch import Sums
from search.language import Analyzer
from search.query.matching import value_matcher
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
    """An open index: its two fields, its columns, and room to work in. Safe for threads."""

    text: FieldIndex
    title: FieldIndex
    columns: Columns
    analyzer: Analyzer
    cache: ArrayCache

    @cached_property
    def sums(self) -> Sums:
        """Room for adding up the scores of paragraphs."""
        return Sums(self.columns.paragraphs)

    @cached_property
    def article_sums(self) -> Sums:
        """Room for adding up the scores of articles."""
        return Sums(self.columns.articles)

    def context(self) -> "EvaluationContext":
        """Return what one search is evaluated with."""
        return EvaluationContext(self, FieldSearcher(self.text), FieldSearcher(self.title))

    def with_value(self, name: str, fits: Callable[[str], bool]) -> Bools:
        """Return the articles whose value of a field fits."""
        fitting = [fits(value) for value in self.columns.values[name]]
        # The last place stands for articles without a value, whose index is -1.
        return np.array([*fitting, False], np.bool_)[self.columns.value_of[name]]


@dataclass(frozen=True)
class EvaluationContext:
    """What one search is evaluated with, in one thread: the index, and its fields with what was computed of them."""

    index: Index
    text: FieldSearcher
    title: FieldSearcher

    @property
    def columns(self) -> Columns:
        """The columns of the index."""
        return self.index.columns


class ArticleFields:
    """Answers one question's parts that ask of articles, each once."""

    def __init__(self, context: EvaluationContext) -> None:
        self._context = context
        self._index = context.index
        self._columns = context.columns
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
        return np.int64(self._columns.paragraphs_of[articles.nonzero()[0]].sum())

    def _text_field(self, node: Field) -> tuple[Bools, Floats]:
        found = self._context.title.scored(node.child)
        articles = np.zeros(self._columns.articles, np.bool_)
        articles[found.units] = True
        scores = np.zeros(self._columns.articles)
        scores[found.units] = found.scores
        return (articles, scores) if node.name == "title" else self._with_first_paragraphs(node, articles, scores)

    def _with_first_paragraphs(self, node: Field, articles: Bools, scores: Floats) -> tuple[Bools, Floats]:
        found = self._context.text.scored(node.child)
        first = self._columns.article_of[found.units]
        is_first = self._columns.first_paragraph[first] == found.units
        articles[first[is_first]] = True
        scores[first[is_first]] += found.scores[is_first]
        return articles, scores

    def often(self, node: AtLeast) -> Bools:
        """Return the articles that hold the child often enough."""
        text = self._context.text
        articles = self._columns.article_of[text.positions.units_of(text.spans(node.child).starts)]
        return np.asarray(np.bincount(articles, minlength=self._columns.articles) >= node.count)

    def _passing(self, node: Node) -> Bools:
        """Return the articles that pass a filter: filters stay while words change."""
        return self._index.cache.get(("filter", node), lambda: self._filter(node))

    def _filter(self, node: Node) -> Bools:
        match node:
            case DateRange(start=start, end=end):
                low = start.toordinal() if start else 1
                day = self._columns.day
                return np.asarray((day >= low) & (day <= end.toordinal()) if end else day >= low)
            case AnnualDay(month=month, day=None):
                return np.asarray(self._columns.annual_day // 100 == month)
            case AnnualDay(month=month, day=int(day)):
                return np.asarray(self._columns.annual_day == month * 100 + day)
            case Undated():
                return np.asarray(self._columns.day == 0)
            case Length(low=low, high=high):
                words = self._columns.words_of
                return np.asarray((words >= (low or 0)) & (words <= (words.max(initial=0) if high is None else high)))
            case Exactly(name=name, values=values):
                return self._index.with_value(name, lambda value: self._index.analyzer.fold(value) in values)
            case Field(name=name, child=child):
                return self._index.with_value(name, value_matcher(child, self._index.analyzer))
            case InArticles(ids=ids):
                return self._with_ids(ids)
        return np.ones(self._columns.articles, np.bool_)

    def _with_ids(self, ids: Sequence[str]) -> Bools:
        articles = np.zeros(self._columns.articles, np.bool_)
        known = (self._columns.article_number(each) for each in ids)
        articles[[number for number in known if number is not None]] = True
        return articles
