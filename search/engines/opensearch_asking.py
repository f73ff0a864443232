"""An open index in the cluster: a question -> queries, in as few requests as can be -> hits, totals, facets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from search.articles import Article
from search.engines.base import (
    FACETS,
    Ask,
    Counts,
    Facets,
    FacetValue,
    Found,
    Hit,
    Month,
    Partial,
    Scope,
    UndatedArticles,
)
from search.engines.evaluator.doc_values import DAY_BITS
from search.engines.opensearch_anywhere import Articles
from search.engines.opensearch_client import Cluster, Json
from search.engines.opensearch_leaves import Lexicon, Units, Weights
from search.engines.opensearch_mapping import ARTICLE, PARAGRAPH, RECORD, TEXT, is_text
from search.engines.opensearch_pages import MOST_AT_ONCE, Pages, Queries, of_kind
from search.engines.opensearch_scripts import ARRIVAL
from search.engines.opensearch_search import Index, buckets, counting, total
from search.engines.opensearch_trees import Asked, Paragraphs, Values, having
from search.engines.opensearch_view import View
from search.engines.records import read_article
from search.engines.sorted_arrays import Ints, run_starts
from search.engines.vocabulary import WordAnswers
from search.errors import ArticleNotFound
from search.query.nodes import Node, Term
from search.query.syntax import FIELDS

# Hits read at a time where all are.
_AT_A_TIME = 1_000


class OpenSearchEngine(WordAnswers):
    """An open index."""

    name = "opensearch"
    fields = FIELDS

    def __init__(
        self,
        cluster: Cluster,
        view: View,
        lexicon: Lexicon,
        values: Values,
        totals: Mapping[str, Any],
        *,
        added: Ints,
        stem: Callable[[str], str],
        seconds: float,
    ) -> None:
        super().__init__(lexicon.vocabulary, stem, lexicon.kept_by)
        self._arrival = _arrival(added)
        self._cluster = cluster
        self._view = view
        self._lexicon = lexicon
        self._values = values
        self._seconds = seconds
        self._weights = weights = Weights()
        self._text = Units("", PARAGRAPH, lexicon, weights, units=totals["units"], tokens=totals["tokens"])
        self._title = Units(
            "title_", ARTICLE, lexicon, weights, units=totals["articles"], tokens=totals["title_tokens"]
        )

    def search(self, ask: Ask) -> Found:
        """Return one page of what the node matches."""
        index = Index(self._cluster, self._view, seconds=self._seconds, partial=ask.partial)
        queries = self._queries(ask.node, ask.scope, index, ask.partial)
        values = [name for name in FACETS if name in ask.facets and self._values.of[name]]
        by_value = {name: {"terms": {"field": name, "size": len(self._values.of[name])}} for name in values}
        by_month = {"month": _MONTHS} if "date" in ask.facets else {}
        pages = Pages(index, queries, ask, self._arrival)
        paragraphs, articles, first = index.search_all(
            [
                counting(of_kind(PARAGRAPH, queries.paragraphs), **by_value),
                counting(of_kind(ARTICLE, queries.articles), **by_value, **by_month),
                pages.first(),
            ]
        )
        facets = Facets(
            {
                name: self._facet(name, paragraphs, articles) if name in values else ()
                for name in FACETS
                if name in ask.facets
            },
            *self._dates(total(articles), buckets(articles, "month"), index) if by_month else (),
        )
        hits, has_more = pages.hits(first["hits"]["hits"])
        return Found(total(paragraphs), total(articles), tuple(hits), facets, has_more, index.is_partial)

    def every(self, ask: Ask) -> Iterator[Hit]:
        """Return all hits of what the node matches, in order, a thousand read at a time."""
        whole = replace(ask, size=_AT_A_TIME, after=None, facets=())
        return self._from(self.search(whole), whole)

    def _from(self, found: Found, ask: Ask) -> Iterator[Hit]:
        yield from found.hits
        while found.has_more:
            found = self.search(replace(ask, after=found.hits[-1].position))
            yield from found.hits

    def count(self, node: Node, scope: Scope = Scope.PARAGRAPH) -> int:
        """Return how many paragraphs a node matches."""
        asked = Asked(self._text, self._title, self._values)
        query = Paragraphs(asked).matching(node) if scope is Scope.PARAGRAPH else Articles(asked).shown(node)
        (answer,) = self._index().search_all([counting(of_kind(PARAGRAPH, query))])
        return total(answer)

    def article(self, article_id: str) -> Article:
        """Return a whole article."""
        if not is_text(article_id):
            raise ArticleNotFound(article_id)
        of_article = {"term": {"article": article_id}}
        index = self._index()
        found = index.hits({"query": of_kind(ARTICLE, of_article), "size": 1, "_source": [RECORD]})
        if not found:
            raise ArticleNotFound(article_id)
        texts: list[str] = []
        search: Json = {
            "query": of_kind(PARAGRAPH, of_article),
            "sort": [{"number": "asc"}],
            "size": MOST_AT_ONCE,
            "_source": [TEXT],
        }
        while True:
            after = {"search_after": [len(texts)]} if texts else {}
            page = index.hits({**search, **after})
            texts += [hit["_source"][TEXT] for hit in page]
            if len(page) < MOST_AT_ONCE:
                return read_article(found[0]["_source"][RECORD].encode(), texts)

    def months_held(self) -> Sequence[Month]:
        """Return every month that has articles."""
        return tuple(Month(_month_name(month), held, held) for month, held in sorted(self._held.by_month.items()))

    def counts(self) -> Counts:
        """Return what the index holds."""
        tokens = {"tokens": {"sum": {"field": "length"}}}
        articles, units, paragraphs = self._index().search_all(
            [
                counting({"term": {"kind": ARTICLE}}),
                counting({"term": {"kind": PARAGRAPH}}, **tokens),
                counting(of_kind(PARAGRAPH, {"range": {"number": {"gte": 1}}})),
            ]
        )
        return Counts(total(articles), total(paragraphs), int(units["aggregations"]["tokens"]["value"]))

    def close(self) -> None:
        """Let go of the connections."""
        self._cluster.close()

    def _index(self) -> Index:
        return Index(self._cluster, self._view, seconds=self._seconds)

    # Queries

    def _queries(self, node: Node, scope: Scope, index: Index, partial: Partial) -> Queries:
        """Return what is asked of the cluster for a node, once the weights of all its leaves are known."""
        # A weight that a part of the index gave would be wrong for others.
        weights = self._weights if partial is Partial.REFUSE else Weights()
        while True:
            asked = Asked(self._text.asking(weights), self._title.asking(weights), self._values)
            articles, paragraphs = Articles(asked), Paragraphs(asked)
            if scope is Scope.ARTICLE:
                queries = Queries(articles.scored(node), articles.shown(node), articles.matching(node))
            else:
                matching = paragraphs.matching(node)
                queries = Queries(paragraphs.scored(node, 1.0), matching, having(matching))
            if not self._learn_weights(asked, index):
                return queries

    def _learn_weights(self, asked: Asked, index: Index) -> bool:
        """Count how many units hold each leaf whose weight was missing; return whether any was."""
        missing = [(units, node) for units in (asked.text, asked.title) for node in units.missing]
        counted = []
        for units, node in missing:
            if (
                units is asked.text
                and isinstance(node, Term)
                and len(words := self._vocabulary.spelt(node.tokens)) == 1
                and not (node.stemmed or node.capitals)
            ):
                units.note(node, self._vocabulary.frequency(words[0]))
            else:
                counted.append((units, node))
        if counted:
            answers = index.search_all([counting(of_kind(units.kind, units.matching(node))) for units, node in counted])
            for (units, node), answer in zip(counted, answers, strict=True):
                units.note(node, total(answer))
        return bool(missing)

    # Facets

    def _facet(self, name: str, paragraphs: Json, articles: Json) -> tuple[FacetValue, ...]:
        in_paragraphs = buckets(paragraphs, name)
        names = self._values.of[name]
        found = [
            FacetValue(names[place], held, in_paragraphs.get(place, 0))
            for place, held in buckets(articles, name).items()
        ]
        return tuple(sorted(found, key=lambda value: (-value.articles, value.value)))

    def _dates(
        self, found: int, matching: Mapping[int, int], index: Index
    ) -> tuple[tuple[Month, ...], UndatedArticles]:
        """Return the months of so many articles found, and how many of those have none."""
        held = _held(index) if index.is_partial else self._held
        return _months(matching, held.by_month), UndatedArticles(found - sum(matching.values()), held.undated)

    @cached_property
    def _held(self) -> "_Held":
        return _held(self._index())


def _arrival(added: Ints) -> Json:
    """Return the script that says when an article came, of when each did, in the order they were added."""
    ranks = np.unique(added, return_inverse=True)[1].astype(np.int64)
    starts = run_starts(ranks)
    params = {"starts": starts.tolist(), "ranks": ranks[starts].tolist(), "day_bits": DAY_BITS}
    return {"lang": "painless", "source": ARRIVAL, "params": params}


_MONTHS: Json = {"terms": {"field": "month", "size": 50_000}}


class _Held(NamedTuple):
    """How many articles there are of each month, and of none."""

    by_month: dict[int, int]
    undated: int


def _held(index: Index) -> _Held:
    (answer,) = index.search_all([counting({"term": {"kind": ARTICLE}}, month=_MONTHS)])
    by_month = buckets(answer, "month")
    return _Held(by_month, total(answer) - sum(by_month.values()))


def _months(matching: Mapping[int, int], held: Mapping[int, int]) -> tuple[Month, ...]:
    """Return the months from the first to the last with a match; those that hold nothing are left out."""
    if not matching:
        return ()
    first, last = min(matching), max(matching)
    return tuple(
        Month(_month_name(month), matching.get(month, 0), number)
        for month, number in sorted(held.items())
        if first <= month <= last
    )


def _month_name(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"
