"""The tree -> queries of the cluster: for the paragraphs it finds, with their scores, and for their articles.

Two questions are asked of every node: who matches, and what it scores. Documents of articles and of paragraphs have
the fields of the article alike, so that most filters are the same for both; what is asked of an article as a whole
crosses the join between them.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, singledispatchmethod
from itertools import pairwise
from typing import NamedTuple

from search.engines.evaluator.field_searcher import LEAVES
from search.engines.opensearch_client import Json
from search.engines.opensearch_leaves import Units, all_of, any_of
from search.engines.opensearch_mapping import ARTICLE, MOST_VALUES, PARAGRAPH, is_text
from search.errors import EngineError
from search.language import Analyzer
from search.query.matching import value_matcher
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

_ALL: Json = {"match_all": {}}
UNSCORED = DateRange | AnnualDay | Undated | Length | Exactly | InArticles | Everything


class Values:
    """The values of the fields with few, which documents name by their place in these lists."""

    def __init__(self, values: dict[str, list[str]], analyzer: Analyzer) -> None:
        self.of = values
        self._analyzer = analyzer
        self.matching = lru_cache(maxsize=256)(self._matching)
        self.exactly = lru_cache(maxsize=256)(self._exactly)

    def _matching(self, node: Field) -> Json:
        return self._with(node.name, value_matcher(node.child, self._analyzer))

    def _exactly(self, node: Exactly) -> Json:
        return self._with(node.name, lambda value: self._analyzer.fold(value) in node.values)

    def _with(self, name: str, fits: Callable[[str], bool]) -> Json:
        found = [place for place, value in enumerate(self.of[name]) if fits(value)]
        if len(found) > MOST_VALUES:
            raise EngineError(f"This fits {len(found):,} values of {name}; write more letters.")
        return {"terms": {name: found}}


class Asked(NamedTuple):
    """What one question is asked of."""

    text: Units
    title: Units
    values: Values


class Paragraphs:
    """Queries for paragraphs: all parts in one paragraph."""

    def __init__(self, asked: Asked) -> None:
        self._text = asked.text
        self._title = asked.title
        self._values = asked.values

    # Who matches

    @singledispatchmethod
    def matching(self, node: Node) -> Json:
        """Return a query for the paragraphs that match a node, unscored."""
        return self._text.matching(node)

    @matching.register
    def _(self, node: And) -> Json:
        return all_of(map(self.matching, node.children))

    @matching.register
    def _(self, node: Or) -> Json:
        return any_of(map(self.matching, node.children))

    @matching.register
    def _(self, node: Not) -> Json:
        return {"bool": {"must_not": [self.matching(node.child)]}}

    @matching.register
    def _(self, node: Prefer) -> Json:
        return self.matching(node.must)

    @matching.register
    def _(self, node: Boost) -> Json:
        return self.matching(node.child)

    @matching.register(AtLeast | Field | UNSCORED)
    def _(self, node: Node) -> Json:
        if isinstance(node, AtLeast) or (isinstance(node, Field) and node.name == "hlead"):
            return of_articles(self.of_article(node))
        return self.of_article(node)

    def of_article(self, node: Node) -> Json:
        """Return a query for the articles of which something holds; but for counts and leads, for paragraphs too."""
        match node:
            case AtLeast(child=child, count=count):
                total = having(self._text.times(child), "sum")
                return {"function_score": {"query": total, "boost_mode": "multiply", "min_score": count}}
            case Field(name="title", child=child):
                return self._title.matching(child)
            case Field(name="hlead", child=child):
                return any_of((self._title.matching(child), having(_first(self._text.matching(child)))))
            case Field():
                return self._values.matching(node)
            case Exactly():
                return self._values.exactly(node)
            case InArticles(ids=ids):
                return {"terms": {"article": [each for each in ids if is_text(each)]}}
        return _of_card(node)

    # What it scores

    @singledispatchmethod
    def scored(self, node: Node, weight: float) -> Json:
        """Return a query for the paragraphs that match a node, with what it scores times a weight."""
        return self._text.scored(node, weight)

    @scored.register
    def _(self, node: And, weight: float) -> Json:
        must = [self.scored(child, weight) for child in node.children]
        return _ranked(must=must, should=self.near_each_other(node, weight))

    @scored.register
    def _(self, node: Or, weight: float) -> Json:
        return any_of(self.scored(child, weight) for child in node.children)

    @scored.register
    def _(self, node: Prefer, weight: float) -> Json:
        should = [self.scored(child, weight) for child in node.should]
        return _ranked(must=[self.scored(node.must, weight)], should=should)

    @scored.register
    def _(self, node: Boost, weight: float) -> Json:
        return self.scored(node.child, weight * node.factor)

    @scored.register(Not | UNSCORED)
    def _(self, node: Node, weight: float) -> Json:  # noqa: ARG002 - what scores nothing has no weight
        return {"bool": {"filter": [self.matching(node)]}}

    @scored.register
    def _(self, node: AtLeast, weight: float) -> Json:
        return {"bool": {"filter": [self.matching(node)], "should": [self._text.scored(node.child, weight)]}}

    @scored.register
    def _(self, node: Field, weight: float) -> Json:
        if node.name == "title":
            return self._title.scored(node.child, weight)
        if node.name != "hlead":
            return {"bool": {"filter": [self.matching(node)]}}
        return {"bool": {"filter": [self.matching(node)], "should": self.in_lead(node, weight)}}

    def in_lead(self, node: Field, weight: float) -> list[Json]:
        """Return queries that score all paragraphs of an article for its title, and for its first one."""
        first = having(_first(self._text.scored(node.child, weight)), "max")
        return [self._title.scored(node.child, weight), of_articles(first, scored=True)]

    def near_each_other(self, node: And, weight: float) -> list[Json]:
        """Return queries for what neighbouring parts add by standing near each other."""
        leaves = [child for child in node.children if isinstance(child, LEAVES)]
        pairs = [(left, right) for left, right in pairwise(leaves) if left != right]
        return [self._text.closeness(left, right, weight) for left, right in pairs]


def of_articles(query: Json, *, scored: bool = False) -> Json:
    """Return a query for the paragraphs of the articles that a query finds."""
    return {"has_parent": {"parent_type": ARTICLE, "query": query, "score": scored}}


def having(query: Json, score: str = "none") -> Json:
    """Return a query for the articles that have a paragraph which a query finds."""
    return {"has_child": {"type": PARAGRAPH, "query": query, "score_mode": score}}


def _first(query: Json) -> Json:
    return {"bool": {"must": [query], "filter": [{"term": {"number": 1}}]}}


def _ranked(*, must: Sequence[Json], should: Sequence[Json]) -> Json:
    return {"bool": {"must": must, "should": should, "minimum_should_match": 0}}


def _of_card(node: Node) -> Json:
    match node:
        case DateRange(start=start, end=end):
            return _between("day", start.toordinal() if start else 1, end.toordinal() if end else None)
        case AnnualDay(month=month, day=None):
            return _between("annual_day", month * 100, month * 100 + 99)
        case AnnualDay(month=month, day=int(day)):
            return {"term": {"annual_day": month * 100 + day}}
        case Undated():
            return {"bool": {"must_not": [{"exists": {"field": "day"}}]}}
        case Length(low=low, high=high):
            return _between("words_of", low or 0, high)
    return _ALL


def _between(name: str, low: int, high: int | None) -> Json:
    # What is beyond the largest number that is kept is beyond all of them.
    largest = (1 << 31) - 1
    return {"range": {name: {"gte": min(low, largest), "lte": min(largest if high is None else high, largest)}}}
