"""An engine over posting arrays: what every engine does that keeps words and texts and leaves asking to us.

An adapter brings a `Store` of texts and a `FieldIndex` for each field with positions; columns and vocabulary lie
beside them. The tree is evaluated here, so that such engines agree to the last digit.
"""

import contextlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Protocol

from search import deadlines
from search.articles import Article
from search.engines import selection
from search.engines.anywhere import AnywhereEvaluator
from search.engines.article_fields import ArticleFields, Index
from search.engines.base import Ask, Card, Counts, Facets, Form, Found, Hit, Month, Scope
from search.engines.evaluation import Evaluator
from search.engines.matched import Matched
from search.engines.postings import Scored
from search.engines.records import read_article, read_card
from search.engines.selection import Selected
from search.engines.vocabulary import Vocabulary
from search.errors import ArticleNotFound, EngineUnavailable
from search.query.nodes import Fuzzy, Node, Wildcard
from search.query.syntax import FIELDS

_CARDS_REMEMBERED = 5_000
_FACETS_REMEMBERED = 128
_NO_FACETS = Facets({})


class Store(Protocol):
    """What keeps the texts. `first` is the number of an article's first unit."""

    documents: int

    def record(self, first: int) -> bytes:
        """Return the record of an article."""

    def text(self, first: int, index: int) -> str:
        """Return the text of an article's unit; the index of its first one is 0."""

    def texts(self, first: int, units: int) -> Sequence[str]:
        """Return the texts of all units of an article, which has that many."""

    def close(self) -> None:
        """Let go of files."""


class EvaluatedEngine:
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
        self.name = name
        self._store = store
        self._index = index
        self._columns = index.columns
        self._vocabulary = vocabulary
        self._cache = index.cache
        self._seconds = seconds
        self._card = lru_cache(maxsize=_CARDS_REMEMBERED)(self._read_card)
        self._facets = lru_cache(maxsize=_FACETS_REMEMBERED)(self._count_facets)

    def search(self, ask: Ask) -> Found:
        """Return one page of what the node matches."""
        with self._in_time():
            ranked = self._matched(ask.node, ask.scope)
            selected, has_more = selection.page(ranked, ask, self._columns)
            hits = tuple(map(self._hit, selected))
            facets = self._facets(ask.node, ask.scope, ask.facets) if ask.facets else _NO_FACETS
        return Found(ranked.paragraphs, ranked.number_of_articles, hits, facets, has_more)

    def every(self, ask: Ask) -> Iterator[Hit]:
        """Return all hits of what the node matches, in order, each read when it is taken."""
        with self._in_time():
            rows = selection.every(self._matched(ask.node, ask.scope), ask, self._columns)
        return map(self._hit, chain.from_iterable(rows))

    def count(self, node: Node, scope: Scope = Scope.PARAGRAPH) -> int:
        """Return how many paragraphs a node matches."""
        with self._in_time():
            return len(self._matched(node, scope).docs)

    def article(self, article_id: str) -> Article:
        """Return a whole article."""
        number = self._columns.article_number(article_id)
        if number is None:
            raise ArticleNotFound(article_id)
        first, count = int(self._columns.first_doc[number]), int(self._columns.paragraphs_of[number])
        return read_article(self._store.record(first), self._store.texts(first, count))

    def forms(self, node: Wildcard | Fuzzy) -> Sequence[str]:
        """Return the words that a wildcard or an edit distance stands for."""
        return self._vocabulary.expand(node)

    def number_within(self, node: Fuzzy) -> int:
        """Return how many words are so many edits away."""
        return self._vocabulary.number_within(node)

    def similar_forms(self, word: str, *, limit: int) -> Sequence[Form]:
        """Return words that a word may be a misspelling of."""
        return self._vocabulary.similar(word, limit=limit)

    def completions(self, prefix: str, *, limit: int) -> Sequence[Form]:
        """Return the most frequent words that begin with these letters."""
        return self._vocabulary.starting_with(prefix, limit=limit)

    def months_held(self) -> Sequence[Month]:
        """Return every month that has articles."""
        return selection.months_held(self._columns)

    def counts(self) -> Counts:
        """Return what the index holds."""
        paragraphs = self._store.documents - self._columns.headlines
        return Counts(self._columns.articles, paragraphs, int(self._columns.length.sum()))

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

    def _matched(self, node: Node, scope: Scope) -> Matched:
        return self._cache.get(("matched", node, scope), lambda: Matched.of(self._evaluate(node, scope), self._columns))

    def _evaluate(self, node: Node, scope: Scope) -> Scored:
        context = self._index.context()
        fields = ArticleFields(context)
        paragraphs = Evaluator(context, fields)
        if scope is Scope.PARAGRAPH:
            return paragraphs.bounded(node)
        return AnywhereEvaluator(paragraphs, fields, self._columns).evaluate(node)

    def _count_facets(self, node: Node, scope: Scope, names: tuple[str, ...]) -> Facets:
        return selection.facets(self._matched(node, scope), names, self._columns)

    def _hit(self, row: Selected) -> Hit:
        first, number = (int(each[row.article]) for each in (self._columns.first_doc, self._columns.first_number))
        text = self._store.text(first, row.position.paragraph - number)
        return Hit(row.position, row.score, row.more, self._card(row.article), text)

    def _read_card(self, article: int) -> Card:
        return read_card(self._store.record(int(self._columns.first_doc[article])))
