"""An engine over posting arrays: what every engine does that keeps words and texts and leaves asking to us.

An adapter brings a `Store` of texts and a `FieldIndex` for each field with positions; doc values and vocabulary lie
beside them. The tree is evaluated here, so that such engines agree to the last digit.
"""

import contextlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Protocol

import numpy as np

from search import deadlines
from search.articles import Article
from search.engines.base import LEAD, Ask, Card, Counts, Facets, Found, Hit, Month, Scope
from search.engines.evaluator import collector
from search.engines.evaluator.article_filters import ArticleFilters, Index
from search.engines.evaluator.article_scope import ArticleScope
from search.engines.evaluator.collector import Selected
from search.engines.evaluator.match_set import MatchSet
from search.engines.evaluator.paragraph_scope import ParagraphScope
from search.engines.evaluator.scored_docs import ScoredDocs
from search.engines.records import read_article, read_card
from search.engines.vocabulary import Vocabulary, WordAnswers
from search.engines.whoosh.live import LiveSegment
from search.errors import ArticleNotFound, EngineUnavailable
from search.query.nodes import Node
from search.query.syntax import FIELDS

_CARDS_REMEMBERED = 5_000
_FACETS_REMEMBERED = 128
_NO_FACETS = Facets({})


class Store(Protocol):
    """What keeps the texts of units."""

    def record(self, article: int, first: int) -> bytes:
        """Return the record of an article, given by its number and that of its first unit."""

    def text(self, article: int, unit: int) -> str:
        """Return the text of an article's unit."""

    def close(self) -> None:
        """Let go of files."""


class LocalEngine(WordAnswers):
    """An open index."""

    fields = FIELDS

    def __init__(
        self,
        name: str,
        store: Store,
        index: Index,
        *,
        vocabulary: Vocabulary,
        seconds: float,
    ) -> None:
        super().__init__(vocabulary, index.analyzer.stem, index.selector.forms)
        self.name = name
        self._store = store
        self._index = index
        self._doc_values = index.doc_values
        self._cache = index.cache
        self._seconds = seconds
        self._card = lru_cache(maxsize=_CARDS_REMEMBERED)(self._read_card)
        self._facets = lru_cache(maxsize=_FACETS_REMEMBERED)(self._count_facets)

    @property
    def segments(self) -> Sequence[LiveSegment]:
        """The segments of the index."""
        return self._doc_values.segments

    def search(self, ask: Ask) -> Found:
        """Return one page of what the node matches."""
        with self._in_time():
            ranked = self._matched(ask.node, ask.scope)
            selected, has_more = collector.page(ranked, ask, self._doc_values)
            hits = tuple(map(self._hit, selected))
            facets = self._facets(ask.node, ask.scope, ask.facets) if ask.facets else _NO_FACETS
        return Found(ranked.paragraphs, ranked.number_of_articles, hits, facets, has_more)

    def every(self, ask: Ask) -> Iterator[Hit]:
        """Return all hits of what the node matches, in order, each read when it is taken."""
        with self._in_time():
            rows = collector.every(self._matched(ask.node, ask.scope), ask, self._doc_values)
        return map(self._hit, chain.from_iterable(rows))

    def count(self, node: Node, scope: Scope = Scope.PARAGRAPH) -> int:
        """Return how many paragraphs a node matches."""
        with self._in_time():
            return int(self._cache.get(("count", node, scope), lambda: self._number(node, scope)))

    def _number(self, node: Node, scope: Scope) -> np.int64:
        return np.int64(len(self._evaluate(node, scope, scored=False).units))

    def article(self, article_id: str) -> Article:
        """Return a whole article."""
        number = self._doc_values.article_number(article_id)
        if number is None:
            raise ArticleNotFound(article_id)
        first, count = int(self._doc_values.first_doc[number]), int(self._doc_values.paragraphs_of[number])
        texts = [self._store.text(number, unit) for unit in range(first, first + count)]
        return read_article(self._store.record(number, first), texts)

    def months_held(self) -> Sequence[Month]:
        """Return every month that has articles."""
        return collector.months_held(self._doc_values)

    def counts(self) -> Counts:
        """Return what the index holds."""
        live, lengths = self._doc_values.live_docs, self._doc_values.length
        lengths = lengths if live is None else lengths[live]
        paragraphs = len(lengths) - self._doc_values.headlines
        return Counts(self._doc_values.live_articles, paragraphs, int(lengths.sum()))

    def close(self) -> None:
        """Close the files: they are mapped as long as any array over them is left."""
        self._store.close()
        self.__dict__.clear()

    @contextlib.contextmanager
    def _in_time(self) -> Iterator[None]:
        """Let what is done inside take as long as a search may."""
        try:
            with deadlines.within(self._seconds):
                yield
        except deadlines.OutOfTime as error:
            reason = f"The search took longer than {self._seconds:g} seconds; ask for fewer or rarer words."
            raise EngineUnavailable(reason) from error

    def _matched(self, node: Node, scope: Scope) -> MatchSet:
        return self._cache.get(
            ("matched", node, scope), lambda: MatchSet.of(self._evaluate(node, scope), self._doc_values)
        )

    def _evaluate(self, node: Node, scope: Scope, *, scored: bool = True) -> ScoredDocs:
        context = self._index.context()
        fields = ArticleFilters(context)
        paragraphs = ParagraphScope(context, fields, scored=scored)
        if scope is Scope.PARAGRAPH:
            found = paragraphs.bounded(node)
        else:
            found = ArticleScope(paragraphs, fields, self._doc_values).evaluate(node)
        live = self._doc_values.live_docs
        return found if live is None else found.only(live[found.units])

    def _count_facets(self, node: Node, scope: Scope, names: tuple[str, ...]) -> Facets:
        return collector.facets(self._matched(node, scope), names, self._doc_values)

    def _hit(self, row: Selected) -> Hit:
        text = self._store.text(row.article, row.doc)
        lead = None if row.position.paragraph else self._store.text(row.article, row.doc + 1)[:LEAD]
        return Hit(row.position, row.score, row.more, self._card(row.article), text, lead)

    def _read_card(self, article: int) -> Card:
        return read_card(self._store.record(article, int(self._doc_values.first_doc[article])))
